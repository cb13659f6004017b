"""Queue doors of the night; the rows are the truth, a message is only a nudge."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from crm.base import clock
from crm.jobs import lateness, services

log = logging.getLogger(__name__)


def send_ready() -> int:
    """Send what may start; a broker that is away is no failure, beat comes by every five minutes."""
    try:
        return services.dispatch(now=clock.now(), send=run_step.delay)
    except OperationalError:
        log.warning("the broker is away; ready steps of the night wait for beat")
        return 0


@shared_task
def start_night() -> int:
    """Plan the night of the day that just ended, and any missed before it; send what may start."""
    return send_ready()


@shared_task
def resume_nights() -> int:
    """Send again what a dead worker, a lost message or a broker that was away has left behind.

    Then say what is late all the same.
    """
    sent = send_ready()
    lateness.note_lateness(now=clock.now())
    return sent


@shared_task(time_limit=5 * 3600, soft_time_limit=5 * 3600 - 60)
def run_step(run_id: int) -> None:
    """Run one step, then send what it has made ready."""
    services.run_step(run_id)
    send_ready()
