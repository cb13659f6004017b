"""Which rows a person may see and write: computed once from roles, used by every `visible_to`."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import DateField, F, Q, QuerySet, Value

from crm.accounts.choices import Role, UnitType
from crm.accounts.grants import DATA_VERBS, GRANTS, SCOPES, WRITES_SUBTREE
from crm.base import clock

if TYPE_CHECKING:
    from crm.accounts.models import OrgUnit, User


@dataclass(frozen=True)
class Lent:
    """A role held for somebody who is away: whose, which, over what, and until when."""

    user_id: int
    name: str
    role: str
    verbs: frozenset[str]
    path: str
    until: date


@dataclass(frozen=True)
class Scope:
    """What a person may see and do today.

    `paths` are tree paths of the units over which roles that read business data are held; `write_paths`
    those where the whole sub-tree may be written. An account manager sees the unit but writes own clients
    only. A role opens its own sub-tree and no other: a system administrator of the group who is head of
    one department reads the clients of that department.
    """

    user_id: int
    roles: frozenset[str]
    verbs: frozenset[str]
    paths: tuple[str, ...]
    write_paths: tuple[str, ...]
    # Each verb with the paths it is held over; a verb may come from several roles.
    held: tuple[tuple[frozenset[str], str], ...] = ()
    # Roles of colleagues the person stands in for; they count in all of the above.
    deputy_for: tuple[Lent, ...] = ()
    # Networks a client system may call from; none: from anywhere.
    networks: tuple[str, ...] = ()

    def is_self(self, user_id: int | None) -> bool:
        """Say whether an act of that person counts as one's own: own, or of somebody one stands in for.

        Source: spec §3.1 (nobody approves their own act; no self-approval through a delegation).
        """
        return user_id == self.user_id or user_id in self.selves

    @property
    def selves(self) -> frozenset[int]:
        """Return the people whose acts count as the person's own."""
        return frozenset({self.user_id, *(lent.user_id for lent in self.deputy_for)})

    def can(self, verb: str) -> bool:
        """Say whether a role opens the verb."""
        return verb in self.verbs

    def paths_for(self, verb: str) -> tuple[str, ...]:
        """Return the paths of the units over which the verb is held."""
        return _outermost({path for verbs, path in self.held if verb in verbs})

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
        return _whole_tree(self.paths)

    @cached_property
    def province_codes(self) -> list[str]:
        """Return codes of the provinces whose nights concern the person: in the scope, or holding it."""
        from crm.accounts.models import OrgUnit

        paths, size = self.paths_for("jobs.view"), OrgUnit.steplen
        above = {path[:end] for path in paths for end in range(size, len(path) + 1, size)}
        provinces = OrgUnit.objects.filter(under(paths) | Q(path__in=above), type=UnitType.PROVINCE)
        return list(provinces.values_list("code", flat=True))

    def unit_filter(self, field: str, verb: str | None = None) -> Q:
        """Return the row filter for a foreign key to a unit; with a verb, for what that verb is held over."""
        if verb is not None:
            paths = self.paths_for(verb)
            return Q() if _whole_tree(paths) else Q(**{f"{field}__in": _ids(paths)})
        return Q() if self.sees_all else Q(**{f"{field}__in": self.unit_ids})

    def units(self, queryset: QuerySet[Any], verb: str | None = None) -> Any:
        """Narrow a queryset of units to the scope, or to what a verb is held over."""
        return queryset.filter(under(self.paths if verb is None else self.paths_for(verb)))

    def covers(self, unit: "OrgUnit", verb: str | None = None) -> bool:
        """Say whether a unit lies inside the scope, or inside what a verb is held over."""
        paths = self.paths if verb is None else self.paths_for(verb)
        return any(unit.path.startswith(path) for path in paths)

    def writes(self, unit: "OrgUnit") -> bool:
        """Say whether every row of the unit may be written."""
        return any(unit.path.startswith(path) for path in self.write_paths)


def under(paths: tuple[str, ...], prefix: str = "") -> Q:
    """Return the condition of lying under any of the paths; nothing lies under none."""
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{prefix}path__startswith": path})
    return condition


def _ids(paths: tuple[str, ...]) -> list[int]:
    from crm.accounts.models import OrgUnit

    return list(OrgUnit.objects.filter(under(paths)).values_list("pk", flat=True)) if paths else []


def _whole_tree(paths: tuple[str, ...]) -> bool:
    from crm.accounts.models import OrgUnit

    roots = set(OrgUnit.objects.filter(depth=1).values_list("path", flat=True))
    return bool(roots) and roots <= set(paths)


def _outermost(paths: set[str]) -> tuple[str, ...]:
    return tuple(sorted(p for p in paths if not any(p != q and p.startswith(q) for q in paths)))


def scope_of(user: "User") -> Scope:
    """Compute the scope of a person or client system from what is valid today."""
    from crm.accounts.models import ApiClient

    if user.is_system:
        client = ApiClient.objects.filter(user=user, active=True).select_related("unit").first()
        scopes = client.scopes if client else []
        paths = (client.unit.path,) if client else ()
        verbs = frozenset(verb for scope in scopes for verb in SCOPES.get(scope, ()))
        writes = paths if "write" in scopes else ()
        held = tuple((verbs, path) for path in paths)
        networks = tuple(client.networks) if client else ()
        return Scope(user.pk, frozenset({Role.API}), verbs, paths, writes, held, networks=networks)
    own, lent = _roles_of(user, clock.today())
    today = own + [(each.role, each.path) for each in lent]
    reading = {path for role, path in today if GRANTS[role] & DATA_VERBS}
    return Scope(
        user.pk,
        frozenset(role for role, _ in today),
        frozenset(verb for role, _ in today for verb in GRANTS[role]),
        _outermost(reading or {path for _, path in today}),
        _outermost({path for role, path in today if role in WRITES_SUBTREE}),
        tuple((GRANTS[role], path) for role, path in today),
        lent,
    )


def _roles_of(user: "User", as_of: date) -> tuple[list[tuple[str, str]], tuple[Lent, ...]]:
    """Return the person's own roles with their paths and those lent by colleagues, in one query."""
    from crm.accounts.models import Delegation, RoleAssignment

    held = RoleAssignment.objects.current(as_of).order_by()
    nobody = Value(None, output_field=DateField())
    own = held.filter(user=user).values_list("role", "unit__path", "user", Value(""), nobody)
    lent = (
        Delegation.objects.current(as_of)
        .order_by()
        .filter(to_user=user)
        .filter(
            Q(from_user__assignments__valid_to=None) | Q(from_user__assignments__valid_to__gte=as_of),
            from_user__assignments__role=F("role"),
            from_user__assignments__valid_from__lte=as_of,
        )
        .annotate(path=F("from_user__assignments__unit__path"), name=F("from_user__full_name"))
        .values_list("role", "path", "from_user", "name", "valid_to")
    )
    rows = list(own.union(lent, all=True))
    return (
        [(role, path) for role, path, _user, _name, until in rows if until is None],
        tuple(
            Lent(user_id, name, role, GRANTS[role], path, until)
            for role, path, user_id, name, until in rows
            if until is not None
        ),
    )
