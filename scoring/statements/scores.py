"""Scores of stored facts under the numbers of a model version: each indicator is worked out once a row."""

from collections.abc import Sequence
from typing import Any

from django.db.models import DateTimeField, Func

from scoring import rules
from scoring.models import ClientFacts
from scoring.rules import Numbers

# What a band and a tier inside it are told by.
OF_TIERS = ("total", "cv", "pv", "strategic")

# {indicators} and {scores} are compiled over the model's table; for the scores its name stands for the rows
# with the indicators, not rounded yet. The clock keeps the planner from writing each indicator out wherever
# it is used; unlike OFFSET 0 or WITH it leaves the work to several processes.
_SCORED = """{scores} FROM ({indicators}) "scoring_clientfacts" ({names}, "at")"""


def scored(
    numbers: Numbers, *carried: str, wanted: Sequence[str] = rules.SCORE_COLUMNS
) -> tuple[str, tuple[Any, ...]]:
    """Return SQL and parameters that give client_id, the carried columns and `new_…` for each wanted score.

    To stand inside a larger statement, which may let `scoring_clientfacts` stand for other rows.
    """
    held = ("client_id", *carried)
    indicators, found = rules.indicators(numbers), rules.scores(numbers)
    rows = ClientFacts.objects.order_by()
    at = Func(function="clock_timestamp", output_field=DateTimeField())
    inner, inner_params = rows.values_list(*held, *indicators.values(), at).query.sql_with_params()
    new = {f"new_{name}": found[name] for name in wanted}
    outer, outer_params = rows.values(*held, **new).query.sql_with_params()
    names = ", ".join(f'"{name}"' for name in (*held, *indicators))
    scores = outer.removesuffix(' FROM "scoring_clientfacts"')
    return _SCORED.format(scores=scores, indicators=inner, names=names), (*outer_params, *inner_params)
