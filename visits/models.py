"""Visits, their checklists, and the log of each with its approval."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base import clock
from crm.base.history import keep_history
from crm.base.models import Stamped
from members.models import Contact
from visits import choices
from visits.querysets import VisitLogQuerySet, VisitQuerySet


class Holiday(models.Model):
    """One day on which the plain week is wrong: a public holiday, or a weekend day worked instead."""

    day = models.DateField(_("day"), primary_key=True)
    kind = models.CharField(_("kind of day"), max_length=7, choices=choices.HolidayKind)
    name = models.CharField(_("name of the holiday"), max_length=40)

    class Meta:
        verbose_name = _("holiday")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class PreparationItem(models.Model):
    """One thing to prepare, or a tip, for a purpose (spec §3.6.5, §3.12)."""

    purpose = models.CharField(max_length=2, choices=choices.Purpose)
    code = models.CharField(max_length=20)
    text = models.CharField(max_length=80)
    text_en = models.CharField(max_length=120)
    mandatory = models.BooleanField(default=False)
    is_tip = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["purpose", "is_tip", "position"]
        constraints = [models.UniqueConstraint(fields=["purpose", "code"], name="preparation_item_once")]

    def __str__(self) -> str:
        return self.text_en if (get_language() or "").startswith("en") else self.text


@keep_history(["state", "planned_at", "place", "purposes", "contact", "owner"])
class Visit(Stamped):
    """One visit of one client, from plan to close (Source: S1-32, S1-33)."""

    # Made on the phone: the same visit sent twice is one row.
    client_key = models.UUIDField(unique=True, null=True, blank=True)
    client = models.ForeignKey(Client, models.PROTECT, related_name="+", verbose_name=_("client"))
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("account manager")
    )
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))
    state = models.CharField(
        _("state"), max_length=11, choices=choices.VisitState, default=choices.VisitState.PLANNED
    )
    planned_at = models.DateTimeField(_("planned for"))
    # The business date of planned_at, or of arrival once there: the day the log is due.
    visit_on = models.DateField(_("visit day"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    purposes = ArrayField(models.CharField(max_length=2, choices=choices.Purpose), verbose_name=_("purposes"))
    purpose_note = models.CharField(_("what it is about"), max_length=200, blank=True)
    benefit = models.CharField(_("benefit to the client"), max_length=200, blank=True)
    unscheduled_reason = models.CharField(_("reason for coming unannounced"), max_length=200, blank=True)
    checklist = ArrayField(
        models.CharField(max_length=20), verbose_name=_("prepared"), default=list, blank=True
    )
    arrived_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    left_at = models.DateTimeField(_("departure"), null=True, blank=True)
    # When the client was told that we come late (S1-40).
    late_notified_at = models.DateTimeField(_("client told of the delay"), null=True, blank=True)
    outcome_reason = models.CharField(_("reason"), max_length=200, blank=True)
    follows = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followed_by")

    objects = models.Manager.from_queryset(VisitQuerySet)()

    class Meta:
        verbose_name = _("visit")
        ordering = ["-planned_at", "-id"]
        constraints = [
            # E184: a visit has a purpose.
            models.CheckConstraint(
                condition=Q(purposes__len__gte=1),
                name="visit_has_purpose",
                violation_error_message=_("Choose at least one purpose."),
                violation_error_code="PURPOSE_REQUIRED",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("arrived_at")), name="visit_leaves_after_arrival"
            ),
            # S1-30: nothing is confirmed without a place; the time is never null.
            models.CheckConstraint(
                condition=~Q(state="CONFIRMED") | ~Q(place=""),
                name="visit_confirmed_has_place",
                violation_error_message=_("Write where you meet before you confirm."),
                violation_error_code="PLACE_REQUIRED",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "visit_on"], name="visit_owner_day"),
            models.Index(fields=["org_unit", "visit_on"], name="visit_unit_day"),
            models.Index(fields=["client", "-visit_on"], name="visit_client"),
            # For the night: visits nobody has reported on.
            models.Index(
                fields=["visit_on"],
                name="visit_without_end",
                condition=Q(state__in=["PLANNED", "CONFIRMED", "IN_PROGRESS"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client} {self.visit_on}"

    @property
    def purpose_labels(self) -> list[tuple[str, str]]:
        """Return code and words of each purpose."""
        return [(code, str(choices.Purpose(code).label)) for code in self.purposes]

    @property
    def is_open(self) -> bool:
        """Say whether the visit still waits for its log."""
        return self.state in (
            choices.VisitState.PLANNED,
            choices.VisitState.CONFIRMED,
            choices.VisitState.IN_PROGRESS,
        )


@keep_history(
    ["state", "results", "opinion_asked", "demands", "lessons", "next_step", "next_due_on", "return_reason"]
)
class VisitLog(Stamped):
    """What a visit brought; once approved it never changes (Source: S1-50, S1-89, S1-91, E191)."""

    visit = models.OneToOneField(Visit, models.PROTECT, related_name="log")
    state = models.CharField(
        _("state"), max_length=9, choices=choices.LogState, default=choices.LogState.DRAFT
    )
    results = models.JSONField(_("result by purpose"), default=dict)
    opinion_asked = models.BooleanField(_("asked for opinions"), default=False)
    opinion = models.CharField(_("opinion"), max_length=500, blank=True)
    demands = models.CharField(_("demands"), max_length=500, blank=True)
    competitor = models.CharField(_("competitor seen"), max_length=300, blank=True)
    lessons = models.CharField(_("gains and lessons"), max_length=500, blank=True)
    raise_in_meeting = models.BooleanField(_("raise in the meeting"), default=False)
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    next_due_on = models.DateField(_("due"), null=True, blank=True)
    receipt_no = models.CharField(_("gift receipt"), max_length=60, blank=True)
    consent_evidence = models.CharField(_("evidence of consent"), max_length=120, blank=True)
    complaint_no = models.CharField(_("complaint"), max_length=60, blank=True)

    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    late_submit = models.BooleanField(_("submitted late"), default=False)
    # Why an approver should look twice; found when the log is submitted.
    doubts = ArrayField(
        models.CharField(max_length=12, choices=choices.Doubt),
        verbose_name=_("doubts"),
        default=list,
        blank=True,
    )
    approval_due_at = models.DateTimeField(_("approval due"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    late_approval = models.BooleanField(_("approved late"), default=False)
    return_reason = models.CharField(_("reason for return"), max_length=300, blank=True)

    objects = models.Manager.from_queryset(VisitLogQuerySet)()

    class Meta:
        verbose_name = _("visit log")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="DRAFT") | ~Q(submitted_at=None), name="log_submitted_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="APPROVED") | (~Q(decided_by=None) & ~Q(decided_at=None)),
                name="log_approved_by_somebody",
            ),
        ]
        indexes = [
            # For the approval desk.
            models.Index(fields=["submitted_at"], name="log_waiting", condition=Q(state="SUBMITTED")),
            # For the person who owes them.
            models.Index(
                fields=["visit"], name="log_unfinished", condition=Q(state__in=["DRAFT", "RETURNED"])
            ),
        ]
        triggers = [
            # E191: the database itself keeps an approved log as it was.
            pgtrigger.Protect(
                name="approved_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="APPROVED"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.visit)

    @property
    def doubt_labels(self) -> list[tuple[str, str]]:
        """Return code and words of each doubt."""
        return [(code, str(choices.Doubt(code).label)) for code in self.doubts]

    @property
    def due_text(self) -> str:
        """Return until when it must be decided, as people say it: 11-20 24:00, never 11-21 00:00."""
        if self.approval_due_at is None:
            return ""
        local = self.approval_due_at.astimezone(clock.BUSINESS_ZONE)
        if local.hour or local.minute:
            return f"{local:%m-%d %H:%M}"
        return f"{local - timedelta(days=1):%m-%d} 24:00"

    @property
    def result_lines(self) -> list[tuple[str, str, str]]:
        """Return code, words and result of each purpose of the visit."""
        return [(code, label, self.results.get(code, "")) for code, label in self.visit.purpose_labels]
