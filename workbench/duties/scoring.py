"""Duties of points and tiers."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.params import registry
from scoring.models import PointProposal, TierOverride
from workbench.duties.base import EACH, Duty, Moment, address


def point_proposals(user: User, at: Moment) -> Iterable[Duty]:
    """Points somebody proposed and a second person decides about."""
    waiting = (
        PointProposal.objects.visible_to(user)
        .waiting()
        .exclude(proposed_by__in=user.scope.selves)
        .select_related("customer")
    )
    for proposal in waiting.order_by("pk")[:EACH]:
        yield Duty(
            "point_proposal",
            "warn",
            "coins",
            _("%(points)d points wait for a second person") % {"points": proposal.points},
            proposal.remark,
            address("scoring:statement", proposal.customer_id),
            _("Decide"),
        )


def tier_proposals(user: User, at: Moment) -> Iterable[Duty]:
    """Tiers somebody proposed by decision; the province approves."""
    waiting = TierOverride.objects.visible_to(user).waiting().exclude(proposed_by__in=user.scope.selves)
    for row in waiting.select_related("client").order_by("pk")[:EACH]:
        yield Duty(
            "tier_proposal",
            "warn",
            "scale",
            row.client.name,
            _("%(tier)s by decision until %(day)s: %(reason)s")
            % {"tier": row.tier, "day": row.ends_on, "reason": row.reason},
            address("scoring:client", row.client_id) + "#decisions",
            _("Decide"),
        )


def ending_tiers(user: User, at: Moment) -> Iterable[Duty]:
    """Tiers by decision that end soon: prove them anew, or let the model speak."""
    days = registry.get("tier.override_notice_days", as_of=at.today)
    rows = (
        TierOverride.objects.visible_to(user)
        .ending(as_of=at.today, days=days)
        .exclude(client__in=TierOverride.objects.waiting().values("client"))
    )
    for row in rows.select_related("client").order_by("ends_on", "pk")[:EACH]:
        yield Duty(
            "ending_tier",
            "info",
            "hourglass",
            row.client.name,
            _("%(tier)s by decision ends on %(day)s; then the model decides")
            % {"tier": row.tier, "day": row.ends_on},
            address("scoring:override-propose", row.client_id),
            _("Propose again"),
            row.ends_on,
            about=address("scoring:client", row.client_id),
        )
