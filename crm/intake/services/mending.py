"""Mend wrong cells on the page: the cell is checked at once, then every row against what is on file."""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, NotFound
from crm.base.trail import record
from crm.intake import messages
from crm.intake.choices import BatchStatus
from crm.intake.cleaning import NULL, Bad, CleanColumn, unescape
from crm.intake.models import ImportBatch, ImportProgress, RowEdit, RowError
from crm.intake.resources import Column, Resource, resource_of
from crm.intake.services.steps import count, give_to_worker, needs_state, not_now
from crm.intake.staging import Stage, quote

# A larger roster is looked through again by the worker, not while somebody waits.
AT_ONCE = 20_000
MOST_CELLS = 5_000


def mend_cell(
    *, actor: User, batch: ImportBatch, rn: int, column: str, value: str, everywhere: bool = False
) -> int:
    """Put another value into a cell of the preview, or into all cells that are wrong in the same way.

    Steps: 1. clean the value as the file's own cells are cleaned; 2. keep it beside the file; 3. put it into
    the staged rows; 4. check all rows again. Returns the number of cells mended.

    Raises: BusinessError BAD_CELL, NOT_NOW, NotFound
    """
    resource = resource_of(batch.roster)
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        needs_state(batch, [BatchStatus.VALIDATED])
        declared = resource.by_name.get(column)
        stage = Stage(batch, resource, batch.owner)
        if not stage.exists():
            raise not_now()
        stage.open()
        if declared is None or column not in stage.present:
            raise NotFound("NO_SUCH_CELL", _("The file has no such column."))
        places = _places(batch, stage, rn, column, everywhere=everywhere)
        if not places:
            raise NotFound("NO_SUCH_CELL", _("The file has no such row."))
        headers = _headers(batch, column)
        numbers: dict[str, list[int]] = {}  # cells by the header they stand under: it may name a unit
        for number, sheet, _row in places:
            numbers.setdefault(headers.get(sheet, ""), []).append(number)
        cleaned = {
            header: _cleaned(batch, resource, declared, value.strip(), header=header) for header in numbers
        }
        RowEdit.objects.bulk_create(
            [
                RowEdit(
                    batch=batch,
                    sheet=sheet,
                    row=row,
                    column=column,
                    value=value.strip(),
                    user=actor,
                    at=clock.now(),
                )
                for _rn, sheet, row in places
            ],
            update_conflicts=True,
            update_fields=["value", "user", "at"],
            unique_fields=["batch", "sheet", "row", "column"],
        )
        for header, result in cleaned.items():
            _restage(batch, stage, declared, result, numbers[header])
        record(
            actor=actor,
            action="intake.cell_mended",
            entity=batch,
            data={"column": column, "cells": len(places), "row": places[0][2]},
        )
        if (batch.read or 0) <= AT_ONCE:
            watermark = stage.watermark()
            stage.check()
            count(batch, stage.counts(), batch.read or 0)
            batch.found = {**batch.found, "changes": stage.changes(), "watermark": watermark}
            batch.validated_at = clock.now()
            batch.error_code, batch.error_params = "", {}
            batch.save()
        else:
            # Nothing stands until the worker has looked again.
            batch.found = {**batch.found, "watermark": None}
            batch.save(update_fields=["found"])
        stage.close()
    return len(places)


def recheck(*, actor: User, batch: ImportBatch) -> ImportBatch:
    """Have a worker look through all rows again, mended cells included.

    Raises: BusinessError NOT_NOW, FILE_EXPIRED
    """
    needs_state(batch, [BatchStatus.VALIDATED])
    if not batch.spool.exists():
        raise BusinessError("FILE_EXPIRED", _("The file of this import is no longer kept."))
    moved = ImportBatch.objects.filter(pk=batch.pk, status=BatchStatus.VALIDATED).update(
        status=BatchStatus.READING
    )
    if not moved:
        raise not_now()
    batch.status = BatchStatus.READING
    ImportProgress.objects.filter(batch=batch).update(attempts=0, cancel=False, beat_at=clock.now())
    give_to_worker(batch)
    return batch


def _headers(batch: ImportBatch, column: str) -> dict[int, str]:
    """Return the header of a column in each sheet that has it."""
    return {
        plan["index"]: plan["headers"][int(position)]
        for plan in batch.found["plans"]
        for position, name in plan["columns"].items()
        if name == column
    }


def _cleaned(
    batch: ImportBatch, resource: Resource, column: Column, value: str, *, header: str
) -> str | None:
    """Return the value as the staging table holds it.

    Raises: BusinessError BAD_CELL with the sentence a file's cell would get
    """
    cleaner = CleanColumn(
        column,
        default=batch.constants.get(column.name),
        value_map=batch.value_map.get(column.name),
        header=header,
    )
    result = cleaner[value]
    if isinstance(result, Bad):
        sentence = messages.sentence(result.code, result.params, resource)
        raise BusinessError("BAD_CELL", sentence, fields={"value": [sentence]}, status=400)
    return None if result == NULL else unescape(result)


def _places(
    batch: ImportBatch, stage: Stage, rn: int, column: str, *, everywhere: bool
) -> list[tuple[int, int, int]]:
    """Return (number, sheet, row) of the cells meant: this one, and with `everywhere` those wrong alike."""
    numbers = [rn]
    if everywhere:
        own = RowError.objects.filter(batch=batch, rn=rn, column=column).first()
        if own is not None:
            alike = RowError.objects.filter(batch=batch, column=column, value=own.value, code=own.code)
            numbers += list(alike.order_by("rn").values_list("rn", flat=True)[:MOST_CELLS])
    found: list[Any] = stage.rows(
        'SELECT rn, sheet, "row" FROM stage WHERE rn = ANY(%(numbers)s) ORDER BY rn = %(first)s DESC, rn',
        numbers=numbers,
        first=rn,
    )
    return found


def _restage(
    batch: ImportBatch, stage: Stage, column: Column, cleaned: str | None, numbers: list[int]
) -> None:
    """Put the value into the staged rows, with what is computed from it, and forget the cells' errors."""
    name = quote(column.name)
    stage.sql(
        f"UPDATE stage SET {name} = %(value)s::{column.sql_type} WHERE rn = ANY(%(numbers)s)",
        value=cleaned,
        numbers=numbers,
    )
    columns = stage.columns
    for derived in stage.resource.derived:
        if column.name not in derived.sources or not set(derived.columns) <= columns:
            continue
        sources = ", ".join(
            f"coalesce({quote(source)}, '')" if source in columns else "''" for source in derived.sources
        )
        for rn, *given in stage.rows(
            f"SELECT rn, {sources} FROM stage WHERE rn = ANY(%(numbers)s)", numbers=numbers
        ):
            values = derived.compute(*given) if given[0] else [None] * len(derived.columns)
            sets = ", ".join(f"{quote(target)} = %({target})s" for target in derived.columns)
            stage.sql(
                f"UPDATE stage SET {sets} WHERE rn = %(rn)s",
                rn=rn,
                **dict(zip(derived.columns, values, strict=True)),
            )
    RowError.objects.filter(batch=batch, rn__in=numbers, column=column.name).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE stage s SET bad_cells = e.bad, failed = e.bad FROM ("
            " SELECT n.rn, EXISTS (SELECT 1 FROM intake_rowerror x WHERE x.batch_id = %s AND x.rn = n.rn"
            " AND NOT x.soft AND NOT x.by_check) AS bad FROM unnest(%s::int[]) n(rn)"
            ") e WHERE e.rn = s.rn",
            [batch.pk, numbers],
        )
