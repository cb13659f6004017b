"""Lend a role to a colleague while its holder is away, and take it back."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.accounts.choices import DELEGABLE, DELEGATION_DAYS, Role, UnitType
from crm.accounts.models import Delegation, OrgUnit, RoleAssignment, User
from crm.accounts.scope import under
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound, Sentence
from crm.base.trail import record


def delegable_roles(person: User, as_of: date) -> list[RoleAssignment]:
    """Return the roles the person may lend: own ones that decide about others' work."""
    held = RoleAssignment.objects.current(as_of).filter(user=person, role__in=DELEGABLE)
    return list(held.select_related("unit").order_by("role"))


def possible_deputies(assignments: Iterable[RoleAssignment]) -> list[User]:
    """Return who may stand in: active colleagues of the same city; of the province for a role above cities.

    Whoever administers the system is left out: that role reads no client data (E212).
    """
    held = list(assignments)
    near = under(tuple(_home(each.unit) for each in held), "org_unit__")
    barred = RoleAssignment.objects.current(clock.today()).filter(role=Role.SYSADMIN).values("user")
    people = User.objects.active().people().filter(near).exclude(pk__in=barred)
    return list(
        people.exclude(pk__in={each.user_id for each in held})
        .select_related("org_unit")
        .order_by("org_unit__path", "staff_no")[:500]
    )


def _home(unit: OrgUnit) -> str:
    """Return the path of the city the unit lies in, or of the unit itself when it lies above cities."""
    above = [unit.path[:end] for end in range(OrgUnit.steplen, len(unit.path) + 1, OrgUnit.steplen)]
    city = OrgUnit.objects.filter(path__in=above, type=UnitType.CITY).values_list("path", flat=True).first()
    return city or unit.path


@transaction.atomic
def delegate(
    *,
    actor: User,
    from_user: User,
    to_user: User,
    role: str,
    valid_from: date,
    valid_to: date,
    reason: str,
    as_of: date | None = None,
) -> Delegation:
    """Lend a role from a day to a day, both included; the holder keeps it too.

    The holder does it, or the administrator of the holder's unit when the holder cannot.

    Raises: Forbidden NOT_YOURS; Invalid ROLE_NOT_HELD, DEPUTY_UNSUITABLE, PERIOD, REASON_REQUIRED;
    BusinessError DELEGATION_OVERLAP. Source: spec §3.1
    """
    today = as_of or clock.today()
    holder = User.objects.select_for_update().get(pk=from_user.pk)
    administers = User.objects.managed_by(actor).filter(pk=holder.pk).exists()
    if actor.pk != holder.pk and not administers:
        raise Forbidden("NOT_YOURS", _("Only the holder of a role or an administrator may lend it."))
    if not reason.strip():
        raise _invalid("REASON_REQUIRED", "reason", _("Say why, for example “annual leave”."))
    held = [each for each in delegable_roles(holder, max(today, valid_from)) if each.role == role]
    if not held:
        raise _invalid("ROLE_NOT_HELD", "role", _("The person does not hold this role on that day."))
    if valid_from < today:
        raise _invalid("PERIOD", "valid_from", _("Begin today or later."))
    if not 0 <= (valid_to - valid_from).days < DELEGATION_DAYS:
        raise _invalid("PERIOD", "valid_to", _("A delegation lasts from one day to thirty."))
    if to_user.pk == actor.pk or to_user.pk not in {person.pk for person in possible_deputies(held)}:
        raise _invalid(
            "DEPUTY_UNSUITABLE",
            "to_user",
            _("Choose an active colleague of the same city, not an administrator of the system."),
        )
    same_time = Delegation.objects.filter(
        from_user=holder, role=role, ended_at=None, valid_from__lte=valid_to, valid_to__gte=valid_from
    )
    if other := same_time.select_related("to_user").first():
        raise BusinessError(
            "DELEGATION_OVERLAP",
            _("%(name)s stands in from %(first)s to %(last)s already. End that first.")
            % {"name": other.to_user.full_name, "first": other.valid_from, "last": other.valid_to},
        )
    delegation = Delegation.objects.create(
        from_user=holder,
        to_user=to_user,
        role=role,
        valid_from=valid_from,
        valid_to=valid_to,
        reason=reason.strip(),
        created_by=actor,
    )
    _trace(actor, "accounts.delegated", delegation)
    return delegation


@transaction.atomic
def end_delegation(*, actor: User, delegation_id: int) -> Delegation:
    """End a delegation now; what the deputy decided stays decided.

    The holder, the deputy or an administrator may do it; done twice it changes nothing.
    Raises: NotFound; Forbidden NOT_YOURS.
    """
    seen = Delegation.objects.visible_to(actor).filter(pk=delegation_id).exists()
    if not seen:
        raise NotFound("NOT_FOUND", _("There is no such delegation."))
    delegation = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("from_user__org_unit", "to_user")
        .get(pk=delegation_id)
    )
    own = actor.pk in (delegation.from_user_id, delegation.to_user_id)
    if not own and not User.objects.managed_by(actor).filter(pk=delegation.from_user_id).exists():
        raise Forbidden("NOT_YOURS", _("Only the holder, the deputy or an administrator may end it."))
    if delegation.ended_at is None:
        delegation.ended_at = clock.now()
        delegation.save(update_fields=["ended_at"])
        _trace(actor, "accounts.delegation_ended", delegation)
    return delegation


def standing_delegations(person: User, as_of: date) -> list[Delegation]:
    """Return the person's delegations that are in force or to come, given and received."""
    rows = Delegation.objects.filter(Q(from_user=person) | Q(to_user=person), ended_at=None)
    return list(rows.filter(valid_to__gte=as_of).select_related("from_user", "to_user"))


def _invalid(code: str, field: str, sentence: Sentence) -> Invalid:
    return Invalid(code, sentence, fields={field: [sentence]})


def _trace(actor: User, action: str, delegation: Delegation) -> None:
    record(
        actor=actor,
        action=action,
        entity=delegation.from_user,
        unit=delegation.from_user.org_unit,
        data={
            "role": delegation.role,
            "deputy": delegation.to_user.full_name,
            "from": str(delegation.valid_from),
            "to": str(delegation.valid_to),
            "reason": delegation.reason,
        },
    )
