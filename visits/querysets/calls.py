"""Reading verbs of calls."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from visits.choices import CallKind

if TYPE_CHECKING:
    from crm.accounts.models import User


class AppointmentQuerySet(models.QuerySet[Any]):
    """Reading verbs of calls to clients: seen and moved like visits."""

    def visible_to(self, user: "User") -> Any:
        """Return own calls and those of units in scope."""
        if not user.can("visits.view"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit") | Q(owner=user))

    def writable_by(self, user: "User") -> Any:
        """Return the calls the person may move: own ones, or the sub-tree of a head or client system."""
        if not user.can("visits.change"):
            return self.none()
        return self.filter(Q(owner=user) | Q(org_unit__in=user.scope.write_unit_ids))

    def to_make(self) -> Any:
        """Keep calls nobody has made yet."""
        return self.filter(result="")

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows."""
        return self.select_related("client", "contact", "owner", "visit")


class MissedCallQuerySet(models.QuerySet[Any]):
    """Reading verbs of missed calls."""

    def visible_to(self, user: "User") -> Any:
        """Return own missed calls and those of units in scope."""
        if not user.can("visits.view"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit") | Q(owner=user))

    def writable_by(self, user: "User") -> Any:
        """Return those the person may answer for: own ones, or the sub-tree of a head or client system."""
        if not user.can("visits.change"):
            return self.none()
        return self.filter(Q(owner=user) | Q(org_unit__in=user.scope.write_unit_ids))

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
