"""Write the trail of acts and seal it."""

import hashlib
import json
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit
from crm.audit.models import AuditEvent, AuditSeal
from crm.base import clock
from crm.base.errors import BusinessError

# Every column is sealed, in this order.
SEALED = (
    "id",
    "at",
    "actor_id",
    "actor_name",
    "action",
    "entity",
    "entity_id",
    "unit_id",
    "data",
    "ip",
    "request_id",
)


def _digest(previous: str, first_id: int, last_id: int) -> tuple[str, int]:
    """Return the chained hash and the count of events in an id range."""
    digest = hashlib.sha256(previous.encode())
    count = 0
    rows = AuditEvent.objects.filter(id__gte=first_id, id__lte=last_id).order_by("id")
    for row in rows.values_list(*SEALED).iterator(2000):
        count += 1
        digest.update(json.dumps(row, sort_keys=True, default=str).encode())
    return digest.hexdigest(), count


def _late_writers(midnight: datetime) -> int:
    """Count transactions begun before midnight that have written events and not ended yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            # Databases of one server may give their tables the same numbers.
            " WHERE relation = %s::regclass AND mode = 'RowExclusiveLock' AND datname = current_database()"
            " AND pid <> pg_backend_pid() AND xact_start < %s",
            [AuditEvent._meta.db_table, midnight],
        )
        return int(cursor.fetchone()[0])


@transaction.atomic
def seal_events(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Seal all events recorded before `as_of` that no seal covers; return how many.

    Steps: 1. make sure nobody still writes events of the sealed days; 2. find the last seal; 3. hash the
    events after it, chained to its hash; 4. write the seal. Run twice it adds nothing.

    Raises: BusinessError WRITERS_AT_WORK; the night tries again in five minutes.
    """
    if _late_writers(clock.at(as_of)):
        raise BusinessError(
            "WRITERS_AT_WORK", _("Somebody still writes events of yesterday. Trying again soon.")
        )
    last = AuditSeal.objects.order_by("-last_id").first()
    first_id = last.last_id + 1 if last else 1
    newest = (
        AuditEvent.objects.filter(at__lt=clock.at(as_of)).order_by("-id").values_list("id", flat=True).first()
    )
    if newest is None or newest < first_id or AuditSeal.objects.filter(sealed_on=as_of).exists():
        return 0
    previous = last.hash if last else ""
    value, count = _digest(previous, first_id, newest)
    AuditSeal.objects.create(
        sealed_on=as_of, first_id=first_id, last_id=newest, count=count, previous_hash=previous, hash=value
    )
    return count


def broken_seals() -> list[AuditSeal]:
    """Return the seals whose events no longer give the sealed hash."""
    broken = []
    previous = ""
    for seal in AuditSeal.objects.order_by("last_id"):
        value, count = _digest(previous, seal.first_id, seal.last_id)
        if (value, count, previous) != (seal.hash, seal.count, seal.previous_hash):
            broken.append(seal)
        previous = seal.hash
    return broken
