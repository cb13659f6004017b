"""Tasks of imports: ids in, services do the work."""

import logging

import django.db
from celery import shared_task
from kombu.exceptions import OperationalError

from crm.intake import services

log = logging.getLogger(__name__)


@shared_task(
    time_limit=4 * 3600,
    autoretry_for=(django.db.OperationalError,),
    max_retries=5,
    default_retry_delay=30,
)
def work_on(batch_id: int) -> None:
    """Take the next step of one import."""
    services.work(batch_id=batch_id)


@shared_task(time_limit=300)
def sweep() -> None:
    """Take up imports whose worker died, and clean up old ones."""
    for batch_id in services.sweep_batches():
        enqueue(batch_id)


def enqueue(batch_id: int) -> bool:
    """Queue the next step of an import; say whether the broker took it (the sweep asks again if not)."""
    try:
        work_on.delay(batch_id)
    except OperationalError:
        log.warning("the broker is away; import %s waits for the sweep", batch_id)
        return False
    return True
