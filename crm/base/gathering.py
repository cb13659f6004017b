"""Let search indexes take the entries of a large write in sorted batches instead of one by one."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# A search looks through what waits to be entered: what waits must stay small while others read.
WAITING = "16MB"


@contextmanager
def gathered_entries(table: str) -> Iterator[None]:
    """Gather the entries of this transaction's writes to a table for its search indexes.

    Taken one by one they cost more than all else together. Such an index keeps a list of what has yet to be
    entered; every other session enters it when it is a few pages long (`gin_pending_list_limit` in the
    settings). No lock is taken: to change how the index works would lock out all who read the table.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL gin_pending_list_limit = '{WAITING}'")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        yield
        cursor.execute(
            "SELECT gin_clean_pending_list(i.indexrelid::regclass) FROM pg_index i"
            " JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam"
            " WHERE i.indrelid = %s::regclass AND a.amname = 'gin'",
            [connection.ops.quote_name(table)],
        )
        cursor.execute("SET LOCAL gin_pending_list_limit TO DEFAULT")
