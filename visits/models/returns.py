"""What a log said when it was given back, so that the next reading shows what changed."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from visits.models.logs import VisitLog


class LogReturn(models.Model):
    """One return of a log with its text as it stood; never changed, never removed (Source: S1-91)."""

    log = models.ForeignKey(VisitLog, models.PROTECT, related_name="returns", db_index=False)
    log_version = models.PositiveIntegerField()
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("returned by")
    )
    returned_at = models.DateTimeField(_("returned at"))
    reason = models.CharField(_("reason for return"), max_length=300)
    # Purposes and every field its writer may fill in.
    said = models.JSONField(_("text at the return"))

    class Meta:
        verbose_name = _("return of a log")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["log", "log_version"], name="log_return_once")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.log_id} {self.reason}"
