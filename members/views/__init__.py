"""Pages of people of clients."""
