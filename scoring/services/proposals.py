"""Two people for what gives or takes points by hand: one proposes, another decides (S0-70, E132)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, Sentence
from crm.base.trail import record
from members.models import PersonalCustomer
from scoring.choices import ProposalKind
from scoring.models import PointMovement, PointProposal
from scoring.services.ledger import deduct, reward


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

    Raises: Invalid when points, remark or the reason of a reward are missing.
    """
    problems: dict[str, list[Sentence]] = {}
    if points <= 0:
        problems["points"] = [_("Write a number of points above zero.")]
    if not remark.strip():
        problems["remark"] = [_("Say why, so that the second person can decide.")]
    if kind == ProposalKind.EARN_REWARD and not reward_reason:
        problems["reward_reason"] = [_("Choose the reason of the reward.")]
    if problems:
        raise Invalid("INVALID", _("Some fields need correction."), fields=problems)
    proposal = PointProposal.objects.create(
        customer=customer,
        kind=kind,
        points=points,
        remark=remark.strip(),
        reward_reason=reward_reason if kind == ProposalKind.EARN_REWARD else "",
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


def _undecided(proposal: PointProposal) -> PointProposal:
    locked = PointProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if locked.decided_at:
        raise BusinessError("ALREADY_DECIDED", _("Somebody decided on this proposal before."))
    return locked


@transaction.atomic
def approve_proposal(*, proposal: PointProposal, actor: User) -> PointMovement:
    """Agree to a proposal as the second person; the points move in the same transaction.

    Raises: BusinessError ALREADY_DECIDED, POINTS_INSUFFICIENT; Forbidden SELF_APPROVAL.
    """
    proposal = _undecided(proposal)
    key = f"proposal:{proposal.pk}"
    if proposal.kind == ProposalKind.EARN_REWARD:
        movement = reward(
            customer=proposal.customer,
            points=proposal.points,
            reward_reason=proposal.reward_reason,
            remark=proposal.remark,
            operator=proposal.proposed_by,
            approver=actor,
            key=key,
        )
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


@transaction.atomic
def decline_proposal(*, proposal: PointProposal, actor: User) -> None:
    """Decline a proposal, or withdraw one's own.

    Raises: BusinessError ALREADY_DECIDED; Forbidden.
    """
    proposal = _undecided(proposal)
    if actor.pk != proposal.proposed_by_id and not actor.can("scoring.approve"):
        raise Forbidden("FORBIDDEN", _("Your role does not include approving points."))
    proposal.decided_by, proposal.decided_at = actor, clock.now()
    proposal.save(update_fields=["decided_by", "decided_at"])
    record(
        actor=actor,
        action="scoring.proposal_declined",
        entity=proposal.customer,
        unit=proposal.customer.org_unit,
        data={"proposal": proposal.pk},
    )
