"""One act on many clients: each has its own outcome, and what was before is kept for the way back.

Upper floors register acts of their own in AppConfig.ready(): an act names its form and two functions.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from clients.models import BulkRun, Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, NotFound
from crm.base.trail import record

MOST = 200
UNDO_HOURS = 24


@dataclass(frozen=True, slots=True)
class BulkAct:
    """One act of the bar below a list.

    `form(data, user=user)` asks what the act needs; `perform(actor, client_id, values)` does it for one
    client and returns what is needed to take it back, or None when nothing had to be done; `undo` takes
    it back for one client. Both raise BusinessError to refuse one client.
    """

    code: str
    label: str | Promise
    icon: str
    verb: str
    form: Callable[..., forms.Form]
    perform: Callable[[User, int, Mapping[str, Any]], dict[str, Any] | None]
    undo: Callable[[User, int, Mapping[str, Any]], None] | None = None
    order: int = 50


_acts: dict[str, BulkAct] = {}


def register(act: BulkAct) -> None:
    """Add an act; a code may be taken once."""
    if act.code in _acts and _acts[act.code] != act:
        raise ValueError(f"bulk act taken: {act.code}")
    _acts[act.code] = act


def acts_for(user: User) -> list[BulkAct]:
    """Return the acts a person may use, in order."""
    return sorted(
        (act for act in _acts.values() if user.can(act.verb)), key=lambda act: (act.order, act.code)
    )


def act_named(code: str) -> BulkAct:
    """Return an act.

    Raises: NotFound for an unknown one.
    """
    if code not in _acts:
        raise NotFound("NOT_FOUND", _("There is no such act."))
    return _acts[code]


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one client."""

    client: int
    label: str
    ok: bool
    message: str = ""
    before: dict[str, Any] | None = None


def perform(
    *, actor: User, code: str, client_ids: Iterable[int], values: Mapping[str, Any], summary: str = ""
) -> BulkRun:
    """Do an act to many clients; one that refuses does not hold up the others.

    A client outside the scope is answered as one that does not exist.
    Raises: NotFound for an unknown act; Forbidden without its verb; TOO_MANY above two hundred clients.
    """
    act = act_named(code)
    require(actor, act.verb)
    ids = list(dict.fromkeys(client_ids))
    if len(ids) > MOST:
        raise BusinessError("TOO_MANY", _("Choose at most %(count)d clients at once.") % {"count": MOST})
    names = dict(Client.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "name"))
    rows = [_one(act, actor, pk, names, values) for pk in ids]
    with transaction.atomic():
        run = BulkRun.objects.create(
            actor=actor, act=code, summary=summary[:300], rows=[asdict(row) for row in rows]
        )
        record(
            actor=actor, action="clients.bulk_done", entity=run, unit=actor.org_unit,
            data={"act": str(act.label), "done": sum(row.ok for row in rows), "of": len(rows)},
        )  # fmt: skip
    return run


def _one(act: BulkAct, actor: User, pk: int, names: dict[int, str], values: Mapping[str, Any]) -> Row:
    if pk not in names:
        return Row(pk, "", False, _("There is no such client, or you may not see it."))
    try:
        with transaction.atomic():
            before = act.perform(actor, pk, values)
    except BusinessError as error:
        return Row(pk, names[pk], False, str(error.message))
    if before is None:
        return Row(pk, names[pk], True, _("It was so already."))
    return Row(pk, names[pk], True, "", before)


def run_of(actor: User, pk: int) -> BulkRun:
    """Return what a person did in bulk.

    Raises: NotFound for somebody else's.
    """
    run = BulkRun.objects.filter(actor=actor, pk=pk).first()
    if run is None:
        raise NotFound("NOT_FOUND", _("There is no such act of yours."))
    return run


def may_undo(run: BulkRun) -> bool:
    """Say whether an act can be taken back: within a day, once, and if anything changed."""
    act = _acts.get(run.act)
    fresh = run.created_at > clock.now() - timedelta(hours=UNDO_HOURS)
    changed = any(row["ok"] and row["before"] is not None for row in run.rows)
    return bool(act and act.undo and fresh and changed and run.undone_at is None)


@transaction.atomic
def undo(*, actor: User, run_id: int) -> BulkRun:
    """Take an act back; a client changed by somebody since keeps the newer state and is named.

    Raises: NotFound; BusinessError CANNOT_UNDO when it is too late.
    """
    run_of(actor, run_id)
    run = BulkRun.objects.select_for_update().get(pk=run_id)
    if not may_undo(run):
        raise BusinessError("CANNOT_UNDO", _("This can no longer be taken back."))
    act = _acts[run.act]
    require(actor, act.verb)
    take_back: Any = act.undo
    for row in run.rows:
        if not row["ok"] or row["before"] is None:
            continue
        try:
            with transaction.atomic():
                take_back(actor, row["client"], row["before"])
            row["undone"], row["message"] = True, _("Taken back")
        except BusinessError as error:
            row["undone"], row["message"] = False, str(error.message)
    run.undone_at = clock.now()
    run.save(update_fields=["rows", "undone_at"])
    record(
        actor=actor, action="clients.bulk_undone", entity=run, unit=actor.org_unit,
        data={"act": str(act.label), "done": sum(bool(row.get("undone")) for row in run.rows)},
    )  # fmt: skip
    return run


def changed_since() -> BusinessError:
    """Return the refusal of a way back over somebody's newer change."""
    return BusinessError("CHANGED_SINCE", _("Somebody changed this since; it was left as it is."))
