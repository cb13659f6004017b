"""Open every page a person can reach, and see that it is whole: no error, no sideways scroll, axe clean."""

import json
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.nav import items_for
from members.models import Member
from tests import factories
from tests.browser.fixtures import PHONE
from tests.browser.fixtures import Visit as Open
from visits import services
from visits.models import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# In this order: who comes later looks as closely only at pages that nobody before can reach.
ROLES = ("head", "owner", "provadmin", "sysadmin", "auditor")
TABS = ("", "file/", "people/", "products/", "revenue/", "history/")
AXE = Axe()


@pytest.fixture
def visited(owner: User, acme: Client) -> Visit:
    """Return a visit with a log that waits for approval, at a client with people, goods and points."""
    key = factories.make_contact(acme, "KEY_PERSON", name="王建国", mobile="13900001234")
    factories.make_contact(acme, name="李敏")
    factories.make_member(acme)
    factories.make_customer(acme.org_unit, acme)
    factories.make_client_product(acme)
    visit = services.plan_visit(
        actor=owner,
        client=acme,
        contact=key,
        planned_at=clock.now(),
        purposes=["P1"],
        place="三楼",
        unscheduled_reason="来电",
    )
    services.check_in(actor=owner, visit=visit)
    services.write_log(
        actor=owner,
        visit=visit,
        values={"opinion_asked": True, "results": {"P1": "客户愿意下周试用两条线路"}},
    )
    services.submit_log(actor=owner, visit=visit)
    services.plan_visit(
        actor=owner,
        client=acme,
        contact=key,
        planned_at=clock.now() + timedelta(days=1),
        purposes=["P2"],
        place="大堂",
    )
    return visit


def pages_of(person: User, visit: Visit) -> list[str]:
    """Return the navigation of the person, and what stands behind it."""
    pages = [entry["url"] for entry in items_for(person, "/")]
    client = visit.client_id
    if person.can("clients.view"):
        pages += [f"/clients/{client}/{tab}" for tab in TABS]
        pages += [f"/scoring/clients/{client}/", f"/visits/client/{client}/", f"/visits/{visit.pk}/"]
        pages.append(f"/members/{Member.objects.get(client=client).pk}/")
    if person.can("visits.view"):
        pages += [
            f"/visits/{visit.pk}/sheet/", f"/visits/{visit.pk}/notes/", "/visits/calls/?view=greet",
            "/visits/calls/?view=missed", "/visits/events/?view=month", "/visits/day/",
            "/visits/weeks/roster/", "/visits/events/report/", "/knowledge/scripts/",
        ]  # fmt: skip
    if person.can("visits.change"):
        pages += [f"/visits/{visit.pk}/log/", f"/visits/plan/{client}/", f"/visits/calls/for/{client}/"]
        pages += [
            "/visits/record/",
            "/visits/debt/",
            "/visits/calls/missed/",
            "/visits/debt/week/",
            "/visits/?view=week",
        ]
        pages += [f"/visits/gifts/for/{client}/", f"/visits/opinions/for/{client}/"]
        pages += [f"/visits/events/at/{client}/", f"/visits/{visit.pk + 1}/postpone/"]
    if person.can("visits.record_conduct"):
        pages.append("/visits/conduct/new/")
    if person.can("clients.add"):
        pages += ["/clients/new/", f"/clients/{client}/edit/", f"/clients/{client}/contacts/add/"]
    if person.can("intake.import"):
        pages.append("/imports/new/")
    if person.can("accounts.manage"):
        pages += ["/accounts/users/add/", f"/accounts/users/{visit.owner_id}/", "/accounts/systems/add/"]
    return [*pages, "/accounts/profile/", "/accounts/password/", "/workbench/notifications/"]


def faults_of(page: Page) -> list[str]:
    """Return what axe finds: all rules in light; in dark those that look at colours."""
    rules = {
        "light": {"type": "tag", "values": WCAG},
        "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    }
    faults = []
    for scheme, only in rules.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = AXE.run(page, options={"runOnly": only, "resultTypes": ["violations"]})
        for fault in found.response["violations"]:
            places = json.dumps([node["target"] for node in fault["nodes"]][:3])
            faults.append(f"{scheme} {fault['id']}: {places}")
    return faults


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_whole_on_the_phone_in_both_schemes(
    role: str, visit: Open, visited: Visit, request: pytest.FixtureRequest
) -> None:
    people = {name: User.objects.get(pk=request.getfixturevalue(name).pk) for name in ROLES}
    earlier = {address for name in ROLES[: ROLES.index(role)] for address in pages_of(people[name], visited)}
    # The fixture of the browser fails the test on exceptions, refused scripts and answers of 500.
    # A tall screen: axe takes a button that has scrolled below a sticky bar for one that is too small.
    tall = {"width": PHONE["viewport"]["width"], "height": 12_000}
    page = visit(people[role], phone=True, viewport=tall, device_scale_factor=1)
    faults = []
    for address in pages_of(people[role], visited):
        answer = page.goto(address)
        assert answer is not None
        if answer.status != 200:
            faults.append(f"{address}: {answer.status}")
            continue
        # What comes after the page has come, too.
        expect(page.locator("[hx-trigger=load] .skeleton, .htmx-request")).to_have_count(0)
        expect(page.locator("h1")).to_have_count(1)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > PHONE["viewport"]["width"]:
            faults.append(f"{address}: {wide} px wide")
        if address not in earlier:
            faults += [f"{address}: {fault}" for fault in faults_of(page)]
    assert not faults, "\n".join(faults)
