"""VIP grades by the consumption points of a year (spec §3.5, D-14, D-28, D-29)."""

from datetime import date

import pytest

from crm.accounts.models import OrgUnit, User
from members.models import MonthlyBill, PersonalCustomer
from scoring import services
from tests.factories import make_customer
from tests.scoring.conftest import Bill


def graded(customer: PersonalCustomer, as_of: date) -> tuple[str, date | None]:
    services.post_settled_bills(as_of=as_of)
    services.grade_vips(as_of=as_of)
    customer.refresh_from_db()
    return customer.vip_grade, customer.vip_valid_to


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        pytest.param(20000, "DIAMOND", marks=pytest.mark.spec("E138", "S0-62")),
        pytest.param(19999, "GOLD", marks=pytest.mark.spec("E139", "S0-63")),
        (10000, "GOLD"),
        pytest.param(9999, "SILVER", marks=pytest.mark.spec("E141", "S0-64")),
        pytest.param(3600, "SILVER", marks=pytest.mark.spec("E142", "D-14")),
        pytest.param(3599, "NONE", marks=pytest.mark.spec("E143")),
    ],
)
def test_lower_bounds_are_inclusive(bill: Bill, customer: PersonalCustomer, points: int, grade: str) -> None:
    bill(date(2026, 3, 1), points * 100)
    expected = (grade, None if grade == "NONE" else date(2027, 12, 31))
    assert graded(customer, date(2026, 6, 1)) == expected
    assert services.grade_vips(as_of=date(2026, 6, 1)) == 0


@pytest.mark.spec("E144", "D-29")
def test_reward_points_do_not_count(bill: Bill, customer: PersonalCustomer, head: User, second: User) -> None:
    bill(date(2026, 3, 1), 3000_00)
    services.reward(
        customer=customer, points=5000, reward_reason="TENURE", operator=head, approver=second, key="k",
        as_of=date(2026, 5, 1),
    )  # fmt: skip
    assert graded(customer, date(2026, 6, 1))[0] == "NONE"


@pytest.mark.spec("E146", "D-28")
def test_a_grade_is_kept_through_the_next_year_and_falls_on_the_first_of_january(
    bill: Bill, customer: PersonalCustomer
) -> None:
    bill(date(2025, 3, 1), 12000_00)
    assert graded(customer, date(2025, 6, 1)) == ("GOLD", date(2026, 12, 31))
    bill(date(2026, 3, 1), 2000_00)
    assert graded(customer, date(2026, 1, 1)) == ("GOLD", date(2026, 12, 31))
    assert graded(customer, date(2026, 12, 31)) == ("GOLD", date(2026, 12, 31))
    assert graded(customer, date(2027, 1, 1)) == ("NONE", None)


def test_a_higher_grade_is_given_at_once(bill: Bill, customer: PersonalCustomer) -> None:
    bill(date(2025, 3, 1), 4000_00)
    assert graded(customer, date(2026, 1, 1)) == ("SILVER", date(2026, 12, 31))
    bill(date(2026, 1, 1), 10000_00)
    assert graded(customer, date(2026, 2, 20)) == ("GOLD", date(2027, 12, 31))


def test_spending_and_expiry_never_lower_a_grade_and_refunds_do_in_january(
    bill: Bill, customer: PersonalCustomer, head: User, second: User
) -> None:
    made = bill(date(2026, 3, 1), 4000_00)
    assert graded(customer, date(2026, 6, 1))[0] == "SILVER"
    services.deduct(
        customer=customer, kind="DEDUCT_POLICY", points=4000, reason="优惠", operator=head, approver=second,
        key="k", as_of=date(2026, 6, 1),
    )  # fmt: skip
    assert graded(customer, date(2026, 6, 2))[0] == "SILVER"
    MonthlyBill.objects.filter(pk=made.pk).update(paid_fen=100_00)
    made.refresh_from_db()
    services.refund_bill(bill=made, as_of=date(2026, 6, 3))
    assert graded(customer, date(2026, 6, 3))[0] == "SILVER"
    assert graded(customer, date(2027, 1, 1))[0] == "NONE"


@pytest.mark.spec("E148")
def test_brands_outside_the_filter_have_no_grades(bill: Bill, org: dict[str, OrgUnit]) -> None:
    mzone = make_customer(org["unit"], brand="MZONE")
    bill(date(2026, 3, 1), 25000_00, of=mzone)
    assert graded(mzone, date(2026, 6, 1)) == ("NONE", None)


def test_who_left_the_network_is_not_graded(bill: Bill, org: dict[str, OrgUnit]) -> None:
    gone = make_customer(org["unit"], in_net_to=date(2026, 5, 1))
    bill(date(2026, 3, 1), 25000_00, of=gone)
    assert graded(gone, date(2026, 6, 1)) == ("NONE", None)
