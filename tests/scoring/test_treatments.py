"""Which services a star opens, what a key person gets besides, and who is served first (E167, E168, E170)."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from members.models import PersonalCustomer
from scoring import services
from scoring.models import CustomerMarks, StarRun
from scoring.rules.treatments import TREATMENTS
from tests import factories
from tests.scoring.conftest import Bill

pytestmark = pytest.mark.django_db
Api = Callable[[User], APIClient]


def starred(unit: OrgUnit, star: int, *, client: Client | None = None, **fields: Any) -> PersonalCustomer:
    customer = factories.make_customer(unit, client, **fields)
    PersonalCustomer.objects.filter(pk=customer.pk).update(star=star)
    customer.refresh_from_db()
    return customer


def said(api: APIClient, customer: PersonalCustomer, code: str) -> dict[str, Any]:
    body = api.get(f"/api/v1/customers/{customer.pk}/standing").json()
    return next(line for line in body["treatments"] if line["code"] == code)


@pytest.mark.spec("E167", "E168", "S3-23")
def test_a_key_person_gets_the_services_of_five_stars(
    org: dict[str, OrgUnit], acme: Client, head: User, api: Api, browse: Callable[[User], Browser]
) -> None:
    customer = starred(org["unit"], 3, client=acme)
    before = said(api(head), customer, "FREE_CARD")
    assert (before["allowed"], before["needs_approval"], before["rule"]) == (False, True, "")
    factories.make_contact(acme, "KEY_PERSON", mobile=customer.msisdn)
    services.run_flags(as_of=clock.today().replace(day=2))
    services.write_labels(as_of=clock.today())
    assert "KEY_PERSON" in CustomerMarks.objects.get(customer=customer).labels
    after = said(api(head), customer, "FREE_CARD")
    assert (after["allowed"], after["needs_approval"], after["rule"]) == (True, False, "ENT-5K")
    assert not said(api(head), customer, "GOLF")["allowed"], "not everything of six stars"
    page = browse(head).get(f"/scoring/customers/{customer.pk}/standing/").content.decode()
    assert "免费补卡 · ENT-5K" in page
    assert "超出本级别" in page


@pytest.mark.parametrize(
    ("code", "stars"),
    [("AIRPORT_LOUNGE", "6"), ("RAIL_LOUNGE", "56"), ("PHONE_AM", "45"), ("HALL_PRIORITY", "456"),
     ("CARD_MAKING", "4"), ("NUMBER_CHOICE", "56"), ("LARGE_CARD", "56"), ("FREE_CARD", "456"),
     ("BASIC", "0123456")],
)  # fmt: skip
@pytest.mark.spec("S3-09", "S3-10", "S3-11", "S3-12", "S3-13", "S3-14", "S3-15", "S3-16", "S3-18", "S3-20")
def test_the_matrix_is_that_of_the_specification(code: str, stars: str) -> None:
    (treatment,) = (each for each in TREATMENTS if each.code == code)
    assert "".join(str(star) for star in range(7) if treatment.opened_by(star, ())) == stars


def test_every_service_is_named_once() -> None:
    codes = [each.code for each in TREATMENTS]
    assert len(codes) == len(set(codes))


@pytest.mark.spec("E170", "S3-28")
def test_more_stars_are_served_first_and_who_came_first_among_equals(
    org: dict[str, OrgUnit], head: User, api: Api
) -> None:
    now = clock.now()
    people = [
        (starred(org["unit"], 4), 5), (starred(org["unit"], 1), 9), (starred(org["unit"], 6), 1),
        (starred(org["unit"], 4), 7), (starred(org["far_unit"], 6), 8),
    ]  # fmt: skip
    waiting = [
        {"msisdn": customer.msisdn, "since": (now - timedelta(minutes=minutes)).isoformat()}
        for customer, minutes in people
    ]
    body = api(head).post("/api/v1/queue:order", {"waiting": waiting}, format="json").json()["results"]
    order = [people[n][0].msisdn for n in (2, 3, 0, 1, 4)]
    assert [line["msisdn"] for line in body] == order, "of another area: without stars"
    assert [line["star"] for line in body] == [6, 4, 4, 1, 0]
    assert api(head).post("/api/v1/queue:order", {"waiting": []}, format="json").status_code == 400


@pytest.mark.spec("S3-34", "S3-37")
def test_levels_of_service_stand_beside_the_spend_of_who_has_them(
    org: dict[str, OrgUnit], bill: Bill, provadmin: User, browse: Callable[[User], Browser]
) -> None:
    rich, poor = (factories.make_customer(org["unit"], brand="MZONE") for _ in range(2))
    for month in range(1, 7):
        bill(date(2026, month, 1), 400_00, of=rich)
        bill(date(2026, month, 1), 60_00, of=poor)
    services.run_stars(as_of=date(2026, 7, 3))
    assert StarRun.objects.get().spend6_fen == {"2": 360_00, "4": 0, "5": 2400_00}
    page = browse(provadmin).get("/scoring/stars/").content.decode()
    assert "¥400.00" in page
    assert "¥60.00" in page
    assert "先定级别" in page
    assert "火车站贵宾厅" in page
