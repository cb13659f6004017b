"""Wrong cells mended on the page: checked at once, in all alike cells at once, kept when columns change."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clients.models import Client
from crm.accounts.models import User
from crm.audit.models import AuditEvent
from crm.base.errors import BusinessError
from crm.intake import services
from crm.intake.models import ImportBatch, RowEdit, RowError
from members.models import Member
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, member, members

pytestmark = pytest.mark.django_db
HEAD = [MEMBER_HEADERS]
Open = Callable[..., ImportBatch]


@pytest.fixture
def batch(tmp_path: Path, owner: User, host: Client) -> Open:
    """Return a function that uploads rows as the owner and lets the worker check them."""

    def upload(rows: list[Any], **given: Any) -> ImportBatch:
        path = books.xlsx(tmp_path / "a.xlsx", rows)
        opened = services.open_batch(
            actor=owner, roster="members", name="名单.xlsx", content=[path.read_bytes()], **given
        )
        services.work(batch_id=opened.pk)
        opened.refresh_from_db()
        return opened

    return upload


def figures(batch: ImportBatch) -> tuple[int | None, int | None]:
    """Return new and rejected rows as they stand now."""
    batch.refresh_from_db()
    return batch.created, batch.rejected


def test_a_mended_cell_is_checked_at_once_and_lands(batch: Open, owner: User) -> None:
    found = batch([*HEAD, member(1), member(2, 手机号="坏")])
    assert figures(found) == (1, 1)
    with pytest.raises(BusinessError, match="BAD_CELL"):
        services.mend_cell(actor=owner, batch=found, rn=2, column="msisdn", value="139")
    assert figures(found) == (1, 1)
    services.mend_cell(actor=owner, batch=found, rn=2, column="msisdn", value="139 1234 9999")
    assert figures(found) == (2, 0)
    assert not RowError.objects.filter(batch=found).exists()
    services.commit_batch(actor=owner, batch=found)
    services.work(batch_id=found.pk)
    assert Member.objects.filter(msisdn="13912349999", name="成员2").exists()
    event = AuditEvent.objects.get(action="intake.cell_mended")
    assert "13912349999" not in str(event.data)


def test_all_cells_wrong_in_the_same_way_are_mended_by_one_act(batch: Open, owner: User) -> None:
    found = batch(
        [*HEAD, *members(3, 成员类型="骨干分子"), member(8, 成员类型="别的"), member(9, 成员类型="普通成员")]
    )
    assert figures(found) == (1, 4)
    count = services.mend_cell(actor=owner, batch=found, rn=2, column="type", value="2", everywhere=True)
    assert count == 3
    assert figures(found) == (4, 1)


def test_a_row_with_two_wrong_cells_lands_when_both_are_mended(batch: Open, owner: User) -> None:
    found = batch([*HEAD, member(1, 手机号="坏", 成员类型="别的")])
    services.mend_cell(actor=owner, batch=found, rn=1, column="msisdn", value="13912340001")
    assert figures(found) == (0, 1)
    services.mend_cell(actor=owner, batch=found, rn=1, column="type", value="2")
    assert figures(found) == (1, 0)


def test_what_is_looked_up_is_looked_up_again_and_duplicates_are_seen(batch: Open, owner: User) -> None:
    found = batch([*HEAD, member(1), member(2, 集团编码="999999999999"), member(3, 手机号="坏")])
    assert figures(found) == (1, 2)
    services.mend_cell(actor=owner, batch=found, rn=2, column="client_code", value="330100009001")
    assert figures(found) == (2, 1)
    services.mend_cell(actor=owner, batch=found, rn=3, column="msisdn", value="13912340001")
    assert figures(found) == (2, 1), "the number stands in the first row already"
    assert RowError.objects.get(batch=found).code == "DUPLICATE_KEY"


def test_mended_cells_stay_mended_when_the_rows_are_read_again(batch: Open, owner: User) -> None:
    found = batch([*HEAD, member(1), member(2, 手机号="坏")])
    services.mend_cell(actor=owner, batch=found, rn=2, column="msisdn", value="13912349999")
    services.recheck(actor=owner, batch=found)
    services.work(batch_id=found.pk)
    assert figures(found) == (2, 0)
    assert RowEdit.objects.get(batch=found).value == "13912349999"


def test_nothing_is_mended_once_the_rows_are_being_written(batch: Open, owner: User) -> None:
    found = batch([*HEAD, member(1), member(2, 手机号="坏")])
    services.commit_batch(actor=owner, batch=found)
    with pytest.raises(BusinessError, match="NOT_NOW"):
        services.mend_cell(actor=owner, batch=found, rn=2, column="msisdn", value="13912349999")


def test_a_cell_that_is_not_there_cannot_be_mended(batch: Open, owner: User) -> None:
    found = batch([*HEAD, member(1), member(2, 手机号="坏")])
    for rn, column in ((99, "msisdn"), (2, "birthday"), (2, "nothing")):
        with pytest.raises(BusinessError, match="NO_SUCH_CELL"):
            services.mend_cell(actor=owner, batch=found, rn=rn, column=column, value="13912349999")
