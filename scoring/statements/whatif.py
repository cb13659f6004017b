"""Statements of a what-if: scores and tiers stand in tables of this transaction only."""

KEEP_SCORES = "CREATE TEMPORARY TABLE whatif_scores ON COMMIT DROP AS {select}"

DISTRIBUTION = "SELECT new_total, count(*) FROM whatif_scores GROUP BY new_total ORDER BY new_total DESC"

# {select} is compiled over the model's table; inside, that name stands for the scores just kept.
KEEP_TIERS = """
CREATE TEMPORARY TABLE whatif_tiers ON COMMIT DROP AS
WITH "scoring_clientfacts" AS (
    SELECT client_id, is_benchmark, new_total AS total, new_cv AS cv, new_pv AS pv, new_strategic AS strategic
    FROM whatif_scores
)
SELECT t.client_id, t.tier, t.total, COALESCE(c.value_tier, '') AS old_tier, c.org_unit_id
FROM ({select}) t JOIN clients_client c ON c.id = t.client_id
"""

WRITE_MOVES = """
INSERT INTO scoring_whatifmove (whatif_id, client_id, unit_id, old, new, total_now, total_then)
SELECT %s, t.client_id, t.org_unit_id, t.old_tier, t.tier, s.old_total, t.total
FROM whatif_tiers t JOIN whatif_scores s ON s.client_id = t.client_id
WHERE t.tier <> t.old_tier ORDER BY t.total DESC, t.client_id
"""

MATRIX = "SELECT old_tier, tier, count(*) FROM whatif_tiers GROUP BY old_tier, tier"

FORGET = "DROP TABLE whatif_scores, whatif_tiers"
