"""A month by unit and segment: revenue that counts, reported cost, and the resources by use."""

# {clients} gives id, org_unit_id, segment and counted. The resources are shared out by cumulated use, so that
# the parts add up to the last fen.
WRITE_SEGMENTS = """
WITH mine AS MATERIALIZED ({clients}),
excluded AS (
    SELECT client_id, SUM(revenue_fen)::bigint AS fen FROM clients_revenueline
    WHERE month = %s AND category = ANY(%s) GROUP BY client_id
), used AS (
    SELECT cp.client_id, SUM(t.amount) FILTER (WHERE p.family = 'VOICE')::bigint AS voice,
        SUM(t.amount) FILTER (WHERE p.family <> 'VOICE')::bigint AS data
    FROM clients_producttraffic t JOIN clients_clientproduct cp ON cp.id = t.client_product_id
    JOIN clients_product p ON p.id = cp.product_id
    WHERE t.month = %s GROUP BY cp.client_id
), lines AS (
    SELECT client_id, SUM(bandwidth_kbps)::bigint AS kbps FROM clients_clientproduct
    WHERE status IN ('OPEN', 'SUSPENDED') AND bandwidth_kbps IS NOT NULL GROUP BY client_id
), sums AS (
    SELECT m.org_unit_id, m.segment, count(*) FILTER (WHERE m.counted) AS clients,
        COALESCE(SUM(r.revenue_fen), 0)::bigint AS revenue, COALESCE(SUM(x.fen), 0)::bigint AS excluded,
        COALESCE(SUM(r.cost_fen), 0)::bigint AS cost, COALESCE(SUM(u.data), 0)::bigint AS data,
        COALESCE(SUM(u.voice), 0)::bigint AS voice, COALESCE(SUM(l.kbps), 0)::bigint AS bandwidth
    FROM mine m
    LEFT JOIN clients_revenuemonth r ON r.client_id = m.id AND r.month = %s
    LEFT JOIN excluded x ON x.client_id = m.id
    LEFT JOIN used u ON u.client_id = m.id
    LEFT JOIN lines l ON l.client_id = m.id
    GROUP BY m.org_unit_id, m.segment
), shares AS (
    SELECT s.*, {data} AS shared_data, {voice} AS shared_voice, {bandwidth} AS shared_bandwidth FROM sums s
    WINDOW upto AS (ORDER BY org_unit_id, segment ROWS UNBOUNDED PRECEDING), whole AS ()
)
INSERT INTO scoring_segmentpnl (month, org_unit_id, segment, clients, revenue_fen, excluded_fen, cost_fen,
    shared_fen, data, voice, bandwidth)
SELECT %s, org_unit_id, segment, clients, revenue - excluded, excluded, cost,
    (shared_data + shared_voice + shared_bandwidth)::bigint, data, voice, bandwidth
FROM shares
"""

# The share of one row: what is reached with it less what was reached before it.
SHARE = """COALESCE(
    round(%s::numeric * (SUM({use}) OVER upto) / NULLIF(SUM({use}) OVER whole, 0))
    - round(%s::numeric * (SUM({use}) OVER upto - {use}) / NULLIF(SUM({use}) OVER whole, 0)), 0)"""
