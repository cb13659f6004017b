"""Classify the size of clients, parents before their units (spec §3.6.1)."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import CharField, F

from clients.choices import ClientStatus
from clients.models import Client
from crm.accounts.models import OrgUnit
from crm.base.expressions import first_code, first_match
from crm.base.gathering import gathered_entries
from crm.params import registry
from scoring import rules, statements

# A chain of units longer than this does not exist; a deeper one is a circle.
DEEPEST = 8


def in_province(queryset: Any, province: OrgUnit | None) -> Any:
    """Narrow clients or customers to the units of a province."""
    if province is None:
        return queryset
    units = OrgUnit.objects.filter(path__startswith=province.path)
    return queryset.filter(org_unit__in=list(units.values_list("pk", flat=True)))


def _levels(clients: Any) -> Iterator[tuple[Any, bool]]:
    """Yield clients level by level, parents first, and whether their parent counts.

    Clients whose chain of parents is longer than the deepest level stand in a circle: they come last and
    are classified as if they had no parent, so that the result does not depend on who was first.
    """
    yield clients.filter(parent=None), False
    for depth in range(1, DEEPEST + 1):
        above = "__".join(["parent"] * depth)
        deep = clients.filter(**{f"{above}__isnull": False})
        if not deep.exists():
            return
        if depth == DEEPEST:
            yield deep, False
        else:
            yield deep.filter(**{f"{above}__parent__isnull": True}), True


def _below(everywhere: Any, province: OrgUnit) -> Iterator[tuple[Any, bool]]:
    """Yield what the clients of a province have below them in others, level by level, circles left out."""
    elsewhere = everywhere.exclude(org_unit__path__startswith=province.path)
    below = elsewhere.filter(parent__org_unit__path__startswith=province.path)
    above = "__".join(["parent"] * DEEPEST)
    for _depth in range(DEEPEST):
        if not below.exists():
            return
        below = below.filter(**{f"{above}__isnull": True})
        yield below, True
        below = elsewhere.filter(parent__in=below.values("pk"))


def sized(clients: Any, *, as_of: date, with_parent: bool = True, known_at: datetime | None = None) -> Any:
    """Return clients with the facts of their size as columns."""
    n = registry.get_group("size.", as_of=as_of, known_at=known_at)
    facts = rules.size_facts(as_of=as_of, mobile_source=n["mobile_source"], with_parent=with_parent)
    return clients.annotate(**facts).annotate(own_scale=rules.own_scale(n))


@transaction.atomic
def classify_sizes(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Give every open client its size class and the rule that gave it; return how many changed.

    Steps: 1. level by level from the top of the trees; 2. one statement per level writes what changed and
    its history; 3. so for what other provinces have below them, whose own night may be over. Run twice it
    changes nothing.
    """
    statements.give_memory()
    table = rules.size_rules(registry.get_group("size.", as_of=as_of))
    everywhere = Client.objects.exclude(status=ClientStatus.CLOSED).order_by()
    clients = in_province(everywhere, province)
    changed = 0
    for level, with_parent in chain(_levels(clients), _below(everywhere, province) if province else ()):
        select = sized(level, as_of=as_of, with_parent=with_parent).values(
            "id",
            old_class=F("size_class"),
            old_rule=F("size_rule"),
            new_class=first_match(table, default="D", output=CharField()),
            new_rule=first_code(table, default=rules.SIZE_DEFAULT),
        )
        sql, params = statements.compiled(select)
        if statements.write(statements.COUNT_SIZES.format(select=sql), params):
            with gathered_entries("clients_client"):
                changed += statements.write(statements.WRITE_SIZES.format(select=sql), [*params, as_of])
    return changed
