"""Pairs of neighbouring characters: the search index needs no extension (two characters suffice)."""

from django.db import migrations

CREATE = r"""
CREATE FUNCTION crm_bigrams(value text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT COALESCE(array_agg(DISTINCT substr(value, i, 2)), '{}')
    FROM generate_series(1, length(value) - 1) AS i
    WHERE strpos(substr(value, i, 2), ' ') = 0
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION crm_bigrams(text)")]
