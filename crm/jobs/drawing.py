"""Lay out the graph of a night and its small curves as plain numbers for SVG attributes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.functional import Promise

from crm.jobs import graph
from crm.jobs.models import JobRun

BOX_WIDTH, BOX_HEIGHT = 176, 58
GAP_X, GAP_Y = 44, 18
MARGIN = 2
# The state that a step over several provinces shows: the first of these that any of them has.
WORST_FIRST = ("FAILED", "STARTED", "SKIPPED", "WAITING", "DONE")


@dataclass(frozen=True, slots=True)
class Box:
    """One step of the graph in its place."""

    name: str
    label: str | Promise
    state: str
    rows: int
    milliseconds: int
    x: int
    y: int

    @property
    def text_x(self) -> int:
        """Return where text begins."""
        return self.x + 14

    @property
    def name_y(self) -> int:
        """Return the line of the name."""
        return self.y + 24

    @property
    def figures_y(self) -> int:
        """Return the line of the figures."""
        return self.y + 44

    @property
    def seconds(self) -> float:
        """Return the seconds of work."""
        return round(self.milliseconds / 1000, 2)

    @property
    def state_label(self) -> str:
        """Return the state in words."""
        return state_label(self.state)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The graph: boxes and the paths between them."""

    boxes: list[Box]
    paths: list[str]
    width: int
    height: int
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


@dataclass(slots=True)
class StepSummary:
    """One step of one night, all provinces together."""

    name: str
    state: str = "WAITING"
    rows: int = 0
    milliseconds: int = 0
    runs: list[Any] = field(default_factory=list)

    @property
    def label(self) -> str | Promise:
        """Return the step's name for people; a step of an older version shows its code."""
        step = graph.step_named(self.name)
        return step.label if step else self.name


def state_label(state: str) -> str:
    """Return a state in words."""
    return str(JobRun.State(state).label)


def summarise(runs: Sequence[Any]) -> list[StepSummary]:
    """Put runs of one night together by step, in the order of the graph."""
    order = {step.name: place for place, step in enumerate(graph.ordered(graph.NIGHT))}
    found: dict[str, StepSummary] = {}
    for run in runs:
        summary = found.setdefault(run.step, StepSummary(run.step))
        summary.runs.append(run)
        summary.rows += run.rows
        summary.milliseconds += run.milliseconds
    for summary in found.values():
        summary.state = worst(run.state for run in summary.runs)
    return sorted(found.values(), key=lambda item: (order.get(item.name, len(order)), item.name))


def worst(states: Any) -> str:
    """Return the state that needs attention most."""
    present = set(states)
    return next((state for state in WORST_FIRST if state in present), "WAITING")


def draw(summaries: Sequence[StepSummary]) -> Drawing:
    """Place each step in the column after all it waits for."""
    by_name = {item.name: item for item in summaries}
    column: dict[str, int] = {}
    for step in graph.ordered(graph.NIGHT):
        column[step.name] = max((column[name] + 1 for name in step.after), default=0)
    filled: dict[int, int] = {}
    boxes: dict[str, Box] = {}
    paths = []
    for step in sorted(graph.ordered(graph.NIGHT), key=lambda item: (column[item.name], not _followed(item))):
        if step.name not in by_name:
            continue
        place = column[step.name]
        row = max(filled.get(place, 0), _row_of_first(step, boxes))
        filled[place] = row + 1
        item = by_name[step.name]
        box = Box(
            name=step.name,
            label=step.label,
            state=item.state,
            rows=item.rows,
            milliseconds=item.milliseconds,
            x=MARGIN + place * (BOX_WIDTH + GAP_X),
            y=MARGIN + row * (BOX_HEIGHT + GAP_Y),
        )
        boxes[step.name] = box
        paths += [_path(boxes[name], box) for name in step.after if name in boxes]
    right = max((box.x for box in boxes.values()), default=0) + BOX_WIDTH + MARGIN
    bottom = max((box.y for box in boxes.values()), default=0) + BOX_HEIGHT + MARGIN
    return Drawing(list(boxes.values()), paths, right, bottom)


def _followed(step: graph.Step) -> bool:
    return any(step.name in other.after for other in graph.NIGHT)


def _row_of_first(step: graph.Step, boxes: dict[str, Box]) -> int:
    rows = [(boxes[name].y - MARGIN) // (BOX_HEIGHT + GAP_Y) for name in step.after if name in boxes]
    return min(rows, default=0)


def _path(start: Box, end: Box) -> str:
    x1, y1 = start.x + BOX_WIDTH, start.y + BOX_HEIGHT // 2
    x2, y2 = end.x, end.y + BOX_HEIGHT // 2
    middle = (x1 + x2) // 2
    return f"M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"


def sparkline(values: Sequence[float], *, width: int = 96, height: int = 24) -> str:
    """Return the points of a polyline, oldest on the left; empty for fewer than two values."""
    if len(values) < 2:
        return ""
    top = max(values) or 1
    step = width / (len(values) - 1)
    return " ".join(
        f"{index * step:.1f},{height - 2 - value / top * (height - 4):.1f}"
        for index, value in enumerate(values)
    )


def seconds_by_night(rows: Sequence[dict[str, Any]], step: str, nights: Sequence[date]) -> list[float]:
    """Return the seconds of a step in each night, oldest first; 0 where it did not run."""
    found = {row["business_date"]: row["ms"] / 1000 for row in rows if row["step"] == step}
    return [found.get(night, 0) for night in nights]
