"""Reading verbs of nights."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from crm.accounts.models import User


class JobRunQuerySet(models.QuerySet[Any]):
    """Reading verbs of runs."""

    def visible_to(self, user: "User") -> "JobRunQuerySet":
        """Return runs over everything, and those of provinces that touch the person's scope."""
        if not user.can("jobs.view"):
            return self.none()
        return self.filter(Q(scope="") | Q(scope__in=user.scope.province_codes))

    def unfinished(self) -> "JobRunQuerySet":
        """Keep runs that are not done."""
        return self.exclude(state="DONE")

    def scheduled(self) -> "JobRunQuerySet":
        """Keep runs of nights that came by themselves; nights asked for by hand do not move the calendar."""
        return self.filter(by_hand=False)

    def last_seen(self, step: str, scope: str = "") -> "tuple[date, datetime] | None":
        """Return the day a step last looked at and the moment it began; None before its first night."""
        runs = self.filter(step=step, scope=scope, state="DONE", started_at__isnull=False)
        found = runs.order_by("-business_date").values_list("business_date", "started_at").first()
        return (found[0] + timedelta(days=1), found[1]) if found else None

    def open_nights(self) -> list[date]:
        """Return the business dates that still have work, oldest first."""
        return list(
            self.scheduled()
            .unfinished()
            .order_by("business_date")
            .values_list("business_date", flat=True)
            .distinct()
        )
