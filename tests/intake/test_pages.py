"""The wizard and the API, through the public door; the worker's part is run in between."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import User
from crm.intake import services, tasks
from crm.intake.models import ImportBatch
from members.models import Member
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, member, members

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]
HEAD = [MEMBER_HEADERS]


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Catch what is queued instead of a broker."""
    queued: list[int] = []
    monkeypatch.setattr(tasks, "enqueue", queued.append)
    monkeypatch.setattr("crm.intake.views.is_there", lambda: True)
    return queued


def upload(browser: Browser, path: Path, **given: str) -> Any:
    sent = SimpleUploadedFile(path.name, path.read_bytes())
    return browser.post("/imports/new/", {"roster": "members", "mode": "OVERWRITE", "file": sent, **given})


def test_a_manager_walks_from_upload_to_undo(
    browse: Browse,
    owner: User,
    host: Client,
    tmp_path: Path,
    queue: list[int],
    django_capture_on_commit_callbacks: Any,
) -> None:
    browser = browse(owner)
    assert "导入" in browser.get("/imports/").content.decode() or browser.get("/imports/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(
            browser, books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1), member(2), member(3, 手机号="坏")])
        )
    batch = ImportBatch.objects.get()
    assert answer["Location"] == f"/imports/{batch.pk}/"
    assert queue == [batch.pk]
    page = browser.get(f"/imports/{batch.pk}/").content.decode()
    assert f'hx-get="/imports/{batch.pk}/progress/"' in page
    services.work(batch_id=batch.pk)
    assert (
        browser.get(f"/imports/{batch.pk}/progress/", headers={"HX-Request": "true"})["HX-Redirect"]
        == f"/imports/{batch.pk}/"
    )
    page = browser.get(f"/imports/{batch.pk}/").content.decode()
    assert f'action="/imports/{batch.pk}/commit/"' in page
    assert [int(n) for n in re.findall(r'stat-value">(\d+)<', page)] == [2, 0, 0, 1]
    assert "坏" in browser.get(f"/imports/{batch.pk}/?show=reject").content.decode()
    assert "139****0001" in browser.get(f"/imports/{batch.pk}/?show=create").content.decode()
    assert not Member.objects.exists()
    assert browser.post(f"/imports/{batch.pk}/commit/").status_code == 302
    services.work(batch_id=batch.pk)
    assert Member.objects.count() == 2
    page = browser.get(f"/imports/{batch.pk}/").content.decode()
    assert f'action="/imports/{batch.pk}/undo/"' in page
    browser.post(f"/imports/{batch.pk}/undo/")
    services.work(batch_id=batch.pk)
    assert not Member.objects.exists()
    assert browser.get(f"/imports/{batch.pk}/").status_code == 200


def test_old_and_new_stand_side_by_side_before_anything_is_written(
    browse: Browse, owner: User, host: Client, tmp_path: Path
) -> None:
    from tests import factories

    factories.make_member(host, msisdn="13912340001", name="原来的名字", position="职员")
    browser = browse(owner)
    upload(browser, books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1, 成员姓名="新的名字")]))
    batch = ImportBatch.objects.get()
    services.work(batch_id=batch.pk)
    page = browser.get(f"/imports/{batch.pk}/?show=update").content.decode()
    assert re.search(r"<del[^>]*>原来的名字</del> → <ins[^>]*>新的名字</ins>", page)


def test_a_file_with_unknown_columns_is_matched_on_the_page(
    browse: Browse, owner: User, host: Client, tmp_path: Path
) -> None:
    browser = browse(owner)
    rows = [["集团编码", "成员姓名", "手机号", "那个"], ["330100009001", "王伟", "13912340001", "甲"]]
    upload(browser, books.xlsx(tmp_path / "a.xlsx", rows))
    batch = ImportBatch.objects.get()
    services.work(batch_id=batch.pk)
    assert browser.get(f"/imports/{batch.pk}/")["Location"] == f"/imports/{batch.pk}/columns/"
    page = browser.get(f"/imports/{batch.pk}/columns/").content.decode()
    assert "13912340001" in page
    # What is still lacking is said before the button is pressed.
    assert "职务" in page.split('class="notice notice-warn"')[1][:400]
    lacking = {"map-0": "client_code", "map-1": "name", "map-2": "msisdn", "map-3": "remark", "set-type": "2"}
    refused = browser.post(f"/imports/{batch.pk}/columns/", lacking)
    assert refused.status_code == 400
    browser.post(f"/imports/{batch.pk}/columns/", lacking | {"set-position": "会计"})
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.created) == ("VALIDATED", 1)


def test_a_file_sent_as_the_wrong_roster_is_taken_as_the_one_its_columns_are(
    browse: Browse,
    owner: User,
    host: Client,
    tmp_path: Path,
    queue: list[int],
    django_capture_on_commit_callbacks: Any,
) -> None:
    """The page names the better roster and takes the same file as that, without a second upload."""
    browser = browse(owner)
    path = books.xlsx(tmp_path / "a.xlsx", [["成员导入表"], *HEAD, member(1), member(2)])
    upload(browser, path, roster="contacts")
    batch = ImportBatch.objects.get()
    services.work(batch_id=batch.pk)
    columns = f"/imports/{batch.pk}/columns/"
    assert 'name="as" value="members"' in browser.get(columns).content.decode()
    # A roster the person may not import is none, and nothing is changed by asking for it.
    assert browser.post(columns, {"as": "users"}).status_code == 404
    batch.refresh_from_db()
    assert (batch.roster, batch.status) == ("contacts", "MAPPING")
    queue.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(columns, {"as": "members"})["Location"] == f"/imports/{batch.pk}/"
    assert queue == [batch.pk]
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.roster, batch.status, batch.read, batch.created) == ("members", "VALIDATED", 2, 2)
    # What fits is not talked out of its roster, and what was checked is not taken as another any more.
    assert 'name="as"' not in browser.get(columns).content.decode()
    assert browser.post(columns, {"as": "contacts"}).status_code == 409


def test_a_refused_file_says_what_to_do_and_shows_no_path(
    browse: Browse, owner: User, host: Client, tmp_path: Path, media: Path
) -> None:
    browser = browse(owner)
    picture = tmp_path / "a.xlsx"
    picture.write_bytes(b"\x89PNG\r\n" + b"\0" * 100)
    upload(browser, picture)
    batch = ImportBatch.objects.get()
    services.work(batch_id=batch.pk)
    page = browser.get(f"/imports/{batch.pk}/").content.decode()
    assert 'role="alert"' in page
    assert str(media) not in page
    assert "Traceback" not in page


def test_an_empty_upload_is_refused_at_the_field(browse: Browse, owner: User, host: Client) -> None:
    answer = browse(owner).post(
        "/imports/new/", {"roster": "members", "mode": "OVERWRITE", "file": SimpleUploadedFile("a.xlsx", b"")}
    )
    assert answer.status_code == 400
    assert not ImportBatch.objects.exists()


def test_a_manager_may_not_import_clients(browse: Browse, owner: User, host: Client, tmp_path: Path) -> None:
    answer = upload(browse(owner), books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(1)]), roster="clients")
    assert answer.status_code == 400
    assert not ImportBatch.objects.exists()


def test_imports_of_others_do_not_exist(
    browse: Browse, owner: User, colleague: User, provadmin: User, host: Client, tmp_path: Path
) -> None:
    upload(browse(owner), books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1, 手机号="1391234")]))
    batch = ImportBatch.objects.get()
    services.work(batch_id=batch.pk)
    for path in ("", "columns/", "errors/", "progress/"):
        assert browse(colleague).get(f"/imports/{batch.pk}/{path}").status_code == 404
    assert browse(provadmin).get(f"/imports/{batch.pk}/errors/").status_code == 404
    page = browse(provadmin).get(f"/imports/{batch.pk}/?show=reject")
    assert page.status_code == 200
    assert "1391234" not in page.content.decode()


def test_the_marked_workbook_and_the_template_download_and_the_template_imports(
    browse: Browse, owner: User, host: Client, tmp_path: Path
) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    browser = browse(owner)
    upload(browser, books.xlsx(tmp_path / "a.xlsx", [*HEAD, member(1, 手机号="坏")]))
    batch = ImportBatch.objects.get()
    services.work(batch_id=batch.pk)
    marked = load_workbook(BytesIO(b"".join(browser.get(f"/imports/{batch.pk}/errors/").streaming_content)))  # type: ignore[attr-defined]
    assert marked.worksheets[0].cell(2, 10).value
    book = load_workbook(BytesIO(b"".join(browser.get("/imports/templates/members/").streaming_content)))  # type: ignore[attr-defined]
    sheet = book.worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    from crm.intake.mapping import meaning
    from crm.intake.resources import resource_of

    assert [meaning(resource_of("members"), str(head), {}) for head in heads] == [
        c.name for c in resource_of("members").columns
    ]
    assert sheet.data_validations.dataValidation


@pytest.mark.spec("S1-65")
def test_another_system_sends_polls_reads_errors_commits_and_undoes(
    api: Callable[[User | None], APIClient], provadmin: User, host: Client, tmp_path: Path
) -> None:
    client = api(provadmin)
    path = books.xlsx(
        tmp_path / "a.xlsx", [row[:7] for row in [list(MEMBER_HEADERS), *members(2), member(3, 手机号="坏")]]
    )
    sent = client.post(
        "/api/v1/imports",
        {
            "roster": "members",
            "file": SimpleUploadedFile("a.xlsx", path.read_bytes()),
            "set": '{"position": "职员", "type": "2"}',
        },
        format="multipart",
    )
    assert sent.status_code == 202, sent.content
    number = sent.json()["id"]
    services.work(batch_id=number)
    stood = client.get(f"/api/v1/imports/{number}").json()
    assert (stood["status"], stood["read"], stood["created"], stood["rejected"]) == ("VALIDATED", 3, 2, 1)
    errors = client.get(f"/api/v1/imports/{number}/errors").json()
    assert [(error["row"], error["code"]) for error in errors["results"]] == [(4, "BAD_PHONE")]
    assert client.post(f"/api/v1/imports/{number}:commit").status_code == 202
    assert client.post(f"/api/v1/imports/{number}:commit").json()["code"] == "NOT_NOW"
    services.work(batch_id=number)
    assert Member.objects.count() == 2
    assert client.post(f"/api/v1/imports/{number}:undo").status_code == 202
    services.work(batch_id=number)
    assert not Member.objects.exists()


def test_the_api_refuses_what_the_page_refuses(
    api: Callable[[User | None], APIClient], owner: User, host: Client
) -> None:
    client = api(owner)
    file = SimpleUploadedFile("a.xlsx", b"x")
    assert (
        client.post("/api/v1/imports", {"roster": "clients", "file": file}, format="multipart").status_code
        == 403
    )
    file.seek(0)
    assert (
        client.post("/api/v1/imports", {"roster": "nothing", "file": file}, format="multipart").status_code
        == 404
    )
    assert client.post("/api/v1/imports", {"roster": "members"}, format="multipart").json()[
        "fields"
    ].keys() == {"file"}
    assert client.get("/api/v1/imports/999999").status_code == 404
