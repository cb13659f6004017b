"""Closed months of the demonstration: what the nights of the last year would have written."""

from datetime import date

from clients.models import Client
from crm.accounts.choices import UnitType
from crm.accounts.models import OrgUnit
from crm.base import clock
from scoring.services import close_reach

MONTHS = 6


def load_reach(today: date) -> int:
    """Close the last months of every province, oldest first; return the rows written."""
    provinces = list(OrgUnit.objects.filter(type=UnitType.PROVINCE))
    this = clock.month_of(today)
    written = 0
    if Client.objects.exists():
        for back in range(MONTHS - 1, -1, -1):
            as_of = clock.add_months(this, -back)
            written += sum(close_reach(as_of=as_of, province=province) for province in provinces)
    return written
