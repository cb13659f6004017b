"""Fact rows, model versions and runs."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from scoring import choices
from scoring.querysets import TierModelVersionQuerySet


class TierModelVersion(models.Model):
    """One version of the value model: weights, caps and shares as data (spec §3.6.2)."""

    name = models.CharField(_("version"), max_length=40, unique=True)
    state = models.CharField(
        _("state"), max_length=10, choices=choices.ModelState, default=choices.ModelState.DRAFT
    )
    numbers = models.JSONField(_("weights, caps and shares"))
    # None: for every province that has no version of its own.
    province = models.ForeignKey("accounts.OrgUnit", models.PROTECT, null=True, related_name="+")
    effective_from = models.DateField(_("in force from"), null=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(TierModelVersionQuerySet)()

    class Meta:
        verbose_name = _("model version")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "effective_from"],
                condition=Q(state="PUBLISHED"),
                nulls_distinct=False,
                name="model_one_published_a_day",
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("proposed_by")),
                name="model_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TierRun(models.Model):
    """One evaluation of a province's base; the month-end run is the month's official tier."""

    province = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", db_index=False)
    business_date = models.DateField()
    version = models.ForeignKey(TierModelVersion, models.PROTECT, related_name="runs")
    official = models.BooleanField(default=False)
    universe = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # tier → clients
    limits = models.JSONField(default=dict)  # band → lowest T in it, None when the band is empty
    spread = models.JSONField(default=list)  # clients with T in 0–5, 5–10, … 95–100
    changed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-business_date", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["province", "business_date"], name="tier_run_once"),
        ]
        triggers = [
            # The month's official tiers: written once by the run of its last day, then for good.
            pgtrigger.Protect(
                name="official_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__official=True, old__finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.province_id} {self.business_date}"


class ClientFacts(models.Model):
    """The flat row of facts one client is scored by, and the scores themselves.

    Written by set-based statements only, and only when something in it changed: `as_of` and `run` name the
    day and run of that change. An explanation reads this row; it never recomputes.
    Units: money in fen, months as counts, scores 0–100 with two decimals.
    """

    client = models.OneToOneField(Client, models.CASCADE, primary_key=True, related_name="facts")
    as_of = models.DateField()
    revenue_12m_fen = models.BigIntegerField(default=0)
    revenue_months = models.PositiveSmallIntegerField(default=0)
    revenue_prev_12m_fen = models.BigIntegerField(default=0)
    mobiles = models.PositiveIntegerField(default=0)
    mobiles_own = models.PositiveIntegerField(default=0)
    ict_demand_score = models.PositiveSmallIntegerField(default=0)
    influence_level = models.PositiveSmallIntegerField(default=0)
    social_weight = models.PositiveSmallIntegerField(default=0)  # SV2: 100, 60 or 0
    is_benchmark = models.BooleanField(default=False)

    cv1 = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    cv2 = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    cv3 = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    pv1 = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    pv2 = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    pv3 = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    sv1 = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    sv2 = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    cv = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    pv = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    sv = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    total = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    strategic = models.DecimalField(max_digits=6, decimal_places=2, default=0)  # K
    # Not indexed, so that a changed score stays in its page.
    run = models.ForeignKey(TierRun, models.SET_NULL, null=True, related_name="+", db_index=False)

    def __str__(self) -> str:
        return f"{self.client_id} {self.total}"


class WhatIf(models.Model):
    """What a version would do to the whole base of a province, found before it is published (spec §3.4)."""

    class State(models.TextChoices):
        QUEUED = "QUEUED", _("Waiting")
        RUNNING = "RUNNING", _("Running")
        DONE = "DONE", _("Done")
        FAILED = "FAILED", _("Failed")

    version = models.ForeignKey(TierModelVersion, models.CASCADE, related_name="whatifs")
    numbers = models.JSONField()  # of the version when it was asked
    province = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)  # percent
    universe = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    matrix = models.JSONField(default=dict)  # tier now → tier then → clients
    limits = models.JSONField(default=dict)
    spread_now = models.JSONField(default=list)
    spread_then = models.JSONField(default=list)
    milliseconds = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.province_id} {self.state}"


class WhatIfMove(models.Model):
    """One client that would change its tier.

    Without foreign keys in the database: their check would lock each of the hundred thousand clients an
    answer may name, which only looks.
    """

    whatif = models.ForeignKey(WhatIf, models.CASCADE, related_name="moves", db_index=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    unit = models.ForeignKey(
        "accounts.OrgUnit", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    old = models.CharField(max_length=2, blank=True)
    new = models.CharField(max_length=2, blank=True)
    total_now = models.DecimalField(max_digits=6, decimal_places=2)
    total_then = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["whatif", "id"], name="whatif_moves")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.old}→{self.new}"
