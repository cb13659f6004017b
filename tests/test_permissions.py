"""Walk every named route as every role: the written answer, and nothing changed by a refusal."""

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client as Browser
from django.test import TestCase
from django.urls import reverse

from crm.accounts.models import User
from tests import factories
from tests.permissions.lines import PEOPLE, ROLES, VERBS, Line, Status, World
from tests.permissions_matrix import load, named_routes

LINES, BUILDERS = load()
UNSAFE = ("post", "put", "patch", "delete")
BACKEND = "crm.accounts.backends.StaffNumberOrRegisteredName"
# Tables of the machinery: who tried to log in, and what a session remembers.
NOT_BUSINESS = {"sessions", "axes", "contenttypes", "auth", "knox"}


def business_tables() -> list[str]:
    """Return the tables that hold what people and systems have written."""
    return [
        model._meta.db_table
        for model in apps.get_models()
        if model._meta.managed and model._meta.app_label not in NOT_BUSINESS
    ]


def writes() -> dict[str, int]:
    """Return how many rows of each business table this transaction has written, undone writes included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE relname = ANY(%s)",
            [business_tables()],
        )
        return dict(cursor.fetchall())


def fingerprint(tables: list[str]) -> dict[str, str]:
    """Return a hash of each table."""
    parts = " UNION ALL ".join(
        f"SELECT '{name}', count(*)::text || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
        f' FROM "{name}" t'
        for name in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(parts)
        return dict(cursor.fetchall())


def is_api(path: str) -> bool:
    """Say whether machines ask here."""
    return path.startswith("/api/v1")


def ask(browser: Browser, verb: str, path: str, line: Line, world: World) -> Any:
    """Send one request with the line's data."""
    if query := line.query(world):
        path = f"{path}?{urlencode(query, doseq=True)}"
    if verb == "get":
        return browser.get(path)
    data = line.data(world)
    if is_api(path):
        return getattr(browser, verb)(path, data, content_type="application/json")
    return browser.post(path, data) if verb == "post" else getattr(browser, verb)(path)


def allowed(expected: Status) -> tuple[int, ...]:
    """Return the statuses an answer may have."""
    return expected if isinstance(expected, tuple) else (expected,)


def anonymous_answer(path: str, line: Line, verb: str) -> Status:
    """Return what a stranger gets unless the line says otherwise: 401 for machines, else the login page."""
    return line.expected(verb).get("anonymous", 401 if is_api(path) else 302)


def browser_of(role: str, world: World) -> Browser:
    """Return a browser in which the role is logged in; errors answer as they would in production."""
    browser = Browser(raise_request_exception=False)
    browser.cookies.update(world.cookies[role])
    return browser


def log_in(role: str, world: World) -> SimpleCookie:
    """Return the cookies of a person who has just logged in."""
    browser = Browser()
    if role != "anonymous":
        browser.force_login(User.objects.get(pk=getattr(world, role).pk), backend=BACKEND)
    return browser.cookies


def expectation(role: str, verb: str, path: str, line: Line) -> tuple[int, ...] | None:
    """Return the statuses an answer may have; None where nobody needs to ask."""
    declared = line.expected(verb)
    if role == "anonymous":
        return allowed(anonymous_answer(path, line, verb)) if declared else None
    if declared:
        return allowed(declared[role])
    # A verb that the route does not take: three roles are enough to see that it refuses.
    return (405, 403, 404) if role in ("owner", "provadmin") else None


def problems_of(role: str, verb: str, path: str, line: Line, world: World) -> list[str]:
    """Return what is wrong with one answer; whatever it did is rolled back."""
    expected = expectation(role, verb, path, line)
    if expected is None:
        return []
    before = writes()
    touched: list[str] = []
    point = transaction.savepoint()
    try:
        response = ask(browser_of(role, world), verb, path, line, world)
        found = []
        if response.status_code not in expected:
            said = f"{response.status_code}, expected {expected} {_words(response)}"
            found.append(f"  {verb} as {role}: {said}")
        stranger = role == "anonymous" and "anonymous" not in line.expected(verb)
        if verb in UNSAFE and (response.status_code >= 400 or stranger):
            # What a refusal wrote it may have undone itself: only the rows that stand then tell.
            touched = [table for table, rows in writes().items() if rows != before.get(table)]
        after = fingerprint(touched) if touched else {}
    finally:
        transaction.savepoint_rollback(point)
    if touched and after != (unchanged := fingerprint(touched)):
        changed = [table for table in touched if after[table] != unchanged[table]]
        found.append(f"  {verb} as {role}: refused, but changed {changed}")
    return found


def _words(response: Any) -> str:
    """Return the beginning of a JSON refusal, for the failure's message."""
    body = getattr(response, "content", b"").decode(errors="replace")
    return body[:200] if body.startswith("{") else ""


@pytest.mark.long
class TestEveryRouteAsEveryRole(TestCase):
    """One test a route, made below from its line; all of them stand in the same world."""

    world: World

    @classmethod
    def setUpTestData(cls) -> None:
        """Build the world once; each test gives it back as it was."""
        made = World(org=factories.make_org())
        for name in PEOPLE:
            role, unit = factories.ROLE_OF[name]
            setattr(made, name, factories.make_user(name, role, made.org[unit], full_name=f"{name}某"))
        made.acme = factories.make_client(made.org["unit"], made.owner, name="西湖龙井茶业有限公司")
        made.foreign = factories.make_client(made.org["other_unit"], made.stranger, name="滨江软件有限公司")
        for build in BUILDERS:
            build(made)
        made.cookies = {role: log_in(role, made) for role in ROLES}
        cls.world = made


def _case(route: str) -> Callable[[TestCase], None]:
    def test(self: TestCase) -> None:
        line, world = LINES[route], type(self).world  # type: ignore[attr-defined]
        path = reverse(route, kwargs=line.kwargs(world))
        wrong = [
            problem
            for verb in VERBS
            for role in ROLES
            for problem in problems_of(role, verb, path, line, world)
        ]
        assert not wrong, f"{route} {path}\n" + "\n".join(wrong)

    return test


for _route in LINES:
    setattr(TestEveryRouteAsEveryRole, f"test_{_route}", _case(_route))


def test_every_named_route_has_a_line() -> None:
    missing = sorted(name for name, _ in named_routes() if name not in LINES)
    assert not missing, f"no line in tests/permissions for {missing}"


def test_no_line_is_stale() -> None:
    known = {name for name, _ in named_routes()}
    stale = sorted(set(LINES) - known)
    assert not stale, f"lines of routes that are gone: {stale}"


def test_no_line_leaves_a_role_out() -> None:
    for route, line in LINES.items():
        for verb in VERBS:
            answers = set(line.expected(verb)) - {"anonymous"}
            assert not answers or answers == set(PEOPLE), f"{route} {verb}"
