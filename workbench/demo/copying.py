"""Write many rows by COPY, filling the columns a model would fill by default."""

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, models

from crm.base import clock

CHUNK = 1 << 20


def encode(value: Any) -> str:
    """Return one value in the text format of COPY."""
    if value is None:
        return r"\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, str):
        if "\\" in value or "\t" in value or "\n" in value or "\r" in value:
            value = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "{" + ",".join('"' + str(v).replace('"', "") + '"' for v in value) + "}"
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False).replace("\\", "\\\\")
    return str(value)


class Lines(io.TextIOBase):
    """Let COPY read from a generator of lines without holding them all."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.rest = ""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int | None = -1) -> str:
        """Return about `size` characters."""
        wanted = size if size and size > 0 else CHUNK
        parts, length = [self.rest], len(self.rest)
        while length < wanted:
            line = next(self.lines, None)
            if line is None:
                break
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        self.rest = text[wanted:]
        return text[:wanted]


def _constants(model: type[models.Model], given: Sequence[str]) -> dict[str, str]:
    """Return the columns that are not given, must not be null and have no default in the database."""
    now = clock.now()
    found = {}
    for field in model._meta.concrete_fields:
        if (
            field.column is None
            or field.column in given
            or field.generated
            or field.primary_key
            or field.null
        ):
            continue
        if field.has_db_default():
            continue
        stamp = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
        found[field.column] = encode(now if stamp else field.get_default())
    return found


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into a model's table; unnamed columns get the model's defaults. Return the count."""
    constants = _constants(model, columns)
    names = ", ".join(f'"{name}"' for name in [*columns, *constants])
    suffix = "".join(f"\t{value}" for value in constants.values()) + "\n"
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(
            f'COPY "{model._meta.db_table}" ({names}) FROM STDIN',
            Lines("\t".join(map(encode, row)) + suffix for row in rows),
            size=CHUNK,
        )
        return int(cursor.cursor.rowcount)


def reserve_ids(model: type[models.Model], count: int) -> int:
    """Take a block of ids out of the table's sequence and return the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
        sequence = cursor.fetchone()[0]
        cursor.execute("SELECT nextval(%s)", [sequence])
        first = int(cursor.fetchone()[0])
        cursor.execute("SELECT setval(%s, %s)", [sequence, first + max(count, 1) - 1])
        return first
