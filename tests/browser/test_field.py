"""A day in the field on a phone, with and without a signal."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from tests.browser.fixtures import PHONE
from tests.browser.fixtures import Visit as Open
from tests.permissions.visits import picture
from visits import services
from visits.choices import LogState
from visits.models import Presence, Visit, VisitLog, VisitPhoto

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# A busy machine may take its time; nothing here is waited for in vain.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
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
    # Not `wait_for_function`: what it asks again and again is a script our policy refuses.
    page.evaluate(
        "() => new Promise(done => { const look = () =>"
        " navigator.serviceWorker.controller ? done(true) : setTimeout(look, 50); look(); })"
    )
    page.wait_for_load_state("networkidle")


def whole(page: Page) -> list[str]:
    """Return what axe finds on the page."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in found.response["violations"]]


def sign_in(page: Page, other: Page) -> None:
    """Put the session of another page into this one."""
    for cookie in other.context.cookies():
        page.context.add_cookies(
            [{"name": cookie["name"], "value": cookie["value"], "domain": cookie["domain"], "path": "/"}]
        )


@pytest.mark.long
@pytest.mark.spec("S1-32", "S1-50", "S1-89")
def test_a_visit_made_without_a_signal_goes_out_once_when_it_is_back(
    visit: Open, owner: User, acme: Client
) -> None:
    made = planned(owner, acme)
    here = {"latitude": 30.274085, "longitude": 120.15507, "accuracy": 15}
    page = visit(owner, phone=True, geolocation=here, permissions=["geolocation"])
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
    page.locator("#photo-form input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture("red", (3000, 1500))}
    )
    expect(page.locator("#photos .is-waiting")).to_have_count(1)
    # What can be seen to be missing is asked for at once.
    page.get_by_role("button", name="提交").tap()
    expect(page.locator("#toasts")).to_contain_text("还没填完")
    expect(page.locator("#queue")).to_contain_text("2 条待发送")
    page.get_by_text("已征求", exact=True).tap()
    page.get_by_role("button", name="提交").tap()
    expect(page.locator("#queue")).to_contain_text("3 条待发送")
    # A page that was not kept says so, and what can be read.
    page.goto("/clients/")
    expect(page.get_by_role("heading", name="没有信号")).to_be_visible()
    expect(page.locator("#kept-pages")).to_contain_text("西湖龙井茶业有限公司")
    page.goto(f"/visits/{made.pk}/log/")
    expect(page.locator("#id_result_P1")).to_have_value(RESULT)
    expect(page.locator("#queue")).to_contain_text("3 条待发送")
    page.get_by_role("button", name="查看").tap()
    expect(page.locator("#queue-list > li")).to_have_count(3)
    assert whole(page) == []
    page.get_by_role("button", name="关闭").tap()
    assert not VisitLog.objects.exists()
    page.context.set_offline(False)
    page.wait_for_url("**/workbench/")
    expect(page.locator("#queue")).to_be_hidden()
    log = VisitLog.objects.get()
    made.refresh_from_db()
    assert (log.state, log.results) == (LogState.SUBMITTED, {"P1": RESULT})
    assert made.arrived_at is not None
    presence, photo = Presence.objects.get(), VisitPhoto.objects.get()
    assert (presence.fix, presence.accuracy_m, presence.reasons) == ("GIVEN", 15, ["NO_PLACE"])
    with Image.open(photo.file.open("rb")) as kept:
        assert (kept.format, kept.size) == ("JPEG", (1600, 800))
    assert page.evaluate("crmQueue.all().then((items) => items.length)") == 0


@pytest.mark.spec("S1-89")
def test_a_weak_signal_is_tried_again_within_seconds(visit: Open, owner: User, acme: Client) -> None:
    made = planned(owner, acme)
    page = visit(owner, phone=True)
    page.goto(f"/visits/{made.pk}/")
    worker_ready(page)
    # The browser thinks it has a signal, and nothing gets through; no event tells when that is over.
    page.context.route("**/offline/hello/", lambda route: route.abort())
    page.get_by_role("button", name="签到").tap()
    expect(page.locator("#queue")).to_contain_text("1 条待发送")
    page.context.unroute("**/offline/hello/")
    expect(page.locator("#queue")).to_contain_text("1 条已发送")
    made.refresh_from_db()
    assert made.arrived_at is not None


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_the_field_are_whole_on_a_phone(
    visit: Open, owner: User, acme: Client, scheme: str
) -> None:
    made = planned(owner, acme, "P3")
    services.arrive(actor=owner, visit=made, where=services.Where(fix="REFUSED"))
    # A tall screen: axe takes a button that has scrolled below a sticky bar for one that is too small.
    tall = {"width": PHONE["viewport"]["width"], "height": 4000}
    page = visit(owner, phone=True, color_scheme=scheme, viewport=tall)
    for at in (
        f"/visits/{made.pk}/",
        f"/visits/{made.pk}/log/",
        "/visits/record/",
        f"/visits/client/{acme.pk}/place/",
        "/offline/",
    ):
        page.goto(at)
        page.wait_for_load_state("networkidle")
        assert whole(page) == [], at
        wide, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert wide <= screen, at


@pytest.mark.spec("S1-50", "S1-89")
def test_thirty_logs_with_photos_go_out_without_an_error(visit: Open, owner: User, acme: Client) -> None:
    made = [planned(owner, acme) for _ in range(30)]
    page = visit(owner, phone=True)
    page.goto("/visits/")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.evaluate(
        """async ([user, visits, result]) => {
          for (const pk of visits) {
            const canvas = Object.assign(document.createElement("canvas"), { width: 900, height: 600 });
            const pen = canvas.getContext("2d");
            pen.fillStyle = `rgb(${pk % 255} ${(pk * 37) % 255} 90)`;
            pen.fillRect(0, 0, 900, 600);
            const photo = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
            await crmQueue.add({
              user, kind: "photo", url: `/visits/${pk}/photos/`, title: "照片", payload: { photo },
            });
            await crmQueue.add({
              user, kind: "log", url: `/visits/${pk}/log/`, title: "拜访日志",
              payload: { purposes: "P1", result_P1: `${result} ${pk}`, opinion_asked: "1" },
            });
          }
        }""",
        [str(owner.pk), [one.pk for one in made], RESULT],
    )
    expect(page.locator("#queue")).to_contain_text("60 条待发送")
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_contain_text("60 条已发送", timeout=300_000)
    assert VisitLog.objects.filter(state=LogState.SUBMITTED).count() == 30
    assert VisitPhoto.objects.values("visit").distinct().count() == 30
    assert VisitPhoto.objects.count() == 30


def test_what_changed_meanwhile_is_shown_side_by_side_and_nothing_is_lost(
    visit: Open, owner: User, head: User, acme: Client
) -> None:
    made = planned(owner, acme)
    page = visit(owner, phone=True)
    page.goto(f"/visits/{made.pk}/log/")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.locator("#id_result_P1").fill("手机上写的结果,客户要求书面报价")
    page.get_by_text("已征求", exact=True).tap()
    page.get_by_role("button", name="提交").tap()
    expect(page.locator("#queue")).to_contain_text("1 条待发送")
    services.write_log(actor=owner, visit=made, values={"opinion_asked": True, "results": {"P1": RESULT}})
    services.return_log(actor=head, log=services.submit_log(actor=owner, visit=made), reason="结果太简单")
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_contain_text("1 条需要处理")
    page.reload()
    page.locator("#queue").get_by_role("button", name="查看").tap()
    sides = page.locator("#queue-dialog .queue-sides")
    expect(sides).to_contain_text("手机上写的结果,客户要求书面报价")
    expect(sides).to_contain_text(RESULT)
    assert whole(page) == []
    page.get_by_role("button", name="仍然发送我的").tap()
    expect(page.locator("#queue")).to_contain_text("1 条已发送")
    log = VisitLog.objects.get()
    assert (log.state, log.results) == (LogState.SUBMITTED, {"P1": "手机上写的结果,客户要求书面报价"})


@pytest.mark.spec("S1-89")
def test_the_browser_sends_what_waits_with_every_page_closed(
    visit: Open, owner: User, acme: Client, live_server: Any
) -> None:
    made = planned(owner, acme)
    page = visit(owner, phone=True)
    page.goto(f"/visits/{made.pk}/")
    worker_ready(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="签到").tap()
    expect(page.locator("#queue")).to_contain_text("1 条待发送")
    wire = page.context.new_cdp_session(page)
    found: list[str] = []
    wire.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(row["registrationId"] for row in event["registrations"]),
    )
    wire.send("ServiceWorker.enable")
    # No page of ours is left; the signal is back, and the browser wakes the worker.
    page.goto("about:blank")
    page.context.set_offline(False)
    made.refresh_from_db()
    assert made.arrived_at is None
    sync = {"origin": live_server.url, "registrationId": found[0], "tag": "crm-queue", "lastChance": False}
    wire.send("ServiceWorker.dispatchSyncEvent", sync)
    for _ in range(100):
        page.wait_for_timeout(200)
        made.refresh_from_db()
        if made.arrived_at is not None:
            break
    assert made.arrived_at is not None
    page.goto("/workbench/")
    assert page.evaluate("crmQueue.all().then((items) => items.length)") == 0
