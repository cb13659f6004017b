"""The roster of members through the command, judged by the database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.intake.models import ImportBatch, RowError
from members.models import Member
from tests import factories
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, SHEET, member, members

Roster = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.django_db
HEAD = [MEMBER_HEADERS]


def numbers(answer: dict[str, Any]) -> list[int]:
    return [answer[key] for key in ("read", "created", "updated", "unchanged", "rejected")]


def test_a_plain_workbook_lands_and_lands_once(roster: Roster, host: Client, tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(20)])
    assert numbers(roster("members", path)) == [20, 20, 0, 0, 0]
    first = Member.objects.get(msisdn="13912340001")
    assert (first.name, first.position, first.type, str(first.joined_on)) == (
        "成员1",
        "职员",
        "2",
        "2024-03-05",
    )
    host.refresh_from_db()
    assert host.members_active == 20
    assert numbers(roster("members", path)) == [20, 0, 0, 20, 0]
    assert Member.objects.count() == 20


def test_a_dry_run_writes_nothing(roster: Roster, host: Client, tmp_path: Path) -> None:
    answer = roster("members", books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(3)]), commit=False)
    assert numbers(answer) == [3, 3, 0, 0, 0]
    assert not Member.objects.exists()


def test_header_below_titles_reversed_and_noisy_is_found(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    noisy = [f" {header}\u3000\n" for header in reversed(MEMBER_HEADERS)]
    rows = [list(reversed(row)) for row in members(20)]
    answer = roster(
        "members", books.xlsx(tmp_path / "a.xlsx", [["2026年集团成员名单"], [], [], noisy, *rows])
    )
    assert numbers(answer) == [20, 20, 0, 0, 0]


@pytest.mark.spec("S1-65")
def test_a_missing_column_is_named_and_nothing_is_written(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    rows = [row[:4] + row[5:] for row in [list(MEMBER_HEADERS), *members(3)]]
    answer = roster("members", books.xlsx(tmp_path / "a.xlsx", rows))
    assert answer["exit"] == 2
    assert answer["error"]["code"] == "MISSING_COLUMN"
    assert "手机号" in answer["error"]["message"]
    assert not Member.objects.exists()


@pytest.mark.spec("S1-65")
def test_position_and_type_can_be_given_for_all_rows(roster: Roster, host: Client, tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [row[:7] for row in [list(MEMBER_HEADERS), *members(3)]])
    assert roster("members", path)["error"]["code"] == "MISSING_COLUMN"
    assert numbers(roster("members", path, "--set", "position=职员", "--set", "type=2")) == [3, 3, 0, 0, 0]


@pytest.mark.spec("E106")
def test_a_row_without_position_or_type_is_rejected_and_the_others_only_by_choice(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1), member(2, 职务=""), member(3, 成员类型="")])
    whole = roster("members", path, "--all-or-nothing")
    assert (whole["exit"], whole["error"]["code"]) == (2, "NOT_ALL_GOOD")
    assert [error["code"] for error in whole["errors"]] == ["REQUIRED", "REQUIRED"]
    assert not Member.objects.exists()
    assert numbers(roster("members", path)) == [3, 1, 0, 0, 2]


@pytest.mark.spec("E099", "E100", "E101", "S1-80")
@pytest.mark.parametrize(
    ("header", "value"),
    [("人员类别", "学生"), ("号码类型", "M2M"), ("号码类型", "物联网卡"), ("号码类型", "TD座机")],
)
def test_forbidden_kinds_are_rejected_and_teachers_are_not(
    roster: Roster, host: Client, tmp_path: Path, header: str, value: str
) -> None:
    rows = [
        [*MEMBER_HEADERS, header],
        [*member(1), value],
        [*member(2), "教师" if header == "人员类别" else "手机"],
    ]
    answer = roster("members", books.xlsx(tmp_path / "a.xlsx", rows))
    found = [(error["row"], error["code"], error["column"]) for error in answer["errors"]]
    assert found == [(2, "MEMBER_KIND_FORBIDDEN", header)]
    assert list(Member.objects.values_list("msisdn", flat=True)) == ["13912340002"]


@pytest.mark.spec("E102", "E103", "E104", "S1-66", "S1-78")
@pytest.mark.parametrize(
    ("source", "employment", "verified", "given", "stored"),
    [
        ("营销活动", "正式", "否", "2", "3"),
        ("通讯录", "临时", "是", "2", "3"),
        ("通讯录", "正式", "是", "4", "2"),
        ("通讯录", "正式", "是", "1", "1"),
        ("通话行为", "正式", "是", "2", "3"),
        ("营销活动", "正式", "是", "2", "2"),
        ("", "", "", "2", "2"),
        ("", "", "", "4", "4"),
    ],
)
def test_the_effective_type_follows_source_employment_and_truth(
    roster: Roster,
    host: Client,
    tmp_path: Path,
    source: str,
    employment: str,
    verified: str,
    given: str,
    stored: str,
) -> None:
    rows = [
        [*MEMBER_HEADERS, "来源", "用工性质", "已核实"],
        [*member(1, 成员类型=given), source, employment, verified],
    ]
    assert numbers(roster("members", books.xlsx(tmp_path / "a.xlsx", rows))) == [1, 1, 0, 0, 0]
    assert Member.objects.get().type == stored


def test_every_error_names_sheet_row_column_and_value(roster: Roster, host: Client, tmp_path: Path) -> None:
    rows = [*HEAD, member(1), member(2, 手机号="坏"), member(3, 手机号="1.39E+10", 入网日期="昨天")]
    errors = roster("members", books.xlsx(tmp_path / "a.xlsx", rows))["errors"]
    assert [(e["sheet"], e["row"], e["column"], e["value"], e["code"]) for e in errors] == [
        ("Sheet1", 3, "手机号", "坏", "BAD_PHONE"),
        ("Sheet1", 4, "手机号", "1.39E+10", "PHONE_ROUNDED"),
        ("Sheet1", 4, "入网日期", "昨天", "NOT_A_DATE"),
    ]
    assert all(error["message"] for error in errors)


def test_exact_repeats_are_reported_with_the_first_row(roster: Roster, host: Client, tmp_path: Path) -> None:
    rows = [*HEAD, *members(3), member(1), member(2, 备注="另一个")]
    answer = roster("members", books.xlsx(tmp_path / "a.xlsx", rows))
    assert numbers(answer) == [5, 3, 0, 0, 2]
    assert [(e["row"], e["code"]) for e in answer["errors"]] == [(5, "DUPLICATE_ROW"), (6, "DUPLICATE_KEY")]
    assert "2" in answer["errors"][0]["message"]
    assert "3" in answer["errors"][1]["message"]


def test_a_bad_row_does_not_shadow_its_good_repeat(roster: Roster, host: Client, tmp_path: Path) -> None:
    answer = roster(
        "members", books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1, 入网日期="昨天"), member(1)])
    )
    assert numbers(answer) == [2, 1, 0, 0, 1]


def test_error_cells_and_formulas_without_value_reject_their_rows(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(3)])
    books.operate(path, SHEET, books.sub(r'<c r="D2"[^>]*>.*?</c>', '<c r="D2" t="e"><v>#N/A</v></c>'))
    books.operate(path, SHEET, books.sub(r'<c r="D3"[^>]*>.*?</c>', '<c r="D3"><f>A1&amp;"x"</f><v></v></c>'))
    answer = roster("members", path)
    assert numbers(answer) == [3, 1, 0, 0, 2]
    assert [(e["row"], e["value"], e["code"]) for e in answer["errors"]] == [
        (2, "#N/A", "CELL_ERROR"),
        (3, "", "FORMULA_NOT_CALCULATED"),
    ]


def test_hidden_sheets_are_left_out_and_said(roster: Roster, host: Client, tmp_path: Path) -> None:
    hidden = ("hidden", [*HEAD, member(50)])
    answer = roster(
        "members",
        books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(2)], more={"旧": hidden, "二": [*HEAD, member(60)]}),
    )
    assert numbers(answer) == [3, 3, 0, 0, 0]
    assert [(sheet["name"], sheet["read"]) for sheet in answer["sheets"]] == [
        ("Sheet1", True),
        ("旧", False),
        ("二", True),
    ]


def test_one_sheet_can_be_chosen(roster: Roster, host: Client, tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(2)], more={"二": [*HEAD, member(60)]})
    assert numbers(roster("members", path, "--sheet", "二")) == [1, 1, 0, 0, 0]
    answer = roster("members", path, "--sheet", "三")
    assert (answer["exit"], answer["error"]["code"]) == (2, "NO_SHEET")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_files_land_character_by_character(
    roster: Roster, host: Client, tmp_path: Path, encoding: str
) -> None:
    answer = roster(
        "members",
        books.text(
            tmp_path / "a.csv",
            [*HEAD, member(1, 成员姓名="𠮷田"), member(2, 成员姓名="=1+1")],
            encoding=encoding,
        ),
    )
    assert numbers(answer) == [2, 2, 0, 0, 0]
    assert list(Member.objects.order_by("msisdn").values_list("name", flat=True)) == ["𠮷田", "=1+1"]


def test_a_line_with_more_cells_than_the_header_is_rejected(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    path = books.text(tmp_path / "a.csv", [*HEAD, member(1), [*member(2), "多", "余"]])
    answer = roster("members", path)
    assert [(e["row"], e["code"]) for e in answer["errors"]] == [(3, "TOO_MANY_CELLS")]
    assert numbers(answer) == [2, 1, 0, 0, 1]


def test_only_a_header_is_said_plainly(roster: Roster, host: Client, tmp_path: Path) -> None:
    answer = roster("members", books.xlsx(tmp_path / "a.xlsx", HEAD))
    assert (answer["exit"], answer["error"]["code"]) == (2, "NO_ROWS")


def test_an_empty_cell_leaves_what_is_on_file_and_a_filled_one_changes_it(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    roster("members", books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(3, 备注="老")]))
    answer = roster(
        "members",
        books.xlsx(tmp_path / "b.xlsx", [*HEAD, member(1), member(2, 备注="新"), member(3, 备注="老")]),
    )
    assert numbers(answer) == [3, 0, 1, 2, 0]
    assert list(Member.objects.order_by("msisdn").values_list("remark", flat=True)) == ["老", "新", "老"]
    changed = Member.objects.get(msisdn="13912340002")
    assert changed.version == 2


@pytest.mark.parametrize(
    ("mode", "counts", "remark"),
    [
        ("skip", [2, 0, 0, 2, 0], ["老", ""]),
        ("fill", [2, 0, 1, 1, 0], ["老", "新"]),
        ("overwrite", [2, 0, 2, 0, 0], ["新", "新"]),
    ],
)
def test_existing_records_are_overwritten_filled_or_left(
    roster: Roster, host: Client, tmp_path: Path, mode: str, counts: list[int], remark: list[str]
) -> None:
    roster("members", books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1, 备注="老"), member(2)]))
    answer = roster(
        "members", books.xlsx(tmp_path / "b.xlsx", [*HEAD, *members(2, 备注="新")]), "--mode", mode
    )
    assert numbers(answer) == counts
    assert list(Member.objects.order_by("msisdn").values_list("remark", flat=True)) == remark


def test_the_client_is_found_by_credit_code_or_exact_name_too(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    rows = [
        *HEAD,
        member(1, 集团编码="", 统一社会信用代码=" 91350100m000100y43"),
        member(2, 集团编码="", 集团名称="杭州西湖实业有限公司"),
        member(3, 集团编码="", 集团名称="没有这家公司"),
        member(4, 集团编码=""),
    ]
    answer = roster("members", books.xlsx(tmp_path / "a.xlsx", rows))
    assert numbers(answer) == [4, 2, 0, 0, 2]
    assert [error["code"] for error in answer["errors"]] == ["CLIENT_NOT_FOUND", "CLIENT_MISSING"]


def test_a_manager_imports_members_of_own_clients_only(
    roster: Roster, host: Client, foreign: Client, owner: User, tmp_path: Path, org: dict[str, OrgUnit]
) -> None:
    neighbour = factories.make_client(org["unit"], None, client_code="330100009002")
    rows = [
        *HEAD,
        member(1),
        member(2, code=foreign.client_code),
        member(3, code=neighbour.client_code),
        member(4, code="330199999999"),
    ]
    answer = roster("members", books.xlsx(tmp_path / "a.xlsx", rows), "--user", owner.staff_no)
    assert numbers(answer) == [4, 1, 0, 0, 3]
    assert {error["code"] for error in answer["errors"]} == {"CLIENT_NOT_FOUND"}
    assert len({error["message"] for error in answer["errors"]}) == 1, "hidden and absent look alike"
    assert Member.objects.get().created_by == owner


def test_a_number_elsewhere_is_named_only_to_who_may_see_it(
    roster: Roster, host: Client, foreign: Client, owner: User, provadmin: User, tmp_path: Path
) -> None:
    factories.make_member(foreign, msisdn="13912340001")
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1)])
    hidden = roster("members", path, "--user", owner.staff_no)["errors"][0]
    seen = roster("members", path, "--user", provadmin.staff_no)["errors"][0]
    assert foreign.name not in hidden["message"]
    assert foreign.name in seen["message"]


@pytest.mark.parametrize("person", ["auditor", "head", "sysadmin"])
def test_who_has_no_verb_imports_nothing(
    roster: Roster, host: Client, tmp_path: Path, person: str, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(person)
    answer = roster("members", books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1)]), "--user", user.staff_no)
    assert (answer["exit"], answer["error"]["code"]) == (2, "FORBIDDEN")
    assert not ImportBatch.objects.exists()


def test_an_unknown_column_or_value_is_refused_before_reading(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1)])
    assert roster("members", path, "--set", "colour=red")["error"]["code"] == "UNKNOWN_COLUMN"
    assert roster("members", path, "--map", "备注=colour")["error"]["code"] == "UNKNOWN_COLUMN"
    assert roster("members", path, "--set", "type=九")["error"]["code"] == "BAD_CONSTANT"


def test_a_foreign_header_is_matched_by_hand(roster: Roster, host: Client, tmp_path: Path) -> None:
    rows = [["甲", "乙", "丙", "丁", "戊"], ["330100009001", "王伟", "13912340001", "会计", "2"]]
    given = [
        arg
        for pair in ("甲=client_code", "乙=name", "丙=msisdn", "丁=position", "戊=type")
        for arg in ("--map", pair)
    ]
    assert numbers(roster("members", books.xlsx(tmp_path / "a.xlsx", rows), *given)) == [1, 1, 0, 0, 0]


def test_the_batch_is_kept_with_hash_counts_and_trail(
    roster: Roster, host: Client, provadmin: User, tmp_path: Path
) -> None:
    from crm.audit.models import AuditEvent

    roster(
        "members",
        books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1), member(2, 手机号="坏")]),
        "--user",
        provadmin.staff_no,
    )
    batch = ImportBatch.objects.get()
    assert (batch.status, batch.owner, len(batch.sha256), batch.rejected) == ("APPLIED", provadmin, 64, 1)
    assert RowError.objects.filter(batch=batch).count() == 1
    assert {"intake.batch_uploaded", "intake.batch_applied"} <= set(
        AuditEvent.objects.values_list("action", flat=True)
    )


def test_the_error_workbook_is_the_users_own_with_marks_and_imports_after_mending(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    from openpyxl import load_workbook

    out = tmp_path / "errors.xlsx"
    path = books.xlsx(tmp_path / "a.xlsx", [["名单"], *HEAD, member(1), member(2, 手机号="坏")])
    roster("members", path, "--errors", str(out))
    sheet = load_workbook(out)["Sheet1"]
    assert sheet.cell(2, 10).value
    assert "11" in str(sheet.cell(4, 10).value)
    assert sheet.cell(4, 5).fill.fgColor.rgb.endswith("FFC7CE")
    assert not sheet.cell(3, 5).fill.fgColor.rgb.endswith("FFC7CE")
    book = load_workbook(out)
    book["Sheet1"].cell(4, 5).value = "13912340002"
    book.save(tmp_path / "mended.xlsx")
    assert numbers(roster("members", tmp_path / "mended.xlsx")) == [2, 1, 0, 1, 0]


def test_a_text_file_comes_back_as_a_workbook_of_its_wrong_rows(
    roster: Roster, host: Client, tmp_path: Path
) -> None:
    from openpyxl import load_workbook

    out = tmp_path / "errors.xlsx"
    roster(
        "members",
        books.text(tmp_path / "a.csv", [*HEAD, member(1), member(2, 手机号="坏", 备注="=1+1")]),
        "--errors",
        str(out),
    )
    sheet = load_workbook(out).worksheets[0]
    assert sheet.max_row == 2
    assert sheet.cell(2, 5).value == "坏"
    assert sheet.cell(2, 7).value == "'=1+1"
    assert sheet.cell(2, 11).value == 3


def test_who_administers_the_whole_tree_may_import_into_every_client(
    roster: Roster, host: Client, org: dict[str, OrgUnit], tmp_path: Path
) -> None:
    admin = factories.make_user("groupadmin", "PROV_ADMIN", org["group"])
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1)])
    assert numbers(roster("members", path, "--user", admin.staff_no)) == [1, 1, 0, 0, 0]
