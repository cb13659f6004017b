"""Tasks of the working day: ids in, services do the work."""

import logging

import django.db
from celery import shared_task
from kombu.exceptions import OperationalError

from visits.services import archive, watch

log = logging.getLogger(__name__)


@shared_task(
    time_limit=1800,
    autoretry_for=(django.db.OperationalError,),
    max_retries=3,
    default_retry_delay=10,
)
def print_unit_week(run_id: int) -> None:
    """Print the log books of a unit's week."""
    archive.run_print(run_id=run_id)


def enqueue_print(run_id: int) -> bool:
    """Queue a printing; say whether the broker took it (asking again queues it once more)."""
    try:
        print_unit_week.delay(run_id)
    except OperationalError:
        log.warning("the broker is away; printing %s waits to be asked again", run_id)
        return False
    return True


@shared_task(time_limit=240)
def watch_day() -> None:
    """Remind heads, and pass what waits too long to leaders."""
    watch()
