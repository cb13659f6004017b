"""Plan a visit and carry it out."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus
from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.trail import record
from members.models import Contact
from visits.choices import LogState, VisitState
from visits.models import PreparationItem, Visit
from visits.rules import visits as rules

FARTHEST = timedelta(days=366)


def must_write(visit: Visit, actor: User) -> None:
    """Refuse a person who may not move the visit.

    Raises: NotFound outside the scope; Forbidden NOT_YOURS for a colleague's visit.
    """
    if not Visit.objects.visible_to(actor).filter(pk=visit.pk).exists():
        raise NotFound("NOT_FOUND", _("There is no such visit, or you may not see it."))
    if not Visit.objects.writable_by(actor).filter(pk=visit.pk).exists():
        sentence = _("This visit is %(owner)s's. Only they can change it.")
        raise Forbidden("NOT_YOURS", sentence % {"owner": visit.owner})


def locked(visit: Visit, actor: User, *, version: int | None = None) -> Visit:
    """Return the visit with its row locked, if the person may move it.

    Raises: what must_write raises; BusinessError STALE when `version` is older.
    """
    must_write(visit, actor)
    found = Visit.objects.select_for_update(of=("self",)).select_related("client", "owner").get(pk=visit.pk)
    if version is not None and version != found.version:
        raise BusinessError(
            "STALE",
            _("%(who)s changed this visit meanwhile. Read it again and repeat your change.")
            % {"who": found.updated_by or found.owner},
            details={"version": found.version},
        )
    return found


def save(visit: Visit, actor: User, *fields: str) -> Visit:
    """Write fields of a locked visit and count its version up."""
    visit.save_by(actor, *fields)
    return visit


def step(visit: Visit, actor: User, verb: str, *fields: str, action: str, **facts: Any) -> Visit:
    """Move a locked visit by a verb of the transition table, save it and leave a trace."""
    before = visit.state
    facts = {
        "place": visit.place,
        "unscheduled_reason": visit.unscheduled_reason,
        "visit_on": visit.visit_on,
        "as_of": clock.today(),
    } | facts
    visit.state = rules.move(rules.VISIT_MOVES, visit.state, verb, facts)
    save(visit, actor, "state", *fields)
    data = {"from": before, "to": visit.state} | ({"reason": facts["reason"]} if facts.get("reason") else {})
    record(actor=actor, action=action, entity=visit, unit=visit.org_unit, data=data)
    return visit


def client_to_visit(client: Client, actor: User) -> Client:
    """Return the client if the person may visit it.

    Raises: NotFound outside the scope; Forbidden NOT_YOURS for a colleague's client; CLIENT_CLOSED.
    """
    if not Client.objects.visible_to(actor).filter(pk=client.pk).exists():
        raise NotFound("NOT_FOUND", _("There is no such client, or you may not see it."))
    if not actor.can("visits.change") or not Client.objects.writable_by(actor).filter(pk=client.pk).exists():
        raise Forbidden(
            "NOT_YOURS", _("This client is in a colleague's hands. Ask your head to assign it to you.")
        )
    if client.status == ClientStatus.CLOSED or client.closed_at:
        raise BusinessError("CLIENT_CLOSED", _("This client is closed; it can no longer be visited."))
    return client


def _check_contact(client: Client, contact: Contact | None) -> None:
    if contact is not None and (contact.client_id != client.pk or contact.left_on):
        sentence = _("Choose a contact of this client.")
        raise Invalid("CONTACT_UNKNOWN", sentence, fields={"contact": [sentence]})


def check_time(planned_at: datetime, now: datetime) -> None:
    """Refuse a day that nobody plans for. Raises: Invalid TIME_TOO_FAR."""
    if abs(planned_at - now) > FARTHEST:
        sentence = _("Choose a day within a year from now.")
        raise Invalid("TIME_TOO_FAR", sentence, fields={"planned_at": [sentence]})


@transaction.atomic
def plan_visit(
    *,
    actor: User,
    client: Client,
    planned_at: datetime,
    purposes: Sequence[str],
    place: str = "",
    contact: Contact | None = None,
    purpose_note: str = "",
    benefit: str = "",
    unscheduled_reason: str = "",
    client_key: UUID | None = None,
    follows: Visit | None = None,
) -> Visit:
    """Plan a visit; the same `client_key` sent again is the visit it made the first time.

    A client system plans for the client's manager, a person for oneself.
    Raises: PURPOSE_REQUIRED, APPOINTMENT_REQUIRED, CONTACT_UNKNOWN, TIME_TOO_FAR, CLIENT_CLOSED, KEY_TAKEN,
    Forbidden, NotFound.
    Source: S1-32, S1-33, E184
    """
    if client_key and (known := _known(client_key, actor, client)):
        return known
    client = client_to_visit(client, actor)
    chosen = [purpose for purpose in rules.ORDER if purpose in set(purposes)]
    rules.check_purposes(chosen if set(purposes) <= set(chosen) else [])
    if not place.strip() and not unscheduled_reason.strip():
        sentence = _("Write where you meet, or why you come unannounced.")
        raise Invalid("APPOINTMENT_REQUIRED", sentence, fields={"place": [sentence]})
    _check_contact(client, contact)
    check_time(planned_at, clock.now())
    owner = client.am if actor.is_system else actor
    if owner is None:
        raise BusinessError("NO_MANAGER", _("This client has no account manager yet."))
    visit = Visit(
        client_key=client_key,
        client=client,
        contact=contact,
        owner=owner,
        org_unit=client.org_unit,
        planned_at=planned_at,
        visit_on=clock.business_date(planned_at),
        place=place.strip(),
        purposes=chosen,
        purpose_note=purpose_note.strip(),
        benefit=benefit.strip(),
        unscheduled_reason=unscheduled_reason.strip(),
        follows=follows,
        created_by=actor,
        updated_by=actor,
    )
    try:
        with transaction.atomic():
            visit.save()
    except IntegrityError:
        # Sent twice at the same moment: the unique key let the other one through.
        if client_key and (known := _known(client_key, actor, client)):
            return known
        raise
    record(
        actor=actor,
        action="visits.visit_planned",
        entity=visit,
        unit=visit.org_unit,
        data={"client": client.pk, "purposes": chosen},
    )
    return visit


def _known(client_key: UUID, actor: User, client: Client) -> Visit | None:
    """Return the visit a key made. Raises: BusinessError KEY_TAKEN for another person's or client's."""
    visit = Visit.objects.filter(client_key=client_key).first()
    if visit and (visit.client_id != client.pk or actor.pk not in (visit.owner_id, visit.created_by_id)):
        raise BusinessError("KEY_TAKEN", _("This key was used for another visit."))
    return visit


@transaction.atomic
def change_visit(*, actor: User, visit: Visit, version: int | None = None, **changes: Any) -> Visit:
    """Change what is planned: time, place, contact, purposes, note, benefit.

    A confirmed visit whose time or place changes must be confirmed again.
    Raises: STALE, WRONG_STATE, PURPOSE_REQUIRED, CONTACT_UNKNOWN, Forbidden, NotFound.
    """
    visit = locked(visit, actor, version=version)
    rules.move(rules.VISIT_MOVES, visit.state, "change", {})
    if "purposes" in changes:
        chosen = [purpose for purpose in rules.ORDER if purpose in set(changes["purposes"])]
        rules.check_purposes(chosen if set(changes["purposes"]) <= set(chosen) else [])
        changes["purposes"] = chosen
    if "contact" in changes:
        _check_contact(visit.client, changes["contact"])
    if "planned_at" in changes:
        check_time(changes["planned_at"], clock.now())
        changes["visit_on"] = clock.business_date(changes["planned_at"])
    changed = [name for name, value in changes.items() if getattr(visit, name) != value]
    if not changed:
        return visit
    for name in changed:
        setattr(visit, name, changes[name])
    if not visit.place and not visit.unscheduled_reason:
        sentence = _("Write where you meet, or why you come unannounced.")
        raise Invalid("APPOINTMENT_REQUIRED", sentence, fields={"place": [sentence]})
    if visit.state == VisitState.CONFIRMED and {"planned_at", "place"} & set(changed):
        visit.state = VisitState.PLANNED
        changed.append("state")
    save(visit, actor, *changed)
    record(
        actor=actor,
        action="visits.visit_changed",
        entity=visit,
        unit=visit.org_unit,
        data={"fields": sorted(changed)},
    )
    return visit


@transaction.atomic
def confirm(*, actor: User, visit: Visit) -> Visit:
    """Note that the client agreed to time and place. Raises: PLACE_REQUIRED, WRONG_STATE. Source: S1-30"""
    return step(locked(visit, actor), actor, "confirm", action="visits.visit_confirmed")


@transaction.atomic
def check_in(*, actor: User, visit: Visit, arrived_at: datetime | None = None) -> Visit:
    """Note the arrival; the visit's day is the day of arrival.

    Raises: WRONG_STATE, NOT_CONFIRMED, BAD_TIME.
    """
    visit = locked(visit, actor)
    visit.arrived_at = moment_of("arrived_at", arrived_at)
    visit.visit_on = clock.business_date(visit.arrived_at)
    return step(visit, actor, "check_in", "arrived_at", "visit_on", action="visits.checked_in")


@transaction.atomic
def check_out(*, actor: User, visit: Visit, left_at: datetime | None = None) -> Visit:
    """Note the departure. Raises: WRONG_STATE, BAD_TIME."""
    visit = locked(visit, actor)
    moment = moment_of("left_at", left_at)
    check_order(visit.arrived_at, moment)
    visit.left_at = moment
    return step(visit, actor, "check_out", "left_at", action="visits.checked_out")


def moment_of(field: str, given: datetime | None) -> datetime:
    """Return the instant of an act; a phone that was offline says when, but never a time to come.

    Raises: Invalid BAD_TIME about `field` for a time ahead, or more than a month back.
    """
    now = clock.now()
    if given is None:
        return now
    if given > now + timedelta(minutes=10) or given < now - timedelta(days=31):
        sentence = _("The time does not fit: it lies ahead, or more than a month back.")
        raise Invalid("BAD_TIME", sentence, fields={field: [sentence]})
    return min(given, now)


def check_order(arrived_at: datetime | None, left_at: datetime) -> None:
    """Refuse a departure before the arrival. Raises: Invalid BAD_TIME."""
    if arrived_at and left_at < arrived_at:
        sentence = _("You cannot leave before you arrive.")
        raise Invalid("BAD_TIME", sentence, fields={"left_at": [sentence]})


@transaction.atomic
def prepare(*, actor: User, visit: Visit, codes: Sequence[str]) -> Visit:
    """Tick what is prepared; codes that are not on the visit's checklist are dropped. Raises: WRONG_STATE."""
    visit = locked(visit, actor)
    rules.move(rules.VISIT_MOVES, visit.state, "prepare", {})
    known = {item.code for item in checklist(visit.purposes) if not item.is_tip}
    visit.checklist = sorted(known & set(codes))
    return save(visit, actor, "checklist")


def checklist(purposes: Sequence[str]) -> list[PreparationItem]:
    """Return the union of what the purposes need, without duplicates; mandatory wins (E185, S1-33)."""
    union: dict[str, PreparationItem] = {}
    for item in PreparationItem.objects.filter(purpose__in=purposes).order_by("purpose", "position"):
        kept = union.setdefault(item.code, item)
        kept.mandatory = kept.mandatory or item.mandatory
    return sorted(union.values(), key=lambda item: (item.is_tip, not item.mandatory))


@transaction.atomic
def cancel(*, actor: User, visit: Visit, reason: str) -> Visit:
    """Call the visit off. Raises: REASON_REQUIRED, WRONG_STATE."""
    visit = locked(visit, actor)
    visit.outcome_reason = reason.strip()
    facts = {"reason": visit.outcome_reason}
    return step(visit, actor, "cancel", "outcome_reason", action="visits.visit_cancelled", **facts)


@transaction.atomic
def no_show(*, actor: User, visit: Visit, reason: str = "") -> Visit:
    """Note that the client did not appear. Raises: WRONG_STATE, NOT_YET."""
    visit = locked(visit, actor)
    if visit.visit_on > clock.today():
        raise BusinessError("NOT_YET", _("This visit lies ahead."))
    visit.outcome_reason = reason.strip()
    facts = {"reason": visit.outcome_reason}
    return step(visit, actor, "no_show", "outcome_reason", action="visits.client_absent", **facts)


@transaction.atomic
def postpone(*, actor: User, visit: Visit, planned_at: datetime, reason: str, place: str = "") -> Visit:
    """Move the visit to another time: the old one stays as it was, a new one follows it.

    Raises: REASON_REQUIRED, WRONG_STATE, TIME_TOO_FAR. Source: S1-45
    """
    old = locked(visit, actor)
    check_time(planned_at, clock.now())
    old.outcome_reason = reason.strip()
    facts = {"reason": old.outcome_reason}
    step(old, actor, "postpone", "outcome_reason", action="visits.visit_postponed", **facts)
    new = Visit(
        client=old.client,
        contact=old.contact,
        owner=old.owner,
        org_unit=old.org_unit,
        planned_at=planned_at,
        visit_on=clock.business_date(planned_at),
        place=place.strip() or old.place,
        purposes=old.purposes,
        purpose_note=old.purpose_note,
        benefit=old.benefit,
        unscheduled_reason=old.unscheduled_reason,
        checklist=old.checklist,
        follows=old,
        created_by=actor,
        updated_by=actor,
    )
    new.save()
    record(
        actor=actor,
        action="visits.visit_planned",
        entity=new,
        unit=new.org_unit,
        data={"client": new.client_id, "follows": old.pk},
    )
    return new


@transaction.atomic
def keep_promise(*, actor: User, visit: Visit) -> Visit:
    """Mark the promised next step as done; with an approved log this ends the visit. Raises: WRONG_STATE."""
    visit = locked(visit, actor)
    step(visit, actor, "follow_up", action="visits.promise_kept")
    log = getattr(visit, "log", None)
    if log and log.state == LogState.APPROVED:
        step(visit, actor, "close", action="visits.visit_closed", log_state=log.state, open_promise=False)
    return visit
