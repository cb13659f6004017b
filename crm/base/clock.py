"""The only clock: the business runs in Asia/Shanghai, the database keeps UTC.

Called at the edges (views, tasks, default arguments of services); rules and querysets take `as_of`.
"""

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the current instant, aware, in the business zone."""
    return timezone.now().astimezone(BUSINESS_ZONE)


def today() -> date:
    """Return the current business date."""
    return now().date()


# Nothing was done, and nothing is planned, outside; the days around one inside can always be reckoned.
FIRST, LAST = date(1990, 1, 1), date(2100, 12, 31)


def read_day(text: str) -> date | None:
    """Return the day that an address writes, or None for what is none, or lies outside all business."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None


def business_date(moment: datetime) -> date:
    """Return the business date on which an instant falls.

    Raises: ValueError for a time without a zone: the machine's own would decide the day.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone has no business date")
    return moment.astimezone(BUSINESS_ZONE).date()


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """Return an instant of a business day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BUSINESS_ZONE)


def at_minute(moment: datetime) -> str:
    """Return an instant as people of the business zone write it: 2026-11-20 14:05."""
    return f"{moment.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"


def month_of(day: date) -> date:
    """Return the first day of the month; months are stored as this date."""
    return day.replace(day=1)


def add_months(month: date, count: int) -> date:
    """Move a first-of-month date by whole months, back when negative."""
    index = month.year * 12 + month.month - 1 + count
    return date(index // 12, index % 12 + 1, 1)


def month_end(month: date) -> date:
    """Return the last day of the month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def closed_months(as_of: date, count: int) -> tuple[date, date]:
    """Return the half-open range [first, end) of the last `count` closed months before `as_of`."""
    end = month_of(as_of)
    return add_months(end, -count), end


def next_midnight(day: date) -> datetime:
    """Return 24:00 of a business day."""
    return at(day + timedelta(days=1))
