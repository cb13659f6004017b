"""Reading verbs of revenue."""

from datetime import date
from typing import Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from clients.rules import revenue
from crm.base.clock import add_months, month_of


def with_facts(lines: QuerySet[Any]) -> QuerySet[Any]:
    """Add what the rules of informatisation revenue ask of a line."""
    agreed = Case(
        When(revenue.AGREED_IN_MONTH, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return lines.annotate(**revenue.FACTS).annotate(agreed=agreed)


def judged(lines: QuerySet[Any]) -> QuerySet[Any]:
    """Add the answer of the rules and the code of the one that matched."""
    return with_facts(lines).annotate(new_counts=revenue.counts(), new_rule=revenue.reason())


def open_months(as_of: date) -> Q:
    """Return the months whose revenue is still judged anew: this one and the one before it."""
    return Q(month__gte=add_months(month_of(as_of), -1))


def has_ict(as_of: date) -> Q:
    """Return the clients with informatisation revenue in the last twelve closed months."""
    from clients.models import RevenueMonth

    end = month_of(as_of)
    rows = RevenueMonth.objects.filter(month__gte=add_months(end, -12), month__lt=end, ict_fen__gt=0)
    return Q(pk__in=rows.values("client"))
