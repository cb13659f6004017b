"""The value model: indicators, families, bands and tiers (spec §3.6.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Case, DecimalField, ExpressionWrapper, F, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Greatest, Least, Round
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.choices import ClientStatus, ValueTier
from crm.base.expressions import Rule
from scoring.rules.numbers import Numbers

BY_DECISION = "VT-M"
DECIDABLE = (ValueTier.A1, ValueTier.A2, ValueTier.B1, ValueTier.B2, ValueTier.C)
RANKED = (ClientStatus.POTENTIAL, ClientStatus.ONLINE, ClientStatus.ACTIVE, ClientStatus.SILENT)
NUMERIC = DecimalField(max_digits=30, decimal_places=8)
ZERO, HUNDRED = Decimal(0), Decimal(100)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: 0 to 100, linear up to a cap that the model version sets."""

    code: str
    label: str | Promise
    family: str
    unit: str | Promise
    # Input over fact columns; the indicator is input × 100 / cap, clipped to 0–100.
    value: Combinable
    source: str


def _numeric(expression: Any) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=NUMERIC)


def _fact(name: str) -> Cast:
    """Return a count as an exact number: whole numbers would divide to whole numbers."""
    return Cast(F(name), DecimalField(max_digits=20, decimal_places=0))


INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "cv1",
        _("Average monthly revenue, last 12 closed months"),
        "cv",
        _("yuan"),
        _numeric(_fact("revenue_12m_fen") / Decimal(1200)),
        "S0-21",
    ),
    Indicator(
        "cv2",
        _("Months with revenue, of the last 12"),
        "cv",
        _("months"),
        _numeric(_fact("revenue_months")),
        "S0-21",
    ),
    Indicator(
        "cv3",
        _("Our share of the mobiles"),
        "cv",
        "%",
        Case(
            When(mobiles__gt=0, then=_numeric(_fact("mobiles_own") * HUNDRED / _fact("mobiles"))),
            default=Value(ZERO),
            output_field=NUMERIC,
        ),
        "S0-21",
    ),
    Indicator(
        "pv1",
        _("Mobiles with other operators"),
        "pv",
        _("lines"),
        _numeric(_fact("mobiles") - _fact("mobiles_own")),
        "S0-24",
    ),
    Indicator(
        "pv2",
        _("Informatisation demand"),
        "pv",
        pgettext_lazy("unit", "level"),
        _numeric(_fact("ict_demand_score")),
        "S0-22",
    ),
    Indicator(
        "pv3",
        _("Growth against the 12 months before"),
        "pv",
        "%",
        # Nothing to compare with is no growth.
        Case(
            When(
                revenue_prev_12m_fen__gt=0,
                then=_numeric(
                    (_fact("revenue_12m_fen") - _fact("revenue_prev_12m_fen"))
                    * HUNDRED
                    / _fact("revenue_prev_12m_fen")
                ),
            ),
            default=Value(ZERO),
            output_field=NUMERIC,
        ),
        "S0-24",
    ),
    Indicator(
        "sv1",
        _("Influence"),
        "sv",
        pgettext_lazy("unit", "level"),
        _numeric(_fact("influence_level")),
        "S0-22",
    ),
    Indicator(
        "sv2",
        _("Public standing by the size rules"),
        "sv",
        _("points"),
        _numeric(_fact("social_weight")),
        "S0-22",
    ),
)
FAMILIES: dict[str, str | Promise] = {
    "cv": _("Present value"),
    "pv": _("Potential value"),
    "sv": _("Strategic value"),
}
SCORE_COLUMNS = (*(i.code for i in INDICATORS), "cv", "pv", "sv", "total", "strategic")


def half_up(expression: Any) -> Round:
    """Round half up to two decimals; the first rounding takes away what endless thirds leave behind."""
    return Round(Round(_numeric(expression), precision=8), precision=2)


def indicators(numbers: Numbers) -> dict[str, Any]:
    """Return each indicator, 0–100 and not rounded, under a model version's caps."""
    return {
        i.code: Least(
            Greatest(_numeric(i.value * HUNDRED / Decimal(str(numbers["caps"][i.code]))), Value(ZERO)),
            Value(HUNDRED),
            output_field=NUMERIC,
        )
        for i in INDICATORS
    }


def scores(numbers: Numbers) -> dict[str, Any]:
    """Return all score columns: indicators, families, T (`total`) and K (`strategic`), at two decimals.

    Expressions over the indicators as `indicators` gives them: named by their codes, not rounded.
    """
    values = {i.code: F(i.code) for i in INDICATORS}
    weights = {code: Decimal(str(w)) for code, w in numbers["weights"].items()}

    def mean(codes: Sequence[str]) -> Any:
        divisor = sum(weights[code] for code in codes)
        if not divisor:
            return Value(ZERO, output_field=NUMERIC)
        summed: Any = Value(ZERO, output_field=NUMERIC)
        for code in codes:
            summed = _numeric(summed + _numeric(values[code] * weights[code]))
        return half_up(summed / divisor)

    family = {name: [i.code for i in INDICATORS if i.family == name] for name in FAMILIES}
    return {code: half_up(value) for code, value in values.items()} | {
        "cv": mean(family["cv"]),
        "pv": mean(family["pv"]),
        "sv": mean(family["sv"]),
        "total": mean([i.code for i in INDICATORS]),
        "strategic": mean([*family["pv"], *family["sv"]]),
    }


# Bounds of what a version may say. Units: weights and shares in percent.
WEIGHT_MOST = 100
C_SHARE = (50, 90)
A_SHARE = (1, 30)
CAP_MOST = 100_000_000


def model_problem(numbers: Numbers) -> str | None:
    """Return a code for what is wrong with a version's numbers, or None."""
    codes = {i.code for i in INDICATORS}
    if set(numbers.get("weights", {})) != codes or set(numbers.get("caps", {})) != codes:
        return "indicators"
    if any(not 0 <= w <= WEIGHT_MOST for w in numbers["weights"].values()):
        return "weights"
    if sum(numbers["weights"].values()) != WEIGHT_MOST:
        return "weights"
    if any(not 0 < c <= CAP_MOST for c in numbers["caps"].values()):
        return "caps"
    shares = numbers.get("shares")
    if shares is None:
        return None
    c, a = shares.get("c_percent", 0), shares.get("a_percent", 0)
    if not (C_SHARE[0] <= c <= C_SHARE[1] and A_SHARE[0] <= a <= A_SHARE[1] and a + c <= WEIGHT_MOST):
        return "shares"
    return None


def with_shares(n: Numbers, numbers: Numbers) -> dict[str, Any]:
    """Return the parameters of the bands, with the shares of a version that has its own."""
    shares = numbers.get("shares")
    if not shares:
        return dict(n)
    return {**n, "c_share": shares["c_percent"] / 100, "a_share": shares["a_percent"] / 100}


def band_sizes(universe: int, *, c_share: float, a_share: float) -> tuple[int, int]:
    """Return how many clients bands A and B hold before ties are lifted; shares round half up (E034…E038)."""

    def part(share: float) -> int:
        return int((Decimal(str(share)) * universe).quantize(Decimal(1), ROUND_HALF_UP))

    top = universe - part(c_share)
    n_a = min(part(a_share), top)
    return n_a, top - n_a


def tier_rules(limit_a: Decimal | None, limit_b: Decimal | None) -> tuple[Rule, ...]:
    """Return the value table in order; a limit is the lowest T of its band, None when the band is empty.

    Comparing with the limit lifts ties into the better band; T = 0 is always C (spec §3.6.2).
    """

    def band(limit: Decimal | None) -> Q:
        # T never passes 100: an empty band has no member.
        return Q(total__gte=Decimal(101) if limit is None else limit, total__gt=0)

    return (
        Rule("VT-D", _("Individual business or cluster"), Q(is_legal_person=False), ValueTier.D, "S0-26"),
        Rule("VT-0", _("Churned, closed or not yet filed: not ranked"), Q(ranked=False), "", "S0-25"),
        # People decided; one code, for the history says the tier itself.
        *(
            Rule(
                BY_DECISION,
                format_lazy(_("{tier} by decision, until its end"), tier=tier),
                Q(override=tier),
                tier,
                "§3.6.2",
            )
            for tier in DECIDABLE
        ),
        Rule(
            "VT-A1",
            _("Band A, present value at least the future value"),
            band(limit_a) & Q(cv__gte=F("strategic")),
            ValueTier.A1,
            "S0-21, D-04",
        ),
        Rule(
            "VT-A2", _("Band A, future value above the present value"), band(limit_a), ValueTier.A2, "S0-22"
        ),
        Rule(
            "VT-B1",
            _("Band B, a model in its line or present value at least the potential value"),
            band(limit_b) & (Q(is_benchmark=True) | Q(cv__gte=F("pv"))),
            ValueTier.B1,
            "S0-23",
        ),
        Rule(
            "VT-B2",
            _("Band B, potential value above the present value"),
            band(limit_b),
            ValueTier.B2,
            "S0-24",
        ),
        Rule("VT-C", _("The rest, about 70 % of the province"), Q(ranked=True), ValueTier.C, "S0-25, D-31"),
    )
