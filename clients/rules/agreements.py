"""When an agreement is in force, and who must be told that it ends (Source: S1-67, S1-85, J14)."""

from datetime import date
from typing import Any

from django.db.models import Q

# Days before the end at which the manager is told.
NOTICE_DAYS = (90, 30, 7)


def in_force(first: date, last: Any = None, prefix: str = "") -> Q:
    """Return the condition of being in force on some day of a period, or on one day.

    Days and months may be dates or expressions over the row.
    """
    last = first if last is None else last
    ends = Q(**{f"{prefix}expires_on": None}) | Q(**{f"{prefix}expires_on__gte": first})
    stopped = Q(**{f"{prefix}ended_on": None}) | Q(**{f"{prefix}ended_on__gt": first})
    return Q(**{f"{prefix}effective_on__lte": last}) & ends & stopped


def notice_stage(days_left: int) -> int | None:
    """Return the notice that is due: the smallest of 90, 30 and 7 days that is not passed yet."""
    fitting = [days for days in NOTICE_DAYS if days_left <= days]
    return min(fitting) if fitting and days_left >= 0 else None
