"""The lifecycle: the same rule at night and at the event (spec §3.4)."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from clients import services
from clients.models import Client, ClientStatusHistory
from clients.services import derive_statuses, store_traffic
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.params.models import ParamValue
from tests import factories

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


def status(client: Client, as_of: date) -> str:
    """Return the state after the night before a day."""
    derive_statuses(as_of=as_of)
    client.refresh_from_db()
    return client.status


def opened(client: Client, on: date = date(2026, 3, 15), state: str = "OPEN", **fields: Any) -> int:
    """Open a product in the past; return its key."""
    return factories.make_client_product(client, status=state, opened_on=on, **fields).pk


@pytest.mark.spec("E050", "E065", "S0-33")
def test_without_an_opened_product_a_client_is_potential(acme: Client) -> None:
    """An order alone opens nothing."""
    assert status(acme, date(2026, 6, 1)) == "POTENTIAL"
    factories.make_client_product(acme, status="ORDERED")
    assert status(acme, date(2026, 6, 1)) == "POTENTIAL"


@pytest.mark.spec("E051", "S0-34", "D-10", "D-12")
def test_an_open_product_never_used_is_on_network(acme: Client) -> None:
    """It stays so however long; the day of opening becomes the day of the account."""
    opened(acme)
    assert status(acme, date(2026, 3, 16)) == "ONLINE"
    assert status(acme, date(2026, 6, 1)) == "ONLINE"
    assert acme.account_opened_at is not None
    assert clock.business_date(acme.account_opened_at) == date(2026, 3, 15)


@pytest.mark.spec("D-10")
def test_a_product_never_used_may_fall_silent_by_parameter(acme: Client) -> None:
    """With M = 2 the client falls silent after two full months."""
    ParamValue.objects.create(
        key="lifecycle.never_used_silent_after_months", value=2, effective_from=factories.LONG_AGO
    )
    opened(acme)
    assert status(acme, date(2026, 5, 31)) == "ONLINE"
    assert status(acme, date(2026, 6, 1)) == "SILENT"


@pytest.mark.spec("E052", "E053", "E054", "S0-35", "S0-36")
def test_traffic_makes_active_and_a_closed_month_without_makes_silent(acme: Client) -> None:
    """Traffic of March holds through April; the first of May closes a month without traffic."""
    product = opened(acme)
    store_traffic({(product, MARCH): 5})
    assert status(acme, date(2026, 3, 20)) == "ACTIVE"
    assert status(acme, date(2026, 4, 30)) == "ACTIVE"
    assert status(acme, date(2026, 5, 1)) == "SILENT"
    store_traffic({(product, date(2026, 5, 1)): 1})
    assert status(acme, date(2026, 5, 2)) == "ACTIVE"


@pytest.mark.spec("E055", "E056")
def test_one_used_product_is_enough_and_one_cancelled_changes_nothing(acme: Client) -> None:
    """Zero beside traffic is active; a second product's end leaves the state."""
    used, idle = opened(acme), opened(acme)
    store_traffic({(used, MARCH): 9, (idle, MARCH): 0})
    assert status(acme, date(2026, 3, 31)) == "ACTIVE"
    acme.products.filter(pk=idle).update(status="CANCELLED", cancelled_on=date(2026, 3, 31))
    assert status(acme, date(2026, 3, 31)) == "ACTIVE"


@pytest.mark.spec("E057", "E060", "S0-37", "S0-38")
def test_the_last_cancellation_churns_at_once_and_closing_ends_it(acme: Client, head: User) -> None:
    """The event derives the state without waiting for the night."""
    product = opened(acme)
    services.cancel_product(actor=head, product_id=product)
    acme.refresh_from_db()
    assert acme.status == "CHURNED"
    closed = services.close_client(actor=head, client_id=acme.pk, reason="注销")
    assert closed.status == "CLOSED"


def test_opening_again_begins_anew(acme: Client) -> None:
    """Traffic of before the churn does not make the re-opened client active or silent."""
    old = opened(acme, date(2026, 1, 5), "CANCELLED", cancelled_on=date(2026, 3, 10))
    store_traffic({(old, MARCH): 7})
    assert status(acme, date(2026, 3, 31)) == "CHURNED"
    opened(acme, date(2026, 3, 20))
    assert status(acme, date(2026, 3, 31)) == "ONLINE"


def test_traffic_of_a_cancelled_product_counts_while_another_stayed_live(acme: Client) -> None:
    """Overlapping products are one life: the client had traffic since its opening."""
    first = opened(acme, date(2026, 1, 5), "CANCELLED", cancelled_on=date(2026, 3, 10))
    opened(acme, date(2026, 2, 1))
    store_traffic({(first, date(2026, 2, 1)): 7})
    assert status(acme, date(2026, 3, 31)) == "ACTIVE"
    assert status(acme, date(2026, 5, 1)) == "SILENT"


@pytest.mark.spec("E066")
def test_suspended_products_without_traffic_are_silent(acme: Client) -> None:
    """A suspended product is live; with earlier traffic only, the client is silent."""
    product = opened(acme, state="SUSPENDED")
    store_traffic({(product, MARCH): 4})
    assert status(acme, date(2026, 6, 1)) == "SILENT"


@pytest.mark.spec("E068")
def test_the_night_twice_writes_one_line_and_is_quiet(acme: Client) -> None:
    """The second run changes nothing and writes nothing."""
    opened(acme)
    assert derive_statuses(as_of=date(2026, 6, 1)) == 1
    assert derive_statuses(as_of=date(2026, 6, 1)) == 0
    row = ClientStatusHistory.objects.get(client=acme)
    assert (row.old, row.new, row.reason, row.changed_on) == (
        "POTENTIAL",
        "ONLINE",
        "OPENED",
        date(2026, 6, 1),
    )


def test_the_night_of_a_province_leaves_others_alone(acme: Client, org: dict[str, OrgUnit]) -> None:
    """A province is the unit of work."""
    opened(acme)
    other = factories.make_unit("P62", "甘肃公司", "PROVINCE", org["group"], region_code="62")
    assert derive_statuses(as_of=date(2026, 6, 1), province=other) == 0
    assert derive_statuses(as_of=date(2026, 6, 1), province=org["province"]) == 1


@pytest.mark.spec("S0-39")
def test_drafts_stand_outside_the_lifecycle(org: dict[str, OrgUnit], owner: User) -> None:
    """A file that is not filed has no state to derive."""
    draft = factories.make_client(org["unit"], owner, filing="DRAFT")
    opened(draft)
    assert status(draft, date(2026, 6, 1)) == "POTENTIAL"


@pytest.mark.spec("E052", "S0-35")
def test_opening_and_traffic_act_at_the_event(acme: Client, owner: User) -> None:
    """Opening makes on network, a traffic record makes in use, both at once."""
    row = services.order_product(actor=owner, client_id=acme.pk, product=factories.make_product())
    services.open_product(actor=owner, product_id=row.pk)
    acme.refresh_from_db()
    assert acme.status == "ONLINE"
    store_traffic({(row.pk, clock.month_of(clock.today())): 3})
    services.refresh_status([acme.pk])
    acme.refresh_from_db()
    assert acme.status == "ACTIVE"
    assert list(ClientStatusHistory.objects.filter(client=acme).values_list("new", flat=True)) == [
        "ACTIVE", "ONLINE",
    ]  # fmt: skip


def test_the_night_is_one_statement(acme: Client) -> None:
    """Facts, rule, history and clients take one statement, however many clients there are."""
    opened(acme)
    counter = _Counter()
    with connection.execute_wrapper(counter):
        derive_statuses(as_of=date(2026, 6, 1))
    assert counter.writes == 1


class _Counter:
    """Count statements that write."""

    def __init__(self) -> None:
        self.writes = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Count and pass on."""
        self.writes += "UPDATE" in sql or "INSERT" in sql
        return execute(sql, params, many, context)
