"""Working days in China: the plain week, corrected by the editable table of holidays and make-up days."""

from datetime import date, timedelta

from visits.choices import HolidayKind
from visits.models import Holiday

# The longest usual run without a working day is a week of holiday between two weekends.
WINDOW = timedelta(days=21)
# Longer closures are read window by window; a year without a working day is none anybody enters.
WINDOWS = 18


def _special(start: date, end: date) -> dict[date, str]:
    return dict(Holiday.objects.filter(day__range=(start, end)).values_list("day", "kind"))


def _works(day: date, special: dict[date, str]) -> bool:
    kind = special.get(day)
    return kind == HolidayKind.MAKEUP or (kind is None and day.isoweekday() <= 5)


def is_working_day(day: date) -> bool:
    """Say whether people work on the day."""
    return _works(day, _special(day, day))


def working_days(start: date, end: date) -> list[date]:
    """Return the working days of a period, both ends included."""
    special = _special(start, end)
    days = (start + timedelta(days=i) for i in range((end - start).days + 1))
    return [day for day in days if _works(day, special)]


def next_working_day(day: date) -> date:
    """Return the first working day after a day; after a year of days off, the next day of the plain week."""
    start = day + timedelta(days=1)
    for _window in range(WINDOWS):
        if found := working_days(start, start + WINDOW):
            return found[0]
        start += WINDOW
    return start


def due_day_of_week(year: int, week: int) -> date:
    """Return the day until whose 24:00 the report of an ISO week is due (D-26).

    Its Friday; when that is a day off, the last working day of the week, a make-up Saturday included; the
    Friday all the same when nobody works in the week.
    """
    monday = date.fromisocalendar(year, week, 1)
    friday = monday + timedelta(days=4)
    days = working_days(monday, monday + timedelta(days=6))
    return friday if friday in days or not days else days[-1]
