"""Compile rules (frozen data) to ORM expressions: one truth for the night, the card and the lists.

A rule's condition is a Q over columns of one flat row. The same expression serves a million rows in
one statement, one client on its card, and an unsaved dict in a what-if form.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Case, Q, Value, When
from django.db.models.sql import Query
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a rule table: first match wins."""

    code: str  # stable; stored with the result
    label: str | Promise  # shown to people
    when: Q  # over columns of the fact row only
    result: str | int
    source: str  # requirement or decision, e.g. "S0-12, D-01"


def first_match(rules: Iterable[Rule], *, default: str | int, output: "models.Field[Any, Any]") -> Case:
    """Return the expression of the first matching rule's result."""
    return Case(
        *(When(rule.when, then=Value(rule.result)) for rule in rules),
        default=Value(default),
        output_field=output,
    )


def first_code(rules: Iterable[Rule], *, default: str) -> Case:
    """Return the expression of the first matching rule's code."""
    return Case(
        *(When(rule.when, then=Value(rule.code)) for rule in rules),
        default=Value(default),
        output_field=models.CharField(),
    )


def evaluate(
    expressions: Mapping[str, Any], facts: Mapping[str, Any], *, using: str = DEFAULT_DB_ALIAS
) -> dict[str, Any]:
    """Evaluate expressions over facts given as a plain dict, in the database, without a row.

    The mechanism is the one behind Q.check: a query without a model whose annotations are the facts.
    """
    query = Query(None)
    for name, value in facts.items():
        query.add_annotation(
            value if hasattr(value, "resolve_expression") else Value(value), name, select=False
        )
    for name, expression in expressions.items():
        query.add_annotation(expression, name)
    compiler = query.get_compiler(using=using)
    row = next(iter(compiler.results_iter(compiler.execute_sql("multi"))))
    return dict(zip(query.annotation_select, row, strict=True))
