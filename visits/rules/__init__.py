"""The rules of the working day."""
