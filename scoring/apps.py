from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """Models that explain themselves: size, value tier, VIP grade, and the points ledger."""

    name = "scoring"

    def ready(self) -> None:
        """Declare parameters."""
        from scoring import params  # noqa: F401
