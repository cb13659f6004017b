from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class IntakeConfig(AppConfig):
    """Rosters in: one loader for every workbook."""

    name = "crm.intake"
    label = "intake"

    def ready(self) -> None:
        """Find the rosters each application declares in its imports.py."""
        from crm.audit import labels
        from crm.base import badges
        from crm.intake.choices import ACTS
        from crm.intake.params import PARAMS
        from crm.params.registry import declare

        declare(*PARAMS)
        looks: tuple[tuple[str, badges.Colour, str], ...] = (
            ("UPLOADED", "neutral", "hourglass"),
            ("READING", "info", "progress"),
            ("MAPPING", "warn", "columns"),
            ("VALIDATED", "accent", "eye"),
            ("COMMITTING", "info", "progress"),
            ("APPLIED", "good", "circle-check"),
            ("UNDOING", "info", "progress"),
            ("ROLLED_BACK", "neutral", "arrow-back-up"),
            ("FAILED", "bad", "alert-circle"),
            ("CANCELLED", "neutral", "x"),
        )
        for code, colour, icon in looks:
            badges.register("import", code, colour, icon)
        autodiscover_modules("imports")
        labels.register(ACTS)
