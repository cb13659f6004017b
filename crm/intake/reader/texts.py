"""Spool the records of a text file of any usual encoding and separator."""

import codecs
import csv
import re
from typing import Any

from crm.intake.reader.common import ERROR_MARK, MAX_BROKEN_LINES, Refusal
from crm.intake.reader.spooling import Spool

CANDIDATES = (",", "\t", ";", "，", "|")
# Tabs beside another separator, or at an end of a line: exporters put them there to keep digits as text.
_IDLE_TABS = re.compile(r"\t+(?=[,;，|])|(?<=[,;，|])\t+")
_OUTER_TABS = re.compile(r"^\t+|\t+(?=[\r\n]*$)")
_FORMULA_TEXT = re.compile(r'="([^"]*)"')


def decode(data: bytes) -> tuple[str, str]:
    """Return text and the encoding it was in: UTF-8, UTF-16 with its mark, or GB18030.

    Raises: Refusal BAD_ENCODING with the first line that is none of them
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), "utf-16"
        except UnicodeDecodeError as error:
            line = data[: error.start].decode("utf-16", "ignore").count("\n") + 1
            raise Refusal("BAD_ENCODING", kind="utf16", line=line) from error
    marked = data.startswith(codecs.BOM_UTF8)
    try:
        return (data.decode("utf-8-sig"), "utf-8-sig") if marked else (data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as utf8:
        if marked or _nearly_utf8(data):
            raise Refusal("BAD_ENCODING", line=data[: utf8.start].count(b"\n") + 1) from utf8
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError as error:
            place = max(error.start, utf8.start)
            raise Refusal("BAD_ENCODING", line=data[:place].count(b"\n") + 1) from error


def _nearly_utf8(data: bytes) -> bool:
    """Tell whether nine in ten characters beyond ASCII are UTF-8: a few broken bytes make no GB18030."""
    content = data.decode("utf-8", "replace")
    beyond = len(content) - len(content.encode("ascii", "ignore"))
    return content.count("\ufffd") * 10 < beyond


def delimiter_of(lines: list[str]) -> str:
    """Return the separator most lines agree on, counted outside quotes."""
    best, best_score = ",", 0.0
    for candidate in CANDIDATES:
        counts = _counts(lines, candidate)
        if not counts or not max(counts):
            continue
        common = max(set(counts), key=counts.count)
        score = counts.count(common) / len(counts) * (1 + min(common, 50) / 100) if common else 0.1
        if score > best_score:
            best, best_score = candidate, score
    return best


def _counts(lines: list[str], separator: str) -> list[int]:
    """Return how often the separator stands outside quotes in each of the first lines."""
    sample = [_IDLE_TABS.sub("", re.sub(r'"[^"]*"', "", line)) for line in lines[:50] if line.strip()]
    return [line.count(separator) for line in sample]


def _swallows(part: list[str], separator: str, usual: int) -> bool:
    """Tell whether a record over several lines is several: a quote opened in one closes in a later one.

    `usual` is how many separators a line has; with three or more, a line inside a cell has not as many.
    """
    full = [line.count(separator) >= usual for line in part]
    return usual > 2 and (any(full[1:-1]) or full == [True, True])


def read_text(path: str, spool: Spool, max_rows: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Spool the records of a CSV file; one that breaks the quoting is marked, the next line read afresh.

    Raises: Refusal BAD_ENCODING, EMPTY_FILE, TOO_MANY_ROWS, DAMAGED
    """
    with open(path, "rb") as file:
        data = file.read()
    content, encoding = decode(data)
    del data
    if not content.strip():
        raise Refusal("EMPTY_FILE")
    unwrap, tabs = '="' in content, "\t" in content
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
    if tabs and separator != "\t":
        lines = [_OUTER_TABS.sub("", _IDLE_TABS.sub("", line)) for line in lines]
    counts = [count for count in _counts(lines, separator) if count]
    usual = max(set(counts), key=counts.count, default=0)
    # A cell longer than that runs over lines: its quote was never closed.
    csv.field_size_limit(max(200_000, max(map(len, lines))))
    start, rows, broken = 0, 0, 0
    sheet = {"index": 0, "name": "", "visible": True}
    spool.begin("csv", [sheet])

    def emit(number: int, cells: list[str]) -> None:
        nonlocal rows
        if not any(map(str.strip, cells)):
            return
        if unwrap:  # ="0571", against scientific notation
            cells = [found[1] if (found := _FORMULA_TEXT.fullmatch(cell)) else cell for cell in cells]
        spool.add(0, number, cells)
        rows += 1
        if rows > max_rows + 1000:
            raise Refusal("TOO_MANY_ROWS", limit=max_rows)

    while start < len(lines):
        source = iter(lines[start:] if start else lines)
        reader = csv.reader(source, delimiter=separator, strict=True)
        done = 0
        try:
            for record in reader:
                if reader.line_num - done > 1 and _swallows(
                    lines[start + done : start + reader.line_num], separator, usual
                ):
                    raise csv.Error
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
    return about, [{**sheet, "rows": rows, "errors": broken, "merged": 0}]
