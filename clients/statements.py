"""What large writes to clients share."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LARGE = 10_000
_SLOW = """
SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
WHERE i.indrelid = 'clients_client'::regclass AND a.amname = 'gin' AND 'fastupdate=off' = ANY(c.reloptions)
"""


def _slow_indexes() -> list[str]:
    """Return the indexes of clients that take every entry on its own."""
    with connection.cursor() as cursor:
        cursor.execute(_SLOW)
        return [name for (name,) in cursor.fetchall()]


@contextmanager
def gathered_search_entries(changes: int) -> Iterator[None]:
    """Let the clients' search index take the entries of a large write in one sorted pass at the end.

    A new version of a row is entered in every index, the search index too; one by one that costs more than
    all else together. The lock this takes on the index hinders neither reading nor writing.
    """
    names = []
    if changes >= LARGE:
        names = [connection.ops.quote_name(name) for name in _slow_indexes()]
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER INDEX {name} SET (fastupdate = on)")
            cursor.execute("SET LOCAL gin_pending_list_limit = '128MB'")
            cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        yield
        for name in names:
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [name])
            cursor.execute(f"ALTER INDEX {name} SET (fastupdate = off)")
