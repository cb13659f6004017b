"""Find the header row of a sheet and say which column of the roster each header means."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from crm.intake import cells
from crm.intake.messages import own_headers
from crm.intake.reader import ERROR_MARK, FORMULA_MARK, HEAD_ROWS
from crm.intake.reader.spooling import says
from crm.intake.resources import Resource

LOOK_AT = HEAD_ROWS - 5  # rows in which a header may stand, title rows above it included
SAMPLES = 3


@dataclass(slots=True)
class SheetPlan:
    """How one sheet is read: where its header stands and what each of its columns means."""

    index: int
    name: str
    header_row: int = 0
    headers: list[str] = field(default_factory=list)
    columns: dict[int, str] = field(default_factory=dict)  # position in the sheet → column of the roster
    samples: list[list[str]] = field(default_factory=list)
    skipped: str = ""  # why the sheet is not read: HIDDEN, EMPTY, NO_HEADER, NOT_CHOSEN
    unnamed: list[int] = field(default_factory=list)  # positions that hold data below an empty header
    above: int = 0  # rows above the header that look like rows of a roster

    @property
    def fingerprint(self) -> str:
        """Return what identifies a file of the same make: its headers, order apart."""
        keys = sorted({cells.label_key(header) for header in self.headers} - {""})
        return hashlib.sha256("\n".join(keys).encode()).hexdigest()

    def key(self, position: int) -> str:
        """Return under what a column is matched: its header's key, `column7`, or nothing to be matched."""
        return (
            f"column{position + 1}" if position in self.unnamed else cells.label_key(self.headers[position])
        )

    def unclear(self, given: Mapping[str, str]) -> bool:
        """Tell whether a column is neither known nor spoken of."""
        return any(
            (key := self.key(position)) and position not in self.columns and key not in given
            for position in range(len(self.headers))
        )

    def as_json(self) -> dict[str, Any]:
        """Return what is kept with the batch."""
        return {
            "index": self.index,
            "name": self.name,
            "header_row": self.header_row,
            "headers": self.headers,
            "columns": {str(position): name for position, name in self.columns.items()},
            "samples": self.samples,
            "skipped": self.skipped,
            "unnamed": self.unnamed,
            "above": self.above,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "SheetPlan":
        """Return the plan that was kept."""
        return cls(**{**kept, "columns": {int(position): name for position, name in kept["columns"].items()}})


def shown(value: Any) -> str:
    """Return a cell as a person reads it in a report, and as a text column can hold it."""
    if not isinstance(value, str):
        return cells.plain(value)
    if value.startswith((ERROR_MARK, FORMULA_MARK)):
        value = value[3:]
    return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def meaning(resource: Resource, header: str, given: Mapping[str, str]) -> str | None:
    """Return the column a header means: as given, else by the list of synonyms, else None."""
    key = cells.label_key(header)
    if not key:
        return None
    if key in given:
        return given[key]
    found = resource.by_header.get(key)
    if found is None:
        # 手机号码(必填) and *手机号码 mean what 手机号码 means.
        bare = cells.plain(header).split("(")[0]
        found = resource.by_header.get(cells.label_key(bare).removesuffix("必填").removesuffix("选填"))
        if found and resource.by_name[found].unit(header)[1] is None:
            return None  # 流量(GB) where nobody knows what a GB is: a person says what it means
    return found


def plan_sheet(
    resource: Resource,
    index: int,
    name: str,
    head: Sequence[tuple[int, list[Any]]],
    given: Mapping[str, str],
    *,
    constants: Iterable[str] = (),
    filled: Iterable[int] = (),
    beyond: bool = True,
) -> SheetPlan:
    """Plan one sheet from its first rows.

    The header is the first row that names all required columns, else the one that names most; title rows
    above it are passed over. Without a known header the first row with two texts is taken for one, so that a
    person can say what its columns mean. `filled` are columns, from 0, that hold anything below the first
    rows; `beyond` says that data right of the header is a column, too, and not a broken line.
    """
    plan = SheetPlan(index, name)
    at = _header_at(resource, head, given, constants)
    if at is None:
        plan.skipped = "NO_HEADER"
        return plan
    plan.header_row, titles = head[at]
    plan.headers = [shown(value).strip() for value in titles]
    while plan.headers and not plan.headers[-1]:
        plan.headers.pop()
    plan.above = sum(_like_data(values, len(plan.headers)) for _number, values in head[:at])
    below = [values for _number, values in head[at + 1 :]]
    held = {position for values in below for position, value in enumerate(values) if says(value)} | {*filled}
    # The columns our own error workbook adds say nothing to us.
    ours = {place for place, text in enumerate(plan.headers) if cells.label_key(text) in own_headers()}
    plan.headers = ["" if place in ours else text for place, text in enumerate(plan.headers)]
    held -= ours
    if beyond and held:
        plan.headers += [""] * (max(held) + 1 - len(plan.headers))
    plan.unnamed = [
        position
        for position, header in enumerate(plan.headers)
        if position in held and not cells.label_key(header)
    ]
    taken: set[str] = set()
    for position, header in enumerate(plan.headers):
        column = (
            given.get(plan.key(position)) if position in plan.unnamed else meaning(resource, header, given)
        )
        if column and column not in taken:
            plan.columns[position] = column
            taken.add(column)
    plan.samples = [
        [shown(values[position])[:60] if position < len(values) else "" for values in below[:SAMPLES]]
        for position in range(len(plan.headers))
    ]
    return plan


def _header_at(
    resource: Resource,
    head: Sequence[tuple[int, list[Any]]],
    given: Mapping[str, str],
    constants: Iterable[str],
) -> int | None:
    """Return the place of the row that is the header, if one looks like it."""
    constants = list(constants)
    best, most = None, 0
    guess = None
    names = []
    for at, (_number, values) in enumerate(head[:LOOK_AT]):
        texts = [text for value in values if isinstance(value, str) and (text := shown(value).strip())]
        named = _named(resource, texts, given)
        names.append(named)
        # One known word stands in notes and totals, too, unless it is the only one the row or the person has.
        only = sum(map(says, values)) == 1
        if given and not only:
            only = given.keys() <= set(map(cells.label_key, texts))
        if len(named) > most and (len(named) > 1 or only):
            best, most = at, len(named)
        if guess is None and len(texts) >= 2:
            guess = at
    for at, named in enumerate(names):
        if len(named) > 1 and not resource.missing([*named, *constants]):
            # A list of what is required may stand right above the header.
            return at + 1 if at + 1 < len(names) and named < names[at + 1] else at
    # Two words that are known stand in the last row, too: who signed for it, a total and a remark.
    return guess if best is None or (best == len(head) - 1 and guess is not None) else best


def _named(resource: Resource, texts: Iterable[str], given: Mapping[str, str]) -> set[str]:
    """Return the columns that the texts of a row name; what a person leaves out stands as "-" and its key."""
    named: set[str] = set()
    for text in texts:
        column = meaning(resource, text, given)
        if column is not None:
            named.add(column or "-" + cells.label_key(text))
    return named


def _like_data(values: Sequence[Any], width: int) -> bool:
    """Tell whether a row above a header so wide is no title: half as many cells, a long number among them."""
    told = [cells.plain(value) for value in values if says(value)]
    return len(told) >= max(3, width / 2) and any(text.isdecimal() and len(text) > 5 for text in told)


def leave_out_others(resource: Resource, plans: Iterable[SheetPlan], constants: Iterable[str]) -> None:
    """Skip sheets that are no roster: notes, totals and lists of codes beside a sheet that has all it needs.

    Such a sheet lacks required columns and knows at most half as many columns as the complete one. Without a
    complete sheet only those without a single known column are skipped, as long as another sheet has one.
    """
    read = [plan for plan in plans if not plan.skipped]
    whole = [plan for plan in read if not resource.missing([*plan.columns.values(), *constants])]
    most = max((len(plan.columns) for plan in whole), default=0)
    if not any(plan.columns for plan in read):
        return
    for plan in read:
        if plan not in whole and len(plan.columns) <= most // 2:
            plan.skipped = "NO_HEADER"


def lacking(resource: Resource, plans: Iterable[SheetPlan], constants: Iterable[str]) -> dict[str, Any]:
    """Return what the sentence on missing columns needs, or nothing: `columns`, of several sheets `sheet`.

    A column is missing when neither a sheet that is read nor a value for all rows gives it.
    """
    read = [plan for plan in plans if not plan.skipped]
    short = {
        plan.name: [column.name for column in resource.missing([*plan.columns.values(), *constants])]
        for plan in read
    }
    short = {name: columns for name, columns in short.items() if columns}
    if not short:
        return {}
    found: dict[str, Any] = {"columns": list(dict.fromkeys(chain.from_iterable(short.values())))}
    if len(read) > 1:
        found |= {"kind": "sheet", "sheet": "、".join(short)}
    return found


def data_above(plans: Iterable[SheetPlan]) -> dict[str, Any]:
    """Return where rows above a header look like data, as `row` of the header, or nothing."""
    for plan in plans:
        if plan.above and not plan.skipped:
            return {"row": f"{plan.name}!{plan.header_row}" if plan.name else plan.header_row}
    return {}


def parse_given(resource: Resource, pairs: Mapping[str, str]) -> dict[str, str]:
    """Return a mapping by header key from what a person or a command gave.

    Raises: KeyError naming a column the roster does not have
    """
    given = {}
    for header, column in pairs.items():
        name = column.strip()
        if name and name not in resource.by_name:
            known = resource.by_header.get(cells.label_key(name))
            if known is None:
                raise KeyError(name)
            name = known
        given[cells.label_key(header)] = name
    return given
