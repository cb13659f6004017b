"""On-site events and VIP e-cards in a real browser: plan, stand without a signal, evaluate, verify."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from clients.models import Client
from crm.accounts.models import User
from members.models import PersonalCustomer
from scoring import services as scoring
from scoring.services import ecards
from tests import factories
from tests.browser.fixtures import Visit as Open
from tests.browser.test_every_page import faults_of
from tests.scoring.test_ecards import KEY, YEAR_END
from tests.visits.test_events import WORDS, planned, running
from visits import services
from visits.models import EventAttendee, OnSiteEvent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    """Keep photos of a test to the test."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def visit(visit: Open) -> Open:
    """Open pages with patience: a busy machine may take its time."""

    def patient(*args: Any, **options: Any) -> Page:
        page = visit(*args, **options)
        page.context.set_default_timeout(60_000)
        return page

    return patient


def whole(page: Page) -> None:
    """Fail when a page scrolls sideways or axe finds something."""
    wide, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= screen, f"{page.url}: {wide} px on a screen of {screen} px"
    assert not faults_of(page), page.url


@pytest.mark.spec("S1-55", "S1-57", "E196", "E197")
def test_a_plan_says_what_is_missing_until_nothing_is(
    visit: Open, owner: User, colleague: User, acme: Client
) -> None:
    event = planned(owner, acme)
    page = visit(owner, phone=True)
    page.goto(f"/visits/events/{event.pk}/")
    whole(page)
    page.get_by_role("button", name="提交", exact=True).tap()
    expect(page.locator("#staff .point")).to_contain_text("至少需要 3 人")
    expect(page.locator("#products .point")).to_contain_text("至少添加一个推广产品")
    for _person, fill in (("colleague", None), ("helper", "王小红")):
        page.locator("#staff summary").tap()
        if fill:
            page.locator("#id_helper").fill(fill)
        else:
            page.locator("#id_user").select_option(str(colleague.pk))
        page.locator("#staff .add button[type=submit]").tap()
    page.locator("#products summary").tap()
    page.locator("#id_product").select_option(label="集团V网")
    page.locator("#id_script").fill("三句半话术")
    page.locator("#id_tariff").fill("每月 10 元")
    page.locator("#id_target_qty").fill("30")
    page.locator("#products .add button[type=submit]").tap()
    expect(page.locator("#products .point")).to_contain_text("支撑系统尚未实现")
    page.get_by_role("link", name="修改 集团V网").tap()
    page.locator("#id_system_ready").check()
    whole(page)
    page.get_by_role("button", name="保存").tap()
    expect(page.locator("#missing")).to_have_count(0)
    page.get_by_role("button", name="提交", exact=True).tap()
    expect(page.locator(".tags").first).to_contain_text("已提交")
    event.refresh_from_db()
    assert event.state == "SUBMITTED"


@pytest.mark.spec("S1-62")
def test_the_stand_signs_in_without_a_signal_and_the_poster_with_one(
    visit: Open, owner: User, colleague: User, head: User, acme: Client
) -> None:
    event = running(owner, acme, colleague, head)
    page = visit(colleague, phone=True)
    page.goto(f"/visits/events/{event.pk}/stand/")
    whole(page)
    page.context.set_offline(True)
    for name, msisdn in (("张三", "13800000001"), ("李四", "13800000002")):
        page.locator("#id_msisdn").fill(msisdn)
        page.locator("#id_name").fill(name)
        page.get_by_role("button", name="签到", exact=True).tap()
        expect(page.locator("#stand-note")).to_contain_text(f"{name} 已存在本机")
    expect(page.locator("#queue")).to_contain_text("2 条待发送")
    assert not EventAttendee.objects.exists()
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_contain_text("已发送")
    assert sorted(EventAttendee.objects.values_list("name", "via")) == [("张三", "STAFF"), ("李四", "STAFF")]
    # Back on the line one entry after the other goes out at once.
    page.locator("#id_msisdn").fill("13800000003")
    page.locator("#id_name").fill("王五")
    page.get_by_role("button", name="签到", exact=True).tap()
    expect(page.locator("#flash")).to_contain_text("王五 已签到")
    # Who comes scans the poster on the own phone; nobody is signed in there.
    stranger = visit(phone=True)
    stranger.goto(f"/visits/join/{event.sign_in_token}/")
    whole(stranger)
    stranger.locator("#id_name").fill("赵六")
    stranger.locator("#id_msisdn").fill("138 0000 0004")
    stranger.get_by_label("集团V网").check()
    stranger.get_by_label("我同意留下姓名").check()
    stranger.get_by_role("button", name="签到", exact=True).tap()
    expect(stranger.get_by_role("heading", name="谢谢")).to_be_visible()
    whole(stranger)
    for other in ("张三", "13800000001", "李四"):
        assert other not in stranger.content()
    assert EventAttendee.objects.count() == 4
    desk = visit(owner)
    desk.goto(f"/visits/events/{event.pk}/poster/")
    expect(desk.locator(".poster-code")).to_be_visible()
    assert desk.evaluate("document.querySelector('.poster-code').naturalWidth") > 100
    whole(desk)


@pytest.mark.spec("S1-62", "R9")
def test_an_event_is_evaluated_closed_and_stands_in_the_report(
    visit: Open, owner: User, colleague: User, head: User, acme: Client
) -> None:
    event = running(owner, acme, colleague, head)
    services.finish_event(actor=owner, event_id=event.pk)
    page = visit(owner)
    page.goto(f"/visits/events/{event.pk}/evaluation/")
    whole(page)
    for name, words in WORDS.items():
        page.locator(f"#id_{name}").fill(words)
    page.get_by_role("button", name="保存并提交").click()
    expect(page.locator(".notice-bad, .form-errors, .alert").first).to_contain_text("请填写 集团V网 的办理数")
    page.get_by_label("集团V网").fill("24")
    page.get_by_role("button", name="保存并提交").click()
    expect(page.locator("#flash")).to_contain_text("没有现场照片")
    boss = visit(head)
    boss.goto(f"/visits/events/{event.pk}/")
    whole(boss)
    boss.get_by_role("button", name="关闭活动").click()
    expect(boss.locator("#flash")).to_contain_text("活动已关闭")
    assert OnSiteEvent.objects.get(pk=event.pk).state == "CLOSED"
    for address in ("/visits/events/", "/visits/events/report/", f"/visits/events/{event.pk}/attendees/"):
        boss.goto(address)
        whole(boss)
    boss.goto("/visits/events/report/")
    expect(boss.locator("[data-chart] svg").first).to_be_visible()
    expect(boss.locator("tbody[data-list] tr").first).to_contain_text("80%")


@pytest.mark.spec("S0-74", "S0-75", "E151")
def test_a_card_is_issued_shown_and_verified_by_a_scanner(
    visit: Open, owner: User, acme: Client, org: Any, settings: Any
) -> None:
    settings.ECARD_KEYS = [f"k1:{KEY}"]
    customer = factories.make_customer(org["unit"], acme)
    PersonalCustomer.objects.filter(pk=customer.pk).update(vip_grade="GOLD", vip_valid_to=YEAR_END)
    page = visit(owner, phone=True)
    page.goto(f"/scoring/customers/{customer.pk}/card/")
    page.get_by_role("button", name="发卡").tap()
    expect(page.locator(".ecard")).to_contain_text("金卡")
    wide = page.locator(".ecard-code").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert wide > 100
    whole(page)
    card = scoring.issue_card(customer=customer, actor=None)[0]
    page.goto("/scoring/cards/verify/")
    whole(page)
    # A keyboard scanner types the code and presses Enter; the field has the focus.
    page.keyboard.type(ecards.code_of(card))
    page.keyboard.press("Enter")
    expect(page.locator("[data-result=OK]")).to_contain_text(card.spaced_no)
    whole(page)
    page.locator("summary", has_text="对比明文").tap()
    page.locator("#id_code").fill(ecards.code_of(card))
    page.locator("#id_grade").select_option("DIAMOND")
    page.get_by_role("button", name="核验此卡").tap()
    expect(page.locator("[data-result=MISMATCH]")).to_be_visible()
