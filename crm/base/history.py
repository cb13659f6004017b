"""Field-level history by statement-level triggers: COPY, MERGE and UPDATE leave traces as `save()` does."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import connections, models

M = TypeVar("M", bound=type[models.Model])


def keep_history(fields: Iterable[str]) -> Callable[[M], M]:
    """Keep the old row of tracked fields on every update and delete.

    The newest value stands in the row itself; inserts cost nothing. Read it with
    `crm.audit.history.changes_of`.
    """

    def decorate(model: M) -> M:
        return pghistory.track(
            pghistory.UpdateEvent(row=pghistory.Old, level=pgtrigger.Statement),
            pghistory.DeleteEvent(level=pgtrigger.Statement),
            fields=list(fields),
            obj_field=pghistory.ObjForeignKey(db_index=True),
            model_name=f"{model.__name__}Event",
            meta={"default_permissions": ()},
        )(model)

    return decorate


# PL/pgSQL keeps the plan of its first call for the session. Made for one changed row, it compares every
# old row with every new one: a night that rewrites a hundred thousand clients after a step that changed none
# would run for hours. Without nested loops the two are joined by hash, for one row as for a million.
_PLAN_FOR_ANY_SIZE = """
DO $$
DECLARE
    kept regprocedure;
BEGIN
    FOR kept IN
        SELECT DISTINCT p.oid::regprocedure FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgoldtable = 'old_values' AND t.tgnewtable = 'new_values' AND p.proconfig IS NULL
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET enable_nestloop = off SET jit = off', kept);
    END LOOP;
END
$$
"""


def plan_for_any_size(*, using: str, **_signal: Any) -> None:
    """Let the triggers of the history join old and new rows well however many there are."""
    connections[using].cursor().execute(_PLAN_FOR_ANY_SIZE)
