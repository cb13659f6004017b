"""Statistics of visits, logs and weekly reports by unit, manager, month or week (spec §4.3 R6, R7, R8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import NotFound
from crm.base.text import read_number
from crm.params import registry
from visits.models import Visit
from visits.querysets.weeks import WEEK_FIGURES, counted_weeks
from visits.rules import weeks as rules
from visits.rules.figures import log_figures, visit_figures

BY = {
    "unit": gettext_lazy("By unit"),
    "am": gettext_lazy("By manager"),
    "week": gettext_lazy("By week"),
    "month": gettext_lazy("By month"),
}
LONGEST = timedelta(days=400)
DEFAULT_WEEKS = 8
PEOPLE_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a report; a share names the whole it is part of."""

    code: str
    label: str | Promise
    of: str = ""  # shown as a share of this figure beside the number
    desk: bool = False  # only on wide screens
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One of the reports: its columns, and the two that its charts draw."""

    code: str
    label: str | Promise
    columns: tuple[Column, ...]
    bars: tuple[str, ...]
    rates: tuple[tuple[str, str], ...]


REPORTS = {
    "visits": Report(
        "visits",
        gettext_lazy("Visits"),
        (
            Column("planned", gettext_lazy("Planned")),
            Column("done", gettext_lazy("Done"), "planned"),
            Column("on_time", gettext_lazy("On time"), "done"),
            Column("late", gettext_lazy("Arrived late"), desk=True, bad=True),
            Column("unchecked", gettext_lazy("No check-in"), desk=True),
            Column("no_show", gettext_lazy("Client absent"), desk=True),
            Column("cancelled", gettext_lazy("Called off"), desk=True),
            Column("P1", gettext_lazy("Promote a service"), desk=True),
            Column("P2", gettext_lazy("Keep in touch"), desk=True),
            Column("P3", gettext_lazy("Hand over a gift"), desk=True),
            Column("P4", gettext_lazy("Handle business"), desk=True),
            Column("P5", gettext_lazy("Ask for opinions"), desk=True),
            Column("P6", gettext_lazy("Solve a complaint"), desk=True),
        ),
        ("planned", "done"),
        (("done", "planned"), ("on_time", "done")),
    ),
    "logs": Report(
        "logs",
        gettext_lazy("Logs"),
        (
            Column("handed", gettext_lazy("Handed in")),
            Column("in_time", gettext_lazy("On the day"), "handed"),
            Column("handed_late", gettext_lazy("Handed in late"), desk=True, bad=True),
            Column("missing", gettext_lazy("Missing"), bad=True),
            Column("approved", gettext_lazy("Approved"), "handed"),
            Column("approved_in_time", gettext_lazy("Approved on time"), "approved"),
            Column("approved_late", gettext_lazy("Approved late"), desk=True, bad=True),
            Column("waiting", gettext_lazy("Waiting"), desk=True),
            Column("waiting_late", gettext_lazy("Waiting too long"), desk=True, bad=True),
            Column("returned", gettext_lazy("Returned"), desk=True),
        ),
        ("in_time", "handed_late", "missing"),
        (("in_time", "handed"), ("approved_in_time", "approved")),
    ),
    "weeks": Report(
        "weeks",
        gettext_lazy("Weekly reports"),
        (
            Column("owed", gettext_lazy("Owed")),
            Column("handed", gettext_lazy("Handed in"), "owed"),
            Column("in_time", gettext_lazy("On time"), "handed"),
            Column("handed_late", gettext_lazy("Handed in late"), desk=True, bad=True),
            Column("missing", gettext_lazy("Missing"), bad=True),
            Column("waiting", gettext_lazy("Waiting"), desk=True),
            Column("approved", gettext_lazy("Approved"), "owed", desk=True),
            Column("printed", gettext_lazy("Printed"), desk=True),
            Column("archived", gettext_lazy("Archived"), "owed"),
            Column("inspected", gettext_lazy("Inspected"), "archived"),
            Column("faults", gettext_lazy("With faults"), bad=True),
        ),
        ("in_time", "handed_late", "missing"),
        (("in_time", "owed"), ("archived", "owed")),
    ),
}


@dataclass(slots=True)
class Line:
    """One line of a report."""

    label: str
    query: Mapping[str, Any]  # of the list behind each of its figures
    key: Any = None
    below: bool = False
    note: str = ""
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, counts: Mapping[str, int]) -> None:
        """Count a group in."""
        for code, count in counts.items():
            self.counts[code] = self.counts.get(code, 0) + count

    def share(self, part: str, whole: str) -> float | None:
        """Return one figure as a share of another, or None of nothing."""
        total = self.counts.get(whole, 0)
        return self.counts.get(part, 0) / total if total else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for: of whom, from when to when, grouped by what."""

    user: User
    first: date
    last: date
    by: str
    unit: OrgUnit | None = None
    am: int | None = None

    @property
    def query(self) -> dict[str, Any]:
        """Return the filters as an address carries them."""
        found: dict[str, Any] = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        if self.unit:
            found["unit"] = self.unit.pk
        if self.am:
            found["am"] = self.am
        return found


def period(first: date | None, last: date | None, today: date) -> tuple[date, date]:
    """Return the days a report covers: whole weeks up to today unless others are asked for."""
    last = min(last or today, today + timedelta(days=366))
    first = first or rules.start_of(last) - timedelta(weeks=DEFAULT_WEEKS - 1)
    if first > last:
        first, last = last, first
    return max(first, last - LONGEST), last


def asked_of(user: User, values: Mapping[str, Any]) -> Asked:
    """Return what an address asks for, inside the person's scope.

    Raises: NotFound for a unit or a person outside it.
    """
    first, last = period(
        clock.read_day(str(values.get("from", ""))), clock.read_day(str(values.get("to", ""))), clock.today()
    )
    unit = am = None
    if values.get("unit"):
        unit = OrgUnit.objects.visible_to(user).filter(pk=read_number(str(values["unit"])) or 0).first()
        if unit is None:
            raise NotFound("NOT_FOUND", _("There is no such unit, or you may not see it."))
    if values.get("am"):
        am = read_number(str(values["am"])) or 0
        people = User.objects.visible_to(user).filter(pk=am)
        if am != user.pk and not people.exists():
            raise NotFound("NOT_FOUND", _("There is no such person, or you may not see them."))
    by = str(values.get("by", "unit"))
    return Asked(user, first, last, by if by in BY else "unit", unit, am)


def figures_of_report(code: str, now: datetime) -> dict[str, Q]:
    """Return the conditions behind a report's figures; weekly reports have theirs in SQL."""
    if code == "logs":
        return log_figures(now=now)
    grace = registry.get("visits.punctual_minutes", as_of=clock.business_date(now))
    return visit_figures(grace_minutes=grace)


def units_of(asked: Asked) -> list[OrgUnit]:
    """Return the units a report covers."""
    units = OrgUnit.objects.visible_to(asked.user)
    return list(units.filter(path__startswith=asked.unit.path) if asked.unit else units)


def rows_of(asked: Asked) -> Any:
    """Return the visits a report covers, inside the scope."""
    rows = Visit.objects.visible_to(asked.user).on(asked.first, asked.last)
    if asked.unit:
        rows = rows.filter(org_unit__in=[unit.pk for unit in units_of(asked)])
    return rows.filter(owner=asked.am) if asked.am else rows


GROUPS: dict[str, Any] = {
    "unit": F("org_unit"), "am": F("owner"), "week": TruncWeek("visit_on"), "month": TruncMonth("visit_on"),
}  # fmt: skip


def counted(asked: Asked, code: str, now: datetime, by: str) -> list[dict[str, Any]]:
    """Return the figures of a report by group: key → counts, in one statement."""
    if code == "weeks":
        if not asked.user.can("visits.view"):
            return []
        first, last = rules.start_of(asked.first), rules.start_of(asked.last)
        units = [unit.pk for unit in units_of(asked)]
        rows = counted_weeks(units, first, last, by, owner=asked.am)
        return [{"key": row.pop("key"), "counts": row} for row in rows]
    sums = {f"n_{name}": Count("pk", filter=test) for name, test in figures_of_report(code, now).items()}
    rows = rows_of(asked).order_by().values(key=GROUPS[by]).annotate(**sums)
    return [
        {"key": row.pop("key"), "counts": {name.removeprefix("n_"): n for name, n in row.items()}}
        for row in rows
    ]


def lines_of(asked: Asked, code: str, now: datetime) -> tuple[list[Line], Line]:
    """Return the lines of a report and their sum."""
    rows = counted(asked, code, now, asked.by)
    total = Line(str(asked.unit or _("All of my area")), asked.query)
    for row in rows:
        total.add(row["counts"])
    shape: dict[str, Callable[[Asked, list[dict[str, Any]]], list[Line]]] = {
        "unit": _by_unit, "am": _by_manager, "week": _by_week, "month": _by_month,
    }  # fmt: skip
    return shape[asked.by](asked, rows), total


def _by_unit(asked: Asked, rows: list[dict[str, Any]]) -> list[Line]:
    """Sum up one step below the unit asked for; a scope of one branch begins where it divides."""
    known = {unit.pk: unit for unit in OrgUnit.objects.all()}
    used = [known[row["key"]] for row in rows if row["key"] in known]
    depth = asked.unit.depth + 1 if asked.unit else 1
    if asked.unit is None:
        while used and len({unit.path[: depth * OrgUnit.steplen] for unit in used}) == 1:
            if any(unit.depth <= depth for unit in used):
                break
            depth += 1
    by_path = {unit.path: unit for unit in known.values()}
    lines: dict[int, Line] = {}
    for row in rows:
        home = known.get(row["key"])
        if home is None:
            continue
        at = by_path[home.path[: depth * OrgUnit.steplen]] if home.depth > depth else home
        line = lines.setdefault(at.pk, Line(at.name, asked.query | {"unit": at.pk}, at.pk))
        line.below = line.below or home.depth > at.depth
        line.add(row["counts"])
    return sorted(lines.values(), key=lambda line: known[line.key].path)


def _by_manager(asked: Asked, rows: list[dict[str, Any]]) -> list[Line]:
    people = User.objects.select_related("org_unit").in_bulk([row["key"] for row in rows])
    found = []
    for row in rows:
        person = people[row["key"]]
        note = f"{person.staff_no} · {person.org_unit}" if person.org_unit else person.staff_no
        line = Line(person.full_name, asked.query | {"am": person.pk}, person.pk, note=note)
        line.add(row["counts"])
        found.append(line)
    return sorted(found, key=lambda line: line.note)[:PEOPLE_SHOWN]


def _clipped(asked: Asked, first: date, last: date) -> dict[str, Any]:
    """Return the filters narrowed to a part of the period."""
    return asked.query | {
        "from": max(first, asked.first).isoformat(),
        "to": min(last, asked.last).isoformat(),
    }


def _by_week(asked: Asked, rows: list[dict[str, Any]]) -> list[Line]:
    found = []
    for row in sorted(rows, key=lambda row: row["key"]):
        monday = row["key"]
        sunday = monday + timedelta(days=6)
        line = Line(rules.named(monday), _clipped(asked, monday, sunday), monday, note=f"{monday} – {sunday}")
        line.add(row["counts"])
        found.append(line)
    return found


def _by_month(asked: Asked, rows: list[dict[str, Any]]) -> list[Line]:
    found = []
    for row in sorted(rows, key=lambda row: row["key"]):
        month = row["key"]
        query = _clipped(asked, month, clock.month_end(month))
        line = Line(f"{month:%Y-%m}", query, month)
        line.add(row["counts"])
        found.append(line)
    return found


# ---- Charts


def chart_of(lines: list[Line], report: Report) -> dict[str, Any]:
    """Return the figures of the lines as bars."""
    shown = lines[-16:] if lines and isinstance(lines[0].key, date) else lines[:16]
    labels = {column.code: str(column.label) for column in report.columns}
    return {
        "id": f"chart-{report.code}",
        "title": str(report.label),
        "kind": "bar" if report.code == "visits" else "stack",
        "labels": [line.label for line in shown],
        "series": [
            {"name": labels[code], "data": [line.counts.get(code, 0) for line in shown]}
            for code in report.bars
        ],
    }


def trend_of(asked: Asked, report: Report, now: datetime) -> dict[str, Any]:
    """Return how the shares went from week to week."""
    weeks = _by_week(asked, counted(asked, report.code, now, "week"))
    labels = {column.code: str(column.label) for column in report.columns}

    def pct(line: Line, part: str, whole: str) -> float | None:
        share = line.share(part, whole)
        return None if share is None else round(100 * share, 1)

    return {
        "id": f"trend-{report.code}",
        "title": _("Shares by week"),
        "kind": "line",
        "unit": "%",
        "labels": [line.label for line in weeks],
        "series": [
            {
                "name": _("%(part)s of %(whole)s") % {"part": labels[part], "whole": labels[whole]},
                "data": [pct(line, part, whole) for line in weeks],
            }
            for part, whole in report.rates
        ],
    }


def purposes_chart(total: Line) -> dict[str, Any]:
    """Return what the visits were made for."""
    columns = [c for c in REPORTS["visits"].columns if c.code.startswith("P")]
    return {
        "id": "chart-purposes",
        "title": _("Purposes of visits made"),
        "kind": "pie",
        "labels": [str(column.label) for column in columns],
        "series": [{"name": _("Purposes"), "data": [total.counts.get(c.code, 0) for c in columns]}],
    }


def is_figure(code: str, figure: str) -> bool:
    """Say whether a report has a figure of this name."""
    return figure in WEEK_FIGURES if code == "weeks" else any(c.code == figure for c in REPORTS[code].columns)
