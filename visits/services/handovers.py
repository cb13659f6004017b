"""Open visits, opinions and events go along when clients change hands."""

from collections.abc import Iterable
from datetime import date

from crm.accounts.models import User
from crm.base import clock
from visits.choices import EventState, OpinionState, VisitState
from visits.models import OnSiteEvent, OpinionForm, Visit


def move_open_visits(
    *, client_ids: Iterable[int], giver: User, taker: User, from_on: date, actor: User | None
) -> int:
    """Give planned visits of clients to the new manager; what began or is past stays whose it was."""
    rows = Visit.objects.filter(
        client__in=list(client_ids),
        owner=giver,
        state__in=[VisitState.PLANNED, VisitState.CONFIRMED],
        visit_on__gte=from_on,
    )
    return rows.update(owner=taker, updated_by=actor, updated_at=clock.now())


def move_open_opinions(
    *, client_ids: Iterable[int], giver: User, taker: User, from_on: date, actor: User | None
) -> int:
    """Give opinions whose client waits to hear to the new manager: who has left tells nobody (S1-47)."""
    rows = OpinionForm.objects.filter(client__in=list(client_ids), owner=giver)
    return rows.exclude(state=OpinionState.FED_BACK).update(
        owner=taker, updated_by=actor, updated_at=clock.now()
    )


# What is still to be held; what was held is evaluated by whoever held it.
AHEAD = (EventState.DRAFT, EventState.SUBMITTED, EventState.APPROVED, EventState.WARMED_UP)


def move_open_events(
    *, client_ids: Iterable[int], giver: User, taker: User, from_on: date, actor: User | None
) -> int:
    """Give events that are still to be held to the new manager; the team stays as it was named.

    An event the new manager approved stays where it is: nobody decides about an own event (S1-55).
    """
    rows = OnSiteEvent.objects.filter(
        client__in=list(client_ids), owner=giver, state__in=AHEAD, starts_at__gte=clock.at(from_on)
    ).exclude(decided_by=taker)
    return rows.update(owner=taker, updated_by=actor, updated_at=clock.now())
