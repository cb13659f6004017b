"""Weekly reports as pages show them: figures in words, own weeks, the roster of a week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.audit.labels import label
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.params import registry
from visits.choices import Purpose, WeekState
from visits.models import Visit, WeeklyReport
from visits.querysets.weeks import roster
from visits.rules import weeks as rules
from visits.services.weeks import due_of, figures_of, next_week_of

# Weeks offered on the own page: this one and the last ones.
OWN_WEEKS = 6
RETURN_REASONS: list[str | Promise] = [
    gettext_lazy("Figures and text do not match"),
    gettext_lazy("Next week's plan is too thin"),
    gettext_lazy("Say what hinders you and what helps"),
]


def words_of(stats: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the figures of a week in words, with the whole they belong to."""

    def line(label: str, value: int, whole: int | None = None, kind: str = "") -> dict[str, Any]:
        return {"label": label, "value": value, "whole": whole, "kind": kind}

    return [
        line(_("Visits done"), stats["done"], stats["planned"]),
        line(_("Arrived on time"), stats["on_time"], stats["on_time"] + stats["late"]),
        line(_("Clients visited"), stats["clients"]),
        line(_("Logs handed in on the day"), stats["in_time"], stats["handed"]),
        line(_("Logs missing"), stats["missing"], kind="bad" if stats["missing"] else ""),
        line(_("Promises kept"), stats["promises_kept"], stats["promises"]),
        line(_("Gifts signed for"), stats["gifts"]),
        line(_("Tasks done"), stats["tasks_done"], stats["tasks"]),
    ]


def purposes_of(stats: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Return code, words and count of each purpose that was pursued."""
    return [(code, str(Purpose(code).label), count) for code, count in stats["purposes"].items() if count]


def _planned(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        row
        | {
            "on": date.fromisoformat(row["day"]),
            "words": "、".join(str(Purpose(code).label) for code in row["purposes"]),
        }
        for row in rows
    ]


def of_person(user: User, monday: date) -> dict[str, Any]:
    """Return what a report is written from: the week's figures and the next week's plan, as of now."""
    stats = figures_of([user.pk], monday, now=clock.now())[user.pk]
    return {
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "week": rules.named(monday),
        "figures": words_of(stats),
        "purposes": purposes_of(stats),
        "next_visits": _planned(next_week_of(user.pk, monday)),
        "next_monday": monday + rules.WEEK,
    }


def of_report(report: WeeklyReport) -> dict[str, Any]:
    """Return what a report shows: the figures kept with it, and the visits and logs of its week."""
    stats = report.auto_stats
    visits = Visit.objects.filter(owner=report.owner_id).on(report.monday, report.sunday)
    book = getattr(report, "book", None)
    return {
        "monday": report.monday,
        "sunday": report.sunday,
        "week": report.week,
        "figures": words_of(stats) if stats else [],
        "purposes": purposes_of(stats) if stats else [],
        "next_visits": _planned(stats["next_week"]) if stats else [],
        "visits": list(visits.with_rows().order_by("visit_on", "planned_at", "id")),
        "book": book,
        "filing": getattr(book, "filing", None) if book else None,
        "inspections": list(book.inspections.select_related("inspected_by")) if book else [],
        "history": _history(report),
    }


HAPPENED: dict[str, str | Promise] = {
    "visits.week_submitted": gettext_lazy("Submitted"),
    "visits.week_approved": gettext_lazy("Approved"),
    "visits.week_returned": gettext_lazy("Returned"),
    "visits.week_printed": gettext_lazy("Log book printed"),
    "visits.week_filed": gettext_lazy("Filed in the archive"),
    "visits.week_inspected": gettext_lazy("Inspected"),
}


def _history(report: WeeklyReport) -> list[dict[str, Any]]:
    """Return what happened to a report, oldest first."""
    events = AuditEvent.objects.filter(entity="visits.weeklyreport", entity_id=str(report.pk)).order_by("pk")
    return [
        {
            "at": event.at,
            "who": event.actor_name,
            "what": HAPPENED.get(event.action) or label(event.action),
            "words": event.data.get("reason") or event.data.get("comment") or event.data.get("note", ""),
            "for": event.data.get("stands_in_for", ""),
        }
        for event in events
    ]


def own_weeks(user: User, today: date) -> list[dict[str, Any]]:
    """Return the last weeks of a person with what is to be done about each, this week first."""
    this = rules.start_of(today)
    mondays = [this - timedelta(weeks=n) for n in range(OWN_WEEKS)]
    known = {r.monday: r for r in WeeklyReport.objects.filter(owner=user, monday__in=mondays)}
    now = clock.now()
    found = []
    for monday in mondays:
        report, due = known.get(monday), due_of(monday)
        year, week = rules.week_of(monday)
        open_ = report is None or report.is_open
        found.append(
            {
                "year": year, "number": week, "monday": monday, "sunday": monday + timedelta(days=6),
                "week": rules.named(monday), "report": report, "open": open_, "due": rules.due_text(due),
                "overdue": (report is None or report.state == WeekState.DRAFT) and due <= now,
            }
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Owed:
    """A week whose report a person owes."""

    monday: date
    due_at: datetime
    overdue: bool

    @property
    def name(self) -> str:
        """Return the week as it is written."""
        return rules.named(self.monday)

    @property
    def year(self) -> int:
        """Return its ISO year."""
        return rules.week_of(self.monday)[0]

    @property
    def number(self) -> int:
        """Return its ISO number."""
        return rules.week_of(self.monday)[1]

    @property
    def last_day(self) -> date:
        """Return the day whose end is the due instant."""
        return clock.business_date(self.due_at - timedelta(seconds=1))

    @property
    def due_text(self) -> str:
        """Return until when, as people say it."""
        return rules.due_text(self.due_at)


def owed_weeks(user: User, now: datetime) -> list[Owed]:
    """Return the weeks whose reports the person owes now, the oldest first.

    This week's is owed from its due day on; older ones as long as missing logs are reminded of.
    """
    today = clock.business_date(now)
    days = registry.get("visits.remind_days", as_of=today)
    first = rules.start_of(today - timedelta(days=days))
    mondays = [first + timedelta(weeks=n) for n in range((today - first).days // 7 + 1)]
    handed = WeeklyReport.objects.filter(owner=user, monday__in=mondays).exclude(state=WeekState.DRAFT)
    done = set(handed.values_list("monday", flat=True))
    held = user.assignments.filter(role=Role.AM)
    since = min((row.valid_from for row in held), default=today)
    found = []
    for monday in mondays:
        if monday in done or monday + timedelta(days=4) < since:
            continue
        due = due_of(monday)
        last_day = clock.business_date(due - timedelta(seconds=1))
        if last_day <= today and today - last_day <= timedelta(days=days):
            found.append(Owed(monday, due, due <= now))
    return found


# ---- The roster of a week


@dataclass(slots=True)
class Row:
    """One manager and what became of the week's report."""

    owner: User
    unit: OrgUnit
    report: WeeklyReport | None
    overdue: bool
    faults: bool

    @property
    def state(self) -> str:
        """Return the state of the report; a draft is nothing anybody else can see."""
        if self.report is None or self.report.state == WeekState.DRAFT:
            return "MISSING"
        return self.report.state


STATES: dict[str, tuple[str | Promise, tuple[str, ...]]] = {
    "missing": (gettext_lazy("Not handed in"), ("MISSING",)),
    "waiting": (gettext_lazy("Waiting for the leader"), ("SUBMITTED",)),
    "returned": (gettext_lazy("Returned"), ("RETURNED",)),
    "approved": (gettext_lazy("To print"), ("APPROVED",)),
    "printed": (gettext_lazy("To file"), ("PRINTED",)),
    "archived": (gettext_lazy("To inspect"), ("ARCHIVED",)),
    "inspected": (gettext_lazy("Inspected"), ("INSPECTED",)),
    "late": (gettext_lazy("Handed in late"), ()),
    "faults": (gettext_lazy("With faults"), ()),
}


def fits(row: Row, state: str) -> bool:
    """Say whether a line belongs to a figure."""
    if state == "late":
        return row.state != "MISSING" and row.report is not None and row.report.late_submit
    if state == "faults":
        return row.faults
    return row.state in STATES[state][1]


def counts_of(rows: list[Row]) -> dict[str, tuple[str, int]]:
    """Return words and count of each figure of a week."""
    return {code: (str(label), sum(fits(row, code) for row in rows)) for code, (label, _s) in STATES.items()}


def roster_of(user: User, units: list[OrgUnit], monday: date, *, now: datetime | None = None) -> list[Row]:
    """Return every manager of the units with the report of a week, missing ones too."""
    by_pk = {unit.pk: unit for unit in units}
    found = roster(list(by_pk), monday, monday)
    people = User.objects.in_bulk([owner for owner, _unit, _monday, _report in found])
    reports = WeeklyReport.objects.with_rows().in_bulk([pk for *_rest, pk in found if pk])
    faulty = set(
        WeeklyReport.objects.filter(
            pk__in=list(reports), book__inspections__result="FAULTS"
        ).values_list("pk", flat=True)
    )  # fmt: skip
    overdue = due_of(monday) <= (now or clock.now())
    rows = []
    for owner, unit, _monday, pk in found:
        report = reports.get(pk) if pk else None
        home = by_pk[report.org_unit_id] if report and report.org_unit_id in by_pk else by_pk.get(unit)
        if home is None:
            continue
        late = overdue and (report is None or report.state == WeekState.DRAFT)
        rows.append(Row(people[owner], home, report, late, report is not None and report.pk in faulty))
    return sorted(rows, key=lambda row: (row.unit.path, row.owner.staff_no))
