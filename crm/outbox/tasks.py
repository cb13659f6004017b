"""Beat's door to the outbox."""

from celery import shared_task

from crm.outbox import services


@shared_task(time_limit=1800)
def deliver() -> None:
    """Send what is due."""
    services.deliver_due()
