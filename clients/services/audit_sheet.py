"""What stands on the comparison sheet: our own fields, and what upper floors add about people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from clients.choices import AuditKind
from clients.models import Client
from clients.services.columns import column
from clients.services.completeness import explain_completeness, rules_in_force
from clients.services.files import display

# Compared with paper and reality; what the rules ask stands on the sheet of completeness.
COMPARED = (
    "name", "short_name", "uscc", "licence_no", "institution_type", "institution_subtype", "industry",
    "main_activity", "bank_level", "unit_relation", "parent", "region_scope", "phone_public", "address",
    "postal_address", "postcode", "grid", "employee_total", "mobile_users_cm", "mobile_users_ct",
    "mobile_users_cu",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetField:
    """One field as the system holds it."""

    code: str
    label: str | Promise
    value: str
    required: bool = False
    personal: bool = False
    changed_on: date | None = None


Source = Callable[[Client], Iterable[SheetField]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Add fields of an upper floor; called in its app's ready()."""
    if source not in _sources:
        _sources.append(source)


def people_fields(client: Client) -> list[SheetField]:
    """Return the fields of the client's people, from the floors that keep them."""
    return [field for source in _sources for field in source(client)]


def fields_of(client: Client, kind: str) -> list[SheetField]:
    """Return what the sheet of a kind of audit compares, with the values of this moment."""
    if kind == AuditKind.COMPLETENESS:
        return [
            SheetField(
                answer.rule.code, answer.rule.label, _shown(client, answer.rule.code, answer.filled),
                required=answer.rule.required,
            )
            for answer in explain_completeness(client)
            if answer.filled is not None
        ]  # fmt: skip
    required = {rule.code for rule in rules_in_force() if rule.required}
    own = []
    for name in COMPARED:
        value = display(client, name)
        if value or name in required:
            own.append(SheetField(name, column(name).verbose_name, value, required=name in required))
    return own + people_fields(client)


def _shown(client: Client, code: str, filled: bool | None) -> str:
    """Return a field's value, or a tick for rules that look at several columns."""
    if not filled:
        return ""
    known = {field.name for field in Client._meta.fields}
    return (display(client, code) if code in known else "") or "✓"
