"""Batches: preview, commit, cancel, undo, sweep; through services as a worker runs them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.accounts.services import create_system
from crm.base import clock
from crm.base.errors import BusinessError
from crm.intake import services
from crm.intake.choices import BatchStatus
from crm.intake.models import ImportBatch, ImportProgress, RememberedMapping, RowChange
from members.models import Member
from tests import factories
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, member, members

pytestmark = pytest.mark.django_db
HEAD = [MEMBER_HEADERS]
Open = Callable[..., ImportBatch]


@pytest.fixture
def batch(tmp_path: Path, owner: User, host: Client) -> Open:
    """Return a function that uploads rows as the owner and lets the worker check them."""

    def upload(rows: list[Any], *, read: bool = True, **given: Any) -> ImportBatch:
        path = books.xlsx(tmp_path / "a.xlsx", rows)
        opened = services.open_batch(
            actor=owner, roster="members", name="名单.xlsx", content=[path.read_bytes()], **given
        )
        if read:
            services.work(batch_id=opened.pk)
        opened.refresh_from_db()
        return opened

    return upload


def work(batch: ImportBatch) -> ImportBatch:
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def stage_exists(batch: ImportBatch) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [batch.stage_table])
        return cursor.fetchone()[0] is not None


def test_known_columns_go_straight_to_the_preview_and_nothing_is_written(batch: Open) -> None:
    found = batch([*HEAD, *members(3)])
    assert (found.status, found.created) == (BatchStatus.VALIDATED, 3)
    assert not Member.objects.exists()


def test_commit_writes_once_however_often_it_is_asked_for(batch: Open, owner: User) -> None:
    found = batch([*HEAD, *members(3)])
    services.commit_batch(actor=owner, batch=found)
    with pytest.raises(BusinessError, match="NOT_NOW"):
        services.commit_batch(actor=owner, batch=found)
    assert work(found).status == BatchStatus.APPLIED
    work(found)
    assert Member.objects.count() == 3
    assert not stage_exists(found)


def test_what_was_filed_since_the_preview_is_seen_at_the_commit(
    batch: Open, owner: User, host: Client, foreign: Client
) -> None:
    found = batch([*HEAD, *members(3)])
    factories.make_member(host, msisdn="13912340001", name="先到", position="职员")
    factories.make_member(foreign, msisdn="13912340002")
    services.commit_batch(actor=owner, batch=found)
    done = work(found)
    assert (done.created, done.updated, done.unchanged, done.rejected) == (1, 1, 0, 1)
    assert done.read == 3


def test_unclear_columns_wait_for_a_person_and_are_remembered(batch: Open, owner: User) -> None:
    rows = [
        ["集团编码", "成员姓名", "手机号", "那个", "职务", "成员类型"],
        ["330100009001", "王伟", "13912340001", "甲", "会计", "2"],
    ]
    found = batch(rows)
    assert found.status == BatchStatus.MAPPING
    chosen = dict.fromkeys(rows[0], "") | {
        "集团编码": "client_code",
        "成员姓名": "name",
        "手机号": "msisdn",
        "那个": "remark",
        "职务": "position",
        "成员类型": "type",
    }
    services.choose_mapping(actor=owner, batch=found, mapping=chosen, constants={})
    assert work(found).status == BatchStatus.VALIDATED
    assert RememberedMapping.objects.filter(user=owner).count() == 1
    again = batch(rows)
    assert (again.status, again.created) == (BatchStatus.VALIDATED, 1)


def test_a_mapping_without_a_required_column_is_refused_by_name(batch: Open, owner: User) -> None:
    found = batch([["成员姓名", "手机号", "那个"], ["王伟", "13912340001", "甲"]])
    assert services.missing_columns(found) == ["position", "type", "client_code"]
    with pytest.raises(BusinessError) as refused:
        services.choose_mapping(
            actor=owner,
            batch=found,
            mapping={"成员姓名": "name", "手机号": "msisdn", "那个": "remark"},
            constants={"type": "2"},
        )
    assert set(refused.value.fields) == {"position", "client_code"}


def test_two_columns_cannot_mean_one(batch: Open, owner: User) -> None:
    found = batch([["成员姓名", "手机号", "那个"], ["王伟", "13912340001", "甲"]])
    with pytest.raises(BusinessError, match="COLUMN_TWICE"):
        services.choose_mapping(
            actor=owner,
            batch=found,
            mapping={"成员姓名": "name", "手机号": "msisdn", "那个": "name"},
            constants={"type": "2", "position": "x", "client_code": "330100009001"},
        )


def test_unknown_coded_values_can_be_matched(batch: Open, owner: User) -> None:
    found = batch([*HEAD, member(1, 成员类型="骨干")])
    assert found.rejected == 1
    names = (
        "client_code",
        "client_name",
        "client_uscc",
        "name",
        "msisdn",
        "joined_on",
        "remark",
        "position",
        "type",
    )
    mapping = dict(zip(MEMBER_HEADERS, names, strict=True))
    services.choose_mapping(
        actor=owner, batch=found, mapping=mapping, constants={}, value_map={"type": {"骨干": "1"}}
    )
    assert work(found).created == 1


def test_cancel_before_the_commit_forgets_the_rows(
    batch: Open, owner: User, django_capture_on_commit_callbacks: Any
) -> None:
    found = batch([*HEAD, *members(3)])
    with django_capture_on_commit_callbacks(execute=True):
        services.cancel_batch(actor=owner, batch=found)
    found.refresh_from_db()
    assert found.status == BatchStatus.CANCELLED
    assert not stage_exists(found)
    with pytest.raises(BusinessError, match="NOT_NOW"):
        services.commit_batch(actor=owner, batch=found)


def applied(batch: Open, owner: User, rows: list[Any]) -> ImportBatch:
    found = batch(rows)
    services.commit_batch(actor=owner, batch=found)
    return work(found)


def test_undo_removes_what_was_created_and_restores_what_was_changed(
    batch: Open, owner: User, host: Client
) -> None:
    old = factories.make_member(host, msisdn="13912340001", name="原名", remark="原")
    found = applied(batch, owner, [*HEAD, member(1, 成员姓名="新名", 备注="新"), member(2)])
    old.refresh_from_db()
    assert (old.name, old.remark, found.created, found.updated) == ("新名", "新", 1, 1)
    services.undo_batch(actor=owner, batch=found)
    done = work(found)
    old.refresh_from_db()
    host.refresh_from_db()
    assert (done.status, done.restored, done.kept) == (BatchStatus.ROLLED_BACK, 2, 0)
    assert (old.name, old.remark) == ("原名", "原")
    assert list(Member.objects.all()) == [old]
    assert host.members_active == 1


def test_undo_keeps_and_names_what_was_edited_since(batch: Open, owner: User) -> None:
    found = applied(batch, owner, [*HEAD, *members(3)])
    edited = Member.objects.get(msisdn="13912340002")
    Member.objects.filter(pk=edited.pk).update(name="改过", version=edited.version + 1)
    services.undo_batch(actor=owner, batch=found)
    done = work(found)
    assert (done.restored, done.kept) == (2, 1)
    assert RowChange.objects.get(batch=found, kept=True).object_id == edited.pk
    assert Member.objects.get().name == "改过"


def test_undo_ends_after_a_day(batch: Open, owner: User) -> None:
    found = applied(batch, owner, [*HEAD, *members(1)])
    ImportBatch.objects.filter(pk=found.pk).update(applied_at=clock.now() - timedelta(hours=24, minutes=1))
    found.refresh_from_db()
    with pytest.raises(BusinessError, match="TOO_LATE"):
        services.undo_batch(actor=owner, batch=found)
    ImportBatch.objects.filter(pk=found.pk).update(applied_at=clock.now() - timedelta(hours=23, minutes=59))
    found.refresh_from_db()
    services.undo_batch(actor=owner, batch=found)


def test_a_batch_that_lost_a_row_cannot_be_stored(batch: Open) -> None:
    found = batch([*HEAD, *members(3)])
    with pytest.raises(IntegrityError, match="import_loses_no_row"), transaction.atomic():
        ImportBatch.objects.filter(pk=found.pk).update(created=2)


def test_a_silent_worker_is_replaced_and_a_busy_one_is_left_alone(batch: Open, owner: User) -> None:
    found = batch([*HEAD, *members(3)])
    services.commit_batch(actor=owner, batch=found)
    ImportProgress.objects.filter(batch=found).update(attempts=1, beat_at=clock.now())
    assert services.sweep_batches() == []
    assert work(found).status == BatchStatus.COMMITTING, "somebody else is at it"
    ImportProgress.objects.filter(batch=found).update(beat_at=clock.now() - timedelta(seconds=181))
    assert services.sweep_batches() == [found.pk]
    assert work(found).status == BatchStatus.APPLIED


def test_an_upload_the_broker_never_delivered_is_taken_up(batch: Open) -> None:
    found = batch([*HEAD, *members(3)], read=False)
    assert services.sweep_batches() == []
    ImportProgress.objects.filter(batch=found).update(beat_at=clock.now() - timedelta(seconds=61))
    assert services.sweep_batches() == [found.pk]
    assert work(found).status == BatchStatus.VALIDATED


def test_what_is_interrupted_again_and_again_is_given_up_with_a_sentence(batch: Open) -> None:
    found = batch([*HEAD, *members(3)], read=False)
    ImportProgress.objects.filter(batch=found).update(attempts=services.MAX_ATTEMPTS)
    assert (work(found).status, found.error_code) == (BatchStatus.FAILED, "INTERRUPTED")


def test_files_are_kept_privately_and_not_for_ever(batch: Open, media: Path) -> None:
    found = batch([*HEAD, *members(3)])
    assert found.source.stat().st_mode & 0o077 == 0
    assert found.source.is_relative_to(media)
    ImportBatch.objects.filter(pk=found.pk).update(
        created_at=clock.now() - timedelta(days=31), status=BatchStatus.APPLIED
    )
    services.sweep_batches()
    assert not found.source.exists()
    found.refresh_from_db()
    assert (found.folder, len(found.sha256)) == ("", 64)


def test_a_file_name_is_a_name_and_never_a_path(owner: User, host: Client) -> None:
    found = services.open_batch(
        actor=owner, roster="members", name="../../etc/..\\passwd\x00.xlsx", content=[b"x"]
    )
    assert found.file_name == "passwd.xlsx"


@pytest.mark.parametrize("content", [b"\x89PNG....", b"PK\x03\x04 half a zip"])
def test_a_refused_file_says_why_and_leaves_the_worker_well(
    owner: User, host: Client, content: bytes
) -> None:
    found = services.open_batch(actor=owner, roster="members", name="a.xlsx", content=[content])
    assert work(found).status == BatchStatus.FAILED
    assert found.error_code in ("WRONG_TYPE", "DAMAGED")
    assert not stage_exists(found)


def test_a_system_that_may_import_but_change_nothing_files_what_is_new_and_leaves_the_rest(
    org: dict[str, OrgUnit], owner: User, regions: None, tmp_path: Path
) -> None:
    system, _token = create_system(actor=None, name="账务", unit=org["province"], scopes=["read", "feeds"])
    factories.make_client(org["unit"], owner, name="甲公司", uscc="91330106712000000X", employee_total=5)
    headers = ("集团名称", "统一社会信用代码", "机构类型", "经营范围", "所在省份", "地区", "员工总数")
    rows = [
        (name, key, "企业", "贸易", "浙江", "杭州", 9)
        for name, key in (("甲公司", "91330106712000000X"), ("乙公司", "91330106712000037N"))
    ]
    path = books.text(tmp_path / "a.csv", [headers, *rows])
    batch = services.open_batch(
        actor=system.user, roster="clients", name="a.csv", content=[path.read_bytes()]
    )
    services.read_batch(batch=batch, ask=False)
    batch.refresh_from_db()
    assert (batch.status, batch.created, batch.rejected) == ("VALIDATED", 1, 1)
    services.commit_now(batch=batch)
    assert dict(Client.objects.values_list("name", "employee_total")) == {"甲公司": 5, "乙公司": 9}
