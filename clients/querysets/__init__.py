"""The reading verbs of the client file."""
