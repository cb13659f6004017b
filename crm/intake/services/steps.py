"""What every step of an import shares: claiming a state, counting, and ending well when things go wrong."""

import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.trail import record
from crm.intake.choices import BatchStatus, Phase
from crm.intake.models import ImportBatch, ImportProgress
from crm.intake.progress import Cancelled
from crm.intake.reading import Refused
from crm.intake.resources import resource_of
from crm.intake.staging import Stage
from crm.params import registry

log = logging.getLogger(__name__)


def params() -> dict[str, Any]:
    """Return the parameters of imports as they stand today."""
    return registry.get_group("intake.", as_of=clock.today())


def about(batch: ImportBatch) -> dict[str, Any]:
    """Return what the trail says about a batch: never a row of it."""
    return {
        "roster": batch.roster,
        "file": batch.file_name,
        "sha256": batch.sha256,
        "size": batch.file_size,
        "counts": counts_of(batch),
    }


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """Return the five figures of a batch."""
    return {
        "read": batch.read or 0,
        "created": batch.created or 0,
        "updated": batch.updated or 0,
        "unchanged": batch.unchanged or 0,
        "rejected": batch.rejected or 0,
    }


def claim(batch: ImportBatch, expected: Iterable[str], to: str) -> bool:
    """Move a batch on if it still stands where it was: the conditional update is the lock."""
    moved = ImportBatch.objects.filter(pk=batch.pk, status__in=list(expected)).update(status=to)
    if moved:
        ImportProgress.objects.filter(batch=batch).update(
            beat_at=clock.now(), phase=Phase.WAITING, done=0, total=0
        )
        batch.status = to
    return bool(moved)


def alive_elsewhere(batch: ImportBatch) -> bool:
    """Say whether another worker has given a sign of life on this batch just now."""
    moment = clock.now() - timedelta(seconds=20)
    return ImportProgress.objects.filter(batch=batch, beat_at__gt=moment, attempts__gt=0).exists()


def count(batch: ImportBatch, found: Mapping[str, int], read: int) -> None:
    """Set the five figures from the verdicts."""
    batch.read = read
    batch.created, batch.updated = found["create"], found["update"]
    batch.unchanged, batch.rejected = found["unchanged"], found["reject"]


class FailingWell:
    """Turn whatever ends a step into a state and a sentence; a killed process is the sweep's."""

    def __init__(self, batch: ImportBatch, *, back_to: str | None = None) -> None:
        self.batch = batch
        self.back_to = back_to

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if error is None:
            return False
        if isinstance(error, Cancelled):
            end(self.batch, BatchStatus.CANCELLED, "", {})
            return True
        if isinstance(error, Refused):
            if error.code in ("CONFLICT", "NOT_ALL_GOOD"):
                end(self.batch, BatchStatus.VALIDATED, error.code, error.params)
            else:
                fail(self.batch, error.code, error.params)
            return True
        if isinstance(error, OperationalError):
            return False  # the database is away: the task is tried again, or the sweep takes it up
        if isinstance(error, Exception):
            log.error("import %s failed", self.batch.pk, exc_info=error)
            if self.back_to:
                end(self.batch, self.back_to, "FAILED", {})
            else:
                fail(self.batch, "FAILED", {})
            return True
        return False


def fail(batch: ImportBatch, code: str, params: dict[str, Any]) -> None:
    """End a batch as refused, with its sentence."""
    end(batch, BatchStatus.FAILED, code, params)


def end(batch: ImportBatch, status: str, code: str, params: dict[str, Any]) -> None:
    """Give a batch its last state and its sentence."""
    batch.status, batch.error_code, batch.error_params = status, code, params
    ImportBatch.objects.filter(pk=batch.pk).update(status=status, error_code=code, error_params=params)
    if status in (BatchStatus.FAILED, BatchStatus.CANCELLED):
        record(
            actor=batch.owner,
            action=f"intake.batch_{status.lower()}",
            entity=batch,
            data={**about(batch), "code": code},
        )
        forget_rows(batch)


def forget_rows(batch: ImportBatch) -> None:
    """Drop the staged rows; the uploaded file stays for the error workbook until it expires."""
    try:
        Stage(batch, resource_of(batch.roster), None).drop()
    except DatabaseError:
        log.warning("staging of import %s could not be dropped now", batch.pk)


def needs_state(batch: ImportBatch, states: list[str]) -> None:
    """Refuse an act on a batch that has moved on."""
    if batch.status not in states:
        raise not_now()


def not_now() -> BusinessError:
    """Return the refusal of an act that came too late."""
    return BusinessError(
        "NOT_NOW", _("The import has moved on meanwhile. Reload the page to see where it stands.")
    )


def give_to_worker(batch: ImportBatch) -> None:
    """Queue the next step after commit; when the broker is away the sweep queues it later."""
    from crm.intake.tasks import enqueue

    transaction.on_commit(lambda: enqueue(batch.pk))
