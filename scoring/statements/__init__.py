"""Statements that write only what changed. The SELECT inside each is compiled from the ORM, so that a rule
exists once; the frame round it does in one statement what would be three passes over a million rows.
"""

from collections.abc import Mapping, Sequence
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


def ids(sql: str, params: Sequence[Any]) -> list[int]:
    """Run a query of one column of ids."""
    with connection.cursor() as cursor:
        cursor.execute(sql, tuple(params))
        return [row[0] for row in cursor.fetchall()]


def rows(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run a query and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, tuple(params))
        return list(cursor.fetchall())


def write_named(sql: str, params: Mapping[str, Any]) -> int:
    """Run a statement with named parameters; return its count as `write` does."""
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(params))
        return int(cursor.fetchone()[0]) if cursor.description else cursor.rowcount


def named_rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run a query with named parameters and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, dict(params))
        return list(cursor.fetchall())


def give_memory(megabytes: int = 256) -> None:
    """Let this transaction sort and hash a province in memory."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [f"{megabytes}MB"])


LARGE = 10_000


def count_again(written: int, *tables: str) -> None:
    """Let the planner look again after a large write: it plans the next step by what it last counted."""
    if written >= LARGE:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE " + ", ".join(connection.ops.quote_name(table) for table in tables))


# {select} gives id, old_class, old_rule, new_class, new_rule.
COUNT_SIZES = "SELECT count(*) FROM ({select}) n WHERE n.old_class <> n.new_class OR n.old_rule <> n.new_rule"

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
SELECT c.*, COALESCE(c.ict_demand_given, 0) AS ict_demand_score,
    COALESCE(c.influence_given, 0) AS influence_level, COALESCE(r.revenue_12m_fen, 0) AS revenue_12m_fen,
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
    WITH "scoring_clientfacts" AS ({raw}) SELECT * FROM ({scored}) scored
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

# What is followed by its number says when it was written, not when its night began: `crm.base.settled`.
# {select} gives id, client_code, old_tier, new_tier (empty for none) and rule.
# The event id follows from client, day and tier: a repeated delivery carries the same one (E211). Who comes
# to a tier a second time on one day, by a step that was asked for again, is told a second time: how often
# the client left that tier on the day stands in the key.
COUNT_TIERS = "SELECT count(*) FROM ({select}) n WHERE n.old_tier <> n.new_tier"

WRITE_TIERS = """
WITH changed AS MATERIALIZED (
    SELECT * FROM ({select}) n WHERE n.old_tier <> n.new_tier
), written AS (
    UPDATE clients_client c SET value_tier = NULLIF(n.new_tier, '') FROM changed n WHERE c.id = n.id
), noted AS (
    INSERT INTO clients_clientclasshistory (client_id, axis, old, new, reason, rule, changed_on, recorded_at)
    SELECT id, 'TIER', old_tier, new_tier, %s, rule, %s, clock_timestamp() FROM changed
), told AS (
    INSERT INTO base_outboxevent (event_id, kind, key, payload, created_at, attempts)
    SELECT md5(k.key)::uuid, 'client.tier_changed', k.key, jsonb_build_object(
        'client_id', c.id, 'client_code', c.client_code, 'old', NULLIF(c.old_tier, ''),
        'new', NULLIF(c.new_tier, ''), 'rule', c.rule, 'business_date', %s::text, 'model', %s::text
    ), clock_timestamp(), 0
    FROM changed c CROSS JOIN LATERAL (
        SELECT 'tier:' || c.id || ':' || d.day || ':' || c.new_tier
            || COALESCE(':' || NULLIF(count(h.id), 0), '') AS key
        FROM (SELECT %s::text AS day) d LEFT JOIN clients_clientclasshistory h
            ON h.client_id = c.id AND h.axis = 'TIER' AND h.changed_on = %s AND h.old = c.new_tier
        GROUP BY d.day
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
), noted AS (
    INSERT INTO scoring_markchange (customer_id, kind, old, new, rule, changed_on, recorded_at)
    SELECT id, 'VIP', old_grade, new_grade, '', %s, clock_timestamp() FROM changed
    WHERE old_grade <> new_grade ORDER BY id
)
SELECT count(*) FROM changed
"""

# ---- Points in bulk ----------------------------------------------------------------------------------

OPEN_ACCOUNTS = """
INSERT INTO scoring_pointaccount (customer_id, opened_at)
SELECT DISTINCT customer_id, now() FROM members_monthlybill WHERE id = ANY(%s) ORDER BY customer_id
ON CONFLICT (customer_id) DO NOTHING
"""

LOCK_ACCOUNTS_OF_BILLS = """
SELECT count(*) FROM (
    SELECT id FROM scoring_pointaccount
    WHERE customer_id IN (SELECT customer_id FROM members_monthlybill WHERE id = ANY(%s))
    ORDER BY id FOR UPDATE
) locked
"""

LOCK_ACCOUNTS_OF_LOTS = """
SELECT count(*) FROM (
    SELECT id FROM scoring_pointaccount
    WHERE id IN (SELECT account_id FROM scoring_pointlot WHERE id = ANY(%s))
    ORDER BY id FOR UPDATE
) locked
"""

BILLS_IN_LEDGER = """
SELECT b.id FROM members_monthlybill b
JOIN scoring_pointaccount a ON a.customer_id = b.customer_id
JOIN scoring_pointentry e ON e.account_id = a.id AND e.lot_year = EXTRACT(YEAR FROM b.bill_month)
    AND e.kind = 'EARN_CONSUMPTION' AND e.ref = 'bill:' || to_char(b.bill_month, 'YYYY-MM')
WHERE b.id = ANY(%s) AND b.posted_at IS NULL
"""

POST_BILLS = """
WITH due AS (
    UPDATE members_monthlybill b SET posted_at = now()
    FROM scoring_pointaccount a
    WHERE b.id = ANY(%s) AND b.posted_at IS NULL AND b.settled_at IS NOT NULL
        AND a.customer_id = b.customer_id
    RETURNING b.id, a.id AS account_id, EXTRACT(YEAR FROM b.bill_month)::smallint AS lot_year,
        'bill:' || to_char(b.bill_month, 'YYYY-MM') AS ref,
        (GREATEST(0, b.paid_fen - b.agency_fee_fen) + %s) / 100 AS points
), worth AS MATERIALIZED (
    SELECT d.*, gen_random_uuid() AS movement,
        COALESCE(l.expires_on, make_date(d.lot_year + %s, 12, 31)) AS expires_on
    FROM due d
    LEFT JOIN scoring_pointlot l ON l.account_id = d.account_id AND l.lot_year = d.lot_year
    WHERE d.points > 0 AND NOT d.id = ANY(%s::bigint[])
), lots AS (
    INSERT INTO scoring_pointlot
        (account_id, lot_year, earned_consumption, earned_reward, deducted, expired, refunded, expires_on)
    SELECT account_id, lot_year, SUM(points), 0, 0,
        SUM(CASE WHEN expires_on < %s THEN points ELSE 0 END), 0, MAX(expires_on)
    FROM worth GROUP BY account_id, lot_year
    ON CONFLICT (account_id, lot_year) DO UPDATE SET
        earned_consumption = scoring_pointlot.earned_consumption + EXCLUDED.earned_consumption,
        expired = scoring_pointlot.expired + EXCLUDED.expired
), lines AS (
    INSERT INTO scoring_pointentry
        (account_id, lot_year, kind, points, business_date, recorded_at, movement, ref)
    SELECT account_id, lot_year, kind, points, %s, now(), movement, ref
    FROM (
        SELECT account_id, lot_year, 'EARN_CONSUMPTION' AS kind, points, movement, ref, ref AS place
        FROM worth
        UNION ALL
        SELECT account_id, lot_year, 'EXPIRE', -points, movement, 'expire:' || ref, ref || '+'
        FROM worth WHERE expires_on < %s
    ) both_lines
    ORDER BY account_id, place
)
SELECT count(*) FROM due
"""

# A lot that expired before and got something back since has used the plain reference.
EXPIRE_LOTS = """
WITH due AS MATERIALIZED (
    SELECT l.id, l.account_id, l.lot_year, l.remaining,
        EXISTS (
            SELECT FROM scoring_pointentry e WHERE e.account_id = l.account_id AND e.lot_year = l.lot_year
                AND e.kind = 'EXPIRE' AND e.ref = 'expire'
        ) AS again
    FROM scoring_pointlot l WHERE l.id = ANY(%s) AND l.expires_on < %s AND l.remaining > 0
), gone AS (
    UPDATE scoring_pointlot l SET expired = l.expired + d.remaining FROM due d WHERE l.id = d.id
), lines AS (
    INSERT INTO scoring_pointentry
        (account_id, lot_year, kind, points, business_date, recorded_at, movement, ref)
    SELECT account_id, lot_year, 'EXPIRE', -remaining, day.as_of, now(), gen_random_uuid(),
        CASE WHEN again THEN 'expire:' || day.as_of ELSE 'expire' END
    FROM due CROSS JOIN (SELECT %s::date AS as_of) day ORDER BY account_id, lot_year
)
SELECT count(*) FROM due
"""

# ---- Reach -------------------------------------------------------------------------------------------

# {clients} gives the facts of a client's own row. A state changed after the month's end is taken back: the
# oldest later line of the history says what stood before it; an empty one, that there was no file yet.
REACH_FACTS = """
SELECT %s::date AS month, c.client_id, c.client_code, c.org_unit_id, c.institution_type,
    c.members_active AS members, COALESCE(h.old, c.status) AS status,
    COALESCE(r.revenue_fen, 0) AS revenue_fen
FROM ({clients}) c
LEFT JOIN (
    SELECT DISTINCT ON (client_id) client_id, old FROM clients_clientstatushistory
    WHERE changed_on > %s ORDER BY client_id, id
) h ON h.client_id = c.client_id
LEFT JOIN clients_revenuemonth r ON r.client_id = c.client_id AND r.month = %s
WHERE h.old IS DISTINCT FROM ''
"""

# {scored} is compiled over the model's table; inside, that name stands for the rows to be written.
WRITE_REACH = """
WITH scored AS (WITH "scoring_reachrow" AS ({raw}) {scored})
INSERT INTO scoring_reachrow (month, client_id, client_code, org_unit_id, status, institution_type, members,
    revenue_fen, reasons, counted)
SELECT month, client_id, client_code, org_unit_id, status, institution_type, members, revenue_fen, why,
    cardinality(why) = 0
FROM scored ORDER BY client_code
ON CONFLICT DO NOTHING
"""

WRITE_REACH_TOTALS = """
WITH mine AS (
    SELECT org_unit_id, counted, reasons FROM scoring_reachrow WHERE month = %s AND org_unit_id = ANY(%s)
), sums AS (
    SELECT org_unit_id, count(*) AS clients, count(*) FILTER (WHERE counted) AS counted FROM mine
    GROUP BY org_unit_id
), why AS (
    SELECT org_unit_id, jsonb_object_agg(reason, n) AS by_reason FROM (
        SELECT org_unit_id, reason, count(*) AS n FROM mine, unnest(reasons) reason
        GROUP BY org_unit_id, reason
    ) counts GROUP BY org_unit_id
), written AS (
    INSERT INTO scoring_reachtotal (month, org_unit_id, clients, counted, by_reason)
    SELECT %s, s.org_unit_id, s.clients, s.counted, COALESCE(w.by_reason, '{}')
    FROM sums s LEFT JOIN why w ON w.org_unit_id = s.org_unit_id
    RETURNING counted
)
SELECT COALESCE(sum(counted), 0)::bigint FROM written
"""
