"""One client tried many times: its stored facts with a little more of one thing each time."""

# `client_id` stands for the number of steps: it is all that tells the tries apart.
# {scored} and {placed} are compiled over the model's table; inside, that name stands for the tries.
TRY = """
WITH tries AS (
    SELECT s.n AS client_id, f.revenue_12m_fen + s.n::bigint * %s AS revenue_12m_fen, f.revenue_months,
        f.revenue_prev_12m_fen, f.mobiles, f.mobiles_own + s.n * %s AS mobiles_own, f.ict_demand_score,
        f.influence_level, f.social_weight, f.is_benchmark
    FROM scoring_clientfacts f CROSS JOIN generate_series(0, %s) s(n) WHERE f.client_id = %s
), scored AS (
    WITH "scoring_clientfacts" AS (SELECT * FROM tries) SELECT * FROM ({scored}) scored
), placed AS (
    WITH "scoring_clientfacts" AS (
        SELECT client_id, is_benchmark, new_total AS total, new_cv AS cv, new_pv AS pv,
            new_strategic AS strategic
        FROM scored
    ) {placed}
)
SELECT tier, min(client_id)::int FROM placed GROUP BY tier
"""
