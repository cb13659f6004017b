"""The ledger against a plain model of it: random acts in random order give the same lots, for every seed."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crm.accounts.choices import Role
from crm.base import clock
from crm.base.errors import BusinessError
from members.models import MonthlyBill, PersonalCustomer
from members.services import BillRow, record_bills
from scoring import services
from scoring.models import LedgerProof, LotSum, PointEntry, PointLot, PointMovement, PointSum
from tests import factories

START = date(2025, 11, 20)


class Reference:
    """Lots by year as two numbers; the same words as the specification, nothing clever."""

    def __init__(self) -> None:
        self.left: dict[int, int] = {}
        self.moves: dict[str, list[tuple[int, int]]] = {}
        self.billed: dict[date, int] = {}
        self.earned: set[date] = set()  # months with a posting, be it refunded to nothing

    def alive(self, year: int, day: date) -> bool:
        return day <= date(year + 2, 12, 31)

    def give(self, year: int, points: int, day: date) -> None:
        self.left[year] = self.left.get(year, 0) + (points if self.alive(year, day) else 0)

    def take(
        self, points: int, day: date, first: int | None = None, *, partly: bool = False
    ) -> list[tuple[int, int]]:
        years = sorted((y for y in self.left if self.alive(y, day)), key=lambda y: (y != first, y))
        if not partly and sum(self.left[y] for y in years) < points:
            raise BusinessError("POINTS_INSUFFICIENT", "")
        taken = []
        for year in years:
            part = min(points, self.left[year])
            if part:
                taken.append((year, part))
                self.left[year] -= part
                points -= part
        return taken

    def expire(self, day: date) -> None:
        for year in self.left:
            if not self.alive(year, day):
                self.left[year] = 0


class LedgerMachine(RuleBasedStateMachine):
    """Accrue, reward, spend, reverse, take back, refund, correct, expire; late bills, moves, days."""

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.day, self.model, self.count = START, Reference(), 0
        self.open: list[PointMovement] = []
        self.rewards: list[PointMovement] = []
        org = factories.make_org()
        self.units = [org["unit"], org["other_unit"], org["far_unit"]]
        self.one = factories.make_user("one", Role.DEPT_HEAD, org["unit"])
        self.two = factories.make_user("two", Role.DEPT_HEAD, org["unit"])
        self.feed = factories.make_user("feed", Role.PROV_ADMIN, org["province"])
        self.customer = factories.make_customer(org["unit"])

    @rule(back=st.integers(0, 40), yuan=st.integers(0, 900), late=st.booleans())
    def bill(self, back: int, yuan: int, late: bool) -> None:
        month = clock.add_months(clock.month_of(self.day), -1 - (back if late else back % 3))
        if month in self.model.billed:
            return
        MonthlyBill.objects.create(
            customer=self.customer, bill_month=month, total_fen=yuan * 100 + 99, paid_fen=yuan * 100 + 99,
            settled_at=clock.at(self.day),
        )  # fmt: skip
        services.post_settled_bills(as_of=self.day, customer_ids=[self.customer.pk])
        self.model.billed[month] = yuan
        if yuan:
            self.model.earned.add(month)
            self.model.give(month.year, yuan, self.day)

    @rule(points=st.integers(1, 1500))
    def spend(self, points: int) -> None:
        self.count += 1
        given: dict[str, Any] = {
            "kind": "DEDUCT_POLICY", "reason": "", "operator": self.one, "approver": self.two,
        }  # fmt: skip
        try:
            expected = self.model.take(points, self.day)
        except BusinessError:
            with pytest.raises(BusinessError, match="POINTS_INSUFFICIENT"):
                services.deduct(
                    customer=self.customer, points=points, key=f"s{self.count}", as_of=self.day, **given
                )
            return
        made = services.deduct(
            customer=self.customer, points=points, key=f"s{self.count}", as_of=self.day, **given
        )
        self.model.moves[str(made.pk)] = expected
        self.open.append(made)

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        movement = self.open.pop(data.draw(st.integers(0, len(self.open) - 1)))
        services.reverse(movement=movement, operator=self.one, reason="", as_of=self.day)
        for year, part in self.model.moves[str(movement.pk)]:
            self.model.give(year, part, self.day)

    @precondition(lambda self: self.model.billed)
    @rule(data=st.data(), share=st.integers(0, 100))
    def refund(self, data: st.DataObject, share: int) -> None:
        month = data.draw(st.sampled_from(sorted(self.model.billed)))
        owed = self.model.billed[month] * share // 100
        bill = MonthlyBill.objects.get(customer=self.customer, bill_month=month)
        bill.paid_fen = owed * 100
        bill.save()
        services.refund_bill(bill=bill, as_of=self.day)
        self.model.take(self.model.billed[month] - owed, self.day, month.year, partly=True)
        self.model.billed[month] = owed

    @precondition(lambda self: self.model.billed)
    @rule(data=st.data(), yuan=st.integers(0, 900))
    def correct(self, data: st.DataObject, yuan: int) -> None:
        """The feed says another amount: less is a refund, more earns nothing unless it earned nothing."""
        month = data.draw(st.sampled_from(sorted(self.model.billed)))
        if month > clock.today():
            return  # the feed takes no bill of a month that is still to come
        row = BillRow(
            msisdn=self.customer.msisdn, month=month, total_fen=yuan * 100, paid_fen=yuan * 100,
            settled_at=clock.at(START),
        )  # fmt: skip
        record_bills(rows=[row], actor=self.feed)
        services.post_settled_bills(as_of=self.day, customer_ids=[self.customer.pk])
        earned = month in self.model.earned
        before = self.model.billed[month]
        if yuan and not earned:
            self.model.earned.add(month)
            self.model.give(month.year, yuan, self.day)
            self.model.billed[month] = yuan
        elif yuan < before:
            self.model.take(before - yuan, self.day, month.year, partly=True)
            self.model.billed[month] = yuan

    @rule(points=st.integers(1, 300))
    def give(self, points: int) -> None:
        self.count += 1
        made = services.reward(
            customer=self.customer, points=points, reward_reason="VAS", operator=self.one,
            approver=self.two, key=f"g{self.count}", as_of=self.day,
        )  # fmt: skip
        self.model.give(self.day.year, points, self.day)
        self.rewards.append(made)

    @precondition(lambda self: self.rewards)
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        movement = self.rewards.pop(data.draw(st.integers(0, len(self.rewards) - 1)))
        given: dict[str, Any] = {"movement": movement, "reason": "", "operator": self.one}
        back = services.take_back(approver=self.two, key=f"b{movement.pk}", as_of=self.day, **given)
        taken = self.model.take(movement.points, self.day, movement.business_date.year, partly=True)
        assert back.uncollected == movement.points - sum(part for _year, part in taken)
        with pytest.raises(BusinessError, match="ALREADY_REVERSED"):
            services.take_back(approver=self.two, key="again", as_of=self.day, **given)

    @rule(unit=st.integers(0, 2))
    def move(self, unit: int) -> None:
        """The customer changes the unit; what the units hold follows in the night."""
        PersonalCustomer.objects.update(org_unit=self.units[unit])

    @rule(days=st.sampled_from([1, 20, 41, 366]))
    def night(self, days: int) -> None:
        self.day += timedelta(days=days)
        services.expire_points(as_of=self.day)
        assert services.expire_points(as_of=self.day) == 0
        self.model.expire(self.day)

    @invariant()
    def the_lots_are_what_the_model_says(self) -> None:
        if not hasattr(self, "model"):
            return
        lots = dict(PointLot.objects.values_list("lot_year", "remaining"))
        assert {y: n for y, n in lots.items() if n} == {y: n for y, n in self.model.left.items() if n}
        lines = dict(PointEntry.objects.values_list("lot_year").annotate(n=Sum("points")).order_by())
        assert {y: n for y, n in lines.items() if n} == {y: n for y, n in lots.items() if n}

    def teardown(self) -> None:
        """Prove the ledger, and leave nothing behind even where an act failed in the database."""
        if not hasattr(self, "atomic"):
            return
        try:
            for _twice in range(2):
                services.prove_ledger(as_of=self.day)
            proof = LedgerProof.objects.get(business_date=self.day - timedelta(days=1))
            by_unit = dict(PointSum.objects.values_list("org_unit").annotate(n=Sum("points")).order_by())
            held = dict(LotSum.objects.values_list("org_unit").annotate(n=Sum("points")).order_by())
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
        assert (proof.differing, proof.sound) == ([], True)
        assert {unit: n for unit, n in by_unit.items() if n} == held


@pytest.mark.spec("E123", "E134", "L6")
@pytest.mark.django_db
def test_random_acts_agree_with_the_reference() -> None:
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
