"""Clean spooled rows a column at a time and turn them into COPY text.

Two million cells pass here for one roster of 100,000 rows, so nothing is allocated per cell but the
result: each
column keeps what it has already cleaned, and a failed cell is a string that carries its code.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from crm.intake import cells
from crm.intake.mapping import SheetPlan, shown
from crm.intake.reader import ERROR_MARK, FORMULA_MARK
from crm.intake.reading import Chunk
from crm.intake.resources import Column, Resource

NULL = "\\N"
REMEMBERED = 60_000
Edits: TypeAlias = dict[int, dict[int, dict[str, str]]]
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def escape(value: str) -> str:
    """Return a value as COPY text."""
    if "\\" not in value and value.isprintable():
        return value
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], value)


class Bad(str):
    """COPY text of a cell that could not be used: NULL, and why."""

    __slots__ = ("code", "params")
    code: str
    params: dict[str, Any]


def bad(code: str, **params: Any) -> Bad:
    """Return a failed cell."""
    result = Bad(NULL)
    result.code = code
    result.params = params
    return result


class CleanColumn(dict[Any, str]):
    """Cleaned cells of one column by what was written; a miss cleans."""

    def __init__(
        self,
        column: Column,
        *,
        default: Any = None,
        value_map: dict[str, str] | None = None,
        header: str = "",
    ) -> None:
        super().__init__()
        self.column = column
        self.clean = column.cleaner(value_map, header)
        self.failed = False
        self.default = NULL
        if default is not None:
            try:
                cleaned = column.cleaner(value_map)(default)
                self.default = NULL if cleaned is None else escape(cleaned)
            except cells.CellError as error:
                self.default = bad(error.code, **limits_of(column, error))
                self.failed = True

    def __missing__(self, value: Any) -> str:
        result: str
        if value.__class__ is str and value[:1] == "\x00" and value.startswith((ERROR_MARK, FORMULA_MARK)):
            if value.startswith(FORMULA_MARK):
                result = bad("FORMULA_NOT_CALCULATED")
            else:
                result = bad("CELL_ERROR", shown=value[3:])
        else:
            try:
                cleaned = self.clean(value)
            except cells.CellError as error:
                result = bad(error.code, **limits_of(self.column, error))
            else:
                result = self.default if cleaned is None else escape(cleaned)
        if result == NULL and self.column.required and result.__class__ is not Bad:
            result = bad("REQUIRED")
        if result.__class__ is Bad:
            self.failed = True
        if len(self) < REMEMBERED:
            self[value] = result
        return result


def limits_of(column: Column, error: cells.CellError) -> dict[str, Any]:
    """Return the bounds a sentence about a cell mentions, and which of its sentences is meant."""
    if error.code == "TOO_LONG":
        return {"limit": column.max_length}
    if error.code != "OUT_OF_RANGE":
        return {}
    if column.kind == "fen":
        return {"kind": error.kind, "limit": f"{cells.FEN_MAX // 100:,}"}
    if column.minimum is None or column.maximum is None:
        kind = "least" if column.maximum is None else "most"
        return {"kind": kind, "minimum": column.minimum, "maximum": column.maximum}
    return {"minimum": column.minimum, "maximum": column.maximum}


class Cleaner:
    """Clean the rows of all planned sheets of one batch."""

    def __init__(
        self,
        resource: Resource,
        plans: Sequence[SheetPlan],
        *,
        constants: dict[str, Any],
        value_map: dict[str, dict[str, str]],
        check_width: bool,
        edits: Edits | None = None,
    ) -> None:
        self.resource = resource
        self.plans = {plan.index: plan for plan in plans if not plan.skipped}
        mapped = {name for plan in self.plans.values() for name in plan.columns.values()}
        self.present = [c for c in resource.columns if c.name in mapped or c.name in constants]
        # By sheet and column, because one sheet may be in yuan and the next in ten thousands of them.
        self.cleaned: dict[tuple[int, str], CleanColumn] = {}
        for plan in self.plans.values():
            headers = {name: plan.headers[position] for position, name in plan.columns.items()}
            for c in self.present:
                self.cleaned[plan.index, c.name] = CleanColumn(
                    c,
                    default=constants.get(c.name),
                    value_map=value_map.get(c.name),
                    header=headers.get(c.name, ""),
                )
        self.derived = [d for d in resource.derived if d.sources[0] in {c.name for c in self.present}]
        self.check_width = check_width
        # Cells mended on the page, by sheet: {row: {column: value}}.
        self.edits = edits or {}
        self.read = 0
        self.errors: list[tuple[Any, ...]] = []

    @property
    def stage_columns(self) -> list[tuple[str, str]]:
        """Return staging columns with types, in COPY order."""
        columns = [("rn", "integer"), ("sheet", "smallint"), ("row", "integer"), ("failed", "boolean")]
        columns += [(c.name, c.sql_type) for c in self.present]
        columns += [(name, "text") for d in self.derived for name in d.columns]
        return columns

    def chunks(self, spooled: Iterable[Chunk]) -> Iterator[str]:
        """Yield COPY text, thousands of rows at a time, or nothing; errors gather in `errors`."""
        for sheet, numbers, columns in spooled:
            plan = self.plans.get(sheet)
            if plan is None or numbers[-1] <= plan.header_row:
                yield ""
                continue
            above = bisect_right(numbers, plan.header_row)
            if above:
                numbers, columns = numbers[above:], [column[above:] for column in columns]
            yield self._clean(plan, numbers, columns)

    def _clean(self, plan: SheetPlan, numbers: list[int], columns: list[list[Any]]) -> str:
        count = len(numbers)
        first = self.read + 1
        self.read += count
        where = {name: position for position, name in plan.columns.items()}
        broken = self._broken_rows(plan, numbers, columns, first) if self.check_width else set()
        failed = set(broken)
        mended = self._mended(plan.index, numbers)
        done: list[list[str]] = []
        by_name: dict[str, list[str]] = {}
        for column in self.present:
            cache = self.cleaned[plan.index, column.name]
            position = where.get(column.name, len(columns))
            raw: Sequence[Any] = columns[position] if position < len(columns) else ("",) * count
            if column.name in mended:
                raw = list(raw)
                for at, value in mended[column.name]:
                    raw[at] = value
            values = list(map(cache.__getitem__, raw))
            if cache.failed:
                for at, value in enumerate(values):
                    if value.__class__ is Bad and at not in broken:
                        self._note(plan, numbers[at], first + at, column, raw[at], value)
                        if not column.soft:
                            failed.add(at)
            done.append(values)
            by_name[column.name] = values
        for derived in self.derived:
            given = [by_name.get(source) or [NULL] * count for source in derived.sources]
            nothing = (NULL,) * len(derived.columns)
            computed = [
                nothing if row[0] == NULL else tuple(map(escape, derived.compute(*map(unescape, row))))
                for row in zip(*given, strict=True)
            ]
            done.extend(map(list, zip(*computed, strict=True)))
        flags = ["f"] * count
        for at in failed:
            flags[at] = "t"
        head = [
            list(map(str, range(first, first + count))),
            [str(plan.index)] * count,
            list(map(str, numbers)),
            flags,
        ]
        return "\n".join(map("\t".join, zip(*head, *done, strict=True))) + "\n"

    def _broken_rows(
        self, plan: SheetPlan, numbers: list[int], columns: list[list[Any]], first: int
    ) -> set[int]:
        """Note records that broke the quoting or have more cells than the header, and return their places."""
        width = len(plan.headers)
        found: dict[int, str] = {
            at: "OPEN_QUOTE" for at, value in enumerate(columns[0]) if value[:3] == ERROR_MARK
        }
        for column in columns[width:]:
            for at, value in enumerate(column):
                if value and value.strip():
                    found.setdefault(at, "TOO_MANY_CELLS")
        for at, code in found.items():
            cells_of = [column[at] for column in columns]
            text = ",".join(cells_of[1:] if code == "OPEN_QUOTE" else cells_of).rstrip(",")
            self.errors.append(
                (first + at, plan.name, numbers[at], "", shown(text)[:200], code, {"width": width}, False)
            )
        return set(found)

    def _mended(self, sheet: int, numbers: list[int]) -> dict[str, list[tuple[int, str]]]:
        """Return mended cells of these rows by column: (place, value)."""
        found: dict[str, list[tuple[int, str]]] = {}
        for row, cells_of in self.edits.get(sheet, {}).items():
            at = bisect_left(numbers, row)
            if at < len(numbers) and numbers[at] == row:
                for name, value in cells_of.items():
                    found.setdefault(name, []).append((at, value))
        return found

    def _note(self, plan: SheetPlan, row: int, rn: int, column: Column, raw: Any, value: Bad) -> None:
        text = shown(raw)[:200]
        self.errors.append((rn, plan.name, row, column.name, text, value.code, value.params, column.soft))


def unescape(value: str) -> str:
    """Return COPY text as it was."""
    if "\\" not in value:
        return value
    if value == NULL:
        return ""
    return value.replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r").replace("\\\\", "\\")
