"""Every index earns its place: writing a row enters it in each one."""

import pytest
from django.apps import apps
from django.db import connection

BEGINS_ANOTHER = """
SELECT a.indrelid::regclass::text, a.indexrelid::regclass::text, b.indexrelid::regclass::text
FROM pg_index a
JOIN pg_index b ON a.indrelid = b.indrelid AND a.indexrelid <> b.indexrelid
JOIN pg_class ca ON ca.oid = a.indexrelid
JOIN pg_class cb ON cb.oid = b.indexrelid AND ca.relam = cb.relam
WHERE NOT a.indisunique AND a.indpred IS NULL AND b.indpred IS NULL
  AND a.indexprs IS NULL AND b.indexprs IS NULL
  AND a.indnkeyatts <= b.indnkeyatts AND a.indclass[0] = b.indclass[0]
  AND (a.indkey::int2[])[0:a.indnkeyatts - 1] = (b.indkey::int2[])[0:a.indnkeyatts - 1]
  AND a.indrelid::regclass::text = ANY(%s)
ORDER BY 1, 2
"""


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another() -> None:
    """A foreign key whose column begins another index takes `db_index=False`."""
    ours = [
        model._meta.db_table
        for config in apps.get_app_configs()
        if "site-packages" not in config.path
        for model in config.get_models()  # tables between two models are made by Django, and small
    ]
    with connection.cursor() as cursor:
        cursor.execute(BEGINS_ANOTHER, [ours])
        assert cursor.fetchall() == []
        cursor.execute("SELECT count(*) FROM pg_index WHERE indrelid::regclass::text = ANY(%s)", [ours])
        assert cursor.fetchone()[0] > 200


@pytest.mark.django_db
def test_every_declared_index_and_constraint_stands_in_the_database() -> None:
    """A migration that alters a field may take a unique index over its column along."""
    declared = {
        part.name
        for model in apps.get_models()
        if not model._meta.proxy and model._meta.managed
        for part in (*model._meta.indexes, *model._meta.constraints)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('i', 'I') UNION SELECT conname FROM pg_constraint"
        )
        standing = {name for (name,) in cursor.fetchall()}
    assert len(declared) > 300
    assert declared - standing == set()
