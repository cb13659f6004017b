"""Read staged rows a page at a time."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from crm.intake.models import ImportBatch
from crm.intake.staging.table import quote


def preview(
    batch: ImportBatch, *, verdict: str, after: int, size: int, column: str = ""
) -> list[Mapping[str, Any]]:
    """Return staged rows of one verdict in file order, a page at a time; with `column`, those it changes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [batch.stage_table])
        if cursor.fetchone()[0] is None:
            return []
        cursor.execute(
            f"SELECT to_jsonb(s) FROM {quote(batch.stage_table)} s"
            " WHERE (%s = '' OR verdict = %s) AND (%s = '' OR after ? %s) AND rn > %s"
            " ORDER BY rn LIMIT %s",
            [verdict, verdict, column, column, after, size],
        )
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
