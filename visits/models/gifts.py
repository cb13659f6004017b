"""Gifts for clients: what is in stock, who asked for what, the client's receipt (Source: S0-85, S1-36)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.history import keep_history
from crm.base.models import Stamped
from members.models import Contact
from visits import choices
from visits.models.visits import Visit
from visits.querysets.gifts import GiftRequestQuerySet, GiftStockQuerySet


class Gift(models.Model):
    """One kind of gift."""

    code = models.CharField(_("gift code"), max_length=20, unique=True)
    name = models.CharField(_("gift"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    unit_value_fen = models.PositiveIntegerField(_("value of one"))
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("gift")
        ordering = ["code"]

    def __str__(self) -> str:
        return (self.name_en if (get_language() or "").startswith("en") else "") or self.name


class GiftStock(models.Model):
    """How many of a gift a unit holds: the sum of its moves, kept under the row's lock."""

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="stock", db_index=False)
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+")
    on_hand = models.IntegerField(_("in stock"), default=0)

    objects = models.Manager.from_queryset(GiftStockQuerySet)()

    class Meta:
        verbose_name = _("stock of a gift")
        ordering = ["org_unit", "gift"]
        constraints = [
            models.UniqueConstraint(fields=["gift", "org_unit"], name="gift_stock_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="gift_stock_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.gift} {self.on_hand}"


@keep_history(["state", "quantity", "decided_by", "signed_by", "callback"])
class GiftRequest(Stamped):
    """One gift for one client, from the application to the signed receipt and the call back."""

    client = models.ForeignKey(
        Client, models.PROTECT, related_name="+", verbose_name=_("client"), db_index=False
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    visit = models.ForeignKey(Visit, models.PROTECT, null=True, blank=True, related_name="gifts")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("account manager"),
        db_index=False,
    )
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"), db_index=False
    )
    stock = models.ForeignKey(GiftStock, models.PROTECT, related_name="requests")
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    value_fen = models.PositiveIntegerField(_("value"))
    reason = models.CharField(_("occasion"), max_length=200)
    state = models.CharField(
        _("state"), max_length=9, choices=choices.GiftState, default=choices.GiftState.REQUESTED
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(_("reason for refusal"), max_length=200, blank=True)
    collected_at = models.DateTimeField(_("handed out"), null=True, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=60, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    callback = models.CharField(_("call back"), max_length=9, choices=choices.GiftCallback, blank=True)
    callback_note = models.CharField(_("note of the call"), max_length=300, blank=True)
    callback_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    callback_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(GiftRequestQuerySet)()

    class Meta:
        verbose_name = _("gift request")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="gift_request_has_quantity"),
            models.CheckConstraint(
                condition=~Q(state="SIGNED") | (~Q(signed_by="") & ~Q(signed_on=None)),
                name="gift_signed_by_somebody",
            ),
            # Nobody approves an own request.
            models.CheckConstraint(
                condition=~Q(decided_by=models.F("owner")), name="gift_decided_by_another"
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="gift_owner"),
            models.Index(fields=["org_unit", "state", "-id"], name="gift_unit_state"),
            models.Index(fields=["client", "-id"], name="gift_client"),
        ]

    def __str__(self) -> str:
        return self.receipt_no

    @property
    def receipt_no(self) -> str:
        """Return the number printed on the receipt: LP and eight figures."""
        return f"LP{self.pk:08d}"


class GiftMove(models.Model):
    """One movement of a unit's stock; never changed, never removed."""

    stock = models.ForeignKey(GiftStock, models.PROTECT, related_name="moves")
    kind = models.CharField(_("kind of movement"), max_length=5, choices=choices.GiftMoveKind)
    quantity = models.IntegerField(_("quantity"))
    request = models.ForeignKey(GiftRequest, models.PROTECT, null=True, blank=True, related_name="moves")
    event = models.ForeignKey("visits.OnSiteEvent", models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("stock movement")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["IN", "BACK"], quantity__gt=0)
                | Q(kind="OUT", quantity__lt=0)
                | (Q(kind="COUNT") & ~Q(quantity=0)),
                name="gift_move_sign",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity:+d}"
