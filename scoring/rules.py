"""Size, value and VIP rules as frozen data and expressions: the same objects serve the night, one client,
a what-if on a dict and the tests. Numbers come in as arguments; nothing here reads the clock or a row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DecimalField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Greatest, Least, Round
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus, UnitRelation, ValueTier
from crm.base.expressions import Rule, first_match
from members.choices import VipGrade

Numbers = Mapping[str, Any]

# ---- Size (spec §3.6.1) -------------------------------------------------------------------------------

SIZE_DEFAULT = "SZ-D"


def size_facts(*, as_of: date, mobile_source: str, with_parent: bool = True) -> dict[str, Any]:
    """Return the facts of a client's size as expressions over its row; unknown counts are 0 (D-24)."""
    own = Coalesce(F("mobile_users_cm"), 0)
    every = own + Coalesce(F("mobile_users_ct"), 0) + Coalesce(F("mobile_users_cu"), 0)
    return {
        "mobiles": Coalesce(F("mobile_count"), every) if mobile_source == "ALL_OPERATORS" else own,
        "headcount": Greatest(Coalesce(F("employee_total"), 0), F("members_active")),
        "tax_age": ExpressionWrapper(as_of.year - F("tax_year"), output_field=IntegerField()),
        "parent_size": Coalesce(F("parent__size_class"), Value("")) if with_parent else Value(""),
    }


def own_scale(n: Numbers) -> Case:
    """Return whether a client is class A by its own scale (SZ-A1 or SZ-A2); a fact of rule SZ-0."""
    when = _a1(n) | _tax("tax_rank_province")
    return Case(When(when, then=Value(True)), default=Value(False), output_field=BooleanField())


def _a1(n: Numbers) -> Q:
    return Q(mobiles__gt=n["a_min_exclusive"])


def _tax(rank: str) -> Q:
    return Q(**{f"{rank}__gte": 1, f"{rank}__lte": 100, "tax_age__lte": 1})


def size_rules(n: Numbers) -> tuple[Rule, ...]:
    """Return the size table in order; `n` are the parameters under `size.`."""
    own_criteria = n["branch_of_a"] == "OWN_CRITERIA"
    demotion = Rule(
        "SZ-0",
        _("Unit of a class A client, without the scale of class A itself"),
        Q(parent_size="A", own_scale=False) & ~Q(unit_relation=UnitRelation.HQ),
        "B",
        "D-03",
    )
    table = (
        Rule(
            "SZ-A1",
            format_lazy(_("More than {n} mobiles"), n=n["a_min_exclusive"]),
            _a1(n),
            "A",
            "S0-12, D-01, D-02",
        ),
        Rule(
            "SZ-A2",
            _("Among the 100 largest taxpayers of the province"),
            _tax("tax_rank_province"),
            "A",
            "S0-13",
        ),
        Rule("SZ-A3", _("Party, government or military unit"), Q(is_party_gov_military=True), "A", "S0-14"),
        Rule("SZ-A4", _("Provincial news media"), Q(is_provincial_media=True), "A", "S0-14"),
        Rule("SZ-A5", _("Key industry"), Q(key_industry__in=n["key_industries"]), "A", "S0-15"),
        Rule(
            "SZ-B1",
            format_lazy(_("{low} to {high} mobiles"), low=n["b_min"], high=n["b_max_inclusive"]),
            Q(mobiles__gte=n["b_min"], mobiles__lte=n["b_max_inclusive"]),
            "B",
            "S0-16, D-01",
        ),
        Rule("SZ-B2", _("Among the 100 largest taxpayers of the city"), _tax("tax_rank_city"), "B", "S0-17"),
        Rule(
            "SZ-B3",
            _("Second-level unit or branch of a class A client"),
            Q(parent_size="A", unit_relation__in=[UnitRelation.SECOND_LEVEL_UNIT, UnitRelation.BRANCH]),
            "B",
            "S0-18, D-03",
        ),
        Rule(
            "SZ-C",
            format_lazy(_("{n} people or more"), n=n["c_min"]),
            Q(headcount__gte=n["c_min"]),
            "C",
            "S0-19, D-02",
        ),
        Rule(SIZE_DEFAULT, _("Everything else"), Q(headcount__lt=n["c_min"]), "D", "S0-20"),
    )
    return table if own_criteria else (demotion, *table)


def social_weight(n: Numbers, social: Mapping[str, int]) -> Case:
    """Return indicator SV2's fact: one of SZ-A2…A5 holds, else one of SZ-B2, SZ-B3 holds (spec §3.6.2)."""
    when = {rule.code: rule.when for rule in size_rules(n)}
    return Case(
        When(when["SZ-A2"] | when["SZ-A3"] | when["SZ-A4"] | when["SZ-A5"], then=Value(social["top"])),
        When(when["SZ-B2"] | when["SZ-B3"], then=Value(social["middle"])),
        default=Value(0),
        output_field=IntegerField(),
    )


# ---- Value model (spec §3.6.2) ------------------------------------------------------------------------

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
        _("level"),
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
    Indicator("sv1", _("Influence"), "sv", _("level"), _numeric(_fact("influence_level")), "S0-22"),
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
    """Return all score columns: indicators, families, T (`total`) and K (`strategic`), at two decimals."""
    values = indicators(numbers)
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


def model_problem(numbers: Numbers) -> str | None:
    """Return a code for what is wrong with a version's numbers, or None."""
    codes = {i.code for i in INDICATORS}
    if set(numbers.get("weights", {})) != codes or set(numbers.get("caps", {})) != codes:
        return "indicators"
    if any(w < 0 for w in numbers["weights"].values()) or sum(numbers["weights"].values()) != 100:
        return "weights"
    if any(c <= 0 for c in numbers["caps"].values()):
        return "caps"
    return None


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


# ---- VIP (spec §3.5) ----------------------------------------------------------------------------------

VIP_RANK = {VipGrade.DIAMOND: 3, VipGrade.GOLD: 2, VipGrade.SILVER: 1, VipGrade.NONE: 0}


def vip_rules(n: Numbers, fact: str = "year_points") -> tuple[Rule, ...]:
    """Return the grades by consumption points of one year, lower bound inclusive (D-14, D-29)."""
    return tuple(
        Rule(
            f"VIP-{grade[0]}",
            format_lazy(_("{n} consumption points a year or more"), n=n[grade.lower()]),
            Q(**{f"{fact}__gte": n[grade.lower()]}),
            VIP_RANK[grade],
            source,
        )
        for grade, source in (
            (VipGrade.DIAMOND, "S0-62, D-14"),
            (VipGrade.GOLD, "S0-63, D-14"),
            (VipGrade.SILVER, "S0-64, D-14"),
        )
    )


def vip_grade_of(rank: Any) -> Case:
    """Return the grade of a rank."""
    return Case(
        *(When(Q(**{rank: number}), then=Value(grade.value)) for grade, number in VIP_RANK.items()),
        default=Value(VipGrade.NONE.value),
        output_field=CharField(),
    )


def vip_rank(n: Numbers, fact: str) -> Case:
    """Return the rank earned by one year's points, 0 for brands without grades."""
    earned = first_match(vip_rules(n, fact), default=0, output=IntegerField())
    return Case(When(brand__in=n["brands"], then=earned), default=Value(0), output_field=IntegerField())


# ---- Points (spec §3.5) -------------------------------------------------------------------------------


def points_of_bill(*, paid_fen: int, agency_fee_fen: int, rounding: str = "FLOOR") -> int:
    """Return the consumption points of one settled bill.

    Units: fen in, points out. Source: S0-66, S0-67, D-16.
    """
    eligible = max(0, paid_fen - agency_fee_fen)
    return (eligible + 50) // 100 if rounding == "HALF_UP" else eligible // 100


def expiry_of(lot_year: int, *, validity_years: int) -> date:
    """Return the last day of a year's points: three calendar years with the first (S0-72, D-15)."""
    return date(lot_year + validity_years - 1, 12, 31)
