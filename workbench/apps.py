from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """The top floor: what must be done today, search over everything, notifications."""

    name = "workbench"
