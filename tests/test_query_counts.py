"""What every page and every list of the API costs in queries: written down, and the same for many rows.

The numbers stand in tests/baselines/queries.json. A change that makes a page cheaper, or dearer with good
reason, writes them anew and shows them in its diff: `WRITE_BASELINES=1 pytest tests/test_query_counts.py`.
"""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clients.models import Client
from crm.accounts.models import User
from crm.intake.services import open_batch
from tests import factories
from tests.growing import copy_rows
from tests.permissions.lines import PEOPLE, World
from tests.permissions_matrix import load

BASELINE = Path(__file__).parent / "baselines" / "queries.json"
# The person who opens a page: the first of these who may. What differs by role is opened by each.
OPENED_BY = ("head", "provadmin", "owner", "auditor", "sysadmin")
BY_EACH = {
    "workbench:today": ("owner", "head", "provadmin", "auditor", "sysadmin"),
    "api-my-workbench": ("owner", "head"),
    "clients:list": ("owner", "head", "provadmin", "auditor"),
    "clients:card": ("owner", "head", "provadmin", "auditor"),
    "visits:list": ("owner", "head"),
}
# They show no rows of the base: the schema and its reader, health, files.
NOT_COUNTED = {
    "api-schema",
    "api-docs",
    "api-index",
    "base:healthz",
    "base:worker",
    "base:manifest",
    "base:offline",
    "base:hello",
    "accounts:login",
    "intake:source",
}
READ_AND_SENT = {
    "visits:meetings",
    "visits:desk-entry",
    "clients:audits",
    "clients:structure",
    "members:rehoming",
}
# Still grow with their rows, a page of which is small: each re-homing counts its own moves, and each export
# says its filters in words.
GROW = {"api-rehomings as head", "exports:list as head"}
LINES, BUILDERS = load()


def build() -> World:
    """Return the world of the permission matrix: at least one row of everything."""
    world = World(org=factories.make_org())
    for name in PEOPLE:
        role, unit = factories.ROLE_OF[name]
        setattr(world, name, factories.make_user(name, role, world.org[unit], full_name=f"{name}某"))
    world.acme = factories.make_client(world.org["unit"], world.owner, name="西湖龙井茶业有限公司")
    world.foreign = factories.make_client(world.org["other_unit"], world.stranger, name="滨江软件有限公司")
    for builder in BUILDERS:
        builder(world)
    return world


def grow(world: World) -> None:
    """Make every list longer: clients with people and goods of their own, and copies of every other row."""
    copied = copy_rows(3)
    assert all(copied[table] for table in ("visits.Visit", "clients.Agreement", "members.Member")), copied
    for number in range(8):
        manager = factories.make_user(f"more{number}", "AM", world.org["unit"])
        client = factories.make_client(world.org["unit"], manager, parent=world.acme)
        factories.make_contact(client, "KEY_PERSON")
        factories.make_member(client)
        factories.make_customer(client.org_unit, client)
        factories.make_client_product(client)
        factories.make_agreement(client)
        batch = open_batch(
            actor=world.provadmin,
            roster="members",
            name=f"{number}.csv",
            content=[f"a,b\n{number},2\n".encode()] if number else [b"a,b\n1,2\n"],
        )
        assert batch.pk


def addresses(world: World) -> dict[str, tuple[str, str]]:
    """Return what is opened: `route as role` → the role and the address."""
    found = {}
    for name, line in sorted(LINES.items()):
        may = [role for role in OPENED_BY if line.get.get(role) == 200]
        # A page that is sent is a form; what is opened to be read is counted.
        form = line.post and not name.startswith("api-") and name not in READ_AND_SENT
        if form or name in NOT_COUNTED or not may:
            continue
        url = reverse(name, kwargs=line.kwargs(world))
        if query := line.query(world):
            url = f"{url}?{urlencode(query, doseq=True)}"
        for role in BY_EACH.get(name, may[:1]):
            found[f"{name} as {role}"] = (role, url)
    return found


def browsers(world: World) -> dict[str, Browser]:
    """Return a browser in which each person is signed in."""
    inside = {}
    for role in OPENED_BY:
        inside[role] = Browser()
        person = User.objects.get(pk=getattr(world, role).pk)
        inside[role].force_login(person, backend="crm.accounts.backends.StaffNumberOrRegisteredName")
    return inside


def queries(browser: Browser, url: str) -> list[str]:
    """Return the statements of a page."""
    with CaptureQueriesContext(connection) as caught:
        response: Any = browser.get(url)
        if response.streaming:
            b"".join(response.streaming_content)
    assert response.status_code == 200, f"{url} answered {response.status_code}"
    return [entry["sql"] for entry in caught.captured_queries]


def repeated(few: list[str], many: list[str]) -> str:
    """Return the statement that came more often than before, without its values."""

    def shapes(statements: list[str]) -> dict[str, int]:
        counts: dict[str, int] = {}
        for statement in statements:
            shape = statement.split(" WHERE ")[0][:60] + " … " + statement.partition(" FROM ")[2][:80]
            counts[shape] = counts.get(shape, 0) + 1
        return counts

    before, after = shapes(few), shapes(many)
    return max(after, key=lambda shape: after[shape] - before.get(shape, 0), default="")


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.django_db
def test_no_page_costs_more_queries_than_written_down_and_none_grows_with_its_rows() -> None:
    world = build()
    inside, opened = browsers(world), addresses(world)
    for role, url in opened.values():
        inside[role].get(url)  # what is kept after the first time is not counted
    few = {name: queries(inside[role], url) for name, (role, url) in opened.items()}
    before = Client.objects.count()
    grow(world)
    assert Client.objects.count() > before
    many = {name: queries(inside[role], url) for name, (role, url) in opened.items()}

    faults = [
        f"{name}: {len(few[name])} queries, {len(many[name])} with more rows: "
        + repeated(few[name], many[name])
        for name in opened
        if len(many[name]) > len(few[name]) and name not in GROW
    ]
    counts = {name: len(few[name]) for name in opened}
    if os.environ.get("WRITE_BASELINES"):
        BASELINE.parent.mkdir(exist_ok=True)
        BASELINE.write_text(json.dumps(counts, indent=1, sort_keys=True) + "\n")
    written = json.loads(BASELINE.read_text())
    faults += [
        f"{name}: {counts.get(name, 'no')} queries, written down: {written.get(name, 'nothing')}"
        for name in sorted({*counts, *written})
        if name not in counts or name not in written or counts[name] > written[name]
    ]
    assert not faults, "\n".join([*faults, "Mend it, or write the numbers anew: see the top of this file."])
