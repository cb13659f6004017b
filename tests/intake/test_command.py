"""The command goes on with what was interrupted and takes back what was written; the API shows and mends."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.intake import services
from crm.intake.choices import BatchStatus
from crm.intake.models import ImportBatch, ImportProgress
from members.models import Member
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, member, members

pytestmark = pytest.mark.django_db
HEAD = [MEMBER_HEADERS]
Roster = Callable[..., dict[str, Any]]


def command(*args: str) -> tuple[dict[str, Any], int]:
    """Return the command's answer and exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("import_roster", *args, "--json", stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return json.loads(out.getvalue()), code


def test_the_command_undoes_a_batch_once(roster: Roster, host: Client, tmp_path: Path) -> None:
    done = roster("members", books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(3)]))
    assert Member.objects.count() == 3
    answer, code = command("--undo", str(done["batch"]))
    assert (answer["status"], answer["restored"], answer["kept"], code) == ("ROLLED_BACK", 3, 0, 0)
    assert not Member.objects.exists()
    answer, code = command("--undo", str(done["batch"]))
    assert (answer["error"]["code"], code) == ("NOT_NOW", 2)


@pytest.mark.parametrize("status", [BatchStatus.READING, BatchStatus.COMMITTING])
def test_the_command_resumes_what_was_killed_with_exact_counts(
    host: Client, owner: User, tmp_path: Path, status: str
) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(5), member(9, 手机号="坏")])
    batch = services.open_batch(actor=owner, roster="members", name="a.xlsx", content=[path.read_bytes()])
    if status == BatchStatus.COMMITTING:
        services.work(batch_id=batch.pk)
    ImportBatch.objects.filter(pk=batch.pk).update(status=status)
    ImportProgress.objects.filter(batch=batch).update(attempts=4, beat_at=clock.now())
    answer, code = command("--resume", str(batch.pk), "--commit")
    assert (answer["error"]["code"], code) == ("NOT_NOW", 2), "somebody is at it"
    ImportProgress.objects.filter(batch=batch).update(beat_at=clock.now() - timedelta(seconds=30))
    answer, code = command("--resume", str(batch.pk), "--commit")
    assert (answer["status"], answer["read"], answer["created"], answer["rejected"]) == ("APPLIED", 6, 5, 1)
    assert (Member.objects.count(), code) == (5, 0)


def test_a_number_that_is_no_import_is_refused(db: None) -> None:
    for option in ("--resume", "--undo"):
        answer, code = command(option, "999999")
        assert (answer["error"]["code"], code) == ("BAD_COMMAND", 2)


def test_the_api_shows_rows_and_mends_cells(
    api: Callable[[User | None], APIClient], provadmin: User, host: Client, tmp_path: Path
) -> None:
    client = api(provadmin)
    rows = [*HEAD, member(1), member(2, 手机号="坏"), member(3, 成员类型="怪"), member(4, 成员类型="怪")]
    path = books.xlsx(tmp_path / "a.xlsx", rows)
    sent = client.post(
        "/api/v1/imports",
        {"roster": "members", "file": SimpleUploadedFile("a.xlsx", path.read_bytes())},
        format="multipart",
    )
    number = sent.json()["id"]
    services.work(batch_id=number)
    url = f"/api/v1/imports/{number}"
    rejected = client.get(f"{url}/rows?show=reject&code=UNKNOWN_CHOICE").json()
    assert [(row["row"], row["wrong"][0]["alike"]) for row in rejected["results"]] == [(4, 2), (5, 2)]
    assert client.get(f"{url}/rows?show=create").json()["results"][0]["title"] == "成员1"
    cell = {"number": rejected["results"][0]["number"], "column": "type", "value": "怪怪"}
    wrong = client.post(f"{url}:mend", cell, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "BAD_CELL")
    right = client.post(f"{url}:mend", {**cell, "value": "2", "everywhere": True}, format="json")
    assert (right.status_code, right.json()["created"], right.json()["rejected"]) == (202, 3, 1)
    assert client.get(f"/api/v1/imports?before={number}").json() == []
    assert client.get("/api/v1/imports").json()[0]["id"] == number
