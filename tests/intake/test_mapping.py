"""Which sheets are read, where their headers stand, and what the page asks about the columns."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import translation

from clients.models import Client
from crm.accounts.models import User
from crm.intake import report, services
from crm.intake.models import ImportBatch
from crm.intake.resources import resource_of, resources
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, member, members

pytestmark = pytest.mark.django_db
Browse = Callable[..., Browser]
HEAD = [MEMBER_HEADERS]
NOTES: dict[str, list[list[Any]]] = {
    "填写说明": [["字段名", "说明", "是否必填"], ["手机号", "11 位", "是"], ["成员姓名", "真名", "是"]],
    "代码表": [["类型", "说明"], ["1", "骨干"], ["2", "普通"]],
    "汇总": [["集团名称", "人数"], ["杭州西湖实业有限公司", 2]],
}


@pytest.fixture
def send(browse: Browse, owner: User, host: Client, tmp_path: Path) -> Callable[..., ImportBatch]:
    """Return a function that uploads a workbook on the page and has it read."""

    def act(rows: list[Any], *, more: dict[str, Any] | None = None) -> ImportBatch:
        path = books.xlsx(tmp_path / "a.xlsx", rows, more=more)
        sent = SimpleUploadedFile(path.name, path.read_bytes())
        browse(owner).post("/imports/new/", {"roster": "members", "mode": "OVERWRITE", "file": sent})
        batch = ImportBatch.objects.latest("id")
        services.work(batch_id=batch.pk)
        batch.refresh_from_db()
        return batch

    return act


Send = Callable[..., ImportBatch]


def defaults(page: str) -> dict[str, str]:
    """Return what the page sends when nothing on it is touched."""
    found = {}
    for select in re.finditer(r'<select[^>]*name="(map-\d+)".*?</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]*selected', select[0])
        found[select[1]] = chosen[1] if chosen else ""
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("roster", sorted(resources()))
def test_a_template_as_it_was_downloaded_needs_no_matching(
    host: Client, tmp_path: Path, roster: str, language: str
) -> None:
    """Its sheet of notes names columns, too, and is none of the roster."""
    path = tmp_path / "template.xlsx"
    with translation.override(language):
        report.write_template(resource_of(roster), path)
    book = openpyxl.load_workbook(path)
    for position, column in enumerate(resource_of(roster).columns, start=1):
        book.worksheets[0].cell(2, position, column.example or "1")
    book.save(path)
    batch = services.open_batch(actor=None, roster=roster, name=path.name, content=[path.read_bytes()])
    services.read_batch(batch=batch)
    assert (batch.status, batch.error_code, batch.read) == ("VALIDATED", "", 1)
    assert [plan["skipped"] for plan in batch.found["plans"]] == ["", "NO_HEADER", "HIDDEN"]


@pytest.mark.parametrize("name", NOTES)
def test_a_sheet_of_notes_beside_the_roster_is_named_with_its_rows(send: Send, name: str) -> None:
    batch = send([*HEAD, *members(2)], more={name: NOTES[name]})
    assert (batch.status, batch.read) == ("VALIDATED", 2)
    with translation.override("en"):
        sheet = report.sheets_of(batch)[1]
    assert sheet["said"] == f"left out: no header of this roster ({len(NOTES[name])} rows)"


def test_a_sheet_that_lacks_a_column_is_named_and_can_be_left_out(
    send: Send, browse: Browse, owner: User
) -> None:
    short = [[*MEMBER_HEADERS[:7]], member(3)[:7]]
    batch = send([*HEAD, *members(2)], more={"旧名单": short})
    columns, browser = f"/imports/{batch.pk}/columns/", browse(owner)
    assert batch.status == "MAPPING"
    page = browser.get(columns).content.decode()
    assert "旧名单" in page.split('class="notice notice-warn"')[1][:400]
    refused = browser.post(columns, defaults(page))
    assert refused.status_code == 400
    assert browser.post(columns, defaults(page) | {"leave-1": "1"}).status_code == 302
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.read) == ("VALIDATED", 2)
    # It can be taken back in.
    page = browser.get(columns).content.decode()
    assert re.findall(r'name="leave-(\d)" value="1"( checked)?', page) == [("0", ""), ("1", " checked")]
    taken = defaults(page) | {"set-position": "职员", "set-type": "2"}
    assert browser.post(columns, taken).status_code == 302
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.read) == ("VALIDATED", 3)


def test_leaving_out_everything_is_answered_with_a_sentence(
    send: Send, browse: Browse, owner: User, api: Any
) -> None:
    batch = send([["甲", "乙", "丙"], ["330100009001", "王", "13912340001"], ["合计", "1", "备注"]])
    columns = f"/imports/{batch.pk}/columns/"
    assert browse(owner).post(columns, {}).status_code == 400
    answer = api(owner).post(f"/api/v1/imports/{batch.pk}:map", {"leave_out": ["Sheet1"]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "NO_HEADER")


def test_known_words_in_the_last_row_make_no_header(send: Send) -> None:
    rows = [["甲", "乙", "丙", "丁"], ["330100009001", "王", "13912340001", "职员"]]
    batch = send([*rows, ["制表", "张三", "手机", "备注"]])
    assert (batch.status, batch.found["plans"][0]["header_row"]) == ("MAPPING", 1)


def test_sheets_may_name_one_column_differently(send: Send, browse: Browse, owner: User) -> None:
    other = [header.replace("手机号", "手机号码") for header in MEMBER_HEADERS]
    batch = send([[*MEMBER_HEADERS, "序号"], [*member(1), 1]], more={"二": [other, member(2)]})
    columns, browser = f"/imports/{batch.pk}/columns/", browse(owner)
    assert batch.status == "MAPPING"
    assert browser.post(columns, defaults(browser.get(columns).content.decode())).status_code == 302
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.read, batch.created) == ("VALIDATED", 2, 2)


def test_two_blocks_in_one_sheet_lose_nobody(send: Send) -> None:
    """The first row with all that is required is the header, however much a later one knows."""
    first = ["集团编码", "成员姓名", "手机号", "职务", "成员类型"]
    people = [["330100009001", f"甲{n}", f"1391234100{n}", "职员", "普通成员"] for n in (1, 2)]
    batch = send([first, *people, *HEAD, *members(3)])
    plan = batch.found["plans"][0]
    assert (batch.status, plan["header_row"], plan["unnamed"]) == ("MAPPING", 1, [5, 6, 7, 8])


def test_a_list_of_what_is_required_above_the_header_is_not_the_header(send: Send) -> None:
    batch = send([["集团编码", "成员姓名", "手机号", "职务", "成员类型"], [], *HEAD, *members(1)])
    assert (batch.status, batch.read, batch.created) == ("VALIDATED", 1, 1)


def test_rows_above_the_header_that_look_like_data_are_told(
    send: Send, browse: Browse, owner: User, tmp_path: Path
) -> None:
    rows = [["名单", "杭州"], ["甲", "13912341001", "330100009001", "职员", "2"], *HEAD, *members(2)]
    batch = send(rows)
    columns, browser = f"/imports/{batch.pk}/columns/", browse(owner)
    assert batch.status == "MAPPING"
    page = browser.get(columns).content.decode()
    assert "Sheet1!3" in page.split('class="notice notice-warn"')[1][:400]
    assert browser.post(columns, defaults(page)).status_code == 302
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.read) == ("VALIDATED", 2)
    path = books.xlsx(tmp_path / "b.xlsx", rows)
    unasked = services.open_batch(actor=None, roster="members", name="b", content=[path.read_bytes()])
    services.read_batch(batch=unasked, ask=False)
    assert (unasked.error_code, unasked.error_params) == ("DATA_ABOVE", {"row": "Sheet1!3"})


@pytest.mark.parametrize("late", [False, True])
def test_data_under_no_header_and_right_of_the_last_is_asked_about(
    send: Send, browse: Browse, owner: User, late: bool
) -> None:
    header = [*MEMBER_HEADERS[:6], "", *MEMBER_HEADERS[7:]]
    filled = [member(n, 备注="旧" if n == 60 or not late else "") for n in range(1, 61)]
    batch = send([header, *filled[:59], [*filled[59], "批注"]])
    columns, browser = f"/imports/{batch.pk}/columns/", browse(owner)
    assert (batch.status, batch.found["plans"][0]["unnamed"]) == ("MAPPING", [6, 9])
    page = browser.get(columns).content.decode()
    assert "第 7 列" in page or "Column 7" in page
    chosen = defaults(page)
    assert [name for name, column in chosen.items() if not column] == ["map-6", "map-9"]
    assert browser.post(columns, chosen | {"map-6": "remark"}).status_code == 302
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.created) == ("VALIDATED", 60)
    assert batch.found["plans"][0]["columns"]["6"] == "remark"
    assert browser.get(f"/imports/{batch.pk}/").status_code == 200
    # Remembered: the next file of the same make is not asked about again.
    assert send([header, *filled[:59], [*filled[59], "批注"]]).status == "VALIDATED"


def test_a_line_of_text_longer_than_the_header_stays_a_broken_line(
    owner: User, host: Client, tmp_path: Path
) -> None:
    path = books.text(tmp_path / "a.csv", [*HEAD, member(1), [*member(2), "多"]])
    batch = services.open_batch(actor=owner, roster="members", name="a.csv", content=[path.read_bytes()])
    services.read_batch(batch=batch)
    assert (batch.status, batch.created, batch.rejected) == ("VALIDATED", 1, 1)
