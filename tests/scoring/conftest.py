"""A customer, bills and second persons for tests of points."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.models import OutboxEvent
from members.models import MonthlyBill, PersonalCustomer
from scoring import services
from scoring.models import OneTimeCode, PointEntry, PointLot
from tests.factories import make_customer, make_user

Bill = Callable[..., MonthlyBill]


@pytest.fixture
def customer(org: dict[str, OrgUnit]) -> PersonalCustomer:
    return make_customer(org["unit"])


@pytest.fixture
def second(org: dict[str, OrgUnit]) -> User:
    """Return another head of the unit: the second person."""
    return make_user("second", Role.DEPT_HEAD, org["unit"], full_name="第二人")


@pytest.fixture
def bill(customer: PersonalCustomer) -> Bill:
    """Return a function that files a bill of the customer. Units: fen."""

    def make(
        month: date,
        paid: int,
        *,
        agency: int = 0,
        discount: int = 0,
        settled: datetime | bool = True,
        of: PersonalCustomer | None = None,
    ) -> MonthlyBill:
        settled_at = clock.at(month + timedelta(days=35)) if settled is True else settled or None
        return MonthlyBill.objects.create(
            customer=of or customer,
            bill_month=month,
            total_fen=paid + discount,
            paid_fen=paid,
            agency_fee_fen=agency,
            discount_fen=discount,
            settled_at=settled_at,
        )

    return make


def send_code(customer: PersonalCustomer, actor: User) -> str:
    """Send a code and read it from the message the customer would get."""
    OneTimeCode.objects.update(created_at=clock.now() - timedelta(minutes=2))
    held = services.issue_code(customer=customer, actor=actor)
    text = OutboxEvent.objects.get(key=f"code:{held.pk}").payload["text"]
    found = re.search(r"\d{6}", text)
    assert found
    return found.group()


def lots(customer: PersonalCustomer) -> dict[int, int]:
    """Return what is left by year."""
    return dict(
        PointLot.objects.filter(account__customer=customer)
        .order_by("lot_year")
        .values_list("lot_year", "remaining")
    )


def entries(customer: PersonalCustomer) -> list[tuple[int, str, int]]:
    """Return the lines in the order they were written."""
    return list(
        PointEntry.objects.filter(account__customer=customer)
        .order_by("pk")
        .values_list("lot_year", "kind", "points")
    )
