"""Show one masked value, once, for a reason, with a trace (X-19)."""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden
from crm.base.trail import record
from members.models import Contact, Member, PersonalCustomer

ACTION: Final = "members.revealed"
MIN_REASON: Final = 4
REVEALABLE: dict[type, tuple[str, ...]] = {
    Contact: ("mobile", "phone", "email", "name", "birthday"),
    Member: ("msisdn", "name"),
    PersonalCustomer: ("msisdn", "name"),
}


@transaction.atomic
def reveal(*, actor: User, of: Contact | Member | PersonalCustomer, field: str, reason: str) -> str:
    """Return one plain value of a person the actor may see masked, and record who asked and why.

    The value itself is never written to the trail.
    Raises: Forbidden FORBIDDEN; BusinessError REASON_REQUIRED, NOT_REVEALABLE.
    """
    if not actor.can("members.reveal"):
        raise Forbidden("FORBIDDEN", _("Your role may not see full numbers."))
    if field not in REVEALABLE[type(of)]:
        raise BusinessError("NOT_REVEALABLE", _("This value is not masked."), status=400)
    _need_reason(reason)
    unit = of.org_unit if isinstance(of, PersonalCustomer) else of.client.org_unit
    record(
        actor=actor,
        action=ACTION,
        entity=of,
        unit=unit,
        data={"field": field, "reason": reason.strip()[:200], "client": of.client_id},
    )
    return str(getattr(of, field) or "")


@transaction.atomic
def reveal_rows(*, actor: User, rows: Sequence[Contact | Member | PersonalCustomer], reason: str) -> None:
    """Record that a client system or person has read whole rows in plain, for a reason; one event a request.

    Raises: Forbidden FORBIDDEN; BusinessError REASON_REQUIRED.
    """
    if not actor.can("members.reveal"):
        raise Forbidden("FORBIDDEN", _("Your role may not see full numbers."))
    _need_reason(reason)
    if rows:
        record(
            actor=actor,
            action=ACTION,
            entity=rows[0] if len(rows) == 1 else None,
            data={
                "kind": rows[0]._meta.label_lower,
                "ids": [row.pk for row in rows],
                "reason": reason.strip()[:200],
            },
        )


def _need_reason(reason: str) -> None:
    if len(reason.strip()) < MIN_REASON:
        sentence = _("Say in a few words why you need it.")
        raise BusinessError("REASON_REQUIRED", sentence, fields={"reason": [sentence]}, status=400)


def revealed_today(user: User) -> int:
    """Return how many values a person has had shown today."""
    return AuditEvent.objects.filter(actor=user, action=ACTION, at__gte=clock.at(clock.today())).count()
