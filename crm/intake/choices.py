"""Vocabulary of imports."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchStatus(models.TextChoices):
    """States of one import (spec §3.4)."""

    UPLOADED = "UPLOADED", _("Waiting to be read")
    READING = "READING", _("Being read")
    MAPPING = "MAPPING", _("Columns to be matched")
    VALIDATED = "VALIDATED", _("Ready to commit")
    COMMITTING = "COMMITTING", _("Being written")
    APPLIED = "APPLIED", _("Imported")
    UNDOING = "UNDOING", _("Being undone")
    ROLLED_BACK = "ROLLED_BACK", _("Undone")
    FAILED = "FAILED", _("Refused")
    CANCELLED = "CANCELLED", _("Cancelled")


# What a worker is busy with; a batch may not stay in one of these without a sign of life.
BUSY = (BatchStatus.READING, BatchStatus.COMMITTING, BatchStatus.UNDOING)
WAITING = (BatchStatus.UPLOADED, *BUSY)


class Mode(models.TextChoices):
    """What happens to a record that already exists."""

    OVERWRITE = "OVERWRITE", _("Update with what the file says")
    FILL = "FILL", _("Fill in only what is empty")
    SKIP = "SKIP", _("Leave existing records as they are")


class Verdict(models.TextChoices):
    """What becomes of one row."""

    CREATE = "create", _("new")
    UPDATE = "update", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    REJECT = "reject", _("rejected")


class Phase(models.TextChoices):
    """What the worker is doing just now."""

    WAITING = "WAITING", _("Waiting for its turn")
    READING = "READING", _("Reading the workbook")
    CLEANING = "CLEANING", _("Checking the cells")
    CHECKING = "CHECKING", _("Comparing with what is on file")
    WRITING = "WRITING", _("Writing")
    UNDOING = "UNDOING", _("Restoring")


# Acts of the audit trail in words; registered by the app.
ACTS = {
    "intake.batch_applied": _("Import written"),
    "intake.batch_cancelled": _("Import cancelled"),
    "intake.batch_undone": _("Import undone"),
    "intake.batch_uploaded": _("Roster uploaded"),
    "intake.passwords_issued": _("One-time passwords made for an import"),
    "intake.cell_mended": _("Wrong cell mended on the page"),
    "intake.file_downloaded": _("File of an import downloaded"),
    "intake.undo_asked": _("Undoing of an import asked for"),
    "intake.errors_downloaded": _("Marked workbook downloaded"),
}
