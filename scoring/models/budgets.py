"""Reward points: what a department may give, and what one person wants and a second decides on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit
from crm.intake.models import ImportBatch
from members.models import PersonalCustomer
from scoring import choices
from scoring.models.ledger import PointMovement
from scoring.querysets import PointProposalQuerySet, RewardBudgetQuerySet


class RewardBudget(models.Model):
    """Reward points a unit may give in a year or a quarter (S0-70).

    `reserved` waits for a second person, `spent` is in customers' accounts. Units: points.
    """

    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="+", verbose_name=_("unit"), db_index=False
    )
    year = models.PositiveSmallIntegerField(_("year"))
    quarter = models.PositiveSmallIntegerField(
        _("period"), choices=choices.BudgetPeriod, default=choices.BudgetPeriod.YEAR
    )
    points = models.PositiveBigIntegerField(_("points"))
    reserved = models.PositiveBigIntegerField(default=0)
    spent = models.PositiveBigIntegerField(default=0)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    objects = models.Manager.from_queryset(RewardBudgetQuerySet)()

    class Meta:
        verbose_name = _("reward budget")
        ordering = ["-year", "quarter", "unit__path"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year", "quarter"], name="budget_once_a_period"),
            models.CheckConstraint(
                condition=Q(points__gte=F("reserved") + F("spent")), name="budget_not_overspent"
            ),
            models.CheckConstraint(condition=Q(quarter__lte=4), name="budget_of_a_quarter"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.year} {self.get_quarter_display()}"

    @property
    def left(self) -> int:
        """Return what may still be proposed."""
        return self.points - self.reserved - self.spent


class PointProposal(models.Model):
    """Points one person wants to give or take and a second person decides on (S0-70, S0-71, E132).

    From `points.second_approval_from` on, somebody endorses it before another decides. Decided without a
    movement means declined. Rows of one `batch` came in one roster and are decided together.
    """

    customer = models.ForeignKey(PersonalCustomer, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=choices.ProposalKind)
    points = models.PositiveBigIntegerField(_("points"))
    reward_reason = models.CharField(_("reason"), max_length=10, choices=choices.RewardReason, blank=True)
    remark = models.CharField(_("remark"), max_length=180)
    budget = models.ForeignKey(RewardBudget, models.PROTECT, null=True, related_name="proposals")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="+", db_index=False)
    # The reward this one takes back.
    takes_back = models.ForeignKey(
        PointMovement, models.PROTECT, null=True, related_name="take_backs", db_index=False
    )
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    endorsed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    endorsed_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    movement = models.OneToOneField(PointMovement, models.PROTECT, null=True, related_name="proposal")

    objects = models.Manager.from_queryset(PointProposalQuerySet)()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(points__gt=0), name="proposal_of_something"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")) | Q(movement=None),
                name="proposal_two_people",
            ),
            models.CheckConstraint(
                condition=Q(endorsed_by=None)
                | ~Q(endorsed_by=F("proposed_by"))
                & (Q(decided_by=None) | ~Q(decided_by=F("endorsed_by")) | Q(movement=None)),
                name="proposal_three_people",
            ),
            models.UniqueConstraint(
                fields=["takes_back"],
                condition=Q(decided_at=None) | Q(movement__isnull=False),
                name="proposal_takes_back_once",
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], name="proposal_waiting", condition=Q(decided_at=None)),
            models.Index(fields=["batch", "id"], name="proposal_batch", condition=Q(batch__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"
