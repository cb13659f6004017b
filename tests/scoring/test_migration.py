"""Migration between two months, read back from the histories (R5, R12)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client, ClientClassHistory
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from members.models import PersonalCustomer
from scoring.models import MarkChange
from scoring.reading.migration import AXES, matrix, movers
from tests import factories

pytestmark = pytest.mark.django_db
Org = dict[str, OrgUnit]
THIS = clock.month_of(clock.today())
FIRST, LAST = clock.add_months(THIS, -3), clock.add_months(THIS, -1)


def night_of(month: date, day: int = 1) -> date:
    """Return the day on which a month's result is written."""
    return clock.add_months(month, 1).replace(day=day)


def walked(unit: OrgUnit, *steps: tuple[date, str, str]) -> Client:
    """Make a client that went through these changes of tier, the last of which it holds."""
    client = factories.make_client(unit, status="ACTIVE")
    for day, old, new in steps:
        ClientClassHistory.objects.create(client=client, axis="TIER", old=old, new=new, changed_on=day)
    Client.objects.filter(pk=client.pk).update(value_tier=steps[-1][2] or None)
    return client


@pytest.fixture
def base(org: Org) -> dict[str, Client]:
    mid = clock.add_months(FIRST, 2)
    return {
        # The night of the month's end still belongs to the month.
        "stayed": walked(org["unit"], (night_of(FIRST), "", "B1")),
        "rose": walked(
            org["unit"], (night_of(FIRST), "", "C"), (mid, "C", "B2"), (night_of(LAST), "B2", "A2")
        ),
        # The first of a month still writes the month before.
        "later": walked(org["unit"], (night_of(FIRST), "", "C"), (night_of(LAST, 2), "C", "A1")),
        "new": walked(org["other_unit"], (mid, "", "C")),
    }


@pytest.mark.spec("R5", "S0-21")
def test_the_matrix_is_what_the_histories_say(base: dict[str, Client], provadmin: User, head: User) -> None:
    found = matrix(provadmin, AXES["TIER"], first=FIRST, last=LAST)
    assert found == {("B1", "B1"): 1, ("C", "A2"): 1, ("", "C"): 1, ("C", "C"): 1}
    assert ("", "C") not in matrix(head, AXES["TIER"], first=FIRST, last=LAST)


def test_who_moved_is_listed_a_page_at_a_time(base: dict[str, Client], provadmin: User) -> None:
    def ask(**more: Any) -> list[tuple[int, str, str]]:
        return movers(provadmin, AXES["TIER"], first=FIRST, last=LAST, **more)

    rose, new = base["rose"].pk, base["new"].pk
    assert ask() == [(rose, "C", "A2"), (new, "", "C")]
    assert ask(limit=1) == [(rose, "C", "A2")]
    assert ask(after=rose) == [(new, "", "C")]
    assert ask(old="C", new="A2") == [(rose, "C", "A2")]
    assert ask(old="", new="A2") == []


@pytest.mark.spec("R12", "S3-01")
def test_stars_and_grades_of_customers_move_too(org: Org, provadmin: User) -> None:
    customer = factories.make_customer(org["unit"])
    PersonalCustomer.objects.filter(pk=customer.pk).update(star=5, vip_grade="GOLD")
    # The star of a month stands on the third of the next one.
    for kind, day, old, new in (
        ("STAR", night_of(FIRST, 3), "3", "4"),
        ("STAR", night_of(LAST, 3), "4", "5"),
        ("VIP", clock.add_months(LAST, 0), "SILVER", "GOLD"),
    ):
        MarkChange.objects.create(customer=customer, kind=kind, old=old, new=new, changed_on=day)
    assert matrix(provadmin, AXES["STAR"], first=FIRST, last=LAST) == {("4", "5"): 1}
    assert matrix(provadmin, AXES["VIP"], first=FIRST, last=LAST) == {("SILVER", "GOLD"): 1}


def test_pages_lead_from_the_matrix_to_the_list_and_the_file(
    base: dict[str, Client], head: User, browse: Callable[[User], Browser]
) -> None:
    browser = browse(head)
    asked = f"axis=TIER&from={FIRST:%Y-%m}&to={LAST:%Y-%m}"
    page = browser.get(f"/scoring/migration/?{asked}").content.decode()
    assert "old=C&amp;new=A2" in page
    listed = browser.get(f"/scoring/migration/moved/?{asked}&old=C&new=A2").content.decode()
    assert base["rose"].name in listed
    assert base["stayed"].name not in listed
    file = b"".join(browser.get(f"/scoring/migration/moved/csv/?{asked}").streaming_content).decode()  # type: ignore[attr-defined]
    assert base["rose"].client_code in file
    assert base["new"].client_code not in file, "another unit"
    for axis in ("SIZE", "STAR", "VIP"):
        assert browser.get(f"/scoring/migration/?axis={axis}").status_code == 200
    assert browser.get("/scoring/migration/?axis=NONE").status_code == 404
    assert browser.get("/scoring/migration/?from=1999-01").status_code == 404


@pytest.mark.spec("R5", "R12")
def test_the_matrix_and_who_moved_over_the_api(
    base: dict[str, Client], org: Org, provadmin: User, head: User, api: Callable[[User], APIClient]
) -> None:
    between = f"from={FIRST:%Y-%m}&to={LAST:%Y-%m}"
    body = api(provadmin).get(f"/api/v1/migration?{between}").json()
    cells = {(cell["old"], cell["new"]): cell["count"] for cell in body["cells"]}
    assert cells["C", "A2"] == cells["", "C"] == 1
    assert (body["axis"], body["moved"], body["total"]) == ("TIER", 2, sum(cells.values()))
    page = api(provadmin).get(f"/api/v1/migration/moved?{between}&size=1").json()
    assert [row["id"] for row in page["results"]] == [base["rose"].pk]
    rest = api(provadmin).get(f"/api/v1/migration/moved?{between}&size=1&after={page['after']}").json()
    assert [row["id"] for row in rest["results"]] == [base["new"].pk]
    assert rest["after"] is None
    mine = api(head).get(f"/api/v1/migration?{between}").json()
    assert ("", "C") not in {(cell["old"], cell["new"]) for cell in mine["cells"]}
    assert api(head).get("/api/v1/migration?axis=ODD").status_code == 400
    assert api(head).get("/api/v1/migration?from=1999-01").status_code == 404
    assert api(head).get("/api/v1/migration?unit=U330203").status_code == 404


def test_numbers_and_names_of_customers_are_masked_over_the_api(
    org: Org, provadmin: User, api: Callable[[User], APIClient]
) -> None:
    customer = factories.make_customer(org["unit"])
    MarkChange.objects.create(
        customer=customer, kind="VIP", old="NONE", new="GOLD", changed_on=night_of(LAST)
    )
    PersonalCustomer.objects.filter(pk=customer.pk).update(vip_grade="GOLD")
    (row,) = api(provadmin).get("/api/v1/migration/moved?axis=VIP").json()["results"]
    assert (row["old"], row["new"]) == ("NONE", "GOLD")
    assert customer.msisdn not in str(row)
    assert customer.name not in str(row)
