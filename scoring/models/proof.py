"""What proves the ledger and what reports read: proofs, seals and sums of the night."""

from typing import Any

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit
from scoring import choices
from scoring.querysets import SumQuerySet


class LedgerProof(models.Model):
    """What the nightly comparison of entries, lots and balances found (spec §3.5, L1, L2)."""

    business_date = models.DateField(unique=True)
    accounts = models.PositiveBigIntegerField(default=0)
    entries_sum = models.BigIntegerField(default=0)
    lots_sum = models.BigIntegerField(default=0)
    sums_sum = models.BigIntegerField(default=0)  # by the monthly sums that reports read
    differing: Any = models.JSONField(default=list)  # lots with what differs, at most 100
    differing_count = models.PositiveIntegerField(default=0)
    seals = models.PositiveIntegerField(default=0)
    seals_checked = models.PositiveIntegerField(default=0)
    broken: Any = models.JSONField(default=list)  # seals that do not fit their lines, at most 20
    proved_at = models.DateTimeField()

    class Meta:
        ordering = ["-business_date"]

    def __str__(self) -> str:
        return f"{self.business_date} {self.differing_count}"

    @property
    def sound(self) -> bool:
        """Say whether nothing was found."""
        return not self.differing_count and not self.broken and self.sums_sum == self.entries_sum


class LedgerSeal(models.Model):
    """The fingerprint of a stretch of ledger lines, chained to the one before it.

    `lines` is the digest of the rows between the two ids, `digest` that of the previous seal and `lines`.
    Whoever changes, removes or slips in a sealed line must forge every later seal too, and the last one
    stands in the sealed audit trail of its night.
    """

    business_date = models.DateField()
    first_entry = models.BigIntegerField()
    last_entry = models.BigIntegerField(unique=True)
    entries = models.PositiveIntegerField()
    lines = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_entry__lte=models.F("last_entry")), name="seal_of_a_stretch"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.first_entry}–{self.last_entry}"


class PointSum(models.Model):
    """Points of one unit, month and kind, added up when the night seals the lines (R11).

    What a reversal gave back counts under the kind it reversed; what a customer took along into another unit
    is `MOVED`, so that a unit's sums are what its customers hold. Units: points, signed.
    """

    org_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_index=False)
    month = models.DateField(_("month"))
    kind = models.CharField(max_length=16, choices=choices.SUM_KINDS)
    points = models.BigIntegerField()

    objects = models.Manager.from_queryset(SumQuerySet)()

    class Meta:
        ordering = ["month"]
        constraints = [models.UniqueConstraint(fields=["org_unit", "month", "kind"], name="point_sum_once")]

    def __str__(self) -> str:
        return f"{self.org_unit_id} {self.month} {self.kind} {self.points}"


class LotSum(models.Model):
    """What the customers of one unit hold of one year, as of the last night (R11)."""

    org_unit = models.ForeignKey(OrgUnit, models.PROTECT, related_name="+", db_index=False)
    lot_year = models.PositiveSmallIntegerField(_("year"))
    expires_on = models.DateField(_("expires"))
    points = models.BigIntegerField()
    customers = models.PositiveBigIntegerField()

    objects = models.Manager.from_queryset(SumQuerySet)()

    class Meta:
        ordering = ["lot_year", "expires_on"]
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "lot_year", "expires_on"], name="lot_sum_once")
        ]

    def __str__(self) -> str:
        return f"{self.org_unit_id} {self.lot_year} {self.points}"
