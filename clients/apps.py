from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """The client file: six axes, grid, managers, products, traffic, lifecycle."""

    name = "clients"

    def ready(self) -> None:
        """Declare parameters."""
        from clients.params import PARAMS
        from crm.params.registry import declare

        declare(*PARAMS)
