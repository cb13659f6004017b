"""Acts in words: what stands in the trail as a code is shown as a sentence."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, str | Promise] = {
    "accounts.delegated": _("Role lent to a deputy"),
    "accounts.delegation_ended": _("Delegation ended"),
    "accounts.lockout_lifted": _("Lockout lifted"),
    "accounts.password_changed": _("Own password changed"),
    "accounts.password_reset": _("One-time password given"),
    "accounts.role_assigned": _("Role assigned"),
    "accounts.role_ended": _("Role ended"),
    "accounts.system_changed": _("Client system changed"),
    "accounts.system_created": _("Client system registered"),
    "accounts.system_switched_off": _("Client system switched off"),
    "accounts.system_switched_on": _("Client system switched on"),
    "accounts.token_issued": _("Token issued"),
    "accounts.token_revoked": _("Token revoked"),
    "accounts.unit_changed": _("Unit changed"),
    "accounts.unit_created": _("Unit created"),
    "accounts.unit_deactivated": _("Unit taken out of use"),
    "accounts.unit_moved": _("Unit moved"),
    "accounts.unit_reactivated": _("Unit taken into use again"),
    "accounts.user_changed": _("Account changed"),
    "accounts.user_created": _("Account created"),
    "accounts.user_disabled": _("Account disabled"),
    "accounts.user_enabled": _("Account enabled"),
    "jobs.rerun_requested": _("Night step asked for again"),
    "params.changed": _("Parameter changed"),
}

# What stands in the data of an event, in words.
KEYS: dict[str, str | Promise] = {
    "accounts": _("accounts"),
    "act": _("act"),
    "amount": _("amount"),
    "business_date": _("business date"),
    "client": _("client"),
    "code": _("code"),
    "done": _("how many done"),
    "fields": _("fields"),
    "from": _("before"),
    "headcount": _("people"),
    "kind": _("kind"),
    "name": _("name"),
    "new": _("after"),
    "of": _("of"),
    "old": _("before"),
    "on": _("day"),
    "points": _("points"),
    "product": _("product"),
    "purposes": _("purposes"),
    "reason": _("reason"),
    "role": _("role"),
    "rows": _("rows"),
    "scopes": _("scopes"),
    "staff_no": _("staff number"),
    "step": _("step"),
    "to": _("after"),
    "unit": _("unit"),
    "valid_from": _("from"),
    "valid_to": _("to"),
    "who": _("who"),
    "written": _("written"),
}
# Turns the values of one key, of all events of a page at once, into words.
Resolver = Callable[[set[Any]], Mapping[Any, Any]]
VALUES: dict[tuple[str, str], Resolver] = {}


def kinds_named(words: str) -> list[str]:
    """Return the kinds of record people mean: by their name in the language of the page, or by their code."""
    asked = words.lower()
    found = [
        model._meta.label_lower
        for model in apps.get_models()
        if asked in (model._meta.label_lower, str(model._meta.verbose_name).lower())
    ]
    return found or [asked]


def register_keys(
    keys: Mapping[str, str | Promise], values: Mapping[tuple[str, str], Resolver] | None = None
) -> None:
    """Add words for keys of the data, and for values: (beginning of the act, key) → resolver."""
    KEYS.update(keys)
    VALUES.update(values or {})


def codes(*vocabularies: Any) -> Resolver:
    """Return a resolver that knows the codes of vocabularies."""

    def resolve(found: set[Any]) -> Mapping[Any, Any]:
        return {code: label for vocabulary in vocabularies for code, label in vocabulary.choices}

    return resolve


def details(events: Iterable[Any]) -> dict[int, list[tuple[str, str]]]:
    """Return the data of events as pairs of words, with one look-up a key for all of them."""
    page = list(events)
    wanted: dict[tuple[str, str], set[Any]] = {}
    for event in page:
        for key, value in event.data.items():
            if resolver := _resolver(event.action, key):
                items = value if isinstance(value, list) else [value]
                wanted.setdefault(resolver, set()).update(v for v in items if isinstance(v, str | int))
    known = {place: VALUES[place](values) for place, values in wanted.items()}
    return {
        event.pk: [_pair(event, key, value, known) for key, value in event.data.items()] for event in page
    }


def _resolver(action: str, key: str) -> tuple[str, str] | None:
    """Return the most exact registration for a key of an act: the act, its app, any."""
    return next((p for p in ((action, key), (action.split(".")[0], key), ("", key)) if p in VALUES), None)


def _pair(event: Any, key: str, value: Any, known: Mapping[Any, Any]) -> tuple[str, str]:
    place = _resolver(event.action, key)
    words = known.get(place, {})
    if key == "fields" and isinstance(value, list):
        shown = ", ".join(_field(event.entity, str(name)) for name in value)
    elif isinstance(value, bool):
        shown = gettext("yes") if value else gettext("no")
    elif isinstance(value, list):
        shown = ", ".join(str(words.get(item, item)) for item in value if not isinstance(item, dict | list))
    elif isinstance(value, dict):
        shown = ", ".join(f"{KEYS.get(name, name)}: {item}" for name, item in value.items())
    else:
        shown = "" if value is None else str(words.get(value, value))
    return str(KEYS.get(key) or _field(event.entity, key)), shown


def _field(entity: str, name: str) -> str:
    """Return what a field of a record is called; an unknown one as its code."""
    try:
        field = apps.get_model(entity)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return name
    return str(getattr(field, "verbose_name", name))


def register(labels: Mapping[str, str | Promise]) -> None:
    """Add the acts of an app; called in its ready()."""
    LABELS.update(labels)


def label(action: str) -> str:
    """Return an act in words; an unknown one as its code."""
    return str(LABELS.get(action, action))
