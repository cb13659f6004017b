"""Reading verbs of gifts."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import MD5, Cast, Concat, Substr

from crm.base import clock
from visits.choices import GiftState
from visits.querysets.owned import OwnedQuerySet

if TYPE_CHECKING:
    from crm.accounts.models import User
    from visits.models import Visit


class GiftStockQuerySet(models.QuerySet[Any]):
    """Reading verbs of stock."""

    def visible_to(self, user: "User") -> Any:
        """Return the stock of units in scope, and of the units above the person's own."""
        if not user.can("visits.view"):
            return self.none()
        found = user.scope.unit_filter("org_unit")
        home = user.org_unit
        if home is not None:
            above = [home.path[:end] for end in range(len(home.path), 0, -home.steplen)]
            found |= Q(org_unit__path__in=above)
        return self.filter(found)

    def kept_by(self, user: "User") -> Any:
        """Return the stock the person keeps."""
        if not user.can("visits.keep_gifts"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit", "visits.keep_gifts"))


class GiftRequestQuerySet(OwnedQuerySet):
    """Reading verbs of requests."""

    def decidable_by(self, user: "User") -> Any:
        """Return waiting requests the person may decide about, never own ones."""
        if not user.can("visits.keep_gifts"):
            return self.none()
        inside = user.scope.unit_filter("org_unit", "visits.keep_gifts")
        return self.filter(inside, state=GiftState.REQUESTED).exclude(owner__in=user.scope.selves)

    def callable_by(self, user: "User") -> Any:
        """Return signed gifts the person may ask the client about: neither given nor approved by them."""
        if not user.can("visits.call_back"):
            return self.none()
        inside = user.scope.unit_filter("org_unit", "visits.call_back")
        own = Q(owner__in=user.scope.selves) | Q(decided_by__in=user.scope.selves)
        return self.filter(inside, state=GiftState.SIGNED).exclude(own)

    def unreconciled(self, as_of: date, *, days: int) -> Any:
        """Keep gifts handed out so many days ago for which there is no receipt (Source: S0-85)."""
        return self.filter(state=GiftState.COLLECTED, collected_at__lt=clock.at(as_of - timedelta(days=days)))

    def unsigned_of(self, visit: "Visit") -> Any:
        """Return gifts the visit may have handed over whose receipts the client has not signed yet."""
        mine = self.filter(client=visit.client_id, owner=visit.owner_id, state=GiftState.COLLECTED)
        return mine.filter(Q(visit=None) | Q(visit=visit)).order_by("pk")

    def sampled(self, month: date, *, pct: int) -> Any:
        """Keep the sample of a month's receipts to call back about: the same rows whenever it is asked.

        Units: `pct` of 100; drawn by a hash of month and number, so that nobody chooses.
        """
        end = (month + timedelta(days=32)).replace(day=1)
        seed = Concat(models.Value(month.isoformat()), Cast(F("pk"), models.CharField()))
        # Four hex figures below a fifth that is nought: less than 10000 is everything.
        draw = Concat(models.Value("0"), Substr(MD5(seed), 1, 4))
        rows = self.filter(signed_on__gte=month, signed_on__lt=end, state=GiftState.SIGNED)
        return rows.annotate(draw=draw).filter(draw__lt=f"{pct * 65536 // 100:05x}")

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows."""
        return self.select_related("client", "owner", "stock__gift", "contact", "org_unit", "decided_by")
