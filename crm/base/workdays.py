"""Working days for floors below the one that keeps the table of holidays; it registers its calendar here."""

from collections.abc import Callable
from datetime import date, timedelta


def _plain_week(day: date) -> date:
    """Return the next day from Monday to Friday."""
    following = day + timedelta(days=1)
    while following.isoweekday() > 5:
        following += timedelta(days=1)
    return following


_next: list[Callable[[date], date]] = [_plain_week]


def register(next_working_day: Callable[[date], date]) -> None:
    """Take the calendar that knows holidays and make-up days; called in an app's ready()."""
    _next[:] = [next_working_day]


def after(day: date, count: int) -> date:
    """Return the working day that lies `count` working days after a day."""
    for _step in range(count):
        day = _next[0](day)
    return day
