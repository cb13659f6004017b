"""Stop an import before it is written, or take the whole of it back afterwards."""

from datetime import timedelta

import pghistory
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.trail import record
from crm.intake.choices import BatchStatus, Phase
from crm.intake.models import ImportBatch, ImportProgress
from crm.intake.progress import Progress
from crm.intake.resources import resource_of
from crm.intake.services.steps import (
    FailingWell,
    about,
    claim,
    forget_rows,
    give_to_worker,
    needs_state,
    not_now,
    params,
)
from crm.intake.staging import Stage


def cancel_batch(*, actor: User | None, batch: ImportBatch) -> ImportBatch:
    """Stop an import before it has written anything; a worker that is busy with it stops within a second.

    Raises: BusinessError NOT_NOW
    """
    open_states = [
        BatchStatus.UPLOADED,
        BatchStatus.READING,
        BatchStatus.MAPPING,
        BatchStatus.VALIDATED,
        BatchStatus.COMMITTING,
    ]
    if batch.status == BatchStatus.COMMITTING:
        # The worker decides: what it has committed is committed.
        ImportProgress.objects.filter(batch=batch).update(cancel=True)
        record(actor=actor, action="intake.batch_cancelled", entity=batch, data=about(batch))
        return batch
    if not claim(batch, open_states, BatchStatus.CANCELLED):
        raise not_now()
    ImportProgress.objects.filter(batch=batch).update(cancel=True)
    record(actor=actor, action="intake.batch_cancelled", entity=batch, data=about(batch))
    transaction.on_commit(lambda: forget_rows(batch))
    return batch


def undo_batch(*, actor: User | None, batch: ImportBatch, queue: bool = True) -> ImportBatch:
    """Have a whole import taken back by a worker, within a day of it.

    Raises: BusinessError NOT_NOW, TOO_LATE
    """
    needs_state(batch, [BatchStatus.APPLIED])
    if not undoable(batch):
        hours = params()["undo_hours"]
        raise BusinessError(
            "TOO_LATE", _("An import can be undone within %(hours)s hours only.") % {"hours": hours}
        )
    if not claim(batch, [BatchStatus.APPLIED], BatchStatus.UNDOING):
        raise not_now()
    ImportProgress.objects.filter(batch=batch).update(attempts=0, cancel=False)
    record(actor=actor, action="intake.undo_asked", entity=batch, data=about(batch))
    if queue:
        give_to_worker(batch)
    return batch


def undo_now(*, actor: User | None, batch: ImportBatch) -> None:
    """Take a whole import back here and now, without a worker.

    Raises: BusinessError NOT_NOW, TOO_LATE
    """
    undo_batch(actor=actor, batch=batch, queue=False)
    restore_batch(batch=batch)
    batch.refresh_from_db()


def undoable(batch: ImportBatch) -> bool:
    """Say whether the import can still be undone."""
    if batch.status != BatchStatus.APPLIED or batch.applied_at is None:
        return False
    return batch.applied_at > clock.now() - timedelta(hours=params()["undo_hours"])


def restore_batch(*, batch: ImportBatch) -> None:
    """Remove what the import created and restore what it changed, where nobody has touched it since."""
    resource = resource_of(batch.roster)
    with FailingWell(batch, back_to=BatchStatus.APPLIED), Progress(batch.pk) as progress:
        progress.say(Phase.UNDOING, 0, (batch.created or 0) + (batch.updated or 0))
        with transaction.atomic(), pghistory.context(user=batch.owner_id, batch=batch.pk, undo=True):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"intake:{batch.roster}"])
            batch.refresh_from_db()
            if batch.status != BatchStatus.UNDOING:
                return
            batch.restored, batch.kept = Stage(batch, resource, batch.owner).undo()
            batch.status, batch.undone_at = BatchStatus.ROLLED_BACK, clock.now()
            batch.save(update_fields=["status", "undone_at", "restored", "kept"])
            record(
                actor=batch.owner,
                action="intake.batch_undone",
                entity=batch,
                data={**about(batch), "restored": batch.restored, "kept": batch.kept},
            )
