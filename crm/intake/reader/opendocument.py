"""Count and check the XML of an OpenDocument sheet before the parser sees it."""

import html
import re
import zipfile

from crm.intake.reader.common import MAX_CELLS, MAX_ROW_BYTES, REPORTED_CELLS, Refusal, refuse_entities
from crm.intake.reader.scanning import PLAIN, SheetScan, is_blank, stream

# What moves the walk on: a table begins, a row without cells, a row with cells.
_MARKS = re.compile(rb"<table:table\s([^>]*)>|<table:table-row(?=[\s/>])([^>]*?)(/?)>")
_NAME = re.compile(rb"table:name=\"([^\"]*)\"")
_ROWS = re.compile(rb"number-rows-repeated=[\"'](\d+)")
_COLUMNS = re.compile(rb"number-columns-repeated=[\"'](\d+)")
_SPAN = re.compile(rb"number-rows-spanned=[\"'](\d+)")
_WIDE = re.compile(rb"number-columns-repeated=[\"'](\d+)[\"'](?:[^>]*[^/>])?>")
_CELL = re.compile(
    rb"<table:(?:covered-)?table-cell(?=[\s/>])([^>]*?)(?:/>|>(.*?)</table:(?:covered-)?table-cell>)",
    re.DOTALL,
)
_BESIDE = re.compile(rb"<(office:annotation|draw:\w+)\b[^>]*?(?:/>|>.*?</\1>)", re.DOTALL)
_PLAIN = re.compile(
    rb"(?:office:(?:(?:date|time|boolean|string)-)?value=\"\s*|<text:p\b[^>]*>(?:\s|<[^>]*>)*)" + PLAIN
)
_VALUE = re.compile(rb"office:(?:(?:date|time|boolean|string)-)?value=\"([^\"]*)")
_TEXT = re.compile(rb"<text:p(?=[\s>])[^>]*>(.*?)</text:p>", re.DOTALL)
_TAG = re.compile(rb"<[^>]*>")
_ERROR = b'calcext:value-type="error"'


def scan_ods(path: str, max_rows: int) -> dict[str, SheetScan]:
    """Return what each table holds by its name; refuse what unfolds into something no roster is.

    A cell is filled when it has a value or text that is not blank; comments and drawings over it are neither.
    """
    walk = _Walk(max_rows)
    with zipfile.ZipFile(path) as package:
        for info in package.infolist():
            if info.filename != "content.xml":
                continue
            rest = b""
            for chunk in stream(package, info):
                refuse_entities(rest[-16:] + chunk)
                pieces = (rest + chunk).split(b"</table:table-row>")
                rest = pieces.pop()
                if len(rest) > MAX_ROW_BYTES:
                    raise Refusal("BOMB")
                for piece in pieces:
                    walk.take(piece)
            if walk.take(rest):
                raise Refusal("DAMAGED")  # the sheet ends inside a row
    return walk.scans


class _Walk:
    """Where the walk through the tables stands."""

    def __init__(self, max_rows: int) -> None:
        self.scans: dict[str, SheetScan] = {}
        self.max_rows = max_rows
        self.scan = SheetScan()
        self.number = 0  # of the last row that is over
        self.rows = self.cells = 0

    def take(self, piece: bytes) -> bool:
        """Take everything up to the end of one row; say whether there was one."""
        for mark in _MARKS.finditer(piece):
            if mark[1] is not None:
                name = _NAME.search(mark[1])
                self.scan = SheetScan()
                self.scans[html.unescape(name[1].decode(errors="replace")) if name else ""] = self.scan
                self.number = 0
                continue
            found = _ROWS.search(mark[2])
            times = int(found[1]) if found else 1
            if mark[3]:
                self.number += times
                continue
            self._row(piece[mark.end() :], times)
            self.number += times
            return True
        return False

    def _row(self, body: bytes, times: int) -> None:
        if b"<text:p" not in body and b"office:value" not in body:
            return
        if b"<office:annotation" in body or b"<draw:" in body:
            body = _BESIDE.sub(b"", body)
        wide = sum(int(n) for n in _WIDE.findall(body))
        self.rows += times
        self.cells += times * (wide + body.count(b"<table:table-cell"))
        if self.rows > self.max_rows + 1000:
            raise Refusal("TOO_MANY_ROWS", limit=self.max_rows)
        if self.cells > MAX_CELLS:
            raise Refusal("BOMB")
        numbers = range(self.number + 1, self.number + times + 1)
        if _ERROR in body or b"number-rows-spanned" in body:
            self._look(body, numbers)
        if _PLAIN.search(body) or not (
            all(map(is_blank, _VALUE.findall(body)))
            and all(is_blank(_TAG.sub(b"", text)) for text in _TEXT.findall(body))
        ):
            self.scan.rows.update(numbers)

    def _look(self, body: bytes, numbers: range) -> None:
        """Find errors and merged cells, cell by cell."""
        column = 1
        for cell in _CELL.finditer(body):
            if _ERROR in cell[1]:
                shown = _TAG.sub(b"", cell[2] or b"").strip()
                for number in numbers:
                    if len(self.scan.errors) < REPORTED_CELLS:
                        self.scan.errors[number, column] = (
                            html.unescape(shown.decode(errors="replace")) or "#ERROR"
                        )
                self.scan.rows.update(numbers)
            span = _SPAN.search(cell[1])
            if span and int(span[1]) > 1:
                top = numbers[0] - 1
                self.scan.merged.append(((top, column - 1), (top + int(span[1]) - 1, column - 1)))
            found = _COLUMNS.search(cell[1])
            column += int(found[1]) if found else 1
