"""Workbooks of the other two kinds, written byte by byte: no writer of them is at hand."""

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

ERROR = object()
NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (("office", "office"), ("table", "table"), ("text", "text"), ("draw", "drawing"))
)
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def ods(path: Path, rows: Sequence[Sequence[Any] | str], *, title: str = "Sheet1") -> Path:
    """Write an OpenDocument sheet; a row given as text is put in as it is."""
    lines = [row if isinstance(row, str) else ods_row(row) for row in rows]
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMESPACES} {CALC}'
        ' office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="{escape(title)}"><table:table-column table:number-columns-repeated="9"/>'
        f"{''.join(lines)}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        package.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        package.writestr("content.xml", content)
    return path


def ods_row(cells: Sequence[Any]) -> str:
    """Return a row as LibreOffice writes it."""
    out = []
    for cell in cells:
        if cell is None or cell == "":
            out.append("<table:table-cell/>")
        elif cell is ERROR:
            out.append(
                '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value=""'
                ' calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
            )
        elif isinstance(cell, (int, float)):
            out.append(
                f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p>'
                "</table:table-cell>"
            )
        else:
            out.append(
                f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p>'
                "</table:table-cell>"
            )
    return f"<table:table-row>{''.join(out)}</table:table-row>"


def xls(
    path: Path,
    rows: Sequence[Sequence[Any]],
    *,
    piece: int = 8_000,
    merged: tuple[int, int, int, int] | None = None,
) -> Path:
    """Write an Excel 97 workbook of one sheet; `piece` is where shared strings run over into a new record.

    `merged` is first and last row, first and last column, counted from 0.
    """
    words = list(dict.fromkeys(cell for row in rows for cell in row if isinstance(cell, str) and cell))
    cells = []
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            place = struct.pack("<HHH", number, column, 0)
            if cell is ERROR:
                cells.append(_record(0x0205, place + b"\x2a\x01"))
            elif isinstance(cell, str) and cell:
                cells.append(_record(0x00FD, place + struct.pack("<I", words.index(cell))))
            elif isinstance(cell, (int, float)):
                cells.append(_record(0x0203, place + struct.pack("<d", cell)))
    if merged:
        cells.append(_record(0x00E5, struct.pack("<HHHHH", 1, *merged)))
    bof = struct.pack("<HHHHII", 0x0600, 0, 0x0DBB, 0x07CC, 0, 6)
    name = "Sheet1"
    table = _shared(words, piece)
    head = _record(0x0809, bof[:2] + b"\x05\x00" + bof[4:])
    length = len(head) + 4 + 8 + len(name) + len(table) + 4
    book = head + _record(0x0085, struct.pack("<IHBB", length, 0, len(name), 0) + name.encode()) + table
    book += _record(0x000A, b"")
    assert len(book) == length
    size = struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0)
    book += _record(0x0809, bof[:2] + b"\x10\x00" + bof[4:]) + _record(0x0200, size)
    book += b"".join(cells) + _record(0x000A, b"")
    path.write_bytes(_container(book.ljust(4096, b"\0")))
    return path


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _shared(words: Sequence[str], piece: int) -> bytes:
    """Return the shared strings; text that runs over begins its next record with its width again."""
    records, body = [], struct.pack("<II", len(words), len(words))
    for word in words:
        if len(body) + 5 > piece:
            records.append(body)
            body = b""
        body += struct.pack("<HB", len(word), 1)
        for letter in word:
            if len(body) + 2 > piece:
                records.append(body)
                body = b"\x01"
            body += letter.encode("utf-16-le")
    records.append(body)
    return b"".join(_record(0x003C if n else 0x00FC, body) for n, body in enumerate(records))


def _container(stream: bytes) -> bytes:
    """Return an OLE container with one stream, Workbook."""
    free, last, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    count = -(-len(stream) // 512)
    pages = -(-(count + 2 + count // 100) // 128)
    links = [table] * pages + [last] + [pages + 2 + n for n in range(count - 1)] + [last]
    links += [free] * (pages * 128 - len(links))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += b"\0" * 6 + struct.pack("<IIIIIIIII", 0, pages, pages, 0, 4096, last, 0, last, 0)
    head += struct.pack("<109I", *range(pages), *([free] * (109 - pages)))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        letters = (name + "\0").encode("utf-16-le")
        return (
            letters.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(letters), kind, 1, free, free, child)
            + b"\0" * 36
            + struct.pack("<IIQ", start, size, 0)[:12]
        )

    folder = entry("Root Entry", 5, 1, last, 0) + entry("Workbook", 2, free, pages + 1, len(stream))
    return (
        head
        + struct.pack(f"<{len(links)}I", *links)
        + folder.ljust(512, b"\0")
        + stream.ljust(count * 512, b"\0")
    )
