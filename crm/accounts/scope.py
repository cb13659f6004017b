"""Which rows a person may see and write: computed once from roles, used by every `visible_to`."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from crm.accounts.choices import Role, UnitType
from crm.accounts.grants import GRANTS, SCOPES, WRITES_SUBTREE
from crm.base import clock

if TYPE_CHECKING:
    from crm.accounts.models import OrgUnit, User


@dataclass(frozen=True)
class Scope:
    """What a person may see and do today.

    `paths` are tree paths of the units the roles are held over; `write_paths` those where the whole
    sub-tree may be written. An account manager sees the unit but writes own clients only.
    """

    user_id: int
    roles: frozenset[str]
    verbs: frozenset[str]
    paths: tuple[str, ...]
    write_paths: tuple[str, ...]

    def can(self, verb: str) -> bool:
        """Say whether a role opens the verb."""
        return verb in self.verbs

    @cached_property
    def unit_ids(self) -> list[int]:
        """Return ids of the visible units."""
        return _ids(self.paths)

    @cached_property
    def write_unit_ids(self) -> list[int]:
        """Return ids of the units whose rows may all be written."""
        return _ids(self.write_paths)

    @cached_property
    def sees_all(self) -> bool:
        """Say whether the scope is the whole tree, so that no filter is needed."""
        from crm.accounts.models import OrgUnit

        roots = set(OrgUnit.objects.filter(depth=1).values_list("path", flat=True))
        return bool(roots) and roots <= set(self.paths)

    @cached_property
    def province_codes(self) -> list[str]:
        """Return codes of the provinces that lie in the scope or hold it."""
        from crm.accounts.models import OrgUnit

        above = {
            path[:end]
            for path in self.paths
            for end in range(OrgUnit.steplen, len(path) + 1, OrgUnit.steplen)
        }
        provinces = OrgUnit.objects.filter(_under(self.paths) | Q(path__in=above), type=UnitType.PROVINCE)
        return list(provinces.values_list("code", flat=True))

    def unit_filter(self, field: str) -> Q:
        """Return the row filter for a foreign key to a unit."""
        return Q() if self.sees_all else Q(**{f"{field}__in": self.unit_ids})

    def units(self, queryset: QuerySet[Any]) -> Any:
        """Narrow a queryset of units to the scope."""
        return queryset.filter(_under(self.paths))

    def covers(self, unit: "OrgUnit") -> bool:
        """Say whether a unit lies inside the scope."""
        return any(unit.path.startswith(path) for path in self.paths)

    def writes(self, unit: "OrgUnit") -> bool:
        """Say whether every row of the unit may be written."""
        return any(unit.path.startswith(path) for path in self.write_paths)


def _under(paths: tuple[str, ...]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(path__startswith=path)
    return condition


def _ids(paths: tuple[str, ...]) -> list[int]:
    from crm.accounts.models import OrgUnit

    return list(OrgUnit.objects.filter(_under(paths)).values_list("pk", flat=True)) if paths else []


def _outermost(paths: set[str]) -> tuple[str, ...]:
    return tuple(sorted(p for p in paths if not any(p != q and p.startswith(q) for q in paths)))


def scope_of(user: "User") -> Scope:
    """Compute the scope of a person or client system from what is valid today."""
    from crm.accounts.models import ApiClient, RoleAssignment

    if user.is_system:
        client = ApiClient.objects.filter(user=user, active=True).select_related("unit").first()
        scopes = client.scopes if client else []
        paths = (client.unit.path,) if client else ()
        verbs = frozenset(verb for scope in scopes for verb in SCOPES.get(scope, ()))
        return Scope(user.pk, frozenset({Role.API}), verbs, paths, paths if "write" in scopes else ())
    held = list(
        RoleAssignment.objects.current(clock.today()).filter(user=user).values_list("role", "unit__path")
    )
    return Scope(
        user.pk,
        frozenset(role for role, _ in held),
        frozenset(verb for role, _ in held for verb in GRANTS[role]),
        _outermost({path for _, path in held}),
        _outermost({path for role, path in held if role in WRITES_SUBTREE}),
    )
