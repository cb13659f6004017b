"""Writing verbs of the workbench."""

from collections.abc import Iterable

from django.db import transaction

from crm.accounts.models import User
from crm.base import clock
from crm.base.models import Notification


@transaction.atomic
def mark_read(*, user: User, notices: Iterable[int] | None = None) -> int:
    """Mark own notifications as read, all of them when none are named; return how many were unread."""
    unread = Notification.objects.filter(user=user, read_at=None)
    if notices is not None:
        unread = unread.filter(pk__in=list(notices))
    return unread.update(read_at=clock.now())
