"""Close the reach of a month: one statement over a province, then nothing changes it (S0-50, J13)."""

from datetime import date

from django.db import transaction
from django.db.models import F

from clients.choices import FilingState
from clients.models import Client
from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.params import registry
from scoring import statements
from scoring.models import ReachMonth, ReachRow
from scoring.rules.reach import reach_rules, reasons
from scoring.services.size import in_province


@transaction.atomic
def close_reach(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Count the month before `as_of` and freeze it; return the clients looked at, 0 when it is closed.

    Runs on the first of a month, and later for a month that was missed: states are then those of the
    month's end, read from their history. Members are counted as they stand.
    """
    if province is None:
        provinces = OrgUnit.objects.filter(type=UnitType.PROVINCE)
        return sum(close_reach(as_of=as_of, province=one) for one in provinces)
    end = clock.month_of(as_of)
    month = clock.add_months(end, -1)
    if ReachMonth.objects.filter(month=month, province=province).exists():
        return 0
    if ReachMonth.objects.filter(month__gt=month, province=province).exists():
        return 0  # what is past a closed month is not counted from today's data
    statements.give_memory()
    zero_rule = registry.get("reach.zero_rule", as_of=end)
    clients = in_province(
        Client.objects.filter(filing=FilingState.FILED, created_at__lt=clock.at(end)), province
    )
    facts = clients.order_by().values(
        "client_code", "org_unit_id", "institution_type", "members_active", "status", client_id=F("id")
    )
    facts_sql, facts_params = statements.compiled(facts)
    raw = statements.REACH_FACTS.format(clients=facts_sql)
    scored, scored_params = statements.compiled(
        ReachRow.objects.order_by().values(
            "month", "client_id", "client_code", "org_unit_id", "status", "institution_type", "members",
            "revenue_fen", why=reasons(reach_rules(zero_rule)),
        )
    )  # fmt: skip
    sql = statements.WRITE_REACH.format(raw=raw, scored=scored)
    written = statements.write(sql, [month, *facts_params, end, month, *scored_params])
    units = list(OrgUnit.objects.filter(path__startswith=province.path).values_list("pk", flat=True))
    counted = statements.write(statements.WRITE_REACH_TOTALS, [month, units, month])
    ReachMonth.objects.create(
        month=month, province=province, as_of=as_of, zero_rule=zero_rule, clients=written, counted=counted
    )
    statements.count_again(written, ReachRow._meta.db_table)
    return written
