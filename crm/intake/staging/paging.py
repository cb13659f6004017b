"""Read staged rows a page at a time."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection

from crm.intake.models import ImportBatch
from crm.intake.staging.table import quote


def _stands(batch: ImportBatch) -> bool:
    """Say whether the rows are still kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [batch.stage_table])
        return cursor.fetchone()[0] is not None


def staged_rows(batch: ImportBatch, numbers: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """Return staged rows by number, as far as they are still kept."""
    if not numbers or not _stands(batch):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rn, to_jsonb(s) FROM {quote(batch.stage_table)} s WHERE rn = ANY(%s)", [list(numbers)]
        )
        return {rn: json.loads(row) if isinstance(row, str) else row for rn, row in cursor.fetchall()}


def preview(
    batch: ImportBatch, *, verdict: str, after: int, size: int, column: str = ""
) -> list[Mapping[str, Any]]:
    """Return staged rows of one verdict in file order, a page at a time; with `column`, those it changes."""
    if not _stands(batch):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb(s) FROM {quote(batch.stage_table)} s"
            " WHERE (%s = '' OR verdict = %s) AND (%s = '' OR after ? %s) AND rn > %s"
            " ORDER BY rn LIMIT %s",
            [verdict, verdict, column, column, after, size],
        )
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
