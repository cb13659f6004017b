"""Statements that write only what changed. The SELECT inside each is compiled from the ORM, so that a rule
exists once; the frame round it does in one statement what would be three passes over a million rows.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet


def compiled(queryset: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """Return a queryset's SQL and parameters, to stand inside a larger statement."""
    sql, params = queryset.query.sql_with_params()
    return sql, tuple(params)


def write(sql: str, params: Sequence[Any]) -> int:
    """Run a statement; return its count: the one number it selects, else the rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(sql, tuple(params))
        if cursor.description:
            return int(cursor.fetchone()[0])
        return cursor.rowcount


def give_memory(megabytes: int = 256) -> None:
    """Let this transaction sort and hash a province in memory."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [f"{megabytes}MB"])


# {select} gives id, old_class, old_rule, new_class, new_rule.
WRITE_SIZES = """
WITH changed AS MATERIALIZED (
    SELECT * FROM ({select}) n WHERE n.old_class <> n.new_class OR n.old_rule <> n.new_rule
), written AS (
    UPDATE clients_client c SET size_class = n.new_class, size_rule = n.new_rule
    FROM changed n WHERE c.id = n.id
), noted AS (
    INSERT INTO clients_clientclasshistory (client_id, axis, old, new, reason, rule, changed_on, recorded_at)
    SELECT id, 'SIZE', old_class, new_class, '', new_rule, %s, now() FROM changed WHERE old_class <> new_class
)
SELECT count(*) FROM changed
"""

# {clients} gives the facts of a client's own row; revenue is summed once for all.
RAW_FACTS = """
SELECT c.*, COALESCE(r.revenue_12m_fen, 0) AS revenue_12m_fen,
    COALESCE(r.revenue_months, 0) AS revenue_months,
    COALESCE(r.revenue_prev_12m_fen, 0) AS revenue_prev_12m_fen
FROM ({clients}) c
LEFT JOIN (
    SELECT client_id,
        (SUM(revenue_fen) FILTER (WHERE month >= %s))::bigint AS revenue_12m_fen,
        COUNT(*) FILTER (WHERE month >= %s AND revenue_fen > 0) AS revenue_months,
        (SUM(revenue_fen) FILTER (WHERE month < %s))::bigint AS revenue_prev_12m_fen
    FROM clients_revenuemonth WHERE month >= %s AND month < %s GROUP BY client_id
) r ON r.client_id = c.client_id
"""

# {scored} is compiled over the model's table; inside, that name stands for the rows to be written.
WRITE_FACTS = """
WITH scored AS (
    WITH "scoring_clientfacts" AS ({raw}) {scored}
), fresh AS MATERIALIZED (
    SELECT s.* FROM scored s LEFT JOIN scoring_clientfacts f ON f.client_id = s.client_id
    WHERE f.client_id IS NULL
        OR ({held}) IS DISTINCT FROM ({found})
        OR f.run_id IS NULL
        OR f.run_id NOT IN (SELECT id FROM scoring_tierrun WHERE version_id = %s)
)
INSERT INTO scoring_clientfacts (client_id, {columns}, as_of, run_id)
SELECT client_id, {new}, %s, %s FROM fresh
ON CONFLICT (client_id) DO UPDATE SET {assignments}, as_of = EXCLUDED.as_of, run_id = EXCLUDED.run_id
"""

# {select} gives id, client_code, old_tier, new_tier (empty for none) and rule.
# The event id follows from client, day and tier: a repeated delivery carries the same one (E211).
WRITE_TIERS = """
WITH changed AS MATERIALIZED (
    SELECT * FROM ({select}) n WHERE n.old_tier <> n.new_tier
), written AS (
    UPDATE clients_client c SET value_tier = NULLIF(n.new_tier, '') FROM changed n WHERE c.id = n.id
), noted AS (
    INSERT INTO clients_clientclasshistory (client_id, axis, old, new, reason, rule, changed_on, recorded_at)
    SELECT id, 'TIER', old_tier, new_tier, %s, rule, %s, now() FROM changed
), told AS (
    INSERT INTO base_outboxevent (event_id, kind, key, payload, created_at, attempts)
    SELECT md5(k.key)::uuid, 'client.tier_changed', k.key, jsonb_build_object(
        'client_id', c.id, 'client_code', c.client_code, 'old', NULLIF(c.old_tier, ''),
        'new', NULLIF(c.new_tier, ''), 'rule', c.rule, 'business_date', %s::text, 'model', %s::text
    ), now(), 0
    FROM changed c CROSS JOIN LATERAL (
        SELECT 'tier:' || c.id || ':' || %s || ':' || c.new_tier AS key
    ) k
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM changed
"""

# {select} gives id, old_grade, old_valid_to, new_grade, new_valid_to.
WRITE_GRADES = """
WITH changed AS MATERIALIZED (
    SELECT * FROM ({select}) n
    WHERE n.old_grade <> n.new_grade OR n.old_valid_to IS DISTINCT FROM n.new_valid_to
), written AS (
    UPDATE members_personalcustomer p SET vip_grade = n.new_grade, vip_valid_to = n.new_valid_to
    FROM changed n WHERE p.id = n.id
)
SELECT count(*) FROM changed
"""
