"""Papers people hand in: judged by their content, never by their name; images are drawn anew."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from crm.base.errors import Invalid, Sentence
from crm.base.text import clean

MAX_BYTES = 5 * 1024 * 1024
# A picture larger than this is a trap for memory, not a scan.
MAX_PIXELS = 50_000_000
LONGEST_SIDE = 4000
MARKS = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
# What makes a document act by itself.
ACTING = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/OpenAction")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper fit to be kept."""

    content: "ContentFile[bytes]"
    content_type: str
    name: str
    size: int
    sha256: str


def read_paper(upload: UploadedFile, *, field: str = "file", images_only: bool = False) -> Paper:
    """Return an upload as it is kept: PDF as it is, images without anything but the picture.

    Raises: Invalid PAPER_TOO_LARGE, PAPER_KIND, PAPER_BROKEN, PAPER_ACTIVE.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise _refused("PAPER_TOO_LARGE", _("The file is larger than 5 MB."), field)
    data = upload.read()
    upload.seek(0)
    kind = next((kind for mark, kind in MARKS if data.startswith(mark)), "")
    if not kind or (images_only and kind == "application/pdf"):
        sentence = _("Choose a PNG or JPEG picture.") if images_only else _("Choose a PDF, PNG or JPEG file.")
        raise _refused("PAPER_KIND", sentence, field)
    if kind == "application/pdf":
        if b"%%EOF" not in data[-2048:]:
            raise _refused("PAPER_BROKEN", _("The file is damaged and cannot be opened."), field)
        if any(word in data for word in ACTING):
            raise _refused(
                "PAPER_ACTIVE", _("The PDF holds scripts or attachments. Print it to a plain PDF."), field
            )
    else:
        data = _drawn(data, kind, field)
    name = clean(upload.name or "").replace("/", "_").replace("\\", "_")[-120:]
    return Paper(ContentFile(data), kind, name, len(data), hashlib.sha256(data).hexdigest())


def _drawn(data: bytes, kind: str, field: str) -> bytes:
    """Draw the picture anew, upright: place, camera and hidden text of the original do not come along."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind.removeprefix("image/").upper()]) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise _refused("PAPER_TOO_LARGE", _("The picture has too many points."), field)
            upright: Any = ImageOps.exif_transpose(picture)
            upright = upright.convert("RGB" if kind == "image/jpeg" or upright.mode == "CMYK" else "RGBA")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = Image.new(upright.mode, upright.size)
            plain.paste(upright)
            out = io.BytesIO()
            plain.save(out, "JPEG" if kind == "image/jpeg" else "PNG", quality=88, optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refused("PAPER_BROKEN", _("The file is damaged and cannot be opened."), field) from error
    return out.getvalue()


def _refused(code: str, sentence: Sentence, field: str) -> Invalid:
    return Invalid(code, sentence, fields={field: [sentence]})
