from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    """The client file: six axes, grid, managers, products, traffic, lifecycle."""

    name = "clients"

    def ready(self) -> None:
        """Declare parameters, looks of vocabularies and our own why panels."""
        from clients import choices, slots
        from clients.badges import LOOKS
        from clients.choices import ACTS
        from clients.forms.bulk import ACTS as BULK_ACTS
        from clients.params import PARAMS
        from clients.services import bulk
        from clients.services.products import product_names
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
        for act in BULK_ACTS:
            bulk.register(act)
        slots.register(
            slots.Slot(
                "action", "duplicates", _("Duplicates"), "clients:duplicates", "clients.change", 90, "copy"
            )
        )
        labels.register(ACTS)
        labels.register_keys(
            {"filing": _("filing state"), "text": _("text")},
            {
                ("clients", "filing"): labels.codes(choices.FilingState),
                ("clients", "kind"): labels.codes(choices.AssignmentKind),
                ("clients", "product"): product_names,
            },
        )
