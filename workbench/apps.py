from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """The top floor: what must be done today, search over everything, notifications."""

    name = "workbench"

    def ready(self) -> None:
        """Declare the plans of the core tasks."""
        from workbench import params  # noqa: F401
