"""What visits add to the client's card."""

from django.utils.translation import gettext_lazy as _

from clients.slots import Slot, register

register(Slot("tab", "visits", _("Visits"), "visits:of-client", "visits.view", 30, "calendar-event"))
register(Slot("action", "plan_visit", _("Plan a visit"), "visits:plan", "visits.change", 10, "calendar-plus"))
register(Slot("brief", "visits", _("Visits"), "visits:brief", "visits.view", 10, "calendar-event"))
