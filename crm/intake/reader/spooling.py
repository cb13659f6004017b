"""Write rows down for the worker: thousands at a time, column by column, one JSON line each."""

import io
import json
from itertools import zip_longest
from typing import Any

from crm.intake.reader.common import HEAD_ROWS

ROWS = 4_000
CELLS = 400_000


def says(cell: Any) -> bool:
    """Tell whether a cell holds more than blanks."""
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


class Spool:
    """A spool file: what sheets there are, then `[sheet, [row, …], [[cells of the first column], …]]` a line.

    Whoever cleans the rows works column by column, and one line of JSON for thousands of rows costs a third
    of one line each. Every line can be read as soon as it is written.
    """

    def __init__(self, out: io.TextIOBase) -> None:
        self._out = out
        self._sheet = 0
        self._numbers: list[int] = []
        self._rows: list[list[Any]] = []
        self._cells = 0
        self._before: dict[int, int] = {}
        self._filled: dict[int, set[int]] = {}

    def begin(self, kind: str, sheets: list[dict[str, Any]]) -> None:
        """Write which sheets the file has: index, name and whether it is visible."""
        self._write({"kind": kind, "sheets": sheets})

    def filled(self, sheet: int) -> list[int]:
        """Return the columns of a sheet, from 0, that hold anything below its first `HEAD_ROWS` rows."""
        return sorted(self._filled.get(sheet, ()))

    def add(self, sheet: int, number: int, cells: list[Any]) -> None:
        """Take one row."""
        if self._numbers and (sheet != self._sheet or self._cells > CELLS or len(self._numbers) >= ROWS):
            self.flush()
        self._sheet = sheet
        self._numbers.append(number)
        self._rows.append(cells)
        self._cells += len(cells)

    def flush(self) -> None:
        """Write what was taken."""
        if not self._numbers:
            return
        columns = list(zip_longest(*self._rows, fillvalue=""))
        before = self._before.get(self._sheet, 0)
        self._before[self._sheet] = before + len(self._numbers)
        known = self._filled.setdefault(self._sheet, set())
        for position, column in enumerate(columns):
            rest = column[max(HEAD_ROWS - before, 0) :]
            if position not in known and rest.count("") < len(rest) and any(map(says, rest)):
                known.add(position)
        self._write([self._sheet, self._numbers, columns])
        self._numbers, self._rows, self._cells = [], [], 0

    def _write(self, line: Any) -> None:
        self._out.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._out.flush()
