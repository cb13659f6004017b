"""Client codes: 2 + 2 digits of the region, 8 digits of a sequence; never reused (X-07, S0-54)."""

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db import connection, transaction

from crm.accounts.models import OrgUnit

# The highest code ever used under the prefix counts too: rosters bring codes of their own.
TAKE = """
INSERT INTO clients_codesequence (prefix, last)
SELECT %(prefix)s, %(count)s + COALESCE(MAX(substr(client_code, 5)::bigint), 0)
FROM clients_client WHERE client_code LIKE %(prefix)s || '________' AND client_code ~ '^[0-9]{12}$'
ON CONFLICT (prefix) DO UPDATE
SET last = GREATEST(clients_codesequence.last, EXCLUDED.last - %(count)s) + %(count)s
RETURNING last
"""


def code_prefixes(units: Sequence[OrgUnit]) -> dict[int, str]:
    """Return the four digits of the region of each unit, taken from the nearest unit above that has one."""
    step = OrgUnit.steplen
    paths = {unit.path[:end] for unit in units for end in range(step, len(unit.path) + 1, step)}
    regions = dict(
        OrgUnit.objects.filter(path__in=paths).exclude(region_code="").values_list("path", "region_code")
    )
    found = {}
    for unit in units:
        above = (unit.path[:end] for end in range(len(unit.path), 0, -step))
        code = next((regions[path] for path in above if path in regions), "")
        found[unit.pk] = code[:4].ljust(4, "0")
    return found


@transaction.atomic
def reserve_codes(*, wanted: Mapping[OrgUnit, int]) -> dict[str, int]:
    """Take as many numbers as each unit wants and return the first of each prefix.

    The sequence row stays locked until the transaction ends, so that two creators never get one number;
    prefixes are taken in order, so that they never wait for each other in a ring.
    """
    prefixes = code_prefixes(list(wanted))
    counts: Counter[str] = Counter()
    for unit, count in wanted.items():
        counts[prefixes[unit.pk]] += count
    first = {}
    with connection.cursor() as cursor:
        for prefix, count in sorted(counts.items()):
            cursor.execute(TAKE, {"prefix": prefix, "count": count})
            first[prefix] = cursor.fetchone()[0] - count + 1
    return first


@transaction.atomic
def allocate_codes(*, units: Sequence[OrgUnit]) -> list[str]:
    """Return one new client code for each unit given, in order; a unit may be given many times."""
    different = {unit.pk: unit for unit in units}
    prefixes = code_prefixes(list(different.values()))
    counts = Counter(unit.pk for unit in units)
    next_number = reserve_codes(wanted={different[pk]: count for pk, count in counts.items()})
    codes = []
    for unit in units:
        prefix = prefixes[unit.pk]
        codes.append(f"{prefix}{next_number[prefix]:08d}")
        next_number[prefix] += 1
    return codes
