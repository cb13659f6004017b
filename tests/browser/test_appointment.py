"""From the call to the prepared visit on a phone (390 px)."""

import pytest
from playwright.sync_api import expect

from clients.models import Client
from crm.accounts.models import User
from knowledge import services as library
from tests import factories
from tests.browser.fixtures import Visit as Open
from tests.browser.test_working_day import no_sideways_scroll
from visits.choices import CallResult, VisitState
from visits.models import Appointment, SolutionUse, Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.spec("S1-07", "S1-19", "S1-20", "S1-28", "S1-30")
def test_a_manager_calls_agrees_and_prepares_with_the_thumb(
    visit: Open, owner: User, gcdept: User, acme: Client
) -> None:
    factories.make_contact(acme, "KEY_PERSON", name="王建国", salutation="总", mobile="13900001234")
    Client.objects.filter(pk=acme.pk).update(value_tier="A1")
    made = library.save_solution(
        actor=gcdept,
        values={
            "title": "茶企专线",
            "category": "SUCCESS",
            "summary": "两周",
            "body": "先测速",
            "tiers": ["A1"],
        },
    )  # fmt: skip
    library.move_solution(actor=gcdept, solution_id=made.pk, act="publish")
    page = visit(owner, phone=True)
    page.goto("/visits/calls/")
    page.get_by_role("link", name="给客户打电话").first.click()
    page.locator("#clients-to-visit").get_by_role("link", name=acme.name, exact=True).click()
    no_sideways_scroll(page)
    # The number is one tap away, and the cards speak to the chosen person.
    expect(page.locator("a[href='tel:13900001234']")).to_be_visible()
    expect(page.locator(".script-words").filter(has_text="请问您是王总吗")).to_be_visible()
    page.locator("#id_purpose").fill("专线续约")
    page.locator("#id_benefit").fill("省一半月租")
    expect(
        page.locator(".script-words").filter(has_text="专线续约，对您那边的好处是省一半月租")
    ).to_be_visible()
    page.locator("#id_slot2_time").fill("10:30")
    expect(page.locator(".script-words").filter(has_text="10:30到您办公室").first).to_be_visible()
    # Only what the outcome needs is open.
    expect(page.locator("#id_place")).to_be_hidden()
    page.get_by_text("已约定", exact=True).click()
    expect(page.locator("#id_again_day")).to_be_hidden()
    page.locator("[data-slot-label=slot2]").click()
    page.locator("#id_place").fill("客户三楼会议室")
    no_sideways_scroll(page)
    page.get_by_role("button", name="保存结果").click()
    expect(page.get_by_text("已约定，接下来做访前准备")).to_be_visible()
    call = Appointment.objects.get()
    assert (call.result, call.agreed_at) == (CallResult.CONFIRMED, call.slot2_at)
    assert Visit.objects.get().state == VisitState.CONFIRMED
    # Prepared: the fitting solution is read, the sheet is one page.
    page.get_by_role("button", name="查阅").click()
    expect(page.get_by_role("heading", name="茶企专线")).to_be_visible()
    assert SolutionUse.objects.get().user == owner
    page.goto(f"/visits/{Visit.objects.get().pk}/sheet/")
    expect(page.get_by_text("客户三楼会议室")).to_be_visible()
    expect(page.get_by_text("敲门三下")).to_be_visible()
    no_sideways_scroll(page)
