"""Open visits go along when clients change hands."""

from collections.abc import Iterable
from datetime import date

from crm.accounts.models import User
from crm.base import clock
from visits.choices import VisitState
from visits.models import Visit


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
