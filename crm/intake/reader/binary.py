"""Count the rows of an old binary workbook (BIFF in an OLE container) without the parser."""

import struct
from collections.abc import Iterator

from crm.intake.reader.common import REPORTED_CELLS, Refusal
from crm.intake.reader.scanning import SheetScan

_FREE = 0xFFFFFFFA  # sectors from here on are marks
_BOF, _EOF, _CONTINUE, _FILEPASS, _BOUNDSHEET, _SST = 0x0809, 0x000A, 0x003C, 0x002F, 0x0085, 0x00FC
_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK = 0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x00BD
_FORMULA, _STRING, _BOOLERR = 0x0006, 0x0207, 0x0205
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
Record = tuple[int, bytes]


def scan_xls(path: str, max_rows: int) -> dict[str, SheetScan]:
    """Return what each worksheet holds by its name; blanks are told apart from content.

    `max_rows` needs no look: the format ends at 65,536.
    """
    with open(path, "rb") as file:
        data = file.read()
    try:
        return _scan_book(_stream(data))
    except (struct.error, IndexError, ValueError) as error:
        raise Refusal("DAMAGED") from error


def _stream(data: bytes) -> bytes:
    """Return the workbook stream of an OLE container.

    Raises: Refusal DAMAGED
    """
    sector = 1 << struct.unpack_from("<H", data, 30)[0]
    first, small_limit, small_first = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    more, count = struct.unpack_from("<II", data, 68)
    table_at = [n for n in struct.unpack_from("<109I", data, 76) if n < _FREE]
    for _turn in range(count):
        page = struct.unpack_from(f"<{sector // 4}I", data, sector * (more + 1))
        table_at += [n for n in page[:-1] if n < _FREE]
        more = page[-1]
    table: list[int] = []
    for at in table_at:
        table += struct.unpack_from(f"<{sector // 4}I", data, sector * (at + 1))

    def chain(start: int, links: list[int], whole: bytes, size: int, offset: int) -> bytes:
        pieces = []
        while start < _FREE:
            pieces.append(whole[size * (start + offset) : size * (start + offset + 1)])
            if len(pieces) > len(links):
                raise Refusal("DAMAGED")  # a chain that bites its tail
            start = links[start]
        return b"".join(pieces)

    entries = chain(first, table, data, sector, 1)
    found: dict[str, tuple[int, int]] = {}
    for at in range(0, len(entries) - 127, 128):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        name = entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace").lower()
        start, size = struct.unpack_from("<II", entries, at + 116)
        if kind == 5:
            found[""] = (start, size)
        elif kind == 2:
            found.setdefault(name, (start, size))
    start, size = found.get("workbook") or found.get("book") or (_FREE, 0)
    if size >= small_limit:
        return chain(start, table, data, sector, 1)[:size]
    root = chain(found[""][0], table, data, sector, 1) if "" in found else b""
    small = chain(small_first, table, data, sector, 1)
    links = list(struct.unpack(f"<{len(small) // 4}I", small))
    return chain(start, links, root, 64, 0)[:size]


def _records(data: bytes, at: int) -> Iterator[Record]:
    """Yield the records of one substream, up to its end."""
    depth = 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        if at + 4 + size > len(data):
            raise Refusal("DAMAGED")  # the stream ends inside a record
        yield kind, data[at + 4 : at + 4 + size]
        at += 4 + size
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
    raise Refusal("DAMAGED")


def _scan_book(data: bytes) -> dict[str, SheetScan]:
    sheets: list[tuple[int, str]] = []
    blank: list[bool] = []
    eight = True
    strings: list[bytes] = []
    for kind, body in _records(data, 0):
        if kind == _BOF and len(body) >= 2:
            eight = struct.unpack_from("<H", body)[0] >= 0x0600
        elif kind == _FILEPASS:
            raise Refusal("ENCRYPTED")
        elif kind == _BOUNDSHEET:
            (at,) = struct.unpack_from("<I", body)
            if body[5] & 0x0F == 0:  # a worksheet, no chart and no macro sheet
                sheets.append((at, _short(body[6:], eight)))
        if kind == _SST or (kind == _CONTINUE and strings):
            strings.append(body)
        elif strings:
            blank, strings = _blanks(strings), []
    return {name: _scan_sheet(data, at, blank) for at, name in sheets}


def _short(body: bytes, eight: bool) -> str:
    """Return a name that has its length before it."""
    count = body[0]
    if not eight:
        return body[1 : 1 + count].decode("gb18030", "replace")
    if body[1] & 1:
        return body[2 : 2 + 2 * count].decode("utf-16-le", "replace")
    return body[2 : 2 + count].decode("latin-1")


def _blanks(segments: list[bytes]) -> list[bool]:
    """Return, for every shared string, whether it is blank.

    Strings run on over the ends of records: text with a new mark of its width, the rest without.
    """
    _total, unique = struct.unpack_from("<II", segments[0])
    place, at = 0, 8
    found: list[bool] = []

    def take(size: int) -> bytes:
        nonlocal place, at
        got = b""
        while len(got) < size:
            if at >= len(segments[place]):
                place, at = place + 1, 0
            piece = segments[place][at : at + size - len(got)]
            got += piece
            at += len(piece)
        return got

    for _number in range(unique):
        (length,), flags = struct.unpack("<H", take(2)), take(1)[0]
        runs = struct.unpack("<H", take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", take(4))[0] if flags & 4 else 0
        text = ""
        while length:
            if at >= len(segments[place]):
                place, at = place + 1, 1
                flags = segments[place][0]
            width = 2 if flags & 1 else 1
            now = min(length, (len(segments[place]) - at) // width)
            text += take(now * width).decode("utf-16-le" if width == 2 else "latin-1", "replace")
            length -= now
        take(4 * runs + extra)
        found.append(not text.strip())
    return found


def _scan_sheet(data: bytes, at: int, blank: list[bool]) -> SheetScan:
    scan = SheetScan()
    waiting = -1  # the row of a formula whose text comes in a record of its own
    depth = 0
    for kind, body in _records(data, at):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth > 1:
            continue  # a chart inside the sheet
        if kind == _LABELSST:
            row, _column, _style, index = struct.unpack_from("<HHHI", body)
            if not blank[index]:
                scan.rows.add(row + 1)
        elif kind in (_NUMBER, _RK, _MULRK):
            scan.rows.add(struct.unpack_from("<H", body)[0] + 1)
        elif kind in (_LABEL, _RSTRING):
            (row,) = struct.unpack_from("<H", body)
            if body[8:].strip(b"\x00\x01 \t\r\n"):
                scan.rows.add(row + 1)
        elif kind == _BOOLERR:
            row, column, _style, value, wrong = struct.unpack_from("<HHHBB", body)
            _wrong(scan, row, column, value) if wrong else scan.rows.add(row + 1)
        elif kind == _FORMULA:
            row, column = struct.unpack_from("<HH", body)
            sort, value, whole = body[6], body[8], body[12:14] != b"\xff\xff"
            if whole or sort == 1:
                scan.rows.add(row + 1)
            elif sort == 2:
                _wrong(scan, row, column, value)
            elif sort == 0:
                waiting = row + 1
        elif kind == _STRING and waiting > 0:
            if body[3:].strip(b"\x00 \t\r\n"):
                scan.rows.add(waiting)
            waiting = -1
    return scan


def _wrong(scan: SheetScan, row: int, column: int, code: int) -> None:
    scan.rows.add(row + 1)
    if len(scan.errors) < REPORTED_CELLS:
        scan.errors[row + 1, column + 1] = _ERRORS.get(code, "#ERROR")
