"""What a member is and who may be one, as data: one expression for a form, a roster and a whole base."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.base.expressions import Rule, evaluate
from members.choices import Employment, LineKind, MemberSource, MemberType, PersonKind

# First match wins; where none matches the type asked for stands. Columns: source, employment, verified, type.
TYPE_RULES: tuple[Rule, ...] = (
    Rule(
        "MT-UNVERIFIED",
        _("The number is not verified."),
        Q(verified=False),
        MemberType.FAMILY,
        "S1-78, E102",
    ),
    Rule("MT-TEMP", _("Temporary staff."), Q(employment=Employment.TEMP), MemberType.FAMILY, "S1-78, E103"),
    Rule(
        "MT-CALLS",
        _("The number comes from call behaviour."),
        Q(source=MemberSource.CALL_BEHAVIOUR),
        MemberType.FAMILY,
        "S1-66",
    ),
    Rule("MT-KEY", _("Named a key member."), Q(type=MemberType.KEY), MemberType.KEY, "D-11"),
    Rule(
        "MT-BOOK",
        _("The number stands in the address book."),
        Q(source=MemberSource.ADDRESS_BOOK),
        MemberType.ORDINARY,
        "S1-66, S1-79, E104",
    ),
)


def effective_type() -> Case:
    """Return the expression of the type a member has, whatever type was asked for."""
    return Case(
        *(When(rule.when, then=Value(rule.result)) for rule in TYPE_RULES),
        default=F("type"),
        output_field=models.CharField(max_length=1),
    )


def _matching_rule() -> Case:
    return Case(
        *(When(rule.when, then=Value(rule.code)) for rule in TYPE_RULES),
        default=Value(""),
        output_field=models.CharField(),
    )


def type_of(*, type: str, source: str, employment: str, verified: bool) -> tuple[str, Rule | None]:
    """Return the type of one member and the rule that gave it."""
    facts: Mapping[str, Any] = {
        "type": str(type),
        "source": str(source),
        "employment": str(employment),
        "verified": verified,
    }
    answer = evaluate({"result": effective_type(), "rule": _matching_rule()}, facts)
    return answer["result"], next((rule for rule in TYPE_RULES if rule.code == answer["rule"]), None)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A kind that may not be a member, and where it belongs instead."""

    field: str
    value: str
    sentence: str | Promise
    source: str


# The constraint member_kind_allowed says the same in the database.
FORBIDDEN: tuple[Forbidden, ...] = (
    Forbidden(
        "person_kind",
        PersonKind.STUDENT,
        _("Students may not be members; of a school, only its management and staff."),
        "S1-80, E099",
    ),
    Forbidden(
        "line_kind",
        LineKind.M2M,
        _("An M2M card may not be a member; enter it under the product it belongs to."),
        "S1-80, E100",
    ),
    Forbidden(
        "line_kind",
        LineKind.TD_LANDLINE,
        _("A TD landline may not be a member; enter it under the product it belongs to."),
        "S1-80, E101",
    ),
)


def forbidden(person_kind: str, line_kind: str) -> Forbidden | None:
    """Return why a kind may not be a member, or None."""
    given = {"person_kind": person_kind, "line_kind": line_kind}
    return next((rule for rule in FORBIDDEN if given[rule.field] == rule.value), None)
