"""Ask whether the broker is there, so that a page can say honestly when work will start."""

from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

PATIENCE_SECONDS = 1


def is_there() -> bool:
    """Say whether work sent now would reach the queue; answer within about a second."""
    try:
        with current_app.connection_for_write(connect_timeout=PATIENCE_SECONDS) as connection:
            connection.ensure_connection(max_retries=0, timeout=PATIENCE_SECONDS)
            connection.default_channel.client.ping()  # type: ignore[attr-defined]  # of the Redis transport
    except (OperationalError, RedisError, OSError):
        return False
    return True
