"""Look people of clients up by what was typed; a whole number leaves a trace (X-19)."""

from typing import Any, Final

from crm.accounts.models import User
from crm.base.text import mask_mobile
from crm.base.trail import record

ACTION: Final = "members.looked_up"


def note_lookup(*, actor: User, query: str) -> None:
    """Record that a person asked for a whole number: guessing digits behind a mask must show."""
    if len(query) == 11 and query.isdecimal():
        record(actor=actor, action=ACTION, unit=actor.org_unit, data={"number": mask_mobile(query)})


def look_up(rows: Any, query: str, *, actor: User) -> Any:
    """Narrow members or customers to those meant, and record a question for a whole number."""
    note_lookup(actor=actor, query=query)
    return rows.matching(query, actor)
