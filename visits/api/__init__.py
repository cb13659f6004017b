"""REST of the working day."""
