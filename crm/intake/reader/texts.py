"""Spool the records of a text file of any usual encoding and separator."""

import codecs
import csv
import re
from typing import Any

from crm.intake.reader.common import ERROR_MARK, MAX_BROKEN_LINES, Refusal
from crm.intake.reader.spooling import Spool


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


def read_text(path: str, spool: Spool, max_rows: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
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
    start, rows, broken = 0, 0, 0

    def emit(number: int, cells: list[str]) -> None:
        nonlocal rows
        if not any(map(str.strip, cells)):
            return
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
