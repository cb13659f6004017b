"""Call a client, note what came of it, return what was missed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.offline import PhoneTime
from crm.base.text import clean
from crm.base.trail import record
from crm.base.wording import check_wording
from crm.params import registry
from members.choices import ContactKind
from members.models import Contact
from visits import calendar
from visits.choices import CallChannel, CallKind, CallResult, VisitState
from visits.models import Appointment, MissedCall, Visit
from visits.rules import calls as rules
from visits.rules.visits import ORDER, check_purposes
from visits.services.visits import change_visit, client_to_visit, confirm, plan_visit

FARTHEST = timedelta(days=366)
TEXTS = ("purpose", "benefit")
CHANGES = ("contact", "channel", "purpose", "benefit", "purposes", "slot1_at", "slot2_at", "call_at")


def call_to_make(call: Appointment, actor: User, *, version: int | None = None) -> Appointment:
    """Return an open call with its row locked, if the person may move it.

    Raises: NotFound; Forbidden NOT_YOURS; BusinessError WRONG_STATE, STALE.
    """
    if not Appointment.objects.visible_to(actor).filter(pk=call.pk).exists():
        raise NotFound("NOT_FOUND", _("There is no such call, or you may not see it."))
    if not Appointment.objects.writable_by(actor).filter(pk=call.pk).exists():
        raise Forbidden("NOT_YOURS", _("This call is %(owner)s's.") % {"owner": call.owner})
    found = (
        Appointment.objects.select_for_update(of=("self",)).select_related("client", "visit").get(pk=call.pk)
    )
    rules.check_open(found.result)
    if version is not None and version != found.version:
        raise BusinessError(
            "STALE", _("Somebody changed this meanwhile. Look at it again and repeat your change.")
        )
    return found


def _check(call: Appointment) -> None:
    fields: dict[str, list[Any]] = {}
    for name, sentence in (
        ("purpose", _("Say what it is about: the client's time is precious.")),
        ("benefit", _("Say what the client gains by it.")),
    ):
        if not getattr(call, name).strip():
            fields[name] = [sentence]
    if fields:
        raise Invalid("PURPOSE_AND_BENEFIT", next(iter(fields.values()))[0], fields=fields)
    for name in TEXTS:
        check_wording(getattr(call, name), field=name)
    contact = call.contact
    if contact is not None and (contact.client_id != call.client_id or contact.left_on):
        sentence = _("Choose a contact of this client.")
        raise Invalid("CONTACT_UNKNOWN", sentence, fields={"contact": [sentence]})
    if contact is not None and contact.kind == ContactKind.KEY_PERSON and not contact.salutation:
        # S1-25: how the key person is addressed is asked once, before the first call.
        sentence = _("How is this key person addressed? Write it once, for example 王总.")
        raise Invalid("SALUTATION_REQUIRED", sentence, fields={"salutation": [sentence]})
    if call.kind == CallKind.GREETING and contact is None:
        sentence = _("Choose whom you greet.")
        raise Invalid("CONTACT_REQUIRED", sentence, fields={"contact": [sentence]})
    if call.kind == CallKind.VISIT:
        check_purposes(call.purposes)
    rules.check_slots(call.kind, call.slot1_at, call.slot2_at, now=clock.now())
    _near(call.call_at, "call_at")


def _near(moment: datetime, name: str) -> None:
    if abs(moment - clock.now()) > FARTHEST:
        sentence = _("Choose a day within a year from now.")
        raise Invalid("TIME_TOO_FAR", sentence, fields={name: [sentence]})


def _in_order(purposes: Sequence[str]) -> list[str]:
    chosen = [purpose for purpose in ORDER if purpose in set(purposes)]
    if not set(purposes) <= set(chosen):
        check_purposes([])
    return chosen


@transaction.atomic
def book_call(
    *,
    actor: User,
    client: Client,
    purpose: str,
    benefit: str,
    kind: str = CallKind.VISIT,
    channel: str = CallChannel.PHONE,
    contact: Contact | None = None,
    purposes: Sequence[str] = (),
    slot1_at: datetime | None = None,
    slot2_at: datetime | None = None,
    call_at: datetime | None = None,
    visit: Visit | None = None,
    client_key: UUID | None = None,
) -> Appointment:
    """Prepare a call: what it is about, what the client gains, which two times are offered.

    The same `client_key` sent again is the call it made the first time. `visit` is a planned visit of the
    client that the call is to confirm.
    Raises: PURPOSE_AND_BENEFIT, ARREARS_WORDING, SLOTS_REQUIRED, CONTACT_REQUIRED, PURPOSE_REQUIRED,
    KEY_TAKEN, Forbidden, NotFound. Source: S1-19, S1-22, S1-23, S1-28
    """
    if client_key and (known := _known(client_key, actor, client)):
        return known
    client = client_to_visit(client, actor)
    owner = client.am if actor.is_system else actor
    if owner is None:
        raise BusinessError("NO_MANAGER", _("This client has no account manager yet."))
    if visit is not None and (
        visit.client_id != client.pk or visit.state not in (VisitState.PLANNED, VisitState.CONFIRMED)
    ):
        raise BusinessError("VISIT_NOT_OPEN", _("This visit cannot be arranged any more."))
    call = Appointment(
        client_key=client_key, client=client, contact=contact, owner=owner, org_unit=client.org_unit,
        kind=kind, channel=channel, purpose=purpose.strip(), benefit=benefit.strip(),
        purposes=_in_order(purposes), slot1_at=slot1_at, slot2_at=slot2_at, call_at=call_at or clock.now(),
        visit=visit, created_by=actor, updated_by=actor,
    )  # fmt: skip
    _check(call)
    try:
        with transaction.atomic():
            call.save()
    except IntegrityError:
        # The same sending, a moment earlier on another connection.
        if client_key and (known := _known(client_key, actor, client)):
            return known
        raise
    record(
        actor=actor, action="visits.call_booked", entity=call, unit=call.org_unit,
        data={"client": client.pk, "kind": kind},
    )  # fmt: skip
    return call


def _known(client_key: UUID, actor: User, client: Client) -> Appointment | None:
    """Return the call a key made. Raises: BusinessError KEY_TAKEN for another person's or client's."""
    call = Appointment.objects.filter(client_key=client_key).first()
    if call and (call.client_id != client.pk or actor.pk not in (call.owner_id, call.created_by_id)):
        raise BusinessError("KEY_TAKEN", _("This key was used for another call."))
    return call


@transaction.atomic
def change_call(*, actor: User, call: Appointment, version: int | None = None, **changes: Any) -> Appointment:
    """Change what a call is about while it is not made. Raises: what book_call raises; WRONG_STATE, STALE."""
    found = call_to_make(call, actor, version=version)
    changed = []
    for name in CHANGES:
        if name not in changes:
            continue
        value = changes[name].strip() if name in TEXTS else changes[name]
        value = _in_order(value) if name == "purposes" else value
        if getattr(found, name) != value:
            setattr(found, name, value)
            changed.append(name)
    if not changed:
        return found
    _check(found)
    found.stamp(actor)
    found.save()
    record(
        actor=actor, action="visits.call_changed", entity=found, unit=found.org_unit,
        data={"fields": sorted(changed)},
    )  # fmt: skip
    return found


@transaction.atomic
def note_result(
    *,
    actor: User,
    call: Appointment,
    result: str,
    agreed_at: datetime | None = None,
    place: str = "",
    again_at: datetime | None = None,
    note: str = "",
    version: int | None = None,
    phone: PhoneTime | None = None,
) -> Appointment:
    """Note what came of a call and take the next step.

    Agreed: the visit is planned and confirmed, or the linked one is. Inconvenient, not there, no answer,
    put off: the next call stands in the list. An answer that lacks what it needs changes nothing. What was
    noted without a signal was said when the phone made it.
    Raises: TIME_REQUIRED, PLACE_REQUIRED, REASON_REQUIRED, AGAIN_REQUIRED, ANSWER_REQUIRED, WRONG_STATE,
    ARREARS_WORDING, Forbidden, NotFound. Source: S1-21, S1-26, S1-28, S1-30
    """
    found = call_to_make(call, actor, version=version)
    facts = {"agreed_at": agreed_at, "place": place.strip(), "again_at": again_at, "note": note.strip()}
    outcome = rules.check_result(found.kind, result, facts)
    moment = phone.made_at if phone else clock.now()
    if result == CallResult.CONFIRMED and agreed_at is not None:
        if agreed_at < moment:
            sentence = _("This time is over. A visit is agreed on for a time to come.")
            raise Invalid("SLOT_PAST", sentence, fields={"agreed_at": [sentence]})
        found.agreed_at, found.place = agreed_at, place.strip()
        found.visit = _agreed_visit(actor, found)
    found.result, found.note, found.called_at = result, note.strip(), moment
    found.stamp(actor)
    found.save()
    record(
        actor=actor, action="visits.client_called", entity=found, unit=found.org_unit,
        data={"client": found.client_id, "result": result, "visit": found.visit_id},
    )  # fmt: skip
    if outcome.again and again_at is not None:
        _call_again(actor, found, again_at, moment)
    return found


def _agreed_visit(actor: User, call: Appointment) -> Visit:
    """Return the confirmed visit of an agreed call: the linked one moved to the time, else a new one."""
    assert call.agreed_at is not None  # noqa: S101 - check_result let nothing else through
    visit = call.visit
    if visit is None or visit.state not in (VisitState.PLANNED, VisitState.CONFIRMED):
        visit = plan_visit(
            actor=actor, client=call.client, planned_at=call.agreed_at, purposes=call.purposes or ["P2"],
            place=call.place, contact=call.contact, purpose_note=call.purpose, benefit=call.benefit,
        )  # fmt: skip
    else:
        visit = change_visit(
            actor=actor, visit=visit, planned_at=call.agreed_at, place=call.place,
            contact=call.contact or visit.contact,
        )  # fmt: skip
    return confirm(actor=actor, visit=visit) if visit.state == VisitState.PLANNED else visit


def _call_again(actor: User, call: Appointment, again_at: datetime, now: datetime) -> Appointment:
    """Put the next call into the list; times that are over by then are replaced by the next ones."""
    if again_at < now - timedelta(minutes=1):
        sentence = _("This time is over. Choose one that lies ahead.")
        raise Invalid("AGAIN_PAST", sentence, fields={"again_at": [sentence]})
    _near(again_at, "again_at")
    slots = (call.slot1_at, call.slot2_at)
    if slots[0] and any(slot is None or slot <= again_at for slot in slots):
        slots = next_slots(again_at)
    following = Appointment.objects.create(
        client=call.client, contact=call.contact, owner=call.owner, org_unit=call.org_unit, kind=call.kind,
        channel=call.channel, purpose=call.purpose, benefit=call.benefit, purposes=call.purposes,
        slot1_at=slots[0], slot2_at=slots[1], call_at=again_at, visit=call.visit, follows=call,
        created_by=actor, updated_by=actor,
    )  # fmt: skip
    record(
        actor=actor, action="visits.call_booked", entity=following, unit=call.org_unit,
        data={"client": call.client_id, "kind": call.kind, "follows": call.pk},
    )  # fmt: skip
    return following


def next_slots(now: datetime) -> tuple[datetime, datetime]:
    """Return two times to offer in a call, on working days."""
    day = now.astimezone(clock.BUSINESS_ZONE).date()
    return rules.offered(now, calendar.next_working_day, works_today=calendar.is_working_day(day))


def move_open_calls(
    *, client_ids: Iterable[int], giver: User, taker: User, from_on: date, actor: User | None
) -> int:
    """Give calls that are still to be made to the new manager of their clients."""
    rows = Appointment.objects.to_make().filter(client__in=list(client_ids), owner=giver)
    moved: int = rows.update(owner=taker, updated_by=actor, updated_at=clock.now())
    return moved


# ---- Missed calls


@transaction.atomic
def note_missed(
    *,
    actor: User,
    number: str,
    missed_at: datetime | None = None,
    owner: User | None = None,
    reason: str = "",
) -> MissedCall:
    """Note a call nobody took; who called is looked for among the manager's clients.

    A person notes own missed calls, a head those of the unit, a client system (the exchange) everybody's in
    its scope. The same call noted twice is one row.
    Raises: Invalid BAD_NUMBER, BAD_TIME; Forbidden NOT_YOURS. Source: S0-92, X-20
    """
    owner = owner or actor
    if owner.pk != actor.pk and not (owner.org_unit and actor.scope.writes(owner.org_unit)):
        raise Forbidden("NOT_YOURS", _("Only the manager, or the head of the unit, notes a missed call."))
    if owner.org_unit is None:
        raise BusinessError("NO_UNIT", _("This person belongs to no unit."))
    digits = clean(number).replace(" ", "").replace("-", "").removeprefix("+86")
    if not 5 <= len(digits) <= 20 or not digits.isdecimal():
        sentence = _("Write the number that called, digits only.")
        raise Invalid("BAD_NUMBER", sentence, fields={"number": [sentence]})
    now = clock.now()
    moment = (missed_at or now).replace(second=0, microsecond=0)
    if not now - timedelta(days=7) < moment <= now:
        sentence = _("The time does not fit: it lies ahead, or more than a week back.")
        raise Invalid("BAD_TIME", sentence, fields={"missed_at": [sentence]})
    contact = (
        Contact.objects.active()
        .filter(client__in=Client.objects.managed_by(owner), mobile=digits)
        .order_by("-kind", "id")
        .first()
    )
    numbers = registry.get_group("call.", as_of=clock.today())
    due_at = rules.due_back(
        moment, minutes=numbers["return_minutes"], from_hour=numbers["from_hour"], to_hour=numbers["to_hour"],
        next_day=calendar.next_working_day, works=calendar.is_working_day(clock.business_date(moment)),
    )  # fmt: skip
    missed, fresh = MissedCall.objects.get_or_create(
        owner=owner, number=digits, missed_at=moment,
        defaults={
            "org_unit": contact.client.org_unit if contact else owner.org_unit,
            "client": contact.client if contact else None,
            "contact": contact,
            "due_at": due_at,
            "reason": reason.strip(),
            "created_by": actor,
            "updated_by": actor,
        },
    )  # fmt: skip
    if fresh:
        record(actor=actor, action="visits.call_missed", entity=missed, unit=missed.org_unit)
    return missed


@transaction.atomic
def return_missed(
    *, actor: User, missed: MissedCall, note: str = "", phone: PhoneTime | None = None
) -> MissedCall:
    """Note that the client was called back.

    Raises: NotFound; Forbidden NOT_YOURS; BusinessError WRONG_STATE. Source: S0-92
    """
    if not MissedCall.objects.visible_to(actor).filter(pk=missed.pk).exists():
        raise NotFound("NOT_FOUND", _("There is no such call, or you may not see it."))
    if not MissedCall.objects.writable_by(actor).filter(pk=missed.pk).exists():
        raise Forbidden("NOT_YOURS", _("This call is %(owner)s's.") % {"owner": missed.owner})
    found = MissedCall.objects.select_for_update(of=("self",)).get(pk=missed.pk)
    if found.returned_at:
        raise BusinessError("WRONG_STATE", _("Somebody called back already."))
    found.returned_at, found.note = (phone.made_at if phone else clock.now()), note.strip()
    found.stamp(actor)
    found.save()
    record(
        actor=actor, action="visits.call_returned", entity=found, unit=found.org_unit,
        data={"late": found.was_late},
    )  # fmt: skip
    return found
