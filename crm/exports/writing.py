"""Write rows into a workbook or a text file, one at a time: a million rows take no more memory than ten."""

import csv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

SHEET_ROWS = 1_000_000  # Excel ends at 1,048,576
STEP = 2_000
# What a spreadsheet takes for a formula; the mark before it is taken off again on import.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\x00")
_UNPRINTABLE = {code: None for code in range(32) if chr(code) not in "\n\t"}


def harmless(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    marked = value[:1] in FORMULA
    if not value.isprintable():
        value = value.translate(_UNPRINTABLE)
    return f"'{value}" if marked else value


class Writer(Protocol):
    """What writes one kind of file."""

    def row(self, values: Sequence[Any]) -> None:
        """Write one row."""

    def close(self) -> None:
        """Finish the file."""

    def abandon(self) -> None:
        """Let go of a file that will not be finished."""


class CsvWriter:
    """UTF-8 with the mark by which Excel knows it."""

    def __init__(self, target: Path, title: str, headers: Sequence[str]) -> None:
        self.file = target.open("w", encoding="utf-8-sig", newline="")
        self.out = csv.writer(self.file)
        self.out.writerow(headers)

    def row(self, values: Sequence[Any]) -> None:
        """Write one row."""
        self.out.writerow(values)

    def close(self) -> None:
        """Finish the file."""
        self.file.close()

    abandon = close


class XlsxWriter:
    """A workbook written row by row; a new sheet begins where one is full."""

    def __init__(
        self, target: Path, title: str, headers: Sequence[str], *, sheet_rows: int = SHEET_ROWS
    ) -> None:
        self.target, self.title, self.headers = target, title, headers
        self.book = Workbook(write_only=True)
        self.sheet_rows = sheet_rows
        self.sheets = 0
        self._new_sheet()

    def _new_sheet(self) -> None:
        self.sheets += 1
        self.rows = 0
        name = "".join(c for c in self.title if c not in "[]:*?/\\")[:25] or "Sheet"
        self.sheet = self.book.create_sheet(name if self.sheets == 1 else f"{name} {self.sheets}")
        self.sheet.freeze_panes = "A2"
        for position, header in enumerate(self.headers, start=1):
            self.sheet.column_dimensions[get_column_letter(position)].width = min(
                40, max(12, len(header) * 2 + 4)
            )
        head = []
        for header in self.headers:
            cell = WriteOnlyCell(self.sheet, header)
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="F1F3F5")
            head.append(cell)
        self.sheet.append(head)

    def row(self, values: Sequence[Any]) -> None:
        """Write one row."""
        if self.rows >= self.sheet_rows:
            self._new_sheet()
        self.rows += 1
        self.sheet.append(values)

    def close(self) -> None:
        """Finish the file."""
        self.book.save(self.target)

    def abandon(self) -> None:
        """Let go of half-written sheets; without it they complain when they are collected."""
        for sheet in self.book.worksheets:
            sheet.close()


def write(
    rows: Iterable[Sequence[Any]],
    *,
    writer: Writer,
    shapes: Sequence[Callable[[Any], Any]],
    told: Callable[[int], None],
) -> int:
    """Write all rows, telling how many every few thousand; return how many there were."""
    count = 0
    try:
        for values in rows:
            writer.row([harmless(shape(value)) for shape, value in zip(shapes, values, strict=True)])
            count += 1
            if count % STEP == 0:
                told(count)
    except BaseException:
        writer.abandon()
        raise
    writer.close()
    return count
