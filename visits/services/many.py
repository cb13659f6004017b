"""Plan visits of many clients from a list: one after the other on one day."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Client
from clients.services.bulk import changed_since
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from visits.choices import VisitState
from visits.models import Visit
from visits.services.visits import cancel, plan_visit

APART = timedelta(hours=1)
LAST_HOUR = 20


def plan_next(actor: User, client_id: int, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Plan a visit at the first free hour of the day; one planned that day already stays as it is.

    Raises: what plan_visit raises; BusinessError DAY_FULL when no hour is left before 20:00.
    """
    day = values["day"]
    mine = Visit.objects.filter(
        owner=actor, visit_on=day, state__in=[VisitState.PLANNED, VisitState.CONFIRMED]
    )
    if mine.filter(client=client_id).exists():
        return None
    taken = list(mine.values_list("planned_at", flat=True))
    start = datetime.combine(day, values["at"], tzinfo=clock.BUSINESS_ZONE)
    while any(abs(start - other) < APART for other in taken):
        start += APART
    if start.date() != day or start.hour >= LAST_HOUR:
        raise BusinessError("DAY_FULL", _("No hour is left on this day. Choose another day."))
    visit = plan_visit(
        actor=actor,
        client=Client.objects.get(pk=client_id),
        planned_at=start,
        purposes=values["purposes"],
        place=values["place"],
    )
    return {"visit": visit.pk}


def call_off(actor: User, client_id: int, before: Mapping[str, Any]) -> None:
    """Call off a visit that was planned in bulk and not touched since."""
    visit = Visit.objects.filter(pk=before["visit"], state=VisitState.PLANNED, version=1).first()
    if visit is None:
        raise changed_since()
    cancel(actor=actor, visit=visit, reason=_("Taken back"))
