from django.apps import AppConfig


class ParamsConfig(AppConfig):
    """Every number the business may change, with its bounds, source and history."""

    name = "crm.params"
    label = "params"
