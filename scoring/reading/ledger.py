"""Statements and sums of points from ledger lines."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.errors import Sentence
from members.models import PersonalCustomer
from scoring.choices import DEDUCTIONS, PointKind, RewardReason
from scoring.models import PointEntry, PointLot, PointMovement

PAGE = 50


@dataclass(frozen=True, slots=True)
class LotPart:
    """What one line took from or gave to one year."""

    label: str
    points: int


@dataclass(frozen=True, slots=True)
class Line:
    """One act on a statement, with the balance after it. Units: points."""

    entry_id: int
    movement: str
    on: date
    kind: str
    title: Sentence
    note: Sentence
    points: int
    balance: int
    lots: tuple[LotPart, ...]
    reversible: bool
    returnable: bool = False  # a reward that may be taken back
    year: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A customer's points at a glance. Units: points."""

    balance: int
    lots: tuple[PointLot, ...]
    earned_consumption: int
    earned_reward: int
    expired: int
    redeemed: int
    by_policy: int
    adjusted: int
    expiring: int
    expiring_on: date | None

    @property
    def deducted(self) -> int:
        """Return all deductions, net of reversals (Source: L4, E136)."""
        return self.redeemed + self.by_policy + self.adjusted


def account_of(customer: PersonalCustomer, *, as_of: date) -> Account:
    """Sum up a customer's account; deductions by their three kinds, net of reversals."""
    lots = tuple(PointLot.objects.filter(account__customer=customer).order_by("lot_year"))
    net: dict[str, int] = dict.fromkeys((kind.value for kind in DEDUCTIONS), 0)
    entries = PointEntry.objects.filter(account__customer=customer)
    for kind, points in entries.filter(kind__in=DEDUCTIONS).values_list("kind").annotate(n=Sum("points")):
        net[kind] -= points
    back = PointMovement.objects.filter(account__customer=customer, kind=PointKind.REVERSAL)
    for kind, points in back.values_list("reverses__kind").annotate(n=Sum("points")):
        net[kind] -= points
    ahead = [lot.expires_on for lot in lots if lot.remaining and lot.expires_on >= as_of]
    next_day = min(ahead, default=None)
    return Account(
        balance=sum(lot.remaining for lot in lots),
        lots=lots,
        earned_consumption=sum(lot.earned_consumption for lot in lots),
        earned_reward=sum(lot.earned_reward for lot in lots),
        expired=sum(lot.expired for lot in lots),
        redeemed=net[PointKind.DEDUCT_REDEEM],
        by_policy=net[PointKind.DEDUCT_POLICY],
        adjusted=net[PointKind.DEDUCT_ADJUST],
        expiring=sum(lot.remaining for lot in lots if lot.expires_on == next_day),
        expiring_on=next_day,
    )


def _note(entry: PointEntry, movement: PointMovement | None) -> Sentence:
    """Say what a line stands for, in words."""
    head, _colon, month = entry.ref.partition(":")
    if head == "bill":
        return format_lazy(_("Bill of {month}"), month=month)
    if movement is None:
        return ""
    if entry.ref.startswith("refund:"):
        note: Sentence = format_lazy(_("Refund of the bill of {month}"), month=movement.reason)
        if movement.uncollected:
            left = format_lazy(_("{n} points could not be collected"), n=movement.uncollected)
            note = format_lazy("{note} · {left}", note=note, left=left)
        return note
    reason, _space, remark = movement.reason.partition(" ")
    if movement.kind == PointKind.EARN_REWARD and reason in RewardReason.values:
        return format_lazy("{label} {remark}", label=RewardReason(reason).label, remark=remark)
    people = [str(p) for p in (movement.operator, movement.approver) if p]
    return " · ".join(part for part in (movement.reason, *people) if part)


def statement_of(
    customer: PersonalCustomer,
    *,
    before: int | None = None,
    since: date | None = None,
    until: date | None = None,
    size: int = PAGE,
) -> tuple[list[Line], int | None]:
    """Return a page of a customer's statement, newest first, and the place the next page begins.

    Lines of one movement stand together; the balance is what the account held after it. A period keeps the
    lines of its business days and leaves the balances as they were.
    """
    everything = PointEntry.objects.filter(account__customer=customer)
    entries = in_period(everything, since, until)
    page = list((entries.filter(pk__lt=before) if before else entries).order_by("-pk")[: size + 1])
    more = len(page) > size
    if more:
        # Do not cut a movement in two: it is read whole on the next page.
        cut = page[size].movement
        page = [entry for entry in page[:size] if entry.movement != cut] or page[:size]
    after = _balances(everything, page)
    movements = (
        PointMovement.objects.filter(pk__in={entry.movement for entry in page})
        .select_related("operator", "approver", "reversed_by")
        .in_bulk()
    )
    lines: list[Line] = []
    groups: list[list[PointEntry]] = []
    for entry in page:
        if groups and groups[-1][0].movement == entry.movement and groups[-1][0].kind == entry.kind:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    for group in groups:
        newest, points = group[0], sum(entry.points for entry in group)
        movement = movements.get(newest.movement)
        lines.append(
            Line(
                newest.pk,
                str(newest.movement),
                newest.business_date,
                newest.kind,
                PointKind(newest.kind).label,
                _note(newest, movement),
                points,
                after[newest.pk],
                tuple(LotPart(str(entry.lot_year), abs(entry.points)) for entry in reversed(group))
                if newest.kind in (*DEDUCTIONS, PointKind.REVERSAL)
                else (),
                _may_be_reversed(movement),
                _may_be_taken_back(movement),
                str(newest.lot_year),
            )
        )
    return lines, (page[-1].pk if more and page else None)


def in_period(entries: Any, since: date | None, until: date | None) -> Any:
    """Keep the lines of a period of business days, both ends included."""
    if since:
        entries = entries.filter(business_date__gte=since)
    if until:
        entries = entries.filter(business_date__lte=until)
    return entries


def _balances(entries: Any, page: list[PointEntry]) -> dict[int, int]:
    """Return what the account held after each line of a page, whatever a period left out between."""
    if not page:
        return {}
    balance = entries.filter(pk__lt=page[-1].pk).aggregate(n=Sum("points"))["n"] or 0
    between = entries.filter(pk__gte=page[-1].pk, pk__lte=page[0].pk).order_by("pk")
    after = {}
    for pk, points in between.values_list("pk", "points"):
        balance += points
        after[pk] = balance
    return after


def balance_before(customer: PersonalCustomer, day: date) -> int:
    """Return what the account held when a day began, by business days."""
    earlier = PointEntry.objects.filter(account__customer=customer, business_date__lt=day)
    return earlier.aggregate(n=Sum("points"))["n"] or 0


def _may_be_taken_back(movement: PointMovement | None) -> bool:
    """Say whether a movement is a reward that nobody took back."""
    return (
        movement is not None
        and movement.kind == PointKind.EARN_REWARD
        and not hasattr(movement, "reversed_by")
    )


def _may_be_reversed(movement: PointMovement | None) -> bool:
    """Say whether a movement is a deduction by a person that nobody reversed."""
    return (
        movement is not None
        and movement.kind in DEDUCTIONS
        and movement.reverses_id is None
        and not movement.key.startswith("refund:")
        and not hasattr(movement, "reversed_by")
    )


def expiring_of(clients: Any, *, as_of: date) -> dict[str, int]:
    """Return how many points of a client's people expire at the end of this year, and of how many people."""
    lots = PointLot.objects.filter(
        account__customer__client__in=clients, remaining__gt=0, expires_on=date(as_of.year, 12, 31)
    )
    found = lots.aggregate(points=Sum("remaining"))
    return {"points": found["points"] or 0, "people": lots.values("account").distinct().count()}


def forecast(customers: Any, *, as_of: date) -> list[tuple[date, int]]:
    """Return what expires when, over the accounts of the customers."""
    return list(
        PointLot.objects.filter(account__customer__in=customers, remaining__gt=0, expires_on__gte=as_of)
        .values_list("expires_on")
        .annotate(points=Sum("remaining"))
        .order_by("expires_on")
    )


def people_of(client: Client) -> QuerySet[PersonalCustomer]:
    """Return a client's people with their balances, the largest first."""
    return (
        PersonalCustomer.objects.filter(client=client, in_net_to=None)
        .annotate(balance=Sum("account__lots__remaining", filter=Q(account__lots__remaining__gt=0)))
        .order_by(F("balance").desc(nulls_last=True), "pk")[:20]
    )
