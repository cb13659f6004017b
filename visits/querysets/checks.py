"""Reading verbs of spot checks and quality scores."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Q

from crm.base import clock

if TYPE_CHECKING:
    from crm.accounts.models import User


class SpotDrawQuerySet(models.QuerySet[Any]):
    """Reading verbs of draws."""

    def visible_to(self, user: "User") -> Any:
        """Return own draws, and those over units in the scope of who checks or audits."""
        found = Q(pk__in=[])
        for verb in ("visits.spot_check", "audit.view"):
            if user.can(verb) and user.can("visits.view"):
                found |= user.scope.unit_filter("org_unit", verb)
        return self.filter(found)

    def with_progress(self) -> Any:
        """Count what was drawn and what is checked; the population itself is long and is left behind."""
        rows = self.select_related("checker", "org_unit").defer("frame", "rates")
        return rows.annotate(drawn=Count("samples"), checked=Count("samples__check_made"))


class SpotSampleQuerySet(models.QuerySet[Any]):
    """Reading verbs of drawn logs."""

    def about(self, user: "User") -> Any:
        """Return what was checked of the person's own work."""
        return self.filter(person=user).exclude(check_made=None)

    def left(self) -> Any:
        """Keep what is drawn and not checked."""
        return self.filter(check_made=None)

    def found(self, target: str, people: Any, *, since: date, until: date) -> Any:
        """Keep what was checked of people's work within days, the last excluded."""
        return self.filter(
            draw__target=target,
            person__in=people,
            check_made__checked_at__gte=clock.at(since),
            check_made__checked_at__lt=clock.at(until),
        )

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows."""
        return self.select_related(
            "draw", "person", "log__visit__client", "log__visit__owner", "log__decided_by", "check_made"
        )


class QualityQuerySet(models.QuerySet[Any]):
    """Reading verbs of quality scores."""

    def visible_to(self, user: "User") -> Any:
        """Return own scores; those of the scope for who checks or audits; managers' for their head."""
        found = Q(user=user)
        if user.can("visits.view"):
            for verb in ("visits.spot_check", "audit.view"):
                if user.can(verb):
                    found |= user.scope.unit_filter("user__org_unit", verb)
            if user.can("visits.approve_log"):
                found |= user.scope.unit_filter("user__org_unit", "visits.approve_log") & Q(target="LOG")
        return self.filter(found)
