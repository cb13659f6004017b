"""Move points of one customer. Every verb locks the account row first, so that whoever moves the same
balance waits; the movement's key makes a repeated request harmless (spec §3.5).
"""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, Sentence
from crm.base.trail import record
from crm.params import registry
from members.models import PersonalCustomer
from scoring import rules
from scoring.choices import PointKind, RewardReason
from scoring.models import PointAccount, PointEntry, PointLot, PointMovement
from scoring.services import budgets, codes


def lock_account(customer: PersonalCustomer) -> PointAccount:
    """Open the customer's account if need be and lock its row until the transaction ends."""
    locked = PointAccount.objects.select_for_update(of=("self",)).filter(customer=customer)
    found = locked.first()
    if found is None:
        PointAccount.objects.bulk_create([PointAccount(customer=customer)], ignore_conflicts=True)
        found = locked.get()
    return found


def lock_accounts(customer_ids: Iterable[int]) -> None:
    """Open and lock accounts of many customers, in id order, so that two bulk acts cannot wait in a ring."""
    ids = sorted(customer_ids)
    PointAccount.objects.bulk_create(
        [PointAccount(customer_id=pk) for pk in ids], ignore_conflicts=True, batch_size=5000
    )
    accounts = PointAccount.objects.filter(customer__in=ids).order_by("pk").select_for_update()
    list(accounts.values_list("pk"))


ROOM = 200  # characters of a movement's reason
MOST_POINTS = 100_000_000  # more in one movement is a slip


def wrong_points(points: int) -> list[Sentence]:
    """Say what is wrong with a number of points for one movement; nothing when it is right."""
    if type(points) is int and 0 < points <= MOST_POINTS:
        return []
    return [_("Write a whole number of points above zero, at most 100,000,000.")]


def _need(**problems: list[Sentence]) -> None:
    """Refuse what a movement cannot carry.

    Raises: Invalid with the fields.
    """
    if found := {name: sentences for name, sentences in problems.items() if sentences}:
        raise Invalid("INVALID", next(iter(found.values()))[0], fields=found)


def not_among(value: str, allowed: Iterable[str]) -> list[Sentence]:
    """Say that a value is none of a list; nothing when it is one."""
    return [] if value in allowed else [_("Choose one of the list.")]


def too_long(text: str, most: int) -> list[Sentence]:
    """Say that a text has no room; nothing when it has."""
    return [] if len(text) <= most else [format_lazy(_("Write at most {most} characters."), most=most)]


def repeated(account: PointAccount, key: str, **body: Any) -> PointMovement | None:
    """Return the movement this key made before.

    Raises: BusinessError IDEMPOTENCY_MISMATCH when the key was used for something else.
    """
    found = account.movements.filter(key=key).first()
    if found and any(getattr(found, name) != value for name, value in body.items()):
        raise BusinessError("IDEMPOTENCY_MISMATCH", _("This key was used for another movement of points."))
    return found


def usable(account: PointAccount, day: date, first_year: int | None = None) -> list[PointLot]:
    """Return lots that may be spent on a day: first expiring first, one year's before all if named."""
    lots = list(account.lots.filter(remaining__gt=0, expires_on__gte=day).order_by("lot_year"))
    return sorted(lots, key=lambda lot: lot.lot_year != first_year)


def _take(lots: list[PointLot], points: int) -> list[tuple[PointLot, int]]:
    """Say how many points to take from which lot; fewer in all when the lots hold fewer."""
    taken = []
    for lot in lots:
        part = min(points, lot.remaining)
        if part:
            taken.append((lot, part))
            points -= part
    return taken


def enter(
    movement: PointMovement, lot_year: int, kind: str, points: int, ref: str | None = None
) -> PointEntry:
    return PointEntry(
        account_id=movement.account_id,
        lot_year=lot_year,
        kind=kind,
        points=points,
        business_date=movement.business_date,
        movement=movement.pk,
        ref=ref or movement.key,
    )


def take_from(
    *,
    account: PointAccount,
    kind: str,
    points: int,
    key: str,
    day: date,
    lots: list[PointLot],
    partly: bool = False,
    **told: Any,
) -> PointMovement:
    """Write one deduction: a movement, a line per lot, and the lots.

    Raises: BusinessError POINTS_INSUFFICIENT unless `partly`, where the shortfall is `uncollected`.
    """
    taken = _take(lots, points)
    missing = points - sum(part for _lot, part in taken)
    if missing and not partly:
        have = points - missing
        raise BusinessError(
            "POINTS_INSUFFICIENT",
            format_lazy(
                _("The account holds {have} usable points, {need} are needed."), have=have, need=points
            ),
            details={"usable": have, "needed": points},
        )
    movement = PointMovement.objects.create(
        pk=uuid.uuid4(),
        account=account,
        kind=kind,
        key=key,
        points=points,
        uncollected=missing,
        business_date=day,
        **told,
    )
    PointEntry.objects.bulk_create([enter(movement, lot.lot_year, kind, -part) for lot, part in taken])
    for lot, part in taken:
        PointLot.objects.filter(pk=lot.pk).update(deducted=F("deducted") + part)
    return movement


def redeem(
    *,
    customer: PersonalCustomer,
    points: int,
    code: str,
    operator: User,
    key: str,
    beneficiary: str = "",
    reason: str = "",
    as_of: date | None = None,
) -> PointMovement:
    """Spend points for a customer who confirms with a one-time code.

    Steps: 1. a repeated key answers with the first movement; 2. a staff mobile as beneficiary is refused
    and auditors are told; 3. the code is checked, and a wrong try is counted even though the act fails;
    4. points are taken, first expiring first. Steps 2 and 3 commit on their own, so call this outside a
    transaction.
    Raises: BusinessError POINTS_INSUFFICIENT, OTP_REQUIRED, STAFF_BENEFICIARY, CUSTOMER_LEFT; Invalid.
    Source: S0-71, S0-88.
    """
    day = as_of or clock.today()
    beneficiary = beneficiary or customer.msisdn
    body = {
        "kind": PointKind.DEDUCT_REDEEM.value,
        "points": points,
        "beneficiary": beneficiary,
        "reason": reason,
    }
    _need(points=wrong_points(points), reason=too_long(reason, ROOM))
    # Without the lock: who finds nothing here looks again under it.
    opened = PointAccount.objects.filter(customer=customer).first()
    if opened and (found := repeated(opened, key, **body)):
        return found
    codes.refuse_gone(customer, day)
    codes.refuse_staff(customer=customer, beneficiary=beneficiary, operator=operator)
    held = codes.check(customer=customer, code=code)
    with transaction.atomic():
        account = lock_account(customer)
        if found := repeated(account, key, **body):
            return found
        movement = take_from(
            account=account,
            points=points,
            key=key,
            day=day,
            lots=usable(account, day),
            kind=PointKind.DEDUCT_REDEEM,
            operator=operator,
            beneficiary=beneficiary,
            reason=reason,
        )
        codes.use(held)
        record(
            actor=operator,
            action="scoring.points_redeemed",
            entity=customer,
            unit=customer.org_unit,
            data={"points": points, "movement": str(movement.pk)},
        )
    return movement


def need_second(operator: User, approver: User | None) -> User:
    """Refuse what one person wants to do alone.

    Raises: Forbidden SECOND_PERSON_NEEDED, SELF_APPROVAL.
    """
    if approver is None:
        raise Forbidden("SECOND_PERSON_NEEDED", _("A second person must approve this."))
    if approver.scope.is_self(operator.pk):
        raise Forbidden("SELF_APPROVAL", _("Nobody approves their own act. Ask a colleague who may approve."))
    if not approver.can("scoring.approve"):
        raise Forbidden("FORBIDDEN", _("Your role does not include approving points."))
    return approver


@transaction.atomic
def deduct(
    *,
    customer: PersonalCustomer,
    kind: str,
    points: int,
    reason: str,
    operator: User,
    approver: User | None,
    key: str,
    as_of: date | None = None,
) -> PointMovement:
    """Take points by policy or as an adjustment; two people answer for it (S0-71, E132).

    Raises: Invalid; Forbidden SECOND_PERSON_NEEDED, SELF_APPROVAL; BusinessError POINTS_INSUFFICIENT.
    """
    day = as_of or clock.today()
    approver = need_second(operator, approver)
    # A redemption has a way of its own, with the code of its customer; what expires, the night takes.
    _need(
        kind=not_among(kind, (PointKind.DEDUCT_POLICY, PointKind.DEDUCT_ADJUST)),
        points=wrong_points(points),
        reason=too_long(reason, ROOM),
    )
    account = lock_account(customer)
    if found := repeated(account, key, kind=kind, points=points, reason=reason):
        return found
    movement = take_from(
        account=account,
        kind=kind,
        points=points,
        key=key,
        day=day,
        lots=usable(account, day),
        reason=reason,
        operator=operator,
        approver=approver,
    )
    record(
        actor=approver,
        action="scoring.points_deducted",
        entity=customer,
        unit=customer.org_unit,
        data={"points": points, "kind": kind, "operator": operator.pk, "movement": str(movement.pk)},
    )
    return movement


@transaction.atomic
def reward(
    *,
    customer: PersonalCustomer,
    points: int,
    reward_reason: RewardReason | str,
    operator: User,
    approver: User | None,
    key: str,
    remark: str = "",
    as_of: date | None = None,
) -> PointMovement:
    """Grant reward points into the lot of the year of the grant (S0-70, E137).

    Raises: Invalid; Forbidden SECOND_PERSON_NEEDED, SELF_APPROVAL; BusinessError REWARD_CAP.
    """
    day = as_of or clock.today()
    approver = need_second(operator, approver)
    reason = f"{reward_reason} {remark}".strip()
    _need(
        points=wrong_points(points),
        reward_reason=not_among(reward_reason, RewardReason.values),
        remark=too_long(reason, ROOM),
    )
    account = lock_account(customer)
    if found := repeated(account, key, kind=PointKind.EARN_REWARD.value, points=points, reason=reason):
        return found
    budgets.check_caps(customer, points, day)
    years = registry.get("points.validity_years", as_of=day)
    lot, _created = PointLot.objects.get_or_create(
        account=account,
        lot_year=day.year,
        defaults={"expires_on": rules.expiry_of(day.year, validity_years=years)},
    )
    movement = PointMovement.objects.create(
        pk=uuid.uuid4(),
        account=account,
        kind=PointKind.EARN_REWARD,
        key=key,
        points=points,
        business_date=day,
        reason=reason,
        operator=operator,
        approver=approver,
    )
    enter(movement, lot.lot_year, PointKind.EARN_REWARD, points).save()
    PointLot.objects.filter(pk=lot.pk).update(earned_reward=F("earned_reward") + points)
    record(
        actor=approver,
        action="scoring.points_rewarded",
        entity=customer,
        unit=customer.org_unit,
        data={"points": points, "reason": reason, "operator": operator.pk, "movement": str(movement.pk)},
    )
    return movement
