"""Queue doors of members: ids in, services do the work."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from members import services

log = logging.getLogger(__name__)


@shared_task(time_limit=3600)
def rehome(run_id: int) -> None:
    """Apply a confirmed re-homing."""
    services.work_rehoming(run_id)


def enqueue(run_id: int) -> bool:
    """Queue a confirmed re-homing; say whether the broker took it (looking at the run asks again)."""
    try:
        rehome.delay(run_id)
    except OperationalError:
        log.warning("the broker is away; re-homing %s waits", run_id)
        return False
    return True
