"""SQL of the set-based acts on members."""

# Where a number of type 4 belongs (spec §3.6.9). First the address book, then call behaviour; the own client
# wins over others, then more ties, then the smaller key: the answer does not depend on the order of rows.
HOMES = """
WITH four AS (
    SELECT m.* FROM members_member m JOIN clients_client c ON c.id = m.client_id
    WHERE m.left_on IS NULL AND m.type = '4' AND c.status <> 'CLOSED' AND c.filing = 'FILED'
        AND c.org_unit_id = ANY(%(units)s)
), book AS (
    SELECT DISTINCT ON (f.id) f.id, e.client_id, 0 AS evidence
    FROM four f JOIN members_bookentry e ON e.msisdn = f.msisdn JOIN clients_client c ON c.id = e.client_id
    WHERE c.status <> 'CLOSED' AND c.filing = 'FILED' AND c.org_unit_id = ANY(%(units)s)
    ORDER BY f.id, (e.client_id = f.client_id) DESC, e.collected_on DESC, e.client_id
), calls AS (
    SELECT DISTINCT ON (id) id, client_id, evidence FROM (
        SELECT f.id, f.client_id AS own, o.client_id, count(DISTINCT o.msisdn) AS evidence
        FROM four f
        JOIN members_calltie t ON t.msisdn = f.msisdn AND t.last_on >= %(since)s AND t.last_on < %(as_of)s
        JOIN members_member o ON o.msisdn = t.other AND o.left_on IS NULL AND o.type = '2'
        JOIN clients_client c ON c.id = o.client_id
        WHERE c.status <> 'CLOSED' AND c.filing = 'FILED' AND c.org_unit_id = ANY(%(units)s)
        GROUP BY 1, 2, 3 HAVING count(DISTINCT o.msisdn) >= %(ties)s
    ) n ORDER BY id, (client_id = own) DESC, evidence DESC, client_id
)
SELECT f.id AS member_id, f.client_id AS from_client_id, f.type AS from_type, f.source AS from_source,
    coalesce(b.client_id, k.client_id, f.client_id) AS to_client_id,
    CASE WHEN NOT f.verified OR f.employment = 'TEMP' THEN '3' WHEN b.id IS NOT NULL THEN '2' ELSE '3' END
        AS to_type,
    CASE WHEN b.id IS NOT NULL THEN 'BOOK' WHEN k.id IS NOT NULL THEN 'CALLS' ELSE 'UNSURE' END AS reason,
    coalesce(k.evidence, 0) AS evidence
FROM four f LEFT JOIN book b ON b.id = f.id LEFT JOIN calls k ON k.id = f.id
WHERE b.id IS NOT NULL OR k.id IS NOT NULL OR NOT f.verified OR f.employment = 'TEMP'
"""

PREPARE = """
INSERT INTO members_rehomingmove
    (run_id, member_id, from_client_id, from_type, from_source, to_client_id, to_type, reason, evidence,
     chosen, outcome, note)
SELECT %(run)s, h.member_id, h.from_client_id, h.from_type, h.from_source, h.to_client_id, h.to_type,
    h.reason, h.evidence, true, '', ''
FROM ({homes}) h ORDER BY h.member_id
"""

# The night settles only what stays with its client; moves between clients wait for a person.
SETTLE = """
UPDATE members_member m SET type = h.to_type, version = m.version + 1, updated_at = %(now)s,
    source = CASE h.reason WHEN 'BOOK' THEN 'ADDRESS_BOOK' WHEN 'CALLS' THEN 'CALL_BEHAVIOUR'
        ELSE m.source END
FROM ({homes}) h
WHERE m.id = h.member_id AND h.to_client_id = h.from_client_id AND m.type <> h.to_type
"""

COVERAGE = """
INSERT INTO members_coveragemonth (month, unit_id, am_id, target, signed, employees, ordinary, active, low)
SELECT %(month)s, c.org_unit_id, c.am_id, count(*),
    count(*) FILTER (WHERE c.status IN ('ONLINE', 'ACTIVE', 'SILENT')),
    coalesce(sum(c.employee_total), 0),
    coalesce(sum(c.members_ordinary) FILTER (WHERE c.employee_total > 0), 0),
    coalesce(sum(c.members_active) FILTER (WHERE c.employee_total > 0), 0),
    count(*) FILTER (WHERE c.employee_total > 0 AND c.members_ordinary * 100 < c.employee_total * %(low)s)
FROM clients_client c
WHERE c.org_unit_id = ANY(%(units)s) AND c.filing = 'FILED' AND c.status <> 'CLOSED' AND c.is_legal_person
GROUP BY 2, 3
ON CONFLICT (month, unit_id, am_id) DO UPDATE SET
    target = excluded.target, signed = excluded.signed, employees = excluded.employees,
    ordinary = excluded.ordinary, active = excluded.active, low = excluded.low
WHERE (members_coveragemonth.target, members_coveragemonth.signed, members_coveragemonth.employees,
       members_coveragemonth.ordinary, members_coveragemonth.active, members_coveragemonth.low)
    IS DISTINCT FROM (excluded.target, excluded.signed, excluded.employees, excluded.ordinary,
                      excluded.active, excluded.low)
"""

CALL_TIES = """
INSERT INTO members_calltie (msisdn, other, last_on)
SELECT * FROM unnest(%s::varchar[], %s::varchar[], %s::date[])
ON CONFLICT (msisdn, other) DO UPDATE SET last_on = greatest(members_calltie.last_on, excluded.last_on)
"""

# Whose bill a bill is: a number goes to somebody else some time after it was given up, and the last bills of
# who left come when they are gone. {wanted} gives msisdn and month. Held in the month, the newest holder
# first; a month before the day of joining on file is still theirs where nobody held the number before.
HOLDERS = """
SELECT DISTINCT ON (h.msisdn, h.month) h.msisdn, h.month, h.id, h.org_unit_id FROM (
    SELECT w.msisdn, w.month, p.id, p.org_unit_id, p.in_net_from
    FROM ({wanted}) w JOIN members_personalcustomer p ON p.msisdn = w.msisdn AND p.in_net_to IS NULL
    WHERE p.in_net_from < w.month + INTERVAL '1 month' OR NOT EXISTS (
        SELECT FROM members_personalcustomer o WHERE o.msisdn = w.msisdn AND o.in_net_to IS NOT NULL
    )
    UNION ALL
    SELECT w.msisdn, w.month, p.id, p.org_unit_id, p.in_net_from
    FROM ({wanted}) w JOIN members_personalcustomer p ON p.msisdn = w.msisdn AND p.in_net_to >= w.month
    WHERE p.in_net_from < w.month + INTERVAL '1 month'
) h ORDER BY h.msisdn, h.month, h.in_net_from DESC, h.id DESC
"""
