"""Reading verbs of the trail."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from crm.base import clock

if TYPE_CHECKING:
    from crm.accounts.models import User


class AuditEventQuerySet(models.QuerySet[Any]):
    """Reading verbs of events."""

    def visible_to(self, user: "User") -> "AuditEventQuerySet":
        """Return events of units in scope; those without a unit by the unit of whoever acted."""
        if not user.can("audit.view"):
            return self.none()
        of_record = user.scope.unit_filter("unit", "audit.view")
        if not of_record:
            return self
        return self.filter(
            of_record | (Q(unit=None) & user.scope.unit_filter("actor__org_unit", "audit.view"))
        )

    def of_record(self, entity: str, entity_id: Any) -> "AuditEventQuerySet":
        """Keep the events of one record; `entity` is its label, such as `clients.client`."""
        return self.filter(entity=entity, entity_id=str(entity_id))

    def between(self, first: date | None, last: date | None) -> "AuditEventQuerySet":
        """Keep events of business days, both included."""
        found = self
        if first:
            found = found.filter(at__gte=clock.at(first))
        if last:
            found = found.filter(at__lt=clock.next_midnight(last))
        return found
