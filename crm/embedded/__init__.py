"""A real PostgreSQL and a real Valkey from Python wheels, for machines that have no servers.

Used when DATABASE_URL or REDIS_URL is not set. Production sets both and never comes here.
This package imports nothing of Django: it must work before, under and without it.
"""

import sys
from collections.abc import Sequence

from crm.embedded.problems import Problem

__all__ = ["Problem", "ensure"]


def ensure(argv: Sequence[str] | None = None) -> None:
    """Give this management command its servers: those that run, or its own until it ends."""
    from crm.embedded.commands import prepare_command

    try:
        prepare_command(list(sys.argv if argv is None else argv))
    except Problem as problem:
        problem.show()
        raise SystemExit(1) from None
