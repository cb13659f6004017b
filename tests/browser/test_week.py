"""The week in a real browser: written on the phone, decided and printed at a desk."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from tests.browser.fixtures import Visit as Open
from tests.visits.weeks import last_monday, logged, visit_on
from visits import services
from visits.models import Visit, WeeklyReport

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def no_sideways_scroll(page: Page) -> None:
    """Fail when the page is wider than the screen."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= screen, f"{page.url}: {wide} px on a screen of {screen} px"


@pytest.mark.spec("S1-94", "S1-95")
def test_a_week_is_written_approved_and_printed(
    visit: Open, owner: User, head: User, leader: User, acme: Client
) -> None:
    monday = last_monday()
    services.approve_log(actor=head, log=logged(visit_on(owner, acme, monday)))
    year, week = monday.isocalendar()[:2]
    page = visit(owner, phone=True)
    page.goto("/visits/weeks/")
    no_sideways_scroll(page)
    page.locator(".line", has_text=f"{year}-W{week:02d}").get_by_role("link", name="填写").click()
    expect(page.locator(".week-figures")).to_contain_text("完成拜访")
    page.locator("#id_summary").fill("本周走访西湖龙井,客户有意续签专线。")
    page.locator("#id_plan").fill("下周送专线报价,走访五家。")
    no_sideways_scroll(page)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已提交，等待分管领导审批")).to_be_visible()
    no_sideways_scroll(page)

    desk = visit(leader)
    desk.goto("/workbench/")
    desk.locator("[data-duty=weeks_to_decide]").get_by_role("link", name="审批").click()
    desk.get_by_role("link", name=re.compile(owner.full_name)).first.click()
    expect(desk.locator("main")).to_contain_text("客户有意续签专线")
    desk.locator("#note").fill("继续跟进专线")
    desk.get_by_role("button", name="批准").click()
    expect(desk.get_by_text("已批准")).to_be_visible()

    office = visit(head)
    office.goto("/visits/weeks/?view=print")
    office.get_by_role("link", name=re.compile(owner.full_name)).first.click()
    office.get_by_role("button", name="打印日志册").click()
    expect(office.get_by_text(re.compile(r"已封存，编号 ZB\d{4}-\d\d-\d{6}"))).to_be_visible()
    office.get_by_role("button", name="归档").click()
    expect(office.locator("main")).to_contain_text("已归档")
    report = WeeklyReport.objects.get()
    assert report.state == "ARCHIVED"
    answer = office.request.get(f"/visits/weeks/{report.pk}/book.pdf")
    assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")


def test_a_visit_is_dragged_to_another_day(visit: Open, owner: User, acme: Client) -> None:
    today = clock.today()
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
    planned = visit_on(owner, acme, monday)
    page = visit(owner)
    page.goto(f"/visits/week/?day={monday}")
    target = monday + timedelta(days=2)
    page.locator("[data-move]").drag_to(page.locator(f"[data-day='{target}']"))
    expect(page.get_by_text("已改到")).to_be_visible()
    planned.refresh_from_db()
    assert planned.visit_on == target
    phone = visit(owner, phone=True)
    phone.goto(f"/visits/week/?day={monday}")
    no_sideways_scroll(phone)
    phone.get_by_text("改期", exact=True).first.click()
    phone.locator("input[name=day]").first.fill(str(monday + timedelta(days=3)))
    phone.get_by_role("button", name="改期").click()
    expect(phone.get_by_text("已改到")).to_be_visible()
    assert Visit.objects.get().visit_on == monday + timedelta(days=3)


@pytest.mark.spec("R6", "R7", "R8")
def test_charts_are_drawn_and_a_figure_opens_its_list(
    visit: Open, owner: User, head: User, acme: Client
) -> None:
    logged(visit_on(owner, acme, last_monday()))
    for phone in (False, True):
        page = visit(head, phone=phone)
        page.goto("/visits/statistics/")
        expect(page.locator(".chart-canvas svg").first).to_be_visible()
        no_sideways_scroll(page)
        page.get_by_role("link", name="日志", exact=True).click()
        expect(page.locator(".chart-canvas svg").first).to_be_visible()
        page.locator(".stat", has_text="已提交").first.click()
        expect(page.locator("main")).to_contain_text(acme.name)
        no_sideways_scroll(page)
