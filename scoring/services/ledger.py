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
from scoring import rules, statements
from scoring.choices import PointKind, RewardReason
from scoring.models import PointAccount, PointEntry, PointLot, PointMovement
from scoring.services import budgets, codes
from scoring.statements import ledger as sql


def lock_account(customer: PersonalCustomer) -> PointAccount:
    """Open the customer's account if need be and lock its row until the transaction ends."""
    found = statements.ids(sql.LOCK_ACCOUNT, [customer.pk])
    if not found:
        PointAccount.objects.bulk_create([PointAccount(customer=customer)], ignore_conflicts=True)
        found = statements.ids(sql.LOCK_ACCOUNT, [customer.pk])
    return PointAccount(pk=found[0], customer=customer)


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
    if not statements.write(sql.KEY_USED, [account.pk, key]):
        return None
    found = account.movements.get(key=key)
    if any(getattr(found, name) != value for name, value in body.items()):
        raise BusinessError("IDEMPOTENCY_MISMATCH", _("This key was used for another movement of points."))
    return found


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
    first_year: int | None = None,
    partly: bool = False,
    reason: str = "",
    beneficiary: str = "",
    operator: User | None = None,
    approver: User | None = None,
    reverses: PointMovement | None = None,
) -> PointMovement:
    """Write one deduction in one statement: the movement, a line per lot, and the lots.

    Usable is what has not expired on the day: first expiring first, one year's before all if named.
    Raises: BusinessError POINTS_INSUFFICIENT unless `partly`, where the shortfall is `uncollected`.
    """
    made = PointMovement(
        pk=uuid.uuid4(),
        account=account,
        kind=kind,
        key=key,
        points=points,
        business_date=day,
        reason=reason,
        beneficiary=beneficiary,
        operator=operator,
        approver=approver,
        reverses=reverses,
    )
    given = {
        "movement": made.pk,
        "account": account.pk,
        "kind": kind,
        "key": key,
        "points": points,
        "day": day,
        "first_year": first_year,
        "partly": partly,
        "reason": reason,
        "beneficiary": beneficiary,
        "operator": made.operator_id,
        "approver": made.approver_id,
        "reverses": made.reverses_id,
    }
    ((made.uncollected, made.recorded_at),) = statements.named_rows(sql.TAKE, given)
    if made.uncollected and not partly:
        have = points - made.uncollected
        raise BusinessError(
            "POINTS_INSUFFICIENT",
            format_lazy(
                _("The account holds {have} usable points, {need} are needed."), have=have, need=points
            ),
            details={"usable": have, "needed": points},
        )
    return made


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

    Steps, in one transaction under the account's lock: 1. a repeated key answers with the first movement;
    2. a wrong code counts as a try; 3. points are taken, first expiring first. What is refused for the code
    or for a colleague as beneficiary, of which auditors are told, is written although the act fails: call
    this outside a transaction.
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
    with transaction.atomic():
        account = lock_account(customer)
        if found := repeated(account, key, **body):
            return found
        codes.refuse_gone(customer, day)
        staff = codes.is_staff(beneficiary)
        if not staff and (held := codes.judge(customer=customer, code=code)):
            movement = take_from(
                account=account,
                points=points,
                key=key,
                day=day,
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
    # Outside, so that the try is counted and the alert stays.
    raise codes.refused_staff(customer, beneficiary, operator) if staff else codes.wrong(code)


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
