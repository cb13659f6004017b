"""One cell at a time: what people write, and what becomes of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.intake import cells
from crm.intake.cells import CellError

PHONES = [
    (13912345678.0, "13912345678"),
    (13912345678, "13912345678"),
    ("139 1234 5670", "13912345670"),
    ("139-1234-5671", "13912345671"),
    ("+8613912345672", "13912345672"),
    ("86-13912345673", "13912345673"),
    ("0086 139 1234 5673", "13912345673"),
    ("１３９１２３４５６７４", "13912345674"),
    ("\u202d13912345675\u202c", "13912345675"),
    ("\ufeff13912345676", "13912345676"),
    ("\xa013912345677\xa0", "13912345677"),
    ("13912345680\u200b", "13912345680"),
    ("'13912345680", "13912345680"),
    ("13912345678.0", "13912345678"),
    ("", None),
    ("  ", None),
    (None, None),
]


@pytest.mark.parametrize(("written", "stored"), PHONES)
def test_a_phone_is_stored_as_eleven_ascii_digits_however_it_was_pasted(
    written: cells.Cell, stored: str | None
) -> None:
    assert cells.phone(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        "1391234567",
        "139123456789",
        "12912345678",
        "021-64321234",
        "坏",
        "13912345678/13912345679",
        "TRUE",
        1391234567.0,
        9.6139e12,
    ],
)
def test_what_is_not_a_mobile_number_is_refused(written: cells.Cell) -> None:
    with pytest.raises(CellError, match="BAD_PHONE"):
        cells.phone(written)


def test_a_phone_that_excel_has_rounded_is_refused_and_says_so() -> None:
    with pytest.raises(CellError, match="PHONE_ROUNDED"):
        cells.phone("1.39E+10")


@pytest.mark.parametrize(
    "written",
    [
        "2024-03-05",
        "2024/3/5",
        "20240305",
        "2024年3月5日",
        45356.0,
        45356,
        "2024-03-05 23:59:59",
        "2024-03-05T23:59:59",
        "2024.3.5",
        "45356",
        " 2024－03－05 ",
    ],
)
def test_one_day_is_the_same_day_in_every_spelling(written: cells.Cell) -> None:
    assert cells.date(written) == "2024-03-05"


@pytest.mark.parametrize(
    "written",
    ["5/3/2024", "2024-13-05", "2024-02-30", "昨天", "1899-12-31", "2200-01-01", 0.5, -3.0, 1e9, "20241399"],
)
def test_a_day_is_never_guessed(written: cells.Cell) -> None:
    with pytest.raises(CellError, match="NOT_A_DATE"):
        cells.date(written)


@pytest.mark.parametrize("written", ["2026-03", "2026年3月", "202603", "2026/3", "2026-03-17", "2026年3月份"])
def test_a_month_is_its_first_day(written: str) -> None:
    assert cells.month(written) == "2026-03-01"


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("3,888(万元人民币)", "3888000000"),
        ("800(万元人民币)", "800000000"),
        ("50万", "50000000"),
        ("1.2亿", "12000000000"),
        ("￥12.34", "1234"),
        (12.345, "1235"),
        ("0", "0"),
        ("100（万元）", "100000000"),
        ("10万人民币元", "10000000"),
        ("N/A", None),
    ],
)
def test_money_is_whole_fen(written: cells.Cell, fen: str | None) -> None:
    assert cells.fen(written) == fen


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("50(万美元)", "FOREIGN_CURRENCY"),
        ("20万港币", "FOREIGN_CURRENCY"),
        ("2()", "UNIT_MISSING"),
        ("很多", "NOT_A_NUMBER"),
        ("-5", "OUT_OF_RANGE"),
        ("inf", "NOT_A_NUMBER"),
    ],
)
def test_money_that_is_not_plain_yuan_is_refused(written: str, code: str) -> None:
    with pytest.raises(CellError, match=code):
        cells.fen(written)


@pytest.mark.spec("E091")
@pytest.mark.parametrize(
    "written",
    [
        "91350100M000100Y43",
        "91350100m000100y43",
        " 91350100M000100Y43 ",
        "'91350100M000100Y43",
        "９１３５０１００Ｍ０００１００Ｙ４３",
    ],
)
def test_a_credit_code_is_upper_cased_and_checked(written: str) -> None:
    assert cells.uscc(written) == "91350100M000100Y43"


@pytest.mark.spec("E091")
@pytest.mark.parametrize(
    "written",
    [
        "91350100M000100Y4Z",
        "91350100I000100Y43",
        "91350100O000100Y43",
        "91350100S000100Y43",
        "91350100V000100Y43",
        "91350100Z000100Y43",
        "9135",
        9.135010000001e17,
    ],
)
def test_a_credit_code_with_a_wrong_digit_or_letter_is_refused(written: cells.Cell) -> None:
    with pytest.raises(CellError, match="USCC_INVALID"):
        cells.uscc(written)


@pytest.mark.parametrize(
    ("written", "stored"),
    [("12", "12"), ("1,200", "1200"), (12.0, "12"), ("３００人", "300"), (0.0, "0"), ("", None)],
)
def test_whole_numbers(written: cells.Cell, stored: str | None) -> None:
    assert cells.integer(written) == stored


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (1.5, "NOT_WHOLE"),
        ("abc", "NOT_A_NUMBER"),
        ("-1", "OUT_OF_RANGE"),
        ("3000000000", "OUT_OF_RANGE"),
        ("nan", "NOT_A_NUMBER"),
        ("1_0", "NOT_A_NUMBER"),
    ],
)
def test_what_is_not_a_whole_number_in_range_is_refused(written: cells.Cell, code: str) -> None:
    with pytest.raises(CellError, match=code):
        cells.integer(written)


BANDS = {"M": Decimal(1024), "MBPS": Decimal(1024), "G": Decimal(1024 * 1024), "年": Decimal(1)}


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("10M", "10240"),
        ("10 Mbps", "10240"),
        ("1.5G", "1572864"),
        ("１００Ｍ", "102400"),
        ("2025年", "2025"),
        ("第3年", "3"),
        ("512", "524288"),
        (2.0, "2048"),
        ("1,000M", "1024000"),
    ],
)
def test_a_unit_in_the_cell_goes_before_that_of_the_column(written: cells.Cell, stored: str) -> None:
    assert cells.integer(written, units=BANDS, unit=Decimal(1 if "年" in str(written) else 1024)) == stored


@pytest.mark.parametrize("written", ["10M/20M", "10X", "M", "十M"])
def test_a_unit_nobody_knows_is_refused(written: str) -> None:
    with pytest.raises(CellError, match="NOT_A_NUMBER"):
        cells.integer(written, units=BANDS)


@pytest.mark.parametrize(
    "written",
    [
        "𠮷田",
        "㛃㛃",
        "\ue863某",
        "阿卜杜拉·买买提",
        "O’Brien",
        "Ｚｈａｎｇ",
        "👨\u200d👩\u200d👧家",
        "İstanbul",
        "e\u0301",
        "é",
        "=1+1",
        "张\u3000三",
    ],
)
def test_a_name_is_kept_as_it_was_written(written: str) -> None:
    assert cells.text(f"  {written}\u200b ") == written


@pytest.mark.parametrize("written", ["a\x00b", "a_x0000_b", "\x1b[0m", "\ud800"])
def test_what_a_database_cannot_store_is_a_cell_error(written: str) -> None:
    with pytest.raises(CellError, match="BAD_CHARACTER"):
        cells.text(written)


def test_excel_escapes_in_text_are_undone() -> None:
    assert cells.text("一_x000D_\n二") == "一\n二" or cells.text("一_x000D_\n二") == "一\n\n二"


def test_a_text_at_its_limit_passes_and_one_longer_does_not() -> None:
    assert cells.text("好" * 40, max_length=40) == "好" * 40
    with pytest.raises(CellError, match="TOO_LONG"):
        cells.text("好" * 41, max_length=40)


@pytest.mark.parametrize("written", ["", " ", "\u3000", "N/A", "n/a", "-", "——", "无", "暂无", "null", None])
def test_words_for_nothing_are_nothing(written: cells.Cell) -> None:
    assert cells.text(written) is None
    assert cells.code(written) is None


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("是", "t"),
        ("否", "f"),
        ("√", "t"),
        ("YES", "t"),
        ("已实名", "t"),
        ("未实名", "f"),
        ("停用", "f"),
        (1.0, "t"),
        (0.0, "f"),
        ("TRUE", "t"),
        ("没有", "f"),
        ("", None),
    ],
)
def test_yes_and_no(written: cells.Cell, stored: str | None) -> None:
    assert cells.boolean(written) == stored


def test_coded_values_are_known_by_code_label_and_synonym() -> None:
    clean = cells.chooser([("QY", "QY"), ("企业法人", "QY"), ("集体分支机构(非法人)", "QY")])
    assert [clean(word) for word in ("qy", " 企业 法人 ", "集体分支机构（非法人）", "")] == [
        "QY",
        "QY",
        "QY",
        None,
    ]
    with pytest.raises(CellError, match="UNKNOWN_CHOICE"):
        clean("公司们")


CELLS = st.one_of(st.none(), st.text(max_size=60), st.floats(), st.integers(-(10**18), 10**18))


@given(CELLS)
def test_no_cell_breaks_a_cleaner_and_clean_cells_stay_as_they_are(written: cells.Cell) -> None:
    cleaners = (
        cells.text,
        cells.code,
        cells.phone,
        cells.date,
        cells.month,
        cells.fen,
        cells.integer,
        cells.boolean,
        cells.uscc,
    )
    stable = (cells.phone, cells.date, cells.month, cells.uscc, cells.code)
    for clean in cleaners:
        refused, once = "", None
        try:
            once = clean(written)
        except CellError as error:
            refused = error.code
        assert not refused or refused in cells.CODES
        assert once is None or "\x00" not in once
        if clean in stable and once is not None and not cells.is_blank(once):
            assert clean(once) == once


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("收入（万元）", "10000"),
        ("收入(单位：千元)", "1000"),
        ("收入[万元, 含税]", "10000"),
        ("收入(万元/月)", "10000"),
        ("收入（人民币 百万元）", "1000000"),
        ("出账金额(分)", "0.01"),
        ("收入万元", "10000"),
        ("收入(元)", "1"),
        ("收入(必填)", "1"),
        ("收入(含税)", "1"),
        ("收入", "1"),
        ("收入(美元)", None),
        ("收入(GB)", None),
        ("收入(万人)", None),
    ],
)
def test_a_header_of_money_names_the_unit_of_its_column(header: str, unit: str | None) -> None:
    found = cells.header_unit(header, cells.MONEY_UNITS)[1]
    assert found == (None if unit is None else Decimal(unit))


@pytest.mark.parametrize(
    ("written", "fen"), [(12.5, "12500000"), ("12元", "1200"), ("500万", "500000000"), ("2E1", "20000000")]
)
def test_a_unit_in_the_cell_goes_before_that_of_the_header(written: cells.Cell, fen: str) -> None:
    assert cells.fen(written, unit=Decimal(10_000)) == fen


@pytest.mark.parametrize("written", [2024.0, "2024", "2024.3", 12.0, 9999.0, 109575.0, "202403"])
def test_a_year_or_a_month_is_no_day(written: cells.Cell) -> None:
    with pytest.raises(CellError, match="NOT_A_DATE"):
        cells.date(written)


@pytest.mark.parametrize(
    "written", [2025.1, "2025.1", 2025.3, 2026.0, "2026", 45356.25, "2026-13", "x月", 0.5]
)
def test_a_month_is_never_guessed(written: cells.Cell) -> None:
    with pytest.raises(CellError, match="NOT_A_MONTH"):
        cells.month(written)


@pytest.mark.parametrize("written", ["2025.10", 202510.0, 45931.0, "2025-10-17 08:00:00"])
def test_october_stays_october(written: cells.Cell) -> None:
    assert cells.month(written) == "2025-10-01"


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("(1,234.56)", "-123456"),
        ("（1,234.56）", "-123456"),
        ("¥(1,234.56)", "-123456"),
        ("(50万)", "-50000000"),
        ("1234.56-", "-123456"),
        ("-1234.56", "-123456"),
        ("(3.5)(万元)", "-3500000"),
    ],
)
def test_the_ways_accountants_write_a_negative_amount_keep_its_sign(written: str, fen: str) -> None:
    assert cells.fen(written, minimum=None) == fen
    with pytest.raises(CellError, match="OUT_OF_RANGE"):
        cells.fen(written)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1E999999", "NOT_A_NUMBER"),
        ("1E99999", "OUT_OF_RANGE"),
        (1e300, "OUT_OF_RANGE"),
        ("nan", "NOT_A_NUMBER"),
        ("(-5)", "OUT_OF_RANGE"),
        ("--5", "NOT_A_NUMBER"),
    ],
)
def test_an_amount_out_of_all_bounds_is_an_error_of_its_cell(written: cells.Cell, code: str) -> None:
    with pytest.raises(CellError, match=code):
        cells.fen(written)


@pytest.mark.parametrize("written", [330106000000123456.0, "3.30106E+17", "3.301e+11", "３.３０１Ｅ＋１１"])
def test_a_code_that_excel_has_rounded_is_refused_and_says_so(written: cells.Cell) -> None:
    with pytest.raises(CellError, match="NUMBER_ROUNDED"):
        cells.code(written)


def test_a_text_never_keeps_a_rounded_number() -> None:
    assert cells.text(57188888888.0) == "57188888888"
    with pytest.raises(CellError, match="NUMBER_ROUNDED"):
        cells.text(2.02e17)


@pytest.mark.parametrize(
    "written", ["Ab01", "'Ab01", '="Ab01"', "Ａｂ０１", " Ab 01\u200b", '= "\'Ab01"', "Ab\xa001"]
)
def test_a_key_keeps_its_case_and_nothing_around_it(written: str) -> None:
    assert cells.code(written, fold=False) == "Ab01"


@pytest.mark.parametrize(
    ("written", "stored"), [(10000.0, "010000"), ("10000", "010000"), (310000.0, "310000"), ("1", "1")]
)
def test_a_code_of_digits_gets_its_leading_zero_back(written: cells.Cell, stored: str) -> None:
    assert cells.code(written, digits=6) == stored


@pytest.mark.parametrize(
    ("written", "fen"),
    [
        ("50元整", "5000"),
        ("100万元整", "100000000"),
        ("5元5角", "550"),
        ("5元5角3分", "553"),
        ("5元零3分", "503"),
        ("人民币5元整", "500"),
    ],
)
def test_amounts_as_they_are_spoken(written: str, fen: str) -> None:
    assert cells.fen(written) == fen


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("12元/月", "NOT_A_NUMBER"),
        ("$500", "FOREIGN_CURRENCY"),
        ("12日元", "FOREIGN_CURRENCY"),
        ("整", "NOT_A_NUMBER"),
    ],
)
def test_another_currency_is_not_the_same_as_no_amount(written: str, code: str) -> None:
    with pytest.raises(CellError, match=code):
        cells.fen(written)
