"""Profit and loss by segment: what resources cost in a month, and the closed months (S2-02, S2-03, S2-04)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.choices import Segment
from scoring import choices
from scoring.models.reach import FROZEN
from scoring.querysets import ReachQuerySet


class ResourceCost(models.Model):
    """What one resource of a province cost in one month; shared out by use when the month closes (S2-03)."""

    province = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", db_index=False)
    month = models.DateField(_("month"))
    driver = models.CharField(_("resource"), max_length=9, choices=choices.CostDriver)
    cost_fen = models.BigIntegerField(_("cost"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-month", "driver"]
        constraints = [
            models.UniqueConstraint(fields=["province", "month", "driver"], name="resource_cost_once"),
            models.CheckConstraint(condition=Q(cost_fen__gte=0), name="resource_cost_not_negative"),
            models.CheckConstraint(condition=Q(month__day=1), name="resource_cost_month_is_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.driver} {self.cost_fen}"


class SegmentMonth(models.Model):
    """One closed month of one province: what was shared out, over how much use, and what was left out."""

    month = models.DateField(_("month"))
    province = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+")
    as_of = models.DateField()
    costs = models.JSONField(default=dict)  # driver → cost in fen; a driver nobody entered is missing
    excluded = models.JSONField(default=list)  # kinds of fee that do not count (S2-04)
    closed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-month", "province"]
        constraints = [
            models.UniqueConstraint(fields=["month", "province"], name="segment_month_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="segment_month_is_first_day"),
        ]
        triggers = [FROZEN]

    def __str__(self) -> str:
        return f"{self.province_id} {self.month:%Y-%m}"


class SegmentPnL(models.Model):
    """Revenue and cost of one unit's own clients of one segment in a closed month.

    Sums over the tree are made of these. `cost_fen` was reported with the revenue, `shared_fen` is the
    part of the resources that goes with their use.
    Units: fen; use as the sources count it, bandwidth in kbit/s.
    """

    month = models.DateField(_("month"))
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+")
    segment = models.CharField(_("segment"), max_length=8, choices=Segment, blank=True)
    clients = models.PositiveIntegerField()
    revenue_fen = models.BigIntegerField()
    excluded_fen = models.BigIntegerField()
    cost_fen = models.BigIntegerField()
    shared_fen = models.BigIntegerField()
    data = models.BigIntegerField()
    voice = models.BigIntegerField()
    bandwidth = models.BigIntegerField()
    ebit_fen = models.GeneratedField(
        expression=F("revenue_fen") - F("cost_fen") - F("shared_fen"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    objects = models.Manager.from_queryset(ReachQuerySet)()

    class Meta:
        ordering = ["-month", "org_unit", "segment"]
        constraints = [
            models.UniqueConstraint(fields=["month", "org_unit", "segment"], name="segment_pnl_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="segment_pnl_month_is_first_day"),
        ]
        triggers = [FROZEN]

    def __str__(self) -> str:
        return f"{self.org_unit_id} {self.month:%Y-%m} {self.segment}"


__all__ = ["ResourceCost", "SegmentMonth", "SegmentPnL"]
