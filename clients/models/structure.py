"""Where a client works and who of ours answers for it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.client import Client
from crm.base.models import Region


class BranchSite(models.Model):
    """A place where a client has a branch that is no client of ours: the region follows from it (S0-32)."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="sites", db_index=False)
    name = models.CharField(_("branch"), max_length=120)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("region"),
    )
    country = models.CharField(_("country, if abroad"), max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("branch site")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["client", "name"], name="branch_site_once"),
            models.CheckConstraint(
                condition=Q(region=None, country__gt="") | (~Q(region=None) & Q(country="")),
                name="branch_site_here_or_abroad",
                violation_error_message=_("Give either the region, or the country if it lies abroad."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Responsibility(models.Model):
    """Which unit answers for a key account, and as what (Source: S2-22, spec §3.6.3 RESP).

    A deferred trigger of the database sees to it that every key account has a first responsible; the
    constraint below, that it has only one.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="responsibilities", db_index=False)
    level = models.CharField(_("level"), max_length=8, choices=choices.ResponsibilityLevel)
    role = models.CharField(_("role"), max_length=17, choices=choices.ResponsibilityRole)
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, db_index=False, related_name="+", verbose_name=_("unit")
    )
    since = models.DateField(_("since"))

    class Meta:
        verbose_name = _("responsibility")
        ordering = ["client", "role", "org_unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"], condition=Q(role="FIRST_RESPONSIBLE"), name="responsibility_one_first"
            ),
            models.UniqueConstraint(fields=["client", "role", "org_unit"], name="responsibility_once"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.role} {self.org_unit_id}"
