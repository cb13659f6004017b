"""Enter what resources cost, and close a month of profit and loss by segment (S2-02, S2-03, S2-04, J16)."""

from datetime import date

from django.db import transaction
from django.db.models import BooleanField, Case, Value, When
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus, FilingState
from clients.models import Client
from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Invalid
from crm.base.trail import record
from crm.params import registry
from scoring import statements
from scoring.choices import CostDriver
from scoring.models import ResourceCost, SegmentMonth
from scoring.services.size import in_province
from scoring.statements import segments as sql

WITH_US = (ClientStatus.ONLINE, ClientStatus.ACTIVE, ClientStatus.SILENT)
MOST_FEN = 10**15


@transaction.atomic
def enter_costs(*, province: OrgUnit, month: date, costs: dict[str, int], actor: User) -> int:
    """Write what the resources of a month cost; return how many figures changed. Units: fen.

    Raises: Invalid; BusinessError MONTH_CLOSED.
    """
    require(actor, "scoring.enter_costs")
    month = clock.month_of(month)
    if SegmentMonth.objects.filter(month=month, province=province).exists():
        raise BusinessError(
            "MONTH_CLOSED", _("This month is closed; its figures stay. Enter the cost of an open month.")
        )
    if month > clock.month_of(clock.today()):
        sentence = _("Choose this month or an earlier one.")
        raise Invalid("INVALID", sentence, fields={"month": [sentence]})
    for driver, fen in costs.items():
        if driver not in CostDriver.values or not 0 <= fen <= MOST_FEN:
            sentence = _("Write an amount of zero or more.")
            raise Invalid("INVALID", sentence, fields={driver.lower(): [sentence]})
    held = dict(ResourceCost.objects.filter(province=province, month=month).values_list("driver", "cost_fen"))
    changed = {driver: fen for driver, fen in costs.items() if held.get(driver) != fen}
    for driver, fen in changed.items():
        ResourceCost.objects.update_or_create(
            province=province, month=month, driver=driver, defaults={"cost_fen": fen, "entered_by": actor}
        )
    if changed:
        record(
            actor=actor,
            action="scoring.costs_entered",
            entity=province,
            unit=province,
            data={"month": f"{month:%Y-%m}", **changed, "before": {d: held.get(d) for d in changed}},
        )
    return len(changed)


def month_to_close(as_of: date) -> date:
    """Return the month a night may close: the last one from its closing day on, else the one before."""
    day = registry.get("segment.close_day", as_of=as_of)
    return clock.add_months(clock.month_of(as_of), -1 if as_of.day >= day else -2)


@transaction.atomic
def close_segments(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Close the month that is due, once, and freeze it; return the rows written.

    Clients stand in the segment of the closing night. A month before one that is closed is not made up from
    today's segments.
    """
    if province is None:
        provinces = OrgUnit.objects.filter(type=UnitType.PROVINCE)
        return sum(close_segments(as_of=as_of, province=one) for one in provinces)
    month = month_to_close(as_of)
    if SegmentMonth.objects.filter(month__gte=month, province=province).exists():
        return 0
    statements.give_memory()
    excluded = list(registry.get("segment.excluded_fees", as_of=as_of))
    costs = dict(
        ResourceCost.objects.filter(province=province, month=month).values_list("driver", "cost_fen")
    )
    clients = in_province(
        Client.objects.filter(filing=FilingState.FILED, created_at__lt=clock.at(clock.add_months(month, 1))),
        province,
    ).order_by()
    rows = clients.values(
        "id",
        "org_unit_id",
        "segment",
        counted=Case(
            When(status__in=WITH_US, then=Value(True)), default=Value(False), output_field=BooleanField()
        ),
    )
    select, params = statements.compiled(rows)
    use = {"data": CostDriver.DATA, "voice": CostDriver.VOICE, "bandwidth": CostDriver.BANDWIDTH}
    query = sql.WRITE_SEGMENTS.format(clients=select, **{name: sql.SHARE.format(use=name) for name in use})
    pools = [costs.get(driver, 0) for driver in use.values() for _twice in range(2)]
    written = statements.write(query, [*params, month, excluded, month, month, *pools, month])
    SegmentMonth.objects.create(month=month, province=province, as_of=as_of, costs=costs, excluded=excluded)
    return written
