"""Writing verbs of the unit tree."""

from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.choices import UnitType
from crm.accounts.consequences import of_unit
from crm.accounts.models import OrgUnit, User
from crm.base.errors import BusinessError, Invalid, NotFound
from crm.base.trail import record

# Every change of the tree's shape takes this lock: paths of whole branches are rewritten.
TREE_LOCK = 7_302


def _lock_tree() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TREE_LOCK])


def _managed(actor: User, unit: OrgUnit) -> OrgUnit:
    found = OrgUnit.objects.managed_by(actor).filter(pk=unit.pk).first()
    if found is None:
        raise NotFound("NOT_FOUND", _("There is no such unit, or you do not administer it."))
    return found


def _check_rank(parent: OrgUnit, kind: str) -> None:
    if UnitType(parent.type).rank >= UnitType(kind).rank:
        sentence = _("A unit of this kind cannot stand under “%(parent)s” (%(kind)s).") % {
            "parent": parent.name,
            "kind": UnitType(parent.type).label,
        }
        raise Invalid("UNIT_RANK", sentence, fields={"type": [sentence]})


@transaction.atomic
def create_unit(*, actor: User, parent: OrgUnit, **fields: Any) -> OrgUnit:
    """Add a unit under its parent.

    Raises: NotFound; Invalid UNIT_RANK; BusinessError CODE_TAKEN.
    """
    _lock_tree()
    above = _managed(actor, parent)
    _check_rank(above, fields["type"])
    if not above.active:
        raise BusinessError("UNIT_INACTIVE", _("The unit above is no longer active."))
    try:
        with transaction.atomic():
            unit: OrgUnit = OrgUnit.objects.add_child(above, fields)
    except IntegrityError as error:
        sentence = _("Another unit has this code.")
        raise BusinessError("CODE_TAKEN", sentence, fields={"code": [sentence]}) from error
    record(actor=actor, action="accounts.unit_created", entity=unit, unit=unit, data={"code": unit.code})
    return unit


@transaction.atomic
def change_unit(*, actor: User, unit: OrgUnit, name: str, region_code: str, external_name: str) -> OrgUnit:
    """Rename a unit; its code and kind stay, since other systems know them."""
    found = _managed(actor, unit)
    old = found.name
    OrgUnit.objects.filter(pk=found.pk).update(
        name=name, region_code=region_code, external_name=external_name
    )
    found.refresh_from_db()
    record(
        actor=actor,
        action="accounts.unit_changed",
        entity=found,
        unit=found,
        data={"old_name": old, "name": name},
    )
    return found


@transaction.atomic
def move_unit(*, actor: User, unit: OrgUnit, parent: OrgUnit) -> OrgUnit:
    """Hang a unit with all that is under it below another.

    Raises: NotFound; Invalid UNIT_RANK, UNIT_CYCLE.
    """
    _lock_tree()
    moved, above = _managed(actor, unit), _managed(actor, parent)
    if above.path.startswith(moved.path):
        sentence = _("A unit cannot stand under itself.")
        raise Invalid("UNIT_CYCLE", sentence, fields={"parent": [sentence]})
    _check_rank(above, moved.type)
    old = OrgUnit.objects.get_parent(moved)
    if old is not None and old.pk == above.pk:
        return moved
    OrgUnit.objects.move(moved, above, "last-child")
    moved = OrgUnit.objects.get(pk=moved.pk)
    record(
        actor=actor,
        action="accounts.unit_moved",
        entity=moved,
        unit=moved,
        data={"from": old.code if old else "", "to": above.code},
    )
    return moved


@transaction.atomic
def deactivate_unit(*, actor: User, unit: OrgUnit) -> OrgUnit:
    """Take an empty unit out of use.

    Raises: BusinessError UNIT_NOT_EMPTY, which names what is still in it.
    """
    _lock_tree()
    found = _managed(actor, unit)
    left = of_unit(found)
    if left:
        what = "; ".join(f"{item.label}: {item.count}" for item in left)
        raise BusinessError(
            "UNIT_NOT_EMPTY", _("The unit is not empty. Move these first: %(what)s") % {"what": what}
        )
    return _switch(actor, found, active=False, action="accounts.unit_deactivated")


@transaction.atomic
def reactivate_unit(*, actor: User, unit: OrgUnit) -> OrgUnit:
    """Take a unit into use again."""
    return _switch(actor, _managed(actor, unit), active=True, action="accounts.unit_reactivated")


def _switch(actor: User, unit: OrgUnit, *, active: bool, action: str) -> OrgUnit:
    if unit.active != active:
        OrgUnit.objects.filter(pk=unit.pk).update(active=active)
        unit.refresh_from_db()
        record(actor=actor, action=action, entity=unit, unit=unit)
    return unit
