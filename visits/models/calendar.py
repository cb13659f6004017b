"""The days on which the plain week is wrong."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from visits import choices


class Holiday(models.Model):
    """One day on which the plain week is wrong: a public holiday, or a weekend day worked instead."""

    day = models.DateField(_("day"), primary_key=True)
    kind = models.CharField(_("kind of day"), max_length=7, choices=choices.HolidayKind)
    name = models.CharField(_("name of the holiday"), max_length=40)

    class Meta:
        verbose_name = _("holiday")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
