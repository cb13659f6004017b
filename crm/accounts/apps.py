from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, units, roles and what they may see and do."""

    name = "crm.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Give the states of an account their looks."""
        from crm.base import badges

        badges.register("user_status", "PENDING", "warn", "hourglass")
        badges.register("user_status", "ACTIVE", "good", "circle-check")
        badges.register("user_status", "DISABLED", "neutral", "ban")
