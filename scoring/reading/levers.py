"""How far a client is from its next tier, in what people can do: tried with the numbers of the stored run."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, CharField, Value
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from crm.base.errors import Sentence
from crm.base.expressions import first_match
from scoring import rules, statements
from scoring.models import ClientFacts
from scoring.statements import levers as sql
from scoring.statements.scores import OF_TIERS, scored

# Best first: a lever is tried until a better one than today's comes out.
ORDER = ("A1", "A2", "B1", "B2", "C")
TRIES = 500
STEP_YUAN = 100


@dataclass(frozen=True, slots=True)
class Way:
    """The least of one lever that reaches a better tier. Units: yuan a month or lines."""

    lever: str
    amount: int
    tier: str
    sentence: Sentence


def model_tier(facts: ClientFacts, numbers: rules.Numbers, limits: dict[str, Decimal]) -> str:
    """Return the tier the stored scores give under the limits of their run, whatever people decided."""
    return _try(facts, numbers, limits, "revenue", 0, 0)[0][0]


def ways_up(
    facts: ClientFacts, numbers: rules.Numbers, limits: dict[str, Decimal], tier: str
) -> tuple[Way, ...]:
    """Return what more revenue or lines won would do; nothing where it alone reaches no better tier."""
    if tier not in ORDER[1:]:
        return ()
    better = ORDER[: ORDER.index(tier)]
    cap = int(numbers["caps"]["cv1"])
    yuan = max(STEP_YUAN, -(-cap // TRIES // STEP_YUAN) * STEP_YUAN)
    others = max(facts.mobiles - facts.mobiles_own, 0)
    lines = max(1, -(-others // TRIES))
    tries = (
        (
            "revenue",
            yuan,
            min(TRIES, -(-cap // yuan)),
            _("{n} yuan more revenue a month would reach {tier}."),
        ),
        ("lines", lines, others // lines, _("{n} lines won from other operators would reach {tier}.")),
    )
    ways = []
    for lever, step, times, sentence in tries:
        reached = [
            (n, found) for found, n in _try(facts, numbers, limits, lever, step, times) if found in better
        ]
        if reached:
            n, found = min(reached)
            words = format_lazy(sentence, n=f"{n * step:,}", tier=found)
            ways.append(Way(lever, n * step, found, words))
    return tuple(ways)


def _try(
    facts: ClientFacts, numbers: rules.Numbers, limits: dict[str, Decimal], lever: str, step: int, times: int
) -> list[tuple[str, int]]:
    """Return every tier a lever passes through with the least number of steps, by the night's own rules."""
    table = rules.tier_rules(limits.get("A"), limits.get("B"))
    yes: Any = Value(True, output_field=BooleanField())
    placed = (
        ClientFacts.objects.order_by()
        .annotate(is_legal_person=yes, ranked=yes, override=Value("", output_field=CharField()))
        .values("client_id", tier=first_match(table, default="", output=CharField()))
    )
    scored_sql, scored_params = scored(numbers, "is_benchmark", wanted=OF_TIERS)
    placed_sql, placed_params = statements.compiled(placed)
    fen, lines = (step * 1200, 0) if lever == "revenue" else (0, step)
    query = sql.TRY.format(scored=scored_sql, placed=placed_sql)
    return statements.rows(query, [fen, lines, times, facts.pk, *scored_params, *placed_params])
