"""Many at once on one account, over real connections: the promises L1, L3, L4, L5, sizes cut to seconds."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.db.models import Sum

from crm.accounts.choices import Role
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from members.models import MonthlyBill, PersonalCustomer
from scoring import services
from scoring.models import LedgerProof, PointEntry, PointLot, PointMovement
from tests import factories

DAY = date(2026, 7, 1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> tuple[PersonalCustomer, User, User]:
    org = factories.make_org()
    one = factories.make_user("one", Role.DEPT_HEAD, org["unit"])
    two = factories.make_user("two", Role.DEPT_HEAD, org["unit"])
    return factories.make_customer(org["unit"]), one, two


def fund(customer: PersonalCustomer, points: int) -> None:
    MonthlyBill.objects.create(
        customer=customer, bill_month=date(2026, 3, 1), total_fen=points * 100, paid_fen=points * 100,
        settled_at=clock.at(date(2026, 5, 1)),
    )  # fmt: skip
    services.post_settled_bills(as_of=DAY)


def at_once(acts: list[Callable[[], object]], workers: int = 16) -> list[object]:
    """Run acts on their own connections, `workers` at a time, and return results or exceptions in order."""
    results: list[object] = [None] * len(acts)
    queue = iter(enumerate(acts))
    lock = threading.Lock()

    def work() -> None:
        try:
            while True:
                with lock:
                    place, act = next(queue, (None, None))
                if act is None or place is None:
                    return
                try:
                    results[place] = act()
                except Exception as error:  # noqa: BLE001 - the outcome under test
                    results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def spend(world: tuple[PersonalCustomer, User, User], points: int, key: str) -> Callable[[], PointMovement]:
    customer, one, two = world

    def act() -> PointMovement:
        return services.deduct(
            customer=customer, kind="DEDUCT_POLICY", points=points, reason="", operator=one, approver=two,
            key=key, as_of=DAY,
        )  # fmt: skip

    return act


def proved() -> bool:
    services.prove_ledger(as_of=DAY)
    return LedgerProof.objects.get().differing_count == 0


@pytest.mark.spec("L3")
def test_one_key_sent_fifty_times_is_one_movement(world: tuple[PersonalCustomer, User, User]) -> None:
    fund(world[0], 100)
    results = at_once([spend(world, 7, "same")] * 50)
    assert {getattr(r, "pk", r) for r in results} == {PointMovement.objects.get().pk}
    assert PointLot.objects.get().remaining == 93
    with pytest.raises(BusinessError, match="IDEMPOTENCY_MISMATCH"):
        spend(world, 8, "same")()


@pytest.mark.spec("L4")
def test_two_hundred_spends_of_one_from_a_hundred(world: tuple[PersonalCustomer, User, User]) -> None:
    fund(world[0], 100)
    results = at_once([spend(world, 1, f"k{n}") for n in range(200)])
    found = Counter(getattr(r, "code", "done") for r in results)
    assert found == {"done": 100, "POINTS_INSUFFICIENT": 100}
    assert PointLot.objects.get().remaining == 0
    assert proved()


@pytest.mark.spec("L5")
def test_a_movement_is_reversed_at_most_once(world: tuple[PersonalCustomer, User, User]) -> None:
    fund(world[0], 100)
    for n in range(10):
        movement = spend(world, 10, f"k{n}")()

        def reverse(key: str, movement: PointMovement = movement) -> Callable[[], PointMovement]:
            return lambda: services.reverse(
                movement=movement, operator=world[1], reason="", key=key, as_of=DAY
            )

        results = at_once([reverse(f"r{n}:{i}") for i in range(8)], workers=8)
        found = Counter(getattr(r, "code", "done") for r in results)
        assert found == {"done": 1, "ALREADY_REVERSED": 7}
    assert PointLot.objects.get().remaining == 100
    assert proved()


@pytest.mark.spec("L1", "L6")
def test_writers_of_all_kinds_on_one_account_lose_nothing(world: tuple[PersonalCustomer, User, User]) -> None:
    customer, one, two = world
    fund(customer, 1000)
    rng = random.Random(20260701)
    acts: list[Callable[[], object]] = []
    for n in range(300):
        points = rng.randint(1, 20)
        if rng.random() < 0.5:
            acts.append(spend(world, points, f"s{n}"))
        else:
            acts.append(
                lambda points=points, n=n: services.reward(  # type: ignore[misc]  # defaults bind the loop
                    customer=customer, points=points, reward_reason="VAS", operator=one, approver=two,
                    key=f"w{n}", as_of=DAY,
                )
            )  # fmt: skip
    months = [date(2026, m, 1) for m in (1, 2, 4, 5, 6)]
    for month in months:
        MonthlyBill.objects.create(
            customer=customer, bill_month=month, total_fen=1000, paid_fen=1000,
            settled_at=clock.at(date(2026, 6, 30)),
        )  # fmt: skip
    acts += [lambda: services.post_settled_bills(as_of=DAY)] * 6
    rng.shuffle(acts)
    results = at_once(acts)
    unexpected = [r for r in results if isinstance(r, Exception)]
    assert unexpected == []
    # Six posters raced for five bills, and each was posted once.
    assert PointEntry.objects.filter(ref__startswith="bill:").count() == 6
    assert PointLot.objects.get().remaining == PointEntry.objects.aggregate(n=Sum("points"))["n"]
    assert proved()
