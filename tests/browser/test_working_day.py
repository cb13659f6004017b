"""The working day in a real browser: the manager on a phone, the head at a keyboard."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from tests import factories
from tests.browser.fixtures import Visit as Open
from visits import services
from visits.choices import LogState, VisitState
from visits.models import Visit, VisitLog

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RESULT = "介绍了云专线,客户愿意下周试用两条线路"


def submitted(owner: User, client: Client, result: str) -> VisitLog:
    """Make a log that waits for approval, checked in and sound."""
    visit = services.plan_visit(
        actor=owner,
        client=client,
        planned_at=clock.now(),
        purposes=["P1"],
        place="三楼",
        unscheduled_reason="来电",
    )
    services.check_in(actor=owner, visit=visit)
    services.write_log(actor=owner, visit=visit, values={"opinion_asked": True, "results": {"P1": result}})
    return services.submit_log(actor=owner, visit=visit)


def settled(page: Page) -> None:
    """Wait until what came last is bound to its acts: a key pressed before that does nothing."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)


def no_sideways_scroll(page: Page) -> None:
    """Fail when the page is wider than the screen."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= screen, f"{page.url}: {wide} px on a screen of {screen} px"


@pytest.mark.spec("S1-32", "S1-33", "S1-50", "S1-89")
def test_a_manager_plans_visits_and_writes_the_log_with_the_thumb(
    visit: Open, owner: User, acme: Client
) -> None:
    factories.make_contact(acme, "KEY_PERSON", name="王建国", mobile="13900001234")
    page = visit(owner, phone=True)
    page.goto("/workbench/")
    page.get_by_role("link", name="约访客户").first.click()
    page.locator("input[type=search][name=q]").last.fill("西湖")
    page.locator("#clients-to-visit").get_by_role("link", name="西湖龙井茶业有限公司", exact=True).click()
    no_sideways_scroll(page)
    page.get_by_text("业务推介", exact=True).click()
    page.get_by_text("赠送礼品", exact=True).click()
    page.get_by_role("button", name="今天", exact=True).click()
    page.locator("#id_place").fill("客户三楼会议室")
    page.get_by_role("button", name="保存约访").click()
    expect(page.get_by_text("约访已保存")).to_be_visible()
    page.get_by_role("button", name="确认预约").click()
    page.get_by_label("客户需求情况分析").check()
    expect(page.locator("#checklist-state")).to_contain_text("还差 2 项必备")
    no_sideways_scroll(page)
    page.get_by_role("button", name="签到").click()
    page.get_by_role("link", name="写日志").first.click()
    page.wait_for_url("**/log/")
    no_sideways_scroll(page)
    # One tap for the first result, typing for the second; the gift was not handed over after all.
    page.get_by_role("button", name="有兴趣，要报价").click()
    page.get_by_text("赠送礼品", exact=True).first.click()
    expect(page.locator("#id_result_P3")).to_be_hidden()
    page.get_by_text("联络感情", exact=True).first.click()
    page.locator("#id_result_P2").fill("和王经理聊了近期用网情况,没有抱怨")
    page.get_by_text("已征求", exact=True).click()
    page.get_by_role("button", name="送报价", exact=True).click()
    page.get_by_role("button", name="3 天后").click()
    expect(page.locator("#draft-state")).to_contain_text(re.compile(r"草稿已存 \d\d:\d\d"))
    # A reload loses nothing.
    page.reload()
    expect(page.locator("#id_result_P2")).to_have_value("和王经理聊了近期用网情况,没有抱怨")
    made = Visit.objects.get()
    assert made.state == VisitState.IN_PROGRESS
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_text("已提交，等待主任审批")).to_be_visible()
    log = VisitLog.objects.get()
    assert (log.state, log.next_step, log.doubts) == (LogState.SUBMITTED, "送报价", [])
    assert log.next_due_on == clock.today() + timedelta(days=3)
    made.refresh_from_db()
    assert (made.state, made.purposes) == (VisitState.DONE, ["P1", "P2"])


@pytest.mark.spec("S1-91")
def test_a_head_empties_the_desk_by_keyboard_alone(
    visit: Open, owner: User, head: User, acme: Client
) -> None:
    thin = submitted(owner, acme, "好")
    logs = [
        submitted(owner, acme, text)
        for text in (
            RESULT,
            "客户询问企业邮箱和云盘的组合价格,要书面报价",
            "现场解释了上月账单,客户表示认可并撤回异议",
        )
    ]
    page = visit(head)
    page.goto("/visits/desk/")
    expect(page.locator(".desk-entry")).to_contain_text("结果过于简短")
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.press("1")
    expect(page.locator("#desk-body")).not_to_contain_text("结果过于简短")
    thin.refresh_from_db()
    assert (thin.state, thin.return_reason) == (LogState.RETURNED, "结果太简单")
    # The next one opened by itself; j moves on, k moves back, a decides.
    expect(page.locator(".desk-entry")).to_contain_text(RESULT)
    page.keyboard.press("j")
    expect(page.locator(".desk-entry")).to_contain_text("企业邮箱")
    page.keyboard.press("k")
    expect(page.locator(".desk-entry")).to_contain_text(RESULT)
    for left in (2, 1):
        page.keyboard.press("a")
        expect(page.locator("#desk-body [data-row]")).to_have_count(left)
        settled(page)
    page.keyboard.press("a")
    expect(page.locator("#desk-body")).to_contain_text("没有待审批的")
    states = VisitLog.objects.filter(pk__in=[log.pk for log in logs]).values_list("state", "decided_by")
    assert set(states) == {(LogState.APPROVED, head.pk)}


@pytest.mark.spec("S1-91")
def test_a_head_approves_on_the_phone_one_by_one_and_many_at_once(
    visit: Open, owner: User, head: User, acme: Client
) -> None:
    for number in range(4):
        submitted(owner, acme, f"第{number}次上门,{'谈续约' * (number + 2)},客户要求{number}号前答复")
    page = visit(head, phone=True)
    page.goto("/visits/desk/")
    no_sideways_scroll(page)
    page.get_by_role("button", name="批准", exact=True).first.tap()
    expect(page.locator("#desk-body [data-row]")).to_have_count(3)
    page.get_by_role("link", name="退回").first.tap()
    page.get_by_role("button", name="缺下一步").tap()
    expect(page.locator("#desk-body [data-row]")).to_have_count(2)
    page.get_by_label("全选").check()
    page.get_by_role("button", name="批准所选").tap()
    page.locator("#confirm-dialog").get_by_role("button", name="批准 2 份").tap()
    expect(page.get_by_text("已批准 2 份日志")).to_be_visible()
    page.wait_for_url("**/visits/desk/")  # loading it again sends nothing twice
    assert VisitLog.objects.filter(state=LogState.APPROVED).count() == 3


def test_search_finds_the_client_as_it_is_typed(visit: Open, owner: User, acme: Client) -> None:
    page = visit(owner)
    page.goto("/workbench/")
    page.keyboard.press("/")
    page.keyboard.type("xhlj")
    expect(page.locator("#finder-results")).to_contain_text("西湖龙井茶业有限公司")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/clients/{acme.pk}/")
    page.wait_for_load_state("networkidle")  # the card fetches its briefs


@pytest.mark.spec("S1-50", "S1-89")
def test_a_log_written_without_a_signal_goes_out_once_when_it_is_back(
    visit: Open, owner: User, acme: Client
) -> None:
    planned = services.plan_visit(
        actor=owner,
        client=acme,
        planned_at=clock.now(),
        purposes=["P1"],
        place="三楼",
        unscheduled_reason="来电",
    )
    services.check_in(actor=owner, visit=planned)
    page = visit(owner, phone=True)
    page.goto(f"/visits/{planned.pk}/log/")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator("#id_result_P1").fill(RESULT)
    page.get_by_text("已征求", exact=True).tap()
    page.get_by_role("button", name="提交").tap()
    expect(page.locator("#queue")).to_contain_text("1 条待发送 没有信号，恢复后自动发出")
    assert not VisitLog.objects.exclude(state=LogState.DRAFT).exists()
    page.context.set_offline(False)
    page.wait_for_url("**/workbench/")
    expect(page.locator("#queue")).to_be_hidden()
    log = VisitLog.objects.get()
    assert (log.state, log.results) == (LogState.SUBMITTED, {"P1": RESULT})


def test_a_refused_offline_log_is_named_and_can_be_mended(visit: Open, owner: User, acme: Client) -> None:
    planned = services.plan_visit(
        actor=owner, client=acme, planned_at=clock.now(), purposes=["P3"], place="三楼"
    )
    page = visit(owner, phone=True)
    page.goto(f"/visits/{planned.pk}/log/")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator("#id_result_P3").fill("礼品已当面交给王经理,客户很高兴")
    page.locator("#id_receipt_no").fill("LP-7")
    page.get_by_text("已征求", exact=True).tap()
    page.get_by_role("button", name="提交").tap()
    expect(page.locator("#queue")).to_contain_text("1 条待发送")
    # Meanwhile the purpose grew: the log on the phone lacks a result.
    page.evaluate("crmQueue.all().then(([item]) => crmQueue.again(item, { result_P3: '' }))")
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_contain_text("1 条需要处理")
    page.goto("/workbench/")
    page.locator("#queue").get_by_role("button", name="查看").tap()
    expect(page.locator("#queue-dialog")).to_contain_text("请填写“赠送礼品”的结果。")
    page.locator("#queue-dialog").get_by_role("link", name="打开修改").tap()
    expect(page.locator("#id_receipt_no")).to_have_value("LP-7")
    page.locator("#id_result_P3").fill("礼品已当面交给王经理,客户很高兴")
    page.get_by_role("button", name="提交").tap()
    expect(page.get_by_text("已提交，等待主任审批")).to_be_visible()
    expect(page.locator("#queue")).to_be_hidden()
    assert VisitLog.objects.get().receipt_no == "LP-7"
