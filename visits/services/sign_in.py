"""Sign people in at an on-site event, and find out who of them belongs to the client."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound, Sentence
from crm.base.language import in_language_of
from crm.base.text import clean
from crm.params import registry
from members.choices import MemberSource
from members.models import Member, PersonalCustomer
from members.services import add_member
from visits.choices import EventState, SignedVia
from visits.models import EventAttendee, OnSiteEvent
from visits.notices import Notice, tell
from visits.rules import events as rules
from visits.services.deciders import heads_of
from visits.services.events import locked, trace
from visits.services.visits import client_to_visit

MOBILE = re.compile(r"1[3-9]\d{9}")
FLOOD = timedelta(minutes=10)
MOST_AT_ONCE = 200


def event_of_token(token: str, *, now: datetime | None = None) -> OnSiteEvent:
    """Return the running event whose sign-in page a code opens.

    Raises: NotFound for a code nobody made; BusinessError SIGN_IN_CLOSED (410) before and after the event.
    """
    moment = now or clock.now()
    event = OnSiteEvent.objects.select_related("client").filter(sign_in_token=token).first()
    if event is None:
        raise NotFound("NOT_FOUND", _("This code leads nowhere. Ask at the stand."))
    hours = registry.get("event.sign_in_hours", as_of=clock.business_date(moment))
    if event.state in (EventState.APPROVED, EventState.WARMED_UP):
        raise BusinessError("SIGN_IN_CLOSED", _("The event has not begun yet."), status=410)
    if event.state != EventState.RUNNING or moment > event.ends_at + timedelta(hours=hours):
        raise BusinessError("SIGN_IN_CLOSED", _("The event is over. Thank you for coming."), status=410)
    return event


def origin_of(event: OnSiteEvent, address: str | None) -> str:
    """Return a salted hash of a network address: enough to count by, not enough to find the address."""
    return hashlib.sha256(f"{event.sign_in_token}:{address}".encode()).hexdigest()[:16] if address else ""


def _person(name: str, msisdn: str) -> tuple[str, str]:
    fields: dict[str, list[Sentence]] = {}
    name, msisdn = clean(name)[:40], re.sub(r"[\s-]", "", clean(msisdn))
    msisdn = msisdn.removeprefix("+86")
    if not name:
        fields["name"] = [_("Write the name.")]
    if not MOBILE.fullmatch(msisdn):
        fields["msisdn"] = [_("Write a mobile number of 11 digits.")]
    if fields:
        raise Invalid("INVALID", _("Some fields need correction."), fields=fields)
    return name, msisdn


def _keep(event: OnSiteEvent, interests: Iterable[int], **values: Any) -> tuple[EventAttendee, bool]:
    """Keep a sign-in once: the same key, or the same number at the same event, is the row that is there."""
    same = EventAttendee.objects.filter(event=event)
    sent = same.filter(key=values["key"]).first()
    if sent and sent.msisdn != values["msisdn"]:
        raise BusinessError("KEY_TAKEN", _("This sign-in was sent for somebody else."))
    if known := sent or same.filter(msisdn=values["msisdn"]).first():
        return known, False
    try:
        with transaction.atomic():
            made = EventAttendee.objects.create(event=event, client_id=event.client_id, **values)
    except IntegrityError:  # signed in in the same moment; or the key is another event's
        again = same.filter(msisdn=values["msisdn"]).first()
        if again is None:
            raise BusinessError("KEY_TAKEN", _("This sign-in was sent for another event.")) from None
        return again, False
    made.interests.set(event.products.filter(pk__in=list(interests)))
    return made, True


@transaction.atomic
def sign_in_oneself(
    *,
    token: str,
    name: str,
    msisdn: str,
    consent: bool,
    interests: Sequence[int] = (),
    address: str | None = None,
    now: datetime | None = None,
) -> None:
    """Sign in by the code on the poster; whoever is signed in already hears the same.

    The answer never says whether a number is known. What is there is not changed.
    Raises: NotFound; BusinessError SIGN_IN_CLOSED (410), SIGN_IN_TOO_FAST (429); Invalid CONSENT.
    """
    moment = now or clock.now()
    event = event_of_token(token, now=moment)
    name, msisdn = _person(name, msisdn)
    if not consent:
        sentence = _("Without your consent nothing may be kept.")
        raise Invalid("CONSENT", sentence, fields={"consent": [sentence]})
    origin = origin_of(event, address)
    most = registry.get("event.sign_in_rate", as_of=clock.business_date(moment))
    if EventAttendee.objects.filter(event=event).since(moment - FLOOD, origin).count() >= most:
        raise BusinessError(
            "SIGN_IN_TOO_FAST",
            _("Too many sign-ins from this network. Wait some minutes, or sign in at the stand."),
            status=429,
        )
    _keep(
        event,
        interests,
        key=uuid4(),
        name=name,
        msisdn=msisdn,
        consent=True,
        via=SignedVia.SELF,
        signed_at=moment,
        origin=origin,
    )


@transaction.atomic
def sign_in_at_stand(
    *,
    actor: User,
    event_id: int,
    name: str,
    msisdn: str,
    consent: bool = False,
    interests: Sequence[int] = (),
    key: UUID | None = None,
    signed_at: datetime | None = None,
    now: datetime | None = None,
) -> tuple[EventAttendee, bool]:
    """Sign somebody in at the stand; sent twice it is one. Return the row and whether it is new.

    A phone's clock that is wrong is put right: nobody signs in before the begin or in the future.
    Raises: NotFound; Forbidden NOT_IN_TEAM; BusinessError WRONG_STATE, KEY_TAKEN; Invalid.
    """
    moment = now or clock.now()
    event = OnSiteEvent.objects.visible_to(actor).select_related("client").filter(pk=event_id).first()
    if event is None:
        raise NotFound("NOT_FOUND", _("There is no such event, or you may not see it."))
    if not OnSiteEvent.objects.staffed_by(actor).filter(pk=event_id).exists():
        raise Forbidden("NOT_IN_TEAM", _("Only the team of the event signs people in."))
    rules.move(event.state, "sign_in")
    name, msisdn = _person(name, msisdn)
    at = min(max(signed_at or moment, event.started_at or event.starts_at), moment)
    return _keep(
        event,
        interests,
        key=key or uuid4(),
        name=name,
        msisdn=msisdn,
        consent=consent,
        via=SignedVia.STAFF,
        signed_at=at,
        recorded_by=actor,
    )


@transaction.atomic
def match_attendees(*, event_id: int | None = None, province: OrgUnit | None = None) -> int:
    """Find members and customers of the client by number, in two statements; return how many were found.

    Source: S1-62, S1-77
    """
    rows = EventAttendee.objects.all()
    if event_id is not None:
        rows = rows.filter(event=event_id)
    if province is not None:
        rows = rows.filter(event__org_unit__path__startswith=province.path)
    rows = EventAttendee.objects.filter(pk__in=rows.values("pk"))
    members = Member.objects.active().filter(client=OuterRef("client"), msisdn=OuterRef("msisdn"))
    member = Subquery(members.values("pk")[:1])
    customers = PersonalCustomer.objects.filter(
        client=OuterRef("client"), msisdn=OuterRef("msisdn"), in_net_to=None
    )
    customer = Subquery(customers.values("pk")[:1])
    count = rows.filter(member=None).alias(hit=member).exclude(hit=None).update(member=member)
    count += rows.filter(customer=None).alias(hit=customer).exclude(hit=None).update(customer=customer)
    return int(count)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one candidate."""

    attendee: EventAttendee
    member: Member | None
    refusal: Sentence = ""


@transaction.atomic
def take_over(*, actor: User, event_id: int, attendees: Sequence[int]) -> list[Taken]:
    """Enter people who agreed as members of the client: from a campaign, not verified, so of type 3.

    Each answers for itself; one refusal holds nobody else up.
    Raises: NotFound; Forbidden NOT_YOURS; BusinessError TOO_MANY. Source: S1-77, E102
    """
    event = locked(event_id, actor)
    if not actor.can("members.change"):
        raise Forbidden(
            "FORBIDDEN", _("Your role does not include this. Ask your administrator if you need it.")
        )
    if len(attendees) > MOST_AT_ONCE:
        raise BusinessError(
            "TOO_MANY", _("Choose at most %(count)d people at once.") % {"count": MOST_AT_ONCE}
        )
    client_to_visit(event.client, actor)
    match_attendees(event_id=event.pk)
    done: list[Taken] = []
    rows = event.attendees.candidates().filter(pk__in=list(attendees)).select_for_update(of=("self",))
    for row in rows.order_by("id"):
        try:
            with transaction.atomic():
                member = add_member(
                    client=event.client,
                    actor=actor,
                    msisdn=row.msisdn,
                    name=row.name,
                    position=gettext("unknown"),
                    source=MemberSource.CAMPAIGN,
                    verified=False,
                    remark=event.title,
                )
        except BusinessError as refusal:
            done.append(Taken(row, None, refusal.message))
            continue
        row.member, row.taken_over_at = member, clock.now()
        row.save(update_fields=["member", "taken_over_at"])
        done.append(Taken(row, member))
    if count := sum(one.member is not None for one in done):
        trace(event, actor, "visits.event_members_added", count=count)
    return done


@transaction.atomic
def settle_events(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Match late sign-ins in the night, and remind of evaluations: the manager when due, the head when late.

    Run twice it changes nothing. Source: S1-62, spec §3.4
    """
    found = match_attendees(province=province)
    owing = OnSiteEvent.objects.owing_evaluation().filter(evaluation_due_on__lte=as_of)
    if province is not None:
        owing = owing.filter(org_unit__path__startswith=province.path)
    notices = []
    for event in owing.select_related("client", "owner", "org_unit").order_by("id").iterator(1000):
        url = reverse("visits:event", args=[event.pk])
        late = event.evaluation_due_on is not None and event.evaluation_due_on < as_of
        people = [event.owner]
        if late:
            people += heads_of(event.org_unit, as_of)
        for person in {person.pk: person for person in people}.values():
            with in_language_of(person):
                words = (
                    gettext("The evaluation of %(event)s at %(client)s is late, it was due on %(day)s.")
                    if late
                    else gettext("The evaluation of %(event)s at %(client)s is due on %(day)s.")
                )
                text = words % {"event": event.title, "client": event.client, "day": event.evaluation_due_on}
            notices.append(
                Notice(person.pk, "event_late", text, url, f"event_late:{event.pk}:{as_of}", daily=True)
            )
    return found + tell(notices)
