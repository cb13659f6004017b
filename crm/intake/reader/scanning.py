"""Count and check the XML of a workbook before the parser sees it."""

import codecs
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
        self.errors: dict[tuple[int, int], str] = {}
        self.uncached: set[tuple[int, int]] = set()
        # Merged cells ((top, left), (bottom, right)) from 0, of kinds whose parser does not tell.
        self.merged: list[tuple[tuple[int, int], tuple[int, int]]] = []


_ROW_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_CELL_REF = re.compile(rb"\br=[\"']([A-Za-z]{1,4})(\d+)[\"']")


def stream(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part of a package in pieces, never trusting the size it claims."""
    try:
        with package.open(info) as part:
            while chunk := part.read(CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Refusal("DAMAGED") from error


def scan_sheet(package: zipfile.ZipFile, info: zipfile.ZipInfo, max_rows: int) -> SheetScan:
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
            cells_with = re.compile(
                rb"<" + prefix + rb"c\s([^>]*?)(?:/>|>(.*?)</" + prefix + rb"c>)", re.DOTALL
            )
            holds = re.compile(rb"<" + prefix + rb"(?:v|t|f)\b")
            has_value = re.compile(rb"<" + prefix + rb"v(?:\s[^>]*)?>\s*[^<\s]")
            inline_text = re.compile(rb"<" + prefix + rb"t(?:\s[^>]*)?>\s*[^<\s]")
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
                        cell for cell in cells_with.finditer(piece, start) if holds.search(cell[2] or b"")
                    ]
                    found = _CELL_REF.search(held[-1][1]) if held else None
                    column = column_number(found[1].decode()) if found else 0
                if found and column > widest:
                    widest, widest_at = column, found[1].decode() + found[2].decode()
            first_row = first_row or number
            last_row = max(last_row, number)
            if (last_row - first_row + 1) * max(widest, 1) > MAX_CELLS or widest > MAX_COLUMNS:
                raise Refusal("FAR_CELL", cell=widest_at)
            if has_value.search(piece, start) or inline_text.search(piece, start):
                scan.rows.add(number)
                if len(scan.rows) > max_rows + 1000:
                    raise Refusal("TOO_MANY_ROWS", limit=max_rows)
            if b't="e"' in piece or b"t='e'" in piece:
                scan.rows.add(number)
                for found in cells_with.finditer(piece, start):
                    if (b't="e"' in found[1] or b"t='e'" in found[1]) and len(scan.errors) < REPORTED_CELLS:
                        shown = re.search(rb">([^<>]+)</" + prefix + rb"v>", found[2] or b"")
                        at = _CELL_REF.search(found[1])
                        if at:
                            where = (number, column_number(at[1].decode()))
                            scan.errors[where] = shown[1].decode("ascii", "replace") if shown else "#ERROR"
            if formula in piece:
                for found in cells_with.finditer(piece, start):
                    body = found[2] or b""
                    if formula in body and not has_value.search(body) and b't="str"' not in found[1]:
                        at = _CELL_REF.search(found[1])
                        if at and len(scan.uncached) < REPORTED_CELLS:
                            scan.rows.add(number)
                            scan.uncached.add((number, column_number(at[1].decode())))
    if not began:
        return scan
    if _CELL_REF.search(rest) and open_row in rest and rest.rfind(b"/>", rest.rfind(open_row)) < 0:
        raise Refusal("DAMAGED")  # the sheet ends inside a row
    return scan


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _small_xml(package: zipfile.ZipFile, name: str) -> ElementTree.Element | None:
    names = {key.lower(): key for key in package.namelist()}
    real = names.get(name.lower())
    if real is None:
        return None
    if package.getinfo(real).file_size > 16 * 1024 * 1024:
        raise Refusal("BOMB")
    try:
        data = package.read(real)
        refuse_entities(data)
        return ElementTree.fromstring(data)  # noqa: S314 - no DTD gets here, the line above saw to it
    except (ElementTree.ParseError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Refusal("DAMAGED") from error


def _relations(package: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    folder, base = posixpath.split(part)
    root = _small_xml(package, posixpath.join(folder, "_rels", base + ".rels"))
    result = {}
    for node in root if root is not None else ():
        target = node.get("Target", "")
        if node.get("TargetMode") == "External":
            continue
        target = (
            target.lstrip("/")
            if target.startswith("/")
            else posixpath.normpath(posixpath.join(folder, target))
        )
        result[node.get("Id", "")] = (node.get("Type", "").rpartition("/")[2], target)
    return result


def scan_xlsx(path: str, max_rows: int) -> dict[str, SheetScan]:
    """Check every part of the package and return what each worksheet holds, by sheet name."""
    scans: dict[str, SheetScan] = {}
    with zipfile.ZipFile(path) as package:
        infos = {info.filename.lower(): info for info in package.infolist()}
        parts: dict[str, str] = {}
        for kind, target in _relations(package, "").values():
            if kind == "officeDocument":
                book = _small_xml(package, target)
                relations = _relations(package, target)
                for node in book.iter() if book is not None else ():
                    if _local(node.tag) == "sheet":
                        key = next((value for name, value in node.attrib.items() if _local(name) == "id"), "")
                        sheet_kind, part = relations.get(key, ("", ""))
                        if sheet_kind in ("worksheet", ""):
                            parts[part.lower()] = node.get("name", "")
        for name, info in infos.items():
            if not name.endswith((".xml", ".rels", ".vml")):
                continue
            if name in parts or "/worksheets/sheet" in name:
                scan = scan_sheet(package, info, max_rows)
                if name in parts:
                    scans[parts[name]] = scan
            else:
                tail = b""
                for chunk in stream(package, info):
                    refuse_entities(tail + chunk)
                    tail = chunk[-16:]
    return scans
