"""Two people for what gives or takes points by hand: one proposes, another decides (S0-70, E132).

From `points.second_approval_from` on it takes three: somebody endorses before another decides.
"""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, Sentence
from crm.base.trail import record
from crm.params import registry
from members.models import PersonalCustomer
from scoring.choices import PointKind, ProposalKind, RewardReason
from scoring.models import PointMovement, PointProposal
from scoring.services import budgets, codes
from scoring.services.ledger import deduct, need_second, not_among, reward, too_long, wrong_points
from scoring.services.returns import take_back


@transaction.atomic
def propose(
    *,
    customer: PersonalCustomer,
    kind: str,
    points: int,
    remark: str,
    actor: User,
    reward_reason: str = "",
) -> PointProposal:
    """Record what one person wants; nothing moves until a second person agrees.

    A reward sets points of the unit's budget aside.
    Raises: Invalid when points, remark or the reason of a reward are missing; BusinessError REWARD_CAP,
    BUDGET_EXCEEDED, NO_BUDGET, CUSTOMER_LEFT; Forbidden OWN_ACCOUNT.
    """
    problems: dict[str, list[Sentence]] = {}
    if wrong := not_among(kind, ProposalKind.values):
        problems["kind"] = wrong
    if wrong := wrong_points(points):
        problems["points"] = wrong
    if not remark.strip():
        problems["remark"] = [_("Say why, so that the second person can decide.")]
    elif wrong := too_long(remark.strip(), 180):
        problems["remark"] = wrong
    if kind == ProposalKind.EARN_REWARD and reward_reason not in RewardReason.values:
        problems["reward_reason"] = [_("Choose the reason of the reward.")]
    if problems:
        raise Invalid("INVALID", _("Some fields need correction."), fields=problems)
    budget = None
    if kind == ProposalKind.EARN_REWARD:
        day = clock.today()
        refuse_own(customer, actor)
        codes.refuse_gone(customer, day)
        budgets.check_caps(customer, points, day, waiting=True)
        budget = budgets.budget_for(actor, day)
        budgets.reserve(budget, points)
    proposal = PointProposal.objects.create(
        customer=customer,
        kind=kind,
        points=points,
        remark=remark.strip(),
        reward_reason=reward_reason if kind == ProposalKind.EARN_REWARD else "",
        budget=budget,
        proposed_by=actor,
    )
    record(
        actor=actor,
        action="scoring.points_proposed",
        entity=customer,
        unit=customer.org_unit,
        data={"proposal": proposal.pk, "kind": kind, "points": points},
    )
    return proposal


def refuse_own(customer: PersonalCustomer, actor: User) -> None:
    """Refuse points for the mobile of the person who gives them (S0-88).

    Raises: Forbidden OWN_ACCOUNT.
    """
    if actor.mobile and actor.mobile == customer.msisdn:
        raise Forbidden("OWN_ACCOUNT", _("This is your own number. Nobody gives points to themselves."))


@transaction.atomic
def propose_take_back(*, movement: PointMovement, remark: str, actor: User) -> PointProposal:
    """Ask for a reward to be taken back; a second person decides.

    Raises: Invalid; BusinessError NOT_REVERSIBLE, ALREADY_REVERSED, ALREADY_PROPOSED.
    """
    if not remark.strip():
        message = _("Say why, so that the second person can decide.")
        raise Invalid("INVALID", message, fields={"remark": [message]})
    if movement.kind != PointKind.EARN_REWARD:
        raise BusinessError("NOT_REVERSIBLE", _("Only a reward can be taken back."))
    if PointMovement.objects.filter(reverses=movement).exists():
        raise BusinessError("ALREADY_REVERSED", _("This movement was reversed before."))
    if PointProposal.objects.waiting().filter(takes_back=movement).exists():
        raise BusinessError("ALREADY_PROPOSED", _("Somebody asked for this before; it waits for a decision."))
    customer = movement.account.customer
    given = getattr(movement, "proposal", None)
    proposal = PointProposal.objects.create(
        customer=customer,
        kind=ProposalKind.DEDUCT_ADJUST,
        points=movement.points,
        remark=remark.strip(),
        budget=given.budget if given else None,
        takes_back=movement,
        proposed_by=actor,
    )
    record(
        actor=actor,
        action="scoring.points_proposed",
        entity=customer,
        unit=customer.org_unit,
        data={"proposal": proposal.pk, "takes_back": str(movement.pk), "points": movement.points},
    )
    return proposal


def two_from(day: date) -> int:
    """Return from how many points on two people approve a proposal."""
    return int(registry.get("points.second_approval_from", as_of=day))


def _undecided(proposal: PointProposal) -> PointProposal:
    locked = PointProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if locked.decided_at:
        raise BusinessError("ALREADY_DECIDED", _("Somebody decided on this proposal before."))
    return locked


@transaction.atomic
def approve_proposal(*, proposal: PointProposal, actor: User) -> PointMovement | None:
    """Agree to a proposal; the points move in the same transaction, or it waits for a further person.

    Returns None when a large proposal was endorsed and another person must approve it still.
    Raises: BusinessError ALREADY_DECIDED, IN_A_ROSTER, POINTS_INSUFFICIENT, REWARD_CAP; Forbidden
    SELF_APPROVAL, OWN_ACCOUNT.
    """
    proposal = _undecided(proposal)
    if proposal.batch_id is not None:
        raise BusinessError("IN_A_ROSTER", _("This came in a roster. Decide about the roster as a whole."))
    need_second(proposal.proposed_by, actor)
    if proposal.kind == ProposalKind.EARN_REWARD:
        refuse_own(proposal.customer, actor)
    if proposal.endorsed_by_id is not None:
        _need_another(proposal.endorsed_by_id, actor)
    elif proposal.points >= two_from(clock.today()):
        proposal.endorsed_by, proposal.endorsed_at = actor, clock.now()
        proposal.save(update_fields=["endorsed_by", "endorsed_at"])
        record(
            actor=actor,
            action="scoring.proposal_endorsed",
            entity=proposal.customer,
            unit=proposal.customer.org_unit,
            data={"proposal": proposal.pk, "points": proposal.points},
        )
        return None
    key = f"proposal:{proposal.pk}"
    if proposal.takes_back is not None:
        movement = take_back(
            movement=proposal.takes_back,
            reason=proposal.remark,
            operator=proposal.proposed_by,
            approver=actor,
            key=key,
        )
        budgets.give_back(proposal.budget_id, movement.points - movement.uncollected)
    elif proposal.kind == ProposalKind.EARN_REWARD:
        movement = reward(
            customer=proposal.customer,
            points=proposal.points,
            reward_reason=proposal.reward_reason,
            remark=proposal.remark,
            operator=proposal.proposed_by,
            approver=actor,
            key=key,
        )
        budgets.spend(proposal.budget_id, proposal.points)
    else:
        movement = deduct(
            customer=proposal.customer,
            kind=proposal.kind,
            points=proposal.points,
            reason=proposal.remark,
            operator=proposal.proposed_by,
            approver=actor,
            key=key,
        )
    proposal.decided_by, proposal.decided_at, proposal.movement = actor, clock.now(), movement
    proposal.save(update_fields=["decided_by", "decided_at", "movement"])
    return movement


def _need_another(endorser: int, actor: User) -> None:
    """Refuse the endorser as the one who approves.

    Raises: Forbidden SELF_APPROVAL.
    """
    if actor.scope.is_self(endorser):
        raise Forbidden("SELF_APPROVAL", _("You agreed to this already. A further person must approve it."))


@transaction.atomic
def decline_proposal(*, proposal: PointProposal, actor: User) -> None:
    """Decline a proposal, or withdraw one's own.

    Raises: BusinessError ALREADY_DECIDED, IN_A_ROSTER; Forbidden.
    """
    proposal = _undecided(proposal)
    if proposal.batch_id is not None:
        raise BusinessError("IN_A_ROSTER", _("This came in a roster. Decide about the roster as a whole."))
    if actor.pk != proposal.proposed_by_id and not actor.can("scoring.approve"):
        raise Forbidden("FORBIDDEN", _("Your role does not include approving points."))
    proposal.decided_by, proposal.decided_at = actor, clock.now()
    proposal.save(update_fields=["decided_by", "decided_at"])
    if proposal.kind == ProposalKind.EARN_REWARD:
        budgets.release(proposal.budget_id, proposal.points)
    record(
        actor=actor,
        action="scoring.proposal_declined",
        entity=proposal.customer,
        unit=proposal.customer.org_unit,
        data={"proposal": proposal.pk},
    )
