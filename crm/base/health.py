"""Two addresses for machines: does the process live, and can it serve."""

import threading
from collections.abc import Callable

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PATIENCE_SECONDS = 2
# Migrations are only ever added while a process lives: once current, the schema stays so.
_schema_is_current = threading.Event()


@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process lives; asks nobody else, so a database outage restarts nothing."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@transaction.non_atomic_requests
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, schema and broker are there, else 503 and which is not.

    Only states are told: the address is open to anybody who reaches the server.
    """
    states = {"database": _state(_ask_database), "broker": _state(_ask_broker)}
    ready = all(state == "ok" for state in states.values())
    return JsonResponse({"ready": ready, **states}, status=200 if ready else 503)


def _state(ask: Callable[[], bool]) -> str:
    try:
        return "ok" if ask() else "behind"
    except (DatabaseError, redis.RedisError, OSError):
        return "away"


def _ask_database() -> bool:
    """Say whether it answers and every migration of this code has run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not _schema_is_current.is_set():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _schema_is_current.set()
    return True


def _ask_broker() -> bool:
    client = redis.Redis.from_url(
        settings.REDIS_URL.replace("redis+socket://", "unix://").replace("?virtual_host=", "?db="),
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
    )
    try:
        return bool(client.ping())
    finally:
        client.close()
