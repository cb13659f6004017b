"""Vocabulary of exports (spec §3.4, DownloadRequest)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    """States of a request: REQUESTED → APPROVED | REJECTED; APPROVED → USED | EXPIRED."""

    REQUESTED = "REQUESTED", _("Waits for approval")
    APPROVED = "APPROVED", _("Approved")
    REJECTED = "REJECTED", _("Rejected")
    USED = "USED", _("Downloaded")
    EXPIRED = "EXPIRED", _("Expired")
    CANCELLED = "CANCELLED", _("Cancelled")


class Work(models.TextChoices):
    """Where the worker stands with the file."""

    NONE = "", _("Not begun")
    WAITING = "WAITING", _("Waiting for its turn")
    RUNNING = "RUNNING", _("Being written")
    DONE = "DONE", _("Ready")
    FAILED = "FAILED", _("Failed")


class Format(models.TextChoices):
    """Kinds of file."""

    XLSX = "xlsx", _("Excel workbook")
    CSV = "csv", _("CSV text")


# Acts of the audit trail in words; registered by the app.
ACTS = {
    "exports.requested": _("Export requested"),
    "exports.approved": _("Export approved"),
    "exports.rejected": _("Export rejected"),
    "exports.cancelled": _("Export cancelled"),
    "exports.written": _("Export written"),
    "exports.downloaded": _("Export downloaded"),
}
