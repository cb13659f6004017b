"""Rows are cleaned while the reader still writes them down, and are what they would have been anyway."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from clients.models import Client
from crm.accounts.models import User
from crm.intake import reading, services
from crm.intake.models import ImportBatch, RowError
from crm.intake.reader import spooling
from crm.intake.reading import Refused
from crm.intake.services import filling
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, member, members

pytestmark = pytest.mark.django_db
COUNT = 9_000  # more than two lines of a spool file


def read(owner: User | None, path: Path, *, ask: bool = True) -> ImportBatch:
    batch = services.open_batch(actor=owner, roster="members", name=path.name, content=[path.read_bytes()])
    services.read_batch(batch=batch, ask=ask)
    batch.refresh_from_db()
    return batch


def staged(batch: ImportBatch) -> list[tuple[Any, ...]] | None:
    """Return what the staging table of a batch holds, if there is one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [batch.stage_table])
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute(
            f'SELECT rn, "row", failed, name, msisdn, verdict FROM {batch.stage_table} ORDER BY rn'
        )
        return list(cursor.fetchall())


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note how often the rows of a file are cleaned: while they are read, and from the spool."""
    found: list[str] = []
    whole, lines = reading.chunks, reading._lines

    def from_spool(spooled: Path) -> Iterable[reading.Chunk]:
        found.append("spool")
        return whole(spooled)

    def from_reader(*args: Any) -> Iterable[Any]:
        found.append("reader")
        return lines(*args)

    monkeypatch.setattr(filling, "chunks", from_spool)
    monkeypatch.setattr(reading, "_lines", from_reader)
    return found


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_plain_file_is_cleaned_once_while_it_is_read(
    owner: User, host: Client, tmp_path: Path, passes: list[str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    rows: list[Any] = [MEMBER_HEADERS, *members(COUNT)]
    number = MEMBER_HEADERS.index("手机号")
    for place in (5, -1):
        rows[place] = [*rows[place][:number], "12345", *rows[place][number + 1 :]]
    path = tmp_path / f"a.{kind}"
    batch = read(owner, books.xlsx(path, rows) if kind == "xlsx" else books.text(path, rows))
    assert passes == ["reader"]
    assert (batch.status, batch.read, batch.created, batch.rejected) == ("VALIDATED", COUNT, COUNT - 2, 2)
    early = staged(batch), list(RowError.objects.filter(batch=batch).values_list("rn", "row", "code"))
    assert [row for _rn, row, _code in early[1]] == [6, COUNT + 1]

    monkeypatch.setattr(filling.EarlyRows, "take", lambda self: None)
    again = read(owner, path)
    assert passes == ["reader", "reader", "spool"]
    assert early == (
        staged(again),
        list(RowError.objects.filter(batch=again).values_list("rn", "row", "code")),
    )


def test_a_second_sheet_of_the_same_roster_is_read_as_well(
    owner: User, host: Client, tmp_path: Path, passes: list[str]
) -> None:
    more = {"二": [MEMBER_HEADERS, *(member(n) for n in range(8001, 8011))]}
    batch = read(owner, books.xlsx(tmp_path / "a.xlsx", [MEMBER_HEADERS, *members(20)], more=more))
    assert passes == ["reader", "spool"]
    assert (batch.status, batch.read, batch.created) == ("VALIDATED", 30, 30)


def test_what_stands_further_down_is_asked_about_and_nothing_is_kept_staged(
    owner: User, host: Client, tmp_path: Path, passes: list[str]
) -> None:
    rows = [MEMBER_HEADERS, *members(COUNT)]
    rows[-1] = [*rows[-1], "批注"]
    path = books.xlsx(tmp_path / "a.xlsx", rows)
    batch = read(owner, path)
    assert (batch.status, passes, staged(batch)) == ("MAPPING", ["reader"], None)
    unasked = read(None, path, ask=False)
    assert (unasked.status, unasked.created, passes) == ("VALIDATED", COUNT, ["reader", "reader", "spool"])


def test_a_file_that_is_refused_at_its_end_leaves_no_rows(
    owner: User, host: Client, tmp_path: Path, passes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [MEMBER_HEADERS, *members(COUNT)])
    limits = services.steps.params()
    monkeypatch.setattr(services.checking, "params", lambda: {**limits, "max_rows": 6_000})
    batch = read(owner, path)
    assert (batch.status, batch.error_code, passes) == ("FAILED", "TOO_MANY_ROWS", ["reader"])
    assert staged(batch) is None
    assert not RowError.objects.filter(batch=batch).exists()


def test_cancelling_ends_the_reader_as_well(tmp_path: Path) -> None:
    path = books.text(tmp_path / "a.csv", [MEMBER_HEADERS, *members(COUNT)])

    def early(about: dict[str, Any], arriving: Iterable[Any]) -> None:
        next(iter(arriving))
        raise Refused("STOPPED")

    began = time.monotonic()
    with pytest.raises(Refused, match="STOPPED"):
        reading.spool(
            path, name="a.csv", target=tmp_path / "spool", limits=reading.Limits(seconds=30), early=early
        )
    assert time.monotonic() - began < 10


def test_lines_are_given_whole_however_they_are_written(tmp_path: Path) -> None:
    class Answer:
        asked = 0

        def done(self) -> bool:
            """Write the file piece by piece between the questions, through the middle of a character."""
            whole = '{"kind": "csv", "sheets": []}\n[0, [1], [["集团"]]]\n'.encode()
            self.asked += 1
            with (tmp_path / "spool").open("ab") as file:
                file.write(whole[(self.asked - 1) * 7 : self.asked * 7])
            return self.asked * 7 >= len(whole)

    (tmp_path / "spool").touch()
    found = list(reading._lines(tmp_path / "spool", Answer(), time.monotonic() + 60))  # type: ignore[arg-type]
    assert found == [{"kind": "csv", "sheets": []}, [0, [1], [["集团"]]]]
    assert spooling.ROWS < COUNT
