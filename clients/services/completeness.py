"""Grade how full files are: one file after a write, a province at night, by one expression."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clients.choices import FieldLevel
from clients.models import Client, FieldSetting
from clients.rules import completeness
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import Invalid
from crm.base.gathering import gathered_entries
from crm.base.text import clean
from crm.base.trail import record
from crm.params.registry import get_group


def rules_in_force() -> tuple[completeness.FieldRule, ...]:
    """Return the field rules with what the administrator decided about them."""
    return completeness.in_force(dict(FieldSetting.objects.values_list("code", "level")))


def _grade(clients: QuerySet[Client], as_of: date) -> int:
    grade = completeness.grade(get_group("audit.", as_of=as_of), rules_in_force())
    return clients.exclude(completeness=grade).update(completeness=grade)


@transaction.atomic
def grade_completeness(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Grade every file of a province; return how many changed (J08)."""
    clients = Client.objects.all()
    if province is not None:
        units = OrgUnit.objects.filter(path__startswith=province.path)
        clients = clients.filter(org_unit__in=list(units.values_list("pk", flat=True)))
    with gathered_entries(Client._meta.db_table):
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
    rules = rules_in_force()
    row = Client.objects.filter(pk=client.pk).annotate(**completeness.answers(rules)).values().get()
    found: dict[str, Any] = dict(row)
    return [
        Answer(rule, None if found[f"rule_{rule.code}"] is None else bool(found[f"rule_{rule.code}"]))
        for rule in rules
    ]


@transaction.atomic
def set_field_level(*, actor: User, code: str, level: str, reason: str) -> bool:
    """Make a field required, optional or not asked; return whether something changed.

    Stored levels of clients follow by `regrade`, and in the night at the latest.
    Raises: Invalid UNKNOWN_FIELD, REASON_REQUIRED; Forbidden.
    """
    require(actor, "params.change")
    rule = next((rule for rule in completeness.RULES if rule.code == code), None)
    if rule is None or level not in FieldLevel:
        raise Invalid("UNKNOWN_FIELD", _("There is no such field."))
    reason = clean(reason)
    if not reason:
        sentence = _("Say who decided it and why.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
    old = FieldSetting.objects.select_for_update().filter(code=code).first()
    before = old.level if old else rule.level
    if before == level:
        return False
    row, _made = FieldSetting.objects.update_or_create(
        code=code, defaults={"level": level, "reason": reason[:200], "changed_by": actor}
    )
    record(
        actor=actor,
        action="clients.field_rule_changed",
        entity=row,
        data={"field": code, "from": before, "to": level, "reason": reason},
    )
    return True
