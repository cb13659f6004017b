"""The reader child: what it takes, what it refuses, and that it never loses a row in silence."""

import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from crm.intake.reader import workbooks
from crm.intake.reader.binary import scan_xls
from crm.intake.reader.common import Refusal
from crm.intake.reader.scanning import SheetScan
from crm.intake.reader.spooling import Spool
from crm.intake.reading import Limits, Refused, rows, spool
from tests.intake import books, oldbooks
from tests.intake.books import MEMBER_HEADERS, SHEET, members

HEAD = [MEMBER_HEADERS]


def read(path: Path, **limits: Any) -> tuple[dict[str, Any], list[tuple[int, int, list[Any]]]]:
    target = path.parent / "rows.jsonl"
    found = spool(path, name=path.name, target=target, limits=Limits(**limits))
    return found, list(rows(target))


def refusal(path: Path, **limits: Any) -> Refused:
    began = time.monotonic()
    with pytest.raises(Refused) as caught:
        read(path, **limits)
    assert time.monotonic() - began < 5
    assert str(path.parent) not in json.dumps(caught.value.params)
    return caught.value


def test_rows_arrive_with_sheet_and_row_number(tmp_path: Path) -> None:
    found, got = read(books.xlsx(tmp_path / "a.xlsx", [["名单"], [], *HEAD, *members(3)]))
    assert found["kind"] == "xlsx"
    assert [number for _sheet, number, _cells in got] == [1, 3, 4, 5, 6]
    assert got[2][2][4] == "13912340001"


def test_a_dimension_that_lies_loses_no_row(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(20)])
    books.operate(path, SHEET, books.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:G5"'))
    assert len(read(path)[1]) == 21


def test_a_row_the_parser_cannot_see_refuses_the_file(tmp_path: Path) -> None:
    """The parser keeps one cell of a place: a second row with the same number is lost to it."""
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(3)])
    books.operate(
        path,
        SHEET,
        lambda data: data.replace(
            b"</sheetData>",
            b'<row r="9"><c t="inlineStr" r="A9"><is><t>x</t></is></c></row><row r="12"><c r="B9" '
            b't="inlineStr"><is><t>y</t></is></c></row></sheetData>',
        ),
    )
    assert refusal(path).code == "READ_MISMATCH"


TYPELESS = "<table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
NOTED = (
    "<table:table-row><table:table-cell><office:annotation><text:p>x</text:p></office:annotation>"
    "</table:table-cell></table:table-row>"
)
EMPTY = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'


def test_a_row_of_open_document_the_parser_cannot_see_refuses_the_file(tmp_path: Path) -> None:
    """The parser passes over text that has no type."""
    path = oldbooks.ods(tmp_path / "a.ods", [*HEAD, *members(3), TYPELESS])
    assert refusal(path).code == "READ_MISMATCH"


def test_rows_of_open_document_are_counted_again(tmp_path: Path) -> None:
    table = [["名单"], EMPTY, *HEAD, *members(2), ["  ", ""], NOTED, EMPTY, *members(1)]
    found, got = read(oldbooks.ods(tmp_path / "a.ods", table))
    assert [number for _sheet, number, _cells in got] == [1, 5, 6, 7, 13]
    assert found["sheets"][0]["rows"] == 5


def test_rows_of_an_old_workbook_are_counted_again(tmp_path: Path) -> None:
    """Shared strings may run over the end of their record in the middle of a word."""
    table = [["名单"], [], *HEAD, *members(40, 备注="长" * 90), ["  "], [], ["x", 3.5]]
    path = oldbooks.xls(tmp_path / "a.xls", table, piece=300)
    found, got = read(path)
    assert [number for _sheet, number, _cells in got] == [1, 3, *range(4, 44), 46]
    assert found["sheets"][0]["rows"] == 43
    assert scan_xls(str(path), 100)["Sheet1"].rows == {1, 3, *range(4, 44), 46}


def test_an_old_workbook_whose_rows_the_parser_drops_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = oldbooks.xls(tmp_path / "a.xls", [*HEAD, *members(3)])

    def one_more(path: str, max_rows: int) -> dict[str, SheetScan]:
        found = scan_xls(path, max_rows)
        found["Sheet1"].rows.add(9)
        return found

    monkeypatch.setitem(workbooks.SCANS, "xls", one_more)
    with pytest.raises(Refusal) as caught:
        workbooks.read_workbook(str(path), "xls", Spool(io.StringIO()), 100)
    assert (caught.value.code, caught.value.params) == ("READ_MISMATCH", {"sheet": "Sheet1", "count": 1})


def test_an_old_workbook_that_ends_inside_a_record_is_damaged(tmp_path: Path) -> None:
    path = oldbooks.xls(tmp_path / "a.xls", [*HEAD, *members(300)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size - 4096])
    assert refusal(path).code == "DAMAGED"


@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_errors_and_merged_cells_of_the_other_kinds(tmp_path: Path, kind: str) -> None:
    table: list[Any] = [["a", "b"], ["x", oldbooks.ERROR], [None, 5], ["z", 6]]
    if kind == "ods":
        table[1] = oldbooks.ods_row(table[1]).replace(
            "<table:table-cell ", '<table:table-cell table:number-rows-spanned="2" ', 1
        )
        path = oldbooks.ods(tmp_path / "a.ods", table)
    else:
        path = oldbooks.xls(tmp_path / "a.xls", table, merged=(1, 2, 0, 0))
    found, got = read(path)
    assert found["sheets"][0]["errors"] == 1
    assert [cells for _s, _n, cells in got] == [["a", "b"], ["x", "\x00E:#N/A"], ["x", 5.0], ["z", 6.0]]


def test_styled_blank_rows_are_no_rows(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(2)])
    tail = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(4, 3000))
    books.operate(path, SHEET, lambda data: data.replace(b"</sheetData>", tail + b"</sheetData>"))
    assert len(read(path)[1]) == 3


def test_an_error_cell_is_never_an_empty_cell(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(2)])
    books.operate(path, SHEET, books.sub(r'<c r="D2"[^>]*>.*?</c>', '<c r="D2" t="e"><v>#N/A</v></c>'))
    found, got = read(path)
    assert got[1][2][3] == "\x00E:#N/A"
    assert found["sheets"][0]["errors"] == 1


def test_a_formula_that_was_never_calculated_is_never_an_empty_cell(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(2)])
    books.operate(path, SHEET, books.sub(r'<c r="D2"[^>]*>.*?</c>', '<c r="D2"><f>A1&amp;"x"</f><v></v></c>'))
    assert read(path)[1][1][2][3] == "\x00F:"


def test_a_formula_with_its_value_is_its_value(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(2)])
    books.operate(
        path, SHEET, books.sub(r'<c r="D2"[^>]*>.*?</c>', '<c r="D2" t="str"><f>"王"</f><v>王</v></c>')
    )
    assert read(path)[1][1][2][3] == "王"


def test_vertically_merged_cells_are_filled_down(tmp_path: Path) -> None:
    table: list[list[Any]] = [list(MEMBER_HEADERS), *members(3)]
    table[2][0] = table[3][0] = None
    path = books.xlsx(tmp_path / "a.xlsx", table)
    books.operate(
        path,
        SHEET,
        lambda data: data.replace(
            b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A2:A4"/></mergeCells>'
        ),
    )
    assert {cells[0] for _s, number, cells in read(path)[1] if number > 1} == {"330100009001"}


def test_a_hidden_sheet_is_named_as_hidden(tmp_path: Path) -> None:
    found, _got = read(
        books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(1)], more={"旧": ("hidden", [*HEAD, *members(5)])})
    )
    assert [(sheet["name"], sheet["visible"]) for sheet in found["sheets"]] == [
        ("Sheet1", True),
        ("旧", False),
    ]


def test_days_of_the_1904_system_are_the_days_excel_shows(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [["a", "b"], [1, 2]])
    books.operate(path, "xl/workbook.xml", books.sub("<workbookPr", '<workbookPr date1904="1"'))
    books.operate(
        path,
        "xl/styles.xml",
        books.sub(
            r"<cellXfs[^>]*>.*?</cellXfs>",
            '<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/><xf numFmtId="14" '
            'fontId="0" fillId="0" borderId="0" applyNumberFormat="1"/></cellXfs>',
        ),
    )
    books.operate(path, SHEET, books.sub(r'<c r="A2"[^>]*>.*?</c>', '<c r="A2" s="1"><v>39385</v></c>'))
    assert read(path)[1][1][2][0] == "2011-10-31"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_files_of_every_encoding_and_separator(tmp_path: Path, encoding: str, delimiter: str) -> None:
    found, got = read(
        books.text(
            tmp_path / "a.csv",
            [*HEAD, *members(3, 备注="一,二;三\n四")],
            encoding=encoding,
            delimiter=delimiter,
        )
    )
    assert found["delimiter"] == delimiter
    assert [cells[3] for _s, _n, cells in got] == ["成员姓名", "成员1", "成员2", "成员3"]
    assert got[1][2][6] == "一,二;三\n四"


def test_characters_of_four_bytes_survive_gb18030(tmp_path: Path) -> None:
    assert read(books.text(tmp_path / "a.csv", [["姓名", "名"], ["𠮷田", "㛃"]], encoding="gb18030"))[1][1][
        2
    ] == ["𠮷田", "㛃"]


def test_an_open_quote_costs_its_own_line_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('姓名,手机\n一,1\n"二,2\n三,3\n四,4\n', encoding="utf-8")
    got = read(path)[1]
    assert [cells[0] for _s, _n, cells in got] == ["姓名", "一", '\x00E:"', "三", "四"]
    assert [number for _s, number, _c in got] == [1, 2, 3, 4, 5]


BAD = {
    "EMPTY_FILE": b"",
    "WRONG_TYPE": b"\x89PNG\r\n\x1a\n" + b"\0" * 200,
    "BAD_ENCODING": "姓名,手机\n".encode() + b"\xff\xff\x80\xff,1\n",
}


@pytest.mark.parametrize("code", BAD)
def test_what_is_no_workbook_is_refused_by_its_content(tmp_path: Path, code: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(BAD[code])
    assert refusal(path).code == code


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "pdf"),
        (b"<html><table><tr><td>1", "html"),
        (b"\xff\xd8\xff\xe0aaaa", "image"),
        (b"<?xml version='1.0'?><a/>", "xml"),
        (b"Rar!\x1a\x07\x00", "archive"),
        (b"7z\xbc\xaf\x27\x1c", "archive"),
        (b"BM\x36\x00\x0c\x00\x00\x00\x00\x00\x36\x00", "image"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook>', "xml"),
        (b'<?xml version="1.0"?>\n<html xmlns="x"><table>', "html"),
        (b"<!-- x --><html><table><tr><td>1", "html"),
        (b"\xef\xbb\xbf \r\n<DIV class='a'><table>", "html"),
        ("<html><table>".encode("utf-16"), "html"),
        (b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n', "html"),
        (b"From: <Saved by Blink>\r\nSubject: a\r\nContent-Type: multipart/related;\r\n", "html"),
        (b'[{"name": "a"}, {"name": "b"}]', "json"),
        (b'{"rows": []}', "json"),
    ],
)
def test_a_wrong_type_says_which(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(content)
    refused = refusal(path)
    assert (refused.code, refused.params) == ("WRONG_TYPE", {"kind": kind})


def test_an_archive_of_workbooks_says_that_it_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = books.xlsx(tmp_path / "b.xlsx", HEAD)
    with zipfile.ZipFile(path, "w") as package:
        package.write(book, "名单.xlsx")
    assert refusal(path).params == {"kind": "archive"}


@pytest.mark.parametrize("first", ["BM编号", "ID", "<客户>", "[姓名]", "{姓名}", "From"])
def test_a_header_is_not_taken_for_a_kind_of_file(tmp_path: Path, first: str) -> None:
    path = books.text(tmp_path / "a.csv", [[first, "手机"], ["王", "1"]], encoding="gb18030")
    assert read(path)[1][0][2][0] == first


def ole(*streams: str) -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + b"\0\0".join(s.encode("utf-16-le") for s in streams)
        + b"\0" * 600
    )


@pytest.mark.parametrize(
    ("streams", "code"),
    [
        (("EncryptionInfo", "EncryptedPackage"), "ENCRYPTED"),
        (("Workbook", "_VBA_PROJECT_CUR"), "MACRO"),
        (("Workbook", "ETExtData"), "WRONG_TYPE"),
        (("WordDocument",), "WRONG_TYPE"),
        (("Workbook",), "DAMAGED"),
    ],
)
def test_old_containers_are_told_apart(tmp_path: Path, streams: tuple[str, ...], code: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(ole(*streams))
    assert refusal(path).code == code


def test_a_workbook_cut_in_half_is_damaged(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(20)])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refusal(path).code == "DAMAGED"


def test_macros_are_refused(tmp_path: Path) -> None:
    path = books.operate(
        books.xlsx(tmp_path / "a.xlsx", HEAD), "", lambda data: data, xl__vbaProject_dot_bin=b"\xd0\xcf"
    )
    assert refusal(path).code == "MACRO"


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_entities_are_refused(tmp_path: Path, part: str) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(1)])
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    books.operate(path, part, lambda data: bomb + data.split(b"?>", 1)[-1])
    assert refusal(path).code == "ENTITIES"


def test_a_far_cell_is_refused_by_its_address(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(3)])
    books.operate(
        path,
        SHEET,
        lambda data: data.replace(
            b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        ),
    )
    refused = refusal(path)
    assert (refused.code, refused.params) == ("FAR_CELL", {"cell": "XFD1048576"})


def test_a_bomb_is_refused_by_its_ratio_and_by_its_real_size(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(3)])
    books.operate(path, SHEET, lambda data: data.replace(b"<sheetData>", b"<sheetData>" + b" " * 60_000_000))
    assert refusal(path).code == "BOMB"


def test_a_size_that_lies_is_found_while_unpacking(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(300)])
    with zipfile.ZipFile(path) as package:
        true = package.getinfo(SHEET).file_size
    data = path.read_bytes()
    assert data.count(true.to_bytes(4, "little")) >= 2
    path.write_bytes(data.replace(true.to_bytes(4, "little"), (200).to_bytes(4, "little")))
    assert refusal(path).code in ("DAMAGED", "READ_MISMATCH")


def test_more_rows_than_allowed_are_refused(tmp_path: Path) -> None:
    table = [[str(n)] for n in range(1200)]
    assert refusal(books.xlsx(tmp_path / "a.xlsx", table), max_rows=100).code == "TOO_MANY_ROWS"
    assert refusal(books.text(tmp_path / "a.csv", table), max_rows=100).code == "TOO_MANY_ROWS"


def test_a_reader_that_runs_out_of_memory_refuses_and_the_caller_lives(tmp_path: Path) -> None:
    path = books.text(tmp_path / "a.csv", [["好" * 50]] * 200_000)
    assert refusal(path, memory_bytes=60 << 20).code in ("TOO_LARGE_TO_READ", "DAMAGED")


BLANKS = ["\u3000", "\u00a0", "\u2003", "&#160;", "_x000D_", "&#10;", " &#x3000; "]


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("blank", BLANKS)
def test_a_row_of_nothing_but_spaces_is_no_row(tmp_path: Path, blank: str, shared: bool) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(2), ["x"]])
    cell = f't="inlineStr"><is><t>{blank}</t></is>'
    if shared:
        books.share(path, blank, "甲", "")
        cell = 't="s"><v>0</v>'
    books.operate(path, SHEET, books.sub(r'<c r="A4"[^>]*>.*?</c>', f'<c r="A4" {cell}</c>'))
    assert [number for _sheet, number, _cells in read(path)[1]] == [1, 2, 3]


@pytest.mark.parametrize("blank", ["\u3000", "\u00a0", "\u2003", "&#160;", "<text:s/>", "<text:tab/>&#10;"])
def test_a_row_of_open_document_with_nothing_but_spaces_is_no_row(tmp_path: Path, blank: str) -> None:
    row = oldbooks.ods_row(["x"]).replace("<text:p>x", f"<text:p>{blank}")
    path = oldbooks.ods(tmp_path / "a.ods", [*HEAD, row, *members(1)])
    assert [number for _sheet, number, _cells in read(path)[1]] == [1, 3]


def test_blank_shared_strings_do_not_hide_a_lost_row(tmp_path: Path) -> None:
    """The guard against losses stands whatever the shared strings hold."""
    path = books.share(books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(3)]), "", "\u3000", "甲")
    lost = b'<row r="9"><c r="A9" t="s"><v>2</v></c></row><row r="12"><c r="B9"><v>1</v></c></row>'
    books.operate(path, SHEET, lambda data: data.replace(b"</sheetData>", lost + b"</sheetData>"))
    assert refusal(path).code == "READ_MISMATCH"


def test_a_row_number_that_stands_twice_refuses_the_file(tmp_path: Path) -> None:
    """The parser keeps the later of two rows with one number."""
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(3)])
    books.operate(
        path, SHEET, lambda data: data.replace(b'<row r="4"', b'<row r="3"').replace(b'4" t=', b'3" t=')
    )
    refused = refusal(path)
    assert (refused.code, refused.params) == ("READ_MISMATCH", {"sheet": "Sheet1", "count": 1})


def test_an_error_without_a_place_is_never_an_empty_cell(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(2)])
    books.operate(path, SHEET, books.sub(r'<c r="D2"[^>]*>.*?</c>', '<c t="e"><v>#N/A</v></c>'))
    books.operate(path, SHEET, books.sub(r'<c r="C3"[^>]*>.*?</c>|<c r="D3"', '<c><f>A1</f></c><c r="D3"'))
    got = read(path)[1]
    assert (got[1][2][3], got[2][2][2]) == ("\x00E:#N/A", "\x00F:")


def test_parts_named_with_backslashes_are_looked_through_as_well(tmp_path: Path) -> None:
    path = books.xlsx(tmp_path / "a.xlsx", [*HEAD, *members(2)])
    books.operate(path, SHEET, books.sub(r'<c r="D2"[^>]*>.*?</c>', '<c r="D2" t="e"><v>#N/A</v></c>'))
    with zipfile.ZipFile(path) as package:
        parts = [(info.filename, package.read(info)) for info in package.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts:
            info = zipfile.ZipInfo()
            info.filename = name.replace("/", "\\") if name.startswith("xl/") else name
            package.writestr(info, content)
    assert read(path)[1][1][2][3] == "\x00E:#N/A"


def broken(path: Path) -> list[tuple[int, str]]:
    """Return number and first name of every record of a text file, marks of open quotes as such."""
    return [(number, "open" if c[0] == '\x00E:"' else c[3]) for _sheet, number, c in read(path)[1][1:]]


def written(path: Path, *lines: str) -> Path:
    path.write_text("\r\n".join([",".join(MEMBER_HEADERS), *lines]), encoding="utf-8", newline="")
    return path


def line(number: int, remark: str = "") -> str:
    return f"330100009001,,,王{number},1391234000{number},2024-03-05,{remark},职员,普通成员"


@pytest.mark.parametrize("last", [3, 4, 5])
def test_a_quote_that_closes_in_a_later_row_swallows_none(tmp_path: Path, last: int) -> None:
    rows = [line(n, '"开' if n == 2 else '关"' if n == last else "") for n in range(1, 7)]
    got = broken(written(tmp_path / "a.csv", *rows))
    assert got == [(2, "王1"), (3, "open"), *((n + 1, f"王{n}") for n in range(3, 7))]


def test_a_cell_of_several_lines_is_one_cell(tmp_path: Path) -> None:
    remarks = ['"一\r\n二,三\r\n四"', '"一,二\r\n三,四,五"', '"\r\n\r\n"']
    path = written(tmp_path / "a.csv", *(line(n, remark) for n, remark in enumerate(remarks, start=1)))
    assert [name for _number, name in broken(path)] == ["王1", "王2", "王3"]
    narrow = tmp_path / "b.csv"
    narrow.write_text('姓名,备注\n王1,"一,\n二,三\n四"\n', encoding="utf-8")
    assert [c[1] for _s, _n, c in read(narrow)[1]] == ["备注", "一,\n二,三\n四"]


def test_a_long_cell_is_a_cell_and_no_open_quote(tmp_path: Path) -> None:
    got = read(written(tmp_path / "a.csv", line(1, "长" * 210_000), line(2)))[1]
    assert [len(c[6]) for _s, _n, c in got] == [2, 210_000, 0]


@pytest.mark.parametrize("separator", [",", ";"])
def test_tabs_beside_separators_and_formulas_around_text_are_peeled_off(
    tmp_path: Path, separator: str
) -> None:
    path = tmp_path / "a.csv"
    plain = [",".join(MEMBER_HEADERS), line(1), line(2)]
    path.write_text(
        "\r\n".join("\t,".join(row.split(",")).replace(",", separator) + "\t" for row in plain), "utf-8"
    )
    found, got = read(path)
    assert (found["delimiter"], [c[4] for _s, _n, c in got]) == (
        separator,
        ["手机号", "13912340001", "13912340002"],
    )
    path.write_text(
        "\r\n".join([plain[0], line(1).replace("13912340001", '="13912340001"'), line(2, '"=""0571"""')]),
        "utf-8",
    )
    assert [(c[4], c[6]) for _s, _n, c in read(path)[1][1:]] == [("13912340001", ""), ("13912340002", "0571")]


def test_one_broken_byte_does_not_make_a_file_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    good = "".join(f"330100009001,王芳芳芳,1391234000{n},会计师傅\n" for n in range(5))
    path.write_bytes(b"client_code,name,msisdn,position\n" + good.encode() + b"1,\xe7\x8e\x8b\xe7,2,ab\n")
    refused = refusal(path)
    assert (refused.code, refused.params) == ("BAD_ENCODING", {"line": 7})


@pytest.mark.parametrize(("tail", "line"), [(b"\x00", 3), (b"\x00\xd8a\x00", 3)])
def test_broken_utf16_is_said_to_be_that(tmp_path: Path, tail: bytes, line: int) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,上海\r\n王,上\r\n".encode("utf-16") + tail)
    refused = refusal(path)
    assert (refused.code, refused.params) == ("BAD_ENCODING", {"kind": "utf16", "line": line})


@pytest.mark.parametrize("content", [b"  \r\n\r\n \t\r\n", b"\xef\xbb\xbf", "\ufeff\u3000\r\n".encode()])
def test_a_file_of_nothing_but_spaces_is_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert refusal(path).code == "EMPTY_FILE"
