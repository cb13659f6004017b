"""Spool the rows of a workbook, and compare them with what the file itself holds."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from crm.intake.reader.binary import scan_xls
from crm.intake.reader.common import ERROR_MARK, FORMULA_MARK, MAX_CELLS, Refusal, column_letters
from crm.intake.reader.opendocument import scan_ods
from crm.intake.reader.scanning import SheetScan, scan_xlsx
from crm.intake.reader.spooling import Spool


def _plain(value: Any) -> Any:
    """Return a cell as JSON can carry it: dates as ISO text, truth values as words."""
    if value is True:
        return "TRUE"
    if value is False:
        return "FALSE"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return str(value)
    if isinstance(value, float) and not (abs(value) < 1e300):
        return str(value)
    return value


# A second reading of every kind, so that no row is lost in silence.
SCANS: dict[str, Callable[[str, int], dict[str, SheetScan]]] = {
    "xlsx": scan_xlsx,
    "ods": scan_ods,
    "xls": scan_xls,
}


def read_workbook(path: str, kind: str, spool: Spool, max_rows: int) -> list[dict[str, Any]]:
    """Spool the rows of every worksheet and return what was found in each."""
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    scans = SCANS[kind](path, max_rows)
    sheets: list[dict[str, Any]] = []
    total = 0
    try:
        with CalamineWorkbook.from_path(path) as book:
            known = [
                {
                    "index": index,
                    "name": meta.name,
                    "visible": meta.typ is SheetTypeEnum.WorkSheet
                    and meta.visible is SheetVisibleEnum.Visible,
                }
                for index, meta in enumerate(book.sheets_metadata)
            ]
            spool.begin(kind, known)
            for index, meta in enumerate(book.sheets_metadata):
                found: dict[str, Any] = {**known[index], "rows": 0, "errors": 0, "merged": 0}
                sheets.append(found)
                if meta.typ is not SheetTypeEnum.WorkSheet:
                    continue
                sheet = book.get_sheet_by_name(meta.name)
                scan = scans.get(meta.name)
                end = sheet.end
                marks: dict[int, dict[int, str]] = {}
                for (row, column), shown in (scan.errors if scan else {}).items():
                    marks.setdefault(row, {})[column] = ERROR_MARK + shown
                for row, column in scan.uncached if scan else ():
                    marks.setdefault(row, {})[column] = FORMULA_MARK
                if end is None and not marks:
                    if scan and scan.rows:
                        raise Refusal("READ_MISMATCH", sheet=meta.name, count=len(scan.rows))
                    continue
                if scan is None and kind != "xls":  # there a name in an old code page may differ
                    raise Refusal("DAMAGED")
                if end is not None and (end[0] + 1) * (end[1] + 1) > MAX_CELLS * 2:
                    raise Refusal("FAR_CELL", cell=f"{column_letters(end[1] + 1)}{end[0] + 1}")
                fills, found["merged"] = _merged((scan and scan.merged) or sheet.merged_cell_ranges or [])
                seen: set[int] = set()
                held: dict[tuple[int, int], Any] = {}
                number = 0
                for values in sheet.iter_rows() if end is not None else ():
                    number += 1
                    row_marks = marks.pop(number, None) if marks else None
                    cells = [v if type(v) is str or type(v) is float else _plain(v) for v in values]
                    if row_marks:
                        _mark(cells, row_marks)
                    if fills:
                        for column, top in fills.get(number, ()):
                            if number == top:
                                held[(column, top)] = cells[column] if column < len(cells) else ""
                            elif column < len(cells) and cells[column] == "":
                                cells[column] = held.get((column, top), "")
                    if not any(v.strip() if type(v) is str else v is not None for v in cells):
                        continue
                    spool.add(index, number, cells)
                    seen.add(number)
                    total += 1
                    if total > max_rows + 1000:
                        raise Refusal("TOO_MANY_ROWS", limit=max_rows)
                for number in sorted(marks):  # rows that hold nothing but errors, past the parser's last row
                    cells = []
                    _mark(cells, marks[number])
                    spool.add(index, number, cells)
                    seen.add(number)
                found["rows"] = len(seen)
                found["errors"] = len(scan.errors) + len(scan.uncached) if scan else 0
                if scan:
                    lost = len(scan.rows - seen) + scan.repeated
                    if lost:
                        raise Refusal("READ_MISMATCH", sheet=meta.name, count=lost)
    except PasswordError as error:
        raise Refusal("ENCRYPTED") from error
    except CalamineError as error:
        raise Refusal("DAMAGED") from error
    return sheets


def _mark(cells: list[Any], marks: dict[int, str]) -> None:
    for column, mark in marks.items():
        cells.extend([""] * (column - len(cells)))
        if cells[column - 1] in ("", None) or mark.startswith(ERROR_MARK):
            cells[column - 1] = mark


def _merged(ranges: Iterable[Any]) -> tuple[dict[int, list[tuple[int, int]]], int]:
    """Return, by row, the columns that take the value of a merged cell that began higher up."""
    fills: dict[int, list[tuple[int, int]]] = {}
    count = 0
    for (top, left), (bottom, right) in ranges:
        if bottom == top or right != left or bottom - top > 20_000:
            continue
        count += 1
        if count > 20_000:
            break
        for row in range(top, bottom + 1):
            fills.setdefault(row + 1, []).append((left, top + 1))
    return fills, count
