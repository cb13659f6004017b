"""Values of parameters from a day on; a change never rewrites history (spec §3.9)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ParamValue(models.Model):
    """One value of one parameter, in force from a day on."""

    key = models.CharField(_("parameter"), max_length=80)
    value = models.JSONField(_("value"))
    effective_from = models.DateField(_("in force from"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("value of a parameter")
        ordering = ["key", "-effective_from", "-id"]
        indexes = [models.Index(fields=["key", "-effective_from", "-id"], name="param_in_force")]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"
