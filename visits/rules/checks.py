"""Spot checks: how much is drawn, what, and the score it leaves: data, pure functions (Source: S1-92)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from visits.choices import SpotResult


@dataclass(frozen=True, slots=True)
class RateRule:
    """How the base rate changes for a person whose checks of the window meet both numbers."""

    code: str
    label: str | Promise
    rejects: int  # at least so many not in order
    checks: int  # at least so many checks in all
    factor: Fraction
    clean: bool = False  # and none doubtful or not in order


# The first rule that holds decides: what was found wrong weighs more than what was found right.
RATE_RULES: tuple[RateRule, ...] = (
    RateRule("SC-4", _("Three or more not in order"), 3, 0, Fraction(4)),
    RateRule("SC-2", _("One or two not in order"), 1, 0, Fraction(2)),
    RateRule("SC-Q", _("Twenty checks or more, all in order"), 0, 20, Fraction(1, 4), clean=True),
    RateRule("SC-H", _("Ten checks or more, all in order"), 0, 10, Fraction(1, 2), clean=True),
    RateRule("SC-1", _("Ordinary rate"), 0, 0, Fraction(1)),
)
RULES = {rule.code: rule for rule in RATE_RULES}

# What a result is worth; the score is the mean.
WORTH: dict[str, int] = {SpotResult.OK: 100, SpotResult.DOUBT: 50, SpotResult.REJECT: 0}


def rate_of(results: Mapping[str, int], *, base_pct: int) -> tuple[str, int]:
    """Return the rule that decides for a person, and the rate.

    Units: `results` counts checks by result; the rate is in per cent, 1–100, rounded half up.
    """
    rejects, total = results.get(SpotResult.REJECT, 0), sum(results.values())
    clean = total == results.get(SpotResult.OK, 0)
    for rule in RATE_RULES:
        if rejects >= rule.rejects and total >= rule.checks and (clean or not rule.clean):
            pct = int(base_pct * rule.factor + Fraction(1, 2))
            return rule.code, min(100, max(1, pct))
    raise AssertionError("the last rule always holds")


def sample(
    frame: Mapping[str, Sequence[int]], rates: Mapping[str, Sequence[object]], seed: str
) -> list[tuple[int, int]]:
    """Return what a seed draws from a frozen population: log and person, in the order of the draw.

    Of each person's logs the share of the rate is taken, rounded up: nobody who worked goes unchecked.
    The order is that of a hash of seed and number, so that the same seed draws the same and nobody chooses.
    """
    drawn: list[tuple[str, int, int]] = []
    for person, logs in frame.items():
        pct = int(str(rates[person][1]))
        ranked = sorted((sha256(f"{seed}:{log}".encode()).hexdigest(), log) for log in logs)
        drawn += [(rank, log, int(person)) for rank, log in ranked[: -(-len(logs) * pct // 100)]]
    return [(log, person) for _rank, log, person in sorted(drawn)]


def score(results: Mapping[str, int]) -> Decimal:
    """Return the quality score of checks: 100 when all are in order, 0 when none is.

    Raises: ZeroDivisionError of no checks, which have no score.
    """
    worth = sum(WORTH[result] * count for result, count in results.items())
    exact = Decimal(worth) / sum(results.values())
    return exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
