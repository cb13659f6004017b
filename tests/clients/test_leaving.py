"""A file that goes is looked for in every table that may name it: never by reading the whole table."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

# A foreign key whose own table has no usable index for it is read whole, once for every record that goes.
UNINDEXED = """
SELECT con.conrelid::regclass::text || '.' || att.attname
FROM pg_constraint con
JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
WHERE con.contype = 'f' AND con.conparentid = 0 AND con.confrelid = %s::regclass
AND NOT EXISTS (
    SELECT 1 FROM pg_index ind
    WHERE ind.indrelid = con.conrelid AND ind.indkey[0] = con.conkey[1]
    AND (ind.indpred IS NULL
         OR pg_get_expr(ind.indpred, ind.indrelid) IN (
             format('(NOT (%%I IS NULL))', att.attname), format('(%%I IS NOT NULL)', att.attname)))
)
ORDER BY 1
"""


@pytest.mark.parametrize("table", ["clients_client", "members_member", "members_contact"])
def test_undoing_a_large_import_reads_no_other_table_whole(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(UNINDEXED, [table])
        assert [name for (name,) in cursor.fetchall()] == []
