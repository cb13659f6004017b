"""Grade how full files are: one file after a write, a province at night, by one expression."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from clients.models import Client
from clients.rules import completeness
from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.params.registry import get_group


def _grade(clients: QuerySet[Client], as_of: date) -> int:
    grade = completeness.grade(get_group("audit.", as_of=as_of))
    return clients.exclude(completeness=grade).update(completeness=grade)


@transaction.atomic
def grade_completeness(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Grade every file of a province; return how many changed (J08)."""
    clients = Client.objects.all()
    if province is not None:
        units = OrgUnit.objects.filter(path__startswith=province.path)
        clients = clients.filter(org_unit__in=list(units.values_list("pk", flat=True)))
    return _grade(clients, as_of)


def refresh_completeness(client_ids: Iterable[int], *, as_of: date | None = None) -> int:
    """Grade a few files after a write to them or to their people."""
    return _grade(Client.objects.filter(pk__in=list(client_ids)), as_of or clock.today())


@dataclass(frozen=True, slots=True)
class Answer:
    """What one field rule says about one file."""

    rule: completeness.FieldRule
    filled: bool | None  # None: not asked of this client


def explain_completeness(client: Client) -> list[Answer]:
    """Return what every rule says about a file, by the expressions that grade it."""
    row = Client.objects.filter(pk=client.pk).annotate(**completeness.answers()).values().get()
    found: dict[str, Any] = dict(row)
    return [
        Answer(rule, None if found[f"rule_{rule.code}"] is None else bool(found[f"rule_{rule.code}"]))
        for rule in completeness.RULES
    ]
