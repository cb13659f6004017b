"""Reading verbs of reports of conduct."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from visits.choices import ConductState

if TYPE_CHECKING:
    from crm.accounts.models import User


class ConductQuerySet(models.QuerySet[Any]):
    """Reading verbs of reports: for auditors of the unit and for who recorded them, nobody else."""

    def visible_to(self, user: "User") -> Any:
        """Return what the person may read; never a report about the person, whatever the role."""
        found = Q(recorded_by=user)
        if user.can("visits.handle_conduct"):
            found |= user.scope.unit_filter("org_unit", "visits.handle_conduct")
        return self.filter(found).exclude(about__in=user.scope.selves)

    def handled_by(self, user: "User") -> Any:
        """Return what the person may settle."""
        if not user.can("visits.handle_conduct"):
            return self.none()
        inside = user.scope.unit_filter("org_unit", "visits.handle_conduct")
        return self.filter(inside).exclude(about__in=user.scope.selves)

    def open(self) -> Any:
        """Keep reports nobody settled."""
        return self.filter(state__in=[ConductState.NEW, ConductState.LOOKED_INTO])

    def with_rows(self) -> Any:
        """Fetch what a line of a list shows."""
        return self.select_related("client", "about", "recorded_by", "handled_by", "org_unit")
