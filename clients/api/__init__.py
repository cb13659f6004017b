"""REST of the client file."""
