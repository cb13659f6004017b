"""Commit: check once more under lock and write in one transaction."""

import pghistory
import psycopg2.errors
from django.db import IntegrityError, connection, transaction

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.trail import record
from crm.intake import messages
from crm.intake.choices import BatchStatus, Phase
from crm.intake.models import ImportBatch, ImportProgress
from crm.intake.progress import Progress
from crm.intake.reading import Refused
from crm.intake.resources import Resource, resource_of
from crm.intake.services.filling import stage_rows
from crm.intake.services.steps import (
    FailingWell,
    about,
    claim,
    count,
    end,
    give_to_worker,
    needs_state,
    not_now,
)
from crm.intake.staging import Stage


def commit_batch(*, actor: User | None, batch: ImportBatch) -> ImportBatch:
    """Have the good rows written by a worker.

    Raises: BusinessError NOT_NOW, NOT_ALL_GOOD
    """
    needs_state(batch, [BatchStatus.VALIDATED])
    if batch.all_or_nothing and batch.rejected:
        raise BusinessError("NOT_ALL_GOOD", messages.sentence("NOT_ALL_GOOD", {"rejected": batch.rejected}))
    if not claim(batch, [BatchStatus.VALIDATED], BatchStatus.COMMITTING):
        raise not_now()
    ImportProgress.objects.filter(batch=batch).update(attempts=0, cancel=False)
    give_to_worker(batch)
    return batch


def write_batch(*, batch: ImportBatch) -> None:
    """Check once more against what is on file now and write, in one transaction: all of it or nothing.

    Steps: 1. one import of a roster at a time; 2. lock what will change; 3. check again, unless nothing the
    preview stood on has been written since; 4. write; 5. counts, state and trail in the same transaction.
    """
    resource = resource_of(batch.roster)
    with FailingWell(batch), Progress(batch.pk) as progress:
        # A staging table is not logged: a database that crashed since the preview has emptied it.
        if not Stage(batch, resource, batch.owner).holds(batch.read or 0):
            batch.refresh_from_db()
            if batch.status != BatchStatus.COMMITTING:
                return  # another worker has written it and put the rows away
            if not batch.spool.exists():
                raise Refused("INTERRUPTED")
            stage_rows(batch, resource, progress)
            batch.found["watermark"] = None
            ImportBatch.objects.filter(pk=batch.pk).update(found=batch.found)
        progress.say(Phase.CHECKING, 0, batch.read or 0)
        for last in (False, True):
            try:
                _write_once(batch, resource, progress, trust=not last)
                break
            except IntegrityError as error:
                if not isinstance(error.__cause__, psycopg2.errors.UniqueViolation):
                    raise
                # Somebody filed the same key between our check and our write: look again, once.
                if last:
                    raise Refused("CONFLICT") from None


def _write_once(batch: ImportBatch, resource: Resource, progress: Progress, *, trust: bool) -> None:
    """Write in one transaction; with `trust`, on the preview's verdicts where nothing has moved since."""
    stage = Stage(batch, resource, batch.owner)
    with transaction.atomic(), pghistory.context(user=batch.owner_id, batch=batch.pk):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"intake:{batch.roster}"])
        batch.refresh_from_db()
        if batch.status != BatchStatus.COMMITTING:
            return  # another worker was first
        stage.open()
        if trust:
            stage.lock_targets()
        if not (trust and stage.unmoved()):
            stage.check(lock=True)
        found = stage.counts()
        if batch.all_or_nothing and found["reject"]:
            raise Refused("NOT_ALL_GOOD", rejected=found["reject"])
        progress.say(Phase.WRITING, 0, found["create"] + found["update"])
        stage.write()
        stage.close()
        count(batch, found, batch.read or 0)
        batch.status, batch.applied_at = BatchStatus.APPLIED, clock.now()
        batch.save(update_fields=["status", "applied_at", "created", "updated", "unchanged", "rejected"])
        record(actor=batch.owner, action="intake.batch_applied", entity=batch, data=about(batch))
        progress.alive()
    stage.drop()


def commit_now(*, batch: ImportBatch) -> None:
    """Write the good rows here and now, without a worker."""
    if batch.all_or_nothing and batch.rejected:
        end(batch, BatchStatus.VALIDATED, "NOT_ALL_GOOD", {"rejected": batch.rejected})
        return
    if claim(batch, [BatchStatus.VALIDATED], BatchStatus.COMMITTING):
        write_batch(batch=batch)
