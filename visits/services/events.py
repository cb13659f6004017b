"""Plan an on-site marketing event: what, where, who, with which products and gifts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.text import clean
from crm.base.trail import record
from crm.params import registry
from visits.choices import EventMaterial, EventState, PlaceKind, SiteCheck
from visits.models import EventResult, EventStaff, OnSiteEvent
from visits.rules import events as rules
from visits.services.visits import client_to_visit

PLAN = ("title", "place", "place_kind", "starts_at", "ends_at", "warmup_plan", "materials_needed")
PRODUCT = ("script", "tariff", "system_ready", "needs_check", "support_hall", "support_phone", "target_qty")
FARTHEST = timedelta(days=366)
LONGEST = timedelta(days=14)


def must_carry_out(event: OnSiteEvent, actor: User) -> None:
    """Refuse a person who may not carry a visible event out.

    Raises: Forbidden NOT_YOURS.
    """
    if not OnSiteEvent.objects.writable_by(actor).filter(pk=event.pk).exists():
        sentence = _("This event is %(owner)s's. Only they can change it.")
        raise Forbidden("NOT_YOURS", sentence % {"owner": event.owner})


def locked(event_id: int, actor: User, *, version: int | None = None) -> OnSiteEvent:
    """Return the event with its row locked, if the person may carry it out.

    Raises: NotFound outside the scope; Forbidden NOT_YOURS; BusinessError STALE.
    """
    event = found(event_id, actor)
    must_carry_out(event, actor)
    if version is not None and version != event.version:
        raise BusinessError(
            "STALE",
            _("%(who)s changed this event meanwhile. Read it again and repeat your change.")
            % {"who": event.updated_by or event.owner},
            details={"version": event.version},
        )
    return event


def found(event_id: int, actor: User) -> OnSiteEvent:
    """Return a visible event with its row locked.

    Raises: NotFound.
    """
    if not OnSiteEvent.objects.visible_to(actor).filter(pk=event_id).exists():
        raise NotFound("NOT_FOUND", _("There is no such event, or you may not see it."))
    rows = OnSiteEvent.objects.select_for_update(of=("self",))
    event: OnSiteEvent = rows.select_related("client", "owner", "org_unit", "updated_by").get(pk=event_id)
    return event


def save(event: OnSiteEvent, actor: User | None, *fields: str) -> OnSiteEvent:
    """Write fields of a locked event and count its version up."""
    event.save_by(actor, *fields)
    return event


def trace(event: OnSiteEvent, actor: User | None, action: str, **data: Any) -> None:
    """Leave a trace of an act on an event."""
    record(
        actor=actor,
        action=action,
        entity=event,
        unit=event.org_unit,
        data={"client": event.client.name, "event": event.title} | data,
    )


def _check_window(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    if ends_at <= starts_at:
        late = _("The end comes after the begin.")
        raise Invalid("EVENT_WINDOW", late, fields={"ends_at": [late]})
    if ends_at - starts_at > LONGEST:
        most = _("An event lasts at most %(days)d days. Plan the rest as another one.") % {
            "days": LONGEST.days
        }
        raise Invalid("EVENT_WINDOW", most, fields={"ends_at": [most]})
    if abs(starts_at - now) > FARTHEST:
        sentence = _("Choose a day within a year from now.")
        raise Invalid("TIME_TOO_FAR", sentence, fields={"starts_at": [sentence]})


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(PLAN):
        raise TypeError(f"unknown fields of an event: {sorted(unknown)}")
    cleaned = {name: clean(value) if isinstance(value, str) else value for name, value in values.items()}
    for name, words in (("title", _("Write what the event is about.")), ("place", _("Write where it is."))):
        if name in cleaned and not cleaned[name]:
            raise Invalid("REQUIRED", words, fields={name: [words]})
    if "place_kind" in cleaned and cleaned["place_kind"] not in PlaceKind.values:
        sentence = _("Choose a kind of place.")
        raise Invalid("PLACE_KIND", sentence, fields={"place_kind": [sentence]})
    if "materials_needed" in cleaned:
        cleaned["materials_needed"] = _known("materials_needed", cleaned["materials_needed"], EventMaterial)
    return cleaned


def _known(field: str, codes: Iterable[str], vocabulary: Any) -> list[str]:
    """Return codes in the order of their vocabulary, each once.

    Raises: Invalid CODE_UNKNOWN.
    """
    chosen = set(codes)
    if chosen - set(vocabulary.values):
        sentence = _("This is none of the possible values.")
        raise Invalid("CODE_UNKNOWN", sentence, fields={field: [sentence]})
    return [code for code in vocabulary.values if code in chosen]


@transaction.atomic
def plan_event(
    *,
    actor: User,
    client: Client,
    title: str,
    place: str,
    place_kind: str,
    starts_at: datetime,
    ends_at: datetime,
    warmup_plan: str = "",
    materials_needed: Sequence[str] | None = None,
) -> OnSiteEvent:
    """Plan an event at a client one manages; the planner stands in the team as its leader.

    Raises: Invalid EVENT_WINDOW, TIME_TOO_FAR, REQUIRED, CODE_UNKNOWN; what client_to_visit raises.
    Source: S1-55, S1-56
    """
    require(actor, "visits.change")
    client = client_to_visit(client, actor)
    _check_window(starts_at, ends_at, clock.now())
    values = _cleaned(
        {
            "title": title,
            "place": place,
            "place_kind": place_kind,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "warmup_plan": warmup_plan,
        }
        | ({} if materials_needed is None else {"materials_needed": materials_needed})
    )
    owner = client.am if actor.is_system else actor
    if owner is None:
        raise BusinessError("NO_MANAGER", _("This client has no account manager yet."))
    event = OnSiteEvent.objects.create(
        client=client, owner=owner, org_unit=client.org_unit, created_by=actor, updated_by=actor, **values
    )
    EventStaff.objects.create(event=event, user=owner, is_leader=True)
    trace(event, actor, "visits.event_planned")
    return event


@transaction.atomic
def change_event(
    *, actor: User, event_id: int, values: Mapping[str, Any], version: int | None = None
) -> OnSiteEvent:
    """Change the plan of an event that is still a draft.

    Raises: BusinessError WRONG_STATE, STALE; Invalid; NotFound; Forbidden.
    """
    event = locked(event_id, actor, version=version)
    rules.move(event.state, "change")
    cleaned = _cleaned(values)
    starts_at, ends_at = cleaned.get("starts_at", event.starts_at), cleaned.get("ends_at", event.ends_at)
    _check_window(starts_at, ends_at, clock.now())
    for name, value in cleaned.items():
        setattr(event, name, value)
    save(event, actor, *cleaned)
    trace(event, actor, "visits.event_changed", fields=sorted(cleaned))
    return event


@transaction.atomic
def tick(
    *, actor: User, event_id: int, materials: Iterable[str] | None = None, site: Iterable[str] | None = None
) -> OnSiteEvent:
    """Tick what is ready: material before the event, the site checklist during and after it.

    Raises: BusinessError WRONG_STATE; Invalid CODE_UNKNOWN. Source: S1-56, S1-58, S1-61
    """
    event = locked(event_id, actor)
    fields = []
    if materials is not None:
        rules.move(event.state, "prepare")
        event.materials_ready = _known("materials", materials, EventMaterial)
        fields.append("materials_ready")
    if site is not None:
        rules.move(event.state, "look")
        event.site_checks = _known("site_checks", site, SiteCheck)
        fields.append("site_checks")
    return save(event, actor, *fields) if fields else event


def evaluation_of(event: OnSiteEvent) -> EventResult:
    """Return the evaluation of an event; an empty one, not kept, where none is written yet."""
    return EventResult.objects.filter(event=event).first() or EventResult(event=event)


def facts_of(event: OnSiteEvent, moment: datetime) -> dict[str, Any]:
    """Return what the guards look at; people who have left do not count."""
    staff = [row for row in event.staff.select_related("user") if row.user is None or row.user.is_active]
    evaluation = evaluation_of(event)
    return {
        "moment": moment,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "warmup_plan": event.warmup_plan,
        "min_staff": registry.get("event.min_staff", as_of=clock.business_date(moment)),
        "staff": len(staff),
        "leaders": sum(row.is_leader for row in staff),
        "materials_needed": event.materials_needed,
        "materials_ready": event.materials_ready,
        "products": [
            {"name": str(row.product)} | {name: getattr(row, name) for name in (*PRODUCT, "result_qty")}
            for row in event.products.select_related("product")
        ],
        "gifts": [
            {"name": str(row.stock.gift), "given": row.given}
            for row in event.gifts.select_related("stock__gift")
        ],
        "evaluation": {name: getattr(evaluation, name) for part in rules.PARTS[1:] for name in part},
    }


def missing_for(event: OnSiteEvent, verb: str, moment: datetime) -> list[rules.Point]:
    """Return everything that stands between an event and an act."""
    return rules.open_points(verb, facts_of(event, moment))


def is_draft(event: OnSiteEvent) -> bool:
    """Say whether the plan may still be changed."""
    return event.state == EventState.DRAFT
