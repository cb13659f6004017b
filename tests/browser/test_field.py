"""A day in the field on a phone, with and without a signal."""

import pytest
from playwright.sync_api import Page, expect

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from tests.browser.fixtures import Visit as Open
from visits import services
from visits.choices import LogState
from visits.models import Visit, VisitLog

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A busy machine may take its time; nothing here is waited for in vain.
expect.set_options(timeout=20_000)
RESULT = "介绍了云专线,客户愿意下周试用两条线路"


def planned(owner: User, client: Client, purpose: str = "P1") -> Visit:
    """Plan a visit of today to which one may come unannounced."""
    return services.plan_visit(
        actor=owner, client=client, planned_at=clock.now(), purposes=[purpose], place="三楼",
        unscheduled_reason="来电",
    )  # fmt: skip


def worker_ready(page: Page) -> None:
    """Wait until the service worker answers for the page."""
    page.context.set_default_timeout(60_000)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.wait_for_load_state("networkidle")


def sign_in(page: Page, other: Page) -> None:
    """Put the session of another page into this one."""
    for cookie in other.context.cookies():
        page.context.add_cookies(
            [{"name": cookie["name"], "value": cookie["value"], "domain": cookie["domain"], "path": "/"}]
        )


@pytest.mark.spec("S1-32", "S1-50", "S1-89")
def test_a_visit_made_without_a_signal_goes_out_once_when_it_is_back(
    visit: Open, owner: User, acme: Client
) -> None:
    made = planned(owner, acme)
    page = visit(owner, phone=True)
    page.goto("/workbench/")
    worker_ready(page)
    page.get_by_role("button", name="准备今天的拜访").tap()
    expect(page.locator("#keep-state")).to_contain_text("没有信号也能看")
    page.context.set_offline(True)
    # Pages never opened on this phone before can be read, and a reload works.
    page.goto(f"/visits/{made.pk}/")
    expect(page.get_by_role("heading", name="西湖龙井茶业有限公司")).to_be_visible()
    expect(page.locator("#offline")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="签到").tap()
    expect(page.locator("#queue")).to_contain_text("1 条待发送")
    page.goto(f"/visits/{made.pk}/log/")
    page.locator("#id_result_P1").fill(RESULT)
    page.get_by_role("button", name="提交").tap()
    expect(page.locator("#queue")).to_contain_text("2 条待发送")
    # A page that was not kept says so, and what can be read.
    page.goto("/clients/")
    expect(page.get_by_role("heading", name="没有信号")).to_be_visible()
    expect(page.locator("#kept-pages")).to_contain_text("西湖龙井茶业有限公司")
    page.goto(f"/visits/{made.pk}/log/")
    expect(page.locator("#id_result_P1")).to_have_value(RESULT)
    expect(page.locator("#queue")).to_contain_text("2 条待发送")
    assert not VisitLog.objects.exists()
    page.context.set_offline(False)
    page.wait_for_url("**/workbench/")
    expect(page.locator("#queue")).to_be_hidden()
    log = VisitLog.objects.get()
    made.refresh_from_db()
    assert (log.state, log.results) == (LogState.SUBMITTED, {"P1": RESULT})
    assert made.arrived_at is not None
    assert page.evaluate("crmQueue.all().then((items) => items.length)") == 0


def test_what_waits_survives_the_log_out_and_is_nobody_elses(
    visit: Open, owner: User, head: User, acme: Client
) -> None:
    made = planned(owner, acme)
    page = visit(owner, phone=True)
    page.goto(f"/visits/{made.pk}/")
    worker_ready(page)
    page.reload()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name="签到").tap()
    expect(page.locator("#queue")).to_contain_text("1 条待发送")
    # The session ends, and another person takes the phone.
    page.context.clear_cookies()
    page.context.set_offline(False)
    page.goto("/accounts/login/")
    expect(page.locator("#queue")).to_contain_text("1 条待发送 登录后自动发出")
    assert page.evaluate("caches.keys().then((names) => names.filter((n) => n.startsWith('pages-')))") == []
    other = visit(head)
    sign_in(page, other)
    page.goto("/workbench/")
    expect(page.locator("#queue")).to_be_hidden()
    assert page.evaluate("crmQueue.all().then((items) => items.length)") == 1
    page.wait_for_load_state("networkidle")
    made.refresh_from_db()
    assert made.arrived_at is None
    # Who wrote it comes back: it goes out by itself.
    page.context.clear_cookies()
    sign_in(page, visit(owner))
    page.goto("/workbench/")
    expect(page.locator("#queue")).to_contain_text("1 条已发送")
    made.refresh_from_db()
    assert made.arrived_at is not None
