"""What everything shares that has an owner and stands in a unit."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from crm.accounts.models import User


class OwnedQuerySet(models.QuerySet[Any]):
    """Who sees and who moves a row: its owner, and who is over its unit.

    The unit stands on the row itself: a hand-over of the client leaves its history where it was.
    """

    def visible_to(self, user: "User") -> Any:
        """Return own rows and those of units in scope."""
        if not user.can("visits.view"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit") | Q(owner=user))

    def writable_by(self, user: "User") -> Any:
        """Return the rows the person may move: own ones, or the sub-tree of a head or client system."""
        if not user.can("visits.change"):
            return self.none()
        return self.filter(Q(owner=user) | Q(org_unit__in=user.scope.write_unit_ids))
