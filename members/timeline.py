"""What a client's timeline tells of its people: who came, left, or got another position."""

from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import timeline
from clients.models import Client
from clients.timeline import Entries, Span, entry
from crm.base import clock
from crm.base.text import mask_name
from members.choices import ContactKind
from members.models import Contact, Member


def _days(rows: Any, field: str, span: Span) -> Any:
    """Narrow rows to the days of the span: a day stands at its beginning."""
    rows = rows.exclude(**{field: None}).order_by(f"-{field}", "-id")
    if span.first is not None:
        rows = rows.filter(**{f"{field}__gte": clock.business_date(span.first)})
    if span.last is not None:
        rows = rows.filter(**{f"{field}__lte": clock.business_date(span.last)})
    return [
        row for row in rows[: span.limit] if span.last is None or clock.at(getattr(row, field)) <= span.last
    ]


def _contacts(client: Client, span: Span) -> Entries:
    """Return what happened to contacts; not every reader may see their full names."""
    rows = Contact.objects.filter(client=client)
    found = [
        entry(row.created_at, "people", "user-plus", _("%(name)s entered as %(kind)s") % _said(row))
        for row in span.narrow(rows.order_by("-created_at", "-id"), "created_at")
    ]
    found += [
        entry(row.left_on, "people", "door-exit", _("%(name)s left") % _said(row),
              text=str(ContactKind(row.kind).label), kind="warn" if row.kind == "KEY_PERSON" else "")
        for row in _days(rows, "left_on", span)
    ]  # fmt: skip
    return found + [
        entry(row.position_changed_on, "people", "briefcase", _("%(name)s changed position") % _said(row),
              text=row.position)
        for row in _days(rows, "position_changed_on", span)
    ]  # fmt: skip


def _said(row: Contact) -> dict[str, str]:
    return {"name": mask_name(row.name), "kind": str(ContactKind(row.kind).label)}


def _members(client: Client, span: Span) -> Entries:
    """Return how many members came and went, one line a day."""
    rows = Member.objects.filter(client=client)
    joined = _counts(rows, "joined_on", span, "users", _("Members who joined: %(count)d"))
    return joined + _counts(rows, "left_on", span, "door-exit", _("Members who left: %(count)d"))


def _counts(rows: Any, field: str, span: Span, icon: str, words: str) -> Entries:
    days = rows.exclude(**{field: None}).values(field).annotate(people=Count("pk")).order_by(f"-{field}")
    if span.first is not None:
        days = days.filter(**{f"{field}__gte": clock.business_date(span.first)})
    if span.last is not None:
        days = days.filter(**{f"{field}__lte": clock.business_date(span.last)})
    found = [
        entry(day[field], "people", icon, words % {"count": day["people"]}) for day in days[: span.limit]
    ]
    return [one for one in found if span.last is None or one["sort"] <= span.last]


def _people(client: Client, span: Span) -> Entries:
    return _contacts(client, span) + _members(client, span)


timeline.register("people", gettext_lazy("People"), _people)
