"""VIP grades by the points of a year (spec §3.5)."""

from typing import Any

from django.db.models import Case, CharField, IntegerField, Q, Value, When
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm.base.expressions import Rule, first_match
from members.choices import VipGrade
from scoring.rules.numbers import Numbers

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
