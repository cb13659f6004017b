from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ExportsConfig(AppConfig):
    """Lists out: one engine for every list, with a second person's approval."""

    name = "crm.exports"
    label = "exports"

    def ready(self) -> None:
        """Find the lists each application declares in its exports.py."""
        from crm.audit import labels
        from crm.base import badges
        from crm.exports.choices import ACTS
        from crm.exports.params import PARAMS
        from crm.params.registry import declare

        declare(*PARAMS)
        looks: tuple[tuple[str, badges.Colour, str], ...] = (
            ("REQUESTED", "warn", "hourglass"),
            ("APPROVED", "info", "circle-check"),
            ("REJECTED", "bad", "x"),
            ("USED", "good", "download"),
            ("EXPIRED", "neutral", "clock"),
            ("CANCELLED", "neutral", "x"),
        )
        for code, colour, icon in looks:
            badges.register("export", code, colour, icon)
        import_module("crm.exports.staff")
        autodiscover_modules("exports")
        labels.register(ACTS)
