"""What pages of visits show, put together from reading verbs: calls, preparation, debt, weeks, figures."""
