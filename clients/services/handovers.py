"""Hand a portfolio over from one manager to another on a day, with open plans; give it back later."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.choices import AssignmentKind, HandOverOutcome, HandOverState
from clients.models import AMAssignment, Client, HandOver, HandOverClient
from clients.services.completeness import refresh_completeness
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Invalid, NotFound, Sentence
from crm.base.language import in_language_of
from crm.base.models import Notification
from crm.base.text import clean
from crm.base.trail import record

# What goes along: called as mover(client_ids=…, giver=…, taker=…, from_on=…, actor=…), says how many rows.
Mover = Callable[..., int]
_movers: list[Mover] = []
MOST = 20_000


def on_hand_over(mover: Mover) -> None:
    """Let an upper floor move its open plans of handed-over clients."""
    if mover not in _movers:
        _movers.append(mover)


def _invalid(field: str, sentence: Sentence) -> Invalid:
    return Invalid("INVALID", sentence, fields={field: [sentence]})


def portfolio(giver: User, actor: User) -> Any:
    """Return the clients a manager could hand over that the person may write."""
    return Client.objects.writable_by(actor).filter(am=giver, closed_at=None)


@transaction.atomic
def plan_hand_over(
    *,
    actor: User,
    giver: User,
    taker: User,
    reason: str,
    starts_on: date | None = None,
    returns_on: date | None = None,
    client_ids: Iterable[int] | None = None,
    with_plans: bool = True,
) -> HandOver:
    """Plan a hand-over; one that starts today or earlier is done at once.

    `client_ids` None: the whole portfolio as it stands now. Raises: Invalid, Forbidden.
    """
    require(actor, "clients.assign")
    today = clock.today()
    day = starts_on or today
    reason = clean(reason)[:200]
    if not reason:
        raise Invalid("REASON_REQUIRED", _("Say why the clients change hands."),
                      fields={"reason": [_("Say why the clients change hands.")]})  # fmt: skip
    if giver.pk == taker.pk:
        raise _invalid("taker", _("Choose another manager."))
    if day < today:
        raise _invalid("starts_on", _("A hand-over starts today or later."))
    if returns_on is not None and returns_on <= day:
        raise _invalid("returns_on", _("The clients come back after the day they go."))
    if not (taker.is_active and taker.can("clients.change")):
        raise _invalid("taker", _("%(who)s does not manage clients.") % {"who": taker})
    rows = portfolio(giver, actor)
    if client_ids is not None:
        rows = rows.filter(pk__in=list(client_ids))
    found = list(rows.select_related("org_unit").order_by("pk")[: MOST + 1])
    if not found:
        raise _invalid("giver", _("%(who)s manages none of these clients.") % {"who": giver})
    if len(found) > MOST:
        raise _invalid("giver", _("Too many clients at once: hand over at most %(n)d.") % {"n": MOST})
    if beyond := [row for row in _units(found) if not taker.scope.covers(row)]:
        raise _invalid(
            "taker",
            _("%(who)s does not manage clients in %(unit)s.") % {"who": taker, "unit": beyond[0]},
        )
    handover = HandOver.objects.create(
        giver=giver, taker=taker, org_unit=giver.org_unit or found[0].org_unit, starts_on=day,
        returns_on=returns_on, reason=reason, with_plans=with_plans, created_by=actor,
    )  # fmt: skip
    HandOverClient.objects.bulk_create(
        [HandOverClient(handover=handover, client=row) for row in found], batch_size=2000
    )
    record(
        actor=actor, action="clients.handover_planned", entity=handover, unit=handover.org_unit,
        data=_told(handover) | {"clients": len(found)},
    )  # fmt: skip
    if day <= today:
        _hand_over(handover, actor=actor, day=today)
    else:
        _tell(handover, "planned",
              _("%(giver)s hands %(n)d clients to %(taker)s on %(day)s."), len(found))  # fmt: skip
    return handover


def _units(clients: Iterable[Client]) -> list[OrgUnit]:
    return list({row.org_unit_id: row.org_unit for row in clients}.values())


def _told(handover: HandOver) -> dict[str, Any]:
    return {
        "from": str(handover.giver), "to": str(handover.taker), "reason": handover.reason,
        "starts": str(handover.starts_on), "returns": str(handover.returns_on or ""),
    }  # fmt: skip


def _tell(handover: HandOver, kind: str, sentence: Any, count: int) -> None:
    """Tell both managers and the heads above, each once and in the own language."""
    heads = User.objects.holding(Role.DEPT_HEAD, over=handover.org_unit, as_of=clock.today())
    people = {user.pk: user for user in (handover.giver, handover.taker, *heads)}
    values = {
        "giver": handover.giver, "taker": handover.taker, "n": count,
        "day": handover.starts_on, "back": handover.returns_on,
    }  # fmt: skip
    url = reverse("clients:handover", args=[handover.pk])
    notices = []
    for user in people.values():
        with in_language_of(user):
            text = str(sentence) % values
        notices.append(
            Notification(
                user=user, kind=f"clients.handover_{kind}", text=text[:300], url=url,
                key=f"handover:{kind}:{handover.pk}",
            )
        )  # fmt: skip
    Notification.objects.bulk_create(notices, ignore_conflicts=True)


def _move(clients: list[int], *, old: User, new: User, day: date, reason: str, actor: User | None) -> None:
    """Change the primary manager of clients from a day on; who went before keeps the days until then."""
    current = AMAssignment.objects.filter(client__in=clients, kind=AssignmentKind.PRIMARY, to_on=None)
    # An assignment made today has no day of its own to keep.
    current.filter(from_on__gte=day).delete()
    current.update(to_on=day - timedelta(days=1))
    AMAssignment.objects.filter(client__in=clients, user=new, to_on=None).update(to_on=day)
    AMAssignment.objects.bulk_create(
        [
            AMAssignment(client_id=pk, user=new, from_on=day, reason=reason[:200], actor=actor)
            for pk in clients
        ],
        batch_size=2000,
    )
    Client.objects.filter(pk__in=clients).update(
        am=new, version=F("version") + 1, updated_by=actor, updated_at=clock.now()
    )
    refresh_completeness(clients, as_of=day)


def _hand_over(handover: HandOver, *, actor: User | None, day: date) -> int:
    """Do a planned hand-over: clients that still belong to the giver go, others are left out."""
    taker = handover.taker
    if not (taker.is_active and taker.can("clients.change")):
        handover.state = HandOverState.CANCELLED
        handover.save(update_fields=["state"])
        _tell(handover, "cancelled", _("The hand-over from %(giver)s to %(taker)s was called off."), 0)
        return 0
    rows = handover.rows.filter(outcome=HandOverOutcome.PENDING)
    open_clients = Client.objects.filter(
        pk__in=rows.values("client"), am=handover.giver, closed_at=None
    ).order_by("pk")
    clients = list(open_clients.select_for_update(of=("self",)).values_list("pk", flat=True))
    _move(clients, old=handover.giver, new=taker, day=day, reason=handover.reason, actor=actor)
    rows.filter(client__in=clients).update(outcome=HandOverOutcome.MOVED)
    rows.exclude(client__in=clients).update(outcome=HandOverOutcome.SKIPPED)
    if handover.with_plans:
        handover.plans_moved = sum(
            mover(client_ids=clients, giver=handover.giver, taker=taker, from_on=day, actor=actor)
            for mover in _movers
        )
    handover.state, handover.done_at = HandOverState.DONE, clock.now()
    handover.save(update_fields=["state", "done_at", "plans_moved"])
    record(
        actor=actor, action="clients.handed_over", entity=handover, unit=handover.org_unit,
        data=_told(handover) | {"clients": len(clients), "plans": handover.plans_moved},
    )  # fmt: skip
    _tell(handover, "done", _("%(giver)s handed %(n)d clients to %(taker)s."), len(clients))
    return len(clients)


def _give_back(handover: HandOver, *, actor: User | None, day: date) -> int:
    """Give clients back that the taker still has, if the giver still works."""
    giver = handover.giver
    if not (giver.is_active and giver.can("clients.change")):
        raise BusinessError(
            "GIVER_GONE", _("%(who)s does not manage clients any more; hand them to somebody else.")
            % {"who": giver},
        )  # fmt: skip
    rows = handover.rows.filter(outcome=HandOverOutcome.MOVED)
    held = Client.objects.filter(pk__in=rows.values("client"), am=handover.taker, closed_at=None)
    clients = list(held.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    _move(clients, old=handover.taker, new=giver, day=day, reason=handover.reason, actor=actor)
    rows.filter(client__in=clients).update(outcome=HandOverOutcome.RETURNED)
    if handover.with_plans:
        for mover in _movers:
            mover(client_ids=clients, giver=handover.taker, taker=giver, from_on=day, actor=actor)
    handover.state, handover.returned_at = HandOverState.RETURNED, clock.now()
    handover.save(update_fields=["state", "returned_at"])
    record(
        actor=actor, action="clients.handover_returned", entity=handover, unit=handover.org_unit,
        data=_told(handover) | {"clients": len(clients)},
    )  # fmt: skip
    _tell(handover, "returned", _("%(taker)s gave %(n)d clients back to %(giver)s."), len(clients))
    return len(clients)


def _locked(handover_id: int, actor: User, state: str) -> HandOver:
    require(actor, "clients.assign")
    row = (
        HandOver.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("giver", "taker", "org_unit")
        .filter(pk=handover_id)
        .first()
    )
    if row is None:
        raise NotFound("NOT_FOUND", _("There is no such hand-over, or you may not see it."))
    if row.state != state:
        raise BusinessError(
            "WRONG_STATE",
            _("The hand-over is %(state)s; this step does not fit.") % {"state": row.get_state_display()},
        )
    return row


@transaction.atomic
def execute_hand_over(*, actor: User, handover_id: int) -> HandOver:
    """Do a planned hand-over today instead of on its day."""
    row = _locked(handover_id, actor, HandOverState.PLANNED)
    _hand_over(row, actor=actor, day=clock.today())
    return row


@transaction.atomic
def return_hand_over(*, actor: User, handover_id: int) -> HandOver:
    """Give the clients of a hand-over back today; who got another manager meanwhile stays there."""
    row = _locked(handover_id, actor, HandOverState.DONE)
    _give_back(row, actor=actor, day=clock.today())
    return row


@transaction.atomic
def cancel_hand_over(*, actor: User, handover_id: int) -> HandOver:
    """Call a planned hand-over off."""
    row = _locked(handover_id, actor, HandOverState.PLANNED)
    row.state = HandOverState.CANCELLED
    row.save(update_fields=["state"])
    record(actor=actor, action="clients.handover_cancelled", entity=row, unit=row.org_unit, data=_told(row))
    _tell(row, "cancelled", _("The hand-over from %(giver)s to %(taker)s was called off."), 0)
    return row


def run_hand_overs(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Do the hand-overs whose day has come, and give back what is due; return how many clients moved.

    Each in a transaction of its own; run twice it moves nothing.
    """
    moved = 0
    due = HandOver.objects.filter(state=HandOverState.PLANNED, starts_on__lte=as_of)
    back = HandOver.objects.filter(state=HandOverState.DONE, returns_on__lte=as_of)
    for rows, state, act in (
        (due, HandOverState.PLANNED, _hand_over),
        (back, HandOverState.DONE, _give_back),
    ):
        for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
            with transaction.atomic():
                row = (
                    HandOver.objects.select_for_update(of=("self",))
                    .select_related("giver", "taker", "org_unit")
                    .filter(pk=pk, state=state)
                    .first()
                )
                if row is None:
                    continue
                try:
                    with transaction.atomic():
                        moved += act(row, actor=None, day=as_of)
                except BusinessError:
                    # The giver left: the clients stay where they are, and the heads see it on the page.
                    HandOver.objects.filter(pk=pk).update(returns_on=None)
                    _tell(row, "stays", _("%(giver)s is gone; the clients stay with %(taker)s."), 0)
    return moved
