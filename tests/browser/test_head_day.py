"""The head's day by keyboard alone; the desk on the phone with one thumb; the leader's spot check."""

import re

import pytest
from playwright.sync_api import Page, expect

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from tests.browser.fixtures import Visit as Open
from tests.browser.test_every_page import faults_of
from tests.browser.test_working_day import RESULT, no_sideways_scroll, submitted
from visits import services
from visits.choices import LogState
from visits.models import EscalationRequest, OpinionForm, SpotCheck, SpotDraw, VisitLog

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXTS = (
    RESULT,
    "客户询问企业邮箱和云盘的组合价格,要书面报价",
    "现场解释了上月账单,客户表示认可并撤回异议",
    "新任办公室主任接手通信业务,约定下月来营业厅办理",
)


def tab_to(page: Page, words: str, *, most: int = 120) -> None:
    """Press Tab until the focus stands on what says the words."""
    for _press in range(most):
        page.keyboard.press("Tab")
        # The body holds all words: it is where the focus rests between the last place and the first.
        said = page.evaluate(
            "(at => at === document.body ? '' : at?.innerText || at?.ariaLabel || '')(document.activeElement)"
        )
        if words in said:
            return
    raise AssertionError(f"the keyboard does not reach “{words}” on {page.url}")


@pytest.mark.spec("S1-91", "S1-46", "S1-47")
def test_the_heads_day_by_keyboard_alone(visit: Open, owner: User, head: User, acme: Client) -> None:
    thin = submitted(owner, acme, "好")
    logs = [submitted(owner, acme, text) for text in TEXTS]
    services.ask_superior(actor=owner, visit=thin.visit, procedure="CREDIT", need="月底结算等不得")
    services.note_opinion(actor=owner, visit=thin.visit, text="希望账单按部门拆分")
    page = visit(head)
    page.goto("/workbench/")
    # From the duty to the desk, and the doubtful one goes back with a quick reason.
    tab_to(page, "审批")
    page.keyboard.press("Enter")
    page.wait_for_url("**/visits/desk/")
    expect(page.locator(".desk-entry")).to_contain_text("结果过于简短")
    expect(page.locator(".desk-entry")).to_contain_text("批准后不能撤销")
    # Reasons opened by mistake are left by Escape, and the keys of the desk work again.
    page.keyboard.press("r")
    expect(page.locator("#return [name=reason]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#return [name=reason]")).to_be_hidden()
    page.keyboard.press("r")
    page.keyboard.press("2")
    expect(page.locator("#desk-body [data-row]")).to_have_count(4)
    # The next opened by itself; one is approved, two are chosen and approved at once.
    page.keyboard.press("a")
    expect(page.locator("#desk-body [data-row]")).to_have_count(3)
    for _row in range(2):
        page.keyboard.press("x")
        page.keyboard.press("j")
    expect(page.locator(".bulk-bar [data-count]")).to_have_text("2")
    expect(page.locator(".bulk-bar button")).to_be_in_viewport(ratio=1)
    page.keyboard.press("b")
    expect(page.locator("#confirm-dialog")).to_be_visible()
    tab_to(page, "批准 2 份", most=5)
    page.keyboard.press("Enter")
    expect(page.get_by_text("已批准 2 份日志")).to_be_visible()
    expect(page.locator("#decided-today")).to_have_text("3")
    # The manager mended the returned one meanwhile: what changed stands side by side.
    services.write_log(
        actor=owner, visit=thin.visit, values={"opinion_asked": True, "results": {"P1": "客户要三年期报价单"}}
    )
    services.submit_log(actor=owner, visit=thin.visit)
    page.reload()
    while page.locator(".desk-entry .diff").count() == 0:
        page.keyboard.press("j")
        page.wait_for_timeout(200)
    expect(page.locator(".diff-old")).to_contain_text("好")
    expect(page.locator(".diff-new")).to_contain_text("客户要三年期报价单")
    page.keyboard.press("a")
    expect(page.locator("#desk-body [data-row]")).to_have_count(1)
    page.keyboard.press("a")
    expect(page.locator("#desk-body")).to_contain_text("没有待审批的")
    assert set(VisitLog.objects.values_list("state", flat=True)) == {LogState.APPROVED}
    assert VisitLog.objects.count() == len(logs) + 1
    # The rest of what waits: the urgent need, then the opinion.
    page.wait_for_load_state("networkidle")
    tab_to(page, "紧急请示")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r".*/visits/urgent/\?view=decide$"))
    tab_to(page, acme.name)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r".*/visits/urgent/\d+/"))
    page.locator("#id_allowed").focus()
    page.keyboard.type("本月先授信一万元")
    tab_to(page, "授权", most=6)
    page.keyboard.press("Enter")
    expect(page.get_by_text("有效至").or_(page.get_by_text("已授权")).first).to_be_visible()
    assert EscalationRequest.objects.get().in_force(clock.now())
    page.goto("/visits/opinions/?view=answer")
    tab_to(page, acme.name)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r".*/visits/opinions/\d+/"))
    page.locator("#id_answer").focus()
    page.keyboard.type("下月起按部门出账")
    tab_to(page, "答复", most=4)
    page.keyboard.press("Enter")
    expect(page.get_by_text("已答复，由客户经理反馈客户")).to_be_visible()
    assert OpinionForm.objects.get().state == "ANSWERED"


SWIPE = """([row, by]) => {
  const box = row.getBoundingClientRect();
  const y = box.top + 30;
  const from = by > 0 ? box.left + 20 : box.right - 20;
  const send = (kind, x) => {
    const touch = new Touch({ identifier: 1, target: row, clientX: x, clientY: y });
    const now = kind === "touchend" ? [] : [touch];
    row.dispatchEvent(new TouchEvent(kind, { bubbles: true, touches: now, changedTouches: [touch] }));
  };
  send("touchstart", from);
  send("touchmove", from + by / 2);
  send("touchmove", from + by);
  send("touchend", from + by);
}"""


def swipe(page: Page, row: int, by: int) -> None:
    """Swipe a card sideways by so many pixels."""
    card = page.locator("#desk-body .desk-line").nth(row)
    page.evaluate(SWIPE, [card.element_handle(), by])


@pytest.mark.spec("S1-91")
def test_the_desk_works_with_one_thumb(visit: Open, owner: User, head: User, acme: Client) -> None:
    for text in TEXTS:
        submitted(owner, acme, text)
    page = visit(head, phone=True)
    page.goto("/visits/desk/")
    no_sideways_scroll(page)
    for name in ("批准", "退回"):
        box = page.locator("#desk-body .two-buttons").first.get_by_text(name, exact=True).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 120
    # A short swipe is scrolling and decides nothing; a long one to the right approves.
    swipe(page, 0, 80)
    page.wait_for_timeout(300)
    assert not VisitLog.objects.filter(state=LogState.APPROVED).exists()
    swipe(page, 0, 220)
    expect(page.locator("#desk-body [data-row]")).to_have_count(3)
    page.locator("#desk-body .desk-line").first.get_by_role("button", name="批准").tap()
    expect(page.locator("#desk-body [data-row]")).to_have_count(2)
    # To the left opens the reasons.
    swipe(page, 0, -220)
    page.wait_for_url(re.compile(r".*/visits/desk/\d+/.*#return"))
    assert not faults_of(page)
    page.get_by_role("button", name="缺下一步").tap()
    expect(page.locator("#desk-body [data-row]")).to_have_count(1)
    states = sorted(VisitLog.objects.values_list("state", flat=True))
    assert states == ["APPROVED", "APPROVED", "RETURNED", "SUBMITTED"]


@pytest.mark.spec("S1-92")
def test_a_leader_draws_and_checks_on_the_phone(
    visit: Open, owner: User, head: User, leader: User, acme: Client
) -> None:
    for text in TEXTS:
        services.approve_log(actor=head, log=submitted(owner, acme, text))
    page = visit(leader, phone=True)
    page.goto("/visits/checks/")
    no_sideways_scroll(page)
    page.get_by_role("button", name="抽取", exact=True).tap()
    page.wait_for_url(re.compile(r".*/visits/checks/\d+/"))
    expect(page.get_by_text("日志与顺序完全一致")).to_be_visible()
    no_sideways_scroll(page)
    assert not faults_of(page)
    page.get_by_role("link", name="检查下一份").tap()
    page.wait_for_url(re.compile(r".*/visits/checks/items/\d+/"))
    no_sideways_scroll(page)
    assert not faults_of(page)
    page.get_by_role("button", name="不合格").tap()
    expect(page.locator("#id_comment_error")).to_contain_text("请写明哪里存疑或不合格")
    page.locator("#id_comment").fill("与客户说法不符")
    page.get_by_role("button", name="不合格").tap()
    page.wait_for_url(re.compile(r".*/visits/checks/\d+/"))
    check = SpotCheck.objects.get()
    assert (check.result, check.comment, check.sample.draw) == (
        "REJECT", "与客户说法不符", SpotDraw.objects.get(),
    )  # fmt: skip
    mine = visit(owner, phone=True)
    mine.goto("/visits/checks/mine/")
    expect(mine.get_by_text("与客户说法不符")).to_be_visible()
    assert not faults_of(mine)
