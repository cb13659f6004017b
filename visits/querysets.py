"""Reading verbs of visits and logs."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from crm.accounts.models import User


class VisitQuerySet(models.QuerySet[Any]):
    """Reading verbs of visits."""

    def visible_to(self, user: "User") -> Any:
        """Return own visits and those of units in scope.

        The unit stands on the visit itself: a hand-over of the client leaves its history where it was.
        """
        if not user.can("visits.view"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit") | Q(owner=user))


class VisitLogQuerySet(models.QuerySet[Any]):
    """Reading verbs of logs: a log is seen where its visit is."""

    def visible_to(self, user: "User") -> Any:
        """Return own logs and those of units in scope."""
        if not user.can("visits.view"):
            return self.none()
        return self.filter(user.scope.unit_filter("visit__org_unit") | Q(visit__owner=user))
