"""What an administrator decided about the fields of the file."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients import choices
from crm.base.history import keep_history


@keep_history(["level", "reason"])
class FieldSetting(models.Model):
    """The level of one field where it differs from the specification's (Source: S0-53, spec §3.3)."""

    code = models.CharField(_("field"), max_length=40, unique=True)
    level = models.CharField(_("level"), max_length=8, choices=choices.FieldLevel)
    reason = models.CharField(_("reason"), max_length=200)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("field rule")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.level}"
