"""Two imports of the same keys in two processes that begin together: no half row, every row counted."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from clients.models import Client
from crm.accounts.models import User
from crm.intake import services
from crm.intake.choices import BatchStatus
from crm.intake.models import ImportBatch, RowChange
from members.models import Member
from tests import factories
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, member
from tests.isolation import database_url

ROOT = Path(__file__).parents[2]
WORKER = """
import sys, django
django.setup()
from crm.intake import services
print("ready", flush=True)
sys.stdin.readline()
services.work(batch_id=int(sys.argv[1]))
"""
CLIENT_HEADERS = (
    "集团名称",
    "统一社会信用代码",
    "机构类型",
    "经营范围",
    "所在省份",
    "地区",
    "注册地址",
    "员工总数",
)
KEYS = ("91330106712000000X", "91330106712000037N", "91330106712000074H", "91330106712000111P")


@pytest.fixture
def people() -> dict[str, User]:
    """Return a manager with a client, and who may import files of clients."""
    org = factories.make_org()
    owner = factories.make_user("owner", "AM", org["unit"])
    factories.make_client(org["unit"], owner, client_code="330100009001")
    role, unit = factories.ROLE_OF["provadmin"]
    return {"owner": owner, "provadmin": factories.make_user("provadmin", role, org[unit])}


def at_once(batches: Sequence[ImportBatch], media: Path) -> None:
    """Take the next step of every batch, each in a process of its own, all from the same moment."""
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "MEDIA_ROOT": str(media),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "DEMO": "1",
    }
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(batch.pk)],
            env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for batch in batches
    ]  # fmt: skip
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=120)
        assert worker.returncode == 0
    for batch in batches:
        batch.refresh_from_db()


def send(tmp_path: Path, actor: User, roster: str, name: str, rows: list[Any], **options: Any) -> ImportBatch:
    """Upload a file."""
    path = books.text(tmp_path / name, rows)
    return services.open_batch(actor=actor, roster=roster, name=name, content=[path.read_bytes()], **options)


def commit(batches: Sequence[ImportBatch], media: Path) -> None:
    """Read the files at once, then write them at once; every one must be written with exact counts."""
    at_once(batches, media)
    for batch in batches:
        assert (batch.status, batch.error_code) == (BatchStatus.VALIDATED, "")
        services.commit_batch(actor=batch.owner, batch=batch)
    at_once(batches, media)
    for batch in batches:
        figures = services.counts_of(batch)
        assert (batch.status, batch.error_code) == (BatchStatus.APPLIED, "")
        assert figures["read"] == sum(value for key, value in figures.items() if key != "read")
        touched = RowChange.objects.filter(batch=batch).count()
        assert touched == figures["created"] + figures["updated"]


@pytest.mark.django_db(transaction=True)
def test_two_files_of_the_same_numbers_leave_every_row_of_one_file_or_the_other(
    tmp_path: Path, media: Path, people: dict[str, User]
) -> None:
    def rows(first: int, said: str) -> list[Any]:
        return [
            MEMBER_HEADERS,
            *(member(n, 成员姓名=f"{said}{n}", 职务=said, 备注=said) for n in range(first, first + 1_500)),
        ]

    one = send(tmp_path, people["owner"], "members", "a.csv", rows(1, "甲"))
    two = send(tmp_path, people["owner"], "members", "b.csv", rows(501, "乙"))
    commit([one, two], media)
    assert Member.objects.count() == 2_000
    assert (one.created or 0) + (two.created or 0) == 2_000
    assert sorted([(one.updated, one.created), (two.updated, two.created)], key=str) == [
        (0, 1_500),
        (1_000, 500),
    ]
    last = "甲" if one.updated else "乙"
    halves = [
        member
        for member in Member.objects.values_list("msisdn", "name", "position", "remark")
        if not (member[1].startswith(member[2]) and member[2] == member[3])
    ]
    assert not halves
    shared = Member.objects.filter(msisdn__gte="13912340501", msisdn__lte="13912341500")
    assert set(shared.values_list("position", flat=True)) == {last}


@pytest.mark.django_db(transaction=True)
def test_the_same_file_twice_at_once_is_the_file_once(
    tmp_path: Path, media: Path, people: dict[str, User]
) -> None:
    rows = [MEMBER_HEADERS, *(member(n) for n in range(1, 801))]
    batches = [send(tmp_path, people["owner"], "members", name, rows) for name in ("a.csv", "b.csv")]
    commit(batches, media)
    assert Member.objects.count() == 800
    assert sorted((batch.created, batch.unchanged) for batch in batches) == [(0, 800), (800, 0)]


@pytest.mark.django_db(transaction=True)
def test_others_read_search_and_write_clients_while_an_import_writes(
    tmp_path: Path, media: Path, people: dict[str, User], regions: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows stand in the table, the transaction is still open: nobody may wait for it."""
    rows = [("甲公司", KEYS[0], "企业", "贸易", "浙江", "杭州", "路1号", 5)]
    batch = send(tmp_path, people["provadmin"], "clients", "a.csv", [CLIENT_HEADERS, *rows])
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    services.commit_batch(actor=people["provadmin"], batch=batch)
    seen: list[Any] = []

    def meanwhile(**_about: Any) -> None:
        with psycopg2.connect(database_url()) as other, other.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
            cursor.execute("SELECT count(*) FROM clients_client WHERE search_text LIKE '%测试%'")
            seen.append(cursor.fetchone())
            cursor.execute(
                "UPDATE clients_client SET website = 'http://a' WHERE client_code = '330100009001'"
            )
            seen.append(cursor.rowcount)
        other.close()

    monkeypatch.setattr("crm.intake.services.writing.record", meanwhile)
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.created) == (BatchStatus.APPLIED, 1)
    assert seen == [(1,), 1]


@pytest.mark.django_db(transaction=True)
def test_two_rosters_that_change_the_same_files_wait_for_each_other(
    tmp_path: Path, media: Path, people: dict[str, User], regions: None
) -> None:
    def filed(staff: int) -> list[Any]:
        return [
            CLIENT_HEADERS,
            *(
                (f"甲乙{n}公司", key, "企业", "贸易", "浙江", "杭州", "路1号", staff)
                for n, key in enumerate(KEYS)
            ),
        ]

    admin = people["provadmin"]
    first = send(tmp_path, admin, "clients", "a.csv", filed(10))
    commit([first], media)
    ranks = [
        ("统一社会信用代码", "纳税年度", "省纳税排名"),
        *((key, 2025, n + 1) for n, key in enumerate(KEYS)),
    ]
    batches = [
        send(tmp_path, admin, "clients", "b.csv", filed(20)),
        send(tmp_path, admin, "clients", "c.csv", filed(30)),
        send(tmp_path, admin, "taxpayers", "d.csv", ranks),
    ]
    commit(batches, media)
    for batch in batches:
        assert batch.updated == len(KEYS), (batch.roster, services.counts_of(batch))
    found = list(
        Client.objects.filter(uscc__in=KEYS)
        .order_by("uscc")
        .values_list("employee_total", "tax_rank_province")
    )
    assert [rank for _staff, rank in found] == [1, 2, 3, 4]
    assert len({staff for staff, _rank in found}) == 1
    assert found[0][0] in (20, 30)
