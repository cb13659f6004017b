"""Closed months of profit and loss by segment, out of what the night froze (S2-02)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Sum

from clients.choices import Segment
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from scoring.models import SegmentPnL

MONTHS = 13
FIGURES = (
    "clients",
    "revenue_fen",
    "excluded_fen",
    "cost_fen",
    "shared_fen",
    "ebit_fen",
    "data",
    "voice",
    "bandwidth",
)
ORDER = (*Segment.values, "")


@dataclass(slots=True)
class SegmentLine:
    """One segment, or one unit, in one month. Units: fen."""

    code: str
    label: str
    key: int | None = None
    figures: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FIGURES, 0))
    month_before_fen: int | None = None
    year_before_fen: int | None = None
    below: bool = False

    @property
    def margin(self) -> float | None:
        """Return the part of the revenue that is left."""
        return (
            self.figures["ebit_fen"] / self.figures["revenue_fen"]
            if self.figures["revenue_fen"] > 0
            else None
        )

    @property
    def cost_fen(self) -> int:
        """Return reported and shared cost together."""
        return self.figures["cost_fen"] + self.figures["shared_fen"]

    @property
    def growth(self) -> float | None:
        """Return the growth on the month before."""
        return _growth(self.figures["revenue_fen"], self.month_before_fen)

    @property
    def growth_year(self) -> float | None:
        """Return the growth on the same month of the year before."""
        return _growth(self.figures["revenue_fen"], self.year_before_fen)


def _growth(now: int, before: int | None) -> float | None:
    return (now - before) / before if before and before > 0 else None


def rows_of(user: User, unit: OrgUnit | None) -> Any:
    """Return the frozen rows of the person's area, below a unit if one is given."""
    rows = SegmentPnL.objects.visible_to(user)
    return rows.filter(org_unit__path__startswith=unit.path) if unit else rows


def segment_months(user: User) -> list[date]:
    """Return the closed months of the person's area, newest first."""
    return list(
        SegmentPnL.objects.visible_to(user).order_by("-month").values_list("month", flat=True).distinct()
    )


def segments_of(
    user: User, *, month: date, unit: OrgUnit | None = None
) -> tuple[list[SegmentLine], SegmentLine]:
    """Return a line for each segment with growth, and the sum."""
    before, year = clock.add_months(month, -1), clock.add_months(month, -12)
    rows = (
        rows_of(user, unit)
        .filter(month__in=[month, before, year])
        .order_by()
        .values("month", "segment")
        .annotate(**{f"sum_{name}": Sum(name) for name in FIGURES})
    )
    labels = dict(Segment.choices)
    lines = {code: SegmentLine(code, str(labels.get(code, ""))) for code in ORDER}
    total = SegmentLine("", "")
    for row in rows:
        for line in (lines[row["segment"]], total):
            if row["month"] == month:
                for name in FIGURES:
                    line.figures[name] += row[f"sum_{name}"]
            elif row["month"] == before:
                line.month_before_fen = (line.month_before_fen or 0) + row["sum_revenue_fen"]
            else:
                line.year_before_fen = (line.year_before_fen or 0) + row["sum_revenue_fen"]
    kept = [
        line for line in lines.values() if line.code or line.figures["clients"] or line.figures["revenue_fen"]
    ]
    return kept, total


def segment_history(user: User, *, until: date, unit: OrgUnit | None = None) -> dict[date, dict[str, int]]:
    """Return the revenue of the last closed months by segment, oldest first."""
    rows = (
        rows_of(user, unit)
        .filter(month__lte=until, month__gt=clock.add_months(until, -MONTHS))
        .order_by("month")
        .values_list("month", "segment")
        .annotate(fen=Sum("revenue_fen"))
    )
    found: dict[date, dict[str, int]] = {}
    for month, segment, fen in rows:
        found.setdefault(month, {})[segment] = fen
    return found


def segment_units(user: User, *, month: date, unit: OrgUnit | None = None) -> list[SegmentLine]:
    """Return a line for each unit one step below the given one, all segments together."""
    rows = list(
        rows_of(user, unit)
        .filter(month=month)
        .order_by()
        .values("org_unit__path")
        .annotate(**{f"sum_{name}": Sum(name) for name in FIGURES})
    )
    step = OrgUnit.steplen
    paths = [row["org_unit__path"] for row in rows]
    depth = unit.depth + 1 if unit else _first_fork(paths, step)
    homes = {u.path: u for u in OrgUnit.objects.filter(path__in={path[: depth * step] for path in paths})}
    lines: dict[str, SegmentLine] = {}
    for row in rows:
        path = row["org_unit__path"]
        home = homes[path[: depth * step]]
        line = lines.setdefault(home.path, SegmentLine("", home.name, home.pk))
        line.below = line.below or len(path) > len(home.path)
        for name in FIGURES:
            line.figures[name] += row[f"sum_{name}"]
    return [lines[path] for path in sorted(lines)]


def _first_fork(paths: list[str], step: int) -> int:
    """Return the depth at which units part ways."""
    deepest = max((len(path) // step for path in paths), default=1)
    for depth in range(1, deepest + 1):
        if len({path[: depth * step] for path in paths}) > 1:
            return depth
    return deepest
