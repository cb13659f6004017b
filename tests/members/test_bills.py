"""Bills come in many at a time; each row gets its answer."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from members import services
from members.models import MonthlyBill
from members.services import BillRow
from tests import factories

MARCH = date(2026, 3, 1)
SETTLED = clock.at(date(2026, 4, 12), 9)


def bill(msisdn: str, month: date = MARCH, paid: int = 12890, **fields: Any) -> BillRow:
    return BillRow(msisdn=msisdn, month=month, total_fen=paid, paid_fen=paid, **fields)


@pytest.mark.spec("E116", "E120", "S0-67")
def test_a_settlement_is_written_once_and_the_same_message_changes_nothing(
    org: dict[str, OrgUnit], provadmin: User
) -> None:
    customer = factories.make_customer(org["unit"])
    rows = [bill(customer.msisdn, agency_fee_fen=2000, settled_at=SETTLED)]
    first = services.record_bills(rows=rows, actor=provadmin)
    again = services.record_bills(rows=rows, actor=provadmin)
    assert [(r.outcome, r.code) for r in (*first, *again)] == [("created", ""), ("unchanged", "")]
    saved = MonthlyBill.objects.get()
    assert first[0].bill_id == again[0].bill_id == saved.pk
    assert (saved.paid_fen, saved.agency_fee_fen, saved.settled_at) == (12890, 2000, SETTLED)


def test_a_bill_of_a_month_before_the_customer_joined_is_somebody_elses(
    org: dict[str, OrgUnit], provadmin: User
) -> None:
    """Not if nobody is known who had the number before: days of joining are filed late."""
    alone = factories.make_customer(org["unit"], msisdn="13800000077", in_net_from=date(2026, 3, 20))
    assert services.record_bills(rows=[bill(alone.msisdn)], actor=provadmin)[0].outcome == "created"
    former = factories.make_customer(org["unit"], in_net_to=date(2026, 1, 9))
    customer = factories.make_customer(org["unit"], msisdn=former.msisdn, in_net_from=date(2026, 3, 20))
    rows = [bill(customer.msisdn, month) for month in (date(2026, 2, 1), MARCH)]
    answers = services.record_bills(rows=rows, actor=provadmin)
    assert [(row.outcome, row.code) for row in answers] == [
        ("rejected", "CUSTOMER_NOT_FOUND"), ("created", ""),
    ]  # fmt: skip
    assert customer.bills.get().bill_month == MARCH


@pytest.mark.spec("E119")
def test_a_partial_payment_is_not_settled_until_the_rest_comes(
    org: dict[str, OrgUnit], provadmin: User
) -> None:
    customer = factories.make_customer(org["unit"])
    half = BillRow(msisdn=customer.msisdn, month=MARCH, total_fen=20000, paid_fen=10000)
    services.record_bills(rows=[half], actor=provadmin)
    assert MonthlyBill.objects.get().settled_at is None
    whole = bill(customer.msisdn, paid=20000, settled_at=SETTLED)
    assert services.record_bills(rows=[whole], actor=provadmin)[0].outcome == "updated"
    # A late message of the partial payment does not undo the settlement.
    services.record_bills(rows=[half], actor=provadmin)
    assert MonthlyBill.objects.get().settled_at == SETTLED


def test_a_change_of_a_posted_bill_is_told(org: dict[str, OrgUnit], provadmin: User) -> None:
    customer = factories.make_customer(org["unit"])
    services.record_bills(rows=[bill(customer.msisdn, settled_at=SETTLED)], actor=provadmin)
    MonthlyBill.objects.update(posted_at=clock.now())
    refund = services.record_bills(
        rows=[bill(customer.msisdn, paid=9000, settled_at=SETTLED)], actor=provadmin
    )
    assert (refund[0].outcome, refund[0].was_posted) == ("updated", True)


def test_bad_rows_are_named_and_good_rows_are_written(org: dict[str, OrgUnit], gcdept: User) -> None:
    near, far = factories.make_customer(org["unit"]), factories.make_customer(org["far_unit"])
    rows = [
        bill(near.msisdn),
        bill("13999999999"),
        bill(far.msisdn),  # outside the actor's scope: as if it did not exist
        bill(near.msisdn, month=date(2026, 3, 2)),
        bill(near.msisdn, month=date(2026, 4, 1), paid=-1),
        bill(near.msisdn),
    ]
    results = services.record_bills(rows=rows, actor=gcdept)
    assert [r.code for r in results] == [
        "",
        "CUSTOMER_NOT_FOUND",
        "CUSTOMER_NOT_FOUND",
        "MONTH_INVALID",
        "AMOUNT_INVALID",
        "DUPLICATE_ROW",
    ]
    assert [r.index for r in results] == list(range(6))
    assert MonthlyBill.objects.count() == 1
    assert all(r.as_json()["message"] for r in results if r.code)


def test_a_thousand_bills_take_a_handful_of_queries(
    org: dict[str, OrgUnit], provadmin: User, django_assert_max_num_queries: Any
) -> None:
    customers = [factories.make_customer(org["unit"]) for _ in range(100)]
    months = [date(2025, m, 1) for m in range(1, 11)]
    rows = [bill(c.msisdn, month=m) for c in customers for m in months]
    assert provadmin.scope.unit_ids
    with django_assert_max_num_queries(8):
        results = services.record_bills(rows=rows, actor=provadmin)
    assert {r.outcome for r in results} == {"created"}
    assert MonthlyBill.objects.count() == 1000


@pytest.mark.parametrize(
    ("month", "code"),
    [
        (date(9999, 1, 1), "MONTH_FUTURE"),
        (date(1, 1, 1), "MONTH_INVALID"),
        (date(1999, 12, 1), "MONTH_INVALID"),
    ],
)
def test_a_month_that_no_bill_has_is_refused(
    org: dict[str, OrgUnit], provadmin: User, month: date, code: str
) -> None:
    """A lot of the year 9999 would break its account for good."""
    customer = factories.make_customer(org["unit"])
    result = services.record_bills(rows=[bill(customer.msisdn, month=month)], actor=provadmin)[0]
    assert (result.outcome, result.code) == ("rejected", code)
    half = services.record_bills(rows=[replace(bill(customer.msisdn), paid_fen=128.9)], actor=provadmin)[0]  # type: ignore[arg-type]
    assert (half.outcome, half.code) == ("rejected", "AMOUNT_INVALID")
    assert not MonthlyBill.objects.exists()


def test_a_bill_belongs_to_who_held_the_number_in_its_month(org: dict[str, OrgUnit], provadmin: User) -> None:
    """The last bill of who left comes later, and the number may be somebody else's by then."""
    number = "13700099999"
    first = factories.make_customer(
        org["unit"], msisdn=number, in_net_from=date(2020, 1, 1), in_net_to=date(2026, 3, 1)
    )
    months = [MARCH, date(2026, 4, 1), date(2026, 6, 1)]
    rows = [bill(number, month) for month in months]
    assert [r.code for r in services.record_bills(rows=rows, actor=provadmin)] == [
        "", "CUSTOMER_NOT_FOUND", "CUSTOMER_NOT_FOUND",
    ]  # fmt: skip
    second = factories.make_customer(org["far_unit"], msisdn=number, in_net_from=date(2026, 6, 30))
    answers = services.record_bills(rows=rows, actor=provadmin)
    assert [(r.outcome, r.code) for r in answers] == [
        ("unchanged", ""), ("rejected", "CUSTOMER_NOT_FOUND"), ("created", ""),
    ]  # fmt: skip
    held = MonthlyBill.objects.order_by("bill_month").values_list("customer", "bill_month")
    assert list(held) == [(first.pk, MARCH), (second.pk, date(2026, 6, 1))]


def test_who_never_shared_a_number_has_bills_before_the_day_on_file(
    org: dict[str, OrgUnit], provadmin: User
) -> None:
    customer = factories.make_customer(org["unit"], in_net_from=date(2026, 5, 2))
    assert services.record_bills(rows=[bill(customer.msisdn)], actor=provadmin)[0].outcome == "created"


def test_the_holder_of_another_area_is_not_replaced_by_ones_own(org: dict[str, OrgUnit]) -> None:
    number = "13700099998"
    factories.make_customer(org["far_unit"], msisdn=number, in_net_to=date(2026, 3, 31))
    factories.make_customer(org["unit"], msisdn=number, in_net_from=date(2026, 5, 1))
    head = factories.make_user("unit-head", "DEPT_HEAD", org["unit"])
    answers = services.record_bills(rows=[bill(number), bill(number, date(2026, 5, 1))], actor=head)
    assert [r.code for r in answers] == ["CUSTOMER_NOT_FOUND", ""]


@pytest.mark.spec("S0-68", "E119")
def test_a_bill_is_not_settled_tomorrow(org: dict[str, OrgUnit], provadmin: User) -> None:
    """By Shanghai's day: later today is a clock that goes ahead, tomorrow a slip."""
    customer = factories.make_customer(org["unit"])
    tomorrow = clock.next_midnight(clock.today())
    rows = [bill(customer.msisdn, settled_at=tomorrow)]
    assert services.record_bills(rows=rows, actor=provadmin)[0].code == "SETTLED_FUTURE"
    rows = [replace(rows[0], settled_at=tomorrow - timedelta(seconds=1))]
    assert services.record_bills(rows=rows, actor=provadmin)[0].outcome == "created"
