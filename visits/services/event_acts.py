"""Move an on-site event along: hand in, approve, warm up, begin, end, evaluate, close."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crm.accounts.models import User
from crm.base import clock, workdays
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.language import in_language_of
from crm.base.text import clean
from crm.base.uploads import read_paper
from crm.params import registry
from visits.choices import EventState, GiftMoveKind
from visits.models import EventGift, EventPhoto, EventProduct, EventResult, EventStaff, OnSiteEvent
from visits.notices import Notice, tell
from visits.rules import events as rules
from visits.services.deciders import heads_of
from visits.services.events import facts_of, found, locked, save, trace
from visits.services.gifts import move_stock
from visits.services.sign_in import match_attendees

MOST_PHOTOS = 20


def _step(
    event: OnSiteEvent, actor: User, verb: str, action: str, now: datetime, *fields: str, **data: Any
) -> OnSiteEvent:
    """Check the guards of a verb, move, save and leave a trace."""
    after = rules.move(event.state, verb)
    rules.refuse_open(verb, facts_of(event, now))
    before, event.state = event.state, after
    save(event, actor, "state", *fields)
    trace(event, actor, action, **{"from": before, "to": after} | data)
    return event


def _reason(reason: str) -> str:
    if not clean(reason):
        sentence = _("Say why, so that it can be mended.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
    return clean(reason)[:200]


def _may_decide(event: OnSiteEvent, actor: User) -> None:
    require(actor, "visits.approve_event")
    if actor.scope.is_self(event.owner_id):
        raise Forbidden("SELF_APPROVAL", _("Nobody decides about an own event. Another head must do it."))
    if not actor.scope.covers(event.org_unit, "visits.approve_event"):
        raise Forbidden("FORBIDDEN", _("Only heads over the unit decide about its events."))


def _tell(event: OnSiteEvent, person: User, words: str, key: str) -> None:
    with in_language_of(person):
        text = _now(words) % {"event": event.title, "client": event.client}
    url = reverse("visits:event", args=[event.pk])
    tell([Notice(person.pk, "event", text, url, f"event:{event.pk}:{key}:{event.version}")])


@transaction.atomic
def submit_event(*, actor: User, event_id: int, now: datetime | None = None) -> OnSiteEvent:
    """Hand a plan in; everything that is missing is named at once.

    Raises: BusinessError EVENT_STAFF, EVENT_LEADER, EVENT_SYSTEM … , WRONG_STATE. Source: S1-55…S1-60
    """
    event = locked(event_id, actor)
    moment = now or clock.now()
    _step(event, actor, "submit", "visits.event_submitted", moment)
    for head in heads_of(event.org_unit, clock.business_date(moment)):
        if not head.scope.is_self(event.owner_id):
            _tell(event, head, gettext_noop("%(event)s at %(client)s waits for your approval."), "submitted")
    return event


@transaction.atomic
def withdraw_event(*, actor: User, event_id: int) -> OnSiteEvent:
    """Take a plan back that nobody has decided about."""
    return _step(locked(event_id, actor), actor, "withdraw", "visits.event_changed", clock.now())


@transaction.atomic
def approve_event(*, actor: User, event_id: int, now: datetime | None = None) -> OnSiteEvent:
    """Approve a plan: gifts leave the stock, the sign-in code is made.

    Raises: Forbidden SELF_APPROVAL; BusinessError EVENT_…, GIFT_OUT_OF_STOCK, WRONG_STATE.
    Source: E196, E197
    """
    event = found(event_id, actor)
    _may_decide(event, actor)
    moment = now or clock.now()
    event.decided_by, event.decided_at, event.reason = actor, moment, ""
    event.sign_in_token = secrets.token_urlsafe(18)
    _step(
        event,
        actor,
        "approve",
        "visits.event_approved",
        moment,
        "decided_by",
        "decided_at",
        "reason",
        "sign_in_token",
    )
    for row in event.gifts.order_by("stock"):
        move_stock(row.stock_id, GiftMoveKind.OUT, -row.quantity, actor, event=event)
    _tell(event, event.owner, gettext_noop("%(event)s at %(client)s is approved."), "approved")
    return event


@transaction.atomic
def return_event(*, actor: User, event_id: int, reason: str, now: datetime | None = None) -> OnSiteEvent:
    """Give a plan or an evaluation back with a reason.

    Raises: Invalid REASON_REQUIRED; Forbidden SELF_APPROVAL; BusinessError WRONG_STATE.
    """
    event = found(event_id, actor)
    _may_decide(event, actor)
    event.reason = _reason(reason)
    _step(event, actor, "return", "visits.event_returned", now or clock.now(), "reason", reason=event.reason)
    _tell(event, event.owner, gettext_noop("%(event)s at %(client)s came back to you."), "returned")
    return event


def _gifts_back(event: OnSiteEvent, actor: User) -> None:
    """Put what was not given away back into the stock."""
    for row in event.gifts.order_by("stock"):
        left = row.quantity - (row.given or 0)
        if left:
            move_stock(row.stock_id, GiftMoveKind.BACK, left, actor, event=event)


@transaction.atomic
def reopen_event(*, actor: User, event_id: int, reason: str) -> OnSiteEvent:
    """Plan an approved event anew, for another day or with another team; its gifts go back.

    Raises: Invalid REASON_REQUIRED; BusinessError WRONG_STATE.
    """
    event = locked(event_id, actor)
    event.reason = _reason(reason)
    event.decided_by = event.decided_at = event.warmup_done_at = event.sign_in_token = None
    _step(
        event,
        actor,
        "reopen",
        "visits.event_reopened",
        clock.now(),
        "reason",
        "decided_by",
        "decided_at",
        "warmup_done_at",
        "sign_in_token",
        reason=event.reason,
    )
    _gifts_back(event, actor)
    return event


@transaction.atomic
def cancel_event(*, actor: User, event_id: int, reason: str) -> OnSiteEvent:
    """Call an event off before it begins; its gifts go back.

    Raises: Invalid REASON_REQUIRED; BusinessError WRONG_STATE.
    """
    event = locked(event_id, actor)
    out = event.state in (EventState.APPROVED, EventState.WARMED_UP)
    event.reason, event.sign_in_token = _reason(reason), None
    _step(
        event,
        actor,
        "cancel",
        "visits.event_cancelled",
        clock.now(),
        "reason",
        "sign_in_token",
        reason=event.reason,
    )
    if out:
        _gifts_back(event, actor)
    return event


@transaction.atomic
def warm_up_event(*, actor: User, event_id: int, now: datetime | None = None) -> OnSiteEvent:
    """Note that the client's people were told beforehand.

    Raises: BusinessError EVENT_WARMUP_LATE, WRONG_STATE. Source: S1-56
    """
    event = locked(event_id, actor)
    moment = now or clock.now()
    rules.move(event.state, "warm_up")
    rules.refuse_open("warm_up", facts_of(event, moment))
    event.warmup_done_at = moment
    return _step(event, actor, "warm_up", "visits.event_warmed_up", moment, "warmup_done_at")


@transaction.atomic
def start_event(*, actor: User, event_id: int, now: datetime | None = None) -> OnSiteEvent:
    """Begin on the site: the sign-in page opens.

    Raises: BusinessError EVENT_MATERIAL, EVENT_NOT_YET, WRONG_STATE. Source: S1-56, S1-58
    """
    event = locked(event_id, actor)
    event.started_at = now or clock.now()
    return _step(event, actor, "start", "visits.event_started", event.started_at, "started_at")


@transaction.atomic
def finish_event(*, actor: User, event_id: int, now: datetime | None = None) -> OnSiteEvent:
    """End on the site: sign-ins are matched, the evaluation becomes due.

    Raises: BusinessError WRONG_STATE. Source: S1-62
    """
    event = locked(event_id, actor)
    moment = now or clock.now()
    on = clock.business_date(moment)
    event.finished_at = moment
    event.evaluation_due_on = workdays.after(on, registry.get("event.evaluation_days", as_of=on))
    _step(event, actor, "finish", "visits.event_finished", moment, "finished_at", "evaluation_due_on")
    match_attendees(event_id=event.pk)
    return event


@transaction.atomic
def write_evaluation(
    *,
    actor: User,
    event_id: int,
    values: Mapping[str, str],
    results: Mapping[int, int | None] | None = None,
    given: Mapping[int, int | None] | None = None,
    ratings: Mapping[int, int | None] | None = None,
) -> OnSiteEvent:
    """Write the evaluation, as far as it goes; it is handed in by another act.

    Units: `results` product row → how many; `given` gift row → how many; `ratings` staff row → 1 to 5.
    Raises: Invalid GIVEN, RATING; BusinessError WRONG_STATE. Source: S1-62
    """
    event = locked(event_id, actor)
    rules.move(event.state, "evaluate")
    texts = {
        name: str(values[name]).strip()[:2000] for part in rules.PARTS[1:] for name in part if name in values
    }
    if texts:
        EventResult.objects.update_or_create(event=event, defaults=texts)
    for row in event.products.filter(pk__in=results or {}):
        EventProduct.objects.filter(pk=row.pk).update(result_qty=(results or {})[row.pk])
    for gift in event.gifts.filter(pk__in=given or {}):
        number = (given or {})[gift.pk]
        if number is not None and number > gift.quantity:
            sentence = _("At most %(count)d of this gift were taken along.") % {"count": gift.quantity}
            raise Invalid("GIVEN", sentence, fields={f"given-{gift.pk}": [sentence]})
        EventGift.objects.filter(pk=gift.pk).update(given=number)
    for person in event.staff.filter(pk__in=ratings or {}):
        rating = (ratings or {})[person.pk]
        if rating is not None and not 1 <= rating <= 5:
            scale = _("Choose from 1 to 5.")
            raise Invalid("RATING", scale, fields={f"rating-{person.pk}": [scale]})
        EventStaff.objects.filter(pk=person.pk).update(rating=rating)
    return save(event, actor)


@transaction.atomic
def hand_in_evaluation(*, actor: User, event_id: int, now: datetime | None = None) -> OnSiteEvent:
    """Hand the evaluation in; all five parts are needed, photos are not.

    Raises: BusinessError EVENT_RESULT, EVENT_EVALUATION, EVENT_GIFTS, WRONG_STATE. Source: S1-62
    """
    event = locked(event_id, actor)
    return _step(
        event, actor, "hand_in", "visits.event_evaluated", now or clock.now(), photos=event.photos.count()
    )


@transaction.atomic
def close_event(*, actor: User, event_id: int, now: datetime | None = None) -> OnSiteEvent:
    """Close an evaluated event; what was not given away goes back into the stock.

    Raises: Forbidden SELF_APPROVAL; BusinessError EVENT_…, WRONG_STATE. Source: S1-62
    """
    event = found(event_id, actor)
    _may_decide(event, actor)
    event.closed_by, event.closed_at = actor, now or clock.now()
    event.reason, event.sign_in_token = "", None
    _step(
        event,
        actor,
        "close",
        "visits.event_closed",
        event.closed_at,
        "closed_by",
        "closed_at",
        "reason",
        "sign_in_token",
    )
    _gifts_back(event, actor)
    _tell(event, event.owner, gettext_noop("%(event)s at %(client)s is closed."), "closed")
    return event


@transaction.atomic
def add_photo(*, actor: User, event_id: int, upload: UploadedFile, caption: str = "") -> EventPhoto:
    """Keep a picture of the site; the same picture twice is one.

    Raises: Invalid PAPER_…; BusinessError WRONG_STATE, EVENT_PHOTOS. Source: S1-62
    """
    event = locked(event_id, actor)
    rules.move(event.state, "look")
    paper = read_paper(upload, field="photo", images_only=True)
    known = event.photos.filter(sha256=paper.sha256).first()
    if known:
        return known
    if event.photos.count() >= MOST_PHOTOS:
        raise BusinessError("EVENT_PHOTOS", _("At most %(count)d photos are kept.") % {"count": MOST_PHOTOS})
    photo = EventPhoto(
        event=event,
        content_type=paper.content_type,
        size=paper.size,
        sha256=paper.sha256,
        caption=clean(caption)[:80],
        uploaded_by=actor,
    )
    photo.file.save(paper.name, paper.content, save=False)
    photo.save()
    save(event, actor)
    return photo


@transaction.atomic
def remove_photo(*, actor: User, event_id: int, photo_id: int) -> None:
    """Remove a picture that does not belong here; the file goes when the act is done.

    Raises: NotFound; BusinessError WRONG_STATE.
    """
    event = locked(event_id, actor)
    rules.move(event.state, "look")
    photo = event.photos.filter(pk=photo_id).first()
    if photo is None:
        raise NotFound("NOT_FOUND", _("There is no such record, or you may not see it."))
    storage, name = photo.file.storage, str(photo.file.name)
    photo.delete()
    transaction.on_commit(lambda: storage.delete(name))
    save(event, actor)


@transaction.atomic
def renew_code(*, actor: User, event_id: int) -> OnSiteEvent:
    """Make the sign-in code anew; posters with the old one lead nowhere from now on.

    Raises: BusinessError WRONG_STATE.
    """
    event = locked(event_id, actor)
    if event.sign_in_token is None or event.state in (EventState.FINISHED, EventState.EVALUATED):
        raise BusinessError(
            "WRONG_STATE", _("There is a sign-in code from approval until the event is over.")
        )
    event.sign_in_token = secrets.token_urlsafe(18)
    save(event, actor, "sign_in_token")
    trace(event, actor, "visits.event_code_renewed")
    return event
