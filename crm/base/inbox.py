"""What waits for a person's decision, by kind: every floor registers its kinds, any page shows the counts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

# Counting further says nothing new to a person.
MOST = 1000
# A page that is opened for one kind may show the others as they were so many seconds ago.
LATELY = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of decision: the verb that opens it, where it is made, and the rows that wait."""

    code: str
    label: str | Promise
    icon: str
    verb: str
    url_name: str
    rows: Callable[[Any], Any]
    query: str = ""
    position: int = 100


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds; called in an app's ready()."""
    _kinds.update({kind.code: kind for kind in kinds})


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many rows of a kind wait for a person, and where."""

    kind: Kind
    count: int
    url: str

    @property
    def shown(self) -> str:
        """Return the count as people read it."""
        return f"{MOST}+" if self.count >= MOST else str(self.count)


def waiting_for(user: Any, *, counted: dict[str, int] | None = None) -> list[Waiting]:
    """Return the kinds the person decides about, each with its count.

    A page that has counted its own kind says so; the other kinds are then shown as of a few seconds ago.
    """
    known: dict[str, int] = {}
    if counted is not None:
        known = {**(cache.get(f"inbox:{user.pk}") or {}), **counted}
    found = _counted(user, known)
    if counted is not None and any(one.kind.code not in known for one in found):
        cache.set(f"inbox:{user.pk}", {one.kind.code: one.count for one in found}, LATELY)
    return found


def _counted(user: Any, known: dict[str, int]) -> list[Waiting]:
    found = []
    for kind in sorted(_kinds.values(), key=lambda kind: kind.position):
        if not user.can(kind.verb):
            continue
        try:
            url = reverse(kind.url_name)
        except NoReverseMatch:
            continue
        query = f"?{kind.query}" if kind.query else ""
        count = known.get(kind.code)
        if count is None:  # numbers of rows only: a slice of a sorted list would be sorted first
            count = kind.rows(user).order_by()[:MOST].count()
        found.append(Waiting(kind, count, url + query))
    return found
