"""Budgets of units, caps of customers, two and three people, rosters of rewards (S0-70)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser

from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.intake.models import ImportBatch
from crm.params.models import ParamValue
from members.models import PersonalCustomer
from scoring import services
from scoring.models import LedgerProof, PointEntry, PointMovement, PointProposal, RewardBudget
from tests.factories import make_customer, make_user
from tests.scoring.conftest import entries, lots

YEAR = clock.today().year
QUARTER = (clock.today().month + 2) // 3


def rule(key: str, value: object) -> None:
    ParamValue.objects.create(key=key, value=value, effective_from=date(2010, 1, 1))


def ask(customer: PersonalCustomer, points: int, actor: User, **more: str) -> PointProposal:
    given = {"kind": "EARN_REWARD", "reward_reason": "SURVEY", "remark": "访谈"} | more
    return services.propose(customer=customer, points=points, actor=actor, **given)


@pytest.fixture
def third(org: dict[str, OrgUnit]) -> User:
    return make_user("third", Role.DEPT_HEAD, org["unit"], full_name="第三人")


@pytest.fixture
def budget(org: dict[str, OrgUnit], provadmin: User) -> RewardBudget:
    """Return a thousand points of the unit for this year."""
    return services.set_budget(unit=org["unit"], year=YEAR, quarter=0, points=1000, actor=provadmin)


def state(budget: RewardBudget) -> tuple[int, int, int]:
    budget.refresh_from_db()
    return budget.reserved, budget.spent, budget.left


# ---- Budgets


@pytest.mark.spec("S0-70")
def test_a_budget_is_reserved_by_a_proposal_and_spent_by_the_approval(
    budget: RewardBudget, customer: PersonalCustomer, head: User, second: User
) -> None:
    first = ask(customer, 300, head)
    assert state(budget) == (300, 0, 700)
    services.approve_proposal(proposal=first, actor=second)
    assert state(budget) == (0, 300, 700)
    declined = ask(customer, 700, head)
    assert state(budget) == (700, 300, 0)
    with pytest.raises(BusinessError, match="BUDGET_EXCEEDED") as refused:
        ask(customer, 1, head)
    assert refused.value.details == {"left": 0}
    services.decline_proposal(proposal=declined, actor=second)
    assert state(budget) == (0, 300, 700)
    with pytest.raises(IntegrityError, match="budget_not_overspent"), transaction.atomic():
        RewardBudget.objects.update(spent=1001)


def test_the_nearest_units_quarter_is_used_before_its_year_and_before_the_city(
    org: dict[str, OrgUnit], provadmin: User, head: User, customer: PersonalCustomer
) -> None:
    city = services.set_budget(unit=org["city"], year=YEAR, quarter=0, points=10, actor=provadmin)
    assert ask(customer, 1, head).budget == city
    year = services.set_budget(unit=org["unit"], year=YEAR, quarter=0, points=10, actor=provadmin)
    assert ask(customer, 1, head).budget == year
    quarter = services.set_budget(unit=org["unit"], year=YEAR, quarter=QUARTER, points=10, actor=provadmin)
    services.set_budget(unit=org["unit"], year=YEAR, quarter=QUARTER % 4 + 1, points=10, actor=provadmin)
    services.set_budget(unit=org["other_unit"], year=YEAR, quarter=0, points=10, actor=provadmin)
    assert ask(customer, 1, head).budget == quarter


def test_without_a_budget_rewards_are_free_unless_the_rule_says_always(
    customer: PersonalCustomer, head: User
) -> None:
    assert ask(customer, 1, head).budget is None
    rule("points.budget_rule", "ALWAYS")
    with pytest.raises(BusinessError, match="NO_BUDGET"):
        ask(customer, 1, head)
    ask(customer, 1, head, kind="DEDUCT_ADJUST")


def test_a_budget_is_set_by_its_keeper_and_never_below_what_is_promised(
    budget: RewardBudget, customer: PersonalCustomer, head: User, org: dict[str, OrgUnit], provadmin: User
) -> None:
    ask(customer, 300, head)
    with pytest.raises(Invalid, match="BUDGET_TOO_SMALL"):
        services.set_budget(unit=org["unit"], year=YEAR, quarter=0, points=299, actor=provadmin)
    services.set_budget(unit=org["unit"], year=YEAR, quarter=0, points=300, actor=provadmin)
    assert state(budget) == (300, 0, 0)
    with pytest.raises(NotFound):
        services.set_budget(unit=org["unit"], year=YEAR, quarter=0, points=9, actor=head)


# ---- Caps and persons


def test_a_customer_gets_no_more_than_a_month_and_a_year_allow(
    customer: PersonalCustomer, head: User, second: User
) -> None:
    rule("points.reward_cap_month", 100)
    rule("points.reward_cap_year", 150)
    given = {"customer": customer, "reward_reason": "VAS", "operator": head, "approver": second}

    def give(points: int, day: date) -> PointMovement:
        return services.reward(points=points, key=f"{day}{points}", as_of=day, **given)  # type: ignore[arg-type]  # one dict

    first = give(100, date(2026, 3, 1))
    with pytest.raises(BusinessError, match="REWARD_CAP") as refused:
        give(1, date(2026, 3, 31))
    assert refused.value.details == {"left": 0}
    give(50, date(2026, 4, 1))
    with pytest.raises(BusinessError, match="REWARD_CAP"):
        give(1, date(2026, 5, 1))
    services.take_back(
        movement=first, reason="错", operator=head, approver=second, key="b", as_of=date(2026, 5, 1)
    )
    give(100, date(2026, 5, 1))  # what was taken back does not count
    give(100, date(2027, 1, 1))


def test_what_waits_counts_towards_the_cap_of_a_new_proposal(customer: PersonalCustomer, head: User) -> None:
    rule("points.reward_cap_month", 100)
    ask(customer, 60, head)
    with pytest.raises(BusinessError, match="REWARD_CAP"):
        ask(customer, 41, head)
    ask(customer, 40, head)


@pytest.mark.spec("S0-88")
def test_nobody_gives_points_to_the_own_number(customer: PersonalCustomer, head: User) -> None:
    User.objects.filter(pk=head.pk).update(mobile=customer.msisdn)
    with pytest.raises(Forbidden, match="OWN_ACCOUNT"):
        ask(customer, 1, User.objects.get(pk=head.pk))


@pytest.mark.spec("E132", "S0-70")
def test_a_large_proposal_takes_two_who_agree(
    budget: RewardBudget, customer: PersonalCustomer, head: User, second: User, third: User
) -> None:
    rule("points.second_approval_from", 500)
    proposal = ask(customer, 500, head)
    assert services.approve_proposal(proposal=proposal, actor=second) is None
    assert entries(customer) == []
    for again in (second, head):
        with pytest.raises(Forbidden, match="SELF_APPROVAL"):
            services.approve_proposal(proposal=proposal, actor=again)
    movement = services.approve_proposal(proposal=proposal, actor=third)
    assert movement
    assert movement.approver == third
    assert state(budget) == (0, 500, 500)
    small = ask(customer, 499, head)
    assert services.approve_proposal(proposal=small, actor=second)
    with pytest.raises(IntegrityError, match="proposal_three_people"), transaction.atomic():
        PointProposal.objects.filter(pk=proposal.pk).update(endorsed_by=third)


# ---- A reward is taken back


def test_a_reward_goes_back_from_its_own_year_and_its_budget_with_it(
    budget: RewardBudget, customer: PersonalCustomer, head: User, second: User
) -> None:
    movement = services.approve_proposal(proposal=ask(customer, 300, head), actor=second)
    assert movement
    services.deduct(
        customer=customer,
        kind="DEDUCT_POLICY",
        points=100,
        reason="",
        operator=head,
        approver=second,
        key="x",
    )
    back = services.propose_take_back(movement=movement, remark="发错", actor=head)
    with pytest.raises(BusinessError, match="ALREADY_PROPOSED"):
        services.propose_take_back(movement=movement, remark="发错", actor=head)
    taken = services.approve_proposal(proposal=back, actor=second)
    assert taken
    assert (taken.points, taken.uncollected, taken.reverses) == (300, 100, movement)
    assert lots(customer) == {YEAR: 0}
    # A hundred were spent by the customer: they stay spent in the budget.
    assert state(budget) == (0, 100, 900)
    for act in (
        lambda: services.propose_take_back(movement=movement, remark="发错", actor=head),
        lambda: services.take_back(movement=movement, reason="", operator=head, approver=second, key="z"),
    ):
        with pytest.raises(BusinessError, match="ALREADY_REVERSED"):
            act()
    with pytest.raises(BusinessError, match="NOT_REVERSIBLE"):
        services.reverse(movement=taken, operator=head, reason="")


# ---- Rosters


@pytest.fixture
def roster(
    org: dict[str, OrgUnit], budget: RewardBudget, head: User
) -> Callable[..., tuple[ImportBatch, list[PersonalCustomer]]]:
    """Return a function that files a roster of rewards as the import does."""

    def make(points: list[int], by: User = head) -> tuple[ImportBatch, list[PersonalCustomer]]:
        batch = ImportBatch.objects.create(roster="rewards", owner=by, file_name="r.xlsx", file_size=1)
        people = [make_customer(org["unit"]) for _ in points]
        for person, n in zip(people, points, strict=True):
            PointProposal.objects.create(
                customer=person, kind="EARN_REWARD", points=n, reward_reason="SURVEY", remark="回访",
                budget=budget, batch=batch, proposed_by=by,
            )  # fmt: skip
        RewardBudget.objects.filter(pk=budget.pk).update(reserved=budget.reserved + sum(points))
        return batch, people

    return make


Roster = Callable[..., tuple[ImportBatch, list[PersonalCustomer]]]


def proved() -> bool:
    services.prove_ledger(as_of=clock.today())
    return LedgerProof.objects.get().sound


@pytest.mark.spec("S0-88", "S0-70")
def test_nobody_agrees_to_points_for_the_own_number(
    roster: Roster, customer: PersonalCustomer, head: User, second: User, third: User
) -> None:
    User.objects.filter(pk=second.pk).update(mobile=customer.msisdn)
    second.refresh_from_db()
    proposal = ask(customer, 10, head)
    with pytest.raises(Forbidden, match="OWN_ACCOUNT"):
        services.approve_proposal(proposal=proposal, actor=second)
    assert services.approve_proposal(proposal=proposal, actor=third)
    batch, people = roster([10, 20])
    User.objects.filter(pk=second.pk).update(mobile=people[1].msisdn)
    second.refresh_from_db()
    with pytest.raises(Forbidden, match="OWN_ACCOUNT"):
        services.approve_grant(batch=batch, actor=second)
    assert services.approve_grant(batch=batch, actor=third) == 30


def test_no_reward_is_proposed_for_who_has_left(customer: PersonalCustomer, head: User) -> None:
    customer.in_net_to = clock.today()
    assert ask(customer, 1, head), "the last day is still one in the network"
    customer.in_net_to = clock.today() - timedelta(days=1)
    with pytest.raises(BusinessError, match="CUSTOMER_LEFT"):
        ask(customer, 1, head)
    assert services.propose(customer=customer, kind="DEDUCT_ADJUST", points=1, remark="错", actor=head)


@pytest.mark.spec("S0-70")
def test_a_roster_is_booked_as_a_whole_and_taken_back_as_a_whole(
    roster: Roster, budget: RewardBudget, head: User, second: User
) -> None:
    batch, people = roster([100, 200, 300])
    with pytest.raises(Forbidden, match="SELF_APPROVAL"):
        services.approve_grant(batch=batch, actor=head)
    row = PointProposal.objects.filter(batch=batch).first()
    assert row
    with pytest.raises(BusinessError, match="IN_A_ROSTER"):
        services.approve_proposal(proposal=row, actor=second)
    assert services.approve_grant(batch=batch, actor=second) == 600
    assert [sum(lots(p).values()) for p in people] == [100, 200, 300]
    assert state(budget) == (0, 600, 400)
    assert PointMovement.objects.filter(operator=head, approver=second).count() == 3
    with pytest.raises(BusinessError, match="ALREADY_DECIDED"):
        services.approve_grant(batch=batch, actor=second)
    services.deduct(
        customer=people[0],
        kind="DEDUCT_POLICY",
        points=30,
        reason="",
        operator=head,
        approver=second,
        key="x",
    )
    assert services.propose_grant_back(batch=batch, remark="名单错了", actor=second) == 3
    with pytest.raises(Forbidden, match="SELF_APPROVAL"):
        services.approve_grant(batch=batch, actor=second)
    assert services.approve_grant(batch=batch, actor=head) == 570
    assert [sum(lots(p).values()) for p in people] == [0, 0, 0]
    back = PointMovement.objects.filter(reverses__isnull=False)
    assert sorted(back.values_list("uncollected", flat=True)) == [0, 0, 30]
    assert state(budget) == (0, 30, 970)
    with pytest.raises(BusinessError, match="ALREADY_REVERSED"):
        services.propose_grant_back(batch=batch, remark="名单错了", actor=second)
    assert proved()


def test_a_large_roster_takes_two_who_agree(roster: Roster, head: User, second: User, third: User) -> None:
    rule("points.grant_second_approval_from", 300)
    batch, _people = roster([100, 200])
    assert services.approve_grant(batch=batch, actor=second) is None
    assert not PointEntry.objects.exists()
    with pytest.raises(Forbidden, match="SELF_APPROVAL"):
        services.approve_grant(batch=batch, actor=second)
    assert services.approve_grant(batch=batch, actor=third) == 300


@pytest.mark.spec("S0-70", "X-19")
def test_a_reward_that_takes_two_alone_takes_two_in_a_roster(
    roster: Roster, head: User, second: User, third: User, browse: Callable[[User], Browser]
) -> None:
    rule("points.second_approval_from", 200)
    batch, _people = roster([199, 200])
    page = browse(second).get(f"/scoring/rewards/{batch.pk}/").content.decode()
    assert "分值较大" in page
    assert services.approve_grant(batch=batch, actor=second) is None
    assert services.approve_grant(batch=batch, actor=third) == 399
    batch, _people = roster([199, 199])
    assert services.approve_grant(batch=batch, actor=second) == 398


def test_one_customer_over_the_cap_refuses_the_roster_and_books_nothing(
    roster: Roster, budget: RewardBudget, second: User
) -> None:
    rule("points.reward_cap_month", 150)
    batch, people = roster([100, 200])
    with pytest.raises(BusinessError, match="REWARD_CAP") as refused:
        services.approve_grant(batch=batch, actor=second)
    assert people[1].msisdn[-4:] in str(refused.value.message)
    assert state(budget) == (300, 0, 700)
    assert services.decline_grant(batch=batch, actor=second) == 2
    assert state(budget) == (0, 0, 1000)
    assert not PointEntry.objects.exists()


def test_a_roster_with_customers_out_of_scope_is_not_there(
    roster: Roster, org: dict[str, OrgUnit], second: User, budget: RewardBudget, head: User, owner: User
) -> None:
    batch, _people = roster([100])
    with pytest.raises(Forbidden):
        services.approve_grant(batch=batch, actor=owner)
    PointProposal.objects.create(
        customer=make_customer(org["other_unit"]), kind="EARN_REWARD", points=1, reward_reason="SURVEY",
        remark="回访", batch=batch, proposed_by=head,
    )  # fmt: skip
    with pytest.raises(NotFound):
        services.approve_grant(batch=batch, actor=second)


def test_a_take_back_over_several_years_takes_the_rewards_year_first(
    roster: Roster, head: User, second: User
) -> None:
    batch, (person,) = roster([100])
    services.approve_grant(batch=batch, actor=second)
    for year in (YEAR - 2, YEAR - 1):
        services.reward(
            customer=person, points=60, reward_reason="VAS", operator=head, approver=second, key=f"y{year}",
            as_of=date(year, 6, 1),
        )  # fmt: skip
    services.propose_grant_back(batch=batch, remark="错", actor=head)
    assert services.approve_grant(batch=batch, actor=second) == 100
    assert lots(person) == {YEAR - 2: 60, YEAR - 1: 60, YEAR: 0}
    assert proved()
