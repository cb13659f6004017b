"""Papers for tests: real PDF, PNG and JPEG content."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from clients import services
from clients.models import Attachment, Client
from crm.accounts.models import User

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def picture(kind: str = "JPEG", **options: Any) -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "navy").save(out, kind, **options)
    return out.getvalue()


def upload(content: bytes = PDF, name: str = "执照.pdf") -> SimpleUploadedFile:
    """Return an upload as a browser sends it."""
    return SimpleUploadedFile(name, content)


def make_paper(client: Client, actor: User, kind: str = "OTHER", content: bytes = PDF) -> Attachment:
    """Hand a paper in."""
    return services.add_paper(actor=actor, client_id=client.pk, kind=kind, upload=upload(content))
