"""Monthly revenue by product and what of it is informatisation revenue (S1-87, S1-88)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from clients import services
from clients.models import Client, ClientProduct, Product, RevenueLine, RevenueMonth
from crm.accounts.models import User
from crm.base import clock
from tests import factories

pytestmark = pytest.mark.django_db
THIS = clock.month_of(clock.today())
LAST = clock.add_months(THIS, -1)


@pytest.fixture
def feeder(org: Any) -> User:
    """Return billing, which reports over the city."""
    return factories.make_system("BILL", org["city"], ["feeds"])


def owned(client: Client, code: str, **fields: Any) -> ClientProduct:
    """Make an open product of the catalogue."""
    defaults = {"status": "OPEN", "opened_on": factories.LONG_AGO, "external_id": f"X-{code}"}
    return factories.make_client_product(client, Product.objects.get(code=code), **(defaults | fields))


def tell(feeder: User, client: Client, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Let billing report rows of last month."""
    given = [{"client_code": client.client_code, "month": LAST, "cost_fen": None} | row for row in rows]
    return services.record_revenue(actor=feeder, rows=given).rows


def ict(client: Client, month: date = LAST) -> int:
    """Return the informatisation revenue of a month as reports read it."""
    return RevenueMonth.objects.get(client=client, month=month).ict_fen


@pytest.mark.spec("E181", "S1-87")
@pytest.mark.parametrize("code", ["RINGBACK", "WIRELESS_PHONE", "MAILBOX"])
def test_paid_per_number_it_counts_only_by_unified_payment_with_agreement(
    acme: Client, feeder: User, owner: User, code: str
) -> None:
    """300 paid by people: no; by the group without agreement: no; by the group with agreement: yes."""
    row = owned(acme, code, pay_mode="PERSONAL")
    tell(feeder, acme, {"product_code": code, "revenue_fen": 300_00})
    assert (ict(acme), RevenueLine.objects.get().ict_rule) == (0, "NOT_UNIFIED")
    services.change_product(actor=owner, product_id=row.pk, values={"pay_mode": "UNIFIED"})
    assert (ict(acme), RevenueLine.objects.get().ict_rule) == (0, "NO_AGREEMENT")
    agreement = factories.make_agreement(acme, type="UNIFIED_PAY")
    services.change_product(actor=owner, product_id=row.pk, values={"agreement": agreement})
    assert (ict(acme), RevenueLine.objects.get().ict_rule) == (300_00, "COUNTS")
    services.change_product(actor=owner, product_id=row.pk, values={"pay_mode": "PERSONAL"})
    assert ict(acme) == 0


@pytest.mark.spec("S1-88")
@pytest.mark.parametrize("code", ["SWITCHBOARD", "IOT", "FOOD_E", "TOBACCO"])
def test_usable_after_opening_but_counted_only_while_bound_and_open(
    acme: Client, feeder: User, owner: User, code: str
) -> None:
    """Binding makes it count, suspending and unbinding end it."""
    row = owned(acme, code)
    tell(feeder, acme, {"product_code": code, "revenue_fen": 500_00})
    assert ict(acme) == 0
    services.change_product(actor=owner, product_id=row.pk, values={"bound": True})
    assert ict(acme) == 500_00
    services.suspend_product(actor=owner, product_id=row.pk)
    assert (ict(acme), RevenueLine.objects.get().ict_rule) == (0, "NOT_BOUND")
    services.move_product(actor=owner, product_id=row.pk, act="resume")
    assert ict(acme) == 500_00
    services.change_product(actor=owner, product_id=row.pk, values={"bound": False})
    assert ict(acme) == 0


@pytest.mark.spec("S1-85")
@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"effective_on": clock.month_end(LAST)}, 700_00),
        ({"effective_on": THIS}, 0),
        ({"expires_on": LAST}, 700_00),
        ({"expires_on": date.fromordinal(LAST.toordinal() - 1)}, 0),
        ({"ended_on": LAST, "end_reason": "x"}, 0),
    ],
)
def test_an_ict_product_counts_in_months_its_agreement_covers(
    acme: Client, feeder: User, terms: dict[str, Any], expected: int
) -> None:
    """One day of the month is enough; the day before and the day after are not."""
    owned(acme, "OA", agreement=factories.make_agreement(acme, **terms))
    tell(feeder, acme, {"product_code": "OA", "revenue_fen": 700_00})
    assert ict(acme) == expected


def test_a_plain_product_never_counts(acme: Client, feeder: User) -> None:
    """V-net revenue is revenue, never informatisation revenue."""
    owned(acme, "VNET", agreement=factories.make_agreement(acme), bound=True)
    tell(feeder, acme, {"product_code": "VNET", "revenue_fen": 900_00})
    assert (ict(acme), RevenueLine.objects.get().ict_rule) == (0, "NEVER")


def test_lines_sum_to_the_month_and_a_reported_total_stays(acme: Client, feeder: User) -> None:
    """Two products and two kinds of fee make the total; a total of its own is believed; all is repeatable."""
    owned(acme, "VNET"), owned(acme, "GROUP_SMS")
    rows: list[dict[str, Any]] = [
        {"product_code": "VNET", "revenue_fen": 100_00, "cost_fen": 40_00},
        {"product_code": "VNET", "revenue_fen": 5_00, "category": "ONE_OFF"},
        {"external_id": "X-GROUP_SMS", "revenue_fen": 20_00, "cost_fen": 30_00},
    ]
    for _time in range(2):
        assert [row["outcome"] for row in tell(feeder, acme, *rows)] == ["stored"] * 3
    month = RevenueMonth.objects.get(client=acme)
    assert (month.revenue_fen, month.cost_fen, month.stated) == (125_00, 70_00, False)
    assert RevenueLine.objects.count() == 3
    tell(feeder, acme, {"revenue_fen": 200_00})
    tell(feeder, acme, rows[0] | {"revenue_fen": 110_00})
    month.refresh_from_db()
    assert (month.revenue_fen, month.stated) == (200_00, True)


def test_rows_that_fit_nothing_are_named_one_by_one(acme: Client, feeder: User, foreign: Client) -> None:
    """An unknown product, another client's key and a key with another product's code."""
    owned(acme, "VNET"), owned(foreign, "OA", external_id="THEIRS")
    codes = [
        row.get("code")
        for row in tell(
            feeder, acme,
            {"product_code": "NOPE", "revenue_fen": 1},
            {"external_id": "THEIRS", "revenue_fen": 1},
            {"external_id": "X-VNET", "product_code": "OA", "revenue_fen": 1},
        )
    ]  # fmt: skip
    assert codes == ["PRODUCT_NOT_FOUND", "PRODUCT_NOT_FOUND", "EXTERNAL_ID_TAKEN"]
    assert not RevenueLine.objects.exists()


def test_two_products_of_a_kind_are_told_apart_by_key_or_not_counted(acme: Client, feeder: User) -> None:
    """By code alone nobody knows which of the two it was: the revenue is kept but does not count."""
    agreement = factories.make_agreement(acme)
    owned(acme, "OA", agreement=agreement), owned(acme, "OA", agreement=agreement, external_id="X2")
    tell(feeder, acme, {"product_code": "OA", "revenue_fen": 10_00})
    assert (ict(acme), RevenueLine.objects.get().ict_rule) == (0, "UNLINKED")
    tell(feeder, acme, {"external_id": "X2", "revenue_fen": 30_00})
    assert ict(acme) == 30_00


def test_months_long_closed_keep_what_they_counted(acme: Client, feeder: User, owner: User) -> None:
    """Changing the way of payment today rewrites the last month, not the one before."""
    agreement = factories.make_agreement(acme)
    row = owned(acme, "RINGBACK", agreement=agreement, pay_mode="UNIFIED")
    before = clock.add_months(LAST, -1)
    for month in (before, LAST):
        tell(feeder, acme, {"product_code": "RINGBACK", "revenue_fen": 300_00, "month": month})
    services.change_product(actor=owner, product_id=row.pk, values={"pay_mode": "PERSONAL"})
    assert (ict(acme, before), ict(acme, LAST)) == (300_00, 0)


def test_the_night_follows_the_catalogue_and_changes_nothing_twice(
    acme: Client, feeder: User, provadmin: User
) -> None:
    """A new rule in the catalogue counts from the months still open; the second run finds nothing."""
    owned(acme, "VNET", agreement=factories.make_agreement(acme))
    tell(feeder, acme, {"product_code": "VNET", "revenue_fen": 80_00})
    vnet = Product.objects.get(code="VNET")
    services.save_product(actor=provadmin, product_id=vnet.pk, values={"counts_as_ict": "ALWAYS"})
    assert services.judge_revenue(as_of=clock.today()) == 1
    assert ict(acme) == 80_00
    assert services.judge_revenue(as_of=clock.today()) == 0


@pytest.mark.spec("S1-87", "S1-88", "S2-25")
def test_card_list_and_report_read_one_predicate(
    acme: Client, foreign: Client, feeder: User, provadmin: User, browse: Callable[..., Any], api: Any
) -> None:
    """What counts on the card is what the list's filter and the API's total count."""
    owned(acme, "OA", agreement=factories.make_agreement(acme))
    owned(foreign, "VNET")
    tell(feeder, acme, {"product_code": "OA", "revenue_fen": 700_00})
    tell(feeder, foreign, {"product_code": "VNET", "revenue_fen": 700_00})
    listed = api(provadmin).get("/api/v1/clients?ict=true").json()["results"]
    assert [row["client_code"] for row in listed] == [acme.client_code]
    months = api(provadmin).get(f"/api/v1/clients/{acme.pk}/revenue").json()
    assert months[0]["ict_fen"] == 700_00
    assert "700.00" in browse(provadmin).get(f"/clients/{acme.pk}/revenue/").content.decode()
