"""Writing verbs of imports: take a file, read it, match its columns, check, commit, cancel, undo.

Each verb may be killed at any moment and called again: reading starts anew, writing is one transaction.
"""

from crm.intake.services.checking import (
    better_roster,
    change_roster,
    choose_mapping,
    missing_columns,
    read_batch,
)
from crm.intake.services.mending import mend_cell, recheck
from crm.intake.services.saying import change_count, error_rows
from crm.intake.services.steps import counts_of
from crm.intake.services.taking import open_batch, start
from crm.intake.services.undoing import cancel_batch, restore_batch, undo_batch, undo_now, undoable
from crm.intake.services.working import MAX_ATTEMPTS, put_away, resume, sweep_batches, work
from crm.intake.services.writing import commit_batch, commit_now, write_batch

__all__ = [
    "MAX_ATTEMPTS",
    "better_roster",
    "cancel_batch",
    "change_count",
    "change_roster",
    "choose_mapping",
    "commit_batch",
    "commit_now",
    "counts_of",
    "error_rows",
    "mend_cell",
    "missing_columns",
    "open_batch",
    "put_away",
    "read_batch",
    "recheck",
    "restore_batch",
    "resume",
    "start",
    "sweep_batches",
    "undo_batch",
    "undo_now",
    "undoable",
    "work",
    "write_batch",
]
