"""Fan events out to receivers, deliver what is due, try again, give up, replay."""

import http.client
import uuid
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import CharField, Exists, Max, Min, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Invalid
from crm.base.models import Notification, OutboxEvent
from crm.base.settled import settled_before
from crm.base.trail import record
from crm.outbox import sending
from crm.outbox.models import Delivery, Endpoint

BATCH = 200
MOST_ATTEMPTS = 10
FIRST_PAUSE = timedelta(seconds=30)
CLAIM = timedelta(minutes=5)
# A round ends before the next ones pile up behind it: other people's tasks wait for the same workers.
ROUND = timedelta(minutes=1)
# How far back notifications are looked for; an older one is of no use as a text message.
LOOK_BACK, LOOK_BACK_ROWS = timedelta(hours=6), 20_000


@transaction.atomic
def add_endpoint(*, name: str, url: str, kinds: list[str], actor: Any) -> Endpoint:
    """Register a recipient; it hears events from now on.

    Raises: Invalid URL_REFUSED, KIND_UNKNOWN, NAME_TAKEN.
    """
    require(actor, "outbox.manage")
    sending.checked_address(url)
    if not kinds or set(kinds) - set(sending.KINDS):
        sentence = _("Choose events of the list.")
        raise Invalid("KIND_UNKNOWN", sentence, fields={"kinds": [sentence]})
    newest = OutboxEvent.objects.aggregate(n=Max("pk"))["n"] or 0
    try:
        with transaction.atomic():
            endpoint = Endpoint.objects.create(
                name=name, url=url, kinds=kinds, salt=uuid.uuid4(), last_event=newest
            )
    except IntegrityError:
        sentence = _("There is a recipient of this name.")
        raise Invalid("NAME_TAKEN", sentence, fields={"name": [sentence]}) from None
    record(actor=actor, action="outbox.endpoint_added", entity=endpoint, data={"name": name, "url": url})
    return endpoint


@transaction.atomic
def switch_endpoint(*, endpoint: Endpoint, active: bool, actor: Any) -> Endpoint:
    """Switch a recipient on or off; what happens while it is off waits for it."""
    require(actor, "outbox.manage")
    endpoint.active = active
    endpoint.save(update_fields=["active"])
    record(actor=actor, action="outbox.endpoint_switched", entity=endpoint, data={"active": active})
    return endpoint


def _announce() -> None:
    """Make events of notifications, when somebody listens to them.

    Looks back instead of keeping a mark: a notification of a long transaction comes late, below newer ones.
    Its key lets each become one event.
    """
    wanting = Endpoint.objects.filter(active=True, kinds__contains=[sending.NOTIFICATION])
    since = wanting.aggregate(at=Min("created_at"))["at"]
    newest = Notification.objects.aggregate(n=Max("pk"))["n"]
    if since is None or newest is None:
        return
    fresh = Notification.objects.annotate(
        event_key=Concat(Value("notification:"), Cast("pk", CharField()), output_field=CharField())
    ).filter(
        ~Exists(OutboxEvent.objects.filter(key=OuterRef("event_key"))),
        pk__gt=newest - LOOK_BACK_ROWS,
        created_at__gte=max(since, clock.now() - LOOK_BACK),
    )
    OutboxEvent.objects.bulk_create(
        [
            OutboxEvent(
                event_id=uuid.uuid4(), kind=sending.NOTIFICATION, key=row.event_key,
                payload={
                    "staff_no": row.user.staff_no, "name": row.user.full_name, "mobile": row.user.mobile,
                    "kind": row.kind, "text": row.text, "url": row.url,
                },
            )
            for row in fresh.select_related("user").order_by("pk")
        ],
        ignore_conflicts=True,
    )  # fmt: skip


@transaction.atomic
def fan_out() -> int:
    """Write a delivery for each new event and recipient that wants it; return how many.

    The mark of a recipient stops below what may still have earlier events coming: those of a long night are
    seen after the newer ones of a text message.
    """
    _announce()
    made = 0
    settled = settled_before()
    for endpoint in Endpoint.objects.select_for_update(skip_locked=True).filter(active=True):
        events = OutboxEvent.objects.filter(pk__gt=endpoint.last_event).order_by("pk")
        held = Delivery.objects.filter(endpoint=endpoint, event=OuterRef("pk"))
        wanted = list(
            events.filter(~Exists(held), kind__in=endpoint.kinds).values_list("pk", flat=True)[: BATCH * 10]
        )
        Delivery.objects.bulk_create(
            [Delivery(event_id=pk, endpoint=endpoint, next_at=clock.now()) for pk in wanted],
            ignore_conflicts=True,
        )
        unsettled = events.filter(created_at__gte=settled).values_list("pk", flat=True).first()
        done = events if unsettled is None else events.filter(pk__lt=unsettled)
        if len(wanted) == BATCH * 10:
            done = done.filter(pk__lte=wanted[-1])
        mark = done.aggregate(n=Max("pk"))["n"]
        if mark is not None:
            endpoint.last_event = mark
            endpoint.save(update_fields=["last_event"])
        made += len(wanted)
    return made


@transaction.atomic
def _claim() -> list[Delivery]:
    """Take deliveries that are due; a worker that dies gives them back after five minutes."""
    due = list(
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=Delivery.State.WAITING, next_at__lte=clock.now(), endpoint__active=True)
        .select_related("endpoint", "event")
        .order_by("next_at", "pk")[:BATCH]
    )
    Delivery.objects.filter(pk__in=[d.pk for d in due]).update(next_at=clock.now() + CLAIM)
    return due


def deliver_due() -> int:
    """Send what is due; return how many were taken. Sent twice, a message carries the same id (E211).

    Whoever did not answer is left alone for the rest of the round: a recipient that is away does not hold up
    the one-time codes of another. What is not sent in time goes back, without counting as a try.
    """
    fan_out()
    began, taken = clock.now(), 0
    silent: set[int] = set()
    for delivery in _claim():
        if delivery.endpoint_id in silent:
            _give_back(delivery, after=FIRST_PAUSE)
        elif clock.now() - began > ROUND:
            _give_back(delivery)
        elif _deliver(delivery):
            taken += 1
        elif delivery.status is None:
            silent.add(delivery.endpoint_id)
    return taken


def _give_back(delivery: Delivery, after: timedelta = timedelta()) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(next_at=clock.now() + after)


def _deliver(delivery: Delivery) -> bool:
    event, endpoint = delivery.event, delivery.endpoint
    body = {"type": event.kind, "timestamp": event.created_at.isoformat(), "data": event.payload}
    status, error = None, ""
    try:
        status = sending.post(
            url=endpoint.url, salt=endpoint.salt, event_id=event.event_id, body=body, now=clock.now()
        )
    except Invalid as refused:
        error = str(refused.message)
    except (OSError, http.client.HTTPException) as failed:
        error = type(failed).__name__
    taken = status is not None and 200 <= status < 300
    delivery.attempts += 1
    delivery.status, delivery.error = status, error[:200]
    if taken:
        delivery.state, delivery.delivered_at = Delivery.State.DONE, clock.now()
    elif delivery.attempts >= MOST_ATTEMPTS:
        delivery.state = Delivery.State.DEAD
    else:
        delivery.next_at = clock.now() + FIRST_PAUSE * 2 ** (delivery.attempts - 1)
    delivery.save()
    if taken:
        OutboxEvent.objects.filter(pk=event.pk, delivered_at=None).update(delivered_at=clock.now())
    return taken


@transaction.atomic
def replay(*, delivery: Delivery, actor: Any) -> Delivery:
    """Send a message again, with the id it had.

    Raises: BusinessError WAITING.
    """
    require(actor, "outbox.manage")
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state == Delivery.State.WAITING:
        raise BusinessError("WAITING", _("It is on its way already."))
    delivery.state, delivery.attempts, delivery.next_at = Delivery.State.WAITING, 0, clock.now()
    delivery.save()
    record(actor=actor, action="outbox.delivery_replayed", entity=delivery)
    return delivery
