"""Reading verbs of hand-overs."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from clients.models import HandOver  # noqa: F401 - named in a base class
    from crm.accounts.models import User


class HandOverQuerySet(models.QuerySet["HandOver"]):
    """Reading verbs of hand-overs."""

    def visible_to(self, user: "User") -> "HandOverQuerySet":
        """Return hand-overs of the own area, and those the person gives or takes."""
        if not user.can("clients.view"):
            return self.none()
        own = Q(giver=user) | Q(taker=user)
        if user.can("clients.assign") or user.can("clients.export"):
            return self.filter(own | user.scope.unit_filter("org_unit")) if not user.scope.sees_all else self
        return self.filter(own)

    def with_rows(self) -> "HandOverQuerySet":
        """Fetch people and unit along, and count the clients."""
        return self.select_related("giver", "taker", "org_unit", "created_by").annotate(
            clients=models.Count("rows")
        )
