"""A working day, whole: agreed by phone, prepared, made without a signal, sent, approved, a week on paper."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from tests import factories
from tests.base.test_offline import planned
from tests.browser.fixtures import Visit as Open
from tests.browser.test_field import WCAG, worker_ready
from visits.choices import LogState, VisitState
from visits.models import Visit, VisitLog, WeeklyReport

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RESULT = "介绍了云专线,客户愿意下周试用两条线路"


class Sound:
    """Look at a page as it stands: axe finds nothing, and nothing is wider than the screen."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def look(self, page: Page) -> None:
        """Note what is wrong with the page."""
        page.wait_for_load_state("networkidle")
        # What has scrolled below a sticky bar is taken for too small.
        page.evaluate("window.scrollTo(0, 0)")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        self.faults += [
            f"{page.url} {fault['id']}: {fault['nodes'][0]['html'][:120]}"
            for fault in found.response["violations"]
        ]
        wide, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        if wide > screen:
            self.faults.append(f"{page.url}: {wide} px on a screen of {screen} px")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what the selector names has the focus, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


@pytest.mark.long
@pytest.mark.spec("S1-19", "S1-30", "S1-32", "S1-33", "S1-50", "S1-89", "S1-91", "S1-94", "S1-95")
def test_a_working_day_from_the_call_to_the_printed_week(
    visit: Open, owner: User, head: User, leader: User, acme: Client
) -> None:
    factories.make_contact(acme, "KEY_PERSON", name="王建国", mobile="13900001234", salutation="王总")
    sound = Sound()

    # Book: by phone, with time and place.
    page = visit(owner, phone=True)
    page.goto("/workbench/")
    sound.look(page)
    page.goto("/visits/calls/")
    sound.look(page)
    page.get_by_role("link", name="给客户打电话").first.tap()
    page.locator("#clients-to-visit").get_by_role("link", name=acme.name, exact=True).tap()
    page.locator("#id_purpose").fill("专线续约")
    page.locator("#id_benefit").fill("省一半月租")
    page.get_by_text("已约定", exact=True).tap()
    page.get_by_text("另约时间", exact=True).tap()
    page.locator("#id_agreed_day").fill(str(clock.today()))
    page.locator("#id_agreed_time").fill("23:59")
    page.locator("#id_place").fill("客户三楼会议室")
    sound.look(page)
    page.get_by_role("button", name="保存结果").tap()
    expect(page.get_by_text("已约定，接下来做访前准备")).to_be_visible()
    made = Visit.objects.get()
    assert made.state == VisitState.CONFIRMED

    # Prepare: the checklist, and the sheet to read on the way.
    page.locator("input[name=code]").first.check()
    sound.look(page)
    page.get_by_role("link", name="访前一页").tap()
    expect(page.get_by_text("客户三楼会议室")).to_be_visible()
    sound.look(page)
    page.goto("/workbench/")
    worker_ready(page)
    page.get_by_role("button", name="准备今天的拜访").tap()
    expect(page.locator("#keep-state")).to_contain_text("没有信号也能看")

    # Visit without a signal: read the sheet, arrive, write the log on one screen.
    page.context.set_offline(True)
    page.goto(f"/visits/{made.pk}/sheet/")
    expect(page.get_by_text("客户三楼会议室")).to_be_visible()
    page.goto("/visits/calls/")
    expect(page.get_by_role("heading", name="电话")).to_be_visible()
    page.goto(f"/visits/{made.pk}/")
    page.get_by_role("button", name="签到").tap()
    expect(page.locator("#queue")).to_contain_text("1 条待发送")
    sound.look(page)
    page.goto(f"/visits/{made.pk}/log/")
    page.locator("#id_result_P2").fill(RESULT)
    expect(page.locator("#id_opinion")).to_be_hidden()
    page.get_by_text("已征求", exact=True).tap()
    page.locator("#id_opinion").fill("希望账单更清楚")
    expect(page.locator("#id_next_due_on")).to_be_hidden()
    page.get_by_role("button", name="送报价", exact=True).tap()
    page.get_by_role("button", name="3 天后").tap()
    sound.look(page)
    page.get_by_role("button", name="提交").tap()
    expect(page.locator("#queue")).to_contain_text("2 条待发送")

    # The signal is back: everything goes out once, by itself.
    page.context.set_offline(False)
    page.wait_for_url("**/workbench/")
    expect(page.locator("#queue")).to_be_hidden()
    log = VisitLog.objects.get()
    assert (log.state, log.results, log.opinion) == (LogState.SUBMITTED, {"P2": RESULT}, "希望账单更清楚")
    made.refresh_from_db()
    assert made.arrived_at is not None

    # Approve, by keyboard alone: from the workbench to the desk, and the entry.
    office = visit(head)
    office.goto("/workbench/")
    sound.look(office)
    tab_to(office, "[data-duty=logs_to_decide] a, [data-duty=logs] a, a[href^='/visits/desk']")
    office.keyboard.press("Enter")
    office.wait_for_url("**/visits/desk/**")
    expect(office.locator(".desk-entry")).to_contain_text(RESULT)
    sound.look(office)
    office.keyboard.press("a")
    expect(office.locator("#desk-body")).to_contain_text("没有待审批的")
    log.refresh_from_db()
    assert (log.state, log.decided_by) == (LogState.APPROVED, head)

    # The week: its figures are there already; the leader approves.
    year, week = clock.today().isocalendar()[:2]
    page.goto("/visits/weeks/")
    sound.look(page)
    page.locator(".line", has_text=f"{year}-W{week:02d}").get_by_role("link", name="填写").tap()
    page.locator("#id_summary").fill("本周走访西湖龙井,客户有意续签专线。")
    page.locator("#id_plan").fill("下周送专线报价,走访五家。")
    sound.look(page)
    page.get_by_role("button", name="提交").tap()
    expect(page.get_by_text("已提交，等待分管领导审批")).to_be_visible()
    desk = visit(leader)
    desk.goto("/workbench/")
    desk.locator("[data-duty=weeks_to_decide]").get_by_role("link", name="审批").click()
    desk.get_by_role("link", name=re.compile(owner.full_name)).first.click()
    sound.look(desk)
    desk.get_by_role("button", name="批准").click()
    expect(desk.get_by_text("已批准")).to_be_visible()

    # Print: a book with a number, sealed; it opens as a PDF with the day in it.
    office.goto("/visits/weeks/?view=print")
    sound.look(office)
    office.get_by_role("link", name=re.compile(owner.full_name)).first.click()
    office.get_by_role("button", name="打印日志册").click()
    expect(office.get_by_text(re.compile(r"已封存，编号 ZB\d{4}-\d\d-\d{6}"))).to_be_visible()
    sound.look(office)
    report = WeeklyReport.objects.get()
    answer = office.request.get(f"/visits/weeks/{report.pk}/book.pdf")
    assert (answer.status, answer.body()[:5]) == (200, b"%PDF-")
    for at in (f"/visits/weeks/{report.pk}/form/", f"/visits/{made.pk}/form/"):
        office.goto(at)
        sound.look(office)
    assert not sound.faults, "\n".join(sound.faults)


@pytest.mark.spec("S1-45", "S1-50")
def test_an_appointment_is_moved_without_a_signal(visit: Open, owner: User, acme: Client) -> None:
    made = planned(owner, acme)
    page = visit(owner, phone=True)
    page.goto("/workbench/")
    worker_ready(page)
    page.get_by_role("button", name="准备今天的拜访").tap()
    expect(page.locator("#keep-state")).to_contain_text("没有信号也能看")
    page.context.set_offline(True)
    page.goto(f"/visits/{made.pk}/postpone/")
    page.get_by_role("button", name="改期", exact=True).tap()
    expect(page.locator("#toasts")).to_contain_text("请填写原因")
    page.get_by_role("button", name="客户要求改期").tap()
    page.get_by_role("button", name="改期", exact=True).tap()
    expect(page.locator("#queue")).to_contain_text("1 条待发送")
    page.reload()
    expect(page.locator("#id_reason")).to_have_value("客户要求改期")
    page.context.set_offline(False)
    page.wait_for_url(re.compile(r"/visits/\d+/$"))
    made.refresh_from_db()
    assert made.state == VisitState.POSTPONED
    assert Visit.objects.get(follows=made).state == VisitState.PLANNED
