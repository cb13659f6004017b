"""What visits add to the client's card and to the bar below the list."""

from django.utils.translation import gettext_lazy as _

from clients.services import bulk
from clients.slots import Slot, register
from visits.forms.visits import ManyVisitsForm
from visits.services.many import call_off, plan_next

register(Slot("tab", "visits", _("Visits"), "visits:of-client", "visits.view", 30, "calendar-event"))
register(Slot("action", "plan_visit", _("Plan a visit"), "visits:plan", "visits.change", 10, "calendar-plus"))
register(Slot("action", "call", _("Call"), "visits:call-new", "visits.change", 35, "phone-call"))
register(Slot("action", "gift", _("Ask for a gift"), "visits:gift-new", "visits.change", 40, "gift"))
register(Slot("action", "event", _("Plan an event"), "visits:event-new", "visits.change", 50, "speakerphone"))
register(
    Slot("brief", "events", _("On-site events"), "visits:event-brief", "visits.view", 60, "speakerphone")
)
register(
    Slot("action", "opinion", _("Note an opinion"), "visits:opinion-new", "visits.change", 50, "message-2")
)
register(Slot("brief", "visits", _("Visits"), "visits:brief", "visits.view", 10, "calendar-event"))
bulk.register(
    bulk.BulkAct(
        "plan_visits",
        _("Plan visits"),
        "calendar-plus",
        "visits.change",
        ManyVisitsForm,
        plan_next,
        call_off,
        5,
    )
)
