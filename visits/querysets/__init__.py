"""The reading verbs of the working day."""
