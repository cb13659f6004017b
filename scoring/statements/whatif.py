"""Statements of a what-if: scores and tiers stand in tables of this transaction only.

The wide table of clients is read once; everything later reads the narrow one made of it.
"""

# {clients} gives id, old_tier and org_unit_id of the universe, {scores} the scores of every client.
KEEP_SCORES = """
CREATE TEMPORARY TABLE whatif_scores ON COMMIT DROP AS
SELECT s.client_id, s.is_benchmark, s.total AS old_total, s.new_total, s.new_cv, s.new_pv, s.new_strategic,
    c.old_tier, c.org_unit_id
FROM ({clients}) c JOIN ({scores}) s ON s.client_id = c.id
"""

COUNT_SCORES = "ANALYZE whatif_scores"

THEN = "SELECT new_total, count(*) FROM whatif_scores GROUP BY new_total ORDER BY new_total DESC"
NOW = "SELECT old_total, count(*) FROM whatif_scores GROUP BY old_total ORDER BY old_total DESC"

# {select} is compiled over the model's tables; inside, their names stand for the scores just kept.
KEEP_TIERS = """
CREATE TEMPORARY TABLE whatif_tiers ON COMMIT DROP AS
WITH "scoring_clientfacts" AS (
    SELECT client_id, is_benchmark, new_total AS total, new_cv AS cv, new_pv AS pv, new_strategic AS strategic
    FROM whatif_scores
), "clients_client" AS (SELECT client_id AS id FROM whatif_scores)
SELECT t.client_id, t.tier, s.new_total, s.old_total, s.old_tier, s.org_unit_id
FROM ({select}) t JOIN whatif_scores s ON s.client_id = t.client_id
"""

WRITE_MOVES = """
INSERT INTO scoring_whatifmove (whatif_id, client_id, unit_id, old, new, total_now, total_then)
SELECT %s, client_id, org_unit_id, old_tier, tier, old_total, new_total
FROM whatif_tiers WHERE tier <> old_tier ORDER BY new_total DESC, client_id
"""

MATRIX = "SELECT old_tier, tier, count(*) FROM whatif_tiers GROUP BY old_tier, tier"

FORGET = "DROP TABLE whatif_scores, whatif_tiers"
