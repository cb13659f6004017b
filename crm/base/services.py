"""Writing verbs of the ground itself."""

from datetime import date, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction

from crm.base import clock
from crm.base.models import IdempotencyKey, Notification, OutboxEvent

KEEP_ANSWERS_DAYS = 7
KEEP_READ_NOTICES_DAYS = 90
KEEP_DELIVERED_DAYS = 30


@transaction.atomic
def purge_expired(*, as_of: date, province: Any = None) -> int:
    """Delete what has served its time: stored answers, read notices, delivered events, ended sessions."""
    midnight = clock.at(as_of)
    expired = [
        IdempotencyKey.objects.filter(created_at__lt=midnight - timedelta(days=KEEP_ANSWERS_DAYS)),
        Notification.objects.filter(read_at__lt=midnight - timedelta(days=KEEP_READ_NOTICES_DAYS)),
        OutboxEvent.objects.filter(delivered_at__lt=midnight - timedelta(days=KEEP_DELIVERED_DAYS)),
        Session.objects.filter(expire_date__lt=midnight),
    ]
    return sum(rows.delete()[0] for rows in expired)
