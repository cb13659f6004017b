"""When the data of a file is stale (S1-54): nobody changed or confirmed it for a while."""

from datetime import date, timedelta

from django.db.models import Q

from clients.choices import ClientStatus, FilingState
from crm.base import clock


def edge(as_of: date, days: int) -> date:
    """Return the first day whose changes are fresh: `days` days ago is still fresh."""
    return as_of - timedelta(days=days)


def stale(as_of: date, days: int) -> Q:
    """Say that a living file was neither changed nor confirmed within the days, the last one included."""
    first = edge(as_of, days)
    return (
        Q(filing=FilingState.FILED, updated_at__lt=clock.at(first))
        & ~Q(status=ClientStatus.CLOSED)
        & (Q(refreshed_on=None) | Q(refreshed_on__lt=first))
    )


def became_stale(as_of: date, days: int) -> Q:
    """Say that a file is stale today and was not yesterday."""
    last = edge(as_of, days) - timedelta(days=1)
    touched = Q(updated_at__gte=clock.at(last)) | Q(refreshed_on=last)
    return stale(as_of, days) & touched
