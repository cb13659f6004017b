"""A cache that may be away: pages must not fall over when Valkey does."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class HonestRedisCache(RedisCache):
    """Answer a miss instead of an error while the server is away."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Return the value, or the default when the server is away."""
        try:
            return super().get(key, default, version)
        except (RedisError, OSError):
            log.warning("cache is away: get")
            return default

    def set(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        """Store the value if the server is there."""
        try:
            super().set(key, value, timeout, version)
        except (RedisError, OSError):
            log.warning("cache is away: set")

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget the value if the server is there."""
        try:
            return super().delete(key, version)
        except (RedisError, OSError):
            log.warning("cache is away: delete")
            return False
