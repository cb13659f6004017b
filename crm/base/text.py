"""Clean and search text as people type it in China: full-width forms, pinyin, initials, pairs."""

import functools
import re
import unicodedata
from collections.abc import Iterable

from pypinyin import pinyin_dict

# Control characters that are no blanks, zero-width and bidirectional marks, BOM: what pasted contacts carry.
INVISIBLE = dict.fromkeys(
    [*range(0x01, 0x09), *range(0x0E, 0x1C), *range(0x7F, 0x85), *range(0x86, 0xA0),
     0xAD, 0x34F, 0x61C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF]
)  # fmt: skip
SPACES = re.compile(r"\s+")
# Words whose first dictionary reading is not the one meant in names of organisations.
READINGS = {
    "重庆": "chong qing ", "银行": "yin hang ", "厦门": "xia men ", "长": "chang ", "行业": "hang ye ",
    "商行": "shang hang ", "车行": "che hang ", "六安": "lu an ", "蚌埠": "beng bu ", "大厦": "da sha ",
    "单县": "shan xian ", "会计": "kuai ji ", "乐器": "yue qi ", "音乐": "yin yue ",
}  # fmt: skip
SPECIAL = re.compile("|".join(sorted(READINGS, key=len, reverse=True)))


def clean(value: str) -> str:
    """Return text in NFKC without invisible marks, outer blanks and doubled blanks."""
    if (
        value.isprintable()
        and unicodedata.is_normalized("NFKC", value)
        and "  " not in value
        and "\u034f" not in value
    ):
        return value.strip()  # nearly every name; of the marks only this one counts as printable
    return SPACES.sub(" ", unicodedata.normalize("NFKC", value).translate(INVISIBLE)).strip()


BRACKETS = str.maketrans(
    {"(": "", ")": "", "（": "", "）": "", " ": "", "·": "", ".": "", "-": "", ",": "", "、": ""}
)
FORMS = re.compile("(有限责任公司|股份有限公司|有限公司|集团公司|公司)$")


def name_key(value: str) -> str:
    """Return the key under which two spellings of one organisation's name meet."""
    return FORMS.sub("", clean(value).lower().translate(BRACKETS))


@functools.cache
def _readings() -> dict[int, str]:
    table: dict[int, str] = {}
    plain = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿê", "aaaaeeeeiiiioooouuuuvvvvvnnnme")
    for code, readings in pinyin_dict.pinyin_dict.items():
        table[code] = readings.split(",")[0].translate(plain) + " "
    return table


def syllables(value: str) -> list[str]:
    """Return one token per character: the toneless syllable, or the Latin letters and digits as they are."""
    text = clean(value).lower()
    text = SPECIAL.sub(lambda m: f" {READINGS[m[0]]}", text)
    return re.findall(r"[a-z]+|[0-9]", text.translate(_readings()))


def spell(value: str) -> tuple[str, str]:
    """Return full pinyin without blanks and the initials: 华为技术 → ("huaweijishu", "hwjs")."""
    parts = syllables(value)
    return "".join(parts), "".join([part[0] for part in parts])


@functools.cache
def _all_syllables() -> frozenset[str]:
    return frozenset(s.strip() for s in _readings().values())


def split_pinyin(query: str) -> str | None:
    """Return the initials of a query typed as full pinyin ("huawei" → "hw"), or None when it is none."""
    known = _all_syllables()

    @functools.cache
    def walk(at: int) -> str | None:
        if at == len(query):
            return ""
        for size in range(min(6, len(query) - at), 0, -1):
            part = query[at : at + size]
            rest = walk(at + size) if part in known and (size > 1 or part in "aeo") else None
            if rest is not None:
                return part[0] + rest
        return None

    return walk(0)


# The largest number of a plain integer column, and of a big one.
INT, BIGINT = 2**31 - 1, 2**63 - 1


def read_number(value: str, *, most: int = BIGINT) -> int | None:
    """Return the whole number that an address or a form writes, or None for what is none or too large.

    Other signs that count as digits (²) and thousands of digits are no numbers here.
    """
    value = value.strip()
    if not value.isdecimal() or len(value) > 19:
        return None
    number = int(value)
    return number if number <= most else None


def read_numbers(values: Iterable[str]) -> list[int]:
    """Return the whole numbers among written ones, each once, in their order."""
    found = (read_number(value) for value in values)
    return list(dict.fromkeys(number for number in found if number is not None))


def mask_mobile(value: str) -> str:
    """Return 138****1234."""
    return f"{value[:3]}****{value[-4:]}" if len(value) >= 8 else "*" * len(value)


def mask_name(value: str) -> str:
    """Return 王*: the family name and a star for the rest."""
    return value[:1] + "*" * max(1, len(value) - 1) if value else value
