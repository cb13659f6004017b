"""Know whether anything a preview looked at has changed since: if not, the commit need not look again.

A row changed after the preview began when the transaction that wrote it is not older than the oldest one that
ran at that moment: `xmin` says so without a column of our own, and errs on the side of looking again.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from crm.base import clock
from crm.intake.staging.checks import Checks
from crm.intake.staging.table import quote

FRESH = timedelta(minutes=30)
# More changed records than this are not compared with the file one by one: it is looked through again.
MOST_CHANGED = 5_000


class Watermark(Checks):
    """What the preview stood on, and whether it still stands."""

    def watermark(self) -> dict[str, Any]:
        """Return where the database stands; taken before the first look."""
        ((oldest,),) = self.rows("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return {
            "oldest": oldest,
            "at": clock.now().isoformat(),
            "day": self.today.isoformat(),
            "scope": self._scope(),
            "mode": self.batch.mode,
        }

    def unmoved(self) -> bool:
        """Say whether the verdicts of the preview still hold; the records to be changed are locked by then.

        Steps: 1. same day, same scope, a young preview, no row without verdict; 2. every record to be changed
        is still there; 3. nothing this roster depends on was written since, or nothing of this file.
        """
        mark = self.batch.found.get("watermark") or {}
        depends = self.resource.depends(self.whole)
        if not mark or depends is None or datetime.fromisoformat(mark["at"]) < clock.now() - FRESH:
            return False
        same = (self.today.isoformat(), self._scope(), self.batch.mode)
        if (mark["day"], mark["scope"], mark["mode"]) != same:
            return False
        if self.rows("SELECT 1 FROM stage WHERE verdict IS NULL LIMIT 1"):
            return False
        table = quote(self.resource.model._meta.db_table)
        gone = f"NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = s.target_id)"
        if self.rows(f"SELECT 1 FROM stage s WHERE s.target_id IS NOT NULL AND {gone} LIMIT 1"):
            return False
        return not any(self._moved(name, conditions, mark["oldest"]) for name, conditions in depends.items())

    def _moved(self, name: str, conditions: tuple[str, ...], oldest: str) -> bool:
        """Say whether a row of a table was written since that may matter to a staged row."""
        self.sql("DROP TABLE IF EXISTS pg_temp.moved")
        self.sql(
            f"CREATE TEMP TABLE moved ON COMMIT DROP AS SELECT x.* FROM {quote(name)} x"
            " WHERE age(x.xmin) <= age((%(oldest)s::text::xid8)::xid) LIMIT %(most)s",
            oldest=oldest,
            most=MOST_CHANGED,
        )
        ((count,),) = self.rows("SELECT count(*) FROM moved")
        if not count:
            return False
        return count >= MOST_CHANGED or any(
            self.rows(f"SELECT 1 FROM stage s JOIN moved x ON {condition} LIMIT 1")
            for condition in conditions
        )

    def _scope(self) -> str:
        """Return a mark of what the person may see and change."""
        if self.actor is None:
            return ""
        scope = self.actor.scope
        spoken = (
            sorted(scope.roles),
            sorted(scope.verbs),
            sorted(scope.paths),
            sorted(scope.write_paths),
            sorted(scope.selves),
            sorted(scope.unit_ids),
            sorted(scope.write_unit_ids),
        )
        return hashlib.sha256(repr(spoken).encode()).hexdigest()[:16]
