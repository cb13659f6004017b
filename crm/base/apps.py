from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Things every room uses and that know no noun of the field."""

    name = "crm.base"
    label = "base"

    def ready(self) -> None:
        """Register what is asked before a database is migrated."""
        from crm.base import checks  # noqa: F401
