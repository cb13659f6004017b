"""Competitors seen at clients, and alerts that a client may leave."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.client import Client
from crm.base.models import Stamped


class CompetitorInfo(Stamped):
    """One sighting of a competitor at a client; it never stays without a disposition (Source: S0-89)."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="sightings", db_index=False)
    operator = models.CharField(_("operator"), max_length=5, choices=choices.Operator)
    product = models.CharField(_("product offered"), max_length=60, blank=True)
    action = models.CharField(_("what they do"), max_length=200)
    price_fen = models.BigIntegerField(_("price"), null=True, blank=True)
    seen_on = models.DateField(_("seen on"))
    impact = models.CharField(_("impact"), max_length=4, choices=choices.Level)
    disposition = models.CharField(
        _("what we do about it"), max_length=8, choices=choices.SightingDisposition
    )
    note = models.CharField(_("remark"), max_length=200, blank=True)
    # What the sighting came from, such as a line of a visit log: told twice it is stored once.
    ref = models.CharField(max_length=60, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("competitor sighting")
        ordering = ["-seen_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(disposition=""), name="sighting_has_disposition"),
            models.CheckConstraint(
                condition=Q(price_fen=None) | Q(price_fen__gte=0), name="sighting_price_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-seen_on"], name="sighting_client"),
            models.Index(fields=["seen_on"], name="sighting_day"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.operator} {self.seen_on}"


class ChurnAlert(models.Model):
    """One sign that a client may leave; it ends by a disposition and in no other way (Source: S0-89).

    `ref` names what raised it (a month, a product, a sighting), so that one sign raises one alert.
    """

    client = models.ForeignKey(Client, models.PROTECT, related_name="churn_alerts", db_index=False)
    rule = models.CharField(_("sign"), max_length=12, choices=choices.ChurnRule)
    ref = models.CharField(max_length=60)
    level = models.CharField(_("level"), max_length=4, choices=choices.Level)
    facts = models.JSONField(_("figures"), default=dict)
    raised_on = models.DateField(_("raised on"))
    due_on = models.DateField(_("due on"))
    # Billing knew of the churn before the manager had said a word.
    late_report = models.BooleanField(_("reported late"), default=False)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    disposition = models.CharField(
        _("outcome"), max_length=11, choices=choices.ChurnDisposition, blank=True, default=""
    )
    note = models.CharField(_("what was done"), max_length=300, blank=True, default="")
    disposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    disposed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, db_default=1)

    class Meta:
        verbose_name = _("churn alert")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["client", "rule", "ref"], name="churn_alert_once"),
            models.CheckConstraint(
                condition=Q(disposition="")
                | (~Q(note="") & Q(disposed_by__isnull=False) & Q(disposed_at__isnull=False)),
                name="churn_alert_ends_by_disposition",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="churn_alert_open", condition=Q(disposition="")),
            models.Index(fields=["raised_on"], name="churn_alert_day"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.rule} {self.ref}"


class NeedTemplate(models.Model):
    """What clients of an industry typically need, shown on their cards (Source: S2-06).

    Either a key industry or a section of GB/T 4754.
    """

    key_industry = models.CharField(_("key industry"), max_length=8, choices=choices.KeyIndustry, blank=True)
    industry_section = models.CharField(_("industry section"), max_length=1, blank=True)
    text = models.CharField(_("need"), max_length=80)
    text_en = models.CharField(max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("typical need")
        ordering = ["key_industry", "industry_section", "position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(key_industry="") ^ Q(industry_section=""), name="need_of_one_industry"
            )
        ]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.text_en if (get_language() or "").startswith("en") and self.text_en else self.text
