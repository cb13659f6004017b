"""Spot checks: a frozen draw, what was drawn, what was found, and the score it leaves (Source: S1-92)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from visits import choices
from visits.models.logs import VisitLog
from visits.querysets.checks import QualityQuerySet, SpotDrawQuerySet, SpotSampleQuerySet

NEVER_CHANGED = pgtrigger.Update | pgtrigger.Delete


class SpotDraw(models.Model):
    """One draw: the population as it stood, the rate of each person, and the seed that chose."""

    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("checker")
    )
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"), db_index=False
    )
    target = models.CharField(_("what is checked"), max_length=8, choices=choices.SpotTarget)
    first_on = models.DateField(_("from"))
    last_on = models.DateField(_("to"))
    seed = models.CharField(_("seed"), max_length=16)
    # Person → numbers of logs; person → code of the rule and per cent. What is drawn follows from these.
    frame = models.JSONField(_("population"))
    rates = models.JSONField(_("rates"))
    drawn_at = models.DateTimeField(_("drawn at"))

    objects = models.Manager.from_queryset(SpotDrawQuerySet)()

    class Meta:
        verbose_name = _("draw of a spot check")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="spot_draw_period"),
        ]
        indexes = [models.Index(fields=["org_unit", "-id"], name="spot_draw_unit")]
        triggers = [pgtrigger.Protect(name="append_only", operation=NEVER_CHANGED)]

    def __str__(self) -> str:
        return f"CJ{self.pk:06d}"


class SpotSample(models.Model):
    """One log that was drawn, and whose work is looked at."""

    draw = models.ForeignKey(SpotDraw, models.PROTECT, related_name="samples", db_index=False)
    position = models.PositiveSmallIntegerField()
    log = models.ForeignKey(VisitLog, models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person checked")
    )

    objects = models.Manager.from_queryset(SpotSampleQuerySet)()

    class Meta:
        ordering = ["draw", "position"]
        constraints = [
            models.UniqueConstraint(fields=["draw", "log"], name="spot_sample_once"),
            models.UniqueConstraint(fields=["draw", "position"], name="spot_sample_position"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=NEVER_CHANGED)]

    def __str__(self) -> str:
        return f"{self.draw_id}/{self.position}"


class SpotCheck(models.Model):
    """What the checker stated about one log; a statement is never changed, and never touches the log."""

    sample = models.OneToOneField(SpotSample, models.PROTECT, related_name="check_made")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("checker")
    )
    result = models.CharField(_("result"), max_length=6, choices=choices.SpotResult)
    comment = models.CharField(_("comment"), max_length=300, blank=True)
    checked_at = models.DateTimeField(_("checked at"))

    class Meta:
        verbose_name = _("spot check")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(result="OK") | ~Q(comment=""), name="spot_check_says_why"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=NEVER_CHANGED)]

    def __str__(self) -> str:
        return f"{self.sample_id} {self.result}"


class QualityMonth(models.Model):
    """The quality score of a person in a month, from the spot checks made in it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
        db_index=False,
    )
    target = models.CharField(_("what is checked"), max_length=8, choices=choices.SpotTarget)
    month = models.DateField(_("month"))
    ok = models.PositiveIntegerField(_("in order"), default=0)
    doubt = models.PositiveIntegerField(_("doubtful"), default=0)
    reject = models.PositiveIntegerField(_("not in order"), default=0)
    score = models.DecimalField(_("quality score"), max_digits=4, decimal_places=1)

    objects = models.Manager.from_queryset(QualityQuerySet)()

    class Meta:
        verbose_name = _("quality of a month")
        ordering = ["-month", "user"]
        constraints = [
            models.UniqueConstraint(fields=["user", "target", "month"], name="quality_month_once"),
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="quality_score_range"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.month:%Y-%m} {self.score}"

    @property
    def checked(self) -> int:
        """Return how many checks stand behind the score."""
        return self.ok + self.doubt + self.reject
