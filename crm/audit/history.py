"""Read field-level history: what changed on a record, when, by whom, in which request, run or batch."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.base import clock

EMPTY = "—"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: what it was and what it became."""

    name: str
    label: str | Promise
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """One moment at which fields of a record changed."""

    at: datetime
    who: str
    via: str
    data: dict[str, Any]
    fields: list[FieldChange] = field(default_factory=list)
    deleted: bool = False


def event_model(model: type[models.Model]) -> type[models.Model]:
    """Return the table of old rows of a model."""
    return apps.get_model(model._meta.app_label, f"{model.__name__}Event")


def changes_of(
    record: models.Model, *, limit: int = 100, first: datetime | None = None, last: datetime | None = None
) -> list[Change]:
    """Return the changes of a record, newest first: all, or those between two moments (both inside).

    The event of a change holds the row as it was before; what it became stands in the next event,
    or in the record itself. Events of one statement that moved no tracked field are left out.
    """
    events = event_model(type(record))
    tracked = [f for f in events._meta.concrete_fields if not f.name.startswith("pgh_")]
    all_rows = events._default_manager.filter(pgh_obj_id=record.pk)
    narrowed = all_rows
    if first is not None:
        narrowed = narrowed.filter(pgh_created_at__gte=first)
    if last is not None:
        narrowed = narrowed.filter(pgh_created_at__lte=last)
    rows = list(narrowed.select_related("pgh_context").order_by("-pgh_id")[: limit * 2])
    after: models.Model = record
    if last is not None and rows:
        newer = all_rows.filter(pgh_id__gt=rows[0].pk).order_by("pgh_id").first()
        after = newer or record
    found: list[tuple[models.Model, list[tuple[models.Field[Any, Any], Any, Any]]]] = []
    for row in rows:
        moved = [
            (f, getattr(row, f.attname), getattr(after, f.attname))
            for f in tracked
            if getattr(row, f.attname) != getattr(after, f.attname)
        ]
        if moved or row.pgh_label == "delete":  # type: ignore[attr-defined]
            found.append((row, moved))
        after = row
    found = found[:limit]
    names = _names(found)
    return [_change(row, moved, type(record), names) for row, moved in found]


def _change(
    row: Any, moved: list[tuple[Any, Any, Any]], model: type[models.Model], names: dict[Any, str]
) -> Change:
    data = dict(row.pgh_context.metadata) if row.pgh_context else {}
    return Change(
        at=row.pgh_created_at,
        who=names.get((User, data.get("user")), ""),
        via=_via(data),
        data=data,
        fields=[
            FieldChange(f.name, _label(model, f.name), _shown(f, old, names), _shown(f, new, names))
            for f, old, new in moved
        ],
        deleted=row.pgh_label == "delete",
    )


def _label(model: type[models.Model], name: str) -> str | Promise:
    return getattr(model._meta.get_field(name), "verbose_name", name)


def _via(data: dict[str, Any]) -> str:
    """Say in words where a change comes from."""
    if "batch" in data:
        return _("Import %(number)s") % {"number": data["batch"]}
    if "step" in data or "run" in data:
        return _("Night: %(step)s") % {"step": data.get("step", data.get("run", ""))}
    if str(data.get("url", "")).startswith("/api/"):
        return _("Over the API")
    return ""


def _names(found: Iterable[tuple[Any, list[tuple[Any, Any, Any]]]]) -> dict[Any, str]:
    """Return what foreign keys and actors are called, with one query a table."""
    wanted: dict[type[models.Model], set[Any]] = {User: set()}
    for row, moved in found:
        if row.pgh_context and row.pgh_context.metadata.get("user"):
            wanted[User].add(row.pgh_context.metadata["user"])
        for f, old, new in moved:
            if f.is_relation:
                wanted.setdefault(f.related_model, set()).update(v for v in (old, new) if v is not None)
    names: dict[Any, str] = {}
    for model, keys in wanted.items():
        if keys:
            names |= {(model, pk): str(obj) for pk, obj in model._base_manager.in_bulk(list(keys)).items()}
    return names


def _shown(f: Any, value: Any, names: dict[Any, str]) -> str:
    """Return a value as people read it."""
    if value is None or value == "" or value == []:
        return EMPTY
    if f.is_relation:
        return names.get((f.related_model, value), str(value))
    if f.choices:
        return str(dict(f.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    if isinstance(value, int) and f.name.endswith("_fen"):
        return f"¥{value / 100:,.2f}"
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.BUSINESS_ZONE):%Y-%m-%d %H:%M}"
    return str(localize(value))
