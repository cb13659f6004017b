"""Write the trail of acts and seal it."""

import hashlib
import json
from datetime import date

from django.db import transaction

from crm.accounts.models import OrgUnit
from crm.audit.models import AuditEvent, AuditSeal
from crm.base import clock
from crm.base.trail import record

__all__ = ["broken_seals", "record", "seal_events"]


def _digest(previous: str, first_id: int, last_id: int) -> tuple[str, int]:
    """Return the chained hash and the count of events in an id range."""
    digest = hashlib.sha256(previous.encode())
    count = 0
    rows = AuditEvent.objects.filter(id__gte=first_id, id__lte=last_id).order_by("id")
    for row in rows.values_list("id", "at", "actor_id", "action", "entity", "entity_id", "data").iterator(
        2000
    ):
        count += 1
        digest.update(
            json.dumps([str(v) if not isinstance(v, dict) else v for v in row], sort_keys=True).encode()
        )
    return digest.hexdigest(), count


@transaction.atomic
def seal_events(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Seal all events recorded before `as_of` that no seal covers; return how many.

    Steps: 1. find the last seal; 2. hash the events after it, chained to its hash; 3. write the seal.
    Run twice it adds nothing.
    """
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
