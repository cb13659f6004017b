"""Writing verbs of exports: ask, decide, write the file, hand it over once."""

import hashlib
import logging
import shutil
import uuid
from datetime import datetime, timedelta
from typing import IO, Any

from django.db import OperationalError, transaction
from django.http import QueryDict
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from crm.accounts.choices import Role
from crm.accounts.grants import GRANTS
from crm.accounts.models import User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.text import clean
from crm.base.trail import record
from crm.exports.choices import Format, RequestState, Work
from crm.exports.exportables import Exportable, exportable_of
from crm.exports.models import MAX_QUERY, DownloadRequest
from crm.exports.writing import CsvWriter, XlsxWriter, write
from crm.params import registry

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 3
MIN_REASON = 4
LEADERS = (Role.UNIT_LEADER, Role.GC_DEPT, Role.PROV_ADMIN)


class Stopped(Exception):
    """Say that the owner has cancelled the export meanwhile."""


def _params() -> dict[str, Any]:
    return registry.get_group("exports.", as_of=clock.today())


def open_to(actor: User, name: str) -> Exportable:
    """Return a list the person may have as a file.

    Raises: NotFound UNKNOWN_LIST, Forbidden
    """
    try:
        found = exportable_of(name)
    except KeyError:
        raise NotFound("UNKNOWN_LIST", _("There is no list of this name.")) from None
    require(actor, found.verb)
    return found


def kept_filters(found: Exportable, query: QueryDict) -> str:
    """Return the filters of an address the list knows: what is counted, approved and written.

    Raises: Invalid QUERY_TOO_LONG
    """
    kept = found.kept(query)
    if len(kept) > MAX_QUERY:
        raise Invalid("QUERY_TOO_LONG", _("These are too many filters for a file. Choose fewer of them."))
    return kept


def preview_count(actor: User, name: str, query: str) -> int:
    """Return how many rows the file would have: those of the list."""
    return int(open_to(actor, name).rows(actor, QueryDict(query)).order_by().count())


def needs_second(count: int, *, plain: bool) -> bool:
    """Say whether a second person must let it go: many rows, or full numbers (E204, X-19)."""
    return plain or count > _params()["free_rows"]


@transaction.atomic
def request_export(
    *,
    actor: User,
    name: str,
    query: str = "",
    file_format: str = Format.XLSX,
    plain: bool = False,
    reason: str = "",
) -> DownloadRequest:
    """Ask for a list as a file; a small one is written at once, a large one waits for a second person.

    Raises: NotFound UNKNOWN_LIST; Forbidden; Invalid QUERY_TOO_LONG; BusinessError REASON_REQUIRED,
    NOTHING_TO_EXPORT. Source: S0-83, E204
    """
    found = open_to(actor, name)
    query = kept_filters(found, QueryDict(query))
    if plain and not actor.can("members.reveal") and found.verb != "accounts.manage":
        raise Forbidden("FORBIDDEN", _("Your role may not see full numbers."))
    reason = clean(reason)[:200]
    count = preview_count(actor, name, query)
    if count == 0:
        raise BusinessError("NOTHING_TO_EXPORT", _("The list is empty; there is nothing to export."))
    second = needs_second(count, plain=plain)
    if second and len(reason) < MIN_REASON:
        sentence = _("Say in a few words what the list is for.")
        raise BusinessError("REASON_REQUIRED", sentence, fields={"reason": [sentence]}, status=400)
    made = DownloadRequest.objects.create(
        name=name,
        query=query,
        file_format=Format(file_format),
        plain=plain,
        reason=reason,
        language=get_language() or "zh-hans",
        owner=actor,
        rows_asked=count,
        approve_verb=_approve_verb(found, actor) if second else "",
    )
    record(actor=actor, action="exports.requested", entity=made, unit=actor.org_unit, data=_about(made))
    if not second:
        _let_go(made)
    return made


def _approve_verb(found: Exportable, actor: User) -> str:
    if found.approve_verb:
        return found.approve_verb
    return "exports.approve_leaders" if actor.has_role(*LEADERS) else "exports.approve"


def deciders(row: DownloadRequest) -> list[User]:
    """Return who may decide about a request: shown to who waits, so that nobody waits for nobody."""
    unit = row.owner.org_unit
    roles = [role for role, verbs in GRANTS.items() if row.approve_verb and row.approve_verb in verbs]
    if unit is None or not roles:
        return []
    today = clock.today()
    found: dict[int, User] = {}
    for role in roles:
        for person in User.objects.holding(role, over=unit, as_of=today).exclude(pk=row.owner_id):
            found.setdefault(person.pk, person)
    return list(found.values())


def _about(made: DownloadRequest) -> dict[str, Any]:
    """Return what the trail says about an export: never a row of it."""
    return {
        "list": made.name,
        "filters": made.query,
        "rows": made.rows_written if made.rows_written is not None else made.rows_asked,
        "plain": made.plain,
        "reason": made.reason,
        "owner": made.owner_id,
    }


def _let_go(made: DownloadRequest) -> None:
    made.state, made.work, made.beat_at = RequestState.APPROVED, Work.WAITING, clock.now()
    made.valid_until = clock.now() + timedelta(days=_params()["valid_days"])
    made.save()
    _give_to_worker(made)


def _locked(actor: User, made: DownloadRequest) -> DownloadRequest:
    """Lock a request the person may decide.

    Raises: Forbidden SELF_APPROVAL; NotFound; BusinessError NOT_NOW
    """
    row = DownloadRequest.objects.select_for_update().get(pk=made.pk)
    if actor.scope.is_self(row.owner_id):
        raise Forbidden("SELF_APPROVAL", _("Nobody lets their own export go. Your head or leader decides."))
    if row.state != RequestState.REQUESTED:
        raise _not_now()
    if not DownloadRequest.objects.decidable_by(actor).filter(pk=row.pk).exists():
        raise NotFound("NOT_FOUND", _("There is no such export, or you do not decide about it."))
    return row


def _not_now() -> BusinessError:
    return BusinessError("NOT_NOW", _("The export has moved on meanwhile. Reload the page."))


@transaction.atomic
def approve(*, actor: User, request: DownloadRequest, note: str = "") -> DownloadRequest:
    """Let an export go; its owner downloads it once, within days.

    Raises: Forbidden SELF_APPROVAL; NotFound; BusinessError NOT_NOW. Source: E202, E204
    """
    row = _locked(actor, request)
    row.decided_by, row.decided_at, row.decision_note = actor, clock.now(), clean(note)[:200]
    _let_go(row)
    record(actor=actor, action="exports.approved", entity=row, unit=row.owner.org_unit, data=_about(row))
    return row


@transaction.atomic
def reject(*, actor: User, request: DownloadRequest, note: str) -> DownloadRequest:
    """Refuse an export, with a reason its owner reads.

    Raises: Forbidden SELF_APPROVAL; NotFound; BusinessError NOT_NOW, REASON_REQUIRED.
    """
    row = _locked(actor, request)
    note = clean(note)[:200]
    if not note:
        sentence = _("Say why, so that the person can ask differently.")
        raise BusinessError("REASON_REQUIRED", sentence, fields={"note": [sentence]}, status=400)
    row.state, row.decided_by, row.decided_at, row.decision_note = (
        RequestState.REJECTED,
        actor,
        clock.now(),
        note,
    )
    row.save()
    record(actor=actor, action="exports.rejected", entity=row, unit=row.owner.org_unit, data=_about(row))
    return row


@transaction.atomic
def cancel(*, actor: User, request: DownloadRequest) -> DownloadRequest:
    """Take one's own request back; a worker that is writing it stops.

    Raises: NotFound; BusinessError NOT_NOW
    """
    row = DownloadRequest.objects.select_for_update().get(pk=request.pk)
    if row.owner_id != actor.pk:
        raise NotFound("NOT_FOUND", _("There is no such export, or you do not decide about it."))
    if row.state not in (RequestState.REQUESTED, RequestState.APPROVED):
        raise _not_now()
    row.state = RequestState.CANCELLED
    row.save(update_fields=["state"])
    record(actor=actor, action="exports.cancelled", entity=row, unit=actor.org_unit, data=_about(row))
    transaction.on_commit(lambda: forget(row))
    return row


# ---- The worker


def build(*, request_id: int) -> None:
    """Write the file of an approved request: whoever is killed in the middle leaves it to be begun anew.

    Steps: 1. claim it; 2. the rows the owner sees now, from one snapshot; 3. hash and state. A list that
    has outgrown what was approved, or what nobody needed to approve, goes back to wait for a second person.
    """
    row = _claim(request_id)
    if row is None:
        return
    try:
        count = _write(row)
    except Stopped:
        forget(row)
        return
    except OperationalError:
        DownloadRequest.objects.filter(pk=row.pk).update(work=Work.WAITING, beat_at=clock.now())
        raise
    except Exception:
        log.exception("export %s failed", row.pk)
        DownloadRequest.objects.filter(pk=row.pk, work=Work.RUNNING).update(work=Work.FAILED)
        forget(row)
        return
    _finish(row, count)


def _claim(request_id: int) -> DownloadRequest | None:
    with transaction.atomic():
        row = DownloadRequest.objects.select_for_update().filter(pk=request_id).first()
        if row is None or row.state != RequestState.APPROVED or row.work not in (Work.WAITING, Work.RUNNING):
            return None
        alive = row.beat_at is not None and row.beat_at > clock.now() - timedelta(seconds=20)
        if row.work == Work.RUNNING and alive:
            return None
        if row.attempts >= MAX_ATTEMPTS:
            row.work = Work.FAILED
            row.save(update_fields=["work"])
            return None
        forget(row)
        row.work, row.done, row.beat_at = Work.RUNNING, 0, clock.now()
        row.attempts += 1
        row.folder = uuid.uuid4().hex
        row.save()
    return row


def _write(row: DownloadRequest) -> int:
    found = open_to(row.owner, row.name)
    row.directory.mkdir(parents=True, mode=0o700)
    with override(row.language):
        rows = (
            found.rows(row.owner, QueryDict(row.query))
            .values_list(*(column.source for column in found.fields))
            .iterator(chunk_size=2_000)
        )
        headers = [str(column.label) for column in found.fields]
        kind = XlsxWriter if row.file_format == Format.XLSX else CsvWriter
        return write(
            rows,
            writer=kind(row.file, str(found.label), headers),
            shapes=[column.writer(plain=row.plain) for column in found.fields],
            told=lambda count: _tell(row, count),
        )


def _tell(row: DownloadRequest, count: int) -> None:
    """Say how far it is, and stop when the owner has cancelled or another worker has taken over."""
    still = DownloadRequest.objects.filter(
        pk=row.pk, state=RequestState.APPROVED, work=Work.RUNNING, folder=row.folder
    )
    if not still.update(done=count, beat_at=clock.now()):
        raise Stopped


@transaction.atomic
def _finish(row: DownloadRequest, count: int) -> None:
    digest = hashlib.sha256()
    with row.file.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    row.file.chmod(0o600)
    fresh = DownloadRequest.objects.select_for_update().get(pk=row.pk)
    if fresh.state != RequestState.APPROVED or fresh.folder != row.folder:
        forget(row)
        return
    if count > fresh.rows_asked if fresh.approve_verb else needs_second(count, plain=False):
        _ask_again(fresh, count)
        return
    fresh.work, fresh.done, fresh.rows_written = Work.DONE, count, count
    fresh.file_size, fresh.sha256 = row.file.stat().st_size, digest.hexdigest()
    fresh.save()
    record(
        actor=row.owner, action="exports.written", entity=fresh, unit=row.owner.org_unit, data=_about(fresh)
    )


def _ask_again(row: DownloadRequest, count: int) -> None:
    """Let a request wait for a second person once more, now for all its rows; its file goes."""
    row.state, row.work, row.rows_asked = RequestState.REQUESTED, Work.NONE, count
    row.approve_verb = row.approve_verb or _approve_verb(exportable_of(row.name), row.owner)
    row.decided_by, row.decided_at, row.decision_note = None, None, ""
    row.valid_until, row.attempts = None, 0
    row.save()
    forget(row)


def forget(row: DownloadRequest) -> None:
    """Remove the file."""
    if row.folder:
        shutil.rmtree(row.directory, ignore_errors=True)


def _give_to_worker(row: DownloadRequest) -> None:
    """Queue the writing after commit; when the broker is away the sweep queues it later."""
    from crm.exports.tasks import enqueue

    transaction.on_commit(lambda: enqueue(row.pk))


# ---- Hand it over


def take(*, actor: User, request: DownloadRequest) -> tuple[IO[bytes], DownloadRequest]:
    """Return the open file, this once; from then on it is nowhere any more.

    Raises: NotFound; Forbidden; BusinessError NOT_APPROVED_DOWNLOAD, EXPIRED, ALREADY_USED, NOT_READY.
    Source: E202
    """
    if request.owner_id != actor.pk:
        raise NotFound("NOT_FOUND", _("There is no such export, or you do not decide about it."))
    open_to(actor, request.name)
    expire(clock.now())
    with transaction.atomic():
        row = DownloadRequest.objects.select_for_update().get(pk=request.pk)
        refused = _refusal(row)
        if refused is None:
            file = row.file.open("rb")
            row.state, row.used_at = RequestState.USED, clock.now()
            row.save(update_fields=["state", "used_at"])
            record(
                actor=actor,
                action="exports.downloaded",
                entity=row,
                unit=actor.org_unit,
                data=_about(row) | {"sha256": row.sha256},
            )
    if refused is not None:
        raise refused
    forget(row)
    return file, row


def _refusal(row: DownloadRequest) -> BusinessError | None:
    match row.state:
        case RequestState.USED:
            return BusinessError(
                "ALREADY_USED", _("This file has been downloaded. Ask for it anew."), status=410
            )
        case RequestState.EXPIRED:
            return BusinessError("EXPIRED", _("The approval has run out. Ask for the list anew."), status=410)
        case RequestState.APPROVED:
            if row.work == Work.DONE and row.file.exists():
                return None
            return BusinessError("NOT_READY", _("The file is not ready yet."))
        case _:
            return BusinessError("NOT_APPROVED_DOWNLOAD", _("Nobody has approved this download."), status=403)


def expire(now: datetime) -> int:
    """End approvals that have run out and remove their files; return how many (E202)."""
    rows = list(DownloadRequest.objects.overdue(now))
    for row in rows:
        DownloadRequest.objects.filter(pk=row.pk, state=RequestState.APPROVED).update(
            state=RequestState.EXPIRED
        )
        forget(row)
    return len(rows)


def sweep() -> list[int]:
    """Expire what has run out, and return requests whose file a worker must begin anew."""
    now = clock.now()
    expire(now)
    silent = now - timedelta(seconds=_params()["silence_seconds"])
    return list(DownloadRequest.objects.stuck(silent).values_list("pk", flat=True))


def file_name(row: DownloadRequest) -> str:
    """Return what the downloaded file is called."""
    label = str(exportable_of(row.name).label)
    return f"{label}-{clock.today():%Y%m%d}.{row.file_format}"
