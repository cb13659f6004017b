"""Writing verbs of people: accounts, passwords and roles, inside the administrator's own sub-tree."""

import secrets
from datetime import date, timedelta
from typing import Any

from axes.utils import reset as reset_failures
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.choices import UserStatus
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.trail import record

# Letters and digits that are not taken for one another when read aloud or copied by hand.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def one_time_password() -> str:
    """Return a password to be said once and changed at the first login."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(3))


def _may_place(actor: User, unit: OrgUnit | None) -> None:
    if unit is None or not actor.scope.covers(unit, "accounts.manage"):
        raise Invalid(
            "UNIT_OUT_OF_SCOPE",
            _("Choose a unit that you administer."),
            fields={"org_unit": [_("Choose a unit that you administer.")]},
        )


def _name_taken() -> BusinessError:
    """Return the refusal of a name that somebody else took in the meantime."""
    return BusinessError("NAME_TAKEN", _("Somebody else has this staff number or registered name."))


def _locked(actor: User, person: User) -> User:
    """Lock a person's row, if the actor administers it.

    Raises: NotFound.
    """
    found = User.objects.managed_by(actor).filter(pk=person.pk).first()
    if found is None:
        raise NotFound("NOT_FOUND", _("There is no such person, or you do not administer the account."))
    return User.objects.select_for_update().get(pk=found.pk)


@transaction.atomic
def create_person(*, actor: User, **fields: Any) -> tuple[User, str]:
    """Create an account; return it with its one-time password, which is stored nowhere.

    Raises: Invalid UNIT_OUT_OF_SCOPE.
    """
    _may_place(actor, fields.get("org_unit"))
    password = one_time_password()
    try:
        with transaction.atomic():
            person = User.objects.create_user(password=password, must_change_password=True, **fields)
    except IntegrityError as error:
        raise _name_taken() from error
    record(
        actor=actor,
        action="accounts.user_created",
        entity=person,
        unit=person.org_unit,
        data={"staff_no": person.staff_no},
    )
    return person, password


@transaction.atomic
def change_person(*, actor: User, person: User, **fields: Any) -> User:
    """Change an account's particulars; field history keeps the old ones."""
    if "org_unit" in fields:
        _may_place(actor, fields["org_unit"])
    locked = _locked(actor, person)
    changed = [name for name, value in fields.items() if getattr(locked, name) != value]
    for name in changed:
        setattr(locked, name, fields[name])
    if changed:
        try:
            with transaction.atomic():
                locked.save(update_fields=changed)
        except IntegrityError as error:
            raise _name_taken() from error
        record(
            actor=actor,
            action="accounts.user_changed",
            entity=locked,
            unit=locked.org_unit,
            data={"fields": changed},
        )
    return locked


@transaction.atomic
def reset_password(*, actor: User, person: User) -> str:
    """Give a one-time password; sessions of the person end, a lockout is lifted."""
    locked = _locked(actor, person)
    if locked.pk == actor.pk:
        raise BusinessError("OWN_ACCOUNT", _("Change your own password on your account page."))
    password = one_time_password()
    locked.set_password(password)
    locked.must_change_password = True
    locked.save(update_fields=["password", "must_change_password"])
    reset_failures(username=locked.staff_no)
    record(actor=actor, action="accounts.password_reset", entity=locked, unit=locked.org_unit)
    return password


@transaction.atomic
def unlock_person(*, actor: User, person: User) -> None:
    """Forget wrong passwords, so that the person may try again now."""
    locked = _locked(actor, person)
    reset_failures(username=locked.staff_no)
    record(actor=actor, action="accounts.lockout_lifted", entity=locked, unit=locked.org_unit)


@transaction.atomic
def disable_person(*, actor: User, person: User) -> User:
    """Close an account: sessions and tokens end at their next request; nothing of the past is lost.

    Raises: BusinessError OWN_ACCOUNT.
    """
    locked = _locked(actor, person)
    if locked.pk == actor.pk:
        raise BusinessError(
            "OWN_ACCOUNT", _("You cannot disable your own account. Ask another administrator.")
        )
    return _switch(actor, locked, UserStatus.DISABLED, "accounts.user_disabled")


@transaction.atomic
def enable_person(*, actor: User, person: User) -> User:
    """Open an account again."""
    return _switch(actor, _locked(actor, person), UserStatus.ACTIVE, "accounts.user_enabled")


def _switch(actor: User, person: User, status: str, action: str) -> User:
    if person.status != status:
        person.status = status
        person.save(update_fields=["status"])
        record(actor=actor, action=action, entity=person, unit=person.org_unit)
    return person


def _may_grant(actor: User, person: User, unit: OrgUnit) -> User:
    locked = _locked(actor, person)
    if locked.pk == actor.pk:
        raise Forbidden("SELF_APPROVAL", _("Nobody changes their own roles. Ask another administrator."))
    if not actor.scope.covers(unit, "accounts.manage"):
        raise Invalid(
            "UNIT_OUT_OF_SCOPE",
            _("Choose a unit that you administer."),
            fields={"unit": [_("Choose a unit that you administer.")]},
        )
    return locked


@transaction.atomic
def assign_role(
    *, actor: User, person: User, role: str, unit: OrgUnit, valid_from: date, valid_to: date | None = None
) -> RoleAssignment:
    """Give a role over a unit's sub-tree, from a day to a day.

    Raises: Forbidden SELF_APPROVAL; Invalid UNIT_OUT_OF_SCOPE, PERIOD; BusinessError ROLE_OVERLAP.
    """
    locked = _may_grant(actor, person, unit)
    if valid_to and valid_to < valid_from:
        sentence = _("The last day lies before the first.")
        raise Invalid("PERIOD", sentence, fields={"valid_to": [sentence]})
    overlapping = locked.assignments.filter(role=role, unit=unit).exclude(valid_to__lt=valid_from)
    if valid_to:
        overlapping = overlapping.filter(valid_from__lte=valid_to)
    if overlapping.exists():
        raise BusinessError(
            "ROLE_OVERLAP", _("The person holds this role over this unit in that time already.")
        )
    try:
        with transaction.atomic():
            assignment = RoleAssignment.objects.create(
                user=locked, role=role, unit=unit, valid_from=valid_from, valid_to=valid_to
            )
    except IntegrityError as error:
        raise BusinessError(
            "ROLE_OVERLAP", _("The person holds this role over this unit in that time already.")
        ) from error
    _trace(actor, "accounts.role_assigned", assignment)
    return assignment


@transaction.atomic
def end_role(*, actor: User, assignment: RoleAssignment, last_day: date | None = None) -> None:
    """End a role after a day; without a day it ends now, so that today counts no more.

    Raises: Forbidden SELF_APPROVAL; Invalid PERIOD.
    """
    _may_grant(actor, assignment.user, assignment.unit)
    row = RoleAssignment.objects.select_for_update().get(pk=assignment.pk)
    end = last_day if last_day is not None else clock.today() - timedelta(days=1)
    if end >= row.valid_from:
        row.valid_to = end
        row.save(update_fields=["valid_to"])
        _trace(actor, "accounts.role_ended", row)
    elif last_day is None:
        _trace(actor, "accounts.role_ended", row)
        row.delete()
    else:
        sentence = _("The last day lies before the first.")
        raise Invalid("PERIOD", sentence, fields={"valid_to": [sentence]})


def _trace(actor: User, action: str, assignment: RoleAssignment) -> None:
    record(
        actor=actor,
        action=action,
        entity=assignment.user,
        unit=assignment.user.org_unit,
        data={
            "role": assignment.role,
            "unit": assignment.unit.code,
            "from": str(assignment.valid_from),
            "to": str(assignment.valid_to or ""),
        },
    )
