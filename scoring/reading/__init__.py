"""What pages and the API read: explanations from stored facts, statements from ledger lines."""

from scoring.reading.ledger import (
    Account,
    Line,
    LotPart,
    account_of,
    expiring_of,
    forecast,
    people_of,
    statement_of,
)
from scoring.reading.provinces import province_of, provinces_of
from scoring.reading.reach import ReachLine, closed_months, reach_by_month, reach_of
from scoring.reading.why import Contribution, RuleLine, SizeWhy, TierWhy, explain_size, explain_tier

__all__ = [
    "Account",
    "Contribution",
    "Line",
    "LotPart",
    "ReachLine",
    "RuleLine",
    "SizeWhy",
    "TierWhy",
    "account_of",
    "closed_months",
    "expiring_of",
    "explain_size",
    "explain_tier",
    "forecast",
    "people_of",
    "province_of",
    "provinces_of",
    "reach_by_month",
    "reach_of",
    "statement_of",
]
