"""Classes at the ends of two months, side by side."""

_STOOD = """
SELECT c.id, COALESCE(f.old, c.now) AS old, COALESCE(l.old, c.now) AS new
FROM ({mine}) c
LEFT JOIN ({after_first}) f ON f.subject_id = c.id
LEFT JOIN ({after_last}) l ON l.subject_id = c.id
"""

# {mine} gives id and now; the other two the class before the oldest later change.
MATRIX = "SELECT old, new, count(*) FROM (STOOD) s GROUP BY old, new".replace("(STOOD)", f"({_STOOD})")

MOVERS = """
SELECT id, old, new FROM (STOOD) s
WHERE old <> new AND id > %s AND (%s::text IS NULL OR old = %s) AND (%s::text IS NULL OR new = %s)
ORDER BY id LIMIT %s
""".replace("(STOOD)", f"({_STOOD})")
