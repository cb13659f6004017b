"""The history of imports with its filters, what an import touched, and names of rejected rows."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client as Browser
from playwright.sync_api import Page

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.intake import services
from crm.intake.models import ImportBatch
from members.models import Member, PersonalCustomer
from scoring import services as scoring
from tests import factories
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, member, members

Browse = Callable[[User | None], Browser]
pytestmark = pytest.mark.django_db


def checked(owner: User | None, path: Path, roster: str = "members") -> ImportBatch:
    """Upload a file and have it read."""
    batch = services.open_batch(actor=owner, roster=roster, name=path.name, content=[path.read_bytes()])
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def written(owner: User | None, path: Path, roster: str = "members") -> ImportBatch:
    """Upload a file and have its good rows written."""
    batch = checked(owner, path, roster)
    services.commit_now(batch=batch)
    batch.refresh_from_db()
    assert batch.status == "APPLIED", batch.error_code
    return batch


def shown(browser: Browser, query: str) -> list[str]:
    """Return the files the history shows."""
    page = browser.get(f"/imports/{query}")
    assert page.status_code == 200
    return re.findall(r'line-title" href="/imports/\d+/">([^<]+)<', page.content.decode())


def test_the_history_is_narrowed_by_roster_state_person_and_day(
    browse: Browse, owner: User, provadmin: User, host: Client, tmp_path: Path
) -> None:
    written(owner, books.text(tmp_path / "成员.csv", [MEMBER_HEADERS, member(1)]))
    checked(
        provadmin, books.text(tmp_path / "账单.csv", [("手机号", "账期", "出账金额", "实收金额")]), "bills"
    )
    old = checked(owner, books.text(tmp_path / "旧的.csv", [MEMBER_HEADERS, member(2)]))
    day = clock.today() - timedelta(days=40)
    ImportBatch.objects.filter(pk=old.pk).update(created_at=clock.at(day, 23, 59))
    page = browse(provadmin)
    assert shown(page, "") == ["旧的.csv", "账单.csv", "成员.csv"]
    assert shown(page, "?roster=bills") == ["账单.csv"]
    assert shown(page, "?status=APPLIED") == ["成员.csv"]
    assert shown(page, f"?who={owner.staff_no}") == ["旧的.csv", "成员.csv"]
    assert shown(page, "?who=没有的人") == []
    assert shown(page, f"?last={day}") == ["旧的.csv"]
    assert shown(page, f"?last={day - timedelta(days=1)}") == []
    assert shown(page, f"?first={day + timedelta(days=1)}") == ["账单.csv", "成员.csv"]
    assert shown(page, "?first=yesterday") == []
    # A filter never widens what somebody may see.
    assert shown(browse(owner), "?roster=bills") == []


def test_pages_of_the_history_keep_their_filter(
    browse: Browse, owner: User, host: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.intake.views_history.PAGE", 1)
    for number in (1, 2):
        checked(owner, books.text(tmp_path / f"{number}.csv", [MEMBER_HEADERS, member(number)]))
    page = browse(owner).get("/imports/?roster=members")
    assert shown(browse(owner), page.context["next_url"]) == ["1.csv"]
    assert "roster=members" in page.context["next_url"]


def test_a_result_leads_to_exactly_the_records_it_touched(
    browse: Browse, owner: User, stranger: User, host: Client, tmp_path: Path
) -> None:
    factories.make_member(host, msisdn="13912340001", name="原来的名字", position="职员")
    factories.make_member(host, msisdn="13912349999", name="没有碰过")
    rows = [member(1, 成员姓名="新的名字"), member(2), member(3, 手机号="坏")]
    batch = written(owner, books.xlsx(tmp_path / "a.xlsx", [MEMBER_HEADERS, *rows]))
    address = f"/imports/{batch.pk}/touched/"
    assert address in browse(owner).get(f"/imports/{batch.pk}/").content.decode()
    page = browse(owner).get(address)
    text = page.content.decode()
    assert [row["act"] for row in page.context["rows"]] == ["update", "create"]
    assert "原来的名字" in text
    assert "没有碰过" not in text
    assert browse(stranger).get(address).status_code == 404


def test_a_rejected_row_carries_the_name_of_its_record_for_who_sent_it(
    browse: Browse, owner: User, provadmin: User, host: Client, tmp_path: Path
) -> None:
    batch = checked(owner, books.xlsx(tmp_path / "a.xlsx", [MEMBER_HEADERS, member(3, 手机号="坏")]))
    address = f"/imports/{batch.pk}/?show=reject"
    assert "成员3" in browse(owner).get(address).content.decode()
    assert "成员3" not in browse(provadmin).get(address).content.decode()


def test_customers_and_bills_of_an_import_lead_to_the_page_of_the_customer(
    browse: Browse, provadmin: User, org: dict[str, OrgUnit], bills: Callable[..., Path], tmp_path: Path
) -> None:
    header = ("手机号", "姓名", "品牌", "入网日期", "集团编码")
    sent = books.xlsx(tmp_path / "客户.xlsx", [header, ["13900000001", "王芳", "全球通", "2019-06-01", ""]])
    batches = [written(provadmin, sent, "customers"), written(provadmin, bills(("13900000001", 9)), "bills")]
    customer = PersonalCustomer.objects.get()
    for batch in batches:
        for address in (f"/imports/{batch.pk}/", f"/imports/{batch.pk}/touched/"):
            page = browse(provadmin).get(address)
            assert page.status_code == 200
            assert f'href="/customers/{customer.pk}/"' in page.content.decode()


# ---- Undo and points

BILLS = ("手机号", "账期", "出账金额", "实收金额", "销账日期")


@pytest.fixture
def bills(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a roster of bills settled yesterday."""
    day = clock.today() - timedelta(days=1)

    def write(*rows: tuple[str, int]) -> Path:
        return books.xlsx(
            tmp_path / "账单.xlsx",
            [BILLS, *[[phone, f"{clock.today().year}-01", yuan, yuan, day] for phone, yuan in rows]],
        )

    return write


def taken_back(batch: ImportBatch) -> ImportBatch:
    """Undo an import here and now."""
    services.undo_now(actor=None, batch=batch)
    return batch


def test_an_undo_keeps_bills_whose_points_were_spent_and_the_page_says_why(
    browse: Browse,
    provadmin: User,
    head: User,
    org: dict[str, OrgUnit],
    bills: Callable[..., Path],
) -> None:
    spender = factories.make_customer(org["unit"], msisdn="13900000001", name="花了积分的人")
    batch = written(provadmin, bills(("13900000001", 100)), "bills")
    scoring.post_settled_bills(as_of=clock.today())
    factories.make_customer(org["unit"], msisdn="13900000002", name="还没入账的人")
    scoring.deduct(
        customer=spender,
        points=80,
        kind="DEDUCT_POLICY",
        reason="优惠",
        key="spent",
        operator=head,
        approver=factories.make_user("second", "DEPT_HEAD", org["unit"]),
        as_of=clock.today(),
    )
    later = written(provadmin, bills(("13900000002", 100)), "bills")
    taken_back(batch)
    assert (batch.restored, batch.kept) == (0, 1)
    assert spender.bills.count() == 1
    assert sum(lot.remaining for lot in PersonalCustomer.objects.get(pk=spender.pk).account.lots.all()) == 20
    text = browse(provadmin).get(f"/imports/{batch.pk}/").content.decode()
    assert f"花了积分的人 {clock.today().year}-01" in text
    assert "这些账单的积分已入账" in text
    # The other side: what is not in the ledger yet goes.
    taken_back(later)
    assert (later.restored, later.kept) == (1, 0)


def test_an_undo_of_a_correction_goes_back_until_the_night_has_booked_it(
    provadmin: User, org: dict[str, OrgUnit], bills: Callable[..., Path]
) -> None:
    person = factories.make_customer(org["unit"], msisdn="13900000001")
    written(provadmin, bills(("13900000001", 100)), "bills")
    scoring.post_settled_bills(as_of=clock.today())
    before = taken_back(written(provadmin, bills(("13900000001", 60)), "bills"))
    assert (before.restored, before.kept) == (1, 0)
    scoring.post_settled_bills(as_of=clock.today())
    assert sum(lot.remaining for lot in person.account.lots.all()) == 100
    corrected = written(provadmin, bills(("13900000001", 60)), "bills")
    scoring.post_settled_bills(as_of=clock.today())
    taken_back(corrected)
    assert (corrected.restored, corrected.kept) == (0, 1)
    assert person.bills.get().paid_fen == 60_00
    assert sum(lot.remaining for lot in person.account.lots.all()) == 60


# ---- On the phone


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_preview_fits_a_phone(
    visit: Callable[..., Page], owner: User, host: Client, tmp_path: Path
) -> None:
    batch = checked(
        owner, books.xlsx(tmp_path / "a.xlsx", [MEMBER_HEADERS, *members(3), member(4, 手机号="坏")])
    )
    page = visit(owner, phone=True)
    for address in (
        f"/imports/{batch.pk}/",
        f"/imports/{batch.pk}/?show=create",
        f"/imports/{batch.pk}/columns/",
        "/imports/",
    ):
        page.goto(address)
        wide, screen = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        who = page.evaluate(
            "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 390.5)"
            ".map(e => e.tagName + '.' + e.className)"
        )
        assert wide <= 390 >= screen, f"{address}: {wide} of {screen}: {who}"
    assert not Member.objects.exists()
