"""Reading verbs of imports."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from crm.intake.choices import BUSY, WAITING, BatchStatus

if TYPE_CHECKING:
    from crm.accounts.models import User


class ImportBatchQuerySet(models.QuerySet[Any]):
    """Imports by who may see them and what they wait for."""

    def visible_to(self, user: "User") -> "ImportBatchQuerySet":
        """Return one's own imports; administrators of imports see all that were made inside their scope."""
        seen = Q(owner=user)
        if user.can("intake.import"):
            seen |= user.scope.unit_filter("owner__org_unit") if not user.scope.sees_all else Q()
            if user.scope.sees_all:
                return self.all()
        return self.filter(seen)

    def waiting(self) -> "ImportBatchQuerySet":
        """Return imports a worker has yet to finish something for."""
        return self.filter(status__in=WAITING)

    def silent_since(self, moment: datetime) -> "ImportBatchQuerySet":
        """Return busy imports whose worker has given no sign of life since `moment`."""
        return self.filter(status__in=BUSY, progress__beat_at__lt=moment)

    def unread_since(self, moment: datetime) -> "ImportBatchQuerySet":
        """Return imports that were uploaded before `moment` and never taken up."""
        return self.filter(status=BatchStatus.UPLOADED, progress__beat_at__lt=moment)

    def expired(self, moment: datetime, days: int) -> "ImportBatchQuerySet":
        """Return finished imports whose file has been kept long enough."""
        return (
            self.exclude(status__in=WAITING)
            .filter(created_at__lt=moment - timedelta(days=days))
            .exclude(folder="")
        )


def touched_by(user: "User", batch: int, roster: str) -> models.QuerySet[Any]:
    """Return keys of exactly the records an import touched, when the person may see that import."""
    from crm.intake.models import ImportBatch, RowChange

    seen = ImportBatch.objects.visible_to(user).filter(pk=batch, roster=roster)
    return RowChange.objects.filter(batch__in=seen.values("pk")).values("object_id")
