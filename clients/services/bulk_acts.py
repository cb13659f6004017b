"""Our own acts on many clients: what each does to one, and how it is taken back."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.choices import AssignmentKind
from clients.models import AMAssignment, Client
from clients.services.audits import audit_on_the_spot
from clients.services.bulk import changed_since
from clients.services.files import update_client
from clients.services.managers import add_co_manager, assign_manager, remove_co_manager, take_manager_off
from crm.accounts.models import User
from crm.base.errors import BusinessError


def assign(actor: User, client_id: int, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Give one client to a manager."""
    before = Client.objects.values_list("am", flat=True).get(pk=client_id)
    manager = values["manager"]
    if before == manager.pk:
        return None
    assign_manager(actor=actor, client_id=client_id, manager=manager, reason=values.get("reason", ""))
    return {"am": before, "gave": manager.pk}


def unassign(actor: User, client_id: int, before: Mapping[str, Any]) -> None:
    """Give one client back to whoever managed it."""
    if Client.objects.values_list("am", flat=True).get(pk=client_id) != before["gave"]:
        raise changed_since()
    if before["am"] is None:
        take_manager_off(actor=actor, client_id=client_id)
        return
    manager = User.objects.get(pk=before["am"])
    assign_manager(actor=actor, client_id=client_id, manager=manager, reason=str(_("Taken back")))


def add_co(actor: User, client_id: int, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Let a second person work on one client."""
    row = add_co_manager(actor=actor, client_id=client_id, manager=values["manager"])
    return {"assignment": row.pk}


def remove_co(actor: User, client_id: int, before: Mapping[str, Any]) -> None:
    """End the second person's work on one client."""
    current = AMAssignment.objects.filter(pk=before["assignment"], to_on=None, kind=AssignmentKind.CO)
    if not current.exists():
        raise changed_since()
    remove_co_manager(actor=actor, client_id=client_id, assignment_id=before["assignment"])


def mark(actor: User, client_id: int, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Set the marks of one client."""
    marks = {name: bool(value) for name, value in values.items() if name in ("is_strategic", "is_benchmark")}
    if not marks:
        raise BusinessError("INVALID", _("Choose what is to be changed."), status=400)
    client = Client.objects.get(pk=client_id)
    before = {name: getattr(client, name) for name in marks}
    changed = update_client(actor=actor, client_id=client_id, values=marks)
    return None if before == marks else {"values": before, "version": changed.version}


def unmark(actor: User, client_id: int, before: Mapping[str, Any]) -> None:
    """Set the marks of one client as they were."""
    if Client.objects.values_list("version", flat=True).get(pk=client_id) != before["version"]:
        raise changed_since()
    update_client(actor=actor, client_id=client_id, values=before["values"])


def audit(actor: User, client_id: int, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Put one client among those the auditor goes through; the audit begins when its sheet is opened."""
    task = audit_on_the_spot(actor=actor, client_id=client_id, kind=values["kind"])
    return {"audit": task.pk}
