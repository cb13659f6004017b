"""Up to when a table that is followed by its numbers is complete.

Numbers are given when a row is written, and rows are seen when their transaction ends: a short one may be
read while a longer one still holds lower numbers back. Who keeps the last number as a mark would miss those.
"""

from datetime import datetime

from django.db import connection

# Rows made in Python carry a time a moment before they were written, by the clock of another machine perhaps.
MARGIN = "10 seconds"


def settled_before() -> datetime:
    """Return an instant; no row written before it can still come with a number below one that is seen.

    Ask before reading the rows. Sees the transactions of the role the application runs as.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT LEAST(clock_timestamp(), MIN(xact_start) - %s::interval) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()",
            [MARGIN],
        )
        (instant,) = cursor.fetchone()
    return instant
