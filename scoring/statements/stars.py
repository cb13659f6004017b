"""Statements of stars, flags and labels: they write only what changed."""

# What a month cost the customer for our services: charged, less discount and what is collected for others.
# {filters} are sums over months; bills are read once.
RAW_MONTH = """
SELECT p.id AS customer_id, p.brand, p.is_influential AS influential,
    ((EXTRACT(YEAR FROM %(month)s) - EXTRACT(YEAR FROM p.in_net_from)) * 12
        + EXTRACT(MONTH FROM %(month)s) - EXTRACT(MONTH FROM p.in_net_from) + 1)::integer AS months_in_net,
    COALESCE(b.spend6_fen, 0) AS spend6_fen, COALESCE(b.spend3_fen, 0) AS spend3_fen,
    COALESCE(b.last_fen, 0) AS last_fen, COALESCE(b.prev3_fen, 0) AS prev3_fen,
    COALESCE(b.q4_fen, 0) AS q4_fen, COALESCE(b.best_fen, 0) AS best_fen,
    COALESCE(l.points, 0) AS points_last_year
FROM members_personalcustomer p
LEFT JOIN (
    SELECT customer_id,
        (SUM(spend) FILTER (WHERE bill_month >= %(six)s))::bigint AS spend6_fen,
        (SUM(spend) FILTER (WHERE bill_month >= %(three)s))::bigint AS spend3_fen,
        (SUM(spend) FILTER (WHERE bill_month = %(month)s))::bigint AS last_fen,
        (SUM(spend) FILTER (WHERE bill_month >= %(before)s AND bill_month < %(month)s))::bigint AS prev3_fen,
        (SUM(spend) FILTER (WHERE bill_month >= %(q4)s AND bill_month < %(q4_end)s))::bigint AS q4_fen,
        (MAX(spend) FILTER (WHERE bill_month >= %(year)s))::bigint AS best_fen
    FROM (
        SELECT customer_id, bill_month, GREATEST(0, total_fen - discount_fen - agency_fee_fen) AS spend
        FROM members_monthlybill WHERE bill_month >= %(first)s AND bill_month <= %(month)s
    ) months GROUP BY customer_id
) b ON b.customer_id = p.id
LEFT JOIN (
    SELECT a.customer_id, l.earned_consumption - l.refunded AS points
    FROM scoring_pointlot l JOIN scoring_pointaccount a ON a.id = l.account_id
    WHERE l.lot_year = %(points_year)s
) l ON l.customer_id = p.id
WHERE p.in_net_to IS NULL
"""

# {scored} is compiled over the model's table; inside, that name stands for the rows to be written.
WRITE_FLAGS = """
WITH scored AS (
    WITH "scoring_customermarks" AS ({raw}) {scored}
), fresh AS MATERIALIZED (
    SELECT s.*, m.customer_id IS NOT NULL AS known, COALESCE(m.midhigh, false) AS old_midhigh
    FROM scored s LEFT JOIN scoring_customermarks m ON m.customer_id = s.customer_id
    WHERE m.customer_id IS NULL OR ({held}) IS DISTINCT FROM ({found}) OR m.month IS DISTINCT FROM %s
), written AS (
    INSERT INTO scoring_customermarks
        (customer_id, {columns}, month, star_rule, key_person, contact, member, labels)
    SELECT customer_id, {new}, %s, '', false, false, false, '{{}}' FROM fresh
    ON CONFLICT (customer_id) DO UPDATE SET {assignments}, month = EXCLUDED.month
), noted AS (
    INSERT INTO scoring_markchange (customer_id, kind, old, new, rule, changed_on, recorded_at)
    SELECT customer_id, 'MIDHIGH', CASE WHEN old_midhigh THEN 'yes' ELSE '' END,
        CASE WHEN new_midhigh THEN 'yes' ELSE '' END, '', %s, clock_timestamp()
    FROM fresh WHERE new_midhigh <> old_midhigh
)
SELECT count(*) FROM fresh
"""

# {select} gives customer_id, old_star, old_rule, new_star, new_rule.
WRITE_STARS = """
WITH changed AS MATERIALIZED (
    SELECT * FROM ({select}) n WHERE n.old_star <> n.new_star OR n.old_rule <> n.new_rule
), starred AS (
    UPDATE members_personalcustomer p SET star = n.new_star FROM changed n
    WHERE p.id = n.customer_id AND n.old_star <> n.new_star
), marked AS (
    UPDATE scoring_customermarks m SET star_rule = n.new_rule FROM changed n
    WHERE m.customer_id = n.customer_id AND n.old_rule <> n.new_rule
), noted AS (
    INSERT INTO scoring_markchange (customer_id, kind, old, new, rule, changed_on, recorded_at)
    SELECT customer_id, 'STAR', old_star::text, new_star::text, new_rule, %s, clock_timestamp()
    FROM changed WHERE old_star <> new_star ORDER BY customer_id
)
SELECT count(*) FROM changed
"""

RAW_LABELS = """
SELECT p.id AS customer_id, p.brand, p.is_influential AS influential, COALESCE(m.prev3_fen, 0) AS prev3_fen,
    COALESCE(m.last_fen, 0) AS last_fen, m.static_year, m.dynamic_year,
    k.mobile IS NOT NULL AS key_person, c.mobile IS NOT NULL AS contact, b.msisdn IS NOT NULL AS member
FROM members_personalcustomer p
LEFT JOIN scoring_customermarks m ON m.customer_id = p.id
LEFT JOIN ({key_persons}) k ON k.mobile = p.msisdn
LEFT JOIN ({contacts}) c ON c.mobile = p.msisdn
LEFT JOIN ({members}) b ON b.msisdn = p.msisdn
WHERE p.in_net_to IS NULL
"""

_NOTE_LABELS = """
    INSERT INTO scoring_markchange (customer_id, kind, old, new, rule, changed_on, recorded_at)
    SELECT customer_id, 'LABEL', old, new, '', %s, clock_timestamp() FROM (
        SELECT c.customer_id, l.label AS old, '' AS new FROM changed c, unnest(c.old_labels) l(label)
        WHERE NOT l.label = ANY(c.new_labels)
        UNION ALL
        SELECT c.customer_id, '', l.label FROM changed c, unnest(c.new_labels) l(label)
        WHERE NOT l.label = ANY(c.old_labels)
    ) gone_or_come ORDER BY customer_id
"""

WRITE_LABELS = """
WITH scored AS (
    WITH "scoring_customermarks" AS ({raw}) {scored}
), changed AS MATERIALIZED (
    SELECT s.*, COALESCE(m.labels, '{{}}'::varchar(12)[]) AS old_labels
    FROM scored s LEFT JOIN scoring_customermarks m ON m.customer_id = s.customer_id
    WHERE m.customer_id IS NULL
        OR (m.labels, m.key_person, m.contact, m.member, m.influential)
        IS DISTINCT FROM (s.new_labels, s.key_person, s.contact, s.member, s.influential)
), written AS (
    INSERT INTO scoring_customermarks (customer_id, brand, influential, months_in_net, spend6_fen, spend3_fen,
        last_fen, prev3_fen, q4_fen, best_fen, points_last_year, midhigh, star_rule,
        key_person, contact, member, labels)
    SELECT customer_id, brand, influential, 0, 0, 0, 0, 0, 0, 0, 0, false, '',
        key_person, contact, member, new_labels FROM changed
    ON CONFLICT (customer_id) DO UPDATE SET labels = EXCLUDED.labels, key_person = EXCLUDED.key_person,
        contact = EXCLUDED.contact, member = EXCLUDED.member, influential = EXCLUDED.influential
), noted AS (NOTE)
SELECT count(*) FROM changed
""".replace("NOTE", _NOTE_LABELS)

# Who left the network carries no label.
DROP_LABELS = """
WITH changed AS MATERIALIZED (
    SELECT m.customer_id, m.labels AS old_labels, '{}'::varchar(12)[] AS new_labels
    FROM scoring_customermarks m JOIN members_personalcustomer p ON p.id = m.customer_id
    WHERE p.in_net_to IS NOT NULL AND m.labels <> '{}'
), written AS (
    UPDATE scoring_customermarks m SET labels = '{}' FROM changed c WHERE c.customer_id = m.customer_id
), noted AS (NOTE)
SELECT count(*) FROM changed
""".replace("NOTE", _NOTE_LABELS)
