"""Writing verbs of the ground itself."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from crm.base import clock
from crm.base.models import IdempotencyKey, Notification, OutboxEvent

KEEP_ANSWERS_DAYS = 7
KEEP_READ_NOTICES_DAYS = 90
KEEP_DELIVERED_DAYS = 30
# What nobody asked for, or a recipient that stays away never took.
KEEP_UNDELIVERED_DAYS = 90
# Deliveries hang on events, so Django reads the events before it deletes them.
BATCH = 5_000


@transaction.atomic
def purge_expired(*, as_of: date, province: Any = None) -> int:
    """Delete what has served its time: stored answers, read notices, delivered events, ended sessions."""
    midnight = clock.at(as_of)
    expired = [
        IdempotencyKey.objects.filter(created_at__lt=midnight - timedelta(days=KEEP_ANSWERS_DAYS)),
        Notification.objects.filter(read_at__lt=midnight - timedelta(days=KEEP_READ_NOTICES_DAYS)),
        Session.objects.filter(expire_date__lt=midnight),
    ]
    return sum(rows.delete()[0] for rows in expired) + _purge_events(midnight)


def _purge_events(midnight: datetime) -> int:
    """Delete events with their deliveries: a month after somebody took them, three after nobody did.

    They hold numbers of people, and the one-time codes sent to them.
    """
    expired = OutboxEvent.objects.filter(
        Q(delivered_at__lt=midnight - timedelta(days=KEEP_DELIVERED_DAYS))
        | Q(created_at__lt=midnight - timedelta(days=KEEP_UNDELIVERED_DAYS))
    )
    count = 0
    while ids := list(expired.values_list("pk", flat=True)[:BATCH]):
        count += OutboxEvent.objects.filter(pk__in=ids).delete()[1][OutboxEvent._meta.label]
    return count
