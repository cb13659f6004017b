"""Which files may be the same client, and why we think so."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Merge
from crm.accounts.models import User

# Column → why two files with the same value may be one client, and how much it says.
REASONS: dict[str, tuple[str | Promise, int]] = {
    "uscc": (_("same credit code"), 5),
    "licence_no": (_("same licence number"), 4),
    "name_key": (_("same name"), 4),
    "phone_public": (_("same phone"), 2),
    "address": (_("same address"), 1),
}
# Single signs that are too weak: whole buildings share an address.
ENOUGH = 2


@dataclass(slots=True)
class Candidate:
    """Another file that may be the same client."""

    client: Client
    reasons: list[str | Promise] = field(default_factory=list)
    weight: int = 0


def _living() -> Any:
    return Client.objects.filed().exclude(status="CLOSED")


def candidates_of(client: Client, user: User, *, limit: int = 20) -> list[Candidate]:
    """Return files the person may change that look like this one, most alike first."""
    alike = Q()
    for column in REASONS:
        if value := getattr(client, column):
            alike |= Q(**{column: value})
    if not alike:
        return []
    # The credit code is one among living files; the rest is shared by some.
    rows = (
        Client.objects.writable_by(user)
        .filter(pk__in=_living().filter(alike).exclude(pk=client.pk).values("pk"))
        .select_related("org_unit", "am")[: limit * 2]
    )
    found = []
    for row in rows:
        same = [c for c in REASONS if getattr(row, c) and getattr(row, c) == getattr(client, c)]
        weight = sum(REASONS[c][1] for c in same)
        if weight >= ENOUGH:
            found.append(Candidate(row, [REASONS[c][0] for c in same], weight))
    return sorted(found, key=lambda each: (-each.weight, each.client.pk))[:limit]


def pairs(user: User, *, after: str = "", limit: int = 20) -> tuple[list[list[Client]], str]:
    """Return groups of living files with the same name among those the person may change, and the next key.

    Pages by the name itself; a group that waits for a decision is left out.
    """
    waiting = Merge.objects.waiting().filter(Q(survivor_id=OuterRef("pk")) | Q(loser_id=OuterRef("pk")))
    mine = Client.objects.writable_by(user).filter(pk__in=_living().exclude(name_key="").values("pk"))
    keys: Iterable[str] = list(
        mine.exclude(Exists(waiting))
        .filter(name_key__gt=after)
        .values("name_key")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by("name_key")
        .values_list("name_key", flat=True)[: limit + 1]
    )
    shown = list(keys)[:limit]
    rows = mine.filter(name_key__in=shown).select_related("org_unit", "am").order_by("name_key", "pk")
    groups: dict[str, list[Client]] = {}
    for row in rows:
        groups.setdefault(row.name_key, []).append(row)
    return list(groups.values()), shown[-1] if len(list(keys)) > limit else ""
