"""What pages and the API read: explanations from stored facts, statements from ledger lines."""

from scoring.reading.decisions import with_decision, with_ending_decision
from scoring.reading.ledger import (
    Account,
    Line,
    LotPart,
    account_of,
    balance_before,
    expiring_of,
    forecast,
    in_period,
    people_of,
    statement_of,
)
from scoring.reading.levers import Way
from scoring.reading.migration import code_of, name_of
from scoring.reading.points import (
    Grant,
    MonthFlow,
    UnitHeld,
    YearHeld,
    flows,
    grants,
    held_by_unit,
    held_by_year,
    next_expiry,
    reasons_of,
    to_expire,
)
from scoring.reading.provinces import province_of, provinces_of
from scoring.reading.reach import ReachLine, closed_months, reach_by_month, reach_of
from scoring.reading.stars import MarkLine, Standing, marks_of_numbers, standing_of, with_label
from scoring.reading.why import Contribution, RuleLine, SizeWhy, TierWhy, explain_size, explain_tier

__all__ = [
    "Account",
    "Contribution",
    "Grant",
    "Line",
    "LotPart",
    "MarkLine",
    "MonthFlow",
    "ReachLine",
    "RuleLine",
    "SizeWhy",
    "Standing",
    "TierWhy",
    "UnitHeld",
    "Way",
    "YearHeld",
    "account_of",
    "balance_before",
    "closed_months",
    "code_of",
    "expiring_of",
    "explain_size",
    "explain_tier",
    "flows",
    "forecast",
    "grants",
    "held_by_unit",
    "held_by_year",
    "in_period",
    "marks_of_numbers",
    "name_of",
    "next_expiry",
    "people_of",
    "province_of",
    "provinces_of",
    "reach_by_month",
    "reach_of",
    "reasons_of",
    "standing_of",
    "statement_of",
    "to_expire",
    "with_decision",
    "with_ending_decision",
    "with_label",
]
