"""Say who acts outside a request: commands, tasks, nights."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory

from crm.accounts.models import User
from crm.base.trail import Origin, origin

__all__ = ["Origin", "acting", "origin"]


@contextmanager
def acting(actor: User | None, **data: Any) -> Iterator[None]:
    """Put the actor and what they work on (`run=…`, `batch=…`) on every history row written inside."""
    with pghistory.context(user=actor.pk if actor else None, **data):
        yield
