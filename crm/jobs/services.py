"""Run the night: plan its rows, start what is ready, run a step once, catch up what was missed."""

import logging
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit, User
from crm.audit.context import acting
from crm.base import clock
from crm.base.errors import BusinessError, Invalid
from crm.base.trail import record
from crm.jobs import graph
from crm.jobs.lateness import tell_administrators
from crm.jobs.models import JobRun

log = logging.getLogger(__name__)

State = JobRun.State

# The first number of every advisory lock of the night; the second tells step and scope apart.
LOCK_CLASS = 7_301
# The same for the rows that several steps rewrite in turns.
TURNS_CLASS = 7_302
# A step that failed is tried again by itself this often; then a person must look.
AUTOMATIC_ATTEMPTS = 3
# A message is taken for lost after this; a double one does no harm.
QUEUE_PATIENCE = timedelta(minutes=10)
PAUSE_AFTER_FAILURE = timedelta(minutes=4)
START_AFTER_MIDNIGHT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one evaluation of a step came to."""

    step: str
    scope: str
    state: str
    rows: int
    ms: int
    error: str

    def as_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return asdict(self)


# ---- Planning


@transaction.atomic
def plan_night(business_date: date, *, by_hand: bool = False) -> int:
    """Write the rows of a night, one a step and province; return how many are new.

    Rows that are there stay as they are. A night run by hand becomes a scheduled one when its turn comes.
    """
    provinces = list(
        OrgUnit.objects.filter(type=UnitType.PROVINCE, active=True)
        .order_by("path")
        .values_list("code", flat=True)
    )
    rows = [
        JobRun(step=step.name, scope=scope, business_date=business_date, by_hand=by_hand)
        for step in graph.ordered(graph.NIGHT)
        for scope in (provinces if step.per_province else [""])
    ]
    before = JobRun.objects.filter(business_date=business_date).count()
    JobRun.objects.bulk_create(rows, ignore_conflicts=True)
    if not by_hand:
        JobRun.objects.filter(business_date=business_date, by_hand=True).update(by_hand=False)
    return JobRun.objects.filter(business_date=business_date).count() - before


def last_ended(now: datetime) -> date:
    """Return the newest business date whose night may run: yesterday, from ten past midnight on."""
    return clock.business_date(now - START_AFTER_MIDNIGHT) - timedelta(days=1)


def plan_due(*, now: datetime) -> list[date]:
    """Plan every night that was missed, up to the last ended day; the first night ever is that day alone.

    Return all business dates that have work left, oldest first.
    """
    due = last_ended(now)
    newest = (
        JobRun.objects.scheduled().order_by("-business_date").values_list("business_date", flat=True).first()
    )
    first = due if newest is None else newest + timedelta(days=1)
    for offset in range((due - first).days + 1):
        plan_night(first + timedelta(days=offset))
    return JobRun.objects.open_nights()


# ---- What may start


def ready_runs(rows: Sequence[JobRun], *, running: set[int], now: datetime) -> list[JobRun]:
    """Return the runs that may start now, out of all runs of the open nights.

    A run waits for what its step needs in the same night and for itself in the nights before:
    missed nights are caught up in order, and a failure stops its dependants only. Of steps that rewrite the
    same rows one is given at a time. `running` holds the lock keys that are taken.
    """
    steps = {step.name: step for step in graph.NIGHT}
    nights: dict[date, list[JobRun]] = {}
    for row in rows:
        nights.setdefault(row.business_date, []).append(row)
    found: list[JobRun] = []
    behind: set[tuple[str, str]] = set()  # step and scope that an earlier night still owes
    for night in sorted(nights):
        for row in nights[night]:
            step = steps.get(row.step)
            if row.state == State.DONE or step is None or (row.step, row.scope) in behind:
                continue
            if row.state == State.FAILED and not _try_again(row, now):
                continue
            if row.state == State.STARTED and lock_key(row.step, row.scope) in running:
                continue
            if not _blockers(step, row.scope, nights[night]):
                found.append(row)
        behind |= {(row.step, row.scope) for row in nights[night] if row.state != State.DONE}
    under_way = [row for row in rows if _under_way(row, running, now)]
    given: list[JobRun] = []
    for row in found:
        if not any(_take_turns(row, other) for other in (*under_way, *given)):
            given.append(row)
    return given


def _under_way(row: JobRun, running: set[int], now: datetime) -> bool:
    """Say whether a run is being worked at, or waits in the queue."""
    if row.state == State.STARTED:
        return lock_key(row.step, row.scope) in running
    return row.state != State.DONE and row.queued_at is not None and row.queued_at >= now - QUEUE_PATIENCE


def _take_turns(row: JobRun, other: JobRun) -> bool:
    mine, theirs = graph.step_named(row.step), graph.step_named(other.step)
    if row.pk == other.pk or mine is None or theirs is None:
        return False
    return graph.take_turns(mine, row.scope, theirs, other.scope)


def _try_again(row: JobRun, now: datetime) -> bool:
    """Say whether a failed run is tried again by itself: a few times, with a pause."""
    return row.attempts < AUTOMATIC_ATTEMPTS and (row.finished_at or now) <= now - PAUSE_AFTER_FAILURE


def _blockers(step: graph.Step, scope: str, night: Iterable[JobRun]) -> list[JobRun]:
    return [
        other
        for other in night
        if other.state != State.DONE and graph.waits_for(step, scope, other.step, other.scope)
    ]


def advance(*, now: datetime) -> list[int]:
    """Plan what is due and claim the runs that may start; return their ids for the queue.

    Each id is given out once: the claim is a stamp on the row, and a claim older than ten minutes
    is a lost message. Whoever calls this, however often, changes nothing that is under way.
    """
    return claim(plan_due(now=now), now=now)


def claim(nights: Iterable[date], *, now: datetime) -> list[int]:
    """Claim the runs of these nights that may start; return their ids."""
    rows = list(JobRun.objects.filter(business_date__in=list(nights)).order_by("business_date", "id"))
    claimed = []
    for row in ready_runs(rows, running=running_locks(), now=now):
        free = Q(queued_at=None) | Q(queued_at__lt=now - QUEUE_PATIENCE)
        if JobRun.objects.filter(free, pk=row.pk, state=row.state, attempts=row.attempts).update(
            queued_at=now
        ):
            claimed.append(row.pk)
    return claimed


def dispatch(*, now: datetime, send: Callable[[int], object]) -> int:
    """Hand every run that may start to the queue; give the claims back when the broker is away.

    Raises: what `send` raises.
    """
    claimed = advance(now=now)
    for position, pk in enumerate(claimed):
        try:
            send(pk)
        except Exception:
            JobRun.objects.filter(pk__in=claimed[position:]).update(queued_at=None)
            raise
    return len(claimed)


# ---- Locks


def lock_key(step: str, scope: str) -> int:
    """Return the number of the advisory lock of a step over a scope, as PostgreSQL's signed integer."""
    value = zlib.crc32(f"{step}:{scope}".encode())
    return value - (1 << 32) if value >= 1 << 31 else value


def _take_lock(step: str, scope: str) -> bool:
    """Try the lock; it is held to the end of the transaction, so that a pooler may sit in between."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_CLASS, lock_key(step, scope)])
        return bool(cursor.fetchone()[0])


def _wait_for_turn(step: graph.Step, scope: str) -> None:
    """Wait until no other step rewrites the same rows; held to the end of the transaction.

    The queue gives such steps out one by one; this holds for those that people start by hand, too.
    """
    if not step.rewrites:
        return
    everything, here = lock_key(step.rewrites, ""), lock_key(step.rewrites, scope)
    with connection.cursor() as cursor:
        if not scope:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TURNS_CLASS, everything])
            return
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [TURNS_CLASS, everything])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TURNS_CLASS, here])


def running_locks() -> set[int]:
    """Return the lock keys that some transaction holds now: those steps are alive."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2"
            " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK_CLASS],
        )
        return {key - (1 << 32) if key >= 1 << 31 else key for (key,) in cursor.fetchall()}


# ---- Running one step


def run_step(run_id: int, *, force: bool = False) -> Outcome | None:
    """Run one planned step, unless it is done or being done; None when there was nothing to do.

    Steps: 1. under the lock, mark the row STARTED and commit, so that people see it; 2. under the lock
    again, do the work and mark it DONE in one transaction; 3. on failure mark it FAILED, and what waits
    for it as held up.
    Between 1 and 2 another worker may take over: the attempt number tells whose turn it is.
    """
    started = _start(run_id, force=force)
    if started is None:
        return None
    began = time.monotonic()
    try:
        rows = _work(started)
    except Exception as error:  # noqa: BLE001 - the night goes on; the row and the log tell
        return _fail(started, error, _since(began))
    if rows is None:
        return None
    return Outcome(started.step, started.scope, State.DONE, rows, _since(began), "")


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


@transaction.atomic
def _start(run_id: int, *, force: bool) -> JobRun | None:
    row = JobRun.objects.filter(pk=run_id).first()
    if row is None or not _take_lock(row.step, row.scope):
        return None
    row = JobRun.objects.select_for_update().get(pk=run_id)
    if row.state == State.DONE and not force:
        return None
    row.state = State.STARTED
    row.attempts += 1
    row.started_at = clock.now()
    row.finished_at = row.queued_at = None
    row.error = ""
    row.save(update_fields=["state", "attempts", "started_at", "finished_at", "queued_at", "error"])
    return row


@transaction.atomic
def _work(started: JobRun) -> int | None:
    """Do the work of a started run and mark it done in the same transaction; None when another took over."""
    if not _take_lock(started.step, started.scope):
        return None
    mine = JobRun.objects.filter(pk=started.pk, state=State.STARTED, attempts=started.attempts)
    if not mine.exists():
        return None
    step = graph.step_named(started.step)
    if step is None:
        raise BusinessError("STEP_GONE", _("This version of the system has no such step."))
    _wait_for_turn(step, started.scope)
    began = time.monotonic()
    province = OrgUnit.objects.get(code=started.scope) if started.scope else None
    with acting(None, run=started.pk, step=started.step):
        rows = import_string(step.function)(
            as_of=started.business_date + timedelta(days=1), province=province
        )
    mine.update(
        state=State.DONE,
        rows=F("rows") + rows,
        milliseconds=F("milliseconds") + _since(began),
        finished_at=clock.now(),
        queued_at=None,
    )
    return int(rows)


def plain(error: Exception) -> str:
    """Say a failure in one line without paths, values or tracebacks; the log has the rest."""
    if isinstance(error, BusinessError):
        return str(error.message)[:300]
    first = (str(error).strip().splitlines() or [""])[0]
    if isinstance(error, DatabaseError):
        # The first line names the constraint or the reason; the lines after it hold people's data.
        return f"{type(error).__name__}: {first}"[:300]
    return f"{type(error).__name__}: {first}"[:300] if first else type(error).__name__


def _fail(started: JobRun, error: Exception, milliseconds: int) -> Outcome:
    sentence = plain(error)
    log.error("night %s failed: %s", started, sentence, exc_info=error)
    with transaction.atomic():
        mine = JobRun.objects.filter(pk=started.pk, state=State.STARTED, attempts=started.attempts)
        if mine.update(
            state=State.FAILED,
            error=sentence,
            milliseconds=F("milliseconds") + milliseconds,
            finished_at=clock.now(),
            queued_at=None,
        ):
            hold_up(started)
            _alert(started, sentence)
    return Outcome(started.step, started.scope, State.FAILED, 0, milliseconds, sentence)


def hold_up(failed: JobRun) -> int:
    """Mark as held up what waits for a failed run in the same night; return how many."""
    steps = {step.name: step for step in graph.NIGHT}
    rows = list(JobRun.objects.filter(business_date=failed.business_date))
    stuck: list[JobRun] = [failed]
    for row in stuck:
        for other in rows:
            step = steps.get(other.step)
            if (
                other not in stuck
                and other.state in (State.WAITING, State.SKIPPED)
                and step is not None
                and graph.waits_for(step, other.scope, row.step, row.scope)
            ):
                stuck.append(other)
    held = [row.pk for row in stuck[1:]]
    return JobRun.objects.filter(pk__in=held, state=State.WAITING).update(state=State.SKIPPED)


def _alert(run: JobRun, sentence: str) -> None:
    """Tell the system administrators once an attempt (Source: spec §3.8)."""
    step = graph.step_named(run.step)

    def words() -> str:
        return _("The night of %(date)s: “%(step)s” failed. %(error)s") % {
            "date": run.business_date,
            "step": step.label if step else run.step,
            "error": sentence,
        }

    key = f"job:{run.pk}:{run.attempts}"
    tell_administrators(key, kind="jobs.failed", night=run.business_date, words=words)


# ---- By hand


def run_night(
    business_date: date, *, only: str | None = None, by_hand: bool = True, force: bool = True
) -> list[Outcome]:
    """Run a whole night here and now, or one step of it; every step is evaluated, also those done before.

    A step whose needs are not met is held up, unless it alone was asked for.

    Raises: BusinessError NO_SUCH_STEP.
    """
    if only is not None and graph.step_named(only) is None:
        names = ", ".join(step.name for step in graph.ordered(graph.NIGHT))
        raise BusinessError(
            "NO_SUCH_STEP", _("There is no step of this name. Steps: %(names)s") % {"names": names}
        )
    plan_night(business_date, by_hand=by_hand)
    outcomes: list[Outcome] = []
    for step in graph.ordered(graph.NIGHT):
        if only not in (None, step.name):
            continue
        for run in JobRun.objects.filter(business_date=business_date, step=step.name).order_by("id"):
            night = JobRun.objects.filter(business_date=business_date)
            if only is None and _blockers(step, run.scope, night):
                JobRun.objects.filter(pk=run.pk).exclude(state=State.DONE).update(state=State.SKIPPED)
                outcomes.append(Outcome(run.step, run.scope, State.SKIPPED, 0, 0, ""))
                continue
            outcome = run_step(run.pk, force=force)
            outcomes.append(outcome or _unchanged(run.pk))
    return outcomes


def _unchanged(run_id: int) -> Outcome:
    run = JobRun.objects.get(pk=run_id)
    note = "" if run.state == State.DONE else _("Another process is running this step now.")
    return Outcome(run.step, run.scope, run.state, 0, 0, note)


@transaction.atomic
def request_rerun(*, actor: User, runs: Iterable[JobRun]) -> list[JobRun]:
    """Put runs back to waiting; the queue, or beat within five minutes, starts them.

    Raises: BusinessError RUNNING.
    """
    asked = list(runs)
    rows = list(JobRun.objects.select_for_update().filter(pk__in=[run.pk for run in asked]).order_by("pk"))
    alive = running_locks()
    if any(row.state == State.STARTED and lock_key(row.step, row.scope) in alive for row in rows):
        raise BusinessError("RUNNING", _("The step is running now. Wait until it ends."))
    for row in rows:
        row.state, row.attempts, row.queued_at, row.by_hand, row.error = State.WAITING, 0, None, False, ""
    JobRun.objects.bulk_update(rows, ["state", "attempts", "queued_at", "by_hand", "error"])
    for row in rows:
        record(
            actor=actor,
            action="jobs.rerun_requested",
            entity=row,
            data={"step": row.step, "scope": row.scope, "business_date": str(row.business_date)},
        )
    return rows


@transaction.atomic
def request_night(*, actor: User, business_date: date, step: str | None = None) -> list[JobRun]:
    """Ask for a whole night, or one step of it, to be run again by the workers.

    Raises: BusinessError NOT_ENDED, NO_SUCH_STEP, RUNNING.
    """
    if business_date > last_ended(clock.now()):
        raise Invalid(
            "NOT_ENDED",
            _("This day has not ended yet."),
            fields={"business_date": [_("Choose yesterday or an earlier day.")]},
        )
    if step is not None and graph.step_named(step) is None:
        names = ", ".join(known.name for known in graph.ordered(graph.NIGHT))
        sentence = _("There is no step of this name. Steps: %(names)s") % {"names": names}
        raise Invalid("NO_SUCH_STEP", sentence, fields={"step": [sentence]})
    plan_night(business_date)
    runs = JobRun.objects.filter(business_date=business_date)
    return request_rerun(actor=actor, runs=runs.filter(step=step) if step else runs)
