"""Documents that are kept: typst source and our own Chinese fonts in, an immutable PDF out.

Printed forms are pages of the browser; this is for what the product archives itself, such as the weekly
log book. Values reach the source as data, never as text of the program: nothing a person typed is run.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "fonts"

# A4, our fonts, number of the page at the foot; a document begins with what `frame` returns.
FRAME = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title, date: none)
#set page(paper: "a4", margin: (x: 16mm, top: 16mm, bottom: 18mm), footer: context align(center,
  text(9pt, counter(page).display("1 / 1", both: true))))
#set text(font: "Noto Sans CJK SC", size: 10.5pt, lang: "zh", region: "cn")
#set par(leading: 0.8em)
#set table(stroke: 0.4pt + rgb("#555555"), inset: 2mm)
#align(center, text(17pt, weight: "bold", data.title))
#grid(columns: (1fr, 1fr, 1fr), align: (left, center, right),
  [编号:#data.no], [单位:#data.unit], [日期:#data.on])
"""


def render(body: str, data: dict[str, Any]) -> bytes:
    """Return the PDF of a document; `body` is typst that reads `data` (title, no, unit, on and its own).

    The same body and data give the same bytes: no clock and no font of the machine takes part.
    """
    source = (FRAME + body).encode()
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
    given = {"data": json.dumps(data, ensure_ascii=False, default=str)}
    return typst.compile(source, format="pdf", font_paths=fonts, sys_inputs=given)


def digest(pdf: bytes) -> str:
    """Return the fingerprint that is kept beside an archived document."""
    return hashlib.sha256(pdf).hexdigest()
