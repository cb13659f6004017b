"""What pages of visits show, put together from reading verbs; nothing is decided here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus
from clients.models import Client, ClientProduct, RevenueMonth
from crm.accounts.models import User
from crm.audit.labels import label
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.text import mask_mobile, mask_name
from members.models import Contact
from visits import services
from visits.choices import LogState, Purpose
from visits.models import PreparationItem, Visit, VisitLog
from visits.querysets.debt import with_owed
from visits.rules import visits as rules
from visits.services.debt import owed_numbers

LIST_LIMIT = 200
CLIENTS_SHOWN = 20

# Offered as chips: one tap instead of typing.
REASONS: dict[str, list[str | Promise]] = {
    "postpone": [_("Client asked for another time"), _("Client is away"), _("I cannot come")],
    "cancel": [_("Client refused"), _("No longer needed"), _("Planned by mistake")],
    "no_show": [_("Nobody there"), _("Contact was called away")],
    "return": [
        _("Result is too thin"),
        _("Say what the client wants"),
        _("Next step is missing"),
        _("Text copied from another visit"),
        _("Purpose and result do not match"),
    ],
}

SUGGESTIONS: dict[str, list[str | Promise]] = {
    Purpose.P1: [
        _("Interested, wants an offer"),
        _("Will decide after internal talk"),
        _("Not needed for now"),
    ],
    Purpose.P2: [
        _("All well, no open points"),
        _("New contact person introduced"),
        _("Needs mentioned, see below"),
    ],
    Purpose.P3: [_("Gift handed over and signed for"), _("Gift declined politely")],
    Purpose.P4: [_("Handled on the spot"), _("Papers collected, handled today"), _("Papers are missing")],
    Purpose.P5: [
        _("Content with the service"),
        _("Opinions written down, see below"),
        _("Form left to fill in"),
    ],
    Purpose.P6: [
        _("Solved, client agrees"),
        _("Explained, client waits for the result"),
        _("Not solved, handed on"),
    ],
}


UNANNOUNCED: list[str | Promise] = [_("Client called"), _("Passing by"), _("Fault on site")]

NEXT_STEPS: list[str | Promise] = [
    _("Send an offer"),
    _("Call back"),
    _("Bring the contract"),
    _("Answer the question"),
]


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as the reader may see it."""

    pk: int
    name: str
    position: str
    salutation: str
    key_person: bool
    mobile: str  # as shown
    tel: str  # to dial; empty for who may not see it
    traits: str


def people_of(client: Client, *, plain: bool) -> list[Person]:
    """Return the contacts of a client, key person first; masked for who does not manage it."""
    return [
        Person(
            pk=contact.pk,
            name=contact.name if plain else mask_name(contact.name),
            position=contact.position,
            salutation=contact.salutation,
            key_person=contact.kind == "KEY_PERSON",
            mobile=contact.mobile if plain else mask_mobile(contact.mobile) if contact.mobile else "",
            tel=(contact.mobile or contact.phone) if plain else "",
            traits=contact.traits if plain else "",
        )
        for contact in Contact.objects.active().filter(client=client).order_by("-kind", "id")
    ]


def by_day(visits: Iterable[Visit], first: date, last: date) -> list[tuple[date, list[Visit]]]:
    """Return every day of a period with its visits."""
    days: dict[date, list[Visit]] = {first + timedelta(days=n): [] for n in range((last - first).days + 1)}
    for visit in visits:
        days[visit.visit_on].append(visit)
    return list(days.items())


def owing(user: User, today: date) -> list[Visit]:
    """Return the visits whose log the person owes, the oldest first."""
    found = Visit.objects.filter(owner=user).owing_log(today).with_rows().order_by("visit_on", "id")
    return list(found[:CLIENTS_SHOWN])


def clients_to_visit(user: User, query: str, today: date) -> Any:
    """Return clients the person may visit: those found, else those owed most and not visited for longest."""
    found = Client.objects.writable_by(user).search(query) if query else Client.objects.managed_by(user)
    rows = with_owed(
        found.exclude(status=ClientStatus.CLOSED), as_of=today, numbers=owed_numbers(today)
    ).select_related("am")
    if query:
        return rows[:CLIENTS_SHOWN]
    longest = F("last_visited_on").asc(nulls_first=True)
    return rows.order_by("-debt", longest, "client_code")[:CLIENTS_SHOWN]


def plan_defaults(client: Client, now: datetime) -> dict[str, Any]:
    """Return what a new plan starts with: the next full hour, the client's address, the key person."""
    start = now.astimezone(clock.BUSINESS_ZONE).replace(minute=0, second=0, microsecond=0) + timedelta(
        hours=1
    )
    if not 8 <= start.hour <= 17:
        day = start.date() + timedelta(days=1 if start.hour > 17 else 0)
        start = clock.at(day, 9)
    key = Contact.objects.active().filter(client=client).order_by("-kind", "id").first()
    return {
        "day": start.date(),
        "at": start.time(),
        "place": client.address,
        "contact": key.pk if key else None,
    }


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checklist."""

    item: PreparationItem
    done: bool


def checklist_of(visit: Visit) -> list[Check]:
    """Return what the visit's purposes need, ticked or not."""
    items = services.checklist(visit.purposes)
    return [Check(item, item.code in visit.checklist) for item in items if not item.is_tip]


def missing_of(checks: Iterable[Check]) -> list[PreparationItem]:
    """Return what is required and not ticked."""
    return [check.item for check in checks if check.item.mandatory and not check.done]


def _other_visits(visit: Visit) -> Any:
    """Return the client's other visits with what a line says of them."""
    return Visit.objects.filter(client=visit.client_id).exclude(pk=visit.pk).select_related("owner", "log")


def preparation(visit: Visit, today: date, *, plain: bool) -> dict[str, Any]:
    """Return all that prepares a visit of a client (Source: S1-07, S1-33, S1-53)."""
    client = visit.client
    items = services.checklist(visit.purposes)
    checks = [Check(item, item.code in visit.checklist) for item in items if not item.is_tip]
    others = _other_visits(visit)
    month = clock.month_of(today)
    revenue = dict(
        RevenueMonth.objects.filter(client=client, month__gte=clock.add_months(month, -6), month__lt=month)
        .values_list("month")
        .annotate(fen=Sum("revenue_fen"))
    )
    return {
        "items": checks,
        "missing": missing_of(checks),
        "tips": [item for item in items if item.is_tip],
        "people": people_of(client, plain=plain),
        "last_visits": list(
            others.exclude(log=None).filter(visit_on__lte=visit.visit_on).order_by("-visit_on", "-id")[:3]
        ),
        "promises": list(others.open_promises().order_by("log__next_due_on", "id")[:10]),
        "products": ClientProduct.objects.filter(client=client, status__in=["OPEN", "SUSPENDED"])
        .select_related("product")
        .order_by("product__code")[:12],
        "revenue": sorted(revenue.items()),
        "spend_fen": sum(revenue.values()) // len(revenue) if revenue else None,
        "punctual": rules.minutes_late(planned_at=visit.planned_at, arrived_at=visit.arrived_at),
        "log": getattr(visit, "log", None),
        "history": history_of(visit),
    }


HAPPENED: dict[str, str | Promise] = {
    "visits.visit_planned": _("Planned"),
    "visits.visit_changed": _("Plan changed"),
    "visits.visit_confirmed": _("Appointment confirmed"),
    "visits.late_told": _("Client told of the delay"),
    "visits.checked_in": _("Arrived"),
    "visits.checked_out": _("Departed"),
    "visits.visit_done": _("Visit done"),
    "visits.log_submitted": _("Log submitted"),
    "visits.log_approved": _("Log approved"),
    "visits.log_returned": _("Log returned"),
    "visits.promise_kept": _("Next step done"),
    "visits.visit_closed": _("Visit closed"),
    "visits.visit_cancelled": _("Called off"),
    "visits.visit_postponed": _("Postponed"),
    "visits.client_absent": _("Client did not appear"),
}


def history_of(visit: Visit) -> list[dict[str, Any]]:
    """Return what happened to a visit and its log, oldest first, as sentences."""
    records = [("visits.visit", str(visit.pk))]
    if log := getattr(visit, "log", None):
        records.append(("visits.visitlog", str(log.pk)))
    events: list[AuditEvent] = []
    for entity, pk in records:
        events += AuditEvent.objects.filter(entity=entity, entity_id=pk)
    return [
        {
            "at": event.at,
            "who": event.actor_name,
            "what": HAPPENED.get(event.action) or label(event.action),
            "reason": event.data.get("reason", ""),
            "late": event.data.get("late", False),
        }
        for event in sorted(events, key=lambda event: event.pk)
    ]


def context_of_client(visit: Visit) -> dict[str, Any]:
    """Return what an approver sees beside a log: the last visits and the open promises of the client."""
    others = _other_visits(visit)
    return {
        "last_visits": list(others.exclude(log=None).order_by("-visit_on", "-id")[:3]),
        "promises": list(others.open_promises().order_by("log__next_due_on", "id")[:5]),
    }


def logs_left(log: VisitLog | None) -> bool:
    """Say whether the log can still be written."""
    return log is None or log.state in (LogState.DRAFT, LogState.RETURNED)
