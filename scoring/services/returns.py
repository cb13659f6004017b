"""Undo what was booked: give a deduction back, take a reward back, collect what a refunded bill earned.

Every verb locks the account first and is bound by its key, as in `ledger`; a movement is undone at most once
because `reverses` is one-to-one.
"""

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.trail import record
from crm.params import registry
from members.models import MonthlyBill
from scoring import rules
from scoring.choices import DEDUCTIONS, PointKind
from scoring.models import PointEntry, PointLot, PointMovement
from scoring.services.ledger import enter, lock_account, need_second, repeated, take_from

REFUND = "refund:"


@transaction.atomic
def take_back(
    *,
    movement: PointMovement,
    reason: str,
    operator: User,
    approver: User | None,
    key: str,
    as_of: date | None = None,
) -> PointMovement:
    """Take a reward back, once: from the year it went to, then the usual order; never below zero.

    What was spent meanwhile is recorded as uncollected.
    Raises: Forbidden SECOND_PERSON_NEEDED, SELF_APPROVAL; BusinessError ALREADY_REVERSED, NOT_REVERSIBLE.
    """
    day = as_of or clock.today()
    approver = need_second(operator, approver)
    customer = movement.account.customer
    account = lock_account(customer)
    if found := repeated(account, key, kind=PointKind.DEDUCT_ADJUST.value, reverses_id=movement.pk):
        return found
    if movement.kind != PointKind.EARN_REWARD:
        raise BusinessError("NOT_REVERSIBLE", _("Only a reward can be taken back."))
    if PointMovement.objects.filter(reverses=movement).exists():
        raise BusinessError("ALREADY_REVERSED", _("This movement was reversed before."))
    taken = take_from(
        account=account,
        kind=PointKind.DEDUCT_ADJUST,
        points=movement.points,
        key=key,
        day=day,
        first_year=movement.business_date.year,
        partly=True,
        reason=reason,
        operator=operator,
        approver=approver,
        reverses=movement,
    )
    record(
        actor=approver,
        action="scoring.points_deducted",
        entity=customer,
        unit=customer.org_unit,
        data={
            "points": movement.points,
            "uncollected": taken.uncollected,
            "operator": operator.pk,
            "movement": str(taken.pk),
            "takes_back": str(movement.pk),
        },
    )
    return taken


@transaction.atomic
def refund_bill(*, bill: MonthlyBill, as_of: date) -> PointMovement | None:
    """Take back what a posted bill earned too much after a refund; None when nothing is too much.

    The bill's own year is consumed first, then the usual order; what the account cannot give is recorded as
    uncollected. No second person: the billing system says so (spec §3.5).
    """
    account = lock_account(bill.customer)
    month = f"{bill.bill_month:%Y-%m}"
    year = bill.bill_month.year
    posted = PointEntry.objects.filter(
        account=account, lot_year=year, kind=PointKind.EARN_CONSUMPTION, ref=f"bill:{month}"
    ).first()
    if posted is None:
        return None
    owed = rules.points_of_bill(
        paid_fen=bill.paid_fen,
        agency_fee_fen=bill.agency_fee_fen,
        rounding=registry.get("points.rounding", as_of=as_of),
    )
    prefix = f"{REFUND}{month}:"
    given_back = account.movements.filter(key__startswith=prefix).aggregate(n=Sum("points"))["n"] or 0
    excess = posted.points - given_back - owed
    if excess <= 0:
        return None
    movement = take_from(
        account=account,
        kind=PointKind.DEDUCT_ADJUST,
        points=excess,
        key=f"{prefix}{owed}",
        day=as_of,
        first_year=year,
        partly=True,
        reason=month,
    )
    PointLot.objects.filter(account=account, lot_year=year).update(refunded=F("refunded") + excess)
    return movement


def reversible(movement: PointMovement) -> bool:
    """Say whether a movement is a deduction by a person: no refund, and no reward taken back."""
    refund = movement.key.startswith(REFUND)
    return movement.kind in DEDUCTIONS and not refund and movement.reverses_id is None


@transaction.atomic
def reverse(
    *,
    movement: PointMovement,
    operator: User,
    reason: str,
    key: str = "",
    as_of: date | None = None,
) -> PointMovement:
    """Give a deduction back to the lots it took from, once.

    What returns into a lot that is past its day expires at once, or after the days of grace
    (`points.reversal_grace_days`).
    Raises: BusinessError ALREADY_REVERSED, NOT_REVERSIBLE.
    """
    day = as_of or clock.today()
    customer = movement.account.customer
    account = lock_account(customer)
    key = key or f"reversal:{movement.pk}"
    body = {"kind": PointKind.REVERSAL.value, "reverses_id": movement.pk}
    if found := repeated(account, key, **body):
        return found
    if not reversible(movement):
        raise BusinessError(
            "NOT_REVERSIBLE", _("Only a redemption or a deduction by a person can be reversed.")
        )
    if PointMovement.objects.filter(reverses=movement).exists():
        raise BusinessError("ALREADY_REVERSED", _("This movement was reversed before."))
    back = PointMovement.objects.create(
        pk=uuid.uuid4(),
        account=account,
        kind=PointKind.REVERSAL,
        key=key,
        points=movement.points - movement.uncollected,
        business_date=day,
        reason=reason,
        operator=operator,
        reverses=movement,
    )
    grace = registry.get("points.reversal_grace_days", as_of=day)
    lots = {lot.lot_year: lot for lot in account.lots.all()}
    for line in PointEntry.objects.filter(account=account, movement=movement.pk).order_by("lot_year"):
        lot, part = lots[line.lot_year], -line.points
        enter(back, lot.lot_year, PointKind.REVERSAL, part).save()
        lot.deducted -= part
        if lot.expires_on < day and grace:
            lot.expires_on = day + timedelta(days=grace)
        elif lot.expires_on < day:
            enter(back, lot.lot_year, PointKind.EXPIRE, -part, f"expire:{back.pk}").save()
            lot.expired += part
        lot.save(update_fields=["deducted", "expired", "expires_on"])
    record(
        actor=operator,
        action="scoring.points_reversed",
        entity=customer,
        unit=customer.org_unit,
        data={"points": back.points, "movement": str(movement.pk)},
    )
    return back
