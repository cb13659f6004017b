from django.apps import AppConfig
from django.db.models.signals import post_migrate


class BaseConfig(AppConfig):
    """Things every room uses and that know no noun of the field."""

    name = "crm.base"
    label = "base"

    def ready(self) -> None:
        """Register what is asked before a database is migrated, and what is set after."""
        from crm.base import checks  # noqa: F401
        from crm.base.history import plan_for_any_size

        post_migrate.connect(plan_for_any_size, sender=self)
