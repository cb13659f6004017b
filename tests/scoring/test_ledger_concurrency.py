"""Many processes at once on one account, each with a connection of its own: L1, L3, L4, L5 and budgets.

The sizes are of seconds; `python -m benchmarks.storm` runs the same at full size.
"""

import random
from datetime import date

import pytest
from django.db.models import Sum

from benchmarks import storm
from crm.accounts.choices import Role
from crm.base import clock
from crm.base.errors import BusinessError
from members.models import MonthlyBill
from scoring import services
from scoring.models import OneTimeCode, PointEntry, PointLot, PointMovement, PointProposal, RewardBudget
from tests import factories
from tests.scoring.conftest import send_code

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> storm.World:
    org = factories.make_org()
    one = factories.make_user("one", Role.DEPT_HEAD, org["unit"])
    two = factories.make_user("two", Role.DEPT_HEAD, org["unit"])
    return storm.World(factories.make_customer(org["unit"]), one, two)


@pytest.mark.spec("L3")
def test_one_key_sent_fifty_times_is_one_movement(world: storm.World) -> None:
    world.fund(100)
    outcomes = storm.at_once([world.spend(7, "same")] * 50, 50)
    assert {(o.code, o.result) for o in outcomes} == {("done", str(PointMovement.objects.get().pk))}
    assert world.balance == 93
    with pytest.raises(BusinessError, match="IDEMPOTENCY_MISMATCH"):
        world.spend(8, "same")()


@pytest.mark.spec("L4")
def test_two_hundred_spends_of_one_from_a_hundred(world: storm.World) -> None:
    world.fund(100)
    found = storm.spends(world, times=200, processes=16)
    assert found == {"held": 100, "outcomes": {"done": 100, "POINTS_INSUFFICIENT": 100}, "left": 0}
    assert storm.sound()


@pytest.mark.spec("E130", "S0-88")
def test_of_many_guesses_at_once_each_is_counted(world: storm.World) -> None:
    """Five tries are five, however many processes guess; a code pays once, however often it is sent."""
    world.fund(100)
    code = send_code(world.customer, world.one)

    def guess(digits: str, key: str) -> storm.Act:
        return lambda: services.redeem(
            customer=world.customer, points=10, code=digits, operator=world.one, key=key, as_of=storm.DAY
        )

    same = storm.at_once([guess(code, f"r{n}") for n in range(8)], 8)
    assert storm.counted(same) == {"done": 1, "OTP_REQUIRED": 7}
    code = send_code(world.customer, world.one)
    wrong = [f"{(int(code) + n) % 1_000_000:06d}" for n in range(1, 13)]
    assert storm.counted(storm.at_once([guess(d, d) for d in wrong], 12)) == {"OTP_REQUIRED": 12}
    held = OneTimeCode.objects.first()
    assert held
    assert held.attempts == 12
    with pytest.raises(BusinessError, match="OTP_REQUIRED"):
        guess(code, "late")()
    assert world.balance == 90
    assert storm.sound()


@pytest.mark.spec("L5")
def test_a_movement_is_reversed_at_most_once(world: storm.World) -> None:
    world.fund(100)
    found = storm.reversals(world, rounds=40, racers=6)
    assert found["once_each"]
    assert found["outcomes"] == {"done": 40, "ALREADY_REVERSED": 200}
    assert found["left"] == 100
    assert storm.sound()


@pytest.mark.spec("L1", "L6")
def test_writers_of_all_kinds_on_one_account_lose_nothing(world: storm.World) -> None:
    world.fund(1000)
    found = storm.writers(world, processes=24, each=12, seed=20260701)
    assert found["outcomes"] == {"done": 288}
    assert found["balance"] == found["sum_of_lines"] == found["expected"]
    assert (found["twice"], found["sound"]) == (0, True)


def test_posters_spenders_and_expiry_at_once(world: storm.World) -> None:
    world.fund(1000)
    for month in (1, 2, 4, 5, 6):
        MonthlyBill.objects.create(
            customer=world.customer, bill_month=date(2026, month, 1), total_fen=1000, paid_fen=1000,
            settled_at=clock.at(date(2026, 6, 30)),
        )  # fmt: skip
    acts: list[storm.Act] = [lambda: services.post_settled_bills(as_of=storm.DAY)] * 6
    acts += [lambda: services.expire_points(as_of=storm.DAY)] * 3
    acts += [world.spend(3, f"s{n}") for n in range(30)]
    random.Random(7).shuffle(acts)
    outcomes = storm.at_once(acts, 13)
    assert storm.counted(outcomes) == {"done": 39}
    # Six posters raced for five bills, and each was posted once.
    assert PointEntry.objects.filter(ref__startswith="bill:").count() == 6
    assert PointLot.objects.get().remaining == PointEntry.objects.aggregate(n=Sum("points"))["n"] == 960
    assert storm.sound()


@pytest.mark.spec("S0-70")
def test_a_budget_is_never_overspent_by_many_at_once(world: storm.World) -> None:
    unit = world.one.org_unit
    assert unit
    budget = RewardBudget.objects.create(
        unit=unit, year=clock.today().year, quarter=0, points=100, set_by=world.one
    )
    acts: list[storm.Act] = [
        lambda: services.propose(
            customer=world.customer, kind="EARN_REWARD", points=7, reward_reason="VAS", remark="并发",
            actor=world.one,
        )
    ] * 40  # fmt: skip
    outcomes = storm.at_once(acts, 10)
    assert storm.counted(outcomes) == {"done": 14, "BUDGET_EXCEEDED": 26}
    budget.refresh_from_db()
    assert (budget.reserved, budget.left) == (98, 2)
    second = [
        lambda pk=pk: services.approve_proposal(proposal=PointProposal.objects.get(pk=pk), actor=world.two)
        for pk in PointProposal.objects.values_list("pk", flat=True)
    ] * 2
    outcomes = storm.at_once(second, 8)
    assert storm.counted(outcomes) == {"done": 14, "ALREADY_DECIDED": 14}
    budget.refresh_from_db()
    assert (budget.reserved, budget.spent) == (0, 98)
    assert storm.sound()
