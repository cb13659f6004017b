"""The small language of the permission matrix; tests/permissions/README.md explains it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from clients.models import Client
from crm.accounts.models import OrgUnit, User

PEOPLE = (
    "owner",
    "colleague",
    "stranger",
    "head",
    "leader",
    "gcdept",
    "provadmin",
    "sysadmin",
    "auditor",
)
ROLES = ("anonymous", *PEOPLE)
VERBS = ("get", "post", "put", "patch", "delete")

Status = int | tuple[int, ...]
Expected = Mapping[str, Status]


class World(SimpleNamespace):
    """The people and rows that routes are tried on; `build` functions add to it."""

    org: dict[str, OrgUnit]
    acme: Client
    foreign: Client
    owner: User
    colleague: User
    stranger: User
    head: User
    leader: User
    gcdept: User
    provadmin: User
    sysadmin: User
    auditor: User

    def __getattr__(self, name: str) -> Any:
        """Say which build function is missing rather than a bare AttributeError."""
        raise AttributeError(f"no build() of tests/permissions has put {name!r} into the world")


def _nothing(_world: World) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one route answers to each role, by HTTP verb."""

    kwargs: Callable[[World], dict[str, Any]] = _nothing
    query: Callable[[World], dict[str, Any]] = _nothing
    data: Callable[[World], dict[str, Any]] = _nothing
    get: Expected = field(default_factory=dict)
    post: Expected = field(default_factory=dict)
    put: Expected = field(default_factory=dict)
    patch: Expected = field(default_factory=dict)
    delete: Expected = field(default_factory=dict)

    def expected(self, verb: str) -> Expected:
        """Return the answers to a verb by role; empty when the route does not take it."""
        answers: Expected = getattr(self, verb)
        return answers


def same(status: Status, **exceptions: Status) -> dict[str, Status]:
    """Return one answer for every signed-in role, but for the exceptions."""
    unknown = set(exceptions) - set(ROLES)
    if unknown:
        raise ValueError(f"unknown roles: {unknown}")
    return dict.fromkeys(PEOPLE, status) | exceptions


def only(*roles: str, status: Status = 200, others: Status = 403, **exceptions: Status) -> dict[str, Status]:
    """Return one answer for the named roles and another for the rest, but for the exceptions."""
    unknown = (set(roles) | set(exceptions)) - set(ROLES)
    if unknown:
        raise ValueError(f"unknown roles: {unknown}")
    return dict.fromkeys(PEOPLE, others) | dict.fromkeys(roles, status) | exceptions
