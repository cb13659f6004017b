"""Amounts, days and numbers as workbooks hold them, judged by what the database holds afterwards."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from clients.models import Client, NetworkCircuit, RevenueMonth
from clients.services.search import refresh_search
from crm.accounts.models import OrgUnit, User
from crm.base.errors import Invalid
from crm.intake import messages, report, services
from tests.intake import books, oldbooks

Roster = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.django_db
CODE = "330100009001"


@pytest.fixture
def book(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a workbook."""

    def write(*rows: Any, **more: Any) -> Path:
        return books.xlsx(tmp_path / "名单.xlsx", rows, **more)

    return write


def codes(answer: dict[str, Any]) -> list[tuple[int, str]]:
    return [(error["row"], error["code"]) for error in answer["errors"]]


def revenues() -> dict[date, int]:
    return dict(RevenueMonth.objects.values_list("month", "revenue_fen"))


def test_a_unit_in_the_header_counts_for_its_sheet(roster: Roster, host: Client, book: Any) -> None:
    plain = [["集团编码", "账期", "收入"], [CODE, "2026-02", 12.5]]
    answer = roster(
        "revenue",
        book(["集团编码", "账期", "收入（万元）"], [CODE, "2026-01", 12.5], more={"二": plain}),
    )
    assert revenues() == {date(2026, 1, 1): 12_500_000, date(2026, 2, 1): 1250}
    assert [("万元" in sheet["said"]) for sheet in answer["sheets"]] == [True, False]


def test_a_mended_cell_is_in_the_unit_of_its_column(owner: User, host: Client, book: Any) -> None:
    content = book(["集团编码", "账期", "收入(千元)"], [CODE, "2026-01", "x"]).read_bytes()
    batch = services.open_batch(actor=None, roster="revenue", name="名单.xlsx", content=[content])
    services.work(batch_id=batch.pk)
    services.mend_cell(actor=owner, batch=batch, rn=1, column="revenue_fen", value="3")
    batch.refresh_from_db()
    services.commit_batch(actor=None, batch=batch)
    services.work(batch_id=batch.pk)
    assert revenues() == {date(2026, 1, 1): 300_000}


def test_other_columns_of_numbers_know_their_units(
    roster: Roster, host: Client, org: dict[str, OrgUnit], book: Any
) -> None:
    roster("circuits", book(["电路编号", "带宽(M)"], ["LZ-1", 100]))
    assert NetworkCircuit.objects.get().bandwidth_kbps == 102_400
    roster(
        "clients",
        book(["集团名称", "机构类型", "注册资本（万元）", "员工总数(万人)"], ["甲厂", "企业", 500, 1.2]),
    )
    client = Client.objects.get(name="甲厂")
    assert (client.registered_capital_fen, client.employee_total) == (500_000_000, 12_000)


def test_a_unit_nobody_knows_is_asked_about(roster: Roster, host: Client, book: Any) -> None:
    answer = roster("traffic", book(["集团编码", "产品", "月份", "流量(GB)"], [CODE, "VNET", "2026-01", 5]))
    assert answer["error"]["code"] == "MISSING_COLUMN"


def test_a_staff_number_is_one_person_however_it_is_written(
    roster: Roster, org: dict[str, OrgUnit], sysadmin: User, book: Any
) -> None:
    unit = org["unit"].name
    head = ["工号", "姓名", "单位"]
    roster("users", book(head, ["ab01", "李四", unit], ["62010001", "张三", unit]))
    for spelling in ("６２０１０００１", "'62010001", 62010001.0):
        answer = roster("users", book(head, [spelling, "张三", unit]))
        assert answer["unchanged"] == 1, (spelling, answer["errors"])
    answer = roster("users", book(head, ["AB01", "李四四", unit]))
    assert answer["updated"] == 1
    assert User.objects.get(full_name="李四四").staff_no == "ab01"
    answer = roster("users", book(head, ["cd02", "王五", unit], ["CD02", "王五", unit]))
    assert codes(answer) == [(3, "DUPLICATE_KEY")]


def test_a_licence_number_excel_has_rounded_is_not_stored(roster: Roster, host: Client, book: Any) -> None:
    head = ["集团名称", "机构类型", "工商注册号", "邮编"]
    answer = roster(
        "clients", book(head, ["甲厂", "企业", 330106000000123456, ""], ["乙厂", "企业", "", 10000])
    )
    assert codes(answer) == [(2, "NUMBER_ROUNDED")]
    assert Client.objects.get(name="乙厂").postcode == "010000"


def test_a_name_that_grows_in_its_usual_form_costs_its_own_row_only(
    roster: Roster, host: Client, book: Any
) -> None:
    answer = roster("clients", book(["集团名称", "机构类型"], ["㍿" * 51, "企业"], ["乙厂", "企业"]))
    assert codes(answer) == [(2, "TOO_LONG")]
    assert answer["created"] == 1
    host.name = "㍿" * 51
    with pytest.raises(Invalid, match="TOO_LONG"):
        refresh_search(host)


def test_nobody_joined_in_the_future(roster: Roster, host: Client, book: Any) -> None:
    head = ["手机号", "姓名", "品牌", "入网日期"]
    answer = roster("customers", book(head, ["13900000011", "张三", "全球通", "2099-01-01"]))
    assert codes(answer) == [(2, "DATE_FUTURE")]
    answer = roster("members", book(books.MEMBER_HEADERS, books.member(1, 入网日期="2099-01-01")))
    assert codes(answer) == [(2, "DATE_FUTURE")]


# ---- The workbook that goes back


def errors(book: Path) -> list[list[Any]]:
    """Return the cells of the first sheet."""
    return [list(row) for row in load_workbook(book).worksheets[0].iter_rows(values_only=True)]


def test_a_sheet_keeps_what_a_workbook_allows_of_its_name_and_cells(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    wrong = [books.MEMBER_HEADERS, books.member(1, 手机号="坏", 备注="a\ufffeb\uffff")]
    out = tmp_path / "e.xlsx"
    for path in (
        oldbooks.ods(tmp_path / "a.ods", [wrong[0], books.member(1, 手机号="坏")], title="a/b:c*d?[e]"),
        books.text(tmp_path / "a.csv", wrong),
    ):
        roster("members", path, "--errors", str(out))
        assert errors(out)[1][4] == "坏"
    assert errors(out)[1][6] == "ab"


def test_a_mended_workbook_comes_back_without_a_question_about_our_own_columns(
    owner: User, host: Client, tmp_path: Path
) -> None:
    rows = [[*books.MEMBER_HEADERS], [*books.member(1, 手机号="坏"), "我的备忘"]]
    path = books.xlsx(tmp_path / "a.xlsx", rows)
    for suffix in ("xlsx", "csv"):
        if suffix == "csv":
            path = books.text(tmp_path / "a.csv", [row[:9] for row in rows])
        for _time in range(2):
            batch = services.open_batch(
                actor=owner, roster="members", name=path.name, content=[path.read_bytes()]
            )
            services.work(batch_id=batch.pk)
            batch.refresh_from_db()
            if suffix == "xlsx" and batch.status == "MAPPING":
                # The memo stands under no header: that is asked about once, our own columns never are.
                assert batch.found["plans"][0]["unnamed"] == [len(books.MEMBER_HEADERS)]
                services.choose_mapping(
                    actor=owner,
                    batch=batch,
                    mapping={f"column{len(books.MEMBER_HEADERS) + 1}": ""},
                    constants={},
                )
                services.work(batch_id=batch.pk)
                batch.refresh_from_db()
            assert (batch.status, batch.rejected) == ("VALIDATED", 1)
            path = tmp_path / "e.xlsx"
            report.write_error_workbook(batch, path)
        head, line = errors(path)
        ours = str(messages.REASON)
        assert head.count(ours) == 1
        assert "11" in line[head.index(ours)]
        assert "我的备忘" in line or suffix == "csv"


# ---- What is said


def test_sentences_name_the_bound_that_is_there_and_the_sheet_that_is_meant(
    roster: Roster, host: Client, book: Any
) -> None:
    def said(name: str, path: Path) -> list[str]:
        with override("en"):
            return [error["message"] for error in roster(name, path)["errors"]]

    head = ["集团名称", "机构类型", "注册资本", "月通信费"]
    assert said("clients", book(head, ["甲厂", "企业", "50元整", -5], ["乙厂", "企业", "", 1e15])) == [
        "The amount must not be negative.",
        "The amount is too large: at most 100,000,000,000,000 yuan.",
    ]
    rows = [books.MEMBER_HEADERS, books.member(1)]
    assert said("members", book(*rows, books.member(1), more={"二": rows})) == [
        "This row repeats row 2.",
        "This row repeats row 2 of the sheet Sheet1.",
    ]
