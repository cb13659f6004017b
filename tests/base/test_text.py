"""Text as people type it: the quick way and the thorough way agree."""

import re
import unicodedata
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from crm.base.text import BIGINT, INVISIBLE, SPACES, clean, read_number, read_numbers


@given(st.text(max_size=12))
@example("\u034f")
@example("华\u034f为")
@example("a  b")
@example(" ab ")
@example("\u3000中国\u3000移动")
@example("ＡＢＣ")
@example("中\u200b国")
@example("e\u0301")
def test_clean_is_nfkc_without_invisible_marks_and_spare_blanks(value: str) -> None:
    """Most names are clean already and are not gone through sign by sign; it must not show."""
    thorough = SPACES.sub(" ", unicodedata.normalize("NFKC", value).translate(INVISIBLE)).strip()
    assert clean(value) == thorough


def test_a_number_of_an_address_is_a_plain_whole_number() -> None:
    assert [read_number(text) for text in ("7", " 12 ", "0", "１２")] == [7, 12, 0, 12]
    assert [read_number(text) for text in ("", "²", "-1", "1.5", "1e3", "x")] == [None] * 6
    assert read_number(str(BIGINT)) == BIGINT
    assert (read_number(str(BIGINT + 1)), read_number("9" * 5000)) == (None, None)
    assert (read_number("11", most=10), read_number("10", most=10)) == (None, 10)
    assert read_numbers(["3", "²", "3", "1"]) == [3, 1]


def test_pages_read_numbers_in_one_way() -> None:
    """`isdigit` takes ² for a number and int() then breaks; pages ask read_number."""
    root = Path(__file__).parents[2]
    rooms = ("views", "api", "exports", "lists", "filters")
    odd = [
        str(path.relative_to(root))
        for app in ("crm", "clients", "knowledge", "members", "scoring", "visits", "workbench")
        for path in (root / app).rglob("*.py")
        if any(part.removesuffix(".py").split("_")[0] in rooms for part in path.relative_to(root).parts)
        and re.search(r"\.is(?:digit|decimal|numeric)\(\)", path.read_text())
    ]
    assert odd == []
