from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """The working day: visits, logs and their approval."""

    name = "visits"
