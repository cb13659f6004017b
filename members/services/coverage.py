"""Write the month's signing rate and coverage (S1-04, S1-79)."""

from datetime import date, timedelta

from django.db import connection

from crm.base import clock
from crm.params import registry
from members import statements


def write_coverage(*, units: list[int], as_of: date) -> int:
    """Write the figures of the business date's month for units; return how many rows changed."""
    month = clock.month_of(as_of - timedelta(days=1))
    low = int(registry.get("coverage.low", as_of=as_of))
    with connection.cursor() as cursor:
        cursor.execute(statements.COVERAGE, {"month": month, "units": units, "low": low})
        return cursor.rowcount
