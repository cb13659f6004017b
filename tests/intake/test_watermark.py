"""A commit takes the verdicts of the preview only when nothing they stand on has been written since."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from clients.models import Client, Industry
from crm.intake import services
from crm.intake.choices import BatchStatus
from crm.intake.models import ImportBatch
from crm.intake.staging import Stage
from tests import factories
from tests.intake import books

pytestmark = pytest.mark.django_db
HEAD = ["集团编码", "集团名称", "统一社会信用代码", "机构类型", "行业", "员工总数"]
CODES = ("91350100M000100Y43", "91330106MA2B0F1K2P")
Looks = list[bool]


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    """Return a list that grows with every check under lock."""
    found: Looks = []
    check = Stage.check

    def counted(self: Stage, *, lock: bool = False) -> None:
        found.append(lock)
        check(self, lock=lock)

    monkeypatch.setattr(Stage, "check", counted)
    return found


@pytest.fixture
def house() -> dict[str, Any]:
    """Return units and a province administrator, committed."""
    org = factories.make_org()
    admin = factories.make_user("provadmin", "PROV_ADMIN", org["province"])
    return {**org, "admin": admin, "am": factories.make_user("owner", "AM", org["unit"])}


@pytest.fixture
def previewed(tmp_path: Path, house: dict[str, Any]) -> Callable[..., ImportBatch]:
    """Return a function that previews clients; all that was written until now counts as seen by it.

    A test is one transaction: what is written in a savepoint of its own afterwards has a later number.
    """

    def preview(*rows: list[Any]) -> ImportBatch:
        path = books.xlsx(tmp_path / "a.xlsx", [HEAD, *rows])
        batch = services.open_batch(
            actor=house["admin"], roster="clients", name="a.xlsx", content=[path.read_bytes()]
        )
        services.work(batch_id=batch.pk)
        batch.refresh_from_db()
        assert batch.status == BatchStatus.VALIDATED
        with transaction.atomic(), connection.cursor() as cursor:
            batch.save(update_fields=["found"])
            cursor.execute("SELECT xmin::text FROM intake_importbatch WHERE id = %s", [batch.pk])
            batch.found["watermark"]["oldest"] = cursor.fetchone()[0]
        batch.save(update_fields=["found"])
        return batch

    return preview


def commit(batch: ImportBatch) -> ImportBatch:
    """Commit as a worker does."""
    services.commit_batch(actor=batch.owner, batch=batch)
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.status == BatchStatus.APPLIED
    return batch


def new(name: str, uscc: str = "", code: str = "", people: int = 20) -> list[Any]:
    """Return a row of the file."""
    return [code, name, uscc, "QY", "", people]


def test_nothing_written_since_is_not_looked_at_again(previewed: Any, house: Any, looks: Looks) -> None:
    old = factories.make_client(house["unit"], house["am"], uscc=CODES[0], employee_total=5)
    batch = commit(previewed(new("杭州甲有限公司", CODES[1]), new(old.name, CODES[0], people=30)))
    assert looks == [False], "the preview looked, the commit did not"
    assert (batch.created, batch.updated) == (1, 1)
    old.refresh_from_db()
    assert old.employee_total == 30
    assert Client.objects.get(uscc=CODES[1]).client_code


def test_another_client_that_changes_costs_no_second_look(previewed: Any, house: Any, looks: Looks) -> None:
    other = factories.make_client(house["unit"], house["am"], name="宁波乙有限公司", name_key="宁波乙")
    batch = previewed(new("杭州甲有限公司", CODES[1]))
    with transaction.atomic():
        Client.objects.filter(pk=other.pk).update(remark="改")
    commit(batch)
    assert looks == [False]


def file_the_same_code(house: Any, old: Client) -> None:
    factories.make_client(house["unit"], house["am"], uscc=CODES[1])


def file_the_same_name(house: Any, old: Client) -> None:
    factories.make_client(house["unit"], house["am"], name="杭州甲有限公司", name_key="杭州甲")


def edit_the_record(house: Any, old: Client) -> None:
    Client.objects.filter(pk=old.pk).update(employee_total=30, version=old.version + 1)


def remove_the_record(house: Any, old: Client) -> None:
    Client.objects.filter(pk=old.pk).delete()


def add_an_industry(house: Any, old: Client) -> None:
    Industry.objects.create(code="Z999", name="新行业", section="Z", level=4)


@pytest.mark.parametrize(
    ("act", "counts"),
    [
        (file_the_same_code, (0, 2, 0, 0)),
        (file_the_same_name, (0, 2, 0, 0)),
        (edit_the_record, (1, 1, 0, 0)),
        (remove_the_record, (2, 0, 0, 0)),
        (add_an_industry, (1, 1, 0, 0)),
    ],
    ids=lambda found: getattr(found, "__name__", ""),
)
def test_what_concerns_the_file_is_looked_at_again(
    act: Callable[[Any, Client], None], counts: tuple[int, ...], previewed: Any, house: Any, looks: Looks
) -> None:
    old = factories.make_client(
        house["unit"], house["am"], name="宁波乙有限公司", name_key="宁波乙", uscc=CODES[0], employee_total=5
    )
    batch = previewed(new("杭州甲有限公司", CODES[1]), new(old.name, CODES[0], people=30))
    assert (batch.created, batch.updated) == (1, 1)
    with transaction.atomic():
        act(house, old)
    commit(batch)
    assert looks == [False, True]
    assert (batch.created, batch.updated, batch.unchanged, batch.rejected) == counts


def test_another_scope_an_old_preview_or_another_day_is_looked_at_again(
    previewed: Any, house: Any, looks: Looks, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, change in enumerate(
        ({"scope": "another"}, {"day": "2020-01-01"}, {"at": "2020-01-01T00:00:00+08:00"}, {"mode": "SKIP"})
    ):
        batch = previewed(new(f"杭州{'甲乙丙丁'[number]}有限公司"))
        batch.found["watermark"].update(change)
        batch.save(update_fields=["found"])
        looks.clear()
        commit(batch)
        assert looks == [True], change


def test_rosters_that_say_nothing_are_always_checked_again(
    tmp_path: Path, house: dict[str, Any], looks: Looks
) -> None:
    factories.make_client(house["unit"], house["am"], client_code="330100009001")
    path = books.xlsx(tmp_path / "m.xlsx", [books.MEMBER_HEADERS, *books.members(2)])
    batch = services.open_batch(
        actor=house["am"], roster="members", name="m.xlsx", content=[path.read_bytes()]
    )
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    commit(batch)
    assert looks == [False, True]
