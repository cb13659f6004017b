"""Who counts as reached at the end of a month, and every reason why not (spec §3.6.6, RC)."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, Func, Q, Value, When
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus, InstitutionType
from crm.base.expressions import Rule
from scoring.choices import ReachReason, ZeroRule


def reach_rules(zero_rule: str) -> tuple[Rule, ...]:
    """Return the exclusions over columns of a ReachRow; all that hold are stored.

    `zero_rule` says whether no members and no revenue exclude together or each alone (D-07).
    """
    no_members, no_revenue = Q(members=0), Q(revenue_fen__lte=0)
    zero = no_members | no_revenue if zero_rule == ZeroRule.OR else no_members & no_revenue
    return (
        Rule("RC-1", _("potential, or a service agreement only"), Q(status=ClientStatus.POTENTIAL),
             ReachReason.POTENTIAL_OR_AGREEMENT_ONLY, "S0-44, S0-45"),
        Rule("RC-2", _("no active members and no revenue in the month"), zero,
             ReachReason.ZERO_MEMBER_ZERO_REVENUE, "S0-46, D-07"),
        Rule("RC-3", _("individual business"), Q(institution_type=InstitutionType.GT),
             ReachReason.INDIVIDUAL, "S0-47"),
        Rule("RC-4", _("cluster"), Q(institution_type=InstitutionType.JL), ReachReason.CLUSTER, "S0-48"),
        Rule("RC-5", _("churned"), Q(status=ClientStatus.CHURNED), ReachReason.CHURNED, "S0-49"),
        Rule("RC-6", _("client code cancelled"), Q(status=ClientStatus.CLOSED), ReachReason.CLOSED, "§3.6.6"),
    )  # fmt: skip


def reasons(rules: Iterable[Rule]) -> Func:
    """Return the expression of all reasons that hold, as an array; empty for who counts."""
    cases: list[Any] = [
        Case(When(rule.when, then=Value(str(rule.result))), output_field=CharField()) for rule in rules
    ]
    return Func(
        *cases,
        template="array_remove(ARRAY[%(expressions)s]::varchar[], NULL)",
        output_field=ArrayField(CharField(max_length=28)),
    )
