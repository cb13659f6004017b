from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    """The client file: six axes, grid, managers, products, traffic, lifecycle."""

    name = "clients"

    def ready(self) -> None:
        """Declare parameters, looks of vocabularies and our own why panels."""
        from clients import slots
        from clients.badges import LOOKS
        from clients.choices import ACTS
        from clients.params import PARAMS
        from crm.audit import labels
        from crm.base.badges import register
        from crm.params.registry import declare

        declare(*PARAMS)
        for vocabulary, code, colour, icon in LOOKS:
            register(vocabulary, code, colour, icon)
        for column, label, url_name in (
            ("status", _("status"), "clients:why_status"),
            ("completeness", _("completeness"), "clients:why_completeness"),
            ("segment", _("segment"), "clients:why_segment"),
        ):
            slots.register(slots.Slot("why", column, label, url_name, "clients.view"))
        labels.register(ACTS)
