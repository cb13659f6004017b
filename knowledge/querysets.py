"""Reading verbs of the library: what is published is read by managers of every unit (S1-08)."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from crm.base.text import clean
from knowledge.choices import SolutionState

if TYPE_CHECKING:
    from crm.accounts.models import User


class ScriptCardQuerySet(models.QuerySet[Any]):
    """Reading verbs of script cards."""

    def visible_to(self, user: "User") -> Any:
        """Return the cards in use; who keeps them sees those put aside too."""
        if user.can("knowledge.edit"):
            return self.all()
        return self.filter(active=True) if user.can("knowledge.view") else self.none()

    def of_stages(self, stages: Collection[str]) -> Any:
        """Keep the cards in use of some stages, in order."""
        return self.filter(active=True, stage__in=stages).order_by("position", "id")


class SolutionQuerySet(models.QuerySet[Any]):
    """Reading verbs of solutions."""

    def visible_to(self, user: "User") -> Any:
        """Return what is published, whichever unit wrote it; who keeps the library sees every state."""
        if user.can("knowledge.edit"):
            return self.all()
        return self.published() if user.can("knowledge.view") else self.none()

    def writable_by(self, user: "User") -> Any:
        """Return everything to who keeps the library."""
        return self.all() if user.can("knowledge.edit") else self.none()

    def published(self) -> Any:
        """Keep published solutions."""
        return self.filter(state=SolutionState.PUBLISHED)

    def search(self, query: str) -> Any:
        """Keep solutions that hold every word of what was typed: in title, body, products or as pinyin.

        Two characters are enough; one finds beginnings of titles.
        """
        words = clean(query).lower().split(" ")[:5]
        if not words[0]:
            return self
        if len(words) == 1 and len(words[0]) == 1:
            return self.filter(search_text__startswith=words[0])
        found = Q()
        for word in words:
            found &= Q(search_text__contains=word)
        return self.filter(found)

    def fitting(self, *, industries: Collection[str], products: Collection[str], tier: str | None) -> Any:
        """Keep published solutions that share an industry, a product or the tier with a client."""
        tiers = Q(tiers__contains=[tier]) if tier else Q(pk__in=[])
        return (
            self.published()
            .filter(Q(industries__in=industries) | Q(products__code__in=products) | tiers)
            .distinct()
        )
