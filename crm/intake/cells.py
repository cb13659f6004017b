"""Clean one cell of a roster: what a person typed in, a domain value or an error code out.

Pure functions without Django, clock or database, so that a million cells can pass through them and every
one of
them can be tested as a table. A cell arrives as `str`, `float` or `None` (the reader has already turned
dates into
ISO text and truth values into the words TRUE and FALSE). A cleaner returns `None` for "nothing was written
here".
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from operator import mul
from typing import TypeAlias

Cell: TypeAlias = str | float | int | None

# What people write when they have nothing to write. Compared after NFKC and upper-casing.
BLANKS = frozenset(
    {"", "N/A", "NULL", "NONE", "-", "--", "---", "—", "——", "/", "\\", "无", "暂无", "空", "未知", "不详"}
)

# Marks that pasted contacts carry and nobody can see: zero-width, bidi, BOM, soft hyphen. The zero-width
# joiner is
# kept in free text, where it holds emoji and some scripts together, and dropped in codes and numbers.
_INVISIBLE = dict.fromkeys(
    [
        0x00AD,
        0x200B,
        0x200C,
        0x200D,
        0x200E,
        0x200F,
        0xFEFF,
        0x2060,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
)
_EDGES = (
    "".join(map(chr, [c for c in _INVISIBLE if c != 0x200D])) + " \t\r\n\v\f\xa0\u3000" + "\u2002\u2003\u2009"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_AS_TEXT = re.compile(r'=\s*"([^"]*)"\Z')
_SPACES = re.compile(r"\s+")
_PHONE = re.compile(r"1[3-9]\d{9}\Z")
_PHONE_NOISE = re.compile(r"[\s\-–—‐‑.()·]+")
_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+?\d+\Z", re.IGNORECASE)
_ROUNDED_CODE = re.compile(r"\d(?:\.\d+)?E\+\d+\Z", re.IGNORECASE)
_EXACT = 1e15  # a number from here on has lost its last digits in Excel
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\Z")
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\Z"
)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:份)?\Z")
_OCTOBER = re.compile(r"\d{4}\.1\Z")
_DIGITS8 = re.compile(r"\d{8}\Z")
_DIGITS6 = re.compile(r"\d{6}\Z")
_WITH_UNIT = re.compile(r"第?(.*\d)\s*([^\d\s]+)\Z")
_MONEY = re.compile(r"([+-]?\d+(?:\.\d+)?)(.*)\Z")
_ACCOUNTING = re.compile(r"\([^()+-].*\)\Z|[^+-].*-\Z")  # (1234.56) and 1234.56- are less than nothing

ONE = Decimal(1)
NO_UNITS: Mapping[str, Decimal] = {}
FIRST_DAY = dt.date(1900, 1, 1)
LAST_DAY = dt.date(2199, 12, 31)
FIRST_SERIAL = 10_000  # 1927-05-18; smaller numbers are years, months or days, or counts
_EXCEL_EPOCH = dt.date(1899, 12, 30)
FEN_MAX = 10**16

CODES = (
    "REQUIRED",
    "TOO_LONG",
    "BAD_CHARACTER",
    "NOT_A_NUMBER",
    "NOT_WHOLE",
    "OUT_OF_RANGE",
    "NOT_A_DATE",
    "NOT_A_MONTH",
    "BAD_PHONE",
    "PHONE_ROUNDED",
    "NUMBER_ROUNDED",
    "USCC_INVALID",
    "UNKNOWN_CHOICE",
    "NOT_YES_NO",
    "FOREIGN_CURRENCY",
    "UNIT_MISSING",
)


_HARMLESS = ("=", "+", "-", "@", "\t")


class CellError(ValueError):
    """Say why one cell cannot be used; `kind` tells sentences of one code apart."""

    def __init__(self, code: str, kind: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.kind = kind


def plain(value: Cell) -> str:
    """Return the cell as compact text: NFKC, without invisible marks, outer space or apostrophe."""
    if value.__class__ is str and value.isalnum() and value.isascii():
        return value
    if value is None:
        return ""
    if isinstance(value, (float, int)):
        return _number_text(value)
    text = value
    if not text.isascii():
        if not text.isprintable():  # nothing invisible counts as printable
            text = text.translate(_INVISIBLE)
        text = unicodedata.normalize("NFKC", text)
    text = text.strip(_EDGES).lstrip("'‘’`").strip()
    if text[:1] == "=" and (found := _AS_TEXT.match(text)):  # ="0062": how a formula keeps a number as text
        text = found[1].strip(_EDGES).lstrip("'‘’`").strip()
    return text


def is_blank(value: Cell) -> bool:
    """Tell whether the cell says nothing: empty, spaces, or a word such as N/A or 暂无."""
    if value is None or value == "":
        return True
    if value.__class__ is str and "\u4e00" <= value[0] <= "\u9fff" and value[0] not in "无暂空未不":
        return False  # most names: nothing that means "nothing" begins like this
    return isinstance(value, str) and len(value) < 12 and plain(value).upper() in BLANKS


def _number_text(value: float | int) -> str:
    """Write a number as a person would type it: 13912345678.0 is 13912345678."""
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return repr(value)
    return str(value)


def text(value: Cell, *, max_length: int | None = None) -> str | None:
    """Return free text as it was written, without outer spaces and invisible edges."""
    if is_blank(value):
        return None
    if not isinstance(value, str):
        if isinstance(value, float) and abs(value) >= _EXACT:
            raise CellError("NUMBER_ROUNDED")
        result = _number_text(value)  # type: ignore[arg-type]
    else:
        result = value
        clear = result.isprintable() and "_x" not in result
        if clear and result[0] != "'" and result[0] not in _EDGES and result[-1] not in _EDGES:
            if max_length is not None and len(result) > max_length:
                raise CellError("TOO_LONG")
            return result
        if "_x" in result:
            result = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), result)
        result = result.replace("\r\n", "\n").replace("\r", "\n").strip(_EDGES)
        if _CONTROL.search(result):
            raise CellError("BAD_CHARACTER")
        if result[:1] == "'" and result[1:2] in _HARMLESS:  # the mark our own exports put before a formula
            result = result[1:]
        if not result:
            return None
    if max_length is not None and len(result) > max_length:
        raise CellError("TOO_LONG")
    return result


def code(
    value: Cell, *, max_length: int | None = None, digits: int | None = None, fold: bool = True
) -> str | None:
    """Return a code in one form: half-width, upper-case, no spaces, and never a float.

    `digits` is the length of a code of digits only, whose leading zero a number has lost. Without `fold` the
    case stays as it is written.
    """
    if is_blank(value):
        return None
    result = _SPACES.sub("", plain(value))
    if fold:
        result = result.upper()
    if not result.isascii():  # without the space before it a mark may join the letter it stands on
        result = unicodedata.normalize("NFKC", result)
    if _CONTROL.search(result):
        raise CellError("BAD_CHARACTER")
    if ("+" in result and _ROUNDED_CODE.match(result)) or (isinstance(value, float) and abs(value) >= _EXACT):
        raise CellError("NUMBER_ROUNDED")
    if digits is not None and len(result) == digits - 1 and result.isdecimal():
        result = f"0{result}"
    if max_length is not None and len(result) > max_length:
        raise CellError("TOO_LONG")
    return result or None


def uscc(value: Cell) -> str | None:
    """Return a unified social credit code of 18 characters with the right check digit.

    Source: E091
    """
    if isinstance(value, float):  # eighteen digits do not fit a number: Excel has already lost the last ones
        raise CellError("USCC_INVALID")
    result = code(value)
    if result is None:
        return None
    result = result.replace("-", "")
    if not _USCC.match(result) or _uscc_digit(result) != result[17]:
        raise CellError("USCC_INVALID")
    return result


_USCC = re.compile(r"[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}\Z")
_USCC_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUES = {letter: number for number, letter in enumerate(_USCC_LETTERS)}
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def _uscc_digit(code: str) -> str:
    """Return the check digit of GB 32100-2015 (a roster has a hundred thousand of them: no detours)."""
    total = sum(map(mul, map(_USCC_VALUES.__getitem__, code[:17]), _USCC_WEIGHTS))
    return _USCC_LETTERS[-total % 31]


def phone(value: Cell) -> str | None:
    """Return a mobile number as eleven ASCII digits.

    Source: S1-83; the ways pasted contacts carry a number
    """
    if value.__class__ is str and len(value) == 11 and _PHONE.match(value) and value.isascii():
        return value
    if is_blank(value):
        return None
    result = plain(value)
    if isinstance(value, str) and _ROUNDED.match(result):
        raise CellError("PHONE_ROUNDED")
    result = _PHONE_NOISE.sub("", result.removesuffix(".0"))
    if len(result) > 11:
        for prefix in ("+86", "0086", "86"):
            if result.startswith(prefix):
                result = result.removeprefix(prefix)
                break
    if not (result.isascii() and _PHONE.match(result)):
        raise CellError("BAD_PHONE")
    return result


def integer(
    value: Cell,
    *,
    minimum: int | None = 0,
    maximum: int | None = 2_147_483_647,
    unit: Decimal = ONE,
    units: Mapping[str, Decimal] = NO_UNITS,
) -> str | None:
    """Return a whole number as text; separators of thousands and a unit such as 人 or 户 are dropped.

    `unit` is what one of the column's numbers stands for: 1.2 in a column of 万人 is 12000. A unit of the
    column's own `units`, written in the cell, goes before it: 10M in a column of bandwidths, 2025年 of years.
    """
    if is_blank(value):
        return None
    written = plain(value)
    if units and (found := _WITH_UNIT.match(written.upper())) and found[2] in units:
        written, unit = found[1], units[found[2]]
    number = _decimal(written.rstrip("人户个名台部线")) * unit
    if number != number.to_integral_value():
        raise CellError("NOT_WHOLE")
    whole = int(number)
    if (minimum is not None and whole < minimum) or (maximum is not None and whole > maximum):
        raise CellError("OUT_OF_RANGE")
    return str(whole)


def _decimal(written: str) -> Decimal:
    written = written.replace(",", "").replace(" ", "").replace("_", "x")
    try:
        number = Decimal(written)
    except ArithmeticError as error:
        raise CellError("NOT_A_NUMBER") from error
    if not number.is_finite() or abs(number) > 10**18:
        raise CellError("NOT_A_NUMBER" if not number.is_finite() else "OUT_OF_RANGE")
    return number


_MULTIPLES = {"": 1, "千": 1_000, "万": 10_000, "百万": 10**6, "亿": 10**8}
_UNITS = {f"{word}{yuan}": number for word, number in _MULTIPLES.items() for yuan in ("", "元")}
_FOREIGN = re.compile(r"[美港欧日英澳加韩台].{0,2}[元圆币金镑]|法郎|马克|卢布|USD|HKD|EUR|JPY|GBP|[$€£]")
# 5元5角3分; or an amount and 整, "and no more".
_SPOKEN = re.compile(r"(?:([+-]?\d+)元(?:(\d)角)?(?:零?(\d)分)?[整正]?|(.+)[整正])\Z")
_CURRENCY_WORDS = ("人民币", "RMB", "CNY", "¥", "￥")


def fen(value: Cell, *, minimum: int | None = 0, unit: Decimal = ONE) -> str | None:
    """Return money in whole fen: "3,888(万元人民币)" is 3888000000.

    `unit` is what the column's numbers are given in, in yuan; a unit written in the cell goes before it.

    Units: fen (1/100 yuan); 万, 亿, 千 and 百万 are understood, another currency than yuan is refused
    """
    if is_blank(value):
        return None
    written = plain(value).upper().replace(",", "").replace(" ", "")
    for word in _CURRENCY_WORDS:
        written = written.replace(word, "")
    if written.endswith("()"):
        raise CellError("UNIT_MISSING")
    negative = bool(_ACCOUNTING.match(written))
    if negative:
        written = written.removesuffix("-")
    written = written.replace("(", "").replace(")", "").replace("元元", "元")
    if written[-1:] in ("整", "正", "角", "分") and (spoken := _SPOKEN.match(written)):
        written = f"{spoken[1]}.{spoken[2] or 0}{spoken[3] or 0}元" if spoken[4] is None else spoken[4]
    found = _MONEY.match(written)
    own = found[2] if found else ""
    if found and own in _UNITS:
        result = Decimal(found[1]) * (_UNITS[own] if own else unit) * 100
    else:
        if _FOREIGN.search(written):
            raise CellError("FOREIGN_CURRENCY")
        try:  # 1.2E7 is a number without a unit
            result = Decimal(written) * unit * 100
        except ArithmeticError as error:
            raise CellError("NOT_A_NUMBER") from error
    if negative:
        result = -result
    if not result.is_finite():
        raise CellError("NOT_A_NUMBER")
    if result < -FEN_MAX and minimum is not None:
        raise CellError("OUT_OF_RANGE", "negative")
    if abs(result) > FEN_MAX:
        raise CellError("OUT_OF_RANGE", "amount")
    rounded = int(result.to_integral_value(rounding="ROUND_HALF_UP"))
    if minimum is not None and rounded < minimum:
        raise CellError("OUT_OF_RANGE", "negative")
    return str(rounded)


def date(value: Cell) -> str | None:
    """Return a day as ISO text from any of the usual ways to write one; the time of day is dropped.

    A number is an Excel serial day from 1927 on, or eight digits yyyymmdd. Nothing is guessed between day and
    month, and a year alone is no day.
    """
    if is_blank(value):
        return None
    if isinstance(value, str):
        found = _ISO.match(value)
        if found:
            return _day(*map(int, found.groups()))
    written = plain(value)
    found = _DATE.match(written)
    if found:
        return _day(*map(int, found.groups()))
    if _DIGITS8.match(written):
        return _day(int(written[:4]), int(written[4:6]), int(written[6:]))
    try:
        serial = float(written)
    except ValueError as error:
        raise CellError("NOT_A_DATE") from error
    if not FIRST_SERIAL <= serial < 109_575:  # the day after 2199-12-31
        raise CellError("NOT_A_DATE")
    day = _EXCEL_EPOCH + dt.timedelta(days=int(serial))
    return _day(day.year, day.month, day.day)


def _day(year: int, month: int, day: int) -> str:
    try:
        result = dt.date(year, month, day)
    except ValueError as error:
        raise CellError("NOT_A_DATE") from error
    if not FIRST_DAY <= result <= LAST_DAY:
        raise CellError("NOT_A_DATE")
    return result.isoformat()


def month(value: Cell) -> str | None:
    """Return the first day of a month as ISO text from 2026-03, 2026年3月, 202603 or any day in it.

    2025.1 is refused: Excel keeps 2025.10 as this number, and a CSV file cannot tell the two either.
    """
    if is_blank(value):
        return None
    written = plain(value)
    found = _MONTH.match(written)
    if _OCTOBER.match(written) or (isinstance(value, float) and not value.is_integer()):
        raise CellError("NOT_A_MONTH")
    try:
        if found:
            return _day(int(found[1]), int(found[2]), 1)
        if _DIGITS6.match(written) and 1 <= int(written[4:]) <= 12 and "1900" <= written[:4] <= "2199":
            return _day(int(written[:4]), int(written[4:]), 1)
        day = date(value)
    except CellError as error:
        raise CellError("NOT_A_MONTH") from error
    return None if day is None else day[:8] + "01"


_YES = frozenset(
    {"1", "Y", "YES", "TRUE", "T", "是", "有", "√", "已", "真", "已核实", "已验证"}
    | {"实名", "已实名", "在用", "在网", "已开通", "开通", "正常"}
)
_NO = frozenset(
    {"0", "N", "NO", "FALSE", "F", "否", "没有", "×", "未", "假", "未核实", "未验证"}
    | {"非实名", "未实名", "停用", "已停用", "不在用", "未开通"}
)


def boolean(value: Cell) -> str | None:
    """Return t or f from 是/否, yes/no, 1/0, √/× and the like."""
    if value in ("无", "没有"):
        return "f"
    if is_blank(value):
        return None
    written = plain(value).upper()
    if written in _YES:
        return "t"
    if written in _NO:
        return "f"
    raise CellError("NOT_YES_NO")


_NAME_NOISE = re.compile(r"[\s()\[\]{}<>《》【】、,，。.·•・:;'\"“”‘’_\-—–/\\*#]+")


def label_key(value: Cell) -> str:
    """Return what two spellings of one label have in common: NFKC, lower-case, no spaces or brackets."""
    return _NAME_NOISE.sub("", plain(value)).lower()


def chooser(words: Iterable[tuple[str, str]]) -> Callable[[Cell], str | None]:
    """Return a cleaner that maps labels, codes and synonyms to one code.

    `words` are pairs (what people write, code). Later pairs do not overrule earlier ones.
    """
    table: dict[str, str] = {}
    for word, result in words:
        table.setdefault(label_key(word), result)

    def clean(value: Cell) -> str | None:
        if is_blank(value):
            return None
        found = table.get(label_key(value))
        if found is None:
            raise CellError("UNKNOWN_CHOICE")
        return found

    return clean


# Units a header may name, and what one of each stands for: yuan in columns of money, ones in others.
MONEY_UNITS: dict[str, Decimal] = {
    "分": Decimal("0.01"),
    "角": Decimal("0.1"),
    "YUAN": ONE,
    **{word: Decimal(number) for word, number in _UNITS.items() if word},
}
_COUNTED = ("", "人", "户", "个", "名", "台", "部", "线", "家", "次", "条", "分", "点", "积分", "分钟")
COUNT_UNITS: dict[str, Decimal] = {
    word + counted: Decimal(number)
    for word, number in _MULTIPLES.items()
    for counted in _COUNTED
    if word or counted
}
# Units that one column or another may be given in; a column that does not know one must be asked about.
_OTHER_UNIT = re.compile(
    r"(?:千|万|百万|亿)?(?:[KMGTP]?(?:B|BIT|BPS|B/S|BIT/S|BITS)|[KMGTP]|兆|吉|小时|秒|%|‰|USD|HKD|EUR|JPY|GBP"
    r"|[美港欧日澳加韩台]\w{0,2}[元圆币金]|英镑|卢布)\Z"
)
_IN_BRACKETS = re.compile(r"[(\[{<【〔](.*?)[)\]}>】〕]")
_UNIT_AT_END = re.compile(r"[^千万亿](千元|万元|百万元|亿元)\Z")
_UNIT_PARTS = re.compile(r"[,、;:/\s]+")


def header_unit(header: str, known: Mapping[str, Decimal]) -> tuple[str, Decimal | None]:
    """Return the unit a header names and what it stands for: 收入（万元） is ("万元", 10000).

    A unit that is not `known` stands for None; a header without a unit, or with another remark in its
    brackets, gives ("", 1).
    """
    written = plain(header).upper()
    for word in _CURRENCY_WORDS:
        written = written.replace(word, "")
    inner: list[str] = _IN_BRACKETS.findall(written) or _UNIT_AT_END.findall(written)
    parts = [part for text in inner for part in (text, *_UNIT_PARTS.split(text))]
    for part in parts:
        if part in known:
            return part, known[part]
    for part in parts:
        if part in MONEY_UNITS or part in COUNT_UNITS or _OTHER_UNIT.match(part):
            return part, None
    return "", ONE
