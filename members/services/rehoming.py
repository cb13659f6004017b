"""Re-home members (job RH): a preview, the queue, a way back; and what the night settles by itself (J05)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden
from crm.base.trail import record
from crm.params import registry
from members import statements
from members.choices import HomeReason, MemberSource, MoveOutcome, RunState
from members.models import Member, RehomingMove, RehomingRun
from members.services.coverage import write_coverage
from members.services.members import move_member, update_member

SOURCE = {HomeReason.BOOK: MemberSource.ADDRESS_BOOK, HomeReason.CALLS: MemberSource.CALL_BEHAVIOUR}
BATCH = 200


def units_below(unit: OrgUnit) -> list[int]:
    """Return the keys of a unit and all below it."""
    return list(OrgUnit.objects.filter(path__startswith=unit.path).values_list("pk", flat=True))


def _numbers(units: list[int], as_of: date) -> dict[str, Any]:
    numbers = registry.get_many(["rehome.min_ties", "rehome.days"], as_of=as_of)
    since = as_of - timedelta(days=int(numbers["rehome.days"]))
    return {"units": units, "as_of": as_of, "since": since, "ties": int(numbers["rehome.min_ties"])}


@transaction.atomic
def prepare_rehoming(*, actor: User, unit: OrgUnit, as_of: date | None = None) -> RehomingRun:
    """Find where the other members of a unit belong, as a preview that changes nothing.

    Raises: Forbidden NOT_YOURS. Source: S1-77, spec §3.6.9
    """
    if not (actor.can("members.change") and actor.scope.covers(unit)):
        raise Forbidden("NOT_YOURS", _("This unit is not in your scope."))
    # Call behaviour of today counts from tomorrow on: the day has not ended.
    day = as_of or clock.today()
    run = RehomingRun.objects.create(unit=unit, as_of=day, created_by=actor)
    with connection.cursor() as cursor:
        cursor.execute(
            statements.PREPARE.format(homes=statements.HOMES),
            _numbers(units_below(unit), day) | {"run": run.pk},
        )
        run.total = cursor.rowcount
    # An account manager re-homes among own clients only.
    allowed = Client.objects.writable_by(actor).values("pk")
    beyond = run.moves.exclude(from_client__in=allowed) | run.moves.exclude(to_client__in=allowed)
    RehomingMove.objects.filter(pk__in=list(beyond.values_list("pk", flat=True))).delete()
    run.total = run.moves.count()
    run.save(update_fields=["total"])
    return run


def counts_of(run: RehomingRun) -> dict[str, int]:
    """Return how many rows there are by reason, and how many go to another client."""
    found = dict.fromkeys(HomeReason.values, 0)
    found |= dict(run.moves.values_list("reason").annotate(n=Count("pk")).order_by())
    found["MOVING"] = run.moves.exclude(from_client=F("to_client")).count()
    found["CHOSEN"] = run.moves.filter(chosen=True).count()
    return found


@transaction.atomic
def choose_moves(*, run: RehomingRun, chosen: bool, moves: Iterable[int] | None = None) -> int:
    """Take rows in or leave them out of a prepared run; all of them when none are named."""
    _refuse_state(run, RunState.PREPARED)
    rows = run.moves.all() if moves is None else run.moves.filter(pk__in=list(moves))
    return rows.update(chosen=chosen)


def _refuse_state(run: RehomingRun, *states: str) -> None:
    if run.state not in states:
        raise BusinessError("WRONG_STATE", _("This re-homing has gone on meanwhile. Look at it again."))


@transaction.atomic
def start_rehoming(*, actor: User, run: RehomingRun) -> RehomingRun:
    """Confirm a prepared run; the queue does the work.

    Raises: BusinessError WRONG_STATE, NOTHING_CHOSEN.
    """
    row: RehomingRun = RehomingRun.objects.select_for_update().get(pk=run.pk)
    _refuse_state(row, RunState.PREPARED)
    row.total = row.moves.filter(chosen=True).count()
    if not row.total:
        raise BusinessError("NOTHING_CHOSEN", _("No row is chosen."))
    row.state, row.started_at, row.done = RunState.RUNNING, clock.now(), 0
    row.save()
    record(
        actor=actor, action="members.rehoming_applied", entity=row, unit=row.unit, data={"rows": row.total}
    )
    return row


def work_rehoming(run_id: int) -> int:
    """Apply a confirmed run batch by batch, each in a transaction of its own; return how many were done.

    A worker that dies leaves whole batches: whoever takes the run up again goes on where it stopped.
    """
    done = 0
    while True:
        with transaction.atomic():
            run = RehomingRun.objects.select_for_update().select_related("created_by").get(pk=run_id)
            if run.state != RunState.RUNNING:
                return done
            rows = list(
                run.moves.filter(chosen=True, outcome="")
                .select_related("member__client", "to_client__org_unit")
                .order_by("pk")[:BATCH]
            )
            if not rows:
                run.state, run.applied_at = RunState.APPLIED, clock.now()
                run.save()
                return done
            for row in rows:
                _apply(row, run.created_by)
            RehomingMove.objects.bulk_update(rows, ["outcome", "note", "version", "new_member"])
            run.done += len(rows)
            run.save(update_fields=["done"])
            done += len(rows)


def _apply(row: RehomingMove, actor: User) -> None:
    member = row.member
    if member.left_on is not None or member.client_id != row.from_client_id or member.type != row.from_type:
        row.outcome, row.note = MoveOutcome.SKIPPED, _("Changed since the preview.")
        return
    fields: dict[str, Any] = {"type": row.to_type}
    if row.reason in SOURCE:
        fields["source"] = SOURCE[HomeReason(row.reason)]
    try:
        with transaction.atomic():
            if row.to_client_id == row.from_client_id:
                changed = update_member(member=member, actor=actor, **fields)
            else:
                changed = move_member(member=member, to=row.to_client, actor=actor)
                changed = update_member(member=changed, actor=actor, **fields)
                row.new_member = changed
    except BusinessError as refusal:
        row.outcome, row.note = MoveOutcome.SKIPPED, str(refusal.message)[:200]
        return
    row.outcome, row.version = MoveOutcome.DONE, changed.version


@transaction.atomic
def undo_rehoming(*, actor: User, run: RehomingRun) -> dict[str, int]:
    """Take an applied run back; a member changed since is kept as it is and named in its row.

    Raises: BusinessError WRONG_STATE.
    """
    fresh: RehomingRun = RehomingRun.objects.select_for_update().get(pk=run.pk)
    _refuse_state(fresh, RunState.APPLIED)
    rows = list(fresh.moves.filter(outcome=MoveOutcome.DONE).select_related("member", "new_member"))
    for row in rows:
        _take_back(row, actor)
    RehomingMove.objects.bulk_update(rows, ["outcome", "note", "new_member"])
    fresh.state, fresh.undone_at = RunState.UNDONE, clock.now()
    fresh.save()
    counts: dict[str, int] = {
        str(code): sum(row.outcome == code for row in rows) for code in (MoveOutcome.UNDONE, MoveOutcome.KEPT)
    }
    record(
        actor=actor, action="members.rehoming_undone", entity=fresh, unit=fresh.unit,
        data=dict(counts),
    )  # fmt: skip
    return counts


def _take_back(row: RehomingMove, actor: User) -> None:
    now = row.new_member if row.new_member_id else row.member
    if now is None or now.version != row.version or now.left_on is not None:
        row.outcome, row.note = MoveOutcome.KEPT, _("Changed since; kept as it is.")
        return
    if row.new_member_id:
        row.new_member = None
        RehomingMove.objects.filter(pk=row.pk).update(new_member=None)
        Member.objects.filter(pk=now.pk).delete()
    old = row.member
    Member.objects.filter(pk=old.pk).update(
        type=row.from_type, source=row.from_source, left_on=None, updated_by=actor, updated_at=clock.now(),
        version=old.version + 1,
    )  # fmt: skip
    row.outcome = MoveOutcome.UNDONE


@transaction.atomic
def rehome_members(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Settle the other members that stay with their client, and write the month's coverage (J05).

    A second run changes nothing. Moves between clients wait for a person (Source: S1-77, S1-79).
    """
    units = units_below(province) if province else list(OrgUnit.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            statements.SETTLE.format(homes=statements.HOMES), _numbers(units, as_of) | {"now": clock.now()}
        )
        settled = cursor.rowcount
    return settled + write_coverage(units=units, as_of=as_of)


@transaction.atomic
def record_call_ties(*, rows: Iterable[tuple[str, str, date]]) -> int:
    """Take in which numbers called each other, both ways, the newest day each; return how many were read."""
    newest: dict[tuple[str, str], date] = {}
    read = 0
    for one, two, day in rows:
        read += 1
        for key in ((one, two), (two, one)):
            newest[key] = max(day, newest.get(key, day))
    with connection.cursor() as cursor:
        keys = list(newest)
        cursor.execute(
            statements.CALL_TIES,
            [[key[0] for key in keys], [key[1] for key in keys], list(newest.values())],
        )
    return read
