"""The hand-over of a portfolio from one manager to another, on a day, and its return."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.client import Client
from clients.querysets.handovers import HandOverQuerySet


class HandOver(models.Model):
    """Who gives which clients to whom, from when, and until when if they come back."""

    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("from manager")
    )
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("to manager")
    )
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    starts_on = models.DateField(_("from day"))
    returns_on = models.DateField(_("back on"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    with_plans = models.BooleanField(_("open plans go along"), default=True)
    state = models.CharField(
        _("state"), max_length=9, choices=choices.HandOverState, default=choices.HandOverState.PLANNED
    )
    plans_moved = models.PositiveIntegerField(_("plans moved"), default=0)
    done_at = models.DateTimeField(_("handed over"), null=True)
    returned_at = models.DateTimeField(_("given back"), null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = models.Manager.from_queryset(HandOverQuerySet)()

    class Meta:
        verbose_name = _("hand-over")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="handover_between_two"),
            models.CheckConstraint(
                condition=Q(returns_on=None) | Q(returns_on__gt=F("starts_on")), name="handover_period"
            ),
        ]
        indexes = [
            models.Index(
                fields=["starts_on"], name="handover_due", condition=Q(state__in=["PLANNED", "DONE"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}"


class HandOverClient(models.Model):
    """One client of a hand-over and what became of it."""

    handover = models.ForeignKey(HandOver, models.CASCADE, related_name="rows", db_index=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="+")
    outcome = models.CharField(
        _("outcome"), max_length=8, choices=choices.HandOverOutcome, default=choices.HandOverOutcome.PENDING
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "client"], name="handover_client_once"),
        ]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.client_id} {self.outcome}"
