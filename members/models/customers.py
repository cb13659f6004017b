"""Personal customers and their monthly bills."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.history import keep_history
from crm.base.models import Stamped
from members import choices
from members.models.triggers import MOBILE
from members.querysets import PersonalCustomerQuerySet


@keep_history(["name", "client", "brand", "is_influential", "vip_grade", "in_net_to"])
class PersonalCustomer(Stamped):
    """A person who pays bills and earns points (spec §3.5)."""

    msisdn = models.CharField(_("mobile"), max_length=11, validators=[MOBILE], db_collation="C")
    name = models.CharField(_("full name"), max_length=40)
    client = models.ForeignKey(
        Client,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        verbose_name=_("client"),
        db_index=False,
    )
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    brand = models.CharField(_("brand"), max_length=12, choices=choices.Brand)
    in_net_from = models.DateField(_("in the network since"))
    in_net_to = models.DateField(_("left the network"), null=True, blank=True)
    realname = models.BooleanField(_("real-name registered"), default=True)
    is_influential = models.BooleanField(_("person of influence"), default=False)
    # Derived, written by scoring
    vip_grade = models.CharField(
        _("VIP grade"), max_length=7, choices=choices.VipGrade, default=choices.VipGrade.NONE
    )
    vip_valid_to = models.DateField(_("VIP valid to"), null=True, blank=True)
    star = models.PositiveSmallIntegerField(_("star"), default=0)

    objects = models.Manager.from_queryset(PersonalCustomerQuerySet)()

    class Meta:
        verbose_name = _("personal customer")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["msisdn"], condition=Q(in_net_to=None), name="customer_active_once"
            )
        ]
        indexes = [
            models.Index(fields=["client"], name="customer_client"),
            # For the front desk: by the last four digits, by name.
            models.Index(Right("msisdn", 4), name="customer_tail"),
            models.Index(fields=["name"], name="customer_name", opclasses=["varchar_pattern_ops"]),
            # For bills of who left: the numbers of those still there have the unique one.
            models.Index(fields=["msisdn"], name="customer_left", condition=Q(in_net_to__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name

    def has_left(self, day: date) -> bool:
        """Say whether the network was left before a day: the number may be somebody else's since."""
        return self.in_net_to is not None and self.in_net_to < day


class MonthlyBill(models.Model):
    """One month's bill of one customer; amounts in fen (spec §3.5, S0-67)."""

    customer = models.ForeignKey(PersonalCustomer, models.PROTECT, related_name="bills", db_index=False)
    bill_month = models.DateField(_("month"))
    total_fen = models.BigIntegerField(_("charged"))
    paid_fen = models.BigIntegerField(_("paid"))
    agency_fee_fen = models.BigIntegerField(_("collected for others"), default=0)
    discount_fen = models.BigIntegerField(_("discount"), default=0)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    # Set by scoring when the bill's points are in the ledger: the row is the queue.
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("monthly bill")
        ordering = ["-bill_month"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "bill_month"], name="bill_once_a_month"),
            models.CheckConstraint(condition=Q(bill_month__day=1), name="bill_month_is_first_day"),
            models.CheckConstraint(
                condition=Q(total_fen__gte=0, paid_fen__gte=0, agency_fee_fen__gte=0, discount_fen__gte=0),
                name="bill_not_negative",
            ),
        ]
        indexes = [
            # For the nightly posting of settled bills.
            models.Index(
                fields=["id"], name="bill_to_post", condition=Q(posted_at=None) & ~Q(settled_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.bill_month:%Y-%m}"
