"""What is counted about visits and their logs: each figure is a condition, for sums and for its list alike.

Source: spec §4.3 R6, R7; S1-97
"""

from datetime import datetime, timedelta

from django.db.models import F, Q

from crm.base import clock
from visits.choices import LogState, Purpose, VisitState
from visits.rules.visits import MADE_STATES, OPEN_STATES, overdue

# A visit moved to another day stands there; one called off was not to be made.
DROPPED_STATES = (VisitState.CANCELLED, VisitState.POSTPONED)
HANDED_IN = (LogState.SUBMITTED, LogState.APPROVED, LogState.RETURNED)

MADE = Q(state__in=MADE_STATES)


def visit_figures(*, grace_minutes: int) -> dict[str, Q]:
    """Return the figures of visits by code.

    Units: minutes after the appointed time that still count as punctual.
    """
    limit = F("planned_at") + timedelta(minutes=grace_minutes)
    return {
        "planned": ~Q(state__in=DROPPED_STATES),
        "done": MADE,
        "on_time": MADE & Q(arrived_at__lte=limit),
        "late": MADE & Q(arrived_at__gt=limit),
        "unchecked": MADE & Q(arrived_at=None),
        "no_show": Q(state=VisitState.NO_SHOW),
        "cancelled": Q(state=VisitState.CANCELLED),
        "postponed": Q(state=VisitState.POSTPONED),
        **{str(purpose): MADE & Q(purposes__contains=[purpose]) for purpose in Purpose},
    }


def log_figures(*, now: datetime) -> dict[str, Q]:
    """Return the figures of logs by code; the rows are visits, for a missing log has no row of its own."""
    handed = Q(log__state__in=HANDED_IN)
    approved = Q(log__state=LogState.APPROVED)
    return {
        "handed": handed,
        "in_time": handed & Q(log__late_submit=False),
        "handed_late": handed & Q(log__late_submit=True),
        "missing": Q(state__in=OPEN_STATES, visit_on__lt=clock.business_date(now)),
        "approved": approved,
        "approved_in_time": approved & Q(log__late_approval=False),
        "approved_late": approved & Q(log__late_approval=True),
        "waiting": Q(log__state=LogState.SUBMITTED),
        "waiting_late": Q(log__state=LogState.SUBMITTED) & overdue(now, "log__approval_due_at"),
        "returned": Q(log__state=LogState.RETURNED),
    }
