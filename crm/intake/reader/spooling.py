"""Write rows down for the worker: thousands at a time, column by column, one JSON line each."""

import io
import json
from itertools import zip_longest
from typing import Any

ROWS = 4_000
CELLS = 400_000


class Spool:
    """A spool file: `[sheet, [row, …], [[cells of the first column], …]]` a line.

    Whoever cleans the rows works column by column, and one line of JSON for thousands of rows costs a third
    of one line each.
    """

    def __init__(self, out: io.TextIOBase) -> None:
        self._out = out
        self._sheet = 0
        self._numbers: list[int] = []
        self._rows: list[list[Any]] = []
        self._cells = 0

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
        self._out.write(json.dumps([self._sheet, self._numbers, columns], ensure_ascii=False))
        self._out.write("\n")
        self._numbers, self._rows, self._cells = [], [], 0
