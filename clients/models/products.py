"""The catalogue, the products of a client, their traffic and revenue."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.agreements import Agreement
from clients.models.client import Client
from crm.base.history import keep_history
from crm.base.models import Stamped


def both_pay_modes() -> list[str]:
    """Return both ways to pay."""
    return [str(code) for code in choices.PayMode.values]


CATALOGUE_FIELDS = [
    "name", "name_en", "family", "is_group_product", "counts_as_ict", "needs_agreement", "needs_circuit",
    "pay_modes", "line_kinds", "active",
]  # fmt: skip


@keep_history(CATALOGUE_FIELDS)
class Product(models.Model):
    """One product of the catalogue, with the rules that count it (Source: S1-85…S1-88)."""

    code = models.CharField(_("product code"), max_length=20, unique=True)
    name = models.CharField(_("product"), max_length=60)
    name_en = models.CharField(max_length=60)
    family = models.CharField(_("family"), max_length=5, choices=choices.ProductFamily)
    is_group_product = models.BooleanField(_("group product"), default=True)
    counts_as_ict = models.CharField(
        _("informatisation revenue"),
        max_length=16,
        choices=choices.CountsAsIct,
        default=choices.CountsAsIct.NEVER,
    )
    needs_agreement = models.BooleanField(_("needs an agreement"), default=False)
    needs_circuit = models.BooleanField(_("needs a circuit"), default=False)
    pay_modes = ArrayField(
        models.CharField(max_length=8, choices=choices.PayMode), verbose_name=_("ways to pay"),
        default=both_pay_modes, db_default=["UNIFIED", "PERSONAL"],
    )  # fmt: skip
    # Lines that may be listed under the product; empty: none.
    line_kinds = ArrayField(
        models.CharField(max_length=11, choices=choices.ProductLineKind), verbose_name=_("lines it may have"),
        default=list, db_default=[], blank=True,
    )  # fmt: skip
    active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1, db_default=1)

    class Meta:
        verbose_name = _("product")
        ordering = ["code"]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.name_en if (get_language() or "").startswith("en") else self.name


@keep_history([
    "status", "opened_on", "cancelled_on", "pay_mode", "circuit_id", "bandwidth_kbps", "agreement", "bound",
])  # fmt: skip
class ClientProduct(Stamped):
    """One product a client ordered; a re-order is a new row (spec §3.4)."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="products", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    status = models.CharField(
        _("product status"),
        max_length=9,
        choices=choices.ProductStatus,
        default=choices.ProductStatus.ORDERED,
    )
    ordered_on = models.DateField(_("ordered on"))
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    pay_mode = models.CharField(
        _("payment"), max_length=8, choices=choices.PayMode, default=choices.PayMode.UNIFIED
    )
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("agreement")
    )
    # The numbers of the product are bound to it in the network: from then on it counts (S1-88).
    bound = models.BooleanField(_("bound"), default=False, db_default=False)
    circuit_id = models.CharField(  # noqa: DJ001 - no circuit is null, as it always was to readers of the API
        _("circuit"), max_length=40, null=True, blank=True
    )
    bandwidth_kbps = models.PositiveIntegerField(_("bandwidth, kbit/s"), null=True, blank=True)
    external_id = models.CharField(_("external key"), max_length=60, null=True, blank=True, unique=True)
    cancelled_via = models.CharField(
        _("reported by"), max_length=6, choices=choices.ReportedBy, blank=True, default="", db_default=""
    )
    # Newest month with traffic since this row was opened; kept by the service that records traffic.
    last_traffic_month = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("client product")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["OPEN", "SUSPENDED"]) | ~Q(opened_on=None),
                name="product_open_has_date",
            ),
            models.CheckConstraint(
                condition=~Q(status="CANCELLED") | ~Q(cancelled_on=None), name="product_cancelled_has_date"
            ),
            # One line is one product; after its end the line may be ordered again (S1-86).
            models.UniqueConstraint(
                fields=["circuit_id"],
                condition=Q(circuit_id__isnull=False) & ~Q(status="CANCELLED"),
                name="client_product_circuit",
            ),
        ]
        indexes = [models.Index(fields=["client", "status"], name="client_product_status")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.product_id} {self.status}"


class ProductTraffic(models.Model):
    """Traffic of one client product in one month (events, KB or seconds, as the source counts)."""

    client_product = models.ForeignKey(ClientProduct, models.CASCADE, related_name="traffic", db_index=False)
    month = models.DateField(_("month"))
    amount = models.BigIntegerField(_("traffic"))
    recorded_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["client_product", "month"], name="traffic_once_a_month"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="traffic_not_negative"),
            models.CheckConstraint(condition=Q(month__day=1), name="traffic_month_is_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.client_product_id} {self.month:%Y-%m} {self.amount}"


class ProductMember(models.Model):
    """One line under a client's product: an M2M card or a landline, never a person (Source: S1-80)."""

    client_product = models.ForeignKey(ClientProduct, models.PROTECT, related_name="members")
    line_kind = models.CharField(_("kind of line"), max_length=11, choices=choices.ProductLineKind)
    number = models.CharField(_("number"), max_length=20)
    joined_on = models.DateField(_("since"))
    left_on = models.DateField(_("until"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"], condition=Q(left_on=None), name="product_member_number_once"
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=models.F("joined_on")),
                name="product_member_period",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RevenueMonth(models.Model):
    """Revenue of one client in one month: the total that rules and reports read.

    `stated` totals were reported as such; others are the sum of the month's lines. `ict_fen` is the part
    that counts as informatisation revenue, always summed from lines.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="revenue", db_index=False)
    month = models.DateField(_("month"))
    revenue_fen = models.BigIntegerField(_("revenue"))
    cost_fen = models.BigIntegerField(_("cost"), null=True, blank=True)
    ict_fen = models.BigIntegerField(_("informatisation revenue"), default=0, db_default=0)
    stated = models.BooleanField(_("reported as a total"), default=True, db_default=True)

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["client", "month"], name="revenue_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="revenue_month_is_first_day"),
        ]
        indexes = [models.Index(fields=["month"], include=["client", "revenue_fen"], name="revenue_month")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.month:%Y-%m} {self.revenue_fen}"


class RevenueLine(models.Model):
    """Revenue and cost of one product of a client in one month.

    `ict_rule` is the rule that let it count as informatisation revenue or not, as it stood when the month
    was open; `counts` is its answer (clients/rules/revenue.py).
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="revenue_lines", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("product"))
    client_product = models.ForeignKey(
        ClientProduct, models.PROTECT, null=True, blank=True, related_name="revenue"
    )
    month = models.DateField(_("month"))
    category = models.CharField(
        _("kind of fee"), max_length=11, choices=choices.RevenueCategory,
        default=choices.RevenueCategory.MONTHLY_FEE,
    )  # fmt: skip
    revenue_fen = models.BigIntegerField(_("revenue"))
    cost_fen = models.BigIntegerField(_("cost"), null=True, blank=True)
    counts = models.BooleanField(_("informatisation revenue"), default=False, db_default=False)
    ict_rule = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        ordering = ["-month", "product"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "month", "product", "client_product", "category"],
                nulls_distinct=False,
                name="revenue_line_once",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="revenue_line_month_is_first_day"),
        ]
        indexes = [models.Index(fields=["month", "product"], name="revenue_line_month")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.product_id} {self.month:%Y-%m} {self.revenue_fen}"
