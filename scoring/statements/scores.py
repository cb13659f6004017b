"""Scores of stored facts under the numbers of a model version: each indicator is worked out once a row."""

from collections.abc import Sequence
from typing import Any

from scoring import rules
from scoring.models import ClientFacts
from scoring.rules import Numbers

# What a band and a tier inside it are told by.
OF_TIERS = ("total", "cv", "pv", "strategic")

# {indicators} and {scores} are compiled over the model's table; for the scores its name stands for the rows
# with the indicators, not rounded yet. OFFSET 0 keeps the planner from writing each out wherever it is used.
_SCORED = """WITH "scoring_clientfacts" ({names}) AS ({indicators} OFFSET 0) {scores}"""


def scored(
    numbers: Numbers, *carried: str, wanted: Sequence[str] = rules.SCORE_COLUMNS
) -> tuple[str, tuple[Any, ...]]:
    """Return SQL and parameters that give client_id, the carried columns and `new_…` for each wanted score.

    To stand inside a larger statement, which may let `scoring_clientfacts` stand for other rows.
    """
    held = ("client_id", *carried)
    indicators, found = rules.indicators(numbers), rules.scores(numbers)
    rows = ClientFacts.objects.order_by()
    inner, inner_params = rows.values_list(*held, *indicators.values()).query.sql_with_params()
    new = {f"new_{name}": found[name] for name in wanted}
    outer, outer_params = rows.values(*held, **new).query.sql_with_params()
    names = ", ".join(f'"{name}"' for name in (*held, *indicators))
    return _SCORED.format(names=names, indicators=inner, scores=outer), (*inner_params, *outer_params)
