"""What pages of calls, of preparation and of visits owed show, put together from reading verbs."""
