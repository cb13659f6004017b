"""Text as people type it: the quick way and the thorough way agree."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from crm.base.text import INVISIBLE, SPACES, clean


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
