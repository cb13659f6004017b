"""Closed months of profit and loss by segment of the demonstration, with what resources cost."""

from datetime import date

from clients.models import Client, RevenueMonth
from crm.accounts.choices import Role, UnitType
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from scoring.services import close_segments, enter_costs

MONTHS = 14
# Part of a month's revenue that each resource costs, in percent.
PERCENT = {"DATA": 14, "VOICE": 9, "BANDWIDTH": 6}


def load_segments(today: date) -> int:
    """Enter the cost of the last months and close all but the newest; return the rows written."""
    admin = User.objects.filter(assignments__role=Role.PROV_ADMIN).order_by("pk").first()
    if admin is None or not Client.objects.exists():
        return 0
    written = 0
    for back in range(MONTHS, 0, -1):
        month = clock.add_months(clock.month_of(today), -back)
        for province in OrgUnit.objects.filter(type=UnitType.PROVINCE):
            rows = RevenueMonth.objects.filter(month=month, client__org_unit__path__startswith=province.path)
            revenue = sum(rows.values_list("revenue_fen", flat=True))
            costs = {driver: revenue * percent // 10_000 * 100 for driver, percent in PERCENT.items()}
            enter_costs(province=province, month=month, costs=costs, actor=admin)
            if back > 1:
                as_of = clock.add_months(month, 1).replace(day=28)
                written += close_segments(as_of=as_of, province=province)
    return written
