"""`manage.py print_rules`: write docs/rules.md from the code that decides."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import override

from clients.rules import key_account, region
from clients.rules.filing import guards
from crm.base.expressions import Rule
from crm.params.registry import Param, declared
from scoring import params, rules
from scoring.choices import PointKind

INTRODUCTION = """\
# Rules of scores and points

Written by `manage.py print_rules` from the code that decides; do not edit. Numbers are the defaults;
the parameters page shows what is in force. The first rule that holds decides.

## Size class 规模类别

`mobiles` is `mobile_count` if given, else the mobiles of all operators; unknown counts are 0 (D-24).
`headcount` is the larger of employees and active members of types 1–3. `tax_age` is this year minus
the tax year. `own_scale` is SZ-A1 or SZ-A2. Parents are classified before their units; only the
direct parent counts; a circle of parents counts as no parent.

"""

VALUE = """\
## Value tier 价值类型

Each indicator is its input × 100 / cap, clipped to 0–100; weights and caps are those of version v1.
CV, PV, SV are the weighted means of their family; T (`total`) of all indicators; K (`strategic`) of
PV and SV together. All are computed exactly and rounded half up to two decimals.
SV2's input is 100 if one of SZ-A2…SZ-A5 holds, else 60 if SZ-B2 or SZ-B3 holds, else 0, whichever
rule decided the size. Growth against nothing is 0.

"""

BANDS = """\
Ranked are the province's filed legal persons that are potential, on network, in use or silent (N).
C gets half-up(c_share × N); of the rest A gets half-up(a_share × N), B what remains. `limit_a` and
`limit_b` are the T of the last client of each band: who scores the same is in the better band;
T = 0 is always C. The run of a month's last day is official and never repeated.

"""

REACH = """\
## Reach 集团客户到达

Counted at the end of a month are filed clients for which none of these holds; all that hold are kept as
reasons, and a closed month never changes.

"""

VIP = """\
## VIP grade VIP 级别

`year_points` are the consumption points of a year's bills net of refunds; rewards never count. A person
holds the higher of last year's grade and this year's so far; a grade rises at once, falls on 1 January.

"""

POINTS = """\
## Points 积分

A settled month's bill earns floor(max(0, paid − collected for others) / 1 yuan) points in the lot of the
bill month's year (S0-66, S0-67, D-15, D-16); a lot ends on 31 December two years later (S0-72).
Deductions take the lot that expires first. A refund takes the bill's own year first; what cannot be
taken is recorded as uncollected. A reversal gives back to the same lots, once; what falls into a lot
that ran out expires at once. A bill belongs to who held the number in its month. Who left the network is
given no points and spends none: the number may be somebody else's. A roster of rewards takes two who agree
also when one of its rows alone would.

"""

FILING = """\
## Filing 建档

Asked of a new file and of a change that touches what a guard asks for: on the page, by the API and of
every row of a roster alike (S1-63…S1-76). The first guard that holds refuses. `headcount` is the larger of
employees and active members; `municipality_exempt` says whether the unit's region
stands in `bank.municipality_exempt`.

"""

SEGMENT = """\
## Segment and key accounts 客户群与大客户

`spend3_fen` is the telecom spend of three months: what they paid us in the last three closed months, or three
times the monthly spend of the file if that is more. `local_over_pct` is rank × 100 − clients × local_top_pct
among the legal persons of the city by spend: not above 0 inside. Organs, regions and marks count at once,
the place in the city every night (S2-01, S2-20, S2-21).

"""

LEVEL = """\
A key account and a local key account have units that answer (S2-22): the first responsible by this table,
otherwise the local network; the city of the headquarters is first contact, cities of branches are contacts.

"""

REGION = """\
## Suggested region 推算的经营区域

Counted are the places of headquarters, of the clients directly below and of the branches noted in the file;
what no rule catches works within the city (S0-31, S0-32).

"""

SIGNS = {"gt": ">", "gte": "≥", "lt": "<", "lte": "≤", "in": "∈"}


def in_both(label: str | Promise) -> tuple[str, str]:
    """Return a label in English and Chinese."""
    with override("en"):
        english = str(label)
    with override("zh-hans"):
        return english, str(label)


def in_words(condition: Q | tuple[str, Any]) -> str:
    """Write a condition as people read formulas."""
    if isinstance(condition, tuple):
        name, value = condition
        fact, _separator, lookup = name.partition("__")
        if isinstance(value, F):
            shown = value.name  # type: ignore[attr-defined]  # the stubs leave it out
        elif isinstance(value, bool):
            return fact if value else f"not {fact}"
        elif isinstance(value, list | tuple):
            shown = "{" + ", ".join(str(getattr(v, "value", v)) for v in value) + "}"
        else:
            shown = str(getattr(value, "value", value))
        return f"{fact} {SIGNS.get(lookup, '=')} {shown}"
    joint = " or " if condition.connector == Q.OR else " and "
    parts = []
    for child in condition.children:
        words = in_words(child)  # type: ignore[arg-type]  # a Q holds Qs and pairs
        nested = isinstance(child, Q) and len(child.children) > 1 and child.connector != condition.connector
        parts.append(f"({words})" if nested else words)
    words = joint.join(parts)
    return f"not ({words})" if condition.negated else words


def table(head: Iterable[str], lines: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Yield a Markdown table."""
    names = list(head)
    yield "| " + " | ".join(names) + " |"
    yield "|" + "---|" * len(names)
    for line in lines:
        yield "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |"
    yield ""


def rule_table(found: Iterable[Rule]) -> Iterator[str]:
    """Yield a rule table."""
    return table(
        ("Rule", "Condition", "In words", "说明", "Result", "Source"),
        (
            (rule.code, f"`{in_words(rule.when)}`", *in_both(rule.label), rule.result or "—", rule.source)
            for rule in found
        ),
    )


def parameter_table(found: Iterable[Param]) -> Iterator[str]:
    """Yield the parameters of a group."""
    return table(
        ("Parameter", "Meaning", "含义", "Default", "Bounds", "Origin", "Source"),
        (
            (
                f"`{p.key}`",
                *in_both(p.label),
                ", ".join(p.default) if isinstance(p.default, list) else p.default,
                " / ".join(p.choices)
                or ("" if p.minimum is None else f"{p.minimum} … {'' if p.maximum is None else p.maximum}"),
                p.origin,
                p.source,
            )
            for p in found
        ),
    )


def _defaults(prefix: str) -> dict[str, Any]:
    return {
        key.removeprefix(prefix): param.default for key, param in declared().items() if key.startswith(prefix)
    }


def _params(*prefixes: str) -> list[Param]:
    return [param for key, param in declared().items() if key.startswith(prefixes)]


def page() -> Iterator[str]:
    """Yield the lines of docs/rules.md, with the default parameters."""
    yield from INTRODUCTION.splitlines()
    yield from rule_table(rules.size_rules(_defaults("size.")))
    yield from parameter_table(params.SIZE)
    yield from VALUE.splitlines()
    numbers = import_module("scoring.migrations.0002_model_v1").NUMBERS
    weights, caps = numbers["weights"], numbers["caps"]
    yield from table(
        ("Indicator", "Input", "输入", "100 at", "Weight", "Family", "Source"),
        (
            (
                i.code.upper(),
                *in_both(i.label),
                f"{caps[i.code]:,}",
                weights[i.code],
                i.family.upper(),
                i.source,
            )
            for i in rules.INDICATORS
        ),
    )
    yield from BANDS.splitlines()
    tiers = rules.tier_rules(Decimal("70.01"), Decimal("50.01"))
    lines = "\n".join(rule_table(tiers)).replace("70.01", "limit_a").replace("50.01", "limit_b")
    yield from lines.split("\n")
    yield from parameter_table(params.TIER)
    yield from FILING.splitlines()
    numbers_of_filing = {"pgm_min": _defaults("sl.")["pgm_min"], "ent_over": _defaults("sl.")["ent_over"]}
    yield from table(
        ("Guard", "Refused when", "In words", "说明", "Way out", "办法", "Source"),
        (
            (
                f"{guard.code} ({guard.name})",
                f"`{in_words(guard.when)}`",
                *in_both(guard.message),
                *in_both(guard.way_out),
                guard.source,
            )
            for guard in guards(numbers_of_filing)
        ),
    )
    yield from parameter_table(_params("sl.", "bank.", "filing.", "client."))
    yield from SEGMENT.splitlines()
    yield from rule_table(key_account.segment_rules(_defaults("ka.")))
    yield from LEVEL.splitlines()
    levels = "\n".join(rule_table(key_account.level_rules(_defaults("ka."), date(9999, 1, 1))))
    yield from levels.replace("9998", "last year").split("\n")
    yield from parameter_table(_params("ka."))
    yield from REGION.splitlines()
    yield from rule_table(region.RULES)
    yield from REACH.splitlines()
    yield from rule_table(rules.reach_rules("AND"))
    yield from parameter_table(params.REACH)
    yield from VIP.splitlines()
    names = {3: "DIAMOND", 2: "GOLD", 1: "SILVER"}
    yield from table(
        ("Rule", "Condition", "In words", "说明", "Grade", "Source"),
        (
            (r.code, f"`{in_words(r.when)}`", *in_both(r.label), names[int(r.result)], r.source)
            for r in rules.vip_rules(_defaults("vip."))
        ),
    )
    yield from parameter_table(params.VIP)
    yield from POINTS.splitlines()
    yield from table(("Kind", "In words", "说明"), ((kind.value, *in_both(kind.label)) for kind in PointKind))
    yield from parameter_table(params.POINTS)


class Command(BaseCommand):
    """Write docs/rules.md, or say whether it is up to date."""

    help = "Write docs/rules.md from the rules in the code; --check only compares."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare options."""
        parser.add_argument("--check", action="store_true", help="fail when the file is not up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        path = Path(settings.BASE_DIR) / "docs" / "rules.md"
        text = "\n".join(page()).rstrip() + "\n"
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                raise CommandError("docs/rules.md is not what the code says. Run manage.py print_rules.")
            return
        path.write_text(text, encoding="utf-8")
