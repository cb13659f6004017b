"""Fill a week with visits owed, and take it back."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import Invalid, NotFound
from crm.base.trail import record
from crm.params import registry
from visits.choices import VisitState
from visits.models import Visit
from visits.services.visits import cancel, plan_visit

MOST = 60


def owed_numbers(as_of: date) -> dict[str, int]:
    """Return the parameters of visits owed, as the reading verb takes them."""
    found = registry.get_group("visits.per_quarter.", as_of=as_of)
    more = registry.get_many(["visits.owed_silent", "visits.owed_star", "visits.owed_star_from"], as_of=as_of)
    return found | {key.removeprefix("visits.owed_"): value for key, value in more.items()}


def next_week(today: date) -> tuple[date, date]:
    """Return Monday and Sunday of the coming week."""
    monday = today + timedelta(days=7 - today.weekday())
    return monday, monday + timedelta(days=6)


@transaction.atomic
def fill_week(*, actor: User, visits: Sequence[tuple[int, datetime]], batch: UUID) -> list[Visit]:
    """Plan the visits that were left ticked, client and time each; the same batch again makes nothing new.

    Raises: NotFound; Invalid NOTHING_CHOSEN, TOO_MANY, OUTSIDE_WEEK; what plan_visit raises. Source: S1-03
    """
    require(actor, "visits.change")
    if not visits:
        raise Invalid("NOTHING_CHOSEN", _("Leave at least one visit ticked."))
    if len(visits) > MOST:
        raise Invalid("TOO_MANY", _("At most %(n)d visits at once.") % {"n": MOST})
    first, last = next_week(clock.today())
    if any(not first <= clock.business_date(at) <= last for _client, at in visits):
        raise Invalid("OUTSIDE_WEEK", _("Only days of the coming week can be filled here."))
    known = Client.objects.visible_to(actor).in_bulk({client for client, _at in visits})
    made = []
    for client_id, at in sorted(visits, key=lambda row: row[1]):
        client = known.get(client_id)
        if client is None:
            raise NotFound("NOT_FOUND", _("There is no such client, or you may not see it."))
        made.append(
            plan_visit(
                actor=actor, client=client, planned_at=at, purposes=["P2"],
                place=client.address or str(_("At the client's")),
                purpose_note=str(_("Visit owed this quarter")),
                client_key=uuid5(batch, str(client_id)),
            )
        )  # fmt: skip
    record(
        actor=actor, action="visits.week_filled", unit=actor.org_unit,
        data={"visits": [visit.pk for visit in made], "batch": str(batch)},
    )  # fmt: skip
    return made


def filled(actor: User, batch: UUID) -> list[Visit]:
    """Return the visits one filling made, in order of time."""
    first, last = next_week(clock.today())
    mine = Visit.objects.filter(created_by=actor).on(first - timedelta(days=7), last).select_related("client")
    rows = [row for row in mine if row.client_key == uuid5(batch, str(row.client_id))]
    return sorted(rows, key=lambda row: row.planned_at)


@transaction.atomic
def empty_week(*, actor: User, batch: UUID) -> tuple[int, int]:
    """Take back what one filling planned; return how many were called off, and how many stay.

    What somebody confirmed or changed since stays as it is.
    """
    require(actor, "visits.change")
    undone = kept = 0
    for visit in filled(actor, batch):
        if visit.state == VisitState.PLANNED and visit.version == 1:
            cancel(actor=actor, visit=visit, reason=str(_("Taken back")))
            undone += 1
        elif visit.state != VisitState.CANCELLED:
            kept += 1
    return undone, kept
