"""The preview as a person works with it: filters, mending in place, one's own file, what was touched."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from clients.models import Client
from crm.accounts.models import User
from crm.intake import services, tasks
from crm.intake.models import ImportBatch
from members.models import Member
from tests import factories
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, member

pytestmark = pytest.mark.django_db
Browse = Callable[[User | None], Browser]
HEAD = [MEMBER_HEADERS]


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be queued: the worker's part is run in between."""
    monkeypatch.setattr(tasks, "enqueue", lambda batch_id: None)
    monkeypatch.setattr("crm.intake.views.is_there", lambda: True)


@pytest.fixture
def preview(tmp_path: Path, owner: User, host: Client, browse: Browse) -> Callable[..., ImportBatch]:
    """Return a function that uploads rows on the page and has them checked."""

    def upload(rows: list[Any]) -> ImportBatch:
        path = books.xlsx(tmp_path / "名单.xlsx", rows)
        browse(owner).post(
            "/imports/new/",
            {
                "roster": "members",
                "mode": "OVERWRITE",
                "file": SimpleUploadedFile("名单.xlsx", path.read_bytes()),
            },
        )
        batch = ImportBatch.objects.latest("pk")
        services.work(batch_id=batch.pk)
        batch.refresh_from_db()
        return batch

    return upload


def figures(page: str) -> list[int]:
    """Return the four figures of a page."""
    return [int(n) for n in re.findall(r'stat-value">(\d+)<', page)]


def test_changes_are_narrowed_to_one_column(
    preview: Callable[..., ImportBatch], browse: Browse, owner: User, host: Client
) -> None:
    factories.make_member(host, msisdn="13912340001", name="甲甲", position="职员", type="2")
    factories.make_member(host, msisdn="13912340002", name="成员2", position="经理", type="2")
    batch = preview([*HEAD, member(1), member(2)])
    page = browse(owner).get(f"/imports/{batch.pk}/?show=update").content.decode()
    assert figures(page) == [0, 2, 0, 0]
    assert "?show=update&amp;column=name" in page
    page = browse(owner).get(f"/imports/{batch.pk}/?show=update&column=position").content.decode()
    assert "经理" in page
    assert "甲甲" not in page


def test_rejected_rows_are_narrowed_to_one_kind_of_error(
    preview: Callable[..., ImportBatch], browse: Browse, owner: User
) -> None:
    batch = preview([*HEAD, member(1, 手机号="坏号码"), member(2, 成员类型="怪类型")])
    page = (
        browse(owner).get(f"/imports/{batch.pk}/?show=reject&code=BAD_PHONE&column=msisdn").content.decode()
    )
    rows = page[page.index('id="rows"') :]
    assert "坏号码" in rows
    assert "怪类型" not in rows


def test_a_cell_is_mended_in_place_and_the_figures_come_back(
    preview: Callable[..., ImportBatch], browse: Browse, owner: User
) -> None:
    batch = preview([*HEAD, member(1, 手机号="坏号码"), member(2)])
    browser = browse(owner)
    url = f"/imports/{batch.pk}/mend/"
    given = {"rn": "1", "name": "msisdn", "look-show": "reject"}
    wrong = browser.post(url, {**given, "value": "139"}, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-invalid="true"' in wrong
    assert 'value="139"' in wrong
    assert figures(wrong) == [1, 0, 0, 1]
    right = browser.post(
        url, {**given, "value": "13912340009"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert figures(right) == [2, 0, 0, 0]
    browser.post(f"/imports/{batch.pk}/commit/")
    services.work(batch_id=batch.pk)
    assert Member.objects.filter(msisdn="13912340009").exists()


def test_without_scripts_mending_leads_back_to_the_preview(
    preview: Callable[..., ImportBatch], browse: Browse, owner: User
) -> None:
    batch = preview([*HEAD, member(1, 手机号="坏号码"), member(2)])
    answer = browse(owner).post(
        f"/imports/{batch.pk}/mend/", {"rn": "1", "name": "msisdn", "value": "13912340009"}
    )
    assert answer["Location"] == f"/imports/{batch.pk}/"


def test_cells_are_mended_by_nobody_but_who_sent_them(
    preview: Callable[..., ImportBatch], browse: Browse, provadmin: User
) -> None:
    batch = preview([*HEAD, member(1, 手机号="坏号码")])
    browser = browse(provadmin)
    page = browser.get(f"/imports/{batch.pk}/?show=reject").content.decode()
    assert "mend-form" not in page
    answer = browser.post(f"/imports/{batch.pk}/mend/", {"rn": "1", "name": "msisdn", "value": "13912340009"})
    assert answer.status_code == 404


def test_the_file_comes_back_byte_for_byte_and_to_its_sender_only(
    preview: Callable[..., ImportBatch], browse: Browse, owner: User, provadmin: User, tmp_path: Path
) -> None:
    batch = preview([*HEAD, member(1)])
    sent = b"".join(browse(owner).get(f"/imports/{batch.pk}/file/").streaming_content)  # type: ignore[attr-defined]
    assert sent == (tmp_path / "名单.xlsx").read_bytes()
    assert browse(provadmin).get(f"/imports/{batch.pk}/file/").status_code == 404
