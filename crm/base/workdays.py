"""Working days and hours for every floor; the one that keeps the table of holidays registers it here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crm.base import clock


def _plain_week(day: date) -> date:
    """Return the next day from Monday to Friday."""
    following = day + timedelta(days=1)
    while following.isoweekday() > 5:
        following += timedelta(days=1)
    return following


def _plain_days(start: date, end: date) -> list[date]:
    """Return the days from Monday to Friday of a period, both ends included."""
    days = (start + timedelta(days=i) for i in range((end - start).days + 1))
    return [day for day in days if day.isoweekday() <= 5]


_next: list[Callable[[date], date]] = [_plain_week]
_between: list[Callable[[date, date], list[date]]] = [_plain_days]


def register(
    next_working_day: Callable[[date], date],
    working_days: Callable[[date, date], list[date]] = _plain_days,
) -> None:
    """Take the calendar that knows holidays and make-up days; called in an app's ready()."""
    _next[:] = [next_working_day]
    _between[:] = [working_days]


def after(day: date, count: int) -> date:
    """Return the working day that lies `count` working days after a day."""
    for _step in range(count):
        day = _next[0](day)
    return day


def from_day(day: date) -> date:
    """Return the day itself when people work on it, else the next on which they do."""
    return _next[0](day - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Hours:
    """The working hours of a working day, by the full hour."""

    opens: int
    closes: int

    def add(self, moment: datetime, minutes: int) -> datetime:
        """Return the instant at which so many working minutes have gone by since a moment.

        Nights, weekends and holidays do not count; a weekend day worked instead of a holiday does.
        """
        left = timedelta(minutes=minutes)
        day = clock.business_date(moment)
        start = max(moment.astimezone(clock.BUSINESS_ZONE), clock.at(day, self.opens))
        working = from_day(day)
        while True:
            if working != day:
                day, start = working, clock.at(working, self.opens)
            room = clock.at(day, self.closes) - start
            if left <= room:
                return start + left
            left -= max(room, timedelta())
            working = _next[0](day)

    def longest_ago(self, now: datetime, minutes: int, *, days: int = 31) -> datetime:
        """Return the latest moment since which so many working minutes have gone by.

        Whatever was due until then has waited that long: one comparison serves a whole list of rows.
        Units: no further back than `days`.
        """
        if not minutes:
            return now
        left, today = timedelta(minutes=minutes), clock.business_date(now)
        first = today - timedelta(days=days)
        for day in reversed(_between[0](first, today)):
            end = min(clock.at(day, self.closes), now)
            room = max(end - clock.at(day, self.opens), timedelta())
            if left <= room:
                return end - left
            left -= room
        return clock.at(first)
