"""Reward budgets of units and caps of customers: reserved when proposed, spent when approved (S0-70).

A budget row is always locked last, after proposals and accounts, and moved by one conditional UPDATE: two
who take the last points wait for each other and the second is refused; the CHECK stands behind both.
"""

from datetime import date

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit, User
from crm.base.errors import BusinessError, Invalid, NotFound
from crm.base.trail import record
from crm.params import registry
from members.models import PersonalCustomer
from scoring.choices import BudgetPeriod, PointKind, ProposalKind
from scoring.models import PointMovement, PointProposal, RewardBudget


@transaction.atomic
def set_budget(*, unit: OrgUnit, year: int, quarter: int, points: int, actor: User) -> RewardBudget:
    """Set what a unit may give in a year or a quarter; never below what is promised already.

    Raises: Invalid; NotFound outside the units one keeps budgets of.
    """
    if not actor.scope.covers(unit, "scoring.budget"):
        raise NotFound("NOT_FOUND", _("There is no such record, or you may not see it."))
    if quarter not in BudgetPeriod or not 2000 <= year <= 2100:
        raise Invalid("INVALID", _("Some fields need correction."))
    budget, _created = RewardBudget.objects.select_for_update(of=("self",)).get_or_create(
        unit=unit, year=year, quarter=quarter, defaults={"points": points, "set_by": actor}
    )
    promised = budget.reserved + budget.spent
    if points < promised:
        message = format_lazy(
            _("{n} points are given or proposed already. The budget cannot be smaller."), n=promised
        )
        raise Invalid("BUDGET_TOO_SMALL", message, fields={"points": [message]})
    before = budget.points
    budget.points, budget.set_by = points, actor
    budget.save(update_fields=["points", "set_by", "set_at"])
    record(
        actor=actor,
        action="scoring.budget_set",
        entity=budget,
        unit=unit,
        data={"year": year, "quarter": quarter, "points": points, "before": before},
    )
    return budget


def budget_for(actor: User, day: date) -> RewardBudget | None:
    """Return the budget a person's rewards are taken from: of the nearest unit upwards; None for none.

    Raises: BusinessError NO_BUDGET where `points.budget_rule` asks for one always.
    """
    found: RewardBudget | None = None
    if actor.org_unit is not None:
        found = RewardBudget.objects.binding(actor.org_unit, day).first()
    if found is None and registry.get("points.budget_rule", as_of=day) == "ALWAYS":
        raise BusinessError(
            "NO_BUDGET",
            _("Your unit has no budget of reward points for this period. Ask the department that keeps it."),
        )
    return found


def reserve(budget: RewardBudget | None, points: int) -> None:
    """Set points of a budget aside for a proposal.

    Raises: BusinessError BUDGET_EXCEEDED with what is left.
    """
    if budget is None:
        return
    fits = RewardBudget.objects.filter(pk=budget.pk, points__gte=F("reserved") + F("spent") + points)
    if not fits.update(reserved=F("reserved") + points):
        budget.refresh_from_db()
        message = format_lazy(
            _("The budget of {unit} has {left} points left, {need} are needed."),
            unit=budget.unit,
            left=max(0, budget.left),
            need=points,
        )
        raise BusinessError(
            "BUDGET_EXCEEDED", message, fields={"points": [message]}, details={"left": max(0, budget.left)}
        )


def spend(budget_id: int | None, points: int) -> None:
    """Turn reserved points into spent ones."""
    if budget_id is not None and points:
        RewardBudget.objects.filter(pk=budget_id).update(
            reserved=F("reserved") - points, spent=F("spent") + points
        )


def release(budget_id: int | None, points: int) -> None:
    """Give back what was reserved for a proposal that came to nothing."""
    if budget_id is not None and points:
        RewardBudget.objects.filter(pk=budget_id).update(reserved=F("reserved") - points)


def give_back(budget_id: int | None, points: int) -> None:
    """Give back what was spent on rewards that were taken back; never a point that was not collected."""
    if budget_id is not None and points:
        RewardBudget.objects.filter(pk=budget_id).update(spent=F("spent") - points)


def periods(day: date) -> tuple[tuple[str, date], tuple[str, date]]:
    """Return the caps of a customer and the first day each counts from."""
    return (
        ("points.reward_cap_month", day.replace(day=1)),
        ("points.reward_cap_year", date(day.year, 1, 1)),
    )


def check_caps(customer: PersonalCustomer, points: int, day: date, *, waiting: bool = False) -> None:
    """Refuse a reward that would give one customer more than a month or a year allows.

    With `waiting` what others have proposed counts too. Taken-back rewards do not count. Call it under the
    account's lock where points are booked.
    Raises: BusinessError REWARD_CAP with what is left.
    """
    asked = 0
    if waiting:
        rows = PointProposal.objects.waiting().filter(customer=customer, kind=ProposalKind.EARN_REWARD)
        asked = rows.aggregate(n=Sum("points"))["n"] or 0
    (month_key, month), (year_key, year) = periods(day)
    given = PointMovement.objects.filter(
        account__customer=customer, kind=PointKind.EARN_REWARD, business_date__gte=year, reversed_by=None
    ).aggregate(
        month=Sum("points", filter=Q(business_date__gte=month), default=0), year=Sum("points", default=0)
    )
    for key, sum_given in ((month_key, given["month"]), (year_key, given["year"])):
        cap = registry.get(key, as_of=day)
        left = cap - sum_given - asked
        if points > left:
            message = format_lazy(
                _("This customer may get {left} more reward points {period}; the limit is {cap}."),
                left=max(0, left),
                period=_("this month") if key.endswith("month") else _("this year"),
                cap=cap,
            )
            raise BusinessError(
                "REWARD_CAP", message, fields={"points": [message]}, details={"left": max(0, left)}
            )
