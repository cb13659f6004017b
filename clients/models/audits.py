"""Information audits: plans with a reproducible sample, one task a client, one line a field (S0-55…S0-61)."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.agreements import Agreement
from clients.models.client import Client
from clients.querysets.audits import AuditPlanQuerySet, AuditTaskQuerySet
from crm.base.models import Stamped


class AuditPlan(Stamped):
    """Whom to audit, how often, and by which seed the sample is drawn.

    The same seed, round and population give the same clients, whoever draws and whenever.
    """

    name = models.CharField(_("name of the plan"), max_length=80)
    kind = models.CharField(_("kind of audit"), max_length=12, choices=choices.AuditKind)
    unit = models.ForeignKey(
        "accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit with all below")
    )
    auditor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("auditor")
    )
    filters = models.JSONField(_("population"), default=dict)  # see clients.rules.audits.POPULATION
    sample_size = models.PositiveIntegerField(_("clients to draw"), null=True, blank=True)
    sample_pct = models.PositiveSmallIntegerField(
        _("or share to draw, %"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )  # fmt: skip
    seed = models.PositiveIntegerField(_("seed"))
    period = models.CharField(
        _("how often"), max_length=9, choices=choices.AuditPeriod, default=choices.AuditPeriod.ONCE
    )
    next_on = models.DateField(_("next drawing"), null=True, blank=True)
    rounds = models.PositiveSmallIntegerField(_("drawings so far"), default=0)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = models.Manager.from_queryset(AuditPlanQuerySet)()

    class Meta:
        verbose_name = _("audit plan")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sample_size=None) ^ Q(sample_pct=None), name="audit_sample_one_measure"
            ),
        ]
        indexes = [models.Index(fields=["next_on"], name="audit_plan_due", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return self.name


class AuditTask(Stamped):
    """The audit of one client: PLANNED → RUNNING → FINDINGS → CORRECTION → VERIFIED → CLOSED."""

    plan = models.ForeignKey(
        AuditPlan, models.PROTECT, null=True, blank=True, related_name="tasks", db_index=False
    )
    round = models.PositiveSmallIntegerField(default=0)
    client = models.ForeignKey(Client, models.PROTECT, related_name="audit_tasks", db_index=False)
    kind = models.CharField(_("kind of audit"), max_length=12, choices=choices.AuditKind)
    origin = models.CharField(_("reason"), max_length=13, choices=choices.AuditOrigin)
    agreement = models.OneToOneField(
        Agreement, models.PROTECT, null=True, blank=True, related_name="first_audit"
    )
    auditor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("auditor"),
    )  # fmt: skip
    state = models.CharField(
        _("state"), max_length=10, choices=choices.AuditState, default=choices.AuditState.PLANNED
    )
    due_on = models.DateField(_("due"))
    # Whose file it was when it was audited: rates of the past do not move with a hand-over.
    org_unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, db_index=False, related_name="+")
    am = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    checked = models.PositiveSmallIntegerField(_("fields compared"), default=0)
    faults = models.PositiveSmallIntegerField(_("faults"), default=0)
    note = models.CharField(_("remark of the auditor"), max_length=300, blank=True)
    correction_due_on = models.DateField(_("to be corrected by"), null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    correction_note = models.CharField(_("remark of the manager"), max_length=300, blank=True)
    return_reason = models.CharField(_("why it was sent back"), max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(AuditTaskQuerySet)()

    class Meta:
        verbose_name = _("audit")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "round", "client"], name="audit_task_once_a_round"),
            models.CheckConstraint(
                condition=Q(auditor=None) | Q(am=None) | ~Q(auditor=models.F("am")),
                name="audit_by_somebody_else",
            ),
        ]
        indexes = [
            models.Index(fields=["client", "-id"], name="audit_task_client"),
            models.Index(fields=["auditor", "due_on"], name="audit_task_open", condition=~Q(state="CLOSED")),
            models.Index(fields=["finished_at"], name="audit_task_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.client}"

    @property
    def no(self) -> str:
        """Return the number printed on the forms."""
        return f"JH{self.created_at:%Y%m}{self.pk:06d}"


class AuditLine(models.Model):
    """One field on the comparison sheet: the system's value is frozen when the audit starts."""

    task = models.ForeignKey(AuditTask, models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    field = models.CharField(max_length=60)
    label = models.CharField(max_length=120)
    # Personal data is compared without being shown: the auditor types what the paper says.
    personal = models.BooleanField(default=False)
    required = models.BooleanField(default=False)
    system_value = models.CharField(_("in the system"), max_length=500, blank=True)
    paper_value = models.CharField(_("on paper"), max_length=500, blank=True)
    real_value = models.CharField(_("in reality"), max_length=500, blank=True)
    # For positions: since when reality is different (S1-84).
    changed_on = models.DateField(_("changed on"), null=True, blank=True)
    verdict = models.CharField(_("verdict"), max_length=8, choices=choices.Verdict, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    now_value = models.CharField(_("after the correction"), max_length=500, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["task", "field"], name="audit_line_once"),
            models.CheckConstraint(
                condition=~Q(verdict="EXEMPT") | ~Q(reason=""), name="audit_exempt_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.verdict}"

    @property
    def is_fault(self) -> bool:
        """Say whether the line must be corrected."""
        return self.verdict in choices.FAULTS

    @property
    def is_position(self) -> bool:
        """Say whether the grace of positions applies."""
        return self.field.startswith("position:")
