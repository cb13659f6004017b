"""The forms of the client file."""
