"""After an undo everything is as it was before the file, also when two files touched the same records."""

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from clients.models import Client, NetworkCircuit, RevenueLine, RevenueMonth
from clients.rules import freshness
from clients.services import refresh_completeness, refresh_status
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.intake.models import RowChange
from crm.intake.resources import resources
from members.models import MonthlyBill, PersonalCustomer
from tests import factories
from tests.intake.test_rosters import book as book
from tests.intake.test_rosters import numbers, undo

Roster = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.django_db
CODE = "330100009001"
YESTERDAY = clock.today() - timedelta(days=1)

# What a list holds, and in which column a second list says something else.
FILES: dict[str, tuple[list[Any], ...]] = {
    "contacts": (
        ["集团编码", "姓名", "类别", "手机", "职务"],
        [CODE, "王总", "关键人", "13900000011", "董事长"],
        [CODE, "新人", "联系人", "13900000012", "职员"],
    ),
    "members": (
        ["集团编码", "成员姓名", "手机号", "成员类型", "职务"],
        [CODE, "成员甲", "13900000021", "1", "主任"],
        [CODE, "成员乙", "13900000022", "2", "主任"],
    ),
    "customers": (
        ["手机号", "品牌", "入网日期", "姓名"],
        ["13900000001", "神州行", "2019-06-01", "新王"],
        ["13900000002", "全球通", "2019-06-01", "李四"],
    ),
    "bills": (
        ["手机号", "账期", "实收", "应收"],
        ["13900000001", "2026-03", 200, 200],
        ["13900000001", "2026-04", 100, 100],
    ),
    "products": (
        ["集团编码", "产品", "订购编号", "状态", "订购日期"],
        [CODE, "TEST_VNET", "K1", "停机", "2026-01-01"],
        [CODE, "TEST_VNET", "K2", "开通", "2026-01-01"],
    ),
    "traffic": (["订购编号", "月份", "用量"], ["K1", "2026-03", 5], ["K1", "2026-05", 9]),
    "revenue": (
        ["集团编码", "月份", "收入"],
        [CODE, "2026-03", 100],
        [CODE, "2026-02", 77],
        [CODE, "2026-05", 3],
    ),
    "product_revenue": (
        ["订购编号", "月份", "成本", "收入"],
        ["K1", "2026-02", 5, 100],
        ["K1", "2026-06", "", 77],
    ),
    "circuits": (["电路编号", "集团编码", "带宽"], ["C-1", CODE, 2048], ["C-2", CODE, 1024]),
    "taxpayers": (["集团编码", "纳税年度", "全省排名"], [CODE, 2025, 38]),
    "users": (
        ["工号", "单位", "角色", "姓名"],
        ["62010001", "西湖区", "客户经理", "李四"],
        ["colleague", "西湖区", "", "新名字"],
    ),
    "clients": (
        ["集团编码", "集团名称", "客户经理", "备注"],
        [CODE, "杭州西湖实业有限公司", "colleague", "新"],
    ),
    "assignments": (["集团编码", "生效日期", "客户经理"], [CODE, YESTERDAY, "colleague"]),
}
OTHERWISE: dict[str, Any] = {
    "contacts": "副总", "members": "科长", "customers": "赵六", "bills": 333, "products": "2025-12-30",
    "traffic": 6, "revenue": 9, "product_revenue": 9, "circuits": 512, "taxpayers": 5, "users": "又名",
    "clients": "又新", "assignments": "owner",
}  # fmt: skip


@pytest.fixture
def world(host: Client, org: dict[str, OrgUnit], owner: User, colleague: User, regions: None) -> Client:
    """Put on file what the lists change, looked after last a long time ago."""
    Client.objects.filter(pk=host.pk).update(
        updated_at=clock.now() - timedelta(days=500), updated_by=owner, tax_year=2024, tax_rank_province=3,
        search_text="杭州西湖实业有限公司 hzxhsyyxgs", name_pinyin="hangzhouxihushiyeyouxiangongsi",
    )  # fmt: skip
    product = factories.make_product("TEST_VNET")
    own = factories.make_client_product(
        host, product, external_id="K1", status="OPEN", opened_on=date(2026, 1, 2),
        last_traffic_month=date(2026, 3, 1),
    )  # fmt: skip
    own.traffic.create(month=date(2026, 3, 1), amount=77)
    NetworkCircuit.objects.create(
        circuit_id="C-1", client_code=CODE, client=host, org_unit=org["unit"], bandwidth_kbps=1000,
        reported_on=date(2026, 3, 1),
    )  # fmt: skip
    RevenueMonth.objects.create(client=host, month=date(2026, 3, 1), revenue_fen=5000)
    RevenueMonth.objects.create(client=host, month=date(2026, 2, 1), revenue_fen=7, stated=False)
    RevenueLine.objects.create(
        client=host, product=product, client_product=own, month=date(2026, 2, 1), revenue_fen=7,
        ict_rule="NEVER",
    )  # fmt: skip
    customer = factories.make_customer(org["unit"], host, msisdn="13900000001")
    MonthlyBill.objects.create(customer=customer, bill_month=date(2026, 3, 1), total_fen=100, paid_fen=100)
    factories.make_contact(host, "KEY_PERSON", name="王总", mobile="13900000011", carrier="CM")
    factories.make_member(host, msisdn="13900000021")
    refresh_completeness([host.pk], as_of=clock.today())
    refresh_status([host.pk], as_of=clock.today())
    with connection.cursor() as cursor:  # recorded long ago, by whatever recorded it
        cursor.execute("UPDATE clients_producttraffic SET recorded_at = '2026-03-05'")
        cursor.execute("UPDATE clients_networkcircuit SET recorded_at = '2026-03-05'")
    return host


def everything() -> dict[Any, dict[str, Any]]:
    """Return every row of clients, people and accounts; versions only count on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^(clients|members|accounts)_'")
        tables = [name for (name,) in cursor.fetchall() if not name.endswith(("event", "industry"))]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t) - 'version' FROM \"{table}\" t")
            rows: Iterable[Any] = (row for (row,) in cursor.fetchall())
            for row in (json.loads(row) if isinstance(row, str) else row for row in rows):
                found[table, row.get("id") or json.dumps(row, sort_keys=True)] = row
    return found


@pytest.mark.parametrize("name", sorted(FILES))
def test_two_lists_of_the_same_records_go_back_one_after_the_other(
    name: str, world: Client, roster: Roster, provadmin: User, sysadmin: User, book: Any
) -> None:
    actor = sysadmin if name == "users" else provadmin
    head, *rows = FILES[name]
    before = everything()
    first = roster(name, book(head, *rows), "--user", actor.staff_no)
    assert first["errors"] == []
    assert first["created"] + first["updated"] == len(rows)
    between = everything()
    assert between != before
    second = roster(
        name, book(head, *([*row[:-1], OTHERWISE[name]] for row in rows)), "--user", actor.staff_no
    )
    assert second["created"] + second["updated"] == len(rows), second["errors"]

    for answer, wanted in ((second, between), (first, before)):
        batch = undo(answer)
        assert (batch.restored, batch.kept) == (len(rows), 0)
        now = everything()
        if name == "assignments" and answer is first:  # the day and the name in the file are those of now
            pk = (Client._meta.db_table, world.pk)
            now[pk] |= {mark: wanted[pk][mark] for mark in ("updated_at", "updated_by_id")}
        assert now == wanted


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_list_that_skips_or_fills_changes_no_value_on_file_and_goes_back(
    name: str, world: Client, roster: Roster, provadmin: User, sysadmin: User, book: Any
) -> None:
    actor = sysadmin if name == "users" else provadmin
    before = everything()
    table = resources()[name].model._meta.db_table
    for mode in ("skip", "fill"):
        answer = roster(name, book(*FILES[name]), "--user", actor.staff_no, "--mode", mode)
        assert answer["status"] == "APPLIED"
        for key, row in everything().items():
            was = before.get(key) if key[0] == table else None
            # An assignment that is replaced ends; nothing else on file loses what it held.
            held = {cell: value for cell, value in (was or {}).items() if value not in (None, "")}
            marks = ("updated_at", "updated_by_id", "search_text")
            assert not [cell for cell in held if cell not in marks and row[cell] != held[cell]]
        undo(answer)
        assert everything() == before


def test_a_list_that_fills_gives_no_product_the_days_of_another_state(
    world: Client, roster: Roster, book: Any
) -> None:
    head = ["集团编码", "产品", "订购编号", "状态", "退订日期", "带宽"]
    row = [CODE, "TEST_VNET", "K1", "已销户", YESTERDAY, "10M"]
    answer = roster("products", book(head, row), "--mode", "fill")
    assert numbers(answer) == [1, 0, 1, 0, 0]
    product = world.products.get()
    assert (product.status, product.cancelled_on, product.bandwidth_kbps) == ("OPEN", None, 10240)


def test_a_list_that_fills_gives_no_rank_to_another_year(world: Client, roster: Roster, book: Any) -> None:
    head = ["集团编码", "纳税年度", "全市排名"]
    answers = [
        roster("taxpayers", book(head, [CODE, year, rank]), "--mode", "fill")
        for year, rank in ((2025, 7), (2024, 9))
    ]
    assert [numbers(answer) for answer in answers] == [[1, 0, 0, 1, 0], [1, 0, 1, 0, 0]]
    world.refresh_from_db()
    assert (world.tax_year, world.tax_rank_province, world.tax_rank_city) == (2024, 3, 9)


def test_a_record_edited_between_two_lists_is_kept_by_the_undo_of_the_first(
    world: Client, roster: Roster, book: Any
) -> None:
    head, row, *_rest = FILES["contacts"]
    first = roster("contacts", book(head, row))
    person = world.contacts.get()
    person.traits = "喜欢喝茶"
    person.version += 1
    person.save()
    second = roster("contacts", book(head, [*row[:-1], "副总"]))
    assert undo(second).kept == 0
    assert undo(first).kept == 1
    person.refresh_from_db()
    assert (person.position, person.traits) == ("董事长", "喜欢喝茶")


@pytest.mark.parametrize(
    ("status", "row"),
    [
        ("OPEN", ["退订", "", YESTERDAY]),
        ("ORDERED", ["开通", YESTERDAY, ""]),
        ("ORDERED", ["停机", YESTERDAY, ""]),
    ],
)
def test_the_state_of_a_product_goes_back_together_with_its_days(
    world: Client, roster: Roster, book: Any, status: str, row: list[Any]
) -> None:
    opened = date(2026, 1, 2) if status == "OPEN" else None
    world.products.update(status=status, opened_on=opened)
    refresh_status([world.pk], as_of=clock.today())
    before, was = list(world.products.values()), Client.objects.get(pk=world.pk).status
    head = ["集团编码", "产品", "订购编号", "状态", "开通日期", "退订日期"]
    answer = roster("products", book(head, [CODE, "TEST_VNET", "K1", *row]))
    assert numbers(answer) == [1, 0, 1, 0, 0]
    assert undo(answer).restored == 1
    now = list(world.products.values())
    assert now == [product | {"version": product["version"] + 2} for product in before]
    assert Client.objects.get(pk=world.pk).status == was


def test_the_type_of_a_client_goes_back_together_with_its_sub_type(
    world: Client, roster: Roster, book: Any
) -> None:
    before = everything()
    head = ["集团编码", "集团名称", "机构类型", "机构子类型"]
    answer = roster("clients", book(head, [CODE, world.name, "SY", "SY1"]))
    assert numbers(answer) == [1, 0, 1, 0, 0], answer["errors"]
    assert undo(answer).restored == 1
    assert everything() == before


def test_a_record_whose_place_is_taken_is_kept_and_the_others_go_back(
    world: Client, roster: Roster, org: dict[str, OrgUnit], book: Any
) -> None:
    factories.make_customer(org["unit"], msisdn="13900000002")
    head = ["手机号", "姓名", "品牌", "入网日期", "离网日期"]
    rows = [[f"1390000000{n}", "某人", "全球通", factories.LONG_AGO, YESTERDAY] for n in (1, 2)]
    answer = roster("customers", book(head, *rows))
    assert numbers(answer) == [2, 0, 2, 0, 0]
    factories.make_customer(org["unit"], msisdn="13900000001", in_net_from=clock.today())
    batch = undo(answer)
    assert (batch.restored, batch.kept) == (1, 1)
    left = PersonalCustomer.objects.exclude(in_net_to=None)
    assert [person.msisdn for person in left] == ["13900000001"]
    assert RowChange.objects.get(batch=batch, kept=True).object_id == left.get().pk


@pytest.mark.spec("S1-54")
@pytest.mark.parametrize("name", ["clients", "taxpayers", "assignments"])
def test_a_file_taken_back_does_not_count_as_looked_after(
    name: str, world: Client, roster: Roster, provadmin: User, book: Any
) -> None:
    stale = Client.objects.filter(freshness.stale(clock.today(), 90))
    assert world in stale
    answer = roster(name, book(*FILES[name]), "--user", provadmin.staff_no)
    assert world not in stale.all()
    was = Client.objects.get(pk=world.pk).version
    undo(answer)
    assert world in stale.all()
    world.refresh_from_db()
    assert world.updated_by is not None
    assert world.updated_by.staff_no == "owner"
    assert world.version == was + 1


def test_a_client_given_away_and_edited_since_keeps_the_day_of_the_edit(
    world: Client, roster: Roster, provadmin: User, colleague: User, book: Any
) -> None:
    answer = roster("assignments", book(*FILES["assignments"]), "--user", provadmin.staff_no)
    world.refresh_from_db()
    world.remark = "改过"
    world.save_by(colleague, "remark")
    undo(answer)
    world.refresh_from_db()
    assert (world.am.staff_no if world.am else "", world.remark) == ("owner", "改过")
    assert clock.business_date(world.updated_at) == clock.today()


def test_a_total_given_by_a_list_stays_when_its_lines_are_summed_again(
    world: Client, roster: Roster, book: Any
) -> None:
    from clients.services.revenue import sum_months

    head = ["集团编码", "月份", "收入"]
    same = roster("revenue", book(head, [CODE, "2026-02", "0.07"]))
    assert numbers(same) == [1, 0, 0, 1, 0]
    answer = roster("revenue", book(head, [CODE, "2026-02", 100]))
    assert numbers(answer) == [1, 0, 1, 0, 0]
    sum_months([(world.pk, date(2026, 2, 1))])
    month = RevenueMonth.objects.get(month=date(2026, 2, 1))
    assert (month.revenue_fen, month.stated) == (10_000, True)
    undo(answer)
    month.refresh_from_db()
    assert (month.revenue_fen, month.stated) == (7, False)
