"""What a worker and its sweep do: the next step of a batch, and what is left lying about."""

import shutil
from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.base.errors import BusinessError
from crm.intake.choices import BUSY, BatchStatus
from crm.intake.models import ImportBatch, ImportProgress
from crm.intake.services.checking import read_batch
from crm.intake.services.steps import alive_elsewhere, fail, forget_rows, params
from crm.intake.services.undoing import restore_batch
from crm.intake.services.writing import write_batch

MAX_ATTEMPTS = 5


def work(*, batch_id: int, redelivered: bool = False) -> None:
    """Take the next step of a batch: read it, write it or undo it, by the state it stands in.

    A state that says a worker is busy is taken over when that worker has gone silent.
    """
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        return
    if batch.status in BUSY and alive_elsewhere(batch):
        return
    attempts = ImportProgress.objects.get_or_create(batch=batch)[0].attempts
    if attempts >= MAX_ATTEMPTS:
        fail(batch, "INTERRUPTED", {})
        return
    ImportProgress.objects.filter(batch=batch).update(attempts=attempts + 1, beat_at=clock.now())
    steps: dict[str, Callable[..., None]] = {
        BatchStatus.UPLOADED: read_batch,
        BatchStatus.READING: read_batch,
        BatchStatus.COMMITTING: write_batch,
        BatchStatus.UNDOING: restore_batch,
    }
    step = steps.get(batch.status)
    if step is not None:
        step(batch=batch)


def resume(*, batch: ImportBatch) -> None:
    """Go on here and now with an import whose worker or command was killed.

    Steps: 1. leave it alone while somebody is at it; 2. forget how often it failed; 3. take its next step.

    Raises: BusinessError NOT_NOW
    """
    if batch.status in BUSY and alive_elsewhere(batch):
        raise BusinessError("NOT_NOW", _("Another worker is at this import just now."))
    ImportProgress.objects.filter(batch=batch).update(
        attempts=0, cancel=False, beat_at=clock.now() - timedelta(minutes=1)
    )
    work(batch_id=batch.pk)
    batch.refresh_from_db()


def sweep_batches() -> list[int]:
    """Return imports to take up again, and clean up what has expired.

    Steps: 1. busy ones whose worker went silent; 2. uploads the broker never delivered; 3. files kept long
    enough.
    """
    limits = params()
    now = clock.now()
    silent = ImportBatch.objects.silent_since(now - timedelta(seconds=limits["silence_seconds"]))
    lost = ImportBatch.objects.unread_since(now - timedelta(seconds=60))
    again = [*silent.values_list("pk", flat=True), *lost.values_list("pk", flat=True)]
    for batch in ImportBatch.objects.expired(now, limits["keep_days"])[:200]:
        shutil.rmtree(batch.directory, ignore_errors=True)
        forget_rows(batch)
        ImportBatch.objects.filter(pk=batch.pk).update(folder="")
    return again


def put_away(*, batch: ImportBatch) -> None:
    """End a dry run: counts and errors stay on record, staged rows and the copy of the file do not."""
    batch.refresh_from_db()
    if batch.status in (BatchStatus.MAPPING, BatchStatus.VALIDATED):
        ImportBatch.objects.filter(pk=batch.pk).update(status=BatchStatus.CANCELLED)
        forget_rows(batch)
    if batch.status != BatchStatus.APPLIED:
        shutil.rmtree(batch.directory, ignore_errors=True)
        ImportBatch.objects.filter(pk=batch.pk).update(folder="")
    elif batch.spool.exists():
        batch.spool.unlink()
