from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """What must be done today, and what changed overnight."""

    name = "workbench"
