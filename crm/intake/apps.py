from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class IntakeConfig(AppConfig):
    """Rosters in: one loader for every workbook."""

    name = "crm.intake"
    label = "intake"

    def ready(self) -> None:
        """Find the rosters each application declares in its imports.py."""
        from crm.intake import params  # noqa: F401 - declares

        autodiscover_modules("imports")
