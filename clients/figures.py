"""Figures about the quality of files: by unit and manager, and which fields are missing most (R3)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from clients.choices import AuditState, ClientStatus, Completeness, Consistency
from clients.models import AuditTask, Client
from clients.querysets.clients import ClientQuerySet
from clients.services import rules_in_force
from clients.services.freshness import stale_filter
from crm.accounts.models import OrgUnit, User
from crm.base import clock

COUNTS = ("total", "incomplete", "basic", "complete", "consistent", "inconsistent", "stale")


@dataclass(slots=True)
class Line:
    """The quality of the files of one unit with everything below it, or of one manager."""

    label: str
    query: str  # of the list that shows these files
    key: int | None = None
    below: bool = False  # whether units lie below
    note: str = ""
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))

    def add(self, row: dict[str, Any]) -> None:
        """Count a group of files in."""
        for name in COUNTS:
            self.counts[name] += row[name]

    @property
    def filled_rate(self) -> float | None:
        """Return the share of files with every required field."""
        return _share(self.counts["basic"] + self.counts["complete"], self.counts["total"])

    @property
    def complete_rate(self) -> float | None:
        """Return the share of complete files."""
        return _share(self.counts["complete"], self.counts["total"])

    @property
    def compared(self) -> int:
        """Return how many files were compared with paper or reality."""
        return self.counts["consistent"] + self.counts["inconsistent"]

    @property
    def consistent_rate(self) -> float | None:
        """Return the share of consistent files among those that were compared."""
        return _share(self.counts["consistent"], self.compared)

    @property
    def stale_rate(self) -> float | None:
        """Return the share of stale files."""
        return _share(self.counts["stale"], self.counts["total"])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def graded(user: User) -> ClientQuerySet:
    """Return the files the report speaks of: filed and living, inside the person's scope."""
    return Client.objects.visible_to(user).filed().exclude(status=ClientStatus.CLOSED)


def _counted(clients: ClientQuerySet, as_of: date, *by: str) -> list[dict[str, Any]]:
    return list(
        clients.order_by()
        .values(*by)
        .annotate(
            total=Count("pk"),
            incomplete=Count("pk", filter=Q(completeness=Completeness.INCOMPLETE)),
            basic=Count("pk", filter=Q(completeness=Completeness.BASIC)),
            complete=Count("pk", filter=Q(completeness=Completeness.COMPLETE)),
            consistent=Count("pk", filter=Q(consistency=Consistency.CONSISTENT)),
            inconsistent=Count("pk", filter=Q(consistency=Consistency.INCONSISTENT)),
            stale=Count("pk", filter=stale_filter(as_of)),
        )
    )


def units_under(user: User, unit: OrgUnit | None) -> list[OrgUnit]:
    """Return the units of the scope, or those under one of them, in the order of the tree."""
    units = OrgUnit.objects.visible_to(user)
    return list(units.filter(path__startswith=unit.path) if unit else units)


def by_unit(user: User, *, as_of: date, unit: OrgUnit | None = None) -> tuple[list[Line], Line]:
    """Return a line for each unit one step below the given one, and the sum.

    Files of the unit itself stand in a line of their own; a unit without files is left out.
    """
    units = units_under(user, unit)
    inside = graded(user)
    if unit:
        inside = inside.filter(org_unit__in=[u.pk for u in units])
    known = {u.pk: u for u in OrgUnit.objects.all()}
    depth = unit.depth + 1 if unit else min((u.depth for u in units), default=1)
    if unit is None:  # a scope of one branch begins where it divides
        while sum(1 for u in units if u.depth == depth) == 1 and any(u.depth > depth for u in units):
            depth += 1
    total = Line(str(unit or _("All of my area")), f"unit={unit.pk}" if unit else "")
    lines: dict[int, Line] = {}
    for row in _counted(inside, as_of, "org_unit"):
        home = known[row["org_unit"]]
        at = _ancestor(home, depth, known)
        line = lines.get(at.pk)
        if line is None:
            line = lines[at.pk] = Line(at.name, f"unit={at.pk}", at.pk)
        line.below = line.below or home.depth > at.depth
        line.add(row)
        total.add(row)
    order = {u.pk: u.path for u in known.values()}
    return sorted(lines.values(), key=lambda line: order[line.key or 0]), total


def _ancestor(unit: OrgUnit, depth: int, known: dict[int, OrgUnit]) -> OrgUnit:
    """Return the unit above (or the unit itself) at a depth of the tree."""
    if unit.depth <= depth:
        return unit
    path = unit.path[: depth * OrgUnit.steplen]
    return next(u for u in known.values() if u.path == path)


def by_manager(user: User, *, as_of: date, unit: OrgUnit | None = None) -> tuple[list[Line], Line]:
    """Return a line for each manager, the least filled first, and the sum."""
    inside = graded(user)
    if unit:
        inside = inside.filter(org_unit__in=[u.pk for u in units_under(user, unit)])
    at = f"&unit={unit.pk}" if unit else ""
    total = Line(str(unit or _("All of my area")), at.lstrip("&"))
    rows = _counted(inside, as_of, "am")
    people = User.objects.select_related("org_unit").in_bulk([row["am"] for row in rows if row["am"]])
    lines = []
    for row in rows:
        person = people.get(row["am"])
        if person:
            note = f"{person.staff_no} · {person.org_unit}" if person.org_unit else person.staff_no
            line = Line(person.full_name, f"am={person.pk}{at}", person.pk, note=note)
        else:
            line = Line(_("Without manager"), f"no_manager=on{at}")
        line.add(row)
        total.add(row)
        lines.append(line)
    return sorted(lines, key=lambda line: (line.filled_rate or 0, -line.counts["total"])), total


def most_missing(user: User, *, unit: OrgUnit | None = None) -> list[dict[str, Any]]:
    """Return how many files lack each asked field, required ones first, by the rules that grade."""
    inside = graded(user)
    if unit:
        inside = inside.filter(org_unit__in=[u.pk for u in units_under(user, unit)])
    rules = rules_in_force()
    found = inside.aggregate(**{f"n_{r.code}": Count("pk", filter=r.missing) for r in rules})
    lines: Iterable[dict[str, Any]] = ({"rule": r, "count": found[f"n_{r.code}"]} for r in rules)
    return sorted(
        (line for line in lines if line["count"]),
        key=lambda line: (not line["rule"].required, -line["count"]),
    )


MONTHS = 12


def audit_rates(user: User, *, as_of: date, by: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what finished audits found by month, and by unit or manager, in the last twelve months."""
    since = clock.add_months(clock.month_of(as_of), -MONTHS + 1)
    done = AuditTask.objects.visible_to(user).filter(finished_at__gte=clock.at(since))
    figures: dict[str, Any] = {
        "audited": Count("pk"),
        "faulty": Count("pk", filter=Q(faults__gt=0)),
        "fields": Sum("checked"),
        "wrong": Sum("faults"),
        "waiting": Count("pk", filter=Q(state=AuditState.CORRECTION)),
        "late": Count(
            "pk", filter=Q(correction_due_on__lt=as_of, state=AuditState.CORRECTION, corrected_at=None)
        ),
    }
    month = TruncMonth("finished_at", tzinfo=clock.BUSINESS_ZONE)
    months = list(done.order_by().annotate(month=month).values("month").annotate(**figures).order_by("month"))
    group = ("am", "am__full_name") if by == "am" else ("org_unit", "org_unit__name")
    lines = list(done.order_by().values(*group).annotate(**figures))
    for row in [*months, *lines]:
        row["rate"] = round(100 * (row["audited"] - row["faulty"]) / row["audited"], 1)
        row["field_rate"] = round(100 - 100 * row["wrong"] / row["fields"], 2) if row["fields"] else None
    for row in lines:
        row["label"] = row[group[1]] or _("Without manager")
    return months, sorted(lines, key=lambda row: (row["rate"], -row["audited"]))
