"""The roster of clients through the command, judged by the database."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clients.imports import FilingFacts, RegionFinder
from clients.models import AMAssignment, Client, ClientStatusHistory, CodeSequence
from clients.rules.filing import FACT_NAMES
from crm.accounts.models import OrgUnit, User
from tests import factories
from tests.intake import books

Roster = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.django_db

FOREIGN = (
    "企业名称",
    "统一社会信用代码",
    "注册日期",
    "企业类型",
    "注册资金",
    "经营范围",
    "所在省份",
    "地区",
    "注册地址",
)


def usable(prefix: str, body: str) -> str:
    """Return a made-up credit code with its check digit."""
    from stdnum.cn import uscc

    return prefix + body + uscc.calc_check_digit(prefix + body)


CODES = {
    prefix: usable(prefix, "3301060000000" + f"{index:02d}")
    for index, prefix in enumerate(("91", "92", "93", "11", "12", "51", "52", "53", "81", "Y1", "A1"))
}


def foreign(name: str, uscc: str = "", **cells: str) -> list[str]:
    row = {
        "企业名称": name,
        "统一社会信用代码": uscc,
        "注册日期": "1999-07-06",
        "企业类型": "N/A",
        "注册资金": "3,888(万元人民币)",
        "经营范围": "茶叶",
        "所在省份": "浙江",
        "地区": "杭州",
        "注册地址": "西湖路1号",
    }
    return list((row | cells).values())


def numbers(answer: dict[str, Any]) -> list[int]:
    return [answer[key] for key in ("read", "created", "updated", "unchanged", "rejected")]


def csv(tmp_path: Path, *rows: list[str], head: tuple[str, ...] = FOREIGN, name: str = "a.csv") -> Path:
    return books.text(tmp_path / name, [head, *rows])


def test_a_file_with_foreign_headers_lands_whole_and_once(
    roster: Roster, regions: None, org: dict[str, OrgUnit], provadmin: User, tmp_path: Path
) -> None:
    path = csv(
        tmp_path,
        foreign("甲茶业有限公司", CODES["91"]),
        foreign("乙茶店", CODES["92"], 地区="宁波"),
        foreign("丙公司", CODES["93"], 所在省份="福建", 地区="泉州"),
    )
    assert numbers(roster("clients", path, "--user", provadmin.staff_no)) == [3, 3, 0, 0, 0]
    tea = Client.objects.get(name="甲茶业有限公司")
    assert (
        tea.institution_type,
        tea.registered_capital_fen,
        str(tea.founded_on),
        tea.hq_region_id,
        tea.address,
    ) == ("QY", 3_888_000_000, "1999-07-06", "3301", "西湖路1号")
    assert (tea.org_unit, tea.filing, tea.status, tea.created_by) == (
        org["city"],
        "FILED",
        "POTENTIAL",
        provadmin,
    )
    assert tea.client_code.startswith("3301")
    assert "jcyyxgs" in tea.search_text
    assert Client.objects.get(name="乙茶店").org_unit == org["other_city"]
    assert Client.objects.get(name="丙公司").org_unit == org["province"], (
        "no unit of its own city: the importer's own"
    )
    assert ClientStatusHistory.objects.filter(client=tea, new="POTENTIAL").count() == 1
    assert numbers(roster("clients", path, "--user", provadmin.staff_no)) == [3, 0, 0, 3, 0]


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("91", "QY"),
        ("92", "GT"),
        ("93", "QY"),
        ("11", "JG"),
        ("12", "SY"),
        ("51", "ST"),
        ("52", "QT"),
        ("53", "QT"),
        ("81", "ST"),
    ],
)
def test_the_institution_type_follows_from_the_credit_code(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path, prefix: str, kind: str
) -> None:
    assert numbers(roster("clients", csv(tmp_path, foreign("甲", CODES[prefix])))) == [1, 1, 0, 0, 0]
    assert Client.objects.get().institution_type == kind


def test_without_type_and_credit_code_a_row_is_rejected(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path
) -> None:
    answer = roster("clients", csv(tmp_path, foreign("甲"), foreign("乙", 企业类型="有限责任公司")))
    assert numbers(answer) == [2, 1, 0, 0, 1]
    assert answer["errors"][0]["code"] == "INSTITUTION_UNKNOWN"


def test_what_cannot_be_read_in_a_side_column_is_told_and_costs_no_row(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path
) -> None:
    answer = roster(
        "clients",
        csv(tmp_path, foreign("甲", CODES["91"], 注册资金="50(万美元)", 地区="无此地", 所在省份="")),
    )
    assert numbers(answer) == [1, 1, 0, 0, 0]
    assert {warning["code"] for warning in answer["warnings"]} == {"FOREIGN_CURRENCY", "REGION_UNKNOWN"}
    assert Client.objects.get().registered_capital_fen is None


@pytest.mark.spec("E091")
def test_a_wrong_credit_code_rejects_its_row(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path
) -> None:
    answer = roster(
        "clients", csv(tmp_path, foreign("甲", "91350100M000100Y4Z"), foreign("乙", "91350100m000100y43"))
    )
    assert [(e["row"], e["code"], e["column"]) for e in answer["errors"]] == [
        (2, "USCC_INVALID", "统一社会信用代码")
    ]
    assert Client.objects.get().uscc == "91350100M000100Y43"


@pytest.mark.spec("E090")
def test_a_credit_code_filed_outside_the_scope_is_a_duplicate_that_names_nobody(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path
) -> None:
    admin = factories.make_user("cityadmin", "PROV_ADMIN", org["other_city"])
    hidden = factories.make_client(org["unit"], None, uscc=CODES["91"], name="别处的公司")
    answer = roster("clients", csv(tmp_path, foreign("甲", CODES["91"])), "--user", admin.staff_no)
    assert [error["code"] for error in answer["errors"]] == ["DUPLICATE_CLIENT"]
    assert hidden.name not in str(answer)
    hidden.refresh_from_db()
    assert hidden.name == "别处的公司"


def test_a_client_is_found_again_by_code_then_credit_code_then_name_in_its_city(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path
) -> None:
    roster(
        "clients", csv(tmp_path, foreign("甲有限公司", CODES["91"]), foreign("乙有限公司", 企业类型="企业"))
    )
    first, second = Client.objects.order_by("id")
    head = ("集团编码", *FOREIGN)
    path = csv(
        tmp_path,
        [first.client_code, *foreign("甲改名有限公司", CODES["91"])],
        ["", *foreign("乙 有限公司", CODES["93"])],
        head=head,
        name="b.csv",
    )
    answer = roster("clients", path)
    assert numbers(answer) == [2, 0, 2, 0, 0], answer["errors"]
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.name, second.uscc) == ("甲改名有限公司", CODES["93"])
    assert "jgmyxgs" in first.search_text


def test_code_and_credit_code_of_two_clients_are_refused(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path
) -> None:
    one = factories.make_client(org["unit"], None, uscc=CODES["91"])
    other = factories.make_client(org["unit"], None, uscc=CODES["93"])
    answer = roster(
        "clients", csv(tmp_path, [one.client_code, *foreign("甲", other.uscc)], head=("集团编码", *FOREIGN))
    )
    assert [error["code"] for error in answer["errors"]] == ["TWO_CLIENTS"]


@pytest.mark.spec("S0-54")
def test_a_closed_code_is_never_used_again_and_new_codes_never_meet_old_ones(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path
) -> None:
    closed = factories.make_client(
        org["unit"], None, status="CLOSED", client_code="330100000007", uscc=CODES["91"]
    )
    head = ("集团编码", *FOREIGN)
    path = csv(
        tmp_path,
        [closed.client_code, *foreign("甲", CODES["12"])],
        ["", *foreign("乙", CODES["91"])],
        ["330100000020", *foreign("丙", CODES["93"])],
        ["", *foreign("丁", CODES["92"])],
        head=head,
    )
    answer = roster("clients", path)
    assert [error["code"] for error in answer["errors"]] == ["CLIENT_CLOSED"]
    codes = dict(Client.objects.exclude(pk=closed.pk).values_list("name", "client_code"))
    assert codes["丙"] == "330100000020"
    assert sorted([codes["乙"], codes["丁"]]) == ["330100000008", "330100000009"]
    assert CodeSequence.objects.get(prefix="3301").last == 9


@pytest.mark.spec("E092")
def test_a_grid_of_another_unit_is_refused(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path
) -> None:
    admin = factories.make_user("cityadmin", "PROV_ADMIN", org["city"])
    factories.make_grid("G1", org["unit"])
    factories.make_grid("G2", org["far_unit"])
    head = (*FOREIGN, "网格编码")
    path = csv(
        tmp_path,
        [*foreign("甲", CODES["91"]), "g1"],
        [*foreign("乙", CODES["92"]), "G2"],
        [*foreign("丙", CODES["93"]), "G3"],
        head=head,
    )
    answer = roster("clients", path, "--user", admin.staff_no)
    assert [(e["row"], e["code"]) for e in answer["errors"]] == [
        (3, "GRID_OUT_OF_SCOPE"),
        (4, "GRID_UNKNOWN"),
    ]
    assert Client.objects.get().grid.code == "G1"  # type: ignore[union-attr]


def test_unit_and_manager_are_looked_up_inside_the_scope(
    roster: Roster, regions: None, org: dict[str, OrgUnit], owner: User, tmp_path: Path
) -> None:
    admin = factories.make_user("cityadmin", "PROV_ADMIN", org["city"])
    far = factories.make_user("far", "AM", org["far_unit"])
    head = (*FOREIGN, "归属单位", "客户经理工号")
    path = csv(
        tmp_path,
        [*foreign("甲", CODES["91"]), "西湖区", owner.staff_no],
        [*foreign("乙", CODES["92"]), org["far_unit"].code, ""],
        [*foreign("丙", CODES["93"]), "", far.staff_no],
        head=head,
    )
    answer = roster("clients", path, "--user", admin.staff_no)
    assert [(e["row"], e["code"]) for e in answer["errors"]] == [(3, "UNIT_UNKNOWN"), (4, "AM_UNKNOWN")]
    landed = Client.objects.get()
    assert (landed.org_unit, landed.am) == (org["unit"], owner)
    assert AMAssignment.objects.get(client=landed, to_on=None).user == owner


def test_a_new_manager_ends_the_old_assignment(
    roster: Roster, regions: None, org: dict[str, OrgUnit], owner: User, colleague: User, tmp_path: Path
) -> None:
    mine = factories.make_client(org["unit"], owner, name="甲有限公司", uscc=CODES["91"])
    path = csv(
        tmp_path, [*foreign("甲有限公司", CODES["91"]), colleague.staff_no], head=(*FOREIGN, "客户经理")
    )
    assert numbers(roster("clients", path)) == [1, 0, 1, 0, 0]
    mine.refresh_from_db()
    assert mine.am == colleague
    assert AMAssignment.objects.get(client=mine, to_on=None).user == colleague
    assert AMAssignment.objects.get(client=mine, user=owner).to_on is not None


GUARDS = [
    ({"银行级别": "储蓄所"}, "BANK_LEVEL_TOO_LOW"),
    ({"银行级别": "分理处"}, "BANK_LEVEL_TOO_LOW"),
    ({"银行级别": "支行"}, ""),
    ({"与上级关系": "分支机构", "员工总数": "10"}, "BRANCH_NEEDS_AUTHORIZATION"),
    ({"与上级关系": "分支机构", "员工总数": "10", "上级授权": "是"}, ""),
    ({"与上级关系": "二级单位", "员工总数": "40"}, "SECOND_LEVEL_MERGE"),
    ({"与上级关系": "二级单位", "员工总数": "41"}, ""),
    ({"与上级关系": "二级单位", "员工总数": "3", "单独财权": "是"}, ""),
    ({"与上级关系": "营业网点", "上级授权": "是"}, "BRANCH_NEEDS_AUTHORIZATION"),
]


@pytest.mark.spec("E081", "E082", "E083", "E084", "E085", "E086", "E089")
@pytest.mark.parametrize(("cells", "code"), GUARDS)
def test_what_the_page_would_not_file_the_roster_does_not_file(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path, cells: dict[str, str], code: str
) -> None:
    parent = factories.make_client(org["unit"], None, client_code="330100000001", uscc=CODES["12"])
    head = (*FOREIGN, *cells, "上级集团编码")
    answer = roster(
        "clients",
        csv(tmp_path, [*foreign("甲", CODES["91"]), *cells.values(), parent.client_code], head=head),
    )
    assert [error["code"] for error in answer["errors"]] == ([code] if code else [])
    assert all(error["message"] != code for error in answer["errors"])
    assert Client.objects.exclude(pk=parent.pk).exists() is not bool(code)


@pytest.mark.spec("E087", "E088")
@pytest.mark.parametrize(("people", "code"), [("4", "SECOND_LEVEL_MERGE"), ("5", "")])
def test_small_units_of_a_government_organ_belong_into_its_file(
    roster: Roster, regions: None, org: dict[str, OrgUnit], tmp_path: Path, people: str, code: str
) -> None:
    parent = factories.make_client(org["unit"], None, institution_type="JG", institution_subtype="JG3")
    head = (*FOREIGN, "上级集团编码", "与上级关系", "员工总数")
    answer = roster(
        "clients",
        csv(tmp_path, [*foreign("区妇联", CODES["11"]), parent.client_code, "二级单位", people], head=head),
    )
    assert [error["code"] for error in answer["errors"]] == ([code] if code else [])


def test_every_fact_a_guard_may_ask_for_is_a_column_of_the_staged_facts() -> None:
    assert set(FACT_NAMES) <= {field.name for field in FilingFacts._meta.get_fields()}


@pytest.mark.parametrize(
    ("province", "city", "code"),
    [
        ("福建", "泉州", "3505"),
        ("福建省", "泉州市", "3505"),
        ("", "福建省泉州市", "3505"),
        ("上海", "浦东", "310115"),
        ("上海", "自贸区", "31"),
        ("浙江", "", "33"),
        ("", "宁波", "3302"),
        ("", "", None),
        ("火星", "", None),
    ],
)
def test_a_place_is_found_as_people_write_it(province: str, city: str, code: str | None) -> None:
    regions = [
        ("33", "浙江省"),
        ("3301", "杭州市"),
        ("3302", "宁波市"),
        ("35", "福建省"),
        ("3505", "泉州市"),
        ("31", "上海市"),
        ("3101", "市辖区"),
        ("310115", "浦东新区"),
        ("15", "内蒙古自治区"),
    ]
    assert RegionFinder(regions).find(province, city) == code


def test_history_carries_the_batch(
    roster: Roster, regions: None, org: dict[str, OrgUnit], provadmin: User, tmp_path: Path
) -> None:
    import pghistory.models

    roster("clients", csv(tmp_path, foreign("甲", CODES["91"])))
    answer = roster("clients", csv(tmp_path, foreign("甲改", CODES["91"])), "--user", provadmin.staff_no)
    contexts = pghistory.models.Context.objects.all()
    assert {"user": provadmin.pk, "batch": answer["batch"]} in [context.metadata for context in contexts]


SAMPLE = Path(os.environ.get("CRM_SAMPLE_DATA", "")) / "orgs" / "dev_enterprises_20k.csv"


@pytest.mark.skipif(not SAMPLE.is_file(), reason="CRM_SAMPLE_DATA is not set")
def test_twenty_thousand_real_enterprises_land_completely(
    roster: Roster, regions: None, org: dict[str, OrgUnit], provadmin: User
) -> None:
    assert numbers(roster("clients", SAMPLE, "--user", provadmin.staff_no)) == [20_000, 20_000, 0, 0, 0]
    assert Client.objects.values("client_code").distinct().count() == 20_000
    assert numbers(roster("clients", SAMPLE, "--user", provadmin.staff_no)) == [20_000, 0, 0, 20_000, 0]
