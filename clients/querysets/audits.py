"""Reading verbs of audits: a plan belongs to its unit, a task to its client's unit."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from clients.models import AuditPlan, AuditTask  # noqa: F401 - named in a base class
    from crm.accounts.models import User


class AuditPlanQuerySet(models.QuerySet["AuditPlan"]):
    """Reading verbs of plans."""

    def visible_to(self, user: "User") -> Any:
        """Return plans over units in scope."""
        return self.filter(user.scope.unit_filter("unit")) if user.can("clients.view") else self.none()

    def due(self, as_of: date) -> Any:
        """Keep plans whose drawing is due."""
        return self.filter(ended_at=None, next_on__lte=as_of)


class AuditTaskQuerySet(models.QuerySet["AuditTask"]):
    """Reading verbs of tasks."""

    def visible_to(self, user: "User") -> Any:
        """Return audits of clients whose file the person may open."""
        from clients.models import Client

        return self.filter(client__in=Client.objects.visible_to(user))

    def open(self) -> Any:
        """Keep audits that are not over."""
        return self.exclude(state="CLOSED")

    def for_auditor(self, user: "User") -> Any:
        """Keep what the auditor has to do next: own audits, and reported corrections to verify."""
        return self.filter(Q(auditor=user) | Q(auditor=None)).filter(
            Q(state__in=["PLANNED", "RUNNING", "FINDINGS"])
            | Q(state="CORRECTION", corrected_at__isnull=False)
        )

    def for_manager(self, user: "User") -> Any:
        """Keep findings the manager has to correct."""
        return self.filter(state="CORRECTION", corrected_at=None, client__am=user)

    def with_rows(self) -> Any:
        """Join what lists show."""
        return self.select_related("client", "auditor", "am", "org_unit", "plan")
