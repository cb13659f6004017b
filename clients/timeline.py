"""The history of a client as people read it, newest first, page by page; upper floors add their kinds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import choices
from clients.models import AMAssignment, Client, ClientClassHistory, ClientStatusHistory
from clients.rules.key_account import segment_rules
from clients.rules.lifecycle import REASONS
from crm.audit import labels
from crm.audit.history import changes_of
from crm.base import clock

# Columns whose changes have lines of their own.
TOLD_ELSEWHERE = {"status", "size_class", "value_tier", "am", "segment"}
# Acts that other kinds tell better.
ACTS_TOLD_ELSEWHERE = ("clients.changed", "clients.assigned")

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
    "clients.product_changed": gettext_lazy("Product changed"),
    "clients.product_members_added": gettext_lazy("Lines added to a product"),
    "clients.product_members_removed": gettext_lazy("Lines taken off a product"),
    "clients.agreement_added": gettext_lazy("Agreement entered"),
    "clients.agreement_changed": gettext_lazy("Agreement changed"),
    "clients.agreement_ended": gettext_lazy("Agreement ended"),
    "clients.agreement_warned": gettext_lazy("Agreement marked as doubtful"),
    "clients.competitor_seen": gettext_lazy("Competitor seen"),
    "clients.churn_reported": gettext_lazy("Churn risk reported"),
    "clients.churn_disposed": gettext_lazy("Churn alert settled"),
    "clients.co_manager_added": gettext_lazy("Co-manager added"),
    "clients.co_manager_removed": gettext_lazy("Co-manager removed"),
    "clients.exported": gettext_lazy("Exported"),
    "members.revealed": gettext_lazy("Personal data shown"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of the past is asked for: from `first` on, up to and with `last`, so many entries."""

    first: datetime | None = None
    last: datetime | None = None
    limit: int = 60

    def narrow(self, rows: Any, field: str) -> Any:
        """Narrow rows to the span by a moment."""
        if self.first is not None:
            rows = rows.filter(**{f"{field}__gte": self.first})
        if self.last is not None:
            rows = rows.filter(**{f"{field}__lte": self.last})
        return rows[: self.limit]


Entries = list[dict[str, Any]]
Source = Callable[[Client, Span], Entries]

# Kind → words and where its entries come from.
KINDS: dict[str, str | Promise] = {}
_sources: dict[str, Source] = {}


def register(kind: str, label: str | Promise, source: Source) -> None:
    """Add a kind of entry; an upper floor does so in its AppConfig.ready().

    A source returns entries of components/timeline.html with `sort`, the moment they stand at.
    """
    KINDS[kind] = label
    _sources[kind] = source


def entry(at: Any, what: str, icon: str, title: str, **more: Any) -> dict[str, Any]:
    """Return one entry; `at` is a moment or a day, which stands at its beginning."""
    moment = at if isinstance(at, datetime) else clock.at(at)
    base = {"sort": moment, "at": at, "what": what, "icon": icon, "title": title}
    return base | {"kind": "", "who": "", "text": "", "lines": []} | more


def timeline(
    client: Client,
    *,
    kinds: Iterable[str] = (),
    limit: int = 60,
    first: datetime | None = None,
    last: datetime | None = None,
    skip: int = 0,
) -> Entries:
    """Return what happened to a client, newest first; `skip` entries at the moment `last` were shown."""
    wanted = [kind for kind in KINDS if kind in set(kinds)] or list(KINDS)
    span = Span(first, last, limit + skip)
    entries = [one for kind in wanted for one in _sources[kind](client, span)]
    entries.sort(key=lambda one: one["sort"], reverse=True)
    return entries[skip : skip + limit]


def place(entries: Entries, *, last: datetime | None = None, skip: int = 0) -> str:
    """Return the name of the place after the entries shown: the moment, and how many there stand at it."""
    moment = entries[-1]["sort"]
    shown = sum(one["sort"] == moment for one in entries) + (skip if moment == last else 0)
    return f"{moment.timestamp():.6f}.{shown}"


def placed(token: str) -> dict[str, Any]:
    """Read the name of a place; a broken one leads to the beginning."""
    try:
        seconds, _dot, shown = token.rpartition(".")
        moment = datetime.fromtimestamp(float(seconds), clock.BUSINESS_ZONE)
        return {"last": moment, "skip": min(max(int(shown), 0), 1000)}
    except (ValueError, OverflowError, OSError):
        return {}


def _label(vocabulary: Any, code: str) -> str:
    return str(vocabulary(code).label) if code in vocabulary.values else "—"


STATUS_KIND = {"ACTIVE": "good", "SILENT": "warn", "CHURNED": "bad", "CLOSED": "bad"}


def _statuses(client: Client, span: Span) -> Entries:
    rows = ClientStatusHistory.objects.filter(client=client).select_related("actor").order_by("-recorded_at")
    return [
        entry(
            row.recorded_at, "status", "activity",
            _("Status %(old)s → %(new)s") % {
                "old": _label(choices.ClientStatus, row.old), "new": _label(choices.ClientStatus, row.new),
            },
            kind=STATUS_KIND.get(row.new, ""), who=str(row.actor) if row.actor else _("the night"),
            text=str(REASONS.get(row.reason, row.reason)),
        )
        for row in span.narrow(rows, "recorded_at")
    ]  # fmt: skip


def _classes(client: Client, span: Span) -> Entries:
    rows = ClientClassHistory.objects.filter(client=client).order_by("-recorded_at")
    found = []
    for row in span.narrow(rows, "recorded_at"):
        title, text = class_change(row)
        found.append(entry(row.recorded_at, "class", "scale", title, who=_("the night"), text=text))
    return found


CLASSES: dict[str, Any] = {
    "SIZE": choices.SizeClass,
    "TIER": choices.ValueTier,
    "SEGMENT": choices.Segment,
}


# Codes of rules that say more than the class itself, in words; upper floors add theirs.
RULE_WORDS: dict[str, Any] = {}


def class_change(row: ClientClassHistory) -> tuple[str, str]:
    """Return what changed and why as people read it: words for codes, the rule by its sentence."""
    title = f"{row.get_axis_display()} {_class(row, row.old)} → {_class(row, row.new)}"
    if row.axis == ClientClassHistory.Axis.SEGMENT:
        # The sentences do not depend on the numbers in force.
        sentences = {rule.code: str(rule.label) for rule in segment_rules({"spend_yuan": 0})}
        return title, " ".join(part for part in (sentences.get(row.rule, ""), row.reason) if part)
    words = str(RULE_WORDS.get(row.rule, ""))
    reason = row.reason
    if reason and row.axis == ClientClassHistory.Axis.TIER:
        reason = _("by value model %(version)s") % {"version": reason}
    return title, " · ".join(part for part in (words, reason or _label(CLASSES[row.axis], row.new)) if part)


def _class(row: ClientClassHistory, code: str) -> str:
    """Return a class as people name it: sizes and tiers by their letter, segments by their word."""
    return _label(choices.Segment, code) if row.axis == "SEGMENT" else code or "—"


def _managers(client: Client, span: Span) -> Entries:
    days = Span(None, None, span.limit)
    rows = (
        AMAssignment.objects.filter(client=client).select_related("user", "actor").order_by("-from_on", "-id")
    )
    if span.first is not None:
        rows = rows.filter(from_on__gte=clock.business_date(span.first))
    if span.last is not None:
        rows = rows.filter(from_on__lte=clock.business_date(span.last))
    found = [
        entry(
            row.from_on, "manager", "user", f"{row.get_kind_display()}: {row.user}",
            who=str(row.actor) if row.actor else "",
            text=" · ".join(
                part
                for part in (row.reason, _("until %(day)s") % {"day": row.to_on} if row.to_on else "")
                if part
            ),
        )
        for row in days.narrow(rows, "from_on")
    ]  # fmt: skip
    # A day stands at its beginning: the rest of the day of `last` was not shown yet.
    return [one for one in found if span.last is None or one["sort"] <= span.last]


def _fields(client: Client, span: Span) -> Entries:
    found = []
    for change in changes_of(client, limit=span.limit, first=span.first, last=span.last):
        lines = [line for line in change.fields if line.name not in TOLD_ELSEWHERE]
        if not lines:
            continue
        words = [f"{line.label}: {line.old} → {line.new}" for line in lines]
        found.append(
            entry(
                change.at, "field", "pencil",
                words[0] if len(words) == 1 else _("%(count)d fields changed") % {"count": len(words)},
                who=" · ".join(part for part in (change.who, change.via) if part),
                lines=[] if len(words) == 1 else words,
            )
        )  # fmt: skip
    return found


def _acts(client: Client, span: Span) -> Entries:
    rows = (
        apps.get_model("audit", "AuditEvent")
        .objects.filter(entity="clients.client", entity_id=str(client.pk))
        .exclude(action__in=ACTS_TOLD_ELSEWHERE)
        .order_by("-id")
    )
    events = list(span.narrow(rows, "at"))
    details = labels.details(events)
    return [
        entry(
            event.at, "act", "point", labels.label(event.action), who=event.actor_name,
            text=" · ".join(f"{name}: {value}" for name, value in details[event.pk] if value),
        )
        for event in events
    ]  # fmt: skip


register("status", gettext_lazy("Lifecycle states"), _statuses)
register("class", gettext_lazy("Classes"), _classes)
register("field", gettext_lazy("Fields"), _fields)
register("manager", gettext_lazy("Managers"), _managers)
register("act", gettext_lazy("Acts"), _acts)
