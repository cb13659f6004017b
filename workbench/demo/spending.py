"""What customers of the demonstration spend and are given: a few acts a month, through their services."""

import re
from datetime import date
from random import Random

from crm.accounts.models import User
from crm.base import clock
from crm.base.models import Notification, OutboxEvent
from members.models import PersonalCustomer
from scoring import services
from scoring.choices import PointKind, RewardReason
from scoring.models import PointLot, PointMovement

ACTS_A_MONTH = 5
STAFF = ("hall", "head", "provadmin", "gcdept")
GIFTS = ("兑换话费 50 元", "兑换保温杯", "兑换电影票两张", "兑换流量包 10GB", "兑换雨伞")
REASONS = (RewardReason.SURVEY, RewardReason.TENURE, RewardReason.SUGGESTION)


def spend(place: int, day: date) -> int:
    """Redeem, give back, reward and deduct for the customers of the place-th month; return the acts."""
    people = {user.staff_no: user for user in User.objects.filter(staff_no__in=STAFF)}
    if len(people) < len(STAFF):
        return 0
    hall, head, clerk, approver = (people[name] for name in STAFF)
    rng = Random(place)  # noqa: S311 - a demonstration must be the same every time
    # Nobody is met in two months: a second code within a minute is refused.
    rich = (
        PersonalCustomer.objects.filter(
            in_net_to=None,
            org_unit__code="U330106",
            pk__in=PointLot.objects.filter(remaining__gte=900).values("account__customer"),
        )
        .exclude(pk__in=PointMovement.objects.filter(key__startswith="demo:").values("account__customer"))
        .order_by("pk")
    )
    customers = rich[:ACTS_A_MONTH]
    for n, customer in enumerate(customers):
        key = f"demo:{place}:{n}"
        if n < ACTS_A_MONTH - 2:
            movement = services.redeem(
                customer=customer, points=rng.choice((100, 200, 300, 500)), code=_code(customer, hall),
                operator=hall, key=key, reason=rng.choice(GIFTS), as_of=day,
            )  # fmt: skip
            if n == place % 9:
                services.reverse(movement=movement, operator=hall, reason="礼品缺货，客户取消", as_of=day)
        elif n < ACTS_A_MONTH - 1:
            services.reward(
                customer=customer, points=rng.choice((100, 200, 500)), operator=clerk, approver=approver,
                key=key, reward_reason=rng.choice(REASONS), remark="在网满五年", as_of=day,
            )  # fmt: skip
        else:
            services.deduct(
                customer=customer, kind=rng.choice((PointKind.DEDUCT_POLICY, PointKind.DEDUCT_ADJUST)),
                points=rng.choice((50, 80, 120)), reason="优惠购机抵扣" if place % 2 else "重复赠送更正",
                operator=head, approver=approver, key=key, as_of=day,
            )  # fmt: skip
    # The codes were shown to nobody.
    Notification.objects.filter(kind="demo.code").delete()
    OutboxEvent.objects.filter(kind="sms.send", delivered_at=None).update(delivered_at=clock.now())
    return len(customers)


def _code(customer: PersonalCustomer, operator: User) -> str:
    """Return the one-time code that the customer would read out."""
    held = services.issue_code(customer=customer, actor=operator)
    text = OutboxEvent.objects.get(key=f"code:{held.pk}").payload["text"]
    found = re.search(r"\d{6}", text)
    assert found  # noqa: S101 - the code stands in its message
    return found[0]
