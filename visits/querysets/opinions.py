"""Reading verbs of opinions and urgent needs."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from visits.choices import OpinionState, UrgentState
from visits.querysets.owned import OwnedQuerySet

if TYPE_CHECKING:
    from crm.accounts.models import User


class OpinionQuerySet(models.QuerySet[Any]):
    """Reading verbs of opinions."""

    def visible_to(self, user: "User") -> Any:
        """Return own opinions, those of units in scope, and those the person's department is asked about."""
        found = Q(pk__in=[])
        if user.can("visits.view"):
            found |= user.scope.unit_filter("org_unit") | Q(owner=user)
        if user.can("visits.answer_opinion"):
            found |= user.scope.unit_filter("asked_unit", "visits.answer_opinion")
        return self.filter(found)

    def answerable_by(self, user: "User") -> Any:
        """Return what waits for an answer of the person's department."""
        if not user.can("visits.answer_opinion"):
            return self.none()
        inside = user.scope.unit_filter("asked_unit", "visits.answer_opinion")
        return self.filter(inside, state=OpinionState.ASKED)

    def to_feed_back(self, user: "User") -> Any:
        """Return own opinions whose answer is there and whose client waits to hear it."""
        return self.filter(owner=user, state=OpinionState.ANSWERED)

    def overdue(self, as_of: date) -> Any:
        """Keep opinions whose client should have heard by now."""
        return self.filter(due_on__lt=as_of).exclude(state=OpinionState.FED_BACK)

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows."""
        return self.select_related("client", "contact", "owner", "asked_unit", "org_unit", "answered_by")


class UrgentQuerySet(OwnedQuerySet):
    """Reading verbs of urgent needs."""

    def waiting(self) -> Any:
        """Keep requests nobody answered."""
        return self.filter(state=UrgentState.ASKED)

    def decidable_by(self, user: "User") -> Any:
        """Return waiting requests the person may answer, never own ones."""
        if not user.can("visits.approve_log"):
            return self.none()
        inside = user.scope.unit_filter("org_unit", "visits.approve_log")
        return self.waiting().filter(inside).exclude(owner__in=user.scope.selves)

    def in_force(self, at: datetime) -> Any:
        """Keep grants that hold at a moment."""
        return self.filter(state=UrgentState.GRANTED, valid_until__gt=at)

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows."""
        return self.select_related("client", "owner", "visit", "decided_by", "org_unit")
