"""What reports of points read: sums of the night by unit, year and month; budgets by reason (R11, S0-70)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q, Sum

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from members.models import PersonalCustomer
from scoring.choices import MOVED, PointKind, ProposalKind, RewardReason
from scoring.models import LotSum, PointLot, PointProposal, PointSum, RewardBudget

MONTHS = 13


@dataclass(frozen=True, slots=True)
class YearHeld:
    """What is held of one year of origin. Units: points, customers."""

    lot_year: int
    expires_on: date
    points: int
    customers: int


@dataclass(frozen=True, slots=True)
class MonthFlow:
    """What came and went in one month, and what was held at its end. Units: points, unsigned but `moved`."""

    month: date
    consumption: int
    reward: int
    redeemed: int
    by_policy: int
    adjusted: int
    expired: int
    moved: int  # came with customers of other units; signed
    held: int


@dataclass(frozen=True, slots=True)
class UnitHeld:
    """What the customers of a unit and all below it hold. Units: points."""

    unit: OrgUnit
    points: int
    expiring: int
    below: bool


def _sums(model: Any, user: User, unit: OrgUnit | None) -> Any:
    rows = model.objects.visible_to(user)
    return rows.filter(org_unit__path__startswith=unit.path) if unit else rows


def held_by_year(user: User, *, unit: OrgUnit | None = None) -> list[YearHeld]:
    """Return what is held by year of origin and day of expiry, as of the last night."""
    rows = (
        _sums(LotSum, user, unit)
        .order_by("lot_year", "expires_on")
        .values_list("lot_year", "expires_on")
        .annotate(points=Sum("points"), people=Sum("customers"))
    )
    return [YearHeld(*row) for row in rows]


def flows(user: User, *, as_of: date, unit: OrgUnit | None = None) -> list[MonthFlow]:
    """Return the last months: earned, deducted by kind net of reversals, expired, and the liability."""
    rows = _sums(PointSum, user, unit).order_by("month").values_list("month", "kind")
    found: dict[date, dict[str, int]] = {}
    for month, kind, points in rows.annotate(points=Sum("points")):
        found.setdefault(month, {})[kind] = points
    held = 0
    lines = []
    first = clock.add_months(clock.month_of(as_of), 1 - MONTHS)
    for month in sorted({*found, *(clock.add_months(first, n) for n in range(MONTHS))}):
        of = found.get(month, {})
        held += sum(of.values())
        lines.append(
            MonthFlow(
                month,
                of.get(PointKind.EARN_CONSUMPTION, 0),
                of.get(PointKind.EARN_REWARD, 0),
                -of.get(PointKind.DEDUCT_REDEEM, 0),
                -of.get(PointKind.DEDUCT_POLICY, 0),
                -of.get(PointKind.DEDUCT_ADJUST, 0),
                -of.get(PointKind.EXPIRE, 0),
                of.get(MOVED, 0),
                held,
            )
        )
    return [line for line in lines if first <= line.month <= clock.month_of(as_of)]


def held_by_unit(user: User, *, expires_on: date, unit: OrgUnit | None = None) -> list[UnitHeld]:
    """Return the units one step down, and the unit itself where it has customers of its own: what is held and
    what of it expires on a day.
    """
    rows = _sums(LotSum, user, unit).order_by().values_list("org_unit__path")
    sums = list(rows.annotate(n=Sum("points"), going=Sum("points", filter=Q(expires_on=expires_on))))
    if unit:
        candidates = list(OrgUnit.objects.visible_to(user).filter(pk__in=OrgUnit.objects.get_children(unit)))
    else:
        seen = list(OrgUnit.objects.visible_to(user))
        top = min((u.depth for u in seen), default=0)
        candidates = [u for u in seen if u.depth == top]
        if len(candidates) == 1:
            unit, candidates = candidates[0], [u for u in seen if u.depth == top + 1]
    lines = []
    for each in candidates:
        mine = [(path, n, going or 0) for path, n, going in sums if path.startswith(each.path)]
        if mine:
            lines.append(
                UnitHeld(
                    each,
                    sum(n for _path, n, _going in mine),
                    sum(going for _path, _n, going in mine),
                    any(path != each.path for path, _n, _going in mine),
                )
            )
    if unit and (own := [(n, going or 0) for path, n, going in sums if path == unit.path]):
        lines.append(UnitHeld(unit, sum(n for n, _going in own), sum(going for _n, going in own), False))
    return sorted(lines, key=lambda line: -line.points)


def next_expiry(as_of: date) -> date:
    """Return the day the report looks ahead to: the end of this year."""
    return date(as_of.year, 12, 31)


def to_expire(user: User, *, on: date, unit: OrgUnit | None = None, at_least: int = 1) -> Any:
    """Return the lots of visible customers that expire on a day with so many points left."""
    customers = PersonalCustomer.objects.visible_to(user)
    if unit:
        customers = customers.filter(org_unit__path__startswith=unit.path)
    return PointLot.objects.filter(
        account__customer__in=customers.order_by().values("pk"),
        expires_on=on,
        remaining__gt=0,  # as the index says
        remaining__gte=at_least,
    ).select_related("account__customer__client", "account__customer__org_unit")


def reasons_of(budget: RewardBudget) -> list[tuple[str, str, int, int]]:
    """Return reason, its label, points spent and points reserved of one budget."""
    rows = (
        PointProposal.objects.filter(budget=budget, kind=ProposalKind.EARN_REWARD)
        .order_by()
        .values_list("reward_reason")
        .annotate(
            spent=Sum("points", filter=Q(movement__isnull=False, movement__reversed_by=None)),
            reserved=Sum("points", filter=Q(decided_at=None)),
        )
    )
    found = {reason: (spent or 0, reserved or 0) for reason, spent, reserved in rows}
    return [(code, str(label), *found.get(code, (0, 0))) for code, label in RewardReason.choices]


@dataclass(frozen=True, slots=True)
class Grant:
    """A roster of rewards as a whole. Units: rows, points."""

    endorsed_by: str
    batch_id: int
    file_name: str
    proposed_by: str
    proposed_at: Any
    waiting: int
    waiting_points: int
    waiting_largest: int
    booked: int
    booked_points: int
    back: int


def grants(user: User, *, batch_id: int | None = None, limit: int = 50) -> list[Grant]:
    """Return the newest rosters of rewards in scope, with what waits, what is booked, what came back."""
    rows = PointProposal.objects.visible_to(user).filter(batch__isnull=False)
    if batch_id is not None:
        rows = rows.filter(batch=batch_id)
    booked = Q(kind=ProposalKind.EARN_REWARD, movement__isnull=False)
    newest = list(rows.order_by("-batch").values_list("batch", flat=True).distinct()[:limit])
    sums: Any = (
        rows.filter(batch__in=newest)
        .order_by("-batch")
        .values_list("batch", "batch__file_name", "batch__owner__full_name", "batch__applied_at")
        .annotate(
            waiting=Count("pk", filter=Q(decided_at=None)),
            waiting_points=Sum("points", filter=Q(decided_at=None), default=0),
            waiting_largest=Max("points", filter=Q(decided_at=None), default=0),
            booked=Count("pk", filter=booked),
            booked_points=Sum("points", filter=booked, default=0),
            back=Count("pk", filter=Q(takes_back__isnull=False, movement__isnull=False)),
        )
    )
    endorsers = dict(
        rows.filter(batch__in=newest, decided_at=None, endorsed_by__isnull=False)
        .order_by()
        .values_list("batch", "endorsed_by__full_name")
        .distinct()
    )
    return [Grant(endorsers.get(row[0], ""), *row) for row in sums]
