"""Papers of a file: what was handed in, when, by whom, and what took its place."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.models.client import Client


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """Return a name nobody can guess; the ending follows from the content, not from the given name."""
    ending = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}[attachment.content_type]
    return f"clients/{uuid.uuid4().hex}.{ending}"


class Attachment(models.Model):
    """One paper of a client's file; a newer one of the same kind replaces it, the old one is kept."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="attachments")
    kind = models.CharField(_("kind of paper"), max_length=14, choices=choices.PaperKind)
    title = models.CharField(_("name of the paper"), max_length=80, blank=True)
    file = models.FileField(_("file"), upload_to=attachment_path, max_length=120)
    original_name = models.CharField(_("file name"), max_length=120, blank=True)
    content_type = models.CharField(max_length=30)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )
    replaced_at = models.DateTimeField(_("replaced"), null=True)
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("paper")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind"],
                condition=Q(replaced_at=None) & ~Q(kind="OTHER"),
                name="attachment_one_current",
            )
        ]

    def __str__(self) -> str:
        return self.title or self.get_kind_display()
