"""Who manages a client: dated assignments, exactly one current primary, co-managers."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients.choices import AssignmentKind
from clients.models import AMAssignment, Client
from clients.services.completeness import refresh_completeness
from clients.services.files import locked
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid
from crm.base.text import clean
from crm.base.trail import record


def _check(manager: User, client: Client) -> None:
    unit = client.org_unit
    if not (manager.is_active and manager.can("clients.change") and manager.scope.covers(unit)):
        sentence = _("%(who)s does not manage clients in %(unit)s.") % {"who": manager, "unit": unit}
        raise Invalid("INVALID", sentence, fields={"am": [sentence]})


@transaction.atomic
def assign_manager(
    *, actor: User, client_id: int, manager: User, reason: str = "", as_of: date | None = None
) -> Client:
    """Give a client to a manager from today on; the one before keeps the days until yesterday.

    Raises: Invalid when the person does not manage clients in the client's unit.
    """
    day = as_of or clock.today()
    client = locked(client_id, actor, "clients.assign")
    _check(manager, client)
    if client.am_id == manager.pk:
        return client
    before = client.am
    current = AMAssignment.objects.filter(client=client, kind=AssignmentKind.PRIMARY, to_on=None)
    # An assignment made today has no day of its own to keep.
    current.filter(from_on__gte=day).delete()
    current.update(to_on=day - timedelta(days=1))
    AMAssignment.objects.filter(client=client, user=manager, to_on=None).update(to_on=day)
    AMAssignment.objects.create(
        client=client, user=manager, from_on=day, reason=clean(reason)[:200], actor=actor
    )
    client.am = manager
    client.save_by(actor, "am")
    refresh_completeness([client.pk], as_of=day)
    record(
        actor=actor, action="clients.assigned", entity=client, unit=client.org_unit,
        data={"from": str(before) if before else "", "to": str(manager), "reason": clean(reason)},
    )  # fmt: skip
    return client


@transaction.atomic
def add_co_manager(
    *, actor: User, client_id: int, manager: User, kind: str = AssignmentKind.CO, as_of: date | None = None
) -> AMAssignment:
    """Let a second person work on the client too, as co-manager or by phone."""
    day = as_of or clock.today()
    client = locked(client_id, actor, "clients.assign")
    if not (manager.is_active and manager.can("clients.view")):
        sentence = _("%(who)s cannot open client files.") % {"who": manager}
        raise Invalid("INVALID", sentence, fields={"manager": [sentence]})
    if AMAssignment.objects.filter(client=client, user=manager, to_on=None).exists():
        raise BusinessError("ALREADY_ASSIGNED", _("%(who)s already works on this client.") % {"who": manager})
    row = AMAssignment.objects.create(client=client, user=manager, kind=kind, from_on=day, actor=actor)
    record(
        actor=actor, action="clients.co_manager_added", entity=client, unit=client.org_unit,
        data={"who": str(manager), "kind": kind},
    )  # fmt: skip
    return row


@transaction.atomic
def remove_co_manager(*, actor: User, client_id: int, assignment_id: int, as_of: date | None = None) -> None:
    """End the work of a co-manager with yesterday's end."""
    day = as_of or clock.today()
    client = locked(client_id, actor, "clients.assign")
    row = AMAssignment.objects.filter(client=client, pk=assignment_id, to_on=None).first()
    if row is None or row.kind == AssignmentKind.PRIMARY:
        raise Invalid("INVALID", _("There is no such co-manager."))
    row.to_on = max(row.from_on, day)
    row.save(update_fields=["to_on"])
    record(
        actor=actor, action="clients.co_manager_removed", entity=client, unit=client.org_unit,
        data={"who": str(row.user)},
    )  # fmt: skip


@transaction.atomic
def take_manager_off(*, actor: User, client_id: int, as_of: date | None = None) -> Client:
    """Leave a client without a manager from today on."""
    day = as_of or clock.today()
    client = locked(client_id, actor, "clients.assign")
    before = client.am
    current = AMAssignment.objects.filter(client=client, kind=AssignmentKind.PRIMARY, to_on=None)
    current.filter(from_on__gte=day).delete()
    current.update(to_on=day - timedelta(days=1))
    client.am = None
    client.save_by(actor, "am")
    refresh_completeness([client.pk], as_of=day)
    record(
        actor=actor, action="clients.assigned", entity=client, unit=client.org_unit,
        data={"from": str(before) if before else "", "to": "", "reason": ""},
    )  # fmt: skip
    return client
