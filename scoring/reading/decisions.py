"""Which clients have a tier by decision: what their list may be narrowed by."""

from typing import Any

from crm.base import clock
from crm.params import registry
from scoring.models import TierOverride


def with_decision(clients: Any) -> Any:
    """Keep clients whose tier people decided, as of today."""
    held = TierOverride.objects.in_force(as_of=clock.today())
    return clients.filter(pk__in=held.values("client"))


def with_ending_decision(clients: Any) -> Any:
    """Keep clients whose decided tier ends soon."""
    today = clock.today()
    days = registry.get("tier.override_notice_days", as_of=today)
    return clients.filter(pk__in=TierOverride.objects.ending(as_of=today, days=days).values("client"))
