"""Stars, high value and labels of personal customers as data (spec §3.6.3)."""

from collections.abc import Collection
from itertools import pairwise
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, F, Func, Q, TextField, Value, When
from django.db.models.functions import Concat
from django.db.models.lookups import LessThanOrEqual
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm.base.expressions import Rule
from members.choices import Brand
from scoring.choices import CustomerLabel
from scoring.rules.numbers import Numbers

WINDOW = 6  # closed months of the average
UNRATED = "ST-0"

# What a version of the star model sets: label, unit, least and most. Money in yuan.
STAR_NUMBERS: dict[str, tuple[str | Promise, str | Promise, int, int]] = {
    "six_points": (_("Six stars: consumption points of last year from"), _("points"), 1, 1_000_000),
    "five_yuan": (_("Five stars: six-month average from"), _("yuan"), 1, 100_000),
    "four_yuan": (_("Four stars, other brands: six-month average from"), _("yuan"), 1, 100_000),
    "three_yuan": (_("Three stars: six-month average from"), _("yuan"), 1, 100_000),
    "two_yuan": (_("Two stars: six-month average from"), _("yuan"), 1, 100_000),
    "min_months": (_("Rated after months in the network"), _("months"), 1, 36),
}
FALLING = ("five_yuan", "four_yuan", "three_yuan", "two_yuan")


def star_problem(numbers: Numbers) -> str | None:
    """Return the name of what is wrong with a version's numbers, or None; averages must fall star by star."""
    if set(numbers) != set(STAR_NUMBERS):
        return "numbers"
    for name, (_label, _unit, least, most) in STAR_NUMBERS.items():
        if not isinstance(numbers[name], int) or not least <= numbers[name] <= most:
            return name
    for upper, lower in pairwise(FALLING):
        if numbers[upper] <= numbers[lower]:
            return lower
    return None


def _average(yuan: int) -> Q:
    # The sum is compared, so that no part of a fen is lost: an average from 300 on is a sum from 1,800 on.
    return Q(spend6_fen__gte=yuan * 100 * WINDOW)


def star_rules(n: Numbers) -> tuple[Rule, ...]:
    """Return the star table in order; columns are the stored facts of a customer's month."""

    def average(yuan: int) -> str | Promise:
        return format_lazy(_("Six-month average {n} yuan or more"), n=yuan)

    gotone = Q(brand=Brand.GOTONE)
    return (
        Rule(
            UNRATED,
            format_lazy(_("Fewer than {n} months in the network: not rated"), n=n["min_months"]),
            Q(months_in_net__lt=n["min_months"]),
            0,
            "§3.6.3",
        ),
        Rule(
            "ST-6a",
            format_lazy(_("GoTone, {n} consumption points last year or more"), n=n["six_points"]),
            gotone & Q(points_last_year__gte=n["six_points"]),
            6,
            "S3-02",
        ),
        Rule("ST-6b", _("GoTone, a person of influence"), gotone & Q(influential=True), 6, "S3-02"),
        Rule("ST-5", average(n["five_yuan"]), _average(n["five_yuan"]), 5, "S3-03"),
        Rule("ST-4a", _("GoTone, below five stars"), gotone, 4, "S3-04"),
        Rule("ST-4b", average(n["four_yuan"]), _average(n["four_yuan"]), 4, "S3-04"),
        Rule("ST-3", average(n["three_yuan"]), _average(n["three_yuan"]), 3, "S3-05"),
        Rule("ST-2", average(n["two_yuan"]), _average(n["two_yuan"]), 2, "S3-06"),
        Rule("ST-1", _("Everybody else"), Q(months_in_net__gte=n["min_months"]), 1, "S3-07"),
    )


def high_value(n: Numbers) -> dict[str, Q]:
    """Return static and dynamic high value and mid-high over the facts; `n` are `hv.` and `midhigh.` yuan.

    Source: S0-78, S0-79, S0-80, D-17, D-18.
    """
    threshold = n["threshold_yuan"] * 100
    return {
        "static": Q(q4_fen__gte=threshold * 3),
        "dynamic": Q(best_fen__gte=threshold),
        "midhigh": Q(spend3_fen__gte=n["midhigh_yuan"] * 100 * 3),
    }


def label_rules(n: Numbers) -> tuple[Rule, ...]:
    """Return the seven labels, each with its own condition; `year` and `churn_drop_percent` are arguments.

    Source: S3-08, X-14.
    """
    left = 100 - n["churn_drop_percent"]
    return (
        Rule("L1", _("Key person of a client that is with us"), Q(key_person=True),
             CustomerLabel.KEY_PERSON, "S3-08"),
        Rule("L2", _("Contact of a client that is with us"), Q(contact=True), CustomerLabel.CONTACT, "X-14"),
        Rule("L3", _("Member of a client that is with us"), Q(member=True), CustomerLabel.MEMBER, "X-14"),
        Rule("L4", _("Last quarter of last year at the threshold on average"), Q(static_year=n["year"]),
             CustomerLabel.STATIC_HV, "S0-78"),
        Rule("L5", _("A month of this year at the threshold"), Q(dynamic_year=n["year"]),
             CustomerLabel.DYNAMIC_HV, "S0-79"),
        Rule(
            "L6",
            format_lazy(
                _("Last month at least {n} % below the three months before"), n=n["churn_drop_percent"]
            ),
            # The month against the average of three, without dividing.
            Q(prev3_fen__gt=0) & Q(LessThanOrEqual(F("last_fen") * 300, F("prev3_fen") * left)),
            CustomerLabel.CHURN_RISK,
            "X-14",
        ),
        Rule("L7", _("A person of influence"), Q(influential=True), CustomerLabel.INFLUENTIAL, "X-14"),
    )  # fmt: skip


def labels_of(n: Numbers, enabled: Collection[str]) -> Func:
    """Return the expression of all labels that hold, in order, as an array."""
    parts: list[Any] = [
        Case(When(rule.when, then=Value(f"{rule.result},")), default=Value(""), output_field=TextField())
        for rule in label_rules(n)
        if rule.result in enabled
    ]
    joined = Concat(Value(""), Value(""), *parts, output_field=TextField())
    return Func(
        joined,
        template="string_to_array(rtrim(%(expressions)s, ','), ',')::varchar(12)[]",
        output_field=ArrayField(CharField(max_length=12)),
    )
