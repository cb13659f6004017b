"""The rows of one batch in a table of their own: checks, diff and writing, all set-based.

Inside a transaction the table is seen through the temporary view `stage`, so that every roster's SQL is
plain text:

    rn, sheet, row   place in the file          failed       has an error that costs the row
    target_id        the record on file         verdict      create, update, unchanged, reject
    before, after    what an update changes     …            the roster's own columns
"""

from crm.intake.staging.paging import preview, staged_rows
from crm.intake.staging.table import quote
from crm.intake.staging.undo import Undo

__all__ = ["Stage", "preview", "quote", "staged_rows"]


class Stage(Undo):
    """The staged rows of one batch, as its roster sees them."""
