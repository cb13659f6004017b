from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """The working day: visits, logs and their approval."""

    name = "visits"

    def ready(self) -> None:
        """Declare parameters and fill the places on the client's pages."""
        from visits import badges, params, slots  # noqa: F401
