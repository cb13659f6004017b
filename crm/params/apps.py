from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ParamsConfig(AppConfig):
    """Every number the business may change, with its bounds, source and history."""

    name = "crm.params"
    label = "params"

    def ready(self) -> None:
        """Read what each app declares in its params.py."""
        autodiscover_modules("params")
