"""Lists as CSV for spreadsheets: UTF-8 with a mark, streamed, and nothing that runs as a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file that hands every line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def harmless(value: Any) -> Any:
    """Return a value that a spreadsheet will not take for a formula; figures stay figures."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = "".join(c for c in str(value) if c >= " " or c in "\n\t")
    return f"'{text}" if text.startswith(FORMULA) else text


def lines(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the lines of a table."""
    writer = csv.writer(_Echo())
    yield "\ufeff"
    yield writer.writerow([str(cell) for cell in header])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def download(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Answer with a table as a file."""
    answer = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
