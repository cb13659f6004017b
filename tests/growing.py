"""Copy the rows of a test's world, so that every list of it gets longer."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.db.models import Model, UniqueConstraint
from pghistory.models import Event

# Tables of the machinery, and people, whose roles do not come with them.
NOT_COPIED = {"sessions", "axes", "contenttypes", "auth", "knox", "accounts", "params", "audit", "pghistory"}
# Rows that need another row beside them, which a copy would lack.
HALVES = {"intake.ImportBatch"}


def copy_rows(times: int, *, limit: int = 60) -> dict[str, int]:
    """Copy every row of every business table so often; return how many copies each table took.

    What a row must have for itself is made anew. A row the database refuses to have twice stays alone, and
    a table with more rows than the limit is long enough.
    """
    made: dict[str, int] = {}
    for model in apps.get_models():
        written_by_us = model._meta.managed and not issubclass(model, Event)
        if model._meta.app_label in NOT_COPIED or not written_by_us or model._meta.label in HALVES:
            continue
        rows = list(model._base_manager.all()[: limit + 1])
        if len(rows) <= limit:
            made[model._meta.label] = sum(_copy(row, turn) for turn in range(1, times + 1) for row in rows)
    return made


def _copy(row: Model, turn: int) -> int:
    """Insert one copy of a row; say 0 when the database refuses it."""
    alone = _alone(type(row))
    fields = {
        field.attname: _other(field, getattr(row, field.attname), turn)
        if field.name in alone
        else getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.generated and not (field.primary_key and isinstance(field, models.AutoField))
    }
    try:
        with transaction.atomic():
            type(row)._base_manager.bulk_create([type(row)(**fields)])
    except DatabaseError:
        return 0
    return 1


def _alone(model: type[Model]) -> set[str]:
    """Return the fields that no two rows share, alone or together with others."""
    found = {field.name for field in model._meta.concrete_fields if field.unique or field.primary_key}
    groups = [list(names) for names in model._meta.unique_together]
    groups += [list(rule.fields) for rule in model._meta.constraints if isinstance(rule, UniqueConstraint)]
    for names in groups:
        # One field of a group is enough; words and days are changed more easily than keys of other rows.
        plain = [name for name in names if not model._meta.get_field(name).is_relation]
        found.update(plain[-1:])
    return found


def _other(field: Any, value: Any, turn: int) -> Any:
    """Return another value of the same kind."""
    match value:
        case uuid.UUID():
            return value if field.is_relation else uuid.uuid4()
        case bool() | None:
            return value
        case int():
            return value + 100_000 * turn if not field.is_relation else value
        case datetime() | date():
            return value - timedelta(days=31 * turn)
        case str() if not field.choices:
            kept = value[: (field.max_length or 200) - 3]
            return f"{kept}~{turn}"
    return value
