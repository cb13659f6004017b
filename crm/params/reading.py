"""What pages and API read of parameters: what is in force, since when, what is planned, what was before."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm.params.models import ParamValue
from crm.params.registry import Param, declared, get_many

# The first word of a key, for people; a test sees that each is named.
GROUPS: dict[str, str | Promise] = {
    "audit": gettext_lazy("Audit of files"),
    "bank": gettext_lazy("Banks"),
    "call": gettext_lazy("Calls"),
    "churn": gettext_lazy("Churn alerts"),
    "client": gettext_lazy("Client files"),
    "conduct": gettext_lazy("Reports of conduct"),
    "contact": gettext_lazy("Contacts"),
    "coverage": gettext_lazy("Member coverage"),
    "ecard": gettext_lazy("VIP e-cards"),
    "event": gettext_lazy("On-site events"),
    "escalation": gettext_lazy("Urgent needs"),
    "exports": gettext_lazy("Exports"),
    "filing": gettext_lazy("Filing"),
    "gift": gettext_lazy("Gifts"),
    "hv": gettext_lazy("High value"),
    "intake": gettext_lazy("Imports"),
    "ka": gettext_lazy("Key accounts"),
    "kpi": gettext_lazy("Plans of managers"),
    "label": gettext_lazy("Labels"),
    "lifecycle": gettext_lazy("Lifecycle"),
    "mark": gettext_lazy("Brand marks"),
    "meeting": gettext_lazy("Meetings"),
    "merge": gettext_lazy("Duplicates"),
    "midhigh": gettext_lazy("Mid-high end"),
    "night": gettext_lazy("Night"),
    "opinion": gettext_lazy("Opinions of clients"),
    "points": gettext_lazy("Points"),
    "position": gettext_lazy("Positions"),
    "product": gettext_lazy("Products"),
    "reach": gettext_lazy("Clients reached"),
    "rehome": gettext_lazy("Re-homing of members"),
    "segment": gettext_lazy("Segments"),
    "size": gettext_lazy("Size classes"),
    "sl": gettext_lazy("Second-level units"),
    "spot": gettext_lazy("Spot checks"),
    "tier": gettext_lazy("Value tiers"),
    "vip": gettext_lazy("VIP grades"),
    "visits": gettext_lazy("Visits"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A parameter on a day: its value, the day it holds from (None: never changed), the next one planned."""

    param: Param
    value: Any
    since: date | None
    planned: ParamValue | None

    @property
    def group(self) -> str:
        """Return the first word of the key."""
        return self.param.key.split(".")[0]


def standings(*, as_of: date, asked: str = "", group: str = "", only: str = "") -> list[Standing]:
    """Return every parameter that fits, in the order of the keys; `only` is `changed`, `planned` or empty."""
    found = {key: param for key, param in declared().items() if _wanted(param, asked, group)}
    values = get_many(list(found), as_of=as_of)
    rows = ParamValue.objects.filter(key__in=found)
    since = dict(
        rows.filter(effective_from__lte=as_of)
        .order_by("key", "-effective_from", "-id")
        .distinct("key")
        .values_list("key", "effective_from")
    )
    # The nearest day to come stands, and of that day the last word.
    later = rows.filter(effective_from__gt=as_of).order_by("key", "effective_from", "-id").distinct("key")
    planned = {row.key: row for row in later}
    return [
        Standing(param, values[key], since.get(key), planned.get(key))
        for key, param in found.items()
        if (only != "changed" or key in since) and (only != "planned" or key in planned)
    ]


def _wanted(param: Param, asked: str, group: str) -> bool:
    """Say whether a parameter has every word that was typed, in its key, name, group or source."""
    name = param.key.split(".")[0]
    if group and name != group:
        return False
    text = f"{param.key} {param.label} {GROUPS.get(name, '')} {param.source}".lower()
    return all(word in text for word in asked.lower().split())


def history(key: str) -> list[tuple[ParamValue, Any]]:
    """Return every change of a parameter, newest first, each with the value before it."""
    rows = list(ParamValue.objects.filter(key=key).select_related("changed_by"))
    param = declared().get(key)
    first = param.default if param else None
    befores = [older.value for _newer, older in pairwise(rows)] + [first] * bool(rows)
    return list(zip(rows, befores, strict=True))
