"""Draw a VIP e-card: the code and the printed part in one picture, for every size of terminal (S0-74)."""

import io
from collections.abc import Mapping
from pathlib import Path

import segno
from django.utils.translation import gettext
from PIL import Image, ImageDraw, ImageFont

from crm.base import typeset
from members.choices import VipGrade

COLOURS = {VipGrade.DIAMOND: "#1f3b73", VipGrade.GOLD: "#8a6412", VipGrade.SILVER: "#55606e"}
FONT = Path(typeset.FONTS) / "NotoSansSC-Bold-subset.otf"


def lines_of(printed: Mapping[str, str]) -> tuple[str, str, str]:
    """Return the three lines of the printed part."""
    number = printed["card_no"]
    return (
        str(VipGrade(printed["grade"]).label),
        " ".join(number[i : i + 4] for i in range(0, 12, 4)),
        gettext("valid to %(day)s") % {"day": printed["valid_to"]},
    )


def picture(printed: Mapping[str, str], code: str, *, width: int) -> bytes:
    """Return a PNG of the card, `width` pixels wide: coloured head, code, number, validity."""
    image = Image.new("RGB", (width, width * 3 // 2), "white")
    draw = ImageDraw.Draw(image)
    grade, number, valid = lines_of(printed)
    draw.rectangle([0, 0, width, width // 5], fill=COLOURS[VipGrade(printed["grade"])])
    _centred(draw, f"VIP {grade}", width // 10, width, width // 10, "white")
    qr = segno.make(code, error="m", micro=False)
    scale = max(1, width * 9 // 10 // qr.symbol_size(border=2)[0])
    out = io.BytesIO()
    qr.save(out, kind="png", scale=scale, border=2)
    drawn = Image.open(out).convert("RGB")
    image.paste(drawn, ((width - drawn.width) // 2, width // 5 + (width - drawn.height) // 2))
    _centred(draw, number, width * 5 // 4, width, width // 11, "black")
    _centred(draw, valid, width * 11 // 8, width, width // 16, "#33404f")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _centred(draw: ImageDraw.ImageDraw, text: str, y: int, width: int, size: int, fill: str) -> None:
    draw.text((width // 2, y), text, font=ImageFont.truetype(str(FONT), size), fill=fill, anchor="mm")


def code_svg(code: str) -> bytes:
    """Return the code alone as SVG: sharp at any size."""
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="svg", scale=4, border=2)
    return out.getvalue()
