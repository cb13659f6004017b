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


def test_sheets_may_name_one_column_differently(send: Send, browse: Browse, owner: User) -> None:
    other = [header.replace("手机号", "手机号码") for header in MEMBER_HEADERS]
    batch = send([[*MEMBER_HEADERS, "序号"], [*member(1), 1]], more={"二": [other, member(2)]})
    columns, browser = f"/imports/{batch.pk}/columns/", browse(owner)
    assert batch.status == "MAPPING"
    assert browser.post(columns, defaults(browser.get(columns).content.decode())).status_code == 302
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.read, batch.created) == ("VALIDATED", 2, 2)
