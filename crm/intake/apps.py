from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class IntakeConfig(AppConfig):
    """Rosters in: one loader for every workbook."""

    name = "crm.intake"
    label = "intake"

    def ready(self) -> None:
        """Find the rosters each application declares in its imports.py."""
        from crm.intake.params import PARAMS
        from crm.params.registry import declare

        declare(*PARAMS)
        autodiscover_modules("imports")
