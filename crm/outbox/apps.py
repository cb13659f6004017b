from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Tell other systems what happened: endpoints, signed deliveries, retries."""

    name = "crm.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Give the states of a delivery their looks and the acts their words."""
        from crm.audit import labels
        from crm.base import badges

        badges.register("delivery_state", "WAITING", "info", "clock")
        badges.register("delivery_state", "DONE", "good", "circle-check")
        badges.register("delivery_state", "DEAD", "bad", "alert-circle")
        labels.register(
            {
                "outbox.endpoint_added": _("Receiver added"),
                "outbox.endpoint_switched": _("Receiver switched on or off"),
                "outbox.delivery_replayed": _("Delivery asked for again"),
            }
        )
