"""Read a workbook in a process of its own: look at it first, refuse what is dangerous, and spool its rows.

Run as a script (`python -I reader.py`), never imported by the web process for its work: a workbook can
make the
parser abort, loop, or ask for gigabytes, and none of that may touch the people who share the server. The file
stands alone on purpose: only the standard library and calamine, so that a child starts in a tenth of a
second.

The request is one JSON object on stdin, the answer one JSON object on stdout:
`{"ok": true, "kind": "xlsx", "sheets": [...]}` or `{"ok": false, "code": "ENCRYPTED", "params": {...}}`.
Rows go to the spool file, one JSON array `[sheet, row, cells]` per line, rows without content left out.

A cell that holds an Excel error arrives as "\\x00E:#N/A", a formula that was never calculated as "\\x00F:".
"""

import codecs
import csv
import datetime as dt
import io
import json
import mmap
import os
import posixpath
import re
import resource
import signal
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

ERROR_MARK = "\x00E:"
FORMULA_MARK = "\x00F:"
MAX_CELLS = 60_000_000  # dense grid that calamine would allocate
MAX_COLUMNS = 1_000
MAX_RATIO = 100  # honest sheets compress 5 to 40 times
RATIO_FROM = 8 * 1024 * 1024
MAX_UNPACKED = 3 * 1024**3
MAX_ROW_BYTES = 16 * 1024 * 1024
CHUNK = 1 << 20
REPORTED_CELLS = 100_000
MAX_BROKEN_LINES = 10_000


class Refusal(Exception):
    """Say by code why a whole file cannot be taken."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


# ---- What is it? By content, never by name


def sniff(path: str, name: str) -> str:
    """Return xlsx, xls, ods or csv, or refuse."""
    size = os.path.getsize(path)
    if size == 0:
        raise Refusal("EMPTY_FILE")
    with open(path, "rb") as file:
        head = file.read(8192)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _sniff_zip(path)
        if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
            return _sniff_ole(file, name)
    for magic, kind in (
        (b"\x89PNG", "image"),
        (b"\xff\xd8\xff", "image"),
        (b"GIF8", "image"),
        (b"BM", "image"),
        (b"%PDF", "pdf"),
        (b"Rar!", "archive"),
        (b"7z\xbc\xaf", "archive"),
        (b"\x1f\x8b", "archive"),
        (b"{\\rtf", "document"),
        (b"SQLite", "other"),
    ):
        if head.startswith(magic) and not (kind == "image" and magic == b"BM" and head[:64].isascii()):
            raise Refusal("WRONG_TYPE", kind=kind)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style")):
        raise Refusal("WRONG_TYPE", kind="html")
    if start.startswith(b"<?xml"):
        raise Refusal("WRONG_TYPE", kind="xml")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "csv"
    if b"\x00" in head and sum(byte < 9 for byte in head) > 4:
        raise Refusal("WRONG_TYPE", kind="other")
    return "csv"


def _sniff_zip(path: str) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = {info.filename: info for info in package.infolist()}
            total = 0
            for info in names.values():
                total += info.file_size
                if info.flag_bits & 0x1:
                    raise Refusal("ENCRYPTED")
                if info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1):
                    raise Refusal("BOMB")
            if total > MAX_UNPACKED or len(names) > 20_000:
                raise Refusal("BOMB")
            if "mimetype" in names and names["mimetype"].file_size < 200:
                mimetype = package.read("mimetype")
                if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
                    manifest = names.get("META-INF/manifest.xml")
                    if (
                        manifest
                        and manifest.file_size < RATIO_FROM
                        and b"encryption-data" in package.read(manifest)
                    ):
                        raise Refusal("ENCRYPTED")
                    if any(key.startswith("Basic/") for key in names):
                        raise Refusal("MACRO")
                    return "ods"
            lower = {key.lower() for key in names}
            if any(key.endswith("vbaproject.bin") for key in lower):
                raise Refusal("MACRO")
            if any(key.endswith("workbook.bin") for key in lower):
                raise Refusal("WRONG_TYPE", kind="xlsb")
            if any(key.startswith("word/") for key in lower) or any(key.startswith("ppt/") for key in lower):
                raise Refusal("WRONG_TYPE", kind="document")
            if not any(key.endswith(".rels") for key in lower):
                raise Refusal("WRONG_TYPE", kind="archive")
            return "xlsx"
    except zipfile.BadZipFile as error:
        raise Refusal("DAMAGED") from error


def _sniff_ole(file: io.BufferedReader, name: str) -> str:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:

        def holds(stream: str) -> bool:
            return data.find(stream.encode("utf-16-le")) >= 0

        if holds("EncryptedPackage") or holds("EncryptionInfo"):
            raise Refusal("ENCRYPTED")
        if holds("ETExtData") or name.lower().endswith((".et", ".ett")):
            raise Refusal("WRONG_TYPE", kind="et")
        if holds("WordDocument") or holds("PowerPoint Document"):
            raise Refusal("WRONG_TYPE", kind="document")
        if holds("_VBA_PROJECT"):
            raise Refusal("MACRO")
        if holds("Workbook") or holds("Book"):
            return "xls"
    raise Refusal("WRONG_TYPE", kind="other")


# ---- XLSX: count and check the XML before the parser sees it


class SheetScan:
    """What the XML itself says about one worksheet, counted without the parser."""

    def __init__(self) -> None:
        self.rows: set[int] = set()
        self.errors: dict[tuple[int, int], str] = {}
        self.uncached: set[tuple[int, int]] = set()
        self.only_shared: set[int] = set()


_ROW_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_CELL_REF = re.compile(rb"\br=[\"']([A-Za-z]{1,4})(\d+)[\"']")


def column_number(letters: str) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _stream(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with package.open(info) as part:
            while chunk := part.read(CHUNK):
                yield chunk
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Refusal("DAMAGED") from error


def _refuse_entities(data: bytes) -> None:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"<!doctype" in data:
        raise Refusal("ENTITIES")


def scan_sheet(package: zipfile.ZipFile, info: zipfile.ZipInfo, max_rows: int) -> SheetScan:
    """Walk one worksheet's XML row by row and remember what must not get lost."""
    scan = SheetScan()
    rest = b""
    prefix = b""
    began = False
    previous = 0
    first_row, last_row, widest, widest_at = 0, 0, 0, ""
    for chunk in _stream(package, info):
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
            has_value = re.compile(rb"<" + prefix + rb"v(?:\s[^>]*)?>\s*[^<\s]")
            inline_text = re.compile(rb"<" + prefix + rb"t(?:\s[^>]*)?>\s*[^<\s]")
        _refuse_entities(rest[-16:] + chunk)
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
                if column > widest:
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
        _refuse_entities(data)
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
                for chunk in _stream(package, info):
                    _refuse_entities(tail + chunk)
                    tail = chunk[-16:]
    return scans


def scan_ods(path: str, max_rows: int) -> None:
    """Refuse an OpenDocument sheet whose repeated cells unfold into something no roster is."""
    with zipfile.ZipFile(path) as package:
        rest, cells, rows = b"", 0, 0
        for info in package.infolist():
            if info.filename != "content.xml":
                continue
            for chunk in _stream(package, info):
                _refuse_entities(rest[-16:] + chunk)
                pieces = (rest + chunk).split(b"</table:table-row>")
                rest = pieces.pop()
                if len(rest) > MAX_ROW_BYTES:
                    raise Refusal("BOMB")
                for piece in pieces:
                    if b"<text:p" not in piece and b"office:value" not in piece:
                        continue
                    found = re.search(rb"number-rows-repeated=\"(\d+)\"", piece)
                    times = int(found[1]) if found else 1
                    wide = sum(
                        int(n) for n in re.findall(rb"number-columns-repeated=\"(\d+)\"[^>]*[^/]>", piece)
                    )
                    rows += times
                    cells += times * (wide + piece.count(b"<table:table-cell"))
                    if rows > max_rows + 1000:
                        raise Refusal("TOO_MANY_ROWS", limit=max_rows)
                    if cells > MAX_CELLS:
                        raise Refusal("BOMB")


# ---- Reading


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


def read_workbook(path: str, kind: str, spool: io.TextIOBase, max_rows: int) -> list[dict[str, Any]]:
    """Spool the rows of every worksheet and return what was found in each."""
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    scans = scan_xlsx(path, max_rows) if kind == "xlsx" else {}
    if kind == "ods":
        scan_ods(path, max_rows)
    sheets: list[dict[str, Any]] = []
    dumps = json.dumps
    total = 0
    try:
        with CalamineWorkbook.from_path(path) as book:
            for index, meta in enumerate(book.sheets_metadata):
                found: dict[str, Any] = {
                    "index": index,
                    "name": meta.name,
                    "visible": meta.visible is SheetVisibleEnum.Visible,
                    "rows": 0,
                    "errors": 0,
                    "merged": 0,
                }
                sheets.append(found)
                if meta.typ is not SheetTypeEnum.WorkSheet:
                    found["visible"] = False
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
                    if scan and scan.rows and not _explained(path, scan.rows):
                        raise Refusal("READ_MISMATCH", sheet=meta.name, count=len(scan.rows))
                    continue
                if end is not None and (end[0] + 1) * (end[1] + 1) > MAX_CELLS * 2:
                    raise Refusal("FAR_CELL", cell=f"{column_letters(end[1] + 1)}{end[0] + 1}")
                fills, found["merged"] = _merged(sheet)
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
                    if not any(v.strip() if isinstance(v, str) else v is not None for v in cells):
                        continue
                    spool.write(dumps([index, number, cells], ensure_ascii=False))
                    spool.write("\n")
                    seen.add(number)
                    total += 1
                    if total > max_rows + 1000:
                        raise Refusal("TOO_MANY_ROWS", limit=max_rows)
                for number in sorted(marks):  # rows that hold nothing but errors, past the parser's last row
                    cells = []
                    _mark(cells, marks[number])
                    spool.write(dumps([index, number, cells], ensure_ascii=False) + "\n")
                    seen.add(number)
                found["rows"] = len(seen)
                found["errors"] = len(scan.errors) + len(scan.uncached) if scan else 0
                if scan:
                    lost = scan.rows - seen
                    if lost and not _explained(path, lost):
                        raise Refusal("READ_MISMATCH", sheet=meta.name, count=len(lost))
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


def _explained(path: str, lost: set[int]) -> bool:
    """Tell whether rows the parser left out really hold nothing but blanks kept as shared strings."""
    with zipfile.ZipFile(path) as package:
        for info in package.infolist():
            if info.filename.lower().endswith("sharedstrings.xml"):
                if info.file_size > 200 * 1024 * 1024:
                    return True
                if re.search(rb"<(?:\w+:)?si\s*/>|<(?:\w+:)?t(?:\s[^>]*)?(?:/>|>\s*</)", package.read(info)):
                    return True
    return False


def _merged(sheet: Any) -> tuple[dict[int, list[tuple[int, int]]], int]:
    """Return, by row, the columns that take the value of a merged cell that began higher up."""
    ranges = sheet.merged_cell_ranges or []
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


# ---- Text files


def decode(data: bytes) -> tuple[str, str]:
    """Return text and the encoding it was in: UTF-8, UTF-16 with its mark, or GB18030."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise Refusal("BAD_ENCODING", line=data[: error.start].count(b"\n") + 1) from error
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as utf8:
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError as error:
            place = max(error.start, utf8.start)
            raise Refusal("BAD_ENCODING", line=data[:place].count(b"\n") + 1) from error


def delimiter_of(lines: list[str]) -> str:
    """Return the separator most lines agree on, counted outside quotes."""
    best, best_score = ",", 0.0
    sample = [re.sub(r'"[^"]*"', "", line) for line in lines[:50] if line.strip()]
    for candidate in (",", "\t", ";", "，", "|"):
        counts = [line.count(candidate) for line in sample]
        if not counts or not max(counts):
            continue
        common = max(set(counts), key=counts.count)
        score = counts.count(common) / len(counts) * (1 + min(common, 50) / 100) if common else 0.1
        if score > best_score:
            best, best_score = candidate, score
    return best


def read_text(path: str, spool: io.TextIOBase, max_rows: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Spool the records of a CSV file; one that breaks the quoting is marked, the next line read afresh."""
    with open(path, "rb") as file:
        data = file.read()
    content, encoding = decode(data)
    del data
    lines = (
        content.splitlines(keepends=True)
        if "\x0b" not in content and "\x0c" not in content
        else content.split("\n")
    )
    if any(mark in content for mark in ("\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")):
        lines = [line + "\n" for line in content.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    del content
    if lines and lines[0].startswith("sep="):  # Excel's own hint
        separator = lines[0].strip()[4:5] or ","
        lines[0] = "\n"
    else:
        separator = delimiter_of(lines)
    csv.field_size_limit(200_000)
    dumps = json.dumps
    start, rows, broken = 0, 0, 0

    def emit(number: int, cells: list[str]) -> None:
        nonlocal rows
        if not any(map(str.strip, cells)):
            return
        spool.write(dumps([0, number, cells], ensure_ascii=False))
        spool.write("\n")
        rows += 1
        if rows > max_rows + 1000:
            raise Refusal("TOO_MANY_ROWS", limit=max_rows)

    while start < len(lines):
        source = iter(lines[start:] if start else lines)
        reader = csv.reader(source, delimiter=separator, strict=True)
        done = 0
        try:
            for record in reader:
                emit(start + done + 1, record)
                done = reader.line_num
            break
        except csv.Error:
            broken += 1
            if broken > MAX_BROKEN_LINES:
                raise Refusal("DAMAGED") from None
            emit(start + done + 1, [ERROR_MARK + '"', *lines[start + done].rstrip("\r\n").split(separator)])
            start = start + done + 1
    about = {"encoding": encoding, "delimiter": separator}
    return about, [{"index": 0, "name": "", "visible": True, "rows": rows, "errors": broken, "merged": 0}]


# ---- The child process


def limit_self(memory_bytes: int, cpu_seconds: int) -> None:
    """Bind this process before it touches the file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    limit_self(request["memory_bytes"], request["cpu_seconds"])
    about: dict[str, Any] = {}
    try:
        kind = sniff(request["path"], request["name"])
        with open(request["spool"], "w", encoding="utf-8", errors="surrogatepass", buffering=CHUNK) as spool:
            if kind == "csv":
                about, sheets = read_text(request["path"], spool, request["max_rows"])
            else:
                sheets = read_workbook(request["path"], kind, spool, request["max_rows"])
        answer = {"ok": True, "kind": kind, "sheets": sheets, **about}
    except Refusal as refusal:
        answer = {"ok": False, "code": refusal.code, "params": refusal.params}
    except MemoryError:
        answer = {"ok": False, "code": "TOO_LARGE_TO_READ", "params": {}}
    except Exception:  # noqa: BLE001 - a parser's own words may hold a path of this server: none of them leaves here
        answer = {"ok": False, "code": "DAMAGED", "params": {}}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
