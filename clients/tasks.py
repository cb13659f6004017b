"""Tasks of the client file: the service does the work."""

import logging

import django.db
from celery import shared_task
from kombu.exceptions import OperationalError

from clients import services
from crm.base import clock

log = logging.getLogger(__name__)


@shared_task(time_limit=3600, autoretry_for=(django.db.OperationalError,), max_retries=3)
def regrade() -> None:
    """Grade every file by the rules as they stand now."""
    services.grade_completeness(as_of=clock.today())


def enqueue_regrade() -> bool:
    """Queue a grading of all files; say whether the broker took it (the night grades if not)."""
    try:
        regrade.delay()
    except OperationalError:
        log.warning("the broker is away; completeness follows in the night")
        return False
    return True
