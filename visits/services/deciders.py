"""Who decides over a unit on a day: its heads with those who stand in for them, and its leaders."""

from collections.abc import Callable
from datetime import date

from crm.accounts.choices import Role
from crm.accounts.models import Delegation, OrgUnit, User

Deciders = Callable[[OrgUnit, date], list[User]]


def heads_of(unit: OrgUnit, as_of: date) -> list[User]:
    """Return the department heads over a unit and their deputies."""
    return _holders(Role.DEPT_HEAD, unit, as_of)


def leaders_of(unit: OrgUnit, as_of: date) -> list[User]:
    """Return the leaders over a unit and their deputies."""
    return _holders(Role.UNIT_LEADER, unit, as_of)


def _holders(role: str, unit: OrgUnit, as_of: date) -> list[User]:
    own = list(User.objects.holding(role, over=unit, as_of=as_of).order_by("pk"))
    lent = Delegation.objects.current(as_of).filter(role=role, from_user__in=own).values("to_user")
    deputies = User.objects.active().filter(pk__in=lent).exclude(pk__in=[user.pk for user in own])
    return [*own, *deputies.order_by("pk")]
