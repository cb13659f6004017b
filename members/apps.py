from django.apps import AppConfig


class MembersConfig(AppConfig):
    """People of clients: key persons and contacts, members, personal customers and their bills."""

    name = "members"

    def ready(self) -> None:
        """Give vocabularies their looks and fill the places on the client's pages."""
        from crm.audit import labels
        from members import badges, slots  # noqa: F401
        from members.choices import ACTS

        labels.register(ACTS)
