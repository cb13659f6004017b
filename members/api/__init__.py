"""REST: people of clients; personal data masked unless it may be plain."""
