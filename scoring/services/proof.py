"""Compare the ledger's lines with the lots they make (spec §3.5, L1, L2)."""

import json
from datetime import date, timedelta

from django.db import transaction

from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.base.trail import record
from scoring import statements
from scoring.models import LedgerProof


@transaction.atomic
def prove_ledger(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Prove that Σ lines = Σ lots for every account, or name those that differ; return 1 when news.

    One statement compares every column of every lot. Run twice on an unchanged ledger it writes nothing.
    The ledger is one for all provinces.
    """
    statements.give_memory()
    entries, lots, differing_count, differing, accounts = statements.rows(statements.COMPARE_LEDGER, [])[0]
    found = {
        "accounts": accounts,
        "entries_sum": entries,
        "lots_sum": lots,
        "differing": json.loads(differing) if isinstance(differing, str) else differing,
        "differing_count": differing_count,
    }
    day = as_of - timedelta(days=1)
    if LedgerProof.objects.filter(business_date=day, **found).exists():
        return 0
    LedgerProof.objects.update_or_create(business_date=day, defaults={**found, "proved_at": clock.now()})
    if differing_count:
        record(
            actor=None,
            action="scoring.ledger_differs",
            data={"business_date": day.isoformat(), "accounts": differing_count},
        )
    return 1
