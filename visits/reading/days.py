"""A week as a calendar and a day as a report: visits, tasks, promises, holidays and make-up days."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.base import clock
from visits import calendar
from visits.choices import EventState, HolidayKind, VisitState
from visits.models import DailyTask, Holiday, OnSiteEvent, Visit
from visits.querysets.meetings import day_report

# A team larger than this is looked at by unit.
TEAM_SHOWN = 60
VISITS_SHOWN = 2000
MOVABLE = (VisitState.PLANNED, VisitState.CONFIRMED)


@dataclass(slots=True)
class Day:
    """One day of the calendar."""

    day: date
    off: bool
    name: str = ""  # of the holiday, or of the one this weekend day is worked for
    makeup: bool = False
    visits: list[Visit] = field(default_factory=list)
    tasks: list[DailyTask] = field(default_factory=list)
    events: list[OnSiteEvent] = field(default_factory=list)


def days_of(first: date, last: date) -> list[Day]:
    """Return the days of a period with what the holiday calendar says about them."""
    special = {row.day: row for row in Holiday.objects.filter(day__range=(first, last))}
    found = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        row = special.get(day)
        makeup = row is not None and row.kind == HolidayKind.MAKEUP
        off = (day.isoweekday() > 5 and not makeup) or (row is not None and not makeup)
        found.append(Day(day, off, row.name if row else "", makeup))
    return found


def events_on(days: list[Day], rows: Any) -> None:
    """Put events that are not called off on every day they last."""
    if not days:
        return
    first, last = days[0].day, days[-1].day
    rows = rows.filter(starts_at__lt=clock.next_midnight(last), ends_at__gte=clock.at(first))
    for event in rows.exclude(state=EventState.CANCELLED).with_rows().order_by("starts_at", "id")[:500]:
        begin, end = clock.business_date(event.starts_at), clock.business_date(event.ends_at)
        for day in days:
            if begin <= day.day <= end:
                day.events.append(event)


def month_of(month: date, rows: Any) -> list[Day]:
    """Return whole weeks around a month with the events on their days."""
    first = month - timedelta(days=month.weekday())
    last = clock.add_months(month, 1) - timedelta(days=1)
    days = days_of(first, last + timedelta(days=6 - last.weekday()))
    events_on(days, rows)
    return days


def own_week(user: User, monday: date) -> list[Day]:
    """Return the days of a person's week with visits and tasks."""
    days = {day.day: day for day in days_of(monday, monday + timedelta(days=6))}
    rows = Visit.objects.filter(owner=user).on(monday, monday + timedelta(days=6))
    for visit in rows.exclude(state=VisitState.POSTPONED).with_rows().order_by("planned_at", "id"):
        days[visit.visit_on].visits.append(visit)
    tasks = DailyTask.objects.filter(user=user, dropped=False, due_on__range=(monday, max(days)))
    for task in tasks:
        days[task.due_on].tasks.append(task)
    events_on(list(days.values()), OnSiteEvent.objects.filter(Q(owner=user) | Q(staff__user=user)).distinct())
    return list(days.values())


@dataclass(slots=True)
class Person:
    """One manager's line of the team's week."""

    user: User
    days: list[Day]
    planned: int = 0
    done: int = 0


def managers_in(user: User, unit: OrgUnit | None, as_of: date) -> Any:
    """Return the account managers whose week a person may see, in order of unit."""
    held = RoleAssignment.objects.current(as_of).filter(role=Role.AM).values("user")
    people = User.objects.active().people().visible_to(user).filter(pk__in=held)
    if unit is not None:
        people = people.filter(org_unit__path__startswith=unit.path)
    return people.select_related("org_unit").order_by("org_unit__path", "staff_no")


def team_week(people: list[User], monday: date) -> list[Person]:
    """Return the week of several managers, each with the same seven days; three queries for all."""
    sunday = monday + timedelta(days=6)
    blank = days_of(monday, sunday)
    rows = {
        person.pk: Person(person, [Day(d.day, d.off, d.name, d.makeup) for d in blank]) for person in people
    }
    visits = Visit.objects.filter(owner__in=list(rows)).on(monday, sunday)
    visits = visits.exclude(state__in=[VisitState.POSTPONED, VisitState.CANCELLED])
    for visit in visits.with_rows().order_by("planned_at", "id")[:VISITS_SHOWN]:
        line = rows[visit.owner_id]
        line.days[(visit.visit_on - monday).days].visits.append(visit)
        line.planned += 1
        line.done += visit.state in (VisitState.DONE, VisitState.FOLLOWED_UP, VisitState.CLOSED)
    tasks = DailyTask.objects.filter(user__in=list(rows), dropped=False, due_on__range=(monday, sunday))
    for task in tasks:
        rows[task.user_id].days[(task.due_on - monday).days].tasks.append(task)
    return list(rows.values())


# ---- The day report (S1-97)


def day_of(user: User, day: date) -> dict[str, Any]:
    """Return what a person planned and did on a day, and what comes on the next working day."""
    following = calendar.next_working_day(day)
    rows = Visit.objects.filter(owner=user)
    visits = list(rows.on(day).with_rows().order_by("planned_at", "id"))
    promised = rows.filter(log__next_due_on=day).exclude(log__next_step="").with_rows()
    return {
        "visits": visits,
        "tasks": list(DailyTask.objects.filter(user=user, due_on=day, dropped=False)),
        "promises": list(promised.order_by("id")),
        "report": day_report([user.pk], day)[user.pk],
        "following": following,
        "next_visits": list(rows.on(following).with_rows().order_by("planned_at", "id")),
    }


def team_day(people: list[User], day: date) -> list[dict[str, Any]]:
    """Return the day report of several managers, whoever is behind first."""
    report = day_report([person.pk for person in people], day)
    raised: dict[int, int] = defaultdict(int)
    spoken = Visit.objects.filter(owner__in=people, visit_on=day).filter(
        Q(log__raise_in_meeting=True) & ~Q(log__state="DRAFT")
    )
    for owner in spoken.values_list("owner", flat=True):
        raised[owner] += 1
    rows = [{"user": person, "raised": raised[person.pk]} | report[person.pk] for person in people]
    return sorted(rows, key=lambda row: row["made"] - row["planned"])
