"""Small workbooks for tests: made by openpyxl, then cut open where no writer would go."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

MEMBER_HEADERS = (
    "集团编码",
    "集团名称",
    "统一社会信用代码",
    "成员姓名",
    "手机号",
    "入网日期",
    "备注",
    "职务",
    "成员类型",
)


def member(number: int, *, code: str = "330100009001", **cells: Any) -> list[Any]:
    """Return one row of a member roster."""
    row = {
        "集团编码": code,
        "集团名称": "",
        "统一社会信用代码": "",
        "成员姓名": f"成员{number}",
        "手机号": f"1391234{number:04d}",
        "入网日期": "2024-03-05",
        "备注": "",
        "职务": "职员",
        "成员类型": "普通成员",
    }
    return list((row | cells).values())


def members(count: int = 20, **cells: Any) -> list[list[Any]]:
    """Return rows of a member roster."""
    return [member(number, **cells) for number in range(1, count + 1)]


def xlsx(
    path: Path, rows: Iterable[Sequence[Any]], *, title: str = "Sheet1", more: dict[str, Any] | None = None
) -> Path:
    """Write a workbook with one sheet, or more; a sheet given as (state, rows) is hidden or not."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for name, content in (more or {}).items():
        state, content_rows = content if isinstance(content, tuple) else ("visible", content)
        extra = book.create_sheet(name)
        extra.sheet_state = state
        for row in content_rows:
            extra.append(list(row))
    book.save(path)
    return path


def text(path: Path, rows: Iterable[Sequence[Any]], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write a CSV file."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def operate(path: Path, part: str, change: Callable[[bytes], bytes], **add: bytes) -> Path:
    """Rewrite one part of a package, and add others (a name's __ stands for /, _dot_ for a dot)."""
    parts = {}
    with zipfile.ZipFile(path) as package:
        for info in package.infolist():
            parts[info.filename] = package.read(info)
    if part:
        parts[part] = change(parts[part])
    for name, content in add.items():
        parts[name.replace("__", "/").replace("_dot_", ".")] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def sub(pattern: str, replacement: str) -> Callable[[bytes], bytes]:
    """Return a change that replaces the first match of a pattern."""

    def change(data: bytes) -> bytes:
        changed, count = re.subn(pattern.encode(), replacement.encode(), data, count=1)
        assert count, pattern
        return changed

    return change


SHEET = "xl/worksheets/sheet1.xml"


def share(path: Path, *words: str) -> Path:
    """Give a workbook a table of shared strings, whose words are XML already."""
    table = "".join(f"<si><t>{word}</t></si>" if word else "<si/>" for word in words)
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    return operate(
        path,
        "xl/_rels/workbook.xml.rels",
        sub(
            "</Relationships>",
            f'<Relationship Id="strings" Type="{kind}" Target="sharedStrings.xml"/></Relationships>',
        ),
        xl__sharedStrings_dot_xml=f'<sst xmlns="{main}">{table}</sst>'.encode(),
    )
