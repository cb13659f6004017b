"""The week of a manager: report and plan, the sealed log book, where it lies, what was found in it."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.base.history import keep_history
from crm.base.models import Stamped
from visits import choices
from visits.querysets.weeks import PrintRunQuerySet, WeeklyReportQuerySet
from visits.rules import weeks as rules

WRITTEN = (
    "owner_id", "iso_year", "iso_week", "summary", "plan", "auto_stats", "submitted_at", "decided_by_id",
    "decided_at", "leader_note",
)  # fmt: skip


def _differs(names: Iterable[str]) -> pgtrigger.Q:
    """Return the condition that an update changes any of the columns."""
    tests = (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in names)
    return reduce(or_, tests)


@keep_history(["state", "summary", "plan", "return_reason"])
class WeeklyReport(Stamped):
    """One week of one manager: what it brought, what comes next (Source: S1-94)."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("account manager"),
        db_index=False,
    )
    # The unit the person belonged to in that week: a move later leaves the report where it was.
    org_unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"), db_index=False
    )
    iso_year = models.PositiveSmallIntegerField(_("ISO year"))
    iso_week = models.PositiveSmallIntegerField(_("ISO week"))
    monday = models.DateField(_("Monday"))
    state = models.CharField(
        _("state"), max_length=9, choices=choices.WeekState, default=choices.WeekState.DRAFT
    )
    summary = models.CharField(_("summary of the week"), max_length=2000, blank=True)
    plan = models.CharField(_("plan for next week"), max_length=2000, blank=True)
    # Figures and next week's visits as they stood when the report was submitted; never counted anew.
    auto_stats = models.JSONField(_("figures of the week"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    late_submit = models.BooleanField(_("submitted late"), default=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    leader_note = models.CharField(_("word of the leader"), max_length=300, blank=True)
    return_reason = models.CharField(_("reason for return"), max_length=300, blank=True)

    objects = models.Manager.from_queryset(WeeklyReportQuerySet)()

    class Meta:
        verbose_name = _("weekly report")
        ordering = ["-monday", "-id"]
        constraints = [
            # E195: one report for a person and a week.
            models.UniqueConstraint(fields=["owner", "iso_year", "iso_week"], name="week_once"),
            models.CheckConstraint(
                condition=Q(iso_week__range=(1, 53)) & Q(monday__iso_week_day=1), name="week_is_iso"
            ),
            models.CheckConstraint(
                condition=Q(state="DRAFT") | (~Q(submitted_at=None) & ~Q(auto_stats=None) & ~Q(due_at=None)),
                name="week_submitted_has_figures",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=rules.FINAL) | (~Q(decided_by=None) & ~Q(decided_at=None)),
                name="week_approved_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("owner")), name="week_decided_by_another"),
        ]
        indexes = [
            models.Index(fields=["org_unit", "-monday"], name="week_unit"),
            models.Index(fields=["submitted_at"], name="week_waiting", condition=Q(state="SUBMITTED")),
        ]
        triggers = [
            pgtrigger.Protect(
                name="week_approved_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=rules.FINAL) & _differs(WRITTEN),
            ),
            pgtrigger.Protect(
                name="week_submitted_stays",
                operation=pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="DRAFT"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.week}"

    @property
    def week(self) -> str:
        """Return the week as it is written: 2026-W47."""
        return f"{self.iso_year}-W{self.iso_week:02d}"

    @property
    def sunday(self) -> date:
        """Return the last day of the week."""
        return self.monday + timedelta(days=6)

    @property
    def due_text(self) -> str:
        """Return until when it was due, as people say it."""
        return rules.due_text(self.due_at)

    @property
    def is_open(self) -> bool:
        """Say whether its owner may still write."""
        return self.state in rules.UNFINISHED


class WeekBook(models.Model):
    """The sealed log book of a week: all logs with the report, as one PDF nobody can change (D-33)."""

    report = models.OneToOneField(WeeklyReport, models.PROTECT, related_name="book")
    archive_no = models.CharField(_("archive number"), max_length=30, unique=True)
    # In the database: sealed, backed up and rolled back together with its row.
    pdf = models.BinaryField()
    content = models.JSONField()
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    size = models.PositiveIntegerField(_("size"))
    logs = models.PositiveSmallIntegerField(_("logs"))
    printed_at = models.DateTimeField(_("printed"))
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("printed by")
    )

    class Meta:
        verbose_name = _("log book")
        ordering = ["-id"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.archive_no


class WeekFiling(models.Model):
    """That a log book was put into the archive, and where its paper lies; never changed."""

    book = models.OneToOneField(WeekBook, models.PROTECT, related_name="filing")
    paper_no = models.CharField(_("number on paper"), max_length=40, blank=True)
    filed_at = models.DateTimeField(_("filed"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("filed by")
    )

    class Meta:
        ordering = ["-id"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.paper_no}"


class WeekInspection(models.Model):
    """What the group-client department found in a log book; never changed (Source: S1-95)."""

    book = models.ForeignKey(WeekBook, models.PROTECT, related_name="inspections")
    result = models.CharField(_("result"), max_length=6, choices=choices.InspectionResult)
    comment = models.CharField(_("comment"), max_length=500, blank=True)
    inspected_at = models.DateTimeField(_("inspected"))
    inspected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("inspected by")
    )

    class Meta:
        verbose_name = _("inspection")
        ordering = ["-id"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.result}"


class PrintRun(models.Model):
    """The printing of a whole unit's week by a worker, and how far it is."""

    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    monday = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=choices.RunState, default=choices.RunState.WAITING)
    total = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0)
    # [name of the manager, sentence]: what could not be printed and why.
    refused = models.JSONField(default=list)
    # All books one after the other, for the printer; the archive holds each by itself.
    pdf = models.BinaryField(null=True)
    beat_at = models.DateTimeField()

    objects = models.Manager.from_queryset(PrintRunQuerySet)()

    class Meta:
        ordering = ["-id"]
        constraints = [
            # A second click joins the run that is under way.
            models.UniqueConstraint(
                fields=["org_unit", "monday"],
                name="print_run_one_at_a_time",
                condition=Q(state__in=["WAITING", "RUNNING"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.org_unit} {self.week}"

    @property
    def week(self) -> str:
        """Return the week as it is written."""
        return rules.named(self.monday)

    @property
    def busy(self) -> bool:
        """Say whether a worker has yet to finish it."""
        return self.state in (choices.RunState.WAITING, choices.RunState.RUNNING)

    @property
    def progress(self) -> str:
        """Return how many of how many are done."""
        return f"{self.done} / {self.total}"
