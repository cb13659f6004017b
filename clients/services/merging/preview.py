"""What a merge would do, before anybody says yes."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from clients.models import Client
from clients.services.merging import movers as _ours  # noqa: F401 - registers how our rows move
from clients.services.merging.relations import Deal, movers


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of rows: how many go over, how many stay, and why."""

    label: str
    words: str | Promise
    moving: int
    staying: int
    why: str | Promise


def preview(deal: Deal, target: type[Any] = Client) -> list[Line]:
    """Return every relation that has rows; old versions of records are left out."""
    found = []
    for each in movers(target):
        if each.relation.is_history:
            continue
        moving, staying = each.counts(deal)
        if moving or staying:
            found.append(Line(each.relation.label, each.relation.words, moving, staying, each.stays))
    return found
