"""Reading verbs of visits and logs."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from crm.base import clock
from visits.choices import LogState, VisitState
from visits.querysets.owned import OwnedQuerySet
from visits.rules.visits import MADE_STATES, OPEN_STATES, overdue

if TYPE_CHECKING:
    from crm.accounts.models import User

# An earlier log of the same person is compared with a new one only so far back.
COPY_WINDOW = 20


class VisitQuerySet(OwnedQuerySet):
    """Reading verbs of visits."""

    def on(self, first: date, last: date | None = None) -> Any:
        """Keep the visits of a day or of days, both ends included."""
        return self.filter(visit_on__range=(first, last or first))

    def owing_log(self, as_of: date) -> Any:
        """Keep visits whose day is over or here, and whose log is missing, unfinished or returned."""
        return self.filter(
            Q(state__in=OPEN_STATES, visit_on__lt=as_of)
            | Q(state=VisitState.IN_PROGRESS, visit_on=as_of)
            | Q(log__state=LogState.RETURNED)
        )

    def made_before(self, visit: Any) -> Any:
        """Return the visits the same manager made to the same client earlier."""
        made = self.filter(client=visit.client_id, owner=visit.owner_id, state__in=MADE_STATES)
        return made.filter(visit_on__lte=visit.visit_on).exclude(pk=visit.pk)

    def open_promises(self) -> Any:
        """Keep visits whose promised next step nobody has marked as done."""
        return self.filter(state=VisitState.DONE).exclude(log=None).exclude(log__next_step="")

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows."""
        return self.select_related("client", "owner", "contact", "log")


class VisitLogQuerySet(models.QuerySet[Any]):
    """Reading verbs of logs: a log is seen where its visit is."""

    def visible_to(self, user: "User") -> Any:
        """Return own logs and those of units in scope."""
        if not user.can("visits.view"):
            return self.none()
        return self.filter(user.scope.unit_filter("visit__org_unit") | Q(visit__owner=user))

    def waiting(self) -> Any:
        """Keep logs that wait for a decision."""
        return self.filter(state=LogState.SUBMITTED)

    def decidable_by(self, user: "User") -> Any:
        """Return the logs the person may decide about: those in scope, never own ones."""
        if not user.can("visits.approve_log"):
            return self.none()
        inside = user.scope.unit_filter("visit__org_unit", "visits.approve_log")
        return self.filter(inside).exclude(visit__owner__in=user.scope.selves)

    def late_for_approval(self, as_of: date) -> Any:
        """Keep waiting logs whose approval was due when the day began."""
        return self.waiting().filter(overdue(clock.at(as_of)))

    def doubtful_first(self) -> Any:
        """Put logs with more doubts first, then those that are due first."""
        return self.order_by("-doubts__len", "approval_due_at", "id")

    def earlier_of(self, owner: "User", *, before: date) -> Any:
        """Return the newest logs of a person within a quarter, to compare a new one with."""
        return self.filter(
            visit__owner=owner, visit__visit_on__range=(before - timedelta(days=92), before)
        ).order_by("-visit__visit_on", "-id")[:COPY_WINDOW]

    def with_rows(self) -> Any:
        """Fetch what a line of the desk shows."""
        return self.select_related(
            "visit__client", "visit__owner", "visit__contact", "visit__org_unit", "decided_by"
        )
