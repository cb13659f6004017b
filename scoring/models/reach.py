"""Who counted as reached at the end of each month: written once, then frozen."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus, InstitutionType
from clients.models import Client
from scoring import choices
from scoring.querysets import ReachQuerySet

FROZEN = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class ReachMonth(models.Model):
    """One closed month of one province: how it was counted and when (S0-50, J13)."""

    month = models.DateField(_("month"))
    province = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+")
    as_of = models.DateField()
    zero_rule = models.CharField(max_length=3, choices=choices.ZeroRule)
    clients = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    closed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-month", "province"]
        constraints = [
            models.UniqueConstraint(fields=["month", "province"], name="reach_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="reach_month_is_first_day"),
        ]
        triggers = [FROZEN]

    def __str__(self) -> str:
        return f"{self.province_id} {self.month:%Y-%m}"


class ReachTotal(models.Model):
    """The counts of one unit's own clients in a closed month; sums over the tree are made of these."""

    month = models.DateField(_("month"))
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+")
    clients = models.PositiveIntegerField()
    counted = models.PositiveIntegerField()
    by_reason = models.JSONField(default=dict)  # reason → clients; a client may have several

    objects = models.Manager.from_queryset(ReachQuerySet)()

    class Meta:
        ordering = ["-month", "org_unit"]
        constraints = [models.UniqueConstraint(fields=["month", "org_unit"], name="reach_total_once")]
        triggers = [FROZEN]

    def __str__(self) -> str:
        return f"{self.org_unit_id} {self.month:%Y-%m}"


class ReachRow(models.Model):
    """One client in one closed month: the facts and every reason why it does not count.

    The row outlives its client, so that a closed month never changes: no constraint ties the two.
    """

    month = models.DateField(_("month"))
    client = models.ForeignKey(
        Client, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("client"),
    )  # fmt: skip
    client_code = models.CharField(_("client code"), max_length=12, db_collation="C")
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, db_constraint=False, db_index=False, related_name="+",
        verbose_name=_("unit"),
    )  # fmt: skip
    status = models.CharField(_("status"), max_length=9, choices=ClientStatus)
    institution_type = models.CharField(_("institution type"), max_length=2, choices=InstitutionType)
    members = models.PositiveIntegerField(_("active members"))
    revenue_fen = models.BigIntegerField(_("revenue"))
    reasons = ArrayField(models.CharField(max_length=28, choices=choices.ReachReason), default=list)
    counted = models.BooleanField()

    objects = models.Manager.from_queryset(ReachQuerySet)()

    class Meta:
        ordering = ["client_code"]
        constraints = [models.UniqueConstraint(fields=["month", "client"], name="reach_row_once")]
        indexes = [
            # For the drill-down: who does not count, in the order of codes.
            models.Index(fields=["month", "client_code"], name="reach_excluded", condition=Q(counted=False)),
        ]
        triggers = [FROZEN]

    def __str__(self) -> str:
        return f"{self.client_code} {self.month:%Y-%m}"
