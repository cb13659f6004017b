"""Size, value, stars, labels and VIP rules as frozen data and expressions: the same objects serve the night,
one client, a what-if on a dict and the tests. Numbers come in as arguments; nothing here reads the clock or
a row.
"""

from scoring.rules.numbers import Numbers
from scoring.rules.points import expiry_of, points_of_bill
from scoring.rules.reach import reach_rules, reasons
from scoring.rules.size import SIZE_DEFAULT, own_scale, size_facts, size_rules, social_weight
from scoring.rules.stars import (
    STAR_NUMBERS,
    UNRATED,
    WINDOW,
    high_value,
    label_rules,
    labels_of,
    star_problem,
    star_rules,
)
from scoring.rules.value import (
    A_SHARE,
    C_SHARE,
    CAP_MOST,
    FAMILIES,
    HUNDRED,
    INDICATORS,
    NUMERIC,
    RANKED,
    SCORE_COLUMNS,
    ZERO,
    Indicator,
    band_sizes,
    half_up,
    indicators,
    model_problem,
    scores,
    tier_rules,
    with_shares,
)
from scoring.rules.vip import VIP_RANK, vip_grade_of, vip_rank, vip_rules

__all__ = [
    "A_SHARE",
    "CAP_MOST",
    "C_SHARE",
    "FAMILIES",
    "HUNDRED",
    "INDICATORS",
    "NUMERIC",
    "RANKED",
    "SCORE_COLUMNS",
    "SIZE_DEFAULT",
    "STAR_NUMBERS",
    "UNRATED",
    "VIP_RANK",
    "WINDOW",
    "ZERO",
    "Indicator",
    "Numbers",
    "band_sizes",
    "expiry_of",
    "half_up",
    "high_value",
    "indicators",
    "label_rules",
    "labels_of",
    "model_problem",
    "own_scale",
    "points_of_bill",
    "reach_rules",
    "reasons",
    "scores",
    "size_facts",
    "size_rules",
    "social_weight",
    "star_problem",
    "star_rules",
    "tier_rules",
    "vip_grade_of",
    "vip_rank",
    "vip_rules",
    "with_shares",
]
