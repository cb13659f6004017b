"""Take the pictures of docs/screenshots (`make screenshots`); not part of `make test`."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clients.models import Client
from crm.accounts.models import User
from members.models import PersonalCustomer
from tests.browser.fixtures import Visit
from visits.models import VisitLog

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
TARGET = Path(__file__).parents[2] / "docs" / "screenshots"


def _pages() -> list[tuple[str, str, str]]:
    """Return (login, address, name of the picture)."""
    mine = Client.objects.filter(am__staff_no="am1").order_by("client_code")
    client = mine.filter(value_tier="A2").first() or mine.first()
    assert client is not None
    pages = [
        ("am1", reverse("workbench:today"), "workbench"),
        ("am1", reverse("clients:list"), "clients"),
        ("am1", reverse("clients:card", args=[client.pk]), "client-card"),
        ("am1", reverse("scoring:client", args=[client.pk]), "why-this-tier"),
        ("am1", reverse("visits:list"), "visits"),
        ("head", reverse("workbench:today"), "workbench-head"),
        ("head", reverse("visits:desk"), "approval-desk"),
        ("provadmin", reverse("intake:list"), "imports"),
        ("provadmin", reverse("jobs:nights"), "nights"),
        ("provadmin", reverse("scoring:model"), "value-model"),
        ("sysadmin", reverse("params:list"), "parameters"),
        ("auditor", reverse("audit:events"), "audit-trail"),
    ]
    customer = PersonalCustomer.objects.filter(client__in=mine, vip_grade="GOLD").first()
    if customer:
        pages.append(("am1", reverse("scoring:statement", args=[customer.pk]), "points-statement"))
    log = VisitLog.objects.filter(visit__owner__staff_no="am1").order_by("-id").first()
    if log:
        pages.append(("am1", reverse("visits:log", args=[log.visit_id]), "visit-log"))
    return pages


def _shoot(page: Page, address: str, name: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"
    # Some pages ask again every few seconds: the network is never idle there.
    expect(page.locator("[hx-trigger=load] .skeleton, .htmx-request")).to_have_count(0)
    page.wait_for_timeout(800)
    page.screenshot(path=TARGET / f"{name}.png")


@override_settings(DEMO=True)
def test_take_the_pictures(visit: Visit, live_server: LiveServer) -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    call_command("load_demo")
    people = {user.staff_no: user for user in User.objects.all()}
    for login, address, name in _pages():
        _shoot(visit(people[login]), address, f"{name}-desk")
        _shoot(visit(people[login], phone=True), address, f"{name}-phone")
    _shoot(visit(), reverse("accounts:login"), "login-desk")
    _shoot(visit(people["head"], color_scheme="dark"), reverse("visits:desk"), "approval-desk-dark")
    english = visit(people["am1"])
    english.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    _shoot(english, reverse("clients:list"), "clients-english")
