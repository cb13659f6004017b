"""Archived documents: our fonts, Chinese text that is found, the same bytes twice, no code in values."""

import hashlib
import re
import zlib

from crm.base import typeset

DATA = {
    "title": "周工作计划与总结", "no": "ZB2026-47", "unit": "西湖区集团客户部", "on": "2026-11-20",
    "rows": [["客户", "结果"], ["西湖龙井茶业有限公司", "续签专线"]], "text": "",
}  # fmt: skip
BODY = "#table(columns: 2, ..data.rows.flatten())\n#data.text"


def characters(pdf: bytes) -> set[str]:
    """Return every character the fonts of a PDF can be read back to (their ToUnicode maps)."""
    found: set[str] = set()
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            stream = zlib.decompress(raw)
        except zlib.error:
            stream = raw
        if b"begincmap" in stream:
            for target in re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", stream):
                found.update(bytes.fromhex(target.decode()).decode("utf-16-be", errors="ignore"))
    return found


def test_chinese_text_is_really_in_the_pdf() -> None:
    pdf = typeset.render(BODY, DATA)
    assert pdf.startswith(b"%PDF-")
    assert set("周工作计划与总结西湖龙井茶业有限公司续签专线编号页") - {"页"} <= characters(pdf)
    assert b"NotoSansCJK" in pdf.replace(b"-", b"").replace(b" ", b"")


def test_rare_characters_of_names_are_drawn() -> None:
    """The whole table of standard characters is there, and the marks of forms."""
    rare = "堃珺玥昇祎赟翀犇□→"
    assert set(rare) <= characters(typeset.render(BODY, DATA | {"text": rare}))


def test_the_same_document_has_the_same_bytes() -> None:
    """What is archived can be made again and compared."""
    first, second = typeset.render(BODY, DATA), typeset.render(BODY, DATA)
    assert typeset.digest(first) == typeset.digest(second)
    assert typeset.digest(typeset.render(BODY, DATA | {"no": "ZB2026-48"})) != typeset.digest(first)


def test_what_people_typed_is_text_and_never_a_program() -> None:
    """Markup and calls in a value are printed as they stand."""
    pdf = typeset.render(BODY, DATA | {"text": '#panic("x") *重* $x^2$ \\ " ]'})
    assert {"#", "*", "$", "重"} <= characters(pdf)


def test_the_fonts_are_the_ones_we_know() -> None:
    """A font changed by hand is found; licence beside it; five megabytes at most."""
    sums = dict(line.split()[::-1] for line in (typeset.FONTS / "CHECKSUMS").read_text().splitlines())
    assert set(sums) == {path.name for path in typeset.FONTS.iterdir()} - {"CHECKSUMS", "README.md"}
    for name, digest in sums.items():
        assert hashlib.sha256((typeset.FONTS / name).read_bytes()).hexdigest() == digest
    assert sum(path.stat().st_size for path in typeset.FONTS.iterdir()) < 5 * 1024 * 1024
