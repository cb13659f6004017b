"""The catalogue, the products of a client, their traffic and revenue."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.client import Client
from crm.base.history import keep_history
from crm.base.models import Stamped


class Product(models.Model):
    """One product of the catalogue."""

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
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("product")
        ordering = ["code"]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.name_en if (get_language() or "").startswith("en") else self.name


@keep_history(["status", "opened_on", "cancelled_on", "pay_mode", "circuit_id", "bandwidth_kbps"])
class ClientProduct(Stamped):
    """One product a client ordered; a re-order is a new row (spec §3.4)."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="products")
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
    circuit_id = models.CharField(_("circuit"), max_length=40, null=True, blank=True, unique=True)
    bandwidth_kbps = models.PositiveIntegerField(_("bandwidth, kbit/s"), null=True, blank=True)
    external_id = models.CharField(_("external key"), max_length=60, null=True, blank=True, unique=True)
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
        ]
        indexes = [models.Index(fields=["client", "status"], name="client_product_status")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.product_id} {self.status}"


class ProductTraffic(models.Model):
    """Traffic of one client product in one month (events, KB or seconds, as the source counts)."""

    client_product = models.ForeignKey(ClientProduct, models.CASCADE, related_name="traffic")
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


class RevenueMonth(models.Model):
    """Revenue of one client in one month, all products together (by product comes later)."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="revenue")
    month = models.DateField(_("month"))
    revenue_fen = models.BigIntegerField(_("revenue"))

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["client", "month"], name="revenue_once_a_month"),
            models.CheckConstraint(condition=Q(month__day=1), name="revenue_month_is_first_day"),
        ]
        indexes = [models.Index(fields=["month"], include=["client", "revenue_fen"], name="revenue_month")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.month:%Y-%m} {self.revenue_fen}"
