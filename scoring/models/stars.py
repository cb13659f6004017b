"""Stars, high value and labels of customers: versions, runs, marks and their changes (spec §3.6.3)."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.choices import Brand, VipGrade
from members.models import PersonalCustomer
from scoring import choices
from scoring.querysets import MarkChangeQuerySet, StarModelVersionQuerySet


class StarModelVersion(models.Model):
    """One version of the star model: its thresholds as data (Source: S3-01, S3-31, S3-32)."""

    name = models.CharField(_("version"), max_length=40, unique=True)
    state = models.CharField(
        _("state"), max_length=10, choices=choices.ModelState, default=choices.ModelState.DRAFT
    )
    numbers = models.JSONField(_("thresholds"))
    effective_from = models.DateField(_("in force from"), null=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(StarModelVersionQuerySet)()

    class Meta:
        verbose_name = _("star model version")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["effective_from"], condition=~Q(published_at=None), name="star_one_published_a_day"
            ),
            models.CheckConstraint(
                condition=Q(published_by=None) | ~Q(published_by=F("proposed_by")),
                name="star_model_two_people",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StarRun(models.Model):
    """One evaluation of all customers for one closed month; never made twice."""

    version = models.ForeignKey(StarModelVersion, models.PROTECT, related_name="runs", db_index=False)
    month = models.DateField(_("month"))
    customers = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)  # star → customers
    spend6_fen = models.JSONField(default=dict)  # star → what its customers spent in six months
    changed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "month"], name="star_run_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="star_run_month_is_first_day"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.version_id}"


class FlagRun(models.Model):
    """One evaluation of high value and mid-high for one closed month; never made twice."""

    month = models.DateField(_("month"), unique=True)
    changed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class CustomerMarks(models.Model):
    """The facts of a customer's last evaluated month, and what followed from them.

    An explanation reads this row; it never recomputes. Only labels are indexed, so that the monthly change of
    the figures stays in its page. Units: money in fen, sums over whole months.
    """

    customer = models.OneToOneField(PersonalCustomer, models.CASCADE, primary_key=True, related_name="marks")
    month = models.DateField(null=True)  # of the facts
    brand = models.CharField(max_length=12, choices=Brand)
    influential = models.BooleanField(default=False)
    months_in_net = models.IntegerField(default=0)
    spend6_fen = models.BigIntegerField(default=0)
    spend3_fen = models.BigIntegerField(default=0)
    last_fen = models.BigIntegerField(default=0)
    prev3_fen = models.BigIntegerField(default=0)  # the three months before the last
    q4_fen = models.BigIntegerField(default=0)
    best_fen = models.BigIntegerField(default=0)  # best month of the year of `month`
    points_last_year = models.BigIntegerField(default=0)
    # Result
    static_year = models.PositiveSmallIntegerField(null=True)
    dynamic_year = models.PositiveSmallIntegerField(null=True)
    midhigh = models.BooleanField(default=False)
    star_rule = models.CharField(max_length=8, blank=True)
    # Of today, not of the month: what the labels of the people of clients follow from.
    key_person = models.BooleanField(default=False)
    contact = models.BooleanField(default=False)
    member = models.BooleanField(default=False)
    labels = ArrayField(models.CharField(max_length=12, choices=choices.CustomerLabel), default=list)

    class Meta:
        indexes = [GinIndex(fields=["labels"], name="marks_labels")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.star_rule}"


class MarkChange(models.Model):
    """One change of a star, a label or a flag; the feed and the history on the card."""

    class Kind(models.TextChoices):
        STAR = "STAR", _("star")
        LABEL = "LABEL", _("label")
        MIDHIGH = "MIDHIGH", _("mid-high end")
        VIP = "VIP", _("VIP grade")

    customer = models.ForeignKey(
        PersonalCustomer, models.CASCADE, related_name="mark_changes", db_index=False
    )
    kind = models.CharField(max_length=8, choices=Kind)
    old = models.CharField(max_length=12, blank=True)
    new = models.CharField(max_length=12, blank=True)
    rule = models.CharField(max_length=8, blank=True)
    changed_on = models.DateField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = models.Manager.from_queryset(MarkChangeQuerySet)()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["customer", "-id"], name="mark_change_customer"),
            models.Index(fields=["changed_on", "id"], name="mark_change_day"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.kind} {self.old}→{self.new}"

    @property
    def old_label(self) -> str:
        """Return the grade before, in words."""
        return str(VipGrade(self.old).label) if self.old in VipGrade.values else self.old

    @property
    def new_label(self) -> str:
        """Return the grade after, in words."""
        return str(VipGrade(self.new).label) if self.new in VipGrade.values else self.new

    @property
    def label(self) -> str:
        """Return the label that came or went, in words."""
        code = self.new or self.old
        return str(choices.CustomerLabel(code).label) if code in choices.CustomerLabel.values else code
