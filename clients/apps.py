from django.apps import AppConfig


class ClientsConfig(AppConfig):
    """The client file: six axes, grid, managers, products, traffic, lifecycle."""

    name = "clients"
