"""How revenue is spread over clients, the largest first."""

# {clients} gives id; negative months of a client count as they are, a negative sum counts as nothing.
_RANKED = """
SELECT c.id, GREATEST(COALESCE(r.fen, 0), 0) AS fen, COALESCE(r.fen, 0) - COALESCE(r.cost, 0) AS profit,
    row_number() OVER (ORDER BY GREATEST(COALESCE(r.fen, 0), 0) DESC, c.id) AS place
FROM ({clients}) c LEFT JOIN (
    SELECT client_id, SUM(revenue_fen) AS fen, SUM(COALESCE(cost_fen, 0)) AS cost FROM clients_revenuemonth
    WHERE month >= %s AND month < %s GROUP BY client_id
) r ON r.client_id = c.id
"""

# The last row of every slice of places, cumulated: of 100 equal slices and of each asked place.
SPREAD = """
WITH ranked AS MATERIALIZED (RANKED),
whole AS (
    SELECT count(*) AS n, SUM(fen) AS fen, SUM(profit) AS profit,
        SUM((fen::numeric / NULLIF((SELECT SUM(fen) FROM ranked), 0)) ^ 2) AS squares
    FROM ranked
), summed AS (
    SELECT place, SUM(fen) OVER upto AS fen, SUM(profit) OVER upto AS profit FROM ranked
    WINDOW upto AS (ORDER BY place ROWS UNBOUNDED PRECEDING)
), wanted AS (
    SELECT DISTINCT GREATEST(1, round(w.n * s.percent / 100.0))::bigint AS place
    FROM whole w CROSS JOIN generate_series(1, 100) s(percent)
    UNION SELECT unnest(%s::bigint[])
)
SELECT s.place, s.fen::bigint, s.profit::bigint, w.n, w.fen::bigint, w.profit::bigint, w.squares
FROM summed s JOIN wanted USING (place) CROSS JOIN whole w ORDER BY s.place
""".replace("(RANKED)", f"({_RANKED})")

LARGEST = """
SELECT id, fen::bigint, profit::bigint, place FROM (RANKED) r WHERE place > %s ORDER BY place LIMIT %s
""".replace("(RANKED)", f"({_RANKED})")
