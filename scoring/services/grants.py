"""Rosters of rewards: decided on as a whole, booked in a few statements, taken back the same way (S0-70)."""

from datetime import date

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.trail import record
from crm.intake.models import ImportBatch
from crm.params import registry
from members.models import PersonalCustomer
from scoring import rules, statements
from scoring.choices import ProposalKind
from scoring.models import PointProposal
from scoring.services import budgets
from scoring.services.ledger import need_second
from scoring.statements import ledger as sql


def _waiting(batch: ImportBatch, actor: User, *, verb: str = "scoring.approve") -> list[PointProposal]:
    """Lock what waits of a roster, in order.

    Raises: NotFound when some of its customers lie outside the scope; Forbidden; BusinessError
    ALREADY_DECIDED.
    """
    rows = PointProposal.objects.waiting().filter(batch=batch)
    whole = rows.count()
    if rows.visible_to(actor).count() != whole or not PointProposal.objects.filter(batch=batch).exists():
        raise NotFound("NOT_FOUND", _("There is no such record, or you may not see it."))
    if not actor.can(verb):
        raise Forbidden("FORBIDDEN", _("Your role does not include approving points."))
    locked = list(rows.select_related("proposed_by").order_by("pk").select_for_update(of=("self",)))
    if not locked:
        raise BusinessError("ALREADY_DECIDED", _("Somebody decided on this roster before."))
    return locked


def needs_two(*, points: int, largest: int, day: date) -> bool:
    """Say whether two people approve a roster: by its sum, or by a row that alone would take two."""
    whole, one = "points.grant_second_approval_from", "points.second_approval_from"
    limits = registry.get_many([whole, one], as_of=day)
    return bool(points >= limits[whole] or largest >= limits[one])


def _refuse_own(rows: list[PointProposal], actor: User) -> None:
    """Refuse who would give points to the own number by agreeing to a roster (S0-88).

    Raises: Forbidden OWN_ACCOUNT.
    """
    people = [row.customer_id for row in rows if row.kind == ProposalKind.EARN_REWARD]
    if actor.mobile and PersonalCustomer.objects.filter(pk__in=people, msisdn=actor.mobile).exists():
        raise Forbidden(
            "OWN_ACCOUNT", _("Your own number stands in this roster. A colleague must decide about it.")
        )


@transaction.atomic
def approve_grant(*, batch: ImportBatch, actor: User) -> int | None:
    """Agree to all that waits of a roster; return the points booked or taken, None when it was endorsed.

    Steps: 1. the proposals are locked; 2. a large roster is endorsed first and waits for a further person;
    3. accounts are opened and locked in order; 4. caps of customers are checked: one over its cap refuses
    the roster by name; 5. movements, lines and lots in one statement; 6. the budgets.
    Raises: BusinessError ALREADY_DECIDED, REWARD_CAP; Forbidden SELF_APPROVAL, OWN_ACCOUNT; NotFound.
    """
    day = clock.today()
    rows = _waiting(batch, actor)
    for proposer in {row.proposed_by for row in rows}:
        need_second(proposer, actor)
    endorsers = {row.endorsed_by_id for row in rows if row.endorsed_by_id}
    if any(actor.scope.is_self(pk) for pk in endorsers):
        raise Forbidden("SELF_APPROVAL", _("You agreed to this already. A further person must approve it."))
    _refuse_own(rows, actor)
    ids = [row.pk for row in rows]
    points = sum(row.points for row in rows)
    if needs_two(points=points, largest=max(row.points for row in rows), day=day) and not endorsers:
        PointProposal.objects.filter(pk__in=ids).update(endorsed_by=actor, endorsed_at=clock.now())
        _told(actor, "scoring.grant_endorsed", batch, len(ids), points)
        return None
    statements.write(sql.OPEN_ACCOUNTS_OF_PROPOSALS, [ids])
    statements.write(sql.LOCK_ACCOUNTS_OF_PROPOSALS, [ids])
    given = {"ids": ids, "day": day, "actor": actor.pk}
    moved = 0
    if any(row.kind == ProposalKind.EARN_REWARD for row in rows):
        _refuse_over_caps(ids, day)
        years = registry.get("points.validity_years", as_of=day)
        expires = rules.expiry_of(day.year, validity_years=years)
        for budget, n in _by_budget(ids, ProposalKind.EARN_REWARD):
            budgets.spend(budget, n)
        moved += statements.write_named(sql.GRANT, given | {"year": day.year, "expires": expires})
    if any(row.takes_back_id for row in rows):
        moved += statements.write_named(sql.TAKE_BACK, given)
        for budget, n in _collected(ids):
            budgets.give_back(budget, n)
    _told(actor, "scoring.grant_approved", batch, len(ids), moved)
    return moved


def _by_budget(ids: list[int], kind: str) -> list[tuple[int | None, int]]:
    rows = PointProposal.objects.filter(pk__in=ids, kind=kind).order_by("budget")
    return list(rows.values_list("budget").annotate(n=Sum("points")))


def _collected(ids: list[int]) -> list[tuple[int | None, int]]:
    rows = PointProposal.objects.filter(pk__in=ids, takes_back__isnull=False).order_by("budget")
    found = rows.values_list("budget").annotate(n=Sum("movement__points") - Sum("movement__uncollected"))
    return [(budget, n or 0) for budget, n in found]


def _refuse_over_caps(ids: list[int], day: date) -> None:
    """Refuse a roster that would give a customer more than is allowed, naming the first of them.

    Raises: BusinessError REWARD_CAP.
    """
    (month_key, month), (year_key, year) = budgets.periods(day)
    caps = registry.get(month_key, as_of=day), registry.get(year_key, as_of=day)
    over = statements.ids(sql.OVER_CAPS, [month, year, ids, *caps])
    if over:
        first = PointProposal.objects.select_related("customer").get(pk=over[0]).customer
        message = ngettext(
            "%(n)d customer of the roster would get more reward points than allowed, the number ends"
            " in %(tail)s. Decline the roster and import it again without it.",
            "%(n)d customers of the roster would get more reward points than allowed, the first number ends"
            " in %(tail)s. Decline the roster and import it again without them.",
            len(over),
        ) % {"n": len(over), "tail": first.msisdn[-4:]}
        raise BusinessError("REWARD_CAP", message, details={"customers": len(over)})


@transaction.atomic
def decline_grant(*, batch: ImportBatch, actor: User) -> int:
    """Decline all that waits of a roster, or withdraw one's own; return how many rows.

    Raises: BusinessError ALREADY_DECIDED; Forbidden; NotFound.
    """
    own = not PointProposal.objects.waiting().filter(batch=batch).exclude(proposed_by=actor).exists()
    rows = _waiting(batch, actor, verb="scoring.view" if own else "scoring.approve")
    ids = [row.pk for row in rows]
    reserved = _by_budget(ids, ProposalKind.EARN_REWARD)
    PointProposal.objects.filter(pk__in=ids).update(decided_by=actor, decided_at=clock.now())
    for budget, n in reserved:
        budgets.release(budget, n)
    _told(actor, "scoring.grant_declined", batch, len(ids), sum(row.points for row in rows))
    return len(ids)


@transaction.atomic
def propose_grant_back(*, batch: ImportBatch, remark: str, actor: User) -> int:
    """Ask for a whole booked roster to be taken back; a second person decides; return how many rows.

    Raises: Invalid; NotFound; BusinessError ALREADY_REVERSED when nothing of it is left to take back.
    """
    if not remark.strip():
        message = _("Say why, so that the second person can decide.")
        raise Invalid("INVALID", message, fields={"remark": [message]})
    booked = PointProposal.objects.filter(batch=batch, movement__isnull=False)
    whole = booked.aggregate(n=Count("pk"))["n"]
    if not whole or booked.visible_to(actor).count() != whole:
        raise NotFound("NOT_FOUND", _("There is no such record, or you may not see it."))
    asked = statements.write_named(
        sql.ASK_BACK, {"batch": batch.pk, "actor": actor.pk, "remark": remark.strip()[:180]}
    )
    if not asked:
        raise BusinessError("ALREADY_REVERSED", _("Nothing of this roster is left to take back."))
    _told(actor, "scoring.grant_taken_back", batch, asked, 0)
    return asked


def _told(actor: User, action: str, batch: ImportBatch, rows: int, points: int) -> None:
    record(actor=actor, action=action, entity=batch, data={"rows": rows, "points": points})
