"""A real PostgreSQL and a real Valkey from Python wheels, for machines that have no servers.

Used when DATABASE_URL or REDIS_URL is not set. Production sets both and never comes here.
This package imports nothing of Django: it must work before, under and without it.
"""

import os
import sys
from collections.abc import Sequence

from crm.embedded.problems import Problem, unsupported
from crm.embedded.wanted import missing, needs_servers

__all__ = ["Problem", "ensure"]


def ensure(argv: Sequence[str] | None = None) -> None:
    """Give this management command its servers: those that run, or its own until it ends."""
    wanted = missing()
    if not wanted or "RUN_MAIN" in os.environ:  # the reloader's child has its parent's servers
        return
    if not needs_servers(sys.argv if argv is None else argv):
        os.environ.setdefault("BUILDING", "1")
        return
    try:
        try:
            from crm.embedded.commands import serve_this_process
        except ImportError:  # a production image, or a platform without the wheels
            raise unsupported() from None
        serve_this_process(wanted)
    except Problem as problem:
        problem.show()
        raise SystemExit(1) from None
