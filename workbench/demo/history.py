"""The past of the demonstration's numbers: each month through the services of its nights."""

from datetime import date

from crm.base import clock
from members.models import MonthlyBill
from scoring import services
from workbench.demo.spending import spend

# Tiers, stars and grades of a year; points since the first bill.
MONTHS = 12
# From this day on the month's own first nights lie before the demonstration's.
LATE_ENOUGH = 8


def load_history(today: date) -> int:
    """Post the bills of closed months and evaluate every month's end, oldest first; return the rows."""
    first = MonthlyBill.objects.order_by("bill_month").values_list("bill_month", flat=True).first()
    if first is None:
        return 0
    this, written = clock.month_of(today), 0
    month = clock.add_months(first, 1)
    while month < this or (month == this and today.day > LATE_ENOUGH):
        written += services.expire_points(as_of=month)
        if month >= clock.add_months(this, -MONTHS):
            written += _evaluate(month)
        if month < this:
            written += services.post_settled_bills(as_of=month.replace(day=28))
            back = (this.year - month.year) * 12 + this.month - month.month
            if back <= MONTHS:
                written += spend(MONTHS - back, month.replace(day=28))
        month = clock.add_months(month, 1)
    return written


def _evaluate(month: date) -> int:
    """Run what the first nights of a month run over the month before."""
    third = month.replace(day=3)
    return (
        services.grade_vips(as_of=month)
        + services.classify_sizes(as_of=month)
        + services.run_tiers(as_of=month)
        + services.run_flags(as_of=third)
        + services.run_stars(as_of=third)
    )
