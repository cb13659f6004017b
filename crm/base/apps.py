from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Things every room uses and that know no noun of the field."""

    name = "crm.base"
    label = "base"
