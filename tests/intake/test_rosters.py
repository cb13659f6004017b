"""Every roster through the command, judged by the database: it lands once, keeps the rules, goes back."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from clients.models import (
    AMAssignment,
    Client,
    ClientProduct,
    NetworkCircuit,
    ProductTraffic,
    RevenueLine,
    RevenueMonth,
)
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.base import clock
from crm.intake import report, services
from crm.intake.models import ImportBatch, RowChange
from crm.intake.resources import resources
from members.models import Contact, MonthlyBill, PersonalCustomer
from scoring.services import post_settled_bills
from tests import factories
from tests.intake import books

Roster = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.django_db
CODE = "330100009001"


def numbers(answer: dict[str, Any]) -> list[int]:
    return [answer[key] for key in ("read", "created", "updated", "unchanged", "rejected")]


def codes(answer: dict[str, Any]) -> list[tuple[int, str]]:
    return [(error["row"], error["code"]) for error in answer["errors"]]


def undo(answer: dict[str, Any]) -> ImportBatch:
    """Take an import back as a worker does."""
    batch = ImportBatch.objects.get(pk=answer["batch"])
    services.undo_batch(actor=None, batch=batch)
    services.restore_batch(batch=batch)
    batch.refresh_from_db()
    assert batch.status == "ROLLED_BACK", batch.error_code
    return batch


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a workbook."""

    def write(*rows: Any) -> Path:
        return books.xlsx(tmp_path / "名单.xlsx", rows)

    return write


# ---- All of them


@pytest.mark.spec("S1-52")
@pytest.mark.parametrize("name", sorted(resources()))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_of_every_roster_is_read_by_its_roster(name: str, language: str, tmp_path: Path) -> None:
    from django.utils.translation import override
    from openpyxl import load_workbook

    with override(language):
        report.write_template(resources()[name], tmp_path / "t.xlsx")
    sheet = load_workbook(tmp_path / "t.xlsx").worksheets[0]
    headers = [str(cell.value) for cell in sheet[1]]
    known = resources()[name].by_header
    from crm.intake.cells import label_key

    assert [known.get(label_key(header)) for header in headers] == [c.name for c in resources()[name].columns]


def test_every_roster_says_what_it_refuses_and_how_it_reads() -> None:
    for roster in resources().values():
        assert roster.notes, roster.name
        assert all(str(sentence) for sentence in roster.messages.values()), roster.name


# ---- Contacts

CONTACTS = ("集团编码", "姓名", "类别", "职务", "手机")


@pytest.mark.spec("S1-82", "E094", "E095")
def test_contacts_keep_one_key_person_and_five_contacts(roster: Roster, host: Client, book: Any) -> None:
    rows = [
        [CODE, "王总", "关键人", "总经理", "13900000001"],
        [CODE, "李总", "关键人", "副总", "13900000002"],
    ]
    rows += [[CODE, f"联系人{n}", "联系人", "职员", f"1390000010{n}"] for n in range(1, 7)]
    answer = roster("contacts", book(CONTACTS, *rows))
    assert numbers(answer) == [8, 6, 0, 0, 2]
    assert codes(answer) == [(3, "KEY_PERSON_EXISTS"), (9, "CONTACT_LIMIT")]
    host.refresh_from_db()
    assert (host.key_persons_active, host.contacts_active) == (1, 5)
    assert Contact.objects.get(name="王总").carrier == "CM"
    again = roster("contacts", book(CONTACTS, *rows))
    assert numbers(again) == [8, 0, 0, 6, 2]


def test_a_contact_is_found_by_number_and_a_new_position_is_dated(
    roster: Roster, host: Client, book: Any
) -> None:
    known = factories.make_contact(host, name="王芳", mobile="13900000001", position="会计")
    answer = roster("contacts", book(CONTACTS, [CODE, "王芳芳", "联系人", "财务主管", "13900000001"]))
    assert numbers(answer) == [1, 0, 1, 0, 0]
    known.refresh_from_db()
    assert (known.name, known.position, known.position_changed_on) == ("王芳芳", "财务主管", clock.today())
    batch = undo(answer)
    known.refresh_from_db()
    assert (batch.restored, known.name, known.position_changed_on) == (1, "王芳", None)


def test_of_namesakes_the_one_without_a_number_is_named_without_one(
    roster: Roster, host: Client, book: Any
) -> None:
    factories.make_contact(host, name="张伟", mobile="", position="会计", carrier="")
    factories.make_contact(host, name="张伟", mobile="13900000001", position="出纳", carrier="CM")
    rows = [[CODE, "张伟", "联系人", "主办会计", ""], [CODE, "张伟", "联系人", "出纳", "13900000001"]]
    assert numbers(roster("contacts", book(CONTACTS, *rows))) == [2, 0, 1, 1, 0]
    assert Contact.objects.get(mobile="").position == "主办会计"
    factories.make_contact(host, name="张伟", mobile="", position="保安")
    answer = roster("contacts", book(CONTACTS, rows[0]))
    assert codes(answer) == [(2, "SEVERAL_PEOPLE")]


def test_key_persons_are_told_by_a_column_of_yes_and_no(roster: Roster, host: Client, book: Any) -> None:
    rows = [[CODE, "王总", "是", "139-0000-0001"], [CODE, "李芳", "否", "+86 139 0000 0002"]]
    answer = roster("contacts", book(("集团客户编号", "姓名", "是否关键人", "手机号码"), *rows))
    assert numbers(answer) == [2, 2, 0, 0, 0]
    assert list(Contact.objects.order_by("mobile").values_list("kind", flat=True)) == [
        "KEY_PERSON",
        "CONTACT",
    ]


@pytest.mark.spec("E097")
def test_a_list_does_not_take_the_key_person_from_a_filed_client(
    roster: Roster, host: Client, book: Any
) -> None:
    factories.make_contact(host, "KEY_PERSON", name="王总", mobile="13900000001")
    answer = roster("contacts", book(CONTACTS, [CODE, "王总", "联系人", "", "13900000001"]))
    assert codes(answer) == [(2, "KEY_PERSON_NEEDED")]


def test_a_manager_brings_contacts_of_own_clients_only(
    roster: Roster, host: Client, foreign: Client, owner: User, book: Any
) -> None:
    rows = [[CODE, "王芳", "联系人", "", ""], [foreign.client_code, "李芳", "联系人", "", ""]]
    answer = roster("contacts", book(CONTACTS, *rows), "--user", owner.staff_no)
    assert codes(answer) == [(3, "CLIENT_NOT_FOUND")]
    assert Contact.objects.get().created_by == owner


# ---- Customers and bills

CUSTOMERS = ("手机号", "姓名", "品牌", "入网日期", "集团编码")
BILLS = ("手机号", "账期", "应收", "实收", "销账日期")


def test_customers_land_with_client_and_unit(roster: Roster, host: Client, book: Any) -> None:
    rows = [
        ["13900000001", "王芳", "全球通", "2019-06-01", CODE],
        ["13900000002", "李四", "火星", "2019-06-01", ""],
    ]
    answer = roster("customers", book(CUSTOMERS, *rows))
    assert codes(answer) == [(3, "UNKNOWN_CHOICE")]
    person = PersonalCustomer.objects.get()
    assert (person.brand, person.client, person.org_unit) == ("GOTONE", host, host.org_unit)
    assert numbers(roster("customers", book(CUSTOMERS, rows[0]))) == [1, 0, 0, 1, 0]
    undo(answer)
    assert not PersonalCustomer.objects.exists()


def test_a_customer_of_another_unit_is_not_taken_over(
    roster: Roster, org: dict[str, OrgUnit], provadmin: User, book: Any
) -> None:
    elsewhere = factories.make_unit("P44", "广东公司", "PROVINCE", org["group"])
    factories.make_customer(elsewhere, msisdn="13900000001")
    answer = roster(
        "customers",
        book(CUSTOMERS, ["13900000001", "王芳", "全球通", "2019-06-01", ""]),
        "--user",
        provadmin.staff_no,
    )
    assert codes(answer) == [(2, "CUSTOMER_OUTSIDE")]


LEAVING = ("手机号", "姓名", "品牌", "入网日期", "离网日期")


def test_a_number_given_to_somebody_else_keeps_its_two_customers_apart(
    roster: Roster, org: dict[str, OrgUnit], book: Any
) -> None:
    former = factories.make_customer(
        org["unit"], msisdn="13900000001", name="老王", in_net_to=date(2024, 5, 6)
    )
    present = factories.make_customer(
        org["unit"], msisdn="13900000001", name="小李", in_net_from=date(2025, 1, 1)
    )
    rows = [
        ["13900000001", "老王", "全球通", former.in_net_from, "2024-05-06"],
        ["13900000001", "小李", "全球通", "2025-01-01", ""],
    ]
    assert numbers(roster("customers", book(LEAVING, *rows))) == [2, 0, 0, 2, 0]
    # Somebody who had the number before both, and the present customer leaving.
    rows = [
        ["13900000001", "更早的人", "全球通", "2010-01-01", "2012-01-01"],
        ["13900000001", "小李", "全球通", "2025-01-01", clock.today()],
        ["13900000001", "新人", "全球通", clock.today(), ""],
    ]
    assert numbers(roster("customers", book(LEAVING, rows[0]))) == [1, 1, 0, 0, 0]
    assert numbers(roster("customers", book(LEAVING, rows[1]))) == [1, 0, 1, 0, 0]
    present.refresh_from_db()
    assert present.in_net_to == clock.today()
    assert numbers(roster("customers", book(LEAVING, *rows))) == [3, 1, 0, 2, 0]
    former.refresh_from_db()
    assert (former.name, former.in_net_to) == ("老王", date(2024, 5, 6))
    assert PersonalCustomer.objects.filter(msisdn="13900000001").count() == 4


def test_a_number_has_one_holder_in_a_list_and_nobody_leaves_in_the_future(
    roster: Roster, org: dict[str, OrgUnit], book: Any
) -> None:
    rows = [
        ["13900000001", "甲", "全球通", "2019-06-01", ""],
        ["13900000001", "乙", "全球通", "2020-06-01", ""],
        ["13900000002", "丙", "全球通", "2020-06-01", "2099-12-31"],
        ["13900000003", "丁", "全球通", "2020-06-01", "2020-05-31"],
    ]
    answer = roster("customers", book(LEAVING, *rows))
    assert codes(answer) == [(3, "DUPLICATE_KEY"), (4, "LEAVES_LATER"), (5, "LEFT_BEFORE_JOINED")]
    assert PersonalCustomer.objects.get().name == "甲"


def test_a_bill_of_a_month_before_the_customer_joined_is_not_theirs(
    roster: Roster, org: dict[str, OrgUnit], book: Any
) -> None:
    former = factories.make_customer(org["unit"], msisdn="13900000001", in_net_to=date(2026, 3, 9))
    MonthlyBill.objects.create(customer=former, bill_month=date(2026, 3, 1), total_fen=100, paid_fen=100)
    present = factories.make_customer(org["unit"], msisdn="13900000001", in_net_from=date(2026, 5, 20))
    rows = [["13900000001", month, 1, 1, ""] for month in ("2026-03", "2026-04", "2026-05")]
    answer = roster("bills", book(BILLS, *rows))
    assert numbers(answer) == [3, 1, 0, 1, 1]
    assert codes(answer) == [(3, "CUSTOMER_NOT_FOUND")]
    assert present.bills.get().bill_month == date(2026, 5, 1)


def test_bills_in_fen_and_in_the_other_spelling_of_the_month(
    roster: Roster, org: dict[str, OrgUnit], book: Any
) -> None:
    factories.make_customer(org["unit"], msisdn="13900000001")
    head = ("服务号码", "帐期", "应收(分)", "实缴(分)", "销帐时间")
    answer = roster("bills", book(head, ["139 0000 0001", 202605, 12800, "12,800", "2026-06-01 12:33:11"]))
    assert numbers(answer) == [1, 1, 0, 0, 0]
    bill = MonthlyBill.objects.get()
    assert (bill.bill_month, bill.total_fen, bill.paid_fen) == (date(2026, 5, 1), 12800, 12800)


@pytest.mark.spec("E120")
def test_bills_land_once_and_their_points_are_booked_once(
    roster: Roster, org: dict[str, OrgUnit], book: Any
) -> None:
    person = factories.make_customer(org["unit"], msisdn="13900000001")
    month = f"{clock.month_of(clock.today()) - timedelta(days=1):%Y-%m}"
    rows = [["13900000001", month, "128.50元", "128.50", clock.today() - timedelta(days=1)]]
    answer = roster("bills", book(BILLS, *rows, ["13900000009", month, 1, 1, ""]))
    assert numbers(answer) == [2, 1, 0, 0, 1]
    assert codes(answer) == [(3, "CUSTOMER_NOT_FOUND")]
    assert MonthlyBill.objects.get().paid_fen == 12850
    for _again in range(2):
        post_settled_bills(as_of=clock.today())
        assert numbers(roster("bills", book(BILLS, *rows))) == [1, 0, 0, 1, 0]
    assert sum(lot.remaining for lot in person.account.lots.all()) == 128


def test_an_undo_keeps_and_names_bills_whose_points_are_in_the_ledger(
    roster: Roster, org: dict[str, OrgUnit], book: Any
) -> None:
    for number in (1, 2):
        factories.make_customer(org["unit"], msisdn=f"1390000000{number}")
    yesterday = clock.today() - timedelta(days=1)
    rows = [["13900000001", "2026-03", 100, 100, yesterday], ["13900000002", "2026-03", 100, 100, ""]]
    answer = roster("bills", book(BILLS, *rows))
    post_settled_bills(as_of=clock.today())
    batch = undo(answer)
    assert (batch.restored, batch.kept) == (1, 1)
    kept = MonthlyBill.objects.get()
    assert kept.customer.msisdn == "13900000001"
    assert RowChange.objects.get(batch=batch, kept=True).object_id == kept.pk


def test_a_corrected_bill_is_compared_with_its_points_by_the_night(
    roster: Roster, org: dict[str, OrgUnit], book: Any
) -> None:
    person = factories.make_customer(org["unit"], msisdn="13900000001")
    day = clock.today() - timedelta(days=1)
    roster("bills", book(BILLS, ["13900000001", "2026-03", 100, 100, day]))
    post_settled_bills(as_of=clock.today())
    assert numbers(roster("bills", book(BILLS, ["13900000001", "2026-03", 60, 60, day]))) == [1, 0, 1, 0, 0]
    post_settled_bills(as_of=clock.today())
    assert sum(lot.remaining for lot in person.account.lots.all()) == 60


def test_a_bill_of_the_roster_belongs_to_who_held_the_number_in_its_month(
    roster: Roster, org: dict[str, OrgUnit], book: Any
) -> None:
    number = "13900000001"
    first = factories.make_customer(org["unit"], msisdn=number, in_net_to=date(2026, 3, 20))
    second = factories.make_customer(org["unit"], msisdn=number, in_net_from=date(2026, 6, 1))
    rows = [[number, month, 100, 100, ""] for month in ("2026-03", "2026-04", "2026-06")]
    answer = roster("bills", book(BILLS, *rows))
    assert codes(answer) == [(3, "CUSTOMER_NOT_FOUND")]
    held = MonthlyBill.objects.order_by("bill_month").values_list("customer", "bill_month")
    assert list(held) == [(first.pk, date(2026, 3, 1)), (second.pk, date(2026, 6, 1))]


# ---- Products, traffic, revenue

PRODUCTS = ("集团编码", "产品", "订购编号", "状态", "订购日期", "开通日期")


def test_products_land_and_the_state_of_the_client_follows(roster: Roster, host: Client, book: Any) -> None:
    product = factories.make_product("TEST_VNET")
    day = clock.today() - timedelta(days=3)
    rows = [
        [CODE, product.code, "K1", "开通", day, day],
        [CODE, "没有的产品", "K2", "开通", day, day],
        [CODE, product.code, "K3", "开通", clock.today() + timedelta(days=1), day],
    ]
    answer = roster("products", book(PRODUCTS, *rows))
    assert codes(answer) == [(3, "PRODUCT_UNKNOWN"), (4, "DATE_FUTURE")]
    host.refresh_from_db()
    assert host.status == "ONLINE"
    assert numbers(roster("products", book(PRODUCTS, rows[0]))) == [1, 0, 0, 1, 0]
    undo(answer)
    host.refresh_from_db()
    assert host.status == "POTENTIAL"
    assert not ClientProduct.objects.exists()


def test_a_cancelled_product_stays_cancelled(roster: Roster, host: Client, book: Any) -> None:
    factories.make_client_product(
        host,
        factories.make_product("TEST_VNET"),
        external_id="K1",
        status="CANCELLED",
        cancelled_on=clock.today(),
    )
    answer = roster("products", book(PRODUCTS, [CODE, "TEST_VNET", "K1", "开通", "", ""]))
    assert codes(answer) == [(2, "WRONG_STATE")]


def test_a_day_of_cancelling_without_the_state_is_not_dropped(
    roster: Roster, host: Client, book: Any
) -> None:
    product = factories.make_product("TEST_VNET")
    ordered = factories.make_client_product(
        host, product, external_id="K1", status="OPEN", opened_on=date(2026, 1, 1)
    )
    head = ("集团编码", "产品", "订购编号", "产品状态", "退订日期")
    rows = [
        [CODE, "TEST_VNET", "K1", "", "2026-02-01"],
        [CODE, "TEST_VNET", "K2", "在网", "2026-02-01"],
        [CODE, "TEST_VNET", "K3", "", "2026-02-01"],
    ]
    answer = roster("products", book(head, *rows))
    assert numbers(answer) == [3, 1, 0, 0, 2]
    assert codes(answer) == [(2, "NOT_CANCELLED"), (3, "NOT_CANCELLED")]
    rows[0][3] = "已销户"
    assert numbers(roster("products", book(head, rows[0]))) == [1, 0, 1, 0, 0]
    ordered.refresh_from_db()
    assert (ordered.status, ordered.cancelled_on) == ("CANCELLED", date(2026, 2, 1))


def test_bandwidths_bear_their_unit_in_the_cell(roster: Roster, host: Client, book: Any) -> None:
    head = ("电路编号", "带宽")
    rows = [["C-1", "10M"], ["C-2", "2G"], ["C-3", 512], ["C-4", "10M/20M"]]
    answer = roster("circuits", book(head, *rows))
    assert codes(answer) == [(5, "NOT_A_NUMBER")]
    found = NetworkCircuit.objects.order_by("circuit_id").values_list("bandwidth_kbps", flat=True)
    assert list(found) == [10 * 1024, 2 * 1024 * 1024, 512]


def test_a_circuit_belongs_to_one_product(roster: Roster, host: Client, book: Any) -> None:
    product = factories.make_product("TEST_LINE", needs_circuit=True)
    head = (*PRODUCTS, "电路编号")
    rows = [[CODE, product.code, f"K{n}", "开通", "2026-01-01", "2026-01-01", "C-1"] for n in (1, 2)]
    answer = roster("products", book(head, *rows))
    assert codes(answer) == [(3, "CIRCUIT_DUPLICATE")]


@pytest.mark.spec("S0-35")
def test_traffic_lands_by_key_or_by_client_and_product(roster: Roster, host: Client, book: Any) -> None:
    product = factories.make_product("TEST_VNET")
    ordered = factories.make_client_product(
        host, product, external_id="K1", status="OPEN", opened_on=date(2026, 1, 1)
    )
    head = ("订购编号", "集团编码", "产品", "月份", "用量")
    rows = [
        ["K1", "", "", "2026-02", 10],
        ["", CODE, "测试产品", "2026-03", 20],
        ["K9", "", "", "2026-02", 1],
    ]
    answer = roster("traffic", book(head, *rows))
    assert numbers(answer) == [3, 2, 0, 0, 1]
    assert codes(answer) == [(4, "PRODUCT_NOT_FOUND")]
    ordered.refresh_from_db()
    assert ordered.last_traffic_month == date(2026, 3, 1)
    assert numbers(roster("traffic", book(head, *rows[:2]))) == [2, 0, 0, 2, 0]
    undo(answer)
    assert ProductTraffic.objects.count() == 0
    assert not ClientProduct.objects.exclude(last_traffic_month=None).exists()


def test_revenue_lands_and_a_month_reported_again_is_overwritten(
    roster: Roster, host: Client, book: Any
) -> None:
    head = ("集团编码", "月份", "收入")
    first = roster("revenue", book(head, [CODE, "2026-03", "1.2万"], [CODE, "2026-02", -5]))
    assert numbers(first) == [2, 2, 0, 0, 0]
    second = roster("revenue", book(head, [CODE, "2026-03", 100]))
    assert numbers(second) == [1, 0, 1, 0, 0]
    assert RevenueMonth.objects.get(month="2026-03-01").revenue_fen == 10000
    undo(second)
    assert RevenueMonth.objects.get(month="2026-03-01").revenue_fen == 1_200_000


BY_PRODUCT = ("集团编码", "订购编号", "产品", "月份", "费用类型", "收入", "成本")


@pytest.mark.spec("S1-87", "S1-88")
def test_revenue_by_product_is_judged_and_summed_and_taken_back(
    roster: Roster, host: Client, book: Any
) -> None:
    counting = factories.make_product("TEST_CLOUD", counts_as_ict="WHEN_BOUND")
    other = factories.make_product("TEST_VNET")
    own = factories.make_client_product(
        host, counting, external_id="K1", status="OPEN", opened_on=date(2026, 1, 1), bound=True
    )
    RevenueMonth.objects.create(client=host, month=date(2026, 2, 1), revenue_fen=70_000, stated=True)
    rows = [
        [CODE, "", "TEST_CLOUD", "2026-03", "", 100, 40],
        ["", "K1", "", "2026-03", "使用费", "50.5", ""],
        [CODE, "", "TEST_VNET", "2026-03", "", 10, ""],
        ["", "K1", "", "2026-02", "", 30, ""],
        [CODE, "K1", "TEST_VNET", "2026-03", "", 1, ""],
        [CODE, "", "没有", "2026-03", "", 1, ""],
        ["", "K9", "", "2026-03", "", 1, ""],
        [CODE, "", "TEST_CLOUD", "2026-03", "", 7, ""],
    ]
    answer = roster("product_revenue", book(BY_PRODUCT, *rows))
    assert numbers(answer) == [8, 4, 0, 0, 4]
    assert codes(answer) == [
        (6, "EXTERNAL_ID_TAKEN"), (7, "PRODUCT_UNKNOWN"), (8, "PRODUCT_NOT_FOUND"), (9, "DUPLICATE_KEY"),
    ]  # fmt: skip
    lines = RevenueLine.objects.values_list(
        "product__code", "client_product", "category", "revenue_fen", "counts"
    )
    assert set(lines.filter(month="2026-03-01")) == {
        ("TEST_CLOUD", own.pk, "MONTHLY_FEE", 10_000, True),
        ("TEST_CLOUD", own.pk, "USAGE", 5_050, True),
        (other.code, None, "MONTHLY_FEE", 1_000, False),
    }
    months = RevenueMonth.objects.order_by("month").values_list("revenue_fen", "cost_fen", "ict_fen")
    assert list(months) == [(70_000, None, 3_000), (16_050, 4_000, 15_050)]

    assert numbers(roster("product_revenue", book(BY_PRODUCT, *rows[:4]))) == [4, 0, 0, 4, 0]
    second = roster("product_revenue", book(BY_PRODUCT, ["", "K1", "", "2026-03", "", 1, ""]))
    assert numbers(second) == [1, 0, 1, 0, 0]
    assert list(months.all())[1] == (6_150, 4_000, 5_150)
    undo(second)
    assert list(months.all())[1] == (16_050, 4_000, 15_050)
    undo(answer)
    assert not RevenueLine.objects.exists()
    assert list(months.all()) == [(70_000, None, 0)]


def test_a_line_reported_before_the_client_had_the_product_stays_where_it_stands(
    roster: Roster, host: Client, book: Any
) -> None:
    product = factories.make_product("TEST_VNET")
    row = [CODE, "", "TEST_VNET", "2026-03", "", 10, ""]
    assert numbers(roster("product_revenue", book(BY_PRODUCT, row))) == [1, 1, 0, 0, 0]
    factories.make_client_product(host, product, external_id="K1", status="OPEN", opened_on=date(2026, 1, 1))
    assert numbers(roster("product_revenue", book(BY_PRODUCT, row))) == [1, 0, 0, 1, 0]
    later = [CODE, "", "TEST_VNET", "2026-04", "", 10, ""]
    assert numbers(roster("product_revenue", book(BY_PRODUCT, later))) == [1, 1, 0, 0, 0]
    assert RevenueLine.objects.exclude(client_product=None).get().month == date(2026, 4, 1)


def test_a_line_that_could_be_one_of_two_is_refused_and_not_counted_twice(
    roster: Roster, host: Client, book: Any
) -> None:
    product = factories.make_product("TEST_LINE")
    for fen, state in ((500, "OPEN"), (600, "CANCELLED")):
        gone = date(2026, 4, 1) if state == "CANCELLED" else None
        own = factories.make_client_product(
            host, product, status=state, opened_on=date(2026, 1, 1), cancelled_on=gone
        )
        RevenueLine.objects.create(
            client=host, product=product, client_product=own, month=date(2026, 3, 1), revenue_fen=fen
        )
    rows = [[CODE, "", "TEST_LINE", "2026-03", "", 6, ""], [CODE, "", "TEST_LINE", "2026-04", "", 6, ""]]
    answer = roster("product_revenue", book(BY_PRODUCT, *rows))
    assert codes(answer) == [(2, "SEVERAL_LINES")]
    march = RevenueLine.objects.filter(month=date(2026, 3, 1)).order_by("revenue_fen")
    assert list(march.values_list("revenue_fen", flat=True)) == [500, 600]


def test_revenue_of_foreign_products_is_refused_like_one_that_is_not_there(
    roster: Roster, host: Client, foreign: Client, owner: User, book: Any
) -> None:
    factories.make_client_product(
        foreign,
        factories.make_product("TEST_VNET"),
        external_id="K7",
        status="OPEN",
        opened_on=date(2026, 1, 1),
    )
    RoleAssignment.objects.filter(user=owner).update(role="PROV_ADMIN", unit=host.org_unit)
    answer = roster(
        "product_revenue",
        book(("集团编码", "订购编号", "月份", "收入"), ["", "K7", "2026-03", 5], ["", "K8", "2026-03", 5]),
        "--user",
        owner.staff_no,
    )
    assert codes(answer) == [(2, "PRODUCT_NOT_FOUND"), (3, "PRODUCT_NOT_FOUND")]


# ---- Circuits


@pytest.mark.spec("S1-86")
def test_circuits_of_the_network_land_with_client_and_unit(
    roster: Roster, host: Client, org: dict[str, OrgUnit], provadmin: User, book: Any
) -> None:
    elsewhere = factories.make_unit("P44", "广东公司", "PROVINCE", org["group"])
    NetworkCircuit.objects.create(
        circuit_id="C-9", org_unit=elsewhere, bandwidth_kbps=1, reported_on=clock.today()
    )
    head = ("电路编号", "集团编码", "带宽", "在用")
    rows = [["c-1", CODE, 10240, "是"], ["C-2", "999999", 2048, "否"], ["C-9", "", 5, ""], ["C-1", "", 1, ""]]
    answer = roster("circuits", book(head, *rows), "--user", provadmin.staff_no)
    assert numbers(answer) == [4, 2, 0, 0, 2]
    assert sorted(codes(answer)) == [(4, "CIRCUIT_OUTSIDE"), (5, "DUPLICATE_KEY")]
    first, second = NetworkCircuit.objects.filter(circuit_id__in=["C-1", "C-2"]).order_by("circuit_id")
    assert (first.client, first.org_unit, first.reported_on) == (host, host.org_unit, clock.today())
    assert (second.client, second.client_code, second.active) == (None, "999999", False)
    again = roster("circuits", book(head, *rows[:2]), "--user", provadmin.staff_no)
    assert numbers(again) == [2, 0, 0, 2, 0]
    undo(answer)
    assert list(NetworkCircuit.objects.values_list("circuit_id", flat=True)) == ["C-9"]


# ---- Tax payers


def test_a_list_of_tax_payers_changes_files_and_makes_none(roster: Roster, host: Client, book: Any) -> None:
    head = ("企业名称", "统一社会信用代码", "纳税年度", "全省排名")
    rows = [["别的名字", host.uscc, 2025, 38], ["没有的公司", "", 2025, 39]]
    answer = roster("taxpayers", book(head, *rows))
    assert numbers(answer) == [2, 0, 1, 0, 1]
    assert codes(answer) == [(3, "CLIENT_NOT_FOUND")]
    host.refresh_from_db()
    assert (host.tax_year, host.tax_rank_province) == (2025, 38)
    older = roster("taxpayers", book(head, ["", host.uscc, 2024, 12]))
    assert codes(older) == [(2, "TAX_YEAR_OLDER")]
    undo(answer)
    host.refresh_from_db()
    assert host.tax_rank_province is None


def test_a_published_list_names_payers_years_and_ranks_in_its_own_words(
    roster: Roster, host: Client, book: Any
) -> None:
    head = ("排名", "纳税人名称", "纳税人识别号", "所属年度")
    answer = roster("taxpayers", book(head, ["第3名", host.name, host.uscc, "2025年"]))
    assert numbers(answer) == [1, 0, 1, 0, 0]
    host.refresh_from_db()
    assert (host.tax_year, host.tax_rank_province) == (2025, 3)


# ---- Assignments

PORTFOLIO = ("集团编码", "客户经理", "生效日期")


def test_a_portfolio_moves_clients_with_dates_and_goes_back(
    roster: Roster, host: Client, owner: User, colleague: User, stranger: User, book: Any
) -> None:
    other = factories.make_client(host.org_unit, owner)
    day = clock.today() - timedelta(days=2)
    rows = [[CODE, colleague.staff_no, day], [other.client_code, stranger.staff_no, day]]
    answer = roster("assignments", book(PORTFOLIO, *rows))
    assert numbers(answer) == [2, 1, 0, 0, 1]
    assert codes(answer) == [(3, "AM_ELSEWHERE")]
    host.refresh_from_db()
    assert host.am == colleague
    history = list(
        AMAssignment.objects.filter(client=host).order_by("from_on").values_list("user", "from_on", "to_on")
    )
    assert history == [(owner.pk, factories.LONG_AGO, day - timedelta(days=1)), (colleague.pk, day, None)]
    assert numbers(roster("assignments", book(PORTFOLIO, rows[0]))) == [1, 0, 0, 1, 0]
    undo(answer)
    host.refresh_from_db()
    assert host.am == owner
    history = list(AMAssignment.objects.filter(client=host).values_list("user", "from_on", "to_on"))
    assert history == [(owner.pk, factories.LONG_AGO, None)]


def test_a_portfolio_does_not_rewrite_the_past(
    roster: Roster, host: Client, colleague: User, book: Any
) -> None:
    answer = roster("assignments", book(PORTFOLIO, [CODE, colleague.staff_no, "2019-01-01"]))
    assert codes(answer) == [(2, "BEFORE_CURRENT")]
    answer = roster(
        "assignments", book(PORTFOLIO, [CODE, colleague.staff_no, clock.today() + timedelta(days=1)])
    )
    assert codes(answer) == [(2, "DATE_FUTURE")]


def test_who_has_left_stays_where_the_file_names_them_and_gets_nothing_new(
    roster: Roster, host: Client, owner: User, book: Any, regions: None
) -> None:
    other = factories.make_client(host.org_unit)
    User.objects.filter(pk=owner.pk).update(status="DISABLED")
    rows = [[code, owner.staff_no, ""] for code in (CODE, other.client_code)]
    answer = roster("assignments", book(PORTFOLIO, *rows))
    assert numbers(answer) == [2, 0, 0, 1, 1]
    assert codes(answer) == [(3, "AM_UNKNOWN")]
    head = ("集团编码", "集团名称", "客户经理", "备注")
    rows = [[CODE, host.name, owner.staff_no, "新"], [other.client_code, other.name, owner.staff_no, "新"]]
    answer = roster("clients", book(head, *rows))
    assert numbers(answer) == [2, 0, 1, 0, 1]
    assert codes(answer) == [(3, "AM_UNKNOWN")]


def test_nobody_works_on_a_client_in_two_parts_of_one_list(
    roster: Roster, host: Client, colleague: User, book: Any
) -> None:
    head = ("集团编码", "工号", "分工")
    rows = [[CODE, colleague.staff_no, kind] for kind in ("协办", "电话经理", "主")]
    answer = roster("assignments", book(head, *rows))
    assert codes(answer) == [(2, "ALREADY_ASSIGNED"), (3, "ALREADY_ASSIGNED")]
    assert list(AMAssignment.objects.filter(user=colleague).values_list("kind", flat=True)) == ["PRIMARY"]


def test_an_assignment_of_the_same_day_comes_back_on_undo(
    roster: Roster, host: Client, owner: User, colleague: User, book: Any
) -> None:
    AMAssignment.objects.filter(client=host).update(from_on=clock.today())
    answer = roster("assignments", book(PORTFOLIO, [CODE, colleague.staff_no, ""]))
    assert AMAssignment.objects.get(client=host).user == colleague
    undo(answer)
    kept = AMAssignment.objects.get(client=host)
    assert (kept.user, kept.to_on) == (owner, None)


def test_an_undo_of_a_client_roster_gives_the_client_back(
    roster: Roster, host: Client, owner: User, colleague: User, book: Any, regions: None
) -> None:
    answer = roster(
        "clients", book(("集团编码", "集团名称", "客户经理"), [CODE, host.name, colleague.staff_no])
    )
    assert numbers(answer) == [1, 0, 1, 0, 0]
    undo(answer)
    host.refresh_from_db()
    assert host.am == owner
    assert AMAssignment.objects.get(client=host).to_on is None


# ---- Staff

STAFF = ("工号", "姓名", "注册名", "单位", "角色")


@pytest.mark.spec("E201", "S1-09")
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("西湖区_李四", ""),
        ("西湖区_李四2", ""),
        ("李四", "USERNAME_RULE"),
        ("西湖区-李四", "USERNAME_RULE"),
        ("西湖区_", "USERNAME_RULE"),
        ("火星区_李四", "UNKNOWN_DEPARTMENT"),
    ],
)
def test_a_registered_name_is_department_underscore_name(
    roster: Roster, org: dict[str, OrgUnit], sysadmin: User, book: Any, name: str, code: str
) -> None:
    path = book(STAFF, ["62010001", "李四", name, org["unit"].code, "客户经理"])
    answer = roster("users", path, "--user", sysadmin.staff_no)
    assert [error["code"] for error in answer["errors"]] == ([code] if code else [])
    assert User.objects.filter(username=name).exists() is not bool(code)


def test_staff_land_without_a_password_with_their_first_role_and_go_back(
    roster: Roster, org: dict[str, OrgUnit], sysadmin: User, book: Any
) -> None:
    rows = [["62010001", "李四", "", "西湖区", "客户经理"], ["62010002", "王五", "", "没有的部门", ""]]
    answer = roster("users", book(STAFF, *rows), "--user", sysadmin.staff_no)
    assert numbers(answer) == [2, 1, 0, 0, 1]
    assert codes(answer) == [(3, "UNIT_UNKNOWN")]
    person = User.objects.get(staff_no="62010001")
    assert not person.has_usable_password()
    assert person.must_change_password
    assert RoleAssignment.objects.get(user=person).unit == org["unit"]
    assert numbers(roster("users", book(STAFF, rows[0]), "--user", sysadmin.staff_no)) == [1, 0, 0, 1, 0]
    undo(answer)
    assert not User.objects.filter(staff_no="62010001").exists()


def test_a_list_takes_nobodys_name_and_changes_nobodys_role(
    roster: Roster, org: dict[str, OrgUnit], sysadmin: User, owner: User, book: Any
) -> None:
    User.objects.filter(pk=owner.pk).update(username="西湖区_李四")
    rows = [
        ["62010001", "李四", "西湖区_李四", "西湖区", ""],
        [owner.staff_no, "新名字", "", "西湖区", "系统管理员"],
    ]
    answer = roster("users", book(STAFF, *rows), "--user", sysadmin.staff_no)
    assert codes(answer) == [(2, "NAME_TAKEN")]
    assert [warning["code"] for warning in answer["warnings"]] == ["ROLE_KEPT"]
    owner.refresh_from_db()
    assert owner.full_name == "新名字"
    assert list(owner.assignments.values_list("role", flat=True)) == ["AM"]


def test_only_who_administers_accounts_imports_staff(
    roster: Roster, org: dict[str, OrgUnit], provadmin: User, owner: User, book: Any
) -> None:
    path = book(STAFF, ["62010001", "李四", "", "西湖区", "系统管理员"])
    for person in (provadmin, owner):
        assert roster("users", path, "--user", person.staff_no)["error"]["code"] == "FORBIDDEN"
    assert not User.objects.filter(staff_no="62010001").exists()


def test_one_time_passwords_come_once_and_open_the_account(
    roster: Roster, org: dict[str, OrgUnit], sysadmin: User, provadmin: User, browse: Any, book: Any
) -> None:
    import io

    from openpyxl import load_workbook

    rows = [[f"6201000{n}", f"李{n}", "", "西湖区", "客户经理"] for n in (1, 2)]
    answer = roster("users", book(STAFF, *rows), "--user", sysadmin.staff_no)
    page = browse(sysadmin)
    address = f"/imports/{answer['batch']}/passwords/"
    assert address in page.get(f"/imports/{answer['batch']}/").content.decode()
    assert browse(provadmin).post(address).status_code == 403
    sent = page.post(address)
    assert sent.status_code == 200
    assert "no-store" in sent["Cache-Control"]
    sheet = load_workbook(io.BytesIO(sent.content)).worksheets[0]
    slips = {str(row[0].value): str(row[4].value) for row in sheet.iter_rows(min_row=2)}
    assert sorted(slips) == ["62010001", "62010002"]
    person = User.objects.get(staff_no="62010001")
    assert person.check_password(slips["62010001"])
    assert person.must_change_password
    assert page.post(address).status_code == 409
    assert address not in page.get(f"/imports/{answer['batch']}/").content.decode()
    # Passwords handed out do not stand in the way of an undo; somebody who has logged in does.
    User.objects.filter(pk=person.pk).update(last_login=clock.now())
    batch = undo(answer)
    assert (batch.restored, batch.kept) == (1, 1)
    assert User.objects.filter(pk=person.pk).exists()


def test_the_api_lists_the_rosters_a_caller_may_import(owner: User, sysadmin: User, api: Any) -> None:
    assert [row["name"] for row in api(sysadmin).get("/api/v1/rosters").json()] == ["users"]
    found = {row["name"]: row for row in api(owner).get("/api/v1/rosters").json()}
    assert set(found) == {"members", "contacts"}
    kind = next(column for column in found["contacts"]["columns"] if column["name"] == "kind")
    assert [choice["code"] for choice in kind["choices"]] == ["KEY_PERSON", "CONTACT"]
    sent = api(owner).get("/api/v1/rosters/contacts/template")
    assert b"".join(sent.streaming_content)[:2] == b"PK"
    assert api(owner).get("/api/v1/rosters/users/template").status_code == 404
