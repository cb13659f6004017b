"""Writing verbs of imports: take a file, read it, match its columns, check, commit, cancel, undo.

Each verb may be killed at any moment and called again: reading starts anew, writing is one transaction.
"""

import hashlib
import logging
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import pghistory
import psycopg2.errors
from django.conf import settings
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden
from crm.base.trail import record
from crm.intake import cells, messages
from crm.intake.choices import BUSY, BatchStatus, Mode, Phase
from crm.intake.cleaning import Cleaner
from crm.intake.mapping import LOOK_AT, SheetPlan, parse_given, plan_sheet
from crm.intake.models import ImportBatch, ImportProgress, RememberedMapping, RowChange, RowError
from crm.intake.progress import Cancelled, Progress
from crm.intake.reading import Limits, Refused, rows, spool
from crm.intake.resources import Resource, resource_of
from crm.intake.staging import Stage
from crm.params import registry

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 5


class Upload(Protocol):
    """What an uploaded file and an open file have in common."""

    def chunks(self) -> Iterable[bytes]:
        """Yield the content."""
        ...


def _params() -> dict[str, Any]:
    return registry.get_group("intake.", as_of=clock.today())


# ---- Take a file


def open_batch(
    *,
    actor: User | None,
    roster: str,
    name: str,
    content: Iterable[bytes],
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    sheet: str = "",
    mode: str = Mode.OVERWRITE,
    all_or_nothing: bool = False,
) -> ImportBatch:
    """Keep an uploaded file privately and make its batch; a worker reads it later.

    `actor` None is the system itself (a command without --user), whose scope is the whole tree.

    Raises: Forbidden, BusinessError FILE_TOO_LARGE, EMPTY_FILE, UNKNOWN_COLUMN, BAD_CONSTANT
    """
    resource = _resource(roster)
    if actor is not None and not resource.may_import(actor):
        raise Forbidden("FORBIDDEN", messages.sentence("FORBIDDEN", {}))
    given = _given(resource, mapping or {})
    _check_constants(resource, constants or {})
    limit = _params()["max_file_mb"]
    folder = uuid.uuid4().hex
    directory = Path(settings.MEDIA_ROOT) / "intake" / folder
    directory.mkdir(parents=True, mode=0o700)
    try:
        digest, size = hashlib.sha256(), 0
        with (directory / "source").open("wb") as kept:
            for chunk in content:
                size += len(chunk)
                if size > limit * 1024 * 1024:
                    raise BusinessError(
                        "FILE_TOO_LARGE", messages.sentence("FILE_TOO_LARGE", {"limit": limit}), status=413
                    )
                digest.update(chunk)
                kept.write(chunk)
        (directory / "source").chmod(0o600)
        if size == 0:
            raise BusinessError("EMPTY_FILE", messages.sentence("EMPTY_FILE", {}), status=400)
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                roster=resource.name,
                owner=actor,
                file_name=Path(name.replace("\\", "/")).name.replace("\x00", "")[:255] or "roster",
                file_size=size,
                sha256=digest.hexdigest(),
                folder=folder,
                sheet=sheet[:100],
                mapping=given,
                constants=dict(constants or {}),
                mode=mode,
                all_or_nothing=all_or_nothing,
            )
            ImportProgress.objects.create(batch=batch)
            record(actor=actor, action="intake.batch_uploaded", entity=batch, data=_about(batch))
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return batch


def _resource(roster: str) -> Resource:
    try:
        return resource_of(roster)
    except KeyError:
        raise BusinessError("UNKNOWN_ROSTER", _("There is no roster of this name."), status=404) from None


def _given(resource: Resource, mapping: Mapping[str, str]) -> dict[str, str]:
    try:
        return parse_given(resource, mapping)
    except KeyError as error:
        raise BusinessError(
            "UNKNOWN_COLUMN", messages.sentence("UNKNOWN_COLUMN", {"column": error.args[0]}), status=400
        ) from None


def _check_constants(resource: Resource, constants: Mapping[str, str]) -> None:
    for name, value in constants.items():
        column = resource.by_name.get(name)
        if column is None:
            raise BusinessError(
                "UNKNOWN_COLUMN", messages.sentence("UNKNOWN_COLUMN", {"column": name}), status=400
            )
        try:
            column.cleaner()(value)
        except cells.CellError:
            raise BusinessError(
                "BAD_CONSTANT",
                messages.sentence("BAD_CONSTANT", {"value": value, "column": str(column.label)}),
                fields={
                    name: [messages.sentence("BAD_CONSTANT", {"value": value, "column": str(column.label)})]
                },
                status=400,
            ) from None


def _about(batch: ImportBatch) -> dict[str, Any]:
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


# ---- Work on it: read → check → (a person looks) → commit


def _claim(batch: ImportBatch, expected: Iterable[str], to: str) -> bool:
    """Move a batch on if it still stands where it was: the conditional update is the lock."""
    moved = ImportBatch.objects.filter(pk=batch.pk, status__in=list(expected)).update(status=to)
    if moved:
        ImportProgress.objects.filter(batch=batch).update(
            beat_at=clock.now(), phase=Phase.WAITING, done=0, total=0
        )
        batch.status = to
    return bool(moved)


def _alive_elsewhere(batch: ImportBatch) -> bool:
    """Say whether another worker has given a sign of life on this batch just now."""
    moment = clock.now() - timedelta(seconds=20)
    return ImportProgress.objects.filter(batch=batch, beat_at__gt=moment, attempts__gt=0).exists()


def work(*, batch_id: int, redelivered: bool = False) -> None:
    """Take the next step of a batch: read it, write it or undo it, by the state it stands in.

    A state that says a worker is busy is taken over when that worker has gone silent.
    """
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        return
    if batch.status in BUSY and _alive_elsewhere(batch):
        return
    attempts = ImportProgress.objects.get_or_create(batch=batch)[0].attempts
    if attempts >= MAX_ATTEMPTS:
        _fail(batch, "INTERRUPTED", {})
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


def read_batch(*, batch: ImportBatch, ask: bool = True) -> None:
    """Read the workbook, match its columns, and check every row when all columns are clear.

    With `ask` a file whose columns are not all clear waits for a person; without, it is refused.
    """
    if not _claim(batch, [BatchStatus.UPLOADED, BatchStatus.READING], BatchStatus.READING):
        return
    resource = resource_of(batch.roster)
    limits = _params()
    with _FailingWell(batch), Progress(batch.pk) as progress:
        progress.say(Phase.READING)
        found = batch.found
        if not found or not batch.spool.exists():
            found = spool(
                batch.source,
                name=batch.file_name,
                target=batch.spool,
                limits=Limits(limits["reader_memory_mb"] << 20, limits["read_seconds"], limits["max_rows"]),
                beat=progress.alive,
            )
        batch.kind = found["kind"]
        plans = _plan(batch, resource, found)
        read = [plan for plan in plans if not plan.skipped]
        batch.found = {
            **found,
            "plans": [plan.as_json() for plan in plans],
            "fingerprint": read[0].fingerprint,
        }
        remembered = _remembered(batch, resource, read[0].fingerprint)
        if remembered:
            plans = _plan(batch, resource, found)
            batch.found["plans"] = [plan.as_json() for plan in plans]
            read = [plan for plan in plans if not plan.skipped]
        batch.save(update_fields=["kind", "found", "mapping", "constants", "value_map"])
        missing = _missing(batch, resource, read)
        unclear = any(
            header.strip() and position not in plan.columns and cells.label_key(header) not in batch.mapping
            for plan in read
            for position, header in enumerate(plan.headers)
        )
        if missing and not ask:
            raise Refused("MISSING_COLUMN", columns=missing)
        if ask and (missing or unclear):
            _claim(batch, [BatchStatus.READING], BatchStatus.MAPPING)
            return
        _check(batch, resource, progress)


def _plan(batch: ImportBatch, resource: Resource, found: Mapping[str, Any]) -> list[SheetPlan]:
    """Plan every sheet: visible ones with this roster's header are read, the others named with the reason."""
    heads: dict[int, list[tuple[int, list[Any]]]] = {}
    for index, number, values in rows(batch.spool):
        head = heads.setdefault(index, [])
        if len(head) < LOOK_AT + 5:
            head.append((number, values))
    plans = []
    for sheet in found["sheets"]:
        index, name = sheet["index"], sheet["name"]
        plan = SheetPlan(index, name)
        if batch.sheet and name != batch.sheet:
            plan.skipped = "NOT_CHOSEN"
        elif not sheet["visible"]:
            plan.skipped = "HIDDEN"
        elif not sheet["rows"]:
            plan.skipped = "EMPTY"
        else:
            plan = plan_sheet(resource, index, name, heads.get(index, []), batch.mapping)
        plans.append(plan)
    names = "、".join(sheet["name"] for sheet in found["sheets"] if sheet["visible"])
    if batch.sheet and not any(not plan.skipped for plan in plans):
        raise Refused("NO_SHEET", sheet=batch.sheet, sheets=names)
    # Sheets without a single known column are not this roster, as long as another sheet is.
    if any(plan.columns for plan in plans):
        for plan in plans:
            if not plan.skipped and not plan.columns:
                plan.skipped = "NO_HEADER"
    readable = [plan for plan in plans if not plan.skipped]
    if not readable:
        raise Refused(
            "NO_ROWS"
            if all(not sheet["rows"] for sheet in found["sheets"] if sheet["visible"])
            else "NO_HEADER"
        )
    last = {index: head[-1][0] for index, head in heads.items()}
    if all(last[plan.index] <= plan.header_row for plan in readable):
        raise Refused("NO_ROWS" if any(plan.columns for plan in readable) else "NO_HEADER")
    return plans


def _missing(batch: ImportBatch, resource: Resource, plans: list[SheetPlan]) -> list[str]:
    missing: dict[str, None] = {}
    for plan in plans:
        for column in resource.missing([*plan.columns.values(), *batch.constants]):
            missing.setdefault(column.name)
    return list(missing)


def _remembered(batch: ImportBatch, resource: Resource, fingerprint: str) -> bool:
    """Use what this person said about a file of the same make, where nothing was said this time."""
    if batch.owner is None or batch.mapping:
        return False
    kept = RememberedMapping.objects.filter(
        user=batch.owner, roster=resource.name, fingerprint=fingerprint
    ).first()
    if kept is None:
        return False
    batch.mapping = {key: name for key, name in kept.mapping.items() if not name or name in resource.by_name}
    batch.constants = {
        **{k: v for k, v in kept.constants.items() if k in resource.by_name},
        **batch.constants,
    }
    batch.value_map = kept.value_map
    return True


def choose_mapping(
    *,
    actor: User,
    batch: ImportBatch,
    mapping: Mapping[str, str],
    constants: Mapping[str, str],
    value_map: Mapping[str, Mapping[str, str]] | None = None,
    mode: str | None = None,
    all_or_nothing: bool | None = None,
    remember: bool = True,
) -> ImportBatch:
    """Set what the columns mean, remember it for the next file of the same make, and have the rows checked.

    Raises: BusinessError MISSING_COLUMN, BAD_CONSTANT, NOT_NOW
    """
    resource = resource_of(batch.roster)
    _needs_state(batch, [BatchStatus.MAPPING, BatchStatus.VALIDATED])
    if not batch.spool.exists():
        raise BusinessError("FILE_EXPIRED", _("The file of this import is no longer kept."))
    batch.mapping = _given(resource, mapping)
    used = [name for name in batch.mapping.values() if name]
    twice = {name for name in used if used.count(name) > 1}
    if twice:
        labels = "、".join(str(resource.by_name[name].label) for name in sorted(twice))
        raise BusinessError(
            "COLUMN_TWICE",
            _("Two columns of the file are matched to %(columns)s.") % {"columns": labels},
            status=400,
        )
    batch.constants = {name: value for name, value in constants.items() if value.strip()}
    _check_constants(resource, batch.constants)
    if value_map is not None:
        batch.value_map = {name: dict(words) for name, words in value_map.items()}
    plans = [SheetPlan.from_json(kept) for kept in batch.found["plans"]]
    replanned = _plan(batch, resource, batch.found)
    missing = _missing(batch, resource, [plan for plan in replanned if not plan.skipped])
    if missing:
        sentence = messages.file_sentence("MISSING_COLUMN", {"columns": missing}, resource)
        raise BusinessError(
            "MISSING_COLUMN", sentence, fields={name: [sentence] for name in missing}, status=400
        )
    batch.found = {**batch.found, "plans": [plan.as_json() for plan in replanned]}
    if mode is not None:
        batch.mode = mode
    if all_or_nothing is not None:
        batch.all_or_nothing = all_or_nothing
    if remember:
        RememberedMapping.objects.update_or_create(
            user=actor,
            roster=batch.roster,
            fingerprint=next(plan.fingerprint for plan in plans if not plan.skipped),
            defaults={"mapping": batch.mapping, "constants": batch.constants, "value_map": batch.value_map},
        )
    ImportProgress.objects.filter(batch=batch).update(attempts=0, cancel=False, beat_at=clock.now())
    batch.status = BatchStatus.READING
    batch.save(
        update_fields=["mapping", "constants", "value_map", "found", "mode", "all_or_nothing", "status"]
    )
    _give_to_worker(batch)
    return batch


def _check(batch: ImportBatch, resource: Resource, progress: Progress) -> None:
    """Stage and check all rows and write the counts.

    Steps: 1. clean and COPY; 2. compare the rows staged with the rows the reader counted; 3. set-based
    checks.
    """
    plans = [SheetPlan.from_json(kept) for kept in batch.found["plans"]]
    total = sum(sheet["rows"] for sheet in batch.found["sheets"])
    cleaner = Cleaner(
        resource, plans, constants=batch.constants, value_map=batch.value_map, check_width=batch.kind == "csv"
    )
    stage = Stage(batch, resource, batch.owner)
    RowError.objects.filter(batch=batch).delete()
    stage.create(cleaner.stage_columns)
    stage.copy(
        cleaner.stage_columns,
        cleaner.chunks(rows(batch.spool)),
        lambda: progress.say(Phase.CLEANING, cleaner.read, total),
    )
    if cleaner.read == 0:
        raise Refused("NO_ROWS")
    stage.copy_errors(cleaner.errors)
    progress.say(Phase.CHECKING, 0, cleaner.read)
    with transaction.atomic():
        stage.open()
        stage.check()
        found = stage.counts()
        stage.close()
    progress.alive()
    _count(batch, found, cleaner.read)
    batch.status, batch.validated_at = BatchStatus.VALIDATED, clock.now()
    batch.error_code, batch.error_params = "", {}
    batch.save(
        update_fields=[
            "status",
            "validated_at",
            "read",
            "created",
            "updated",
            "unchanged",
            "rejected",
            "error_code",
            "error_params",
        ]
    )


def _count(batch: ImportBatch, found: Mapping[str, int], read: int) -> None:
    batch.read = read
    batch.created, batch.updated = found["create"], found["update"]
    batch.unchanged, batch.rejected = found["unchanged"], found["reject"]


# ---- Commit


def commit_batch(*, actor: User | None, batch: ImportBatch) -> ImportBatch:
    """Have the good rows written by a worker.

    Raises: BusinessError NOT_NOW, NOT_ALL_GOOD
    """
    _needs_state(batch, [BatchStatus.VALIDATED])
    if batch.all_or_nothing and batch.rejected:
        raise BusinessError("NOT_ALL_GOOD", messages.sentence("NOT_ALL_GOOD", {"rejected": batch.rejected}))
    if not _claim(batch, [BatchStatus.VALIDATED], BatchStatus.COMMITTING):
        raise _not_now()
    ImportProgress.objects.filter(batch=batch).update(attempts=0, cancel=False)
    _give_to_worker(batch)
    return batch


def write_batch(*, batch: ImportBatch) -> None:
    """Check once more against what is on file now and write, in one transaction: all of it or nothing.

    Steps: 1. one import of a roster at a time; 2. lock what will change; 3. check again; 4. write;
    5. counts, state and trail in the same transaction.
    """
    resource = resource_of(batch.roster)
    with _FailingWell(batch), Progress(batch.pk) as progress:
        progress.say(Phase.CHECKING, 0, batch.read or 0)
        for last in (False, True):
            try:
                _write_once(batch, resource, progress)
                break
            except IntegrityError as error:
                if not isinstance(error.__cause__, psycopg2.errors.UniqueViolation):
                    raise
                # Somebody filed the same key between our check and our write: look again, once.
                if last:
                    raise Refused("CONFLICT") from None


def _write_once(batch: ImportBatch, resource: Resource, progress: Progress) -> None:
    stage = Stage(batch, resource, batch.owner)
    with transaction.atomic(), pghistory.context(user=batch.owner_id, batch=batch.pk):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"intake:{batch.roster}"])
        batch.refresh_from_db()
        if batch.status != BatchStatus.COMMITTING:
            return  # another worker was first
        stage.open()
        stage.check(lock=True)
        found = stage.counts()
        if batch.all_or_nothing and found["reject"]:
            raise Refused("NOT_ALL_GOOD", rejected=found["reject"])
        progress.say(Phase.WRITING, 0, found["create"] + found["update"])
        stage.write()
        stage.close()
        _count(batch, found, batch.read or 0)
        batch.status, batch.applied_at = BatchStatus.APPLIED, clock.now()
        batch.save(update_fields=["status", "applied_at", "created", "updated", "unchanged", "rejected"])
        record(actor=batch.owner, action="intake.batch_applied", entity=batch, data=_about(batch))
        progress.alive()
    stage.drop()


# ---- Cancel and undo


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
        record(actor=actor, action="intake.batch_cancelled", entity=batch, data=_about(batch))
        return batch
    if not _claim(batch, open_states, BatchStatus.CANCELLED):
        raise _not_now()
    ImportProgress.objects.filter(batch=batch).update(cancel=True)
    record(actor=actor, action="intake.batch_cancelled", entity=batch, data=_about(batch))
    transaction.on_commit(lambda: _forget_rows(batch))
    return batch


def undo_batch(*, actor: User | None, batch: ImportBatch) -> ImportBatch:
    """Have a whole import taken back by a worker, within a day of it.

    Raises: BusinessError NOT_NOW, TOO_LATE
    """
    _needs_state(batch, [BatchStatus.APPLIED])
    if not undoable(batch):
        hours = _params()["undo_hours"]
        raise BusinessError(
            "TOO_LATE", _("An import can be undone within %(hours)s hours only.") % {"hours": hours}
        )
    if not _claim(batch, [BatchStatus.APPLIED], BatchStatus.UNDOING):
        raise _not_now()
    ImportProgress.objects.filter(batch=batch).update(attempts=0, cancel=False)
    _give_to_worker(batch)
    return batch


def undoable(batch: ImportBatch) -> bool:
    """Say whether the import can still be undone."""
    if batch.status != BatchStatus.APPLIED or batch.applied_at is None:
        return False
    return batch.applied_at > clock.now() - timedelta(hours=_params()["undo_hours"])


def restore_batch(*, batch: ImportBatch) -> None:
    """Remove what the import created and restore what it changed, where nobody has touched it since."""
    resource = resource_of(batch.roster)
    with _FailingWell(batch, back_to=BatchStatus.APPLIED), Progress(batch.pk) as progress:
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
                data={**_about(batch), "restored": batch.restored, "kept": batch.kept},
            )


# ---- When things go wrong


class _FailingWell:
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
            _end(self.batch, BatchStatus.CANCELLED, "", {})
            return True
        if isinstance(error, Refused):
            if error.code in ("CONFLICT", "NOT_ALL_GOOD"):
                _end(self.batch, BatchStatus.VALIDATED, error.code, error.params)
            else:
                _fail(self.batch, error.code, error.params)
            return True
        if isinstance(error, OperationalError):
            return False  # the database is away: the task is tried again, or the sweep takes it up
        if isinstance(error, Exception):
            log.error("import %s failed", self.batch.pk, exc_info=error)
            if self.back_to:
                _end(self.batch, self.back_to, "FAILED", {})
            else:
                _fail(self.batch, "FAILED", {})
            return True
        return False


def _fail(batch: ImportBatch, code: str, params: dict[str, Any]) -> None:
    _end(batch, BatchStatus.FAILED, code, params)


def _end(batch: ImportBatch, status: str, code: str, params: dict[str, Any]) -> None:
    """Give a batch its last state and its sentence."""
    batch.status, batch.error_code, batch.error_params = status, code, params
    ImportBatch.objects.filter(pk=batch.pk).update(status=status, error_code=code, error_params=params)
    if status in (BatchStatus.FAILED, BatchStatus.CANCELLED):
        record(
            actor=batch.owner,
            action=f"intake.batch_{status.lower()}",
            entity=batch,
            data={**_about(batch), "code": code},
        )
        _forget_rows(batch)


def _forget_rows(batch: ImportBatch) -> None:
    """Drop the staged rows; the uploaded file stays for the error workbook until it expires."""
    try:
        Stage(batch, resource_of(batch.roster), None).drop()
    except DatabaseError:
        log.warning("staging of import %s could not be dropped now", batch.pk)


def _needs_state(batch: ImportBatch, states: list[str]) -> None:
    if batch.status not in states:
        raise _not_now()


def _not_now() -> BusinessError:
    return BusinessError(
        "NOT_NOW", _("The import has moved on meanwhile. Reload the page to see where it stands.")
    )


def _give_to_worker(batch: ImportBatch) -> None:
    """Queue the next step after commit; when the broker is away the sweep queues it later."""
    from crm.intake.tasks import enqueue

    transaction.on_commit(lambda: enqueue(batch.pk))


def start(*, batch: ImportBatch) -> None:
    """Have a worker read the uploaded file."""
    _give_to_worker(batch)


def sweep_batches() -> list[int]:
    """Return imports to take up again, and clean up what has expired.

    Steps: 1. busy ones whose worker went silent; 2. uploads the broker never delivered; 3. files kept long
    enough.
    """
    limits = _params()
    now = clock.now()
    silent = ImportBatch.objects.silent_since(now - timedelta(seconds=limits["silence_seconds"]))
    lost = ImportBatch.objects.unread_since(now - timedelta(seconds=60))
    again = [*silent.values_list("pk", flat=True), *lost.values_list("pk", flat=True)]
    for batch in ImportBatch.objects.expired(now, limits["keep_days"])[:200]:
        shutil.rmtree(batch.directory, ignore_errors=True)
        _forget_rows(batch)
        ImportBatch.objects.filter(pk=batch.pk).update(folder="")
    return again


# ---- What pages, command and API show


def error_rows(
    batch: ImportBatch, *, after: int = 0, size: int | None = None, soft: bool | None = None
) -> list[dict[str, Any]]:
    """Return errors as sheet, row, column, value, code and sentence, in file order."""
    resource = resource_of(batch.roster)
    queryset = RowError.objects.filter(batch=batch).order_by("rn", "id")
    if soft is not None:
        queryset = queryset.filter(soft=soft)
    found = queryset[after : after + size] if size else queryset.iterator(5000)
    headers = _headers(batch)
    return [
        {
            "sheet": error.sheet,
            "row": error.row,
            "column": headers.get((error.sheet, error.column)) or _label(resource, error.column),
            "value": error.value,
            "code": error.code,
            "message": messages.sentence(error.code, error.params, resource),
        }
        for error in found
    ]


def _label(resource: Resource, name: str) -> str:
    return str(resource.by_name[name].label) if name in resource.by_name else name


def _headers(batch: ImportBatch) -> dict[tuple[str, str], str]:
    """Return the user's own header of each column, by sheet."""
    return {
        (plan["name"][:100], name): plan["headers"][int(position)]
        for plan in batch.found.get("plans", [])
        for position, name in plan["columns"].items()
    }


def change_count(batch: ImportBatch) -> int:
    """Return how many records the import touched."""
    return RowChange.objects.filter(batch=batch).count()


# ---- The command runs the same steps in its own process


def commit_now(*, batch: ImportBatch) -> None:
    """Write the good rows here and now, without a worker."""
    if batch.all_or_nothing and batch.rejected:
        _end(batch, BatchStatus.VALIDATED, "NOT_ALL_GOOD", {"rejected": batch.rejected})
        return
    if _claim(batch, [BatchStatus.VALIDATED], BatchStatus.COMMITTING):
        write_batch(batch=batch)


def put_away(*, batch: ImportBatch) -> None:
    """End a dry run: counts and errors stay on record, staged rows and the copy of the file do not."""
    batch.refresh_from_db()
    if batch.status in (BatchStatus.MAPPING, BatchStatus.VALIDATED):
        ImportBatch.objects.filter(pk=batch.pk).update(status=BatchStatus.CANCELLED)
        _forget_rows(batch)
    if batch.status != BatchStatus.APPLIED:
        shutil.rmtree(batch.directory, ignore_errors=True)
        ImportBatch.objects.filter(pk=batch.pk).update(folder="")
    elif batch.spool.exists():
        batch.spool.unlink()


def missing_columns(batch: ImportBatch) -> list[str]:
    """Return columns that must be matched or set before the rows can be checked."""
    if batch.status != BatchStatus.MAPPING:
        return []
    plans = [SheetPlan.from_json(kept) for kept in batch.found.get("plans", [])]
    return _missing(batch, resource_of(batch.roster), [plan for plan in plans if not plan.skipped])
