"""Files made to do harm: refused by a sentence, or read for what they are; nobody else notices."""

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from clients.models import Client
from crm.accounts.models import User
from crm.intake import messages, services
from crm.intake.choices import BatchStatus
from crm.intake.models import ImportBatch, RowError
from crm.intake.resources import resource_of
from members.models import Member
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, SHEET, members

HEAD = [MEMBER_HEADERS]
ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="a">{}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)
CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'


def ods(path: Path, rows: str) -> Path:
    """Write an OpenDocument sheet of these rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        package.writestr("content.xml", ODS.format(rows))
    return path


def plain(path: Path) -> Path:
    """Write an honest roster of three rows."""
    return books.xlsx(path, [*HEAD, *members(3)])


def strings_bomb(path: Path) -> Path:
    """Write a workbook whose shared strings unpack to 300 MB."""
    return books.operate(
        plain(path), "", lambda data: data, xl__sharedStrings_dot_xml=b"<sst><si><t>" + b"a" * 300_000_000
    )


def nested(path: Path) -> Path:
    """Write zips in zips in zips."""
    content = b"\0" * 50_000_000
    for _level in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("a.zip", content)
        content = out.getvalue()
    path.write_bytes(content)
    return path


def twice(path: Path) -> Path:
    """Write a workbook with two sheets of one name in the package: one to check, one to read."""
    plain(path)
    with zipfile.ZipFile(path, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr(SHEET, b"<worksheet><sheetData/></worksheet>")
    return path


def wide(path: Path) -> Path:
    """Write a row of 16,384 cells."""
    return books.xlsx(path, [[*HEAD[0]], ["x"] * 16_384])


def content(data: bytes) -> Callable[[Path], Path]:
    """Return a maker of a file of these bytes."""

    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


LINE = ",".join(MEMBER_HEADERS).encode()
REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "strings-bomb.xlsx": (strings_bomb, "BOMB"),
    "nested.xlsx": (nested, "WRONG_TYPE"),
    "twice.xlsx": (twice, "DAMAGED"),
    "wide.xlsx": (wide, "FAR_CELL"),
    "rows.ods": (
        lambda path: ods(
            path,
            f'<table:table-row table:number-rows-repeated="1048576">{CELL.format("")}</table:table-row>',
        ),
        "TOO_MANY_ROWS",
    ),
    "quotes.ods": (
        lambda path: ods(
            path,
            f"<table:table-row table:number-rows-repeated='90000000'>{CELL.format('')}</table:table-row>",
        ),
        "TOO_MANY_ROWS",
    ),
    "columns.ods": (
        lambda path: ods(
            path,
            '<table:table-row table:number-rows-repeated="9000">'
            + CELL.format(' table:number-columns-repeated="16384"')
            + "</table:table-row>",
        ),
        "BOMB",
    ),
    "utf16-without-mark.csv": (content("姓名,手机号\n王,139\n".encode("utf-16-le") * 20), "WRONG_TYPE"),
    "mixed.csv": (content(LINE + "\n王伟".encode() + b"\xff\xfe\x80,\n"), "BAD_ENCODING"),
    "page.xls": (content(b"\n <HTML><body><table><tr><td>1</table>"), "WRONG_TYPE"),
    "2003.xls": (content(b'<?xml version="1.0"?><Workbook xmlns="urn:x"/>'), "WRONG_TYPE"),
    "program.xlsx": (content(b"MZ" + bytes(range(256)) * 40), "WRONG_TYPE"),
    "archive.csv": (content(b"\x1f\x8b\x08" + b"\0" * 90), "WRONG_TYPE"),
}


@pytest.fixture
def taken(owner: User, host: Client) -> Callable[[Path], ImportBatch]:
    """Return a function that uploads a file and has it read."""

    def take(path: Path) -> ImportBatch:
        batch = services.open_batch(
            actor=owner, roster="members", name=path.name, content=[path.read_bytes()]
        )
        services.work(batch_id=batch.pk)
        batch.refresh_from_db()
        return batch

    return take


@pytest.mark.django_db
@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_quickly_with_a_sentence(
    name: str, taken: Callable[[Path], ImportBatch], tmp_path: Path, media: Path
) -> None:
    make, code = REFUSED[name]
    path = make(tmp_path / name)
    before = psutil.Process().memory_info().rss
    began = time.monotonic()
    batch = taken(path)
    seconds = time.monotonic() - began
    sentence = messages.file_sentence(batch.error_code, batch.error_params, resource_of("members"))
    assert (batch.status, batch.error_code) == (BatchStatus.FAILED, code)
    assert len(sentence) > 8
    for secret in (str(media), str(tmp_path), "Traceback", "Error"):
        assert secret not in sentence
    assert psutil.Process().memory_info().rss - before < 100 << 20
    assert seconds < 10, "two seconds on a quiet machine"
    assert not Member.objects.exists()


def absolute(path: Path) -> Path:
    """Write an honest workbook with parts that would land elsewhere if anybody unpacked them."""
    plain(path)
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("/was-here.txt", "x")
        package.writestr("../../../../was-here.txt", "x")
    return path


def blank_tail(path: Path) -> Path:
    """Write formatted cells without content out to the last column and far below."""
    tail = b'<c r="XFD2" s="0"/></row>'
    plain(path)
    books.operate(
        path,
        SHEET,
        lambda data: data.replace(b"</row>", b"#", 1).replace(b"</row>", tail, 1).replace(b"#", b"</row>", 1),
    )
    return path


READ: dict[str, tuple[Callable[[Path], Path], int]] = {
    "absolute.xlsx": (absolute, 3),
    "blank-tail.xlsx": (blank_tail, 3),
    "workbook.csv": (plain, 3),
    "utf16.csv": (
        lambda path: books.text(path, [*HEAD, *members(3)], encoding="utf-16", delimiter="\t"),
        3,
    ),
    "nul.csv": (
        content(LINE + b"\n330100009001,,,A\0B,13912340001,,,a,2\n330100009001,,,C,13912340002,,,a,2\n"),
        1,
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", READ)
def test_an_odd_file_is_read_for_what_it_is(
    name: str, taken: Callable[[Path], ImportBatch], tmp_path: Path
) -> None:
    make, good = READ[name]
    batch = taken(make(tmp_path / name))
    assert (batch.status, batch.created) == (BatchStatus.VALIDATED, good), batch.error_code
    assert not Path("/was-here.txt").exists()


@pytest.mark.django_db
def test_one_endless_line_costs_its_row_only(taken: Callable[[Path], ImportBatch], tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    good = b"\n330100009001,,,C,13912340002,,,a,2"
    path.write_bytes(LINE + b"\n" + b"x" * 30_000_000 + good)
    batch = taken(path)
    assert (batch.status, batch.read, batch.created) == (BatchStatus.VALIDATED, 2, 1)
    assert {error.code for error in RowError.objects.filter(batch=batch)} == {"TOO_LONG", "REQUIRED"}


@pytest.mark.django_db
def test_a_bomb_beside_an_honest_roster_takes_nothing_from_it(
    taken: Callable[[Path], ImportBatch], tmp_path: Path
) -> None:
    bad = taken(strings_bomb(tmp_path / "bomb.xlsx"))
    fine = taken(plain(tmp_path / "a.xlsx"))
    assert (bad.status, fine.status, fine.created) == (BatchStatus.FAILED, BatchStatus.VALIDATED, 3)
