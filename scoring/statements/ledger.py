"""Statements over the points ledger: rosters of rewards, the proof, its seals and the sums of the night."""

# ---- One deduction -------------------------------------------------------------------------------------

LOCK_ACCOUNT = "SELECT id FROM scoring_pointaccount WHERE customer_id = %s FOR UPDATE"

KEY_USED = "SELECT EXISTS (SELECT FROM scoring_pointmovement WHERE account_id = %s AND key = %s)"

NEWEST_CODE = """
SELECT id, digest, expires_at, attempts, used_at IS NOT NULL FROM scoring_onetimecode WHERE customer_id = %s
ORDER BY id DESC LIMIT 1
"""

USE_CODE = "UPDATE scoring_onetimecode SET used_at = %s WHERE id = %s AND used_at IS NULL"

# Under the account's lock. Returns what is missing; unless a part will do, nothing is written then.
TAKE = """
WITH ranked AS (
    SELECT u.*, SUM(remaining) OVER (ORDER BY later, lot_year) - remaining AS before FROM (
        SELECT id, lot_year, remaining, lot_year IS DISTINCT FROM %(first_year)s AS later
        FROM scoring_pointlot WHERE account_id = %(account)s AND remaining > 0 AND expires_on >= %(day)s
    ) u
), parts AS MATERIALIZED (
    SELECT *, LEAST(remaining, %(points)s - before) AS part FROM ranked WHERE before < %(points)s
), told AS (
    SELECT %(points)s - COALESCE(SUM(part), 0) AS missing FROM parts
), taken AS (
    SELECT parts.* FROM parts, told WHERE missing = 0 OR %(partly)s
), moved AS (
    INSERT INTO scoring_pointmovement
        (id, account_id, kind, key, points, uncollected, business_date, recorded_at, reason, beneficiary,
        operator_id, approver_id, reverses_id)
    SELECT %(movement)s, %(account)s, %(kind)s, %(key)s, %(points)s, missing, %(day)s, now(), %(reason)s,
        %(beneficiary)s, %(operator)s, %(approver)s, %(reverses)s
    FROM told WHERE missing = 0 OR %(partly)s
), lots AS (
    UPDATE scoring_pointlot l SET deducted = l.deducted + t.part FROM taken t WHERE t.id = l.id
), lines AS (
    INSERT INTO scoring_pointentry
        (account_id, lot_year, kind, points, business_date, recorded_at, movement, ref)
    SELECT %(account)s, lot_year, %(kind)s, -part, %(day)s, now(), %(movement)s, %(key)s
    FROM taken ORDER BY later, lot_year
)
SELECT missing::bigint, now() FROM told
"""

# ---- Rosters of rewards -------------------------------------------------------------------------------

# Accounts in id order before anything else, as every other act that moves points.
OPEN_ACCOUNTS_OF_PROPOSALS = """
INSERT INTO scoring_pointaccount (customer_id, opened_at)
SELECT DISTINCT customer_id, now() FROM scoring_pointproposal WHERE id = ANY(%s) ORDER BY customer_id
ON CONFLICT (customer_id) DO NOTHING
"""

LOCK_ACCOUNTS_OF_PROPOSALS = """
SELECT count(*) FROM (
    SELECT id FROM scoring_pointaccount
    WHERE customer_id IN (SELECT customer_id FROM scoring_pointproposal WHERE id = ANY(%s))
    ORDER BY id FOR UPDATE
) locked
"""

# Proposals whose customer would get more than a month or a year allows.
OVER_CAPS = """
SELECT p.id FROM scoring_pointproposal p
JOIN scoring_pointaccount a ON a.customer_id = p.customer_id
LEFT JOIN LATERAL (
    SELECT COALESCE(SUM(m.points) FILTER (WHERE m.business_date >= %s), 0) AS of_month,
        COALESCE(SUM(m.points), 0) AS of_year
    FROM scoring_pointmovement m LEFT JOIN scoring_pointmovement r ON r.reverses_id = m.id
    WHERE m.account_id = a.id AND m.kind = 'EARN_REWARD' AND m.business_date >= %s AND r.id IS NULL
) given ON true
WHERE p.id = ANY(%s) AND (given.of_month + p.points > %s OR given.of_year + p.points > %s)
ORDER BY p.id
"""

# One movement, one line and one lot a proposal; the key is that of a proposal approved alone.
GRANT = """
WITH due AS MATERIALIZED (
    SELECT p.id, p.points, p.proposed_by_id, a.id AS account_id, gen_random_uuid() AS movement,
        btrim(p.reward_reason || ' ' || p.remark) AS reason
    FROM scoring_pointproposal p JOIN scoring_pointaccount a ON a.customer_id = p.customer_id
    WHERE p.id = ANY(%(ids)s) AND p.decided_at IS NULL AND p.kind = 'EARN_REWARD'
), moved AS (
    INSERT INTO scoring_pointmovement
        (id, account_id, kind, key, points, uncollected, business_date, recorded_at, reason, beneficiary,
        operator_id, approver_id)
    SELECT movement, account_id, 'EARN_REWARD', 'proposal:' || id, points, 0, %(day)s, now(), reason, '',
        proposed_by_id, %(actor)s
    FROM due ORDER BY id
), lots AS (
    INSERT INTO scoring_pointlot
        (account_id, lot_year, earned_consumption, earned_reward, deducted, expired, refunded, expires_on)
    SELECT account_id, %(year)s, 0, SUM(points), 0, 0, 0, %(expires)s FROM due GROUP BY account_id
    ON CONFLICT (account_id, lot_year) DO UPDATE SET
        earned_reward = scoring_pointlot.earned_reward + EXCLUDED.earned_reward
), lines AS (
    INSERT INTO scoring_pointentry
        (account_id, lot_year, kind, points, business_date, recorded_at, movement, ref)
    SELECT account_id, %(year)s, 'EARN_REWARD', points, %(day)s, now(), movement, 'proposal:' || id
    FROM due ORDER BY id
), decided AS (
    UPDATE scoring_pointproposal p SET decided_by_id = %(actor)s, decided_at = now(), movement_id = d.movement
    FROM due d WHERE d.id = p.id
)
SELECT COALESCE(SUM(points), 0)::bigint FROM due
"""

# Ask for every reward of a roster to be taken back that nobody took back or asked for yet.
ASK_BACK = """
INSERT INTO scoring_pointproposal
    (customer_id, kind, points, reward_reason, remark, budget_id, batch_id, takes_back_id, proposed_by_id,
    proposed_at)
SELECT p.customer_id, 'DEDUCT_ADJUST', p.points, '', %(remark)s, p.budget_id, p.batch_id, p.movement_id,
    %(actor)s, now()
FROM scoring_pointproposal p
LEFT JOIN scoring_pointmovement r ON r.reverses_id = p.movement_id
WHERE p.batch_id = %(batch)s AND p.kind = 'EARN_REWARD' AND p.movement_id IS NOT NULL AND r.id IS NULL
ORDER BY p.id
ON CONFLICT DO NOTHING
"""

# Each customer stands once: the reward's own year first, then the oldest, as far as the lots reach.
TAKE_BACK = """
WITH due AS MATERIALIZED (
    SELECT p.id, p.points, p.proposed_by_id, p.takes_back_id, p.remark, a.id AS account_id,
        gen_random_uuid() AS movement, EXTRACT(YEAR FROM m.business_date)::int AS first_year
    FROM scoring_pointproposal p JOIN scoring_pointaccount a ON a.customer_id = p.customer_id
    JOIN scoring_pointmovement m ON m.id = p.takes_back_id
    WHERE p.id = ANY(%(ids)s) AND p.decided_at IS NULL
), ranked AS (
    SELECT d.id, d.movement, d.account_id, d.points, l.id AS lot_id, l.lot_year, l.remaining,
        SUM(l.remaining) OVER (
            PARTITION BY d.id ORDER BY l.lot_year <> d.first_year, l.lot_year
        ) - l.remaining AS before
    FROM due d JOIN scoring_pointlot l ON l.account_id = d.account_id
        AND l.remaining > 0 AND l.expires_on >= %(day)s
), parts AS MATERIALIZED (
    SELECT *, LEAST(remaining, points - before) AS part FROM ranked WHERE before < points
), moved AS (
    INSERT INTO scoring_pointmovement
        (id, account_id, kind, key, points, uncollected, business_date, recorded_at, reason, beneficiary,
        operator_id, approver_id, reverses_id)
    SELECT d.movement, d.account_id, 'DEDUCT_ADJUST', 'proposal:' || d.id, d.points,
        d.points - COALESCE((SELECT SUM(part) FROM parts WHERE parts.id = d.id), 0), %(day)s, now(), d.remark,
        '', d.proposed_by_id, %(actor)s, d.takes_back_id
    FROM due d ORDER BY d.id
), lots AS (
    UPDATE scoring_pointlot l SET deducted = l.deducted + p.part FROM parts p WHERE p.lot_id = l.id
), lines AS (
    INSERT INTO scoring_pointentry
        (account_id, lot_year, kind, points, business_date, recorded_at, movement, ref)
    SELECT account_id, lot_year, 'DEDUCT_ADJUST', -part, %(day)s, now(), movement, 'proposal:' || id
    FROM parts ORDER BY id, lot_year
), decided AS (
    UPDATE scoring_pointproposal p SET decided_by_id = %(actor)s, decided_at = now(), movement_id = d.movement
    FROM due d WHERE d.id = p.id
)
SELECT COALESCE(SUM(part), 0)::bigint FROM parts
"""

# ---- The proof ----------------------------------------------------------------------------------------

# Every column of every lot against the lines that make it.
COMPARE_LEDGER = """
WITH lines AS (
    SELECT account_id, lot_year, SUM(points) AS total,
        COALESCE(SUM(points) FILTER (WHERE kind = 'EARN_CONSUMPTION'), 0) AS earned_consumption,
        COALESCE(SUM(points) FILTER (WHERE kind = 'EARN_REWARD'), 0) AS earned_reward,
        COALESCE(-SUM(points) FILTER (WHERE kind LIKE 'DEDUCT%%' OR kind = 'REVERSAL'), 0) AS deducted,
        COALESCE(-SUM(points) FILTER (WHERE kind = 'EXPIRE'), 0) AS expired
    FROM scoring_pointentry GROUP BY account_id, lot_year
), compared AS (
    SELECT COALESCE(e.account_id, l.account_id) AS account_id, COALESCE(e.lot_year, l.lot_year) AS lot_year,
        COALESCE(e.total, 0) AS in_entries, COALESCE(l.remaining, 0) AS in_lot,
        COALESCE(e.earned_consumption, 0) AS ec, COALESCE(l.earned_consumption, 0) AS lc,
        COALESCE(e.earned_reward, 0) AS er, COALESCE(l.earned_reward, 0) AS lr,
        COALESCE(e.deducted, 0) AS ed, COALESCE(l.deducted, 0) AS ld,
        COALESCE(e.expired, 0) AS ex, COALESCE(l.expired, 0) AS lx
    FROM lines e FULL JOIN scoring_pointlot l ON l.account_id = e.account_id AND l.lot_year = e.lot_year
), wrong AS (
    SELECT * FROM compared WHERE (ec, er, ed, ex) IS DISTINCT FROM (lc, lr, ld, lx)
)
SELECT COALESCE(SUM(in_entries), 0)::bigint, COALESCE(SUM(in_lot), 0)::bigint,
    (SELECT COUNT(DISTINCT account_id) FROM wrong),
    (SELECT COALESCE(jsonb_agg(to_jsonb(d)), '[]'::jsonb) FROM (
        SELECT account_id, lot_year, in_entries, in_lot, in_lot - in_entries AS by,
            jsonb_build_object('earned_consumption', lc - ec, 'earned_reward', lr - er, 'deducted', ld - ed,
                'expired', lx - ex) AS columns
        FROM wrong ORDER BY account_id, lot_year LIMIT 100
    ) d),
    (SELECT count(*) FROM scoring_pointaccount)
FROM compared
"""

# What a line says, in characters that no setting of the session changes.
LINE = """concat_ws('|', e.id, e.account_id, e.lot_year, e.kind, e.points,
    e.business_date - DATE '2000-01-01', EXTRACT(EPOCH FROM e.recorded_at), e.movement, e.ref)"""

DIGEST = (
    "encode(sha256(convert_to(COALESCE(string_agg(" + LINE + ", E'\\n' ORDER BY e.id), ''), 'UTF8')), 'hex')"
)

# Whoever writes lines holds this table, so that a moment after the lock every number up to the highest is
# either in the table or will never be.
LOCK_ENTRIES = "LOCK TABLE scoring_pointentry IN SHARE MODE"

NEWEST_LINE = "SELECT COALESCE(MAX(id), 0) FROM scoring_pointentry"

LINES_TO_SEAL = """
SELECT MAX(e.id), count(*), {DIGEST} FROM (
    SELECT *, (row_number() OVER (ORDER BY id) - 1) / %s AS part FROM scoring_pointentry
    WHERE id > %s AND id <= %s
) e GROUP BY e.part ORDER BY e.part
""".replace("{DIGEST}", DIGEST)

CHECK_SEALS = """
SELECT s.id, s.first_entry, s.last_entry, s.business_date, s.entries, found.n
FROM scoring_ledgerseal s
CROSS JOIN LATERAL (
    SELECT count(*) AS n, {DIGEST} AS lines FROM scoring_pointentry e
    WHERE e.id BETWEEN s.first_entry AND s.last_entry
) found
WHERE s.id = ANY(%s) AND (found.n, found.lines) IS DISTINCT FROM (s.entries, s.lines)
ORDER BY s.id
""".replace("{DIGEST}", DIGEST)

# Within a broken stretch: lines whose act or bill says other points, and acts that miss lines.
SUSPECTS = """
WITH lines AS (
    SELECT * FROM scoring_pointentry WHERE id BETWEEN %(first)s AND %(last)s
), acts AS (
    SELECT m.account_id, m.id, m.kind, m.recorded_at,
        CASE WHEN m.kind IN ('EARN_REWARD', 'REVERSAL') THEN m.points ELSE m.uncollected - m.points END
            AS told,
        (SELECT COALESCE(SUM(e.points) FILTER (WHERE e.kind <> 'EXPIRE'), 0)
            FROM scoring_pointentry e WHERE e.account_id = m.account_id AND e.movement = m.id) AS found
    FROM scoring_pointmovement m
    WHERE m.account_id IN (SELECT account_id FROM lines)
        OR m.recorded_at BETWEEN (SELECT min(recorded_at) FROM lines)
            AND (SELECT max(recorded_at) FROM lines)
), bills AS (
    SELECT a.id AS account_id, b.bill_month,
        (GREATEST(0, b.paid_fen - b.agency_fee_fen) / 100)::bigint AS told,
        COALESCE(e.points, 0) - (
            SELECT COALESCE(SUM(m.points), 0) FROM scoring_pointmovement m
            WHERE m.account_id = a.id AND m.key LIKE 'refund:' || to_char(b.bill_month, 'YYYY-MM') || ':%%'
        ) AS found, e.id
    FROM scoring_pointaccount a JOIN members_monthlybill b ON b.customer_id = a.customer_id
    LEFT JOIN scoring_pointentry e ON e.account_id = a.id AND e.kind = 'EARN_CONSUMPTION'
        AND e.lot_year = EXTRACT(YEAR FROM b.bill_month)
        AND e.ref = 'bill:' || to_char(b.bill_month, 'YYYY-MM')
    WHERE b.posted_at IS NOT NULL AND a.id IN (SELECT account_id FROM lines)
)
SELECT account_id, kind AS what, told, found FROM acts WHERE told <> found
UNION ALL
SELECT account_id, 'bill:' || to_char(bill_month, 'YYYY-MM'), told, found FROM bills
WHERE told <> found AND (id IS NULL OR id BETWEEN %(first)s AND %(last)s)
ORDER BY 1 LIMIT 20
"""

# ---- The sums of the night ----------------------------------------------------------------------------

# Only lines sealed now: what was added before is never read again.
ADD_SUMS = """
INSERT INTO scoring_pointsum (org_unit_id, month, kind, points)
SELECT c.org_unit_id, date_trunc('month', e.business_date)::date, COALESCE(r.kind, e.kind), SUM(e.points)
FROM scoring_pointentry e
JOIN scoring_pointaccount a ON a.id = e.account_id
JOIN members_personalcustomer c ON c.id = a.customer_id
LEFT JOIN scoring_pointmovement m ON e.kind = 'REVERSAL' AND m.id = e.movement
LEFT JOIN scoring_pointmovement r ON r.id = m.reverses_id
WHERE e.id > %s AND e.id <= %s
GROUP BY 1, 2, 3
ON CONFLICT (org_unit_id, month, kind) DO UPDATE SET points = scoring_pointsum.points + EXCLUDED.points
"""

WRITE_LOT_SUMS = """
WITH found AS MATERIALIZED (
    SELECT c.org_unit_id, l.lot_year, l.expires_on, SUM(l.remaining)::bigint AS points, count(*) AS customers
    FROM scoring_pointlot l JOIN scoring_pointaccount a ON a.id = l.account_id
    JOIN members_personalcustomer c ON c.id = a.customer_id
    WHERE l.remaining > 0 GROUP BY 1, 2, 3
), gone AS (
    DELETE FROM scoring_lotsum s WHERE NOT EXISTS (
        SELECT FROM found f WHERE f.org_unit_id = s.org_unit_id AND f.lot_year = s.lot_year
            AND f.expires_on = s.expires_on
    ) RETURNING 1
), written AS (
    INSERT INTO scoring_lotsum (org_unit_id, lot_year, expires_on, points, customers)
    SELECT * FROM found
    ON CONFLICT (org_unit_id, lot_year, expires_on) DO UPDATE
    SET points = EXCLUDED.points, customers = EXCLUDED.customers
    WHERE (scoring_lotsum.points, scoring_lotsum.customers)
        IS DISTINCT FROM (EXCLUDED.points, EXCLUDED.customers)
    RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written)
"""

# Who changed the unit took points along: what a unit's sums lack of what its customers hold is booked as
# moved. Over all units that is nothing; if it is not, lines came after the seal or the proof has found more,
# and the next night books it.
ADD_MOVED = """
WITH held AS (
    SELECT org_unit_id, SUM(points) AS points FROM scoring_lotsum GROUP BY org_unit_id
), booked AS (
    SELECT org_unit_id, SUM(points) AS points FROM scoring_pointsum GROUP BY org_unit_id
), moved AS (
    SELECT org_unit_id, COALESCE(h.points, 0) - COALESCE(b.points, 0) AS points
    FROM held h FULL JOIN booked b USING (org_unit_id)
    WHERE COALESCE(h.points, 0) <> COALESCE(b.points, 0)
)
INSERT INTO scoring_pointsum (org_unit_id, month, kind, points)
SELECT org_unit_id, %s, 'MOVED', points FROM moved WHERE (SELECT SUM(points) FROM moved) = 0
ON CONFLICT (org_unit_id, month, kind) DO UPDATE SET points = scoring_pointsum.points + EXCLUDED.points
"""
