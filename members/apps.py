from django.apps import AppConfig


class MembersConfig(AppConfig):
    """People of clients: key persons and contacts, members, personal customers and their bills."""

    name = "members"

    def ready(self) -> None:
        """Give vocabularies their looks and fill the places on the client's pages."""
        from clients.services import audit_sheet
        from clients.services.drafts import on_give_up
        from crm.audit import labels
        from crm.params.registry import declare
        from members import badges, slots, timeline  # noqa: F401
        from members.choices import ACTS
        from members.params import PARAMS
        from members.services import movers  # noqa: F401
        from members.services.drafts import take_out_of_draft
        from members.sheets import people_fields

        on_give_up(take_out_of_draft)
        labels.register(ACTS)
        declare(*PARAMS)
        audit_sheet.register(people_fields)
