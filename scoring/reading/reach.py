"""Reach by month and unit, out of what closed months keep."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Sum

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from scoring.choices import ReachReason
from scoring.models import ReachTotal

MONTHS = 12


@dataclass(slots=True)
class ReachLine:
    """The reach of one unit with everything below it in one month."""

    label: str
    key: int | None
    clients: int = 0
    counted: int = 0
    below: bool = False
    by_reason: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ReachReason.values, 0))

    @property
    def excluded(self) -> int:
        """Return how many do not count."""
        return self.clients - self.counted

    @property
    def rate(self) -> float | None:
        """Return the share that counts."""
        return self.counted / self.clients if self.clients else None

    @property
    def reasons(self) -> list[tuple[str, str, int]]:
        """Return code, words and count of each reason."""
        return [(code, str(label), self.by_reason[code]) for code, label in ReachReason.choices]

    def add(self, row: ReachTotal) -> None:
        """Count a unit's own clients in."""
        self.clients += row.clients
        self.counted += row.counted
        for reason, count in row.by_reason.items():
            self.by_reason[reason] = self.by_reason.get(reason, 0) + count


def closed_months(user: User) -> list[date]:
    """Return the months that are closed for units in scope, newest first."""
    rows = ReachTotal.objects.visible_to(user).order_by("-month").values_list("month", flat=True)
    return list(rows.distinct())


def reach_of(user: User, *, month: date, unit: OrgUnit | None = None) -> tuple[list[ReachLine], ReachLine]:
    """Return a line for each unit one step below the given one, and the sum."""
    rows = ReachTotal.objects.visible_to(user).filter(month=month).select_related("org_unit")
    if unit:
        rows = rows.filter(org_unit__path__startswith=unit.path)
    found = list(rows)
    total = ReachLine(str(unit) if unit else "", unit.pk if unit else None)
    for row in found:
        total.add(row)
    depth = unit.depth + 1 if unit else _first_fork([row.org_unit for row in found])
    homes = _ancestors((row.org_unit for row in found), depth)
    lines: dict[str, ReachLine] = {}
    for row in found:
        home = homes[row.org_unit.path[: depth * OrgUnit.steplen]]
        line = lines.setdefault(home.path, ReachLine(home.name, home.pk))
        line.below = line.below or row.org_unit.depth > home.depth
        line.add(row)
    return [lines[path] for path in sorted(lines)], total


def _first_fork(units: list[OrgUnit]) -> int:
    """Return the depth at which the units part ways: a scope of one branch begins below it."""
    if not units:
        return 1
    deepest = max(unit.depth for unit in units)
    for depth in range(1, deepest + 1):
        if len({unit.path[: depth * OrgUnit.steplen] for unit in units}) > 1:
            return depth
    return deepest


def _ancestors(units: Iterable[OrgUnit], depth: int) -> dict[str, OrgUnit]:
    paths = {unit.path[: depth * OrgUnit.steplen] for unit in units}
    return {unit.path: unit for unit in OrgUnit.objects.filter(path__in=paths)}


def reach_by_month(user: User, *, unit: OrgUnit | None = None, until: date) -> list[dict[str, Any]]:
    """Return clients and reached clients of the last closed months, oldest first."""
    rows = ReachTotal.objects.visible_to(user).filter(
        month__lte=until, month__gt=clock.add_months(until, -MONTHS)
    )
    if unit:
        rows = rows.filter(org_unit__path__startswith=unit.path)
    return list(
        rows.order_by("month").values("month").annotate(all_clients=Sum("clients"), reached=Sum("counted"))
    )
