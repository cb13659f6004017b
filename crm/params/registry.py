"""Declare and read parameters: each app declares its own in params.py; reading takes the day."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.utils.functional import Promise

Kind = Literal["int", "decimal", "bool", "choice", "list", "text"]
MOST_ITEMS, MOST_CHARACTERS = 500, 1000


@dataclass(frozen=True, slots=True)
class Param:
    """A configurable number; `origin` says whether a source document set it (SEED) or we did."""

    key: str
    kind: Kind
    default: Any
    label: str | Promise
    minimum: float | None = None
    maximum: float | None = None
    labels: Sequence[tuple[str, str | Promise]] = ()  # codes that may be chosen, and what people call them
    unit: str | Promise = ""
    origin: Literal["SEED", "DEFAULT"] = "DEFAULT"
    source: str = ""

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the codes that may be chosen; empty where any value goes."""
        return tuple(code for code, _label in self.labels)

    def called(self, item: Any) -> str:
        """Return a value, or one of a list, in words."""
        return str(dict(self.labels).get(item, item))

    def problem(self, value: Any) -> str | None:
        """Return a code for what is wrong with a value, or None."""
        kinds: dict[str, tuple[type, ...]] = {
            "int": (int,),
            "decimal": (int, float),
            "bool": (bool,),
            "choice": (str,),
            "list": (list,),
            "text": (str,),
        }
        if not isinstance(value, kinds[self.kind]) or (
            self.kind in ("int", "decimal") and isinstance(value, bool)
        ):
            return "type"
        items: list[Any] = value if self.kind == "list" else [value]  # type: ignore[assignment]
        if not all(_plain(item) for item in items) or len(items) > MOST_ITEMS:
            return "type"
        if self.choices and any(item not in self.choices for item in items):
            return "choice"
        if self.minimum is not None and isinstance(value, int | float) and value < self.minimum:
            return "minimum"
        if self.maximum is not None and isinstance(value, int | float) and value > self.maximum:
            return "maximum"
        return None


def _plain(item: Any) -> bool:
    """Say whether a figure or a word can be stored and read again."""
    if isinstance(item, str):
        return len(item) <= MOST_CHARACTERS and "\0" not in item
    return isinstance(item, int | float) and math.isfinite(item)


_declared: dict[str, Param] = {}


def declare(*params: Param) -> None:
    """Add parameters to the one list; a key may be declared once."""
    for param in params:
        if _declared.get(param.key, param) != param:
            raise ValueError(f"parameter declared twice: {param.key}")
        _declared[param.key] = param


def declared() -> dict[str, Param]:
    """Return all parameters by key."""
    return dict(sorted(_declared.items()))


def get(key: str, *, as_of: date) -> Any:
    """Return the value in force on a day."""
    return get_many([key], as_of=as_of)[key]


def get_many(keys: list[str], *, as_of: date, known_at: datetime | None = None) -> dict[str, Any]:
    """Return values in force on a day, in one query.

    `known_at` leaves out what was decided later: an explanation reads what the night read, also when somebody
    changed a value for the same day after it.
    """
    from crm.params.models import ParamValue

    values = {key: _declared[key].default for key in keys}
    found = ParamValue.objects.filter(key__in=keys, effective_from__lte=as_of)
    if known_at is not None:
        found = found.filter(changed_at__lte=known_at)
    rows = found.order_by("key", "-effective_from", "-id").distinct("key").values_list("key", "value")
    return values | dict(rows)


def get_group(prefix: str, *, as_of: date, known_at: datetime | None = None) -> dict[str, Any]:
    """Return the values of all parameters under a prefix, keyed without it."""
    keys = [key for key in _declared if key.startswith(prefix)]
    values = get_many(keys, as_of=as_of, known_at=known_at)
    return {key.removeprefix(prefix): value for key, value in values.items()}
