from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """The working day: visits, logs and their approval."""

    name = "visits"

    def ready(self) -> None:
        """Declare parameters and fill the places on the client's pages."""
        from crm.audit import labels
        from visits import badges, params, slots  # noqa: F401
        from visits.choices import ACTS

        labels.register(ACTS)
