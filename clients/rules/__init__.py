"""Rules of the client file: pure, without clock, user or database access."""
