"""Tasks of models: ids in, services do the work."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from scoring import services

log = logging.getLogger(__name__)


@shared_task(time_limit=1800)
def answer_whatif(whatif_id: int) -> None:
    """Find out what a version would do."""
    services.answer_whatif(whatif_id=whatif_id)


def ask(whatif_id: int) -> bool:
    """Send a what-if to the queue; say whether the broker took it."""
    try:
        answer_whatif.delay(whatif_id)
    except OperationalError:
        log.warning("the broker is away; what-if %s was not taken", whatif_id)
        return False
    return True
