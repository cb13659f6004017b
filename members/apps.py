from django.apps import AppConfig


class MembersConfig(AppConfig):
    """People of clients: key persons and contacts, members, personal customers and their bills."""

    name = "members"
