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
from scoring.reading.why import Contribution, RuleLine, SizeWhy, TierWhy, explain_size, explain_tier

__all__ = [
    "Account",
    "Contribution",
    "Line",
    "LotPart",
    "RuleLine",
    "SizeWhy",
    "TierWhy",
    "account_of",
    "expiring_of",
    "explain_size",
    "explain_tier",
    "forecast",
    "people_of",
    "province_of",
    "provinces_of",
    "statement_of",
]
