"""Reading verbs of calls."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from visits.choices import CallKind
from visits.querysets.owned import OwnedQuerySet


class AppointmentQuerySet(OwnedQuerySet):
    """Reading verbs of calls to clients: seen and moved like visits."""

    def to_make(self) -> Any:
        """Keep calls nobody has made yet."""
        return self.filter(result="")

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows."""
        return self.select_related("client", "contact", "owner", "visit")


class MissedCallQuerySet(OwnedQuerySet):
    """Reading verbs of missed calls."""

    def waiting(self) -> Any:
        """Keep those nobody has called back."""
        return self.filter(returned_at=None)

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows."""
        return self.select_related("client", "contact", "owner")


def not_greeted(contacts: Any, *, since: datetime) -> Any:
    """Keep contacts nobody has greeted since an instant."""
    calls = apps.get_model("visits", "Appointment").objects.filter(
        contact=OuterRef("pk"), kind=CallKind.GREETING, called_at__gte=since
    )
    return contacts.filter(~Exists(calls))


def born_on(contacts: Any, days: Iterable[date]) -> Any:
    """Keep contacts whose birthday is on one of the days; 29 February counts on the 28th in a plain year."""
    found = Q(pk__in=[])
    for day in days:
        found |= Q(birthday__month=day.month, birthday__day=day.day)
        plain = day.year % 4 or (not day.year % 100 and day.year % 400)
        if (day.month, day.day) == (2, 28) and plain:
            found |= Q(birthday__month=2, birthday__day=29)
    return contacts.filter(found)
