"""Hand in papers of a file; a newer one takes the place of the old one, which is kept."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients.choices import FilingState, PaperKind
from clients.models import Attachment, Client
from clients.services.completeness import refresh_completeness
from clients.services.files import locked
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid
from crm.base.text import clean
from crm.base.trail import record
from crm.base.uploads import read_paper

# Where the file points to the paper in force.
COLUMNS = {
    PaperKind.LICENCE: "licence_scan",
    PaperKind.AUTHORISATION: "authorization_doc",
    PaperKind.OFFICE_PHOTO: "office_photo",
}
KIND_OF = {column: kind for kind, column in COLUMNS.items()}
MAX_OTHER = 20


@transaction.atomic
def add_paper(*, actor: User, client_id: int, kind: str, upload: UploadedFile, title: str = "") -> Attachment:
    """Keep a paper of the client.

    Raises: Invalid with the codes of uploads; BusinessError FILE_SUBMITTED, CLIENT_CLOSED.
    """
    if kind not in PaperKind:
        raise Invalid("INVALID", _("There is no such kind of paper."))
    paper = read_paper(upload, images_only=kind == PaperKind.OFFICE_PHOTO)
    client = locked(client_id, actor)
    _refuse_waiting(client, actor)
    current = Attachment.objects.filter(client=client, replaced_at=None)
    if kind == PaperKind.OTHER:
        if current.filter(kind=kind).count() >= MAX_OTHER:
            sentence = _("A file holds at most %(n)d other papers.") % {"n": MAX_OTHER}
            raise Invalid("PAPER_LIMIT", sentence, fields={"file": [sentence]})
    else:
        current.filter(kind=kind).update(replaced_at=clock.now(), replaced_by=actor)
    made = Attachment(
        client=client, kind=kind, title=clean(title)[:80], original_name=paper.name,
        content_type=paper.content_type, size=paper.size, sha256=paper.sha256, uploaded_by=actor,
    )  # fmt: skip
    made.file.save(paper.name or "paper", paper.content, save=False)
    made.save()
    _point(client, kind, made.file.name or "", actor)
    record(
        actor=actor, action="clients.paper_added", entity=client, unit=client.org_unit,
        data={"kind": kind, "name": made.original_name, "sha256": made.sha256},
    )  # fmt: skip
    return made


@transaction.atomic
def remove_paper(*, actor: User, client_id: int, paper_id: int) -> None:
    """Take a paper out of force; it stays in the history of the file."""
    client = locked(client_id, actor)
    _refuse_waiting(client, actor)
    row = Attachment.objects.filter(client=client, pk=paper_id, replaced_at=None).first()
    if row is None:
        raise Invalid("INVALID", _("There is no such paper."))
    row.replaced_at, row.replaced_by = clock.now(), actor
    row.save(update_fields=["replaced_at", "replaced_by"])
    _point(client, row.kind, "", actor)
    record(
        actor=actor, action="clients.paper_removed", entity=client, unit=client.org_unit,
        data={"kind": row.kind, "name": row.original_name},
    )  # fmt: skip


def _refuse_waiting(client: Client, actor: User) -> None:
    if client.filing == FilingState.SUBMITTED and not actor.can("clients.approve"):
        raise BusinessError(
            "FILE_SUBMITTED", _("The file waits for the head's approval and cannot be changed meanwhile.")
        )


def _point(client: Client, kind: str, name: str, actor: User) -> None:
    column = COLUMNS.get(PaperKind(kind))
    if column is None:
        return
    setattr(client, column, name)
    client.save_by(actor, column)
    refresh_completeness([client.pk])
