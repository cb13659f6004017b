"""The log of a visit and its approval."""

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.choices import Operator
from crm.base import clock
from crm.base.history import keep_history
from crm.base.models import Stamped
from visits import choices
from visits.models.visits import Visit
from visits.querysets.visits import VisitLogQuerySet


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
    # Empty until it was said; what was never said is not a no (Source: S1-44).
    opinion_asked = models.BooleanField(_("asked for opinions"), null=True, blank=True)
    opinion = models.CharField(_("opinion"), max_length=500, blank=True)
    demands = models.CharField(_("demands"), max_length=500, blank=True)
    competitor = models.CharField(_("competitor seen"), max_length=300, blank=True)
    # Who it was and with what; a sighting of the client's file is made of it.
    competitor_operator = models.CharField(
        _("operator"), max_length=5, choices=Operator, blank=True, default="", db_default=""
    )
    competitor_product = models.CharField(
        _("product offered"), max_length=60, blank=True, default="", db_default=""
    )
    lessons = models.CharField(_("gains and lessons"), max_length=500, blank=True)
    raise_in_meeting = models.BooleanField(_("raise in the meeting"), default=False)
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    next_due_on = models.DateField(_("due"), null=True, blank=True)
    # The client had something urgent: we left, and come again (Source: S1-45).
    left_early = models.BooleanField(_("left early"), default=False, db_default=False)
    next_visit_at = models.DateTimeField(_("next visit"), null=True, blank=True)
    # On a first visit (Source: S1-44).
    card_given = models.BooleanField(_("business card given"), default=False, db_default=False)
    receipt_no = models.CharField(_("gift receipt"), max_length=60, blank=True)
    consent_evidence = models.CharField(_("evidence of consent"), max_length=120, blank=True)
    complaint_no = models.CharField(_("complaint"), max_length=60, blank=True)

    # When it was written without a signal, by our clock; how wrong the phone's was. Empty for the others.
    written_at = models.DateTimeField(_("written"), null=True, blank=True)
    skew_s = models.IntegerField(null=True, blank=True)
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
