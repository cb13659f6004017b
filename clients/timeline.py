"""The history of a client as people read it: states, classes, fields, managers and acts, newest first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import choices
from clients.models import AMAssignment, Client, ClientClassHistory, ClientStatusHistory
from clients.rules.lifecycle import REASONS
from clients.services.columns import column
from crm.accounts.models import User
from crm.base import clock

KINDS = {
    "status": gettext_lazy("Lifecycle states"),
    "class": gettext_lazy("Classes"),
    "field": gettext_lazy("Fields"),
    "manager": gettext_lazy("Managers"),
    "act": gettext_lazy("Acts"),
}
# Columns whose changes have lines of their own.
TOLD_ELSEWHERE = {"status", "size_class", "value_tier", "am", "segment"}

ACTS: dict[str, Any] = {
    "clients.created": gettext_lazy("File made"),
    "clients.submitted": gettext_lazy("File submitted"),
    "clients.approved": gettext_lazy("File approved"),
    "clients.rejected": gettext_lazy("File returned"),
    "clients.closed": gettext_lazy("Client code cancelled"),
    "clients.merged": gettext_lazy("Unit named in this file"),
    "clients.product_ordered": gettext_lazy("Product ordered"),
    "clients.product_open": gettext_lazy("Product opened"),
    "clients.product_suspended": gettext_lazy("Product suspended"),
    "clients.product_cancelled": gettext_lazy("Product cancelled"),
    "clients.co_manager_added": gettext_lazy("Co-manager added"),
    "clients.co_manager_removed": gettext_lazy("Co-manager removed"),
    "clients.exported": gettext_lazy("Exported"),
    "members.revealed": gettext_lazy("Personal data shown"),
}


def timeline(client: Client, *, kinds: Iterable[str] = (), limit: int = 60) -> list[dict[str, Any]]:
    """Return what happened to a client as entries of components/timeline.html."""
    wanted = set(kinds) & set(KINDS) or set(KINDS)
    entries: list[dict[str, Any]] = []
    if "status" in wanted:
        entries += _statuses(client, limit)
    if "class" in wanted:
        entries += _classes(client, limit)
    if "manager" in wanted:
        entries += _managers(client, limit)
    if "field" in wanted:
        entries += _fields(client, limit)
    if "act" in wanted:
        entries += _acts(client, limit)
    entries.sort(key=lambda entry: entry["sort"], reverse=True)
    return entries[:limit]


def _label(vocabulary: Any, code: str) -> str:
    return str(vocabulary(code).label) if code else "—"


STATUS_KIND = {"ACTIVE": "good", "SILENT": "warn", "CHURNED": "bad", "CLOSED": "bad"}


def _statuses(client: Client, limit: int) -> list[dict[str, Any]]:
    rows = ClientStatusHistory.objects.filter(client=client).select_related("actor")[:limit]
    return [
        {
            "sort": row.recorded_at, "at": row.recorded_at, "kind": STATUS_KIND.get(row.new, ""),
            "what": "status", "icon": "activity", "who": str(row.actor) if row.actor else _("the night"),
            "title": _("Status %(old)s → %(new)s") % {
                "old": _label(choices.ClientStatus, row.old), "new": _label(choices.ClientStatus, row.new),
            },
            "text": str(REASONS.get(row.reason, row.reason)),
        }
        for row in rows
    ]  # fmt: skip


def _classes(client: Client, limit: int) -> list[dict[str, Any]]:
    vocabularies: dict[str, Any] = {
        "SIZE": choices.SizeClass,
        "TIER": choices.ValueTier,
        "SEGMENT": choices.Segment,
    }
    return [
        {
            "sort": row.recorded_at, "at": row.recorded_at, "kind": "", "what": "class", "icon": "scale",
            "who": _("the night"),
            "title": f"{row.get_axis_display()} {_class(row, row.old)} → {_class(row, row.new)}",
            "text": row.reason or _label(vocabularies[row.axis], row.new),
        }
        for row in ClientClassHistory.objects.filter(client=client)[:limit]
    ]  # fmt: skip


def _class(row: ClientClassHistory, code: str) -> str:
    """Return a class as people name it: sizes and tiers by their letter, segments by their word."""
    return _label(choices.Segment, code) if row.axis == "SEGMENT" else code or "—"


def _managers(client: Client, limit: int) -> list[dict[str, Any]]:
    rows = AMAssignment.objects.filter(client=client).select_related("user", "actor")[:limit]
    return [
        {
            "sort": clock.at(row.from_on), "at": row.from_on, "kind": "", "what": "manager", "icon": "user",
            "who": str(row.actor) if row.actor else "",
            "title": f"{row.get_kind_display()}: {row.user}",
            "text": " · ".join(
                part
                for part in (row.reason, _("until %(day)s") % {"day": row.to_on} if row.to_on else "")
                if part
            ),
        }
        for row in rows
    ]  # fmt: skip


def _acts(client: Client, limit: int) -> list[dict[str, Any]]:
    events = apps.get_model("audit", "AuditEvent").objects.filter(
        entity="clients.client", entity_id=str(client.pk), action__in=ACTS
    )
    return [
        {
            "sort": event.at, "at": event.at, "kind": "", "what": "act", "icon": "point",
            "who": event.actor_name, "title": str(ACTS[event.action]),
            "text": event.data.get("reason") or event.data.get("product") or event.data.get("name", ""),
        }
        for event in events[:limit]
    ]  # fmt: skip


def _fields(client: Client, limit: int) -> list[dict[str, Any]]:
    """Compare each kept old row with the row after it; the newest stands in the client itself."""
    events = apps.get_model("clients", "ClientEvent").objects.filter(pgh_obj_id=client.pk)
    kept = list(events.select_related("pgh_context").order_by("-pgh_id")[:limit])
    names = [f.name for f in kept[0]._meta.fields if not f.name.startswith("pgh_")] if kept else []
    names = [name for name in names if name not in TOLD_ELSEWHERE and name != "id"]
    people = _people(kept)
    after: dict[str, Any] = {name: _raw(client, name) for name in names}
    entries = []
    for event in kept:
        before = {name: _raw(event, name) for name in names}
        lines = [
            f"{column(name).verbose_name}: {_shown(name, before[name])} → {_shown(name, after[name])}"
            for name in names
            if before[name] != after[name]
        ]
        after = before
        if lines:
            moment: datetime = event.pgh_created_at
            metadata = event.pgh_context.metadata if event.pgh_context else {}
            entries.append({
                "sort": moment, "at": moment, "kind": "", "what": "field", "icon": "pencil",
                "who": people.get(metadata.get("user"), ""), "title": lines[0] if len(lines) == 1
                else _("%(count)d fields changed") % {"count": len(lines)},
                "text": "" if len(lines) == 1 else "; ".join(lines),
            })  # fmt: skip
    return entries


def _raw(row: Any, name: str) -> Any:
    return getattr(row, column(name).attname)


def _people(events: list[Any]) -> dict[Any, str]:
    keys = {event.pgh_context.metadata.get("user") for event in events if event.pgh_context}
    users = User.objects.filter(pk__in=[key for key in keys if isinstance(key, int)])
    return {user.pk: str(user) for user in users}


def _shown(name: str, value: Any) -> str:
    field = column(name)
    if value is None or value in ("", []):
        return "—"
    if field.is_relation:
        found = field.related_model._base_manager.filter(pk=value).first()
        return str(found) if found else str(value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name.endswith("_fen"):
        return f"¥{value / 100:,.2f}"
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.BUSINESS_ZONE):%Y-%m-%d %H:%M}"
    return str(value)
