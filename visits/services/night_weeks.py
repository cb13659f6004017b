"""Remind people in the night of weekly reports: who owes one, who decides, who leads (spec §3.8, J15)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from crm.accounts.models import OrgUnit, User
from crm.base import clock, workdays
from crm.base.language import in_language_of
from crm.params import registry
from visits import calendar
from visits.models import WeeklyReport
from visits.notices import Notice, tell
from visits.querysets.weeks import roster
from visits.rules import weeks as rules
from visits.services.deciders import Deciders, heads_of, leaders_of


@transaction.atomic
def remind_weeks(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Remind of reports due today and overdue, tell heads and then leaders; return the notices written.

    The day begins at `as_of`: on an ordinary Saturday 00:10 the reports of the week are overdue. Heads hear
    of it at once, leaders from the next working day on. Run twice it writes nothing.
    Source: S1-94, D-26, J15
    """
    units = list(OrgUnit.objects.filter(path__startswith=province.path if province else ""))
    return tell([*_due_today(units, as_of), *_overdue(units, as_of), *_undecided(units, as_of)])


def missing_of(units: list[OrgUnit], monday: date) -> list[tuple[int, int]]:
    """Return the people who have not handed in the report of a week, with their unit."""
    rows = roster([unit.pk for unit in units], monday, monday)
    handed = set(
        WeeklyReport.objects.filter(monday=monday).exclude(state="DRAFT").values_list("owner", flat=True)
    )
    return [(user, unit) for user, unit, _monday, _report in rows if user not in handed]


def _people(missing: list[tuple[int, int]]) -> dict[int, User]:
    return User.objects.in_bulk({user for user, _unit in missing})


def _due_today(units: list[OrgUnit], as_of: date) -> Iterator[Notice]:
    year, week = rules.week_of(as_of)
    if calendar.due_day_of_week(year, week) != as_of:
        return
    missing = missing_of(units, rules.start_of(as_of))
    people = _people(missing)
    for pk, _unit in missing:
        with in_language_of(people[pk]):
            text = gettext("Your report of %(week)s is due today.") % {"week": rules.named(as_of)}
        yield Notice(pk, "week_due", text, reverse("visits:week", args=[year, week]), f"week_due:{as_of}")


def overdue_weeks(as_of: date, *, days: int) -> list[date]:
    """Return the Mondays of the weeks whose reports fell due within so many days before the day began."""
    first = rules.start_of(as_of - timedelta(days=days))
    mondays = [first + timedelta(weeks=n) for n in range((as_of - first).days // 7 + 1)]
    since, now = clock.at(as_of - timedelta(days=days)), clock.at(as_of)
    found = []
    for monday in mondays:
        due = clock.next_midnight(calendar.due_day_of_week(*rules.week_of(monday)))
        if since <= due <= now:
            found.append(monday)
    return found


def _overdue(units: list[OrgUnit], as_of: date) -> Iterator[Notice]:
    days = registry.get("visits.remind_days", as_of=as_of)
    by_pk = {unit.pk: unit for unit in units}
    for monday in overdue_weeks(as_of, days=days):
        missing = missing_of(units, monday)
        people = _people(missing)
        year, week = rules.week_of(monday)
        for pk, _unit in missing:
            with in_language_of(people[pk]):
                text = gettext("Your report of %(week)s is overdue.") % {"week": rules.named(monday)}
            url = reverse("visits:week", args=[year, week])
            yield Notice(pk, "week_missing", text, url, f"week_missing:{monday}:{as_of}", daily=True)
        due = calendar.due_day_of_week(year, week)
        above: list[Deciders] = [heads_of]
        if as_of > workdays.after(due, 1):
            above.append(leaders_of)
        yield from _told_above(missing, by_pk, monday, above, as_of)


def _told_above(
    missing: list[tuple[int, int]],
    units: dict[int, OrgUnit],
    monday: date,
    deciders: list[Deciders],
    as_of: date,
) -> Iterator[Notice]:
    """Tell those above how many of their people owe the report: one sentence a day and person."""
    counts: dict[int, int] = defaultdict(int)
    people: dict[int, User] = {}
    above = {
        pk: [person for those in deciders for person in those(units[pk], as_of)]
        for pk in {unit for _user, unit in missing}
    }
    for user, unit in missing:
        for person in {p.pk: p for p in above[unit]}.values():
            if not person.scope.is_self(user):
                people[person.pk] = person
                counts[person.pk] += 1
    url = reverse("visits:week-roster") + f"?week={rules.named(monday)}&state=missing"
    for pk, count in counts.items():
        with in_language_of(people[pk]):
            text = ngettext(
                "%(n)d weekly report of %(week)s is overdue.",
                "%(n)d weekly reports of %(week)s are overdue.",
                count,
            ) % {"n": count, "week": rules.named(monday)}
        yield Notice(pk, "week_late", text, url, f"week_late:{monday}:{as_of}", daily=True)


def decision_limit(as_of: date) -> date:
    """Return the last day of submission whose decision is overdue when the day begins."""
    days = registry.get("visits.week_decision_days", as_of=as_of)
    day = as_of - timedelta(days=1)
    while workdays.after(day, days) >= as_of:
        day -= timedelta(days=1)
    return day


def _undecided(units: list[OrgUnit], as_of: date) -> Iterator[Notice]:
    limit = clock.next_midnight(decision_limit(as_of))
    late = WeeklyReport.objects.waiting().filter(submitted_at__lt=limit, org_unit__in=units)
    by_pk = {unit.pk: unit for unit in units}
    counts: dict[int, int] = defaultdict(int)
    people: dict[int, User] = {}
    for row in late.order_by().values("org_unit", "owner").annotate(n=Count("pk")):
        for person in leaders_of(by_pk[row["org_unit"]], as_of):
            if not person.scope.is_self(row["owner"]):
                people[person.pk] = person
                counts[person.pk] += row["n"]
    for pk, count in counts.items():
        with in_language_of(people[pk]):
            text = ngettext(
                "%(n)d weekly report waits too long for your decision.",
                "%(n)d weekly reports wait too long for your decision.",
                count,
            ) % {"n": count}
        url = reverse("visits:weeks") + "?view=decide"
        yield Notice(pk, "week_undecided", text, url, f"week_undecided:{as_of}", daily=True)
