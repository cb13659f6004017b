"""Count and check the XML of a workbook before the parser sees it."""

import codecs
import html
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from crm.intake.reader.common import (
    CHUNK,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROW_BYTES,
    REPORTED_CELLS,
    Refusal,
    column_number,
    refuse_entities,
)


class SheetScan:
    """What the file itself says about one worksheet, counted without the parser."""

    def __init__(self) -> None:
        self.rows: set[int] = set()
        self.repeated = 0  # rows with content whose number another row with content has
        self.errors: dict[tuple[int, int], str] = {}
        self.uncached: set[tuple[int, int]] = set()
        # Merged cells ((top, left), (bottom, right)) from 0, of kinds whose parser does not tell.
        self.merged: list[tuple[tuple[int, int], tuple[int, int]]] = []


# A first byte with which no blank can begin: neither a reference, a space of Unicode, nor an escape of Excel.
PLAIN = rb"[!#-%'-;=-^`-~\xc3-\xe0\xe4-\xf4]"
_ROW_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_CELL_REF = re.compile(rb"\br=[\"']([A-Za-z]{1,4})(\d+)[\"']")
_SHARED = re.compile(rb"\bt=[\"']s[\"']")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def is_blank(data: bytes) -> bool:
    """Tell whether text of an XML part is nothing but spaces, as `str.strip` sees them."""
    text = html.unescape(data.replace(b"<![CDATA[", b"").replace(b"]]>", b"").decode(errors="replace"))
    return not _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).strip()


class _Cells:
    """What finds the cells of a worksheet whose tags have this prefix, and tells whether they hold anything.

    `blank` are the numbers of shared strings that are blank.
    """

    def __init__(self, prefix: bytes, blank: frozenset[int]) -> None:
        self.blank = blank
        self.each = re.compile(
            rb"<" + prefix + rb"c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</" + prefix + rb"c>)", re.DOTALL
        )
        self.holds = re.compile(rb"<" + prefix + rb"(?:v|t|f)\b")
        self.has_value = re.compile(rb"<" + prefix + rb"v(?:\s[^>]*)?>\s*[^<\s]")
        self.plain = re.compile(rb"<" + prefix + rb"[vt](?:\s[^>]*)?>\s*" + PLAIN)
        self.texts = re.compile(rb"<" + prefix + rb"[vt](?:\s[^>]*)?>(.*?)</" + prefix + rb"[vt]>", re.DOTALL)

    def any_filled(self, row: bytes, start: int) -> bool:
        """Tell whether a row holds more than blanks."""
        if not self.blank and self.plain.search(row, start):
            return True
        return any(cell[2] and self._filled(cell[1], cell[2]) for cell in self.each.finditer(row, start))

    def _filled(self, attributes: bytes, body: bytes) -> bool:
        texts = self.texts.findall(body)
        if self.blank and _SHARED.search(attributes):
            return any(not text.strip().isdigit() or int(text) not in self.blank for text in texts)
        return not all(map(is_blank, texts))

    def column(self, row: bytes, start: int, cell: re.Match[bytes]) -> int:
        """Return the column of a cell of the row, from 1; one without a place follows the one before it."""
        at = _CELL_REF.search(cell[1])
        if at:
            return column_number(at[1].decode())
        before = 0
        for other in self.each.finditer(row, start, cell.start()):
            at = _CELL_REF.search(other[1])
            before = column_number(at[1].decode()) if at else before + 1
        return before + 1


def stream(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part of a package in pieces, never trusting the size it claims."""
    try:
        with package.open(info) as part:
            while chunk := part.read(CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Refusal("DAMAGED") from error


def scan_sheet(
    package: zipfile.ZipFile, info: zipfile.ZipInfo, max_rows: int, blank: frozenset[int] = frozenset()
) -> SheetScan:
    """Walk one worksheet's XML row by row and remember what must not get lost."""
    scan = SheetScan()
    rest = b""
    prefix = b""
    began = False
    previous = 0
    first_row, last_row, widest, widest_at = 0, 0, 0, ""
    for chunk in stream(package, info):
        if not began:
            began = True
            if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise Refusal("DAMAGED")
            found = re.search(rb"<(\w+:)?worksheet\b", chunk)
            prefix = (found and found[1]) or b""
            open_row, close_row = b"<" + prefix + b"row", b"</" + prefix + b"row>"
            open_cell, value, formula = b"<" + prefix + b"c ", b"<" + prefix + b"v", b"<" + prefix + b"f"
            inline = b"<" + prefix + b"t"
            cells = _Cells(prefix, blank)
        refuse_entities(rest[-16:] + chunk)
        pieces = (rest + chunk).split(close_row)
        rest = pieces.pop()
        if len(rest) > MAX_ROW_BYTES:
            raise Refusal("BOMB")
        for piece in pieces:
            start = piece.rfind(open_row)
            if start < 0:
                continue
            tag_end = piece.find(b">", start)
            found = _ROW_NUMBER.search(piece, start, tag_end)
            number = int(found[1]) if found else previous + 1
            previous = number
            if value not in piece and inline not in piece and formula not in piece:
                continue
            last = piece.rfind(open_cell)
            found = _CELL_REF.search(piece, last) if last >= 0 else None
            if found:
                column = column_number(found[1].decode())
                if column > MAX_COLUMNS:  # formatted cells without content are not far away: they are nothing
                    held = [
                        cell
                        for cell in cells.each.finditer(piece, start)
                        if cells.holds.search(cell[2] or b"")
                    ]
                    found = _CELL_REF.search(held[-1][1]) if held else None
                    column = column_number(found[1].decode()) if found else 0
                if found and column > widest:
                    widest, widest_at = column, found[1].decode() + found[2].decode()
            first_row = first_row or number
            last_row = max(last_row, number)
            if (last_row - first_row + 1) * max(widest, 1) > MAX_CELLS or widest > MAX_COLUMNS:
                raise Refusal("FAR_CELL", cell=widest_at)
            if cells.any_filled(piece, start):
                scan.repeated += number in scan.rows
                scan.rows.add(number)
                if len(scan.rows) > max_rows + 1000:
                    raise Refusal("TOO_MANY_ROWS", limit=max_rows)
            if b't="e"' in piece or b"t='e'" in piece:
                scan.rows.add(number)
                for cell in cells.each.finditer(piece, start):
                    if (b't="e"' in cell[1] or b"t='e'" in cell[1]) and len(scan.errors) < REPORTED_CELLS:
                        shown = re.search(rb">([^<>]+)</" + prefix + rb"v>", cell[2] or b"")
                        where = (number, cells.column(piece, start, cell))
                        scan.errors[where] = shown[1].decode("ascii", "replace") if shown else "#ERROR"
            if formula in piece:
                for cell in cells.each.finditer(piece, start):
                    body = cell[2] or b""
                    if formula not in body or cells.has_value.search(body) or b't="str"' in cell[1]:
                        continue
                    if len(scan.uncached) < REPORTED_CELLS:
                        scan.rows.add(number)
                        scan.uncached.add((number, cells.column(piece, start, cell)))
    if not began:
        return scan
    if _CELL_REF.search(rest) and open_row in rest and rest.rfind(b"/>", rest.rfind(open_row)) < 0:
        raise Refusal("DAMAGED")  # the sheet ends inside a row
    return scan


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _parts(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the parts of a package by name: lower case, and with the slashes some writers turn."""
    return {info.filename.replace("\\", "/").lower(): info for info in package.infolist()}


def _small_xml(package: zipfile.ZipFile, name: str) -> ElementTree.Element | None:
    info = _parts(package).get(name.lower())
    if info is None:
        return None
    if info.file_size > 16 * 1024 * 1024:
        raise Refusal("BOMB")
    try:
        data = package.read(info)
        refuse_entities(data)
        return ElementTree.fromstring(data)  # noqa: S314 - no DTD gets here, the line above saw to it
    except (ElementTree.ParseError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Refusal("DAMAGED") from error


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    folder, base = posixpath.split(part)
    root = _small_xml(package, posixpath.join(folder, "_rels", base + ".rels"))
    result = {}
    for node in root if root is not None else ():
        target = node.get("Target", "").replace("\\", "/")
        if node.get("TargetMode") == "External":
            continue
        target = (
            target.lstrip("/")
            if target.startswith("/")
            else posixpath.normpath(posixpath.join(folder, target))
        )
        result[node.get("Id", "")] = (node.get("Type", "").rpartition("/")[2], target)
    return result


def _blank_strings(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> frozenset[int]:
    """Return the numbers, from 0, of the shared strings that are blank."""
    found: set[int] = set()
    count = 0
    rest = b""
    close = b""
    for chunk in stream(package, info):
        if not close:
            root = re.search(rb"<(\w+:)?sst\b", chunk)
            prefix = (root and root[1]) or b""
            close, empty = b"</" + prefix + b"si>", re.compile(rb"<" + prefix + rb"si(?:\s[^>]*)?/>")
            plain = re.compile(rb"<" + prefix + rb"t(?:\s[^>]*)?>\s*" + PLAIN)
            texts = re.compile(rb"<" + prefix + rb"t(?:\s[^>]*)?>(.*?)</" + prefix + rb"t>", re.DOTALL)
        refuse_entities(rest[-16:] + chunk)
        pieces = empty.sub(close, rest + chunk).split(close)
        rest = pieces.pop()
        if len(rest) > MAX_ROW_BYTES:
            raise Refusal("BOMB")
        for piece in pieces:
            if not plain.search(piece) and all(map(is_blank, texts.findall(piece))):
                found.add(count)
            count += 1
    return frozenset(found)


def scan_xlsx(path: str, max_rows: int) -> dict[str, SheetScan]:
    """Check every part of the package and return what each worksheet holds, by sheet name."""
    scans: dict[str, SheetScan] = {}
    with zipfile.ZipFile(path) as package:
        infos = _parts(package)
        parts: dict[str, list[str]] = {}
        for kind, target in _relations(package, "").values():
            if kind == "officeDocument":
                book = _small_xml(package, target)
                relations = _relations(package, target)
                for node in book.iter() if book is not None else ():
                    if _local(node.tag) == "sheet":
                        key = next((value for name, value in node.attrib.items() if _local(name) == "id"), "")
                        sheet_kind, part = relations.get(key, ("", ""))
                        if sheet_kind in ("worksheet", ""):
                            parts.setdefault(part.lower(), []).append(node.get("name", ""))
        blank: frozenset[int] = frozenset()
        for name, info in infos.items():
            if name.endswith("sharedstrings.xml"):
                blank |= _blank_strings(package, info)
        for name, info in infos.items():
            if not name.endswith((".xml", ".rels", ".vml")) or name.endswith("sharedstrings.xml"):
                continue
            if name in parts or "/worksheets/sheet" in name:
                scan = scan_sheet(package, info, max_rows, blank)
                scans |= dict.fromkeys(parts.get(name, ()), scan)
            else:
                tail = b""
                for chunk in stream(package, info):
                    refuse_entities(tail + chunk)
                    tail = chunk[-16:]
    return scans
