"""Tasks of exports: ids in, services do the work."""

import logging

import django.db
from celery import shared_task
from kombu.exceptions import OperationalError

from crm.exports import services

log = logging.getLogger(__name__)


@shared_task(
    time_limit=2 * 3600,
    autoretry_for=(django.db.OperationalError,),
    max_retries=3,
    default_retry_delay=30,
)
def build(request_id: int) -> None:
    """Write one file."""
    services.build(request_id=request_id)


@shared_task(time_limit=300)
def sweep() -> None:
    """Take up exports whose worker died, and end approvals that have run out."""
    for request_id in services.sweep():
        enqueue(request_id)


def enqueue(request_id: int) -> bool:
    """Queue the writing of a file; say whether the broker took it (the sweep asks again if not)."""
    try:
        build.delay(request_id)
    except OperationalError:
        log.warning("the broker is away; export %s waits for the sweep", request_id)
        return False
    return True
