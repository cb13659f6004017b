"""Field-level history by statement-level triggers: COPY, MERGE and UPDATE leave traces as `save()` does."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models

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
