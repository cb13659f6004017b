"""Size classes as data (spec §3.6.1)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients.choices import UnitRelation
from crm.base.expressions import Rule
from scoring.rules.numbers import Numbers

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
