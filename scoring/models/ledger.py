"""The points ledger: accounts, years, movements, lines and one-time codes."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import PersonalCustomer
from scoring import choices


class PointAccount(models.Model):
    """The account of one customer; its row lock serialises everything that moves points."""

    customer = models.OneToOneField(PersonalCustomer, models.PROTECT, related_name="account")
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.customer_id)


class PointLot(models.Model):
    """The sub-account of one year [积分子账户]; expires on 31 December two years later (S0-72)."""

    account = models.ForeignKey(PointAccount, models.PROTECT, related_name="lots", db_index=False)
    lot_year = models.PositiveSmallIntegerField(_("year"))
    earned_consumption = models.PositiveBigIntegerField(default=0)
    earned_reward = models.PositiveBigIntegerField(default=0)
    deducted = models.PositiveBigIntegerField(default=0)
    expired = models.PositiveBigIntegerField(default=0)
    # Consumption points of this year's bills that were refunded later, wherever they were taken from.
    refunded = models.PositiveBigIntegerField(default=0)
    remaining = models.GeneratedField(
        expression=F("earned_consumption") + F("earned_reward") - F("deducted") - F("expired"),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    expires_on = models.DateField()

    class Meta:
        ordering = ["lot_year"]
        constraints = [
            models.UniqueConstraint(fields=["account", "lot_year"], name="lot_once_a_year"),
            models.CheckConstraint(
                condition=Q(
                    deducted__lte=F("earned_consumption") + F("earned_reward") - F("expired"),
                ),
                name="lot_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(refunded__lte=F("earned_consumption")), name="lot_refunds_within_earnings"
            ),
        ]
        indexes = [
            # For the yearly expiry.
            models.Index(fields=["expires_on"], name="lot_to_expire", condition=Q(remaining__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.lot_year}"


class PointMovement(models.Model):
    """One act on one account: groups its ledger lines, carries its idempotency key and its shortfall."""

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(PointAccount, models.PROTECT, related_name="movements", db_index=False)
    kind = models.CharField(max_length=16, choices=choices.PointKind)
    key = models.CharField(max_length=100)
    points = models.BigIntegerField()  # asked for, unsigned
    uncollected = models.PositiveBigIntegerField(default=0)
    business_date = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=200, blank=True)
    beneficiary = models.CharField(max_length=11, blank=True)  # mobile that receives what is redeemed
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")

    class Meta:
        ordering = ["-recorded_at"]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="movement_once"),
            models.CheckConstraint(
                condition=Q(approver=None) | ~Q(approver=F("operator")), name="movement_two_people"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"


class OneTimeCode(models.Model):
    """A six-digit code sent to a customer before points are spent; only its hash is kept (E130)."""

    customer = models.ForeignKey(PersonalCustomer, models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=128)
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["customer", "-id"], name="code_of_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.expires_at}"


class PointEntry(models.Model):
    """One line of the ledger; the database refuses to change or delete it (spec §3.5, L3)."""

    account = models.ForeignKey(PointAccount, models.PROTECT, related_name="entries", db_index=False)
    lot_year = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=choices.PointKind)
    points = models.BigIntegerField()
    business_date = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    # No foreign key: bulk posting writes millions of lines, and the movement is one for each line there.
    movement = models.UUIDField()
    ref = models.CharField(max_length=100)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "lot_year", "kind", "ref"], name="entry_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["EARN_CONSUMPTION", "EARN_REWARD"], points__gte=0)
                | Q(kind__in=["DEDUCT_REDEEM", "DEDUCT_POLICY", "DEDUCT_ADJUST", "EXPIRE"], points__lt=0)
                | Q(kind="REVERSAL", points__gt=0),
                name="entry_sign_fits_kind",
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="entry_account")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.lot_year} {self.kind} {self.points}"
