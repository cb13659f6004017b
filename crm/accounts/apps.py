from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, units, roles and what they may see and do."""

    name = "crm.accounts"
    label = "accounts"
