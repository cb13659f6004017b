"""The points ledger (spec §3.5): every number through the services the pages and the night use."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid
from crm.base.models import Notification
from crm.params.models import ParamValue
from members.models import MonthlyBill, PersonalCustomer
from members.services import BillRow, record_bills
from scoring import reading, services
from scoring.models import LedgerProof, OneTimeCode, PointAccount, PointEntry, PointLot, PointMovement
from tests.factories import make_customer
from tests.scoring.conftest import Bill, entries, lots, send_code

MID_2026 = date(2026, 7, 1)


def post(as_of: date = MID_2026) -> int:
    return services.post_settled_bills(as_of=as_of)


@pytest.fixture
def four_years(bill: Bill, customer: PersonalCustomer) -> PersonalCustomer:
    """E123: lots 2023: 1000, 2024: 2000, 2025: 1500; the night of 31 December 2025; then 2026: 800."""
    for year, points in ((2023, 1000), (2024, 2000), (2025, 1500)):
        bill(date(year, 5, 1), points * 100)
    post(date(2025, 12, 31))
    services.expire_points(as_of=date(2026, 1, 1))
    bill(date(2026, 3, 1), 800_00)
    post()
    return customer


def take(customer: PersonalCustomer, points: int, head: User, second: User, **more: object) -> PointMovement:
    given = {"kind": "DEDUCT_POLICY", "reason": "优惠", "key": f"k{points}", "as_of": MID_2026} | more
    return services.deduct(customer=customer, points=points, operator=head, approver=second, **given)  # type: ignore[arg-type]


# ---- Posting


@pytest.mark.spec("E116", "S0-66", "S0-67")
def test_agency_fees_do_not_count_and_parts_of_a_yuan_are_dropped(
    bill: Bill, customer: PersonalCustomer
) -> None:
    bill(date(2026, 3, 1), 128_90, agency=20_00)
    assert post() == 1
    assert entries(customer) == [(2026, "EARN_CONSUMPTION", 108)]
    assert PointLot.objects.get().expires_on == date(2028, 12, 31)


@pytest.mark.spec("E117", "D-16")
def test_less_than_a_yuan_is_recorded_as_posted_without_a_lot(bill: Bill) -> None:
    made = bill(date(2026, 3, 1), 99)
    assert post() == 1
    made.refresh_from_db()
    assert made.posted_at
    assert not PointLot.objects.exists()
    assert not PointEntry.objects.exists()
    assert post() == 0


@pytest.mark.parametrize(
    ("paid", "agency", "points"), [(1_00, 0, 1), (1_99, 0, 1), (2_00, 0, 2), (5_00, 6_00, 0)]
)
def test_a_point_is_a_whole_yuan_and_never_negative(
    bill: Bill, customer: PersonalCustomer, paid: int, agency: int, points: int
) -> None:
    bill(date(2026, 3, 1), paid, agency=agency)
    post()
    assert sum(lots(customer).values()) == points


@pytest.mark.spec("E118", "S0-67")
def test_a_discount_is_outside_what_was_paid(bill: Bill, customer: PersonalCustomer) -> None:
    bill(date(2026, 3, 1), 150_00, discount=50_00)
    post()
    assert lots(customer) == {2026: 150}


@pytest.mark.spec("E119", "S0-68")
def test_nothing_is_posted_until_the_month_is_settled(bill: Bill, customer: PersonalCustomer) -> None:
    made = bill(date(2026, 3, 1), 100_00, settled=False)
    assert post() == 0
    MonthlyBill.objects.filter(pk=made.pk).update(
        paid_fen=200_00, settled_at=clock.at(date(2026, 6, 30), 23, 59)
    )
    assert post() == 1
    assert post() == 0
    assert entries(customer) == [(2026, "EARN_CONSUMPTION", 200)]


def test_the_night_takes_what_was_settled_before_its_day_and_no_later(bill: Bill) -> None:
    bill(date(2026, 3, 1), 1_00, settled=clock.at(MID_2026) - timedelta(seconds=1))
    bill(date(2026, 4, 1), 1_00, settled=clock.at(MID_2026))
    assert post() == 1
    assert post(date(2026, 7, 2)) == 1


@pytest.mark.spec("E120", "S0-69")
def test_the_same_settlement_twice_is_one_posting(bill: Bill, customer: PersonalCustomer) -> None:
    bill(date(2026, 3, 1), 100_00)
    post()
    MonthlyBill.objects.update(posted_at=None)  # as if the message had come as new
    assert post() == 1
    assert entries(customer) == [(2026, "EARN_CONSUMPTION", 100)]
    assert lots(customer) == {2026: 100}


def test_named_customers_are_posted_at_once_and_others_wait(
    bill: Bill, customer: PersonalCustomer, org: dict[str, OrgUnit]
) -> None:
    other = make_customer(org["unit"])
    late = clock.now() + timedelta(days=1)
    bill(date(2026, 3, 1), 1_00, settled=late)
    bill(date(2026, 3, 1), 1_00, settled=late, of=other)
    assert services.post_settled_bills(as_of=MID_2026, customer_ids=[customer.pk]) == 1
    assert lots(other) == {}


@pytest.mark.spec("E127", "S0-72", "D-15")
def test_a_lot_of_a_leap_day_expires_at_the_end_of_its_third_year(bill: Bill) -> None:
    bill(date(2024, 2, 1), 10_00, settled=clock.at(date(2024, 2, 29)))
    post(date(2024, 3, 1))
    assert PointLot.objects.get().expires_on == date(2026, 12, 31)
    assert services.expire_points(as_of=date(2026, 12, 31)) == 0
    assert services.expire_points(as_of=date(2027, 1, 1)) == 1


def test_a_bill_paid_late_goes_to_the_year_of_its_month(bill: Bill, customer: PersonalCustomer) -> None:
    bill(date(2025, 12, 1), 10_00, settled=clock.at(date(2026, 1, 20)))
    post()
    assert lots(customer) == {2025: 10}


def test_a_bill_whose_year_ran_out_earns_and_expires_together(bill: Bill, customer: PersonalCustomer) -> None:
    bill(date(2023, 12, 1), 10_00, settled=clock.at(date(2026, 1, 2)))
    assert post() == 1
    assert entries(customer) == [(2023, "EARN_CONSUMPTION", 10), (2023, "EXPIRE", -10)]
    assert PointEntry.objects.values("movement").distinct().count() == 1
    bill(date(2023, 11, 1), 5_00, settled=clock.at(date(2026, 1, 2)))
    assert post() == 1
    assert lots(customer) == {2023: 0}
    assert services.prove_ledger(as_of=MID_2026) == 1
    assert LedgerProof.objects.get().differing_count == 0


# ---- Deducting and expiring


@pytest.mark.spec("E123", "S0-65")
def test_the_first_of_january_takes_the_year_that_ran_out(four_years: PersonalCustomer) -> None:
    assert lots(four_years) == {2023: 0, 2024: 2000, 2025: 1500, 2026: 800}


@pytest.mark.spec("E124", "E125")
def test_a_deduction_takes_the_oldest_first_and_the_account_adds_up(
    four_years: PersonalCustomer, head: User, second: User
) -> None:
    movement = take(four_years, 2500, head, second)
    lines = PointEntry.objects.filter(movement=movement.pk).order_by("lot_year")
    assert list(lines.values_list("lot_year", "points")) == [(2024, -2000), (2025, -500)]
    assert sum(lots(four_years).values()) == 1800
    assert services.expire_points(as_of=date(2027, 1, 1)) == 0
    assert services.expire_points(as_of=date(2028, 1, 1)) == 1
    account = reading.account_of(four_years, as_of=date(2028, 1, 1))
    assert account.balance == 800
    assert account.earned_consumption - account.deducted - account.expired == 5300 - 2500 - 2000 == 800


@pytest.mark.spec("E134")
def test_expiry_twice_makes_no_second_line(four_years: PersonalCustomer) -> None:
    assert services.expire_points(as_of=date(2026, 1, 1)) == 0
    expired = PointEntry.objects.filter(kind="EXPIRE")
    assert list(expired.values_list("points", "ref", "business_date")) == [
        (-1000, "expire", date(2026, 1, 1))
    ]


def test_a_lot_may_be_spent_on_its_last_day_and_not_after(
    bill: Bill, customer: PersonalCustomer, head: User, second: User
) -> None:
    bill(date(2024, 5, 1), 10_00)
    post()
    take(customer, 1, head, second, as_of=date(2026, 12, 31))
    with pytest.raises(BusinessError, match="POINTS_INSUFFICIENT"):
        take(customer, 2, head, second, as_of=date(2027, 1, 1))


@pytest.mark.spec("E128")
def test_more_than_the_account_holds_is_refused_and_leaves_no_line(
    four_years: PersonalCustomer, head: User, second: User
) -> None:
    take(four_years, 3500, head, second)
    before = entries(four_years)
    code = send_code(four_years, head)
    with pytest.raises(BusinessError, match="POINTS_INSUFFICIENT") as refused:
        services.redeem(customer=four_years, points=900, code=code, operator=head, key="r", as_of=MID_2026)
    assert refused.value.status == 409
    assert entries(four_years) == before
    services.redeem(customer=four_years, points=800, code=code, operator=head, key="r", as_of=MID_2026)
    assert sum(lots(four_years).values()) == 0


@pytest.mark.spec("E136", "S0-71")
def test_deductions_are_shown_in_three_parts(four_years: PersonalCustomer, head: User, second: User) -> None:
    services.redeem(
        customer=four_years,
        points=100,
        code=send_code(four_years, head),
        operator=head,
        key="r",
        as_of=MID_2026,
    )
    take(four_years, 50, head, second)
    undone = take(four_years, 7, head, second)
    take(four_years, 20, head, second, kind="DEDUCT_ADJUST")
    services.reverse(movement=undone, operator=head, reason="错", as_of=MID_2026)
    account = reading.account_of(four_years, as_of=MID_2026)
    assert (account.redeemed, account.by_policy, account.adjusted, account.deducted) == (100, 50, 20, 170)


# ---- Redemption needs the customer


@pytest.mark.spec("E130")
def test_redeeming_needs_a_code_that_is_right_fresh_and_unused(
    four_years: PersonalCustomer, head: User
) -> None:
    def redeem(code: str, key: str) -> PointMovement:
        return services.redeem(
            customer=four_years, points=10, code=code, operator=head, key=key, as_of=MID_2026
        )

    with pytest.raises(BusinessError, match="OTP_REQUIRED"):
        redeem("", "a")
    code = send_code(four_years, head)
    with pytest.raises(BusinessError, match="OTP_REQUIRED"):
        redeem(f"{(int(code) + 1) % 1_000_000:06d}", "a")
    redeem(code, "a")
    with pytest.raises(BusinessError, match="OTP_REQUIRED"):
        redeem(code, "b")  # used
    code = send_code(four_years, head)
    OneTimeCode.objects.update(expires_at=clock.now())
    with pytest.raises(BusinessError, match="OTP_REQUIRED"):
        redeem(code, "b")  # too old
    assert PointEntry.objects.filter(kind="DEDUCT_REDEEM").count() == 1


def test_five_wrong_tries_spend_a_code(four_years: PersonalCustomer, head: User) -> None:
    code = send_code(four_years, head)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _try in range(5):
        with pytest.raises(BusinessError, match="OTP_REQUIRED"):
            services.redeem(customer=four_years, points=1, code=wrong, operator=head, key="k", as_of=MID_2026)
    with pytest.raises(BusinessError, match="OTP_REQUIRED"):
        services.redeem(customer=four_years, points=1, code=code, operator=head, key="k", as_of=MID_2026)


def test_a_redemption_is_one_short_transaction(
    four_years: PersonalCustomer, head: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """What it asks and writes: lock, key, colleague, code; movement, lines and lots at once, code, trail."""
    code = send_code(four_years, head)
    given: dict[str, Any] = {"customer": four_years, "code": code, "operator": head, "key": "k"}
    with django_assert_num_queries(7 + 2):  # and a savepoint, as the test holds a transaction
        services.redeem(points=2500, as_of=MID_2026, **given)
    assert entries(four_years)[-2:] == [(2024, "DEDUCT_REDEEM", -2000), (2025, "DEDUCT_REDEEM", -500)]
    with django_assert_num_queries(3 + 2):
        services.redeem(points=2500, as_of=MID_2026, **given)


def test_codes_are_kept_as_keyed_hashes_and_sent_once_a_minute(
    customer: PersonalCustomer, head: User
) -> None:
    code = send_code(customer, head)
    assert code not in OneTimeCode.objects.get().digest
    with pytest.raises(BusinessError, match="CODE_JUST_SENT"):
        services.issue_code(customer=customer, actor=head)


@pytest.mark.spec("E131", "S0-88")
def test_points_never_go_to_a_colleagues_mobile(
    four_years: PersonalCustomer, head: User, owner: User, auditor: User
) -> None:
    User.objects.filter(pk=owner.pk).update(mobile="13900001111")
    with pytest.raises(BusinessError, match="STAFF_BENEFICIARY"):
        services.redeem(
            customer=four_years,
            points=10,
            code=send_code(four_years, head),
            operator=head,
            key="r",
            beneficiary="13900001111",
            as_of=MID_2026,
        )
    assert AuditEvent.objects.filter(action="scoring.staff_beneficiary_refused", actor=head).count() == 1
    assert Notification.objects.filter(user=auditor, kind="scoring.alert").count() == 1
    assert not PointEntry.objects.filter(kind="DEDUCT_REDEEM").exists()


def test_the_same_key_again_answers_with_the_first_movement(four_years: PersonalCustomer, head: User) -> None:
    given = {"customer": four_years, "points": 10, "operator": head, "key": "r", "as_of": MID_2026}
    first = services.redeem(code=send_code(four_years, head), **given)  # type: ignore[arg-type]  # one dict
    again = services.redeem(code="", **given)  # type: ignore[arg-type]  # one dict
    assert again == first
    assert lots(four_years)[2024] == 1990
    with pytest.raises(BusinessError, match="IDEMPOTENCY_MISMATCH"):
        services.redeem(code="", **(given | {"points": 11}))  # type: ignore[arg-type]  # one dict


# ---- Two people


@pytest.mark.spec("E132")
def test_an_adjustment_needs_a_second_person(
    four_years: PersonalCustomer, head: User, second: User, owner: User
) -> None:
    for approver, code in ((None, "SECOND_PERSON_NEEDED"), (head, "SELF_APPROVAL"), (owner, "FORBIDDEN")):
        with pytest.raises(Forbidden, match=code) as refused:
            take(four_years, 5, head, approver, kind="DEDUCT_ADJUST")  # type: ignore[arg-type]  # none at all
        assert refused.value.status == 403
    take(four_years, 5, head, second, kind="DEDUCT_ADJUST")
    with pytest.raises(IntegrityError, match="movement_two_people"), transaction.atomic():
        PointMovement.objects.create(
            pk="00000000-0000-0000-0000-000000000001",
            account=PointAccount.objects.get(),
            kind="DEDUCT_ADJUST",
            key="x",
            points=1,
            business_date=MID_2026,
            operator=head,
            approver=head,
        )


def test_a_proposal_moves_points_when_a_second_person_agrees(
    four_years: PersonalCustomer, head: User, second: User
) -> None:
    proposal = services.propose(
        customer=four_years, kind="DEDUCT_ADJUST", points=20, remark="多记", actor=head
    )
    assert sum(lots(four_years).values()) == 4300
    with pytest.raises(Forbidden, match="SELF_APPROVAL"):
        services.approve_proposal(proposal=proposal, actor=head)
    movement = services.approve_proposal(proposal=proposal, actor=second)
    assert movement
    assert (movement.operator, movement.approver) == (head, second)
    with pytest.raises(BusinessError, match="ALREADY_DECIDED"):
        services.approve_proposal(proposal=proposal, actor=second)
    other = services.propose(customer=four_years, kind="DEDUCT_POLICY", points=1, remark="试", actor=head)
    services.decline_proposal(proposal=other, actor=head)
    with pytest.raises(BusinessError, match="ALREADY_DECIDED"):
        services.approve_proposal(proposal=other, actor=second)
    with pytest.raises(Invalid):
        services.propose(customer=four_years, kind="EARN_REWARD", points=1, remark="试", actor=head)


@pytest.mark.spec("E137", "S0-70")
def test_a_reward_belongs_to_the_year_of_its_grant(
    customer: PersonalCustomer, head: User, second: User
) -> None:
    for day in (date(2026, 12, 31), date(2027, 1, 1)):
        services.reward(
            customer=customer, points=200, reward_reason="SURVEY", operator=head, approver=second,
            key=str(day), as_of=day,
        )  # fmt: skip
    assert lots(customer) == {2026: 200, 2027: 200}


# ---- Reversal and refunds


def test_a_reversal_fills_the_same_years_once(four_years: PersonalCustomer, head: User, second: User) -> None:
    movement = take(four_years, 2500, head, second)
    back = services.reverse(movement=movement, operator=head, reason="错", as_of=MID_2026)
    assert lots(four_years) == {2023: 0, 2024: 2000, 2025: 1500, 2026: 800}
    assert services.reverse(movement=movement, operator=head, reason="错", as_of=MID_2026) == back
    with pytest.raises(BusinessError, match="ALREADY_REVERSED"):
        services.reverse(movement=movement, operator=head, reason="错", key="other", as_of=MID_2026)
    with pytest.raises(BusinessError, match="NOT_REVERSIBLE"):
        services.reverse(movement=back, operator=head, reason="错", as_of=MID_2026)


def test_what_returns_into_a_year_that_ran_out_expires_at_once(
    four_years: PersonalCustomer, head: User, second: User
) -> None:
    movement = take(four_years, 2500, head, second)
    services.expire_points(as_of=date(2027, 1, 1))
    services.reverse(movement=movement, operator=head, reason="错", as_of=date(2027, 1, 2))
    assert lots(four_years) == {2023: 0, 2024: 0, 2025: 1500, 2026: 800}
    assert entries(four_years)[-3:] == [
        (2024, "REVERSAL", 2000), (2024, "EXPIRE", -2000), (2025, "REVERSAL", 500),
    ]  # fmt: skip


def test_days_of_grace_keep_what_returns_usable_for_a_while(
    four_years: PersonalCustomer, head: User, second: User
) -> None:
    ParamValue.objects.create(key="points.reversal_grace_days", value=10, effective_from=date(2027, 1, 1))
    movement = take(four_years, 2500, head, second)
    services.reverse(movement=movement, operator=head, reason="错", as_of=date(2027, 1, 2))
    take(four_years, 100, head, second, as_of=date(2027, 1, 12))
    assert lots(four_years)[2024] == 1900
    assert services.expire_points(as_of=date(2027, 1, 12)) == 0
    assert services.expire_points(as_of=date(2027, 1, 13)) == 1
    services.prove_ledger(as_of=date(2027, 1, 13))
    assert LedgerProof.objects.get().differing_count == 0


def test_a_refund_takes_the_bills_own_year_first(four_years: PersonalCustomer) -> None:
    made = MonthlyBill.objects.get(bill_month=date(2026, 3, 1))
    made.paid_fen = 300_00
    movement = services.refund_bill(bill=made, as_of=MID_2026)
    assert movement
    assert (movement.points, movement.uncollected, movement.operator) == (500, 0, None)
    assert lots(four_years) == {2023: 0, 2024: 2000, 2025: 1500, 2026: 300}
    assert services.refund_bill(bill=made, as_of=MID_2026) is None
    made.paid_fen = 299_00
    assert services.refund_bill(bill=made, as_of=MID_2026).points == 1  # type: ignore[union-attr]
    made.paid_fen = 400_00  # more than before is a matter of the billing system, never a second posting
    assert services.refund_bill(bill=made, as_of=MID_2026) is None
    with pytest.raises(BusinessError, match="NOT_REVERSIBLE"):
        services.reverse(movement=movement, operator=None, reason="", as_of=MID_2026)  # type: ignore[arg-type]


def test_what_a_refund_cannot_collect_is_written_down(
    bill: Bill, customer: PersonalCustomer, head: User, second: User
) -> None:
    made = bill(date(2026, 3, 1), 100_00)
    post()
    take(customer, 80, head, second)
    made.paid_fen = 0
    movement = services.refund_bill(bill=made, as_of=MID_2026)
    assert movement
    assert (movement.points, movement.uncollected) == (100, 80)
    assert lots(customer) == {2026: 0}
    assert PointLot.objects.get().refunded == 100


def test_a_changed_bill_in_the_queue_is_compared_not_posted_again(
    bill: Bill, customer: PersonalCustomer
) -> None:
    made = bill(date(2026, 3, 1), 100_00)
    post()
    MonthlyBill.objects.filter(pk=made.pk).update(paid_fen=60_00, posted_at=None)
    assert post() == 1
    assert entries(customer) == [(2026, "EARN_CONSUMPTION", 100), (2026, "DEDUCT_ADJUST", -40)]


# ---- What the database itself refuses, and the proof


@pytest.mark.spec("L7")
@pytest.mark.parametrize("table", ["scoring_pointentry", "scoring_pointmovement"])
@pytest.mark.parametrize("act", ["UPDATE {} SET points = points + 1", "DELETE FROM {}"])
def test_lines_and_movements_cannot_be_changed_or_deleted(
    four_years: PersonalCustomer, head: User, second: User, table: str, act: str
) -> None:
    take(four_years, 1, head, second)
    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act.format(table))


def test_a_lot_cannot_go_below_zero(four_years: PersonalCustomer) -> None:
    with pytest.raises(IntegrityError, match="lot_not_negative"), transaction.atomic():
        PointLot.objects.filter(lot_year=2026).update(deducted=801)
    PointLot.objects.filter(lot_year=2026).update(deducted=800)


def test_the_proof_names_the_account_that_one_point_was_slipped_into(
    four_years: PersonalCustomer, org: dict[str, OrgUnit], bill: Bill
) -> None:
    honest = make_customer(org["unit"])
    bill(date(2026, 3, 1), 10_00, of=honest)
    post()
    assert services.prove_ledger(as_of=MID_2026) == 1
    assert services.prove_ledger(as_of=MID_2026) == 0
    proof = LedgerProof.objects.get()
    assert (proof.accounts, proof.entries_sum, proof.lots_sum) == (2, 4310, 4310)
    PointLot.objects.filter(lot_year=2025).update(earned_reward=1)
    assert services.prove_ledger(as_of=date(2026, 7, 2)) == 1
    proof = LedgerProof.objects.get(business_date=MID_2026)
    account = PointAccount.objects.get(customer=four_years)
    assert proof.differing_count == 1
    assert proof.differing == [
        {
            "account_id": account.pk, "lot_year": 2025, "in_entries": 1500, "in_lot": 1501, "by": 1,
            "columns": {"earned_consumption": 0, "earned_reward": 1, "deducted": 0, "expired": 0},
        }
    ]  # fmt: skip
    assert AuditEvent.objects.filter(action="scoring.ledger_differs").count() == 1


def test_points_moved_between_columns_are_found_even_when_the_sum_agrees(
    four_years: PersonalCustomer,
) -> None:
    PointLot.objects.filter(lot_year=2025).update(earned_consumption=1400, earned_reward=100)
    services.prove_ledger(as_of=MID_2026)
    assert LedgerProof.objects.get().differing_count == 1


def test_the_statement_runs_back_to_nothing_and_unfolds_deductions(
    four_years: PersonalCustomer, head: User, second: User
) -> None:
    movement = take(four_years, 2500, head, second)
    services.reverse(movement=movement, operator=head, reason="错", as_of=MID_2026)
    lines, more = reading.statement_of(four_years)
    assert more is None
    assert [(line.kind, line.points, line.balance) for line in lines] == [
        ("REVERSAL", 2500, 4300), ("DEDUCT_POLICY", -2500, 1800), ("EARN_CONSUMPTION", 800, 4300),
        ("EXPIRE", -1000, 3500), ("EARN_CONSUMPTION", 1500, 4500), ("EARN_CONSUMPTION", 2000, 3000),
        ("EARN_CONSUMPTION", 1000, 1000),
    ]  # fmt: skip
    assert [(part.label, part.points) for part in lines[1].lots] == [("2024", 2000), ("2025", 500)]
    assert not lines[1].reversible


def test_years_that_end_on_one_day_expire_together(bill: Bill, customer: PersonalCustomer) -> None:
    """Points that hold two years from now on end with the year before, which holds three."""
    bill(date(2025, 3, 1), 300_00)
    post(date(2025, 12, 1))
    ParamValue.objects.create(key="points.validity_years", value=2, effective_from=date(2026, 1, 1))
    bill(date(2026, 3, 1), 400_00)
    post()
    account = reading.account_of(customer, as_of=MID_2026)
    assert (account.expiring, account.expiring_on) == (700, date(2027, 12, 31))
    assert services.expire_points(as_of=date(2028, 1, 1)) == 2


def test_a_long_statement_is_paged_without_losing_a_line(bill: Bill, customer: PersonalCustomer) -> None:
    for n in range(110):
        bill(clock.add_months(date(2017, 1, 1), n), 10_00)
    ParamValue.objects.create(key="points.validity_years", value=10, effective_from=date(2010, 1, 1))
    post()
    seen: list[int] = []
    before: int | None = None
    while True:
        lines, before = reading.statement_of(customer, before=before)
        seen += [line.balance for line in lines]
        if before is None:
            break
    assert seen == [n * 10 for n in range(110, 0, -1)]


@pytest.mark.spec("E117")
def test_a_bill_of_nothing_that_is_corrected_earns_once(provadmin: User, customer: PersonalCustomer) -> None:
    """By feed as by roster: what earned nothing before is due again when it changes."""
    row = BillRow(
        msisdn=customer.msisdn, month=date(2026, 3, 1), total_fen=200_00, paid_fen=99, settled_at=clock.now()
    )
    record_bills(rows=[row], actor=provadmin)
    services.post_settled_bills(as_of=clock.today(), customer_ids=[customer.pk])
    assert lots(customer) == {}
    record_bills(rows=[replace(row, paid_fen=200_00)], actor=provadmin)
    services.post_settled_bills(as_of=clock.today(), customer_ids=[customer.pk])
    assert lots(customer) == {2026: 200}
    record_bills(rows=[replace(row, paid_fen=150_00)], actor=provadmin)
    services.post_settled_bills(as_of=clock.today(), customer_ids=[customer.pk])
    assert lots(customer) == {2026: 150}
    services.prove_ledger(as_of=clock.today())
    assert LedgerProof.objects.get().differing_count == 0


@pytest.mark.parametrize("points", [0, -1, 1.5, True, "5", None, 10**30])
def test_no_movement_of_what_is_no_number_of_points(
    four_years: PersonalCustomer, head: User, second: User, points: object
) -> None:
    lines = PointEntry.objects.count()
    with pytest.raises(Invalid) as refusal:
        take(four_years, points, head, second)  # type: ignore[arg-type]
    assert list(refusal.value.fields) == ["points"]
    with pytest.raises(Invalid):
        services.propose(
            customer=four_years,
            kind="DEDUCT_ADJUST",
            points=points,  # type: ignore[arg-type]
            remark="错",
            actor=head,
        )
    assert PointEntry.objects.count() == lines


@pytest.mark.parametrize("kind", ["EXPIRE", "REVERSAL", "EARN_REWARD", "DEDUCT_REDEEM", "NONSENSE", ""])
def test_a_deduction_by_two_people_is_no_other_movement(
    four_years: PersonalCustomer, head: User, second: User, kind: str
) -> None:
    """A redemption needs its code, expiry is the night's."""
    with pytest.raises(Invalid) as refusal:
        services.deduct(
            customer=four_years, kind=kind, points=5, reason="错", operator=head, approver=second, key="k"
        )
    assert list(refusal.value.fields) == ["kind"]


def test_a_reward_has_a_reason_of_the_list(four_years: PersonalCustomer, head: User, second: User) -> None:
    for wrong, remark, field in (("NONSENSE", "", "reward_reason"), ("SURVEY", "长" * 300, "remark")):
        with pytest.raises(Invalid) as refusal:
            services.reward(
                customer=four_years, points=5, reward_reason=wrong, operator=head, approver=second, key="k",
                remark=remark,
            )  # fmt: skip
        assert list(refusal.value.fields) == [field]
