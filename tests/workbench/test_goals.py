"""The core tasks of a manager against plan (S1-03)."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from clients.models import RevenueMonth
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from tests import factories
from workbench.figures import Goal, goals_of

pytestmark = pytest.mark.django_db


@pytest.mark.spec("S1-03")
def test_keep_expand_and_informatise_are_held_against_their_plans(
    owner: User, org: dict[str, OrgUnit]
) -> None:
    today = clock.today()
    factories.make_client(org["unit"], owner, status="ACTIVE", value_tier="C", employee_total=10)
    line = factories.make_client(org["unit"], owner, status="ONLINE", value_tier=None, employee_total=30)
    factories.make_client(org["unit"], owner, status="CHURNED", status_changed_at=clock.now())
    factories.make_client(org["unit"], owner, status="POTENTIAL")
    factories.make_member(line)
    leased = factories.make_product("TEST_LINE", counts_as_ict="ALWAYS")
    factories.make_client_product(line, leased, status="OPEN", opened_on=factories.LONG_AGO)
    month, _end = clock.closed_months(today, 1)
    RevenueMonth.objects.create(client=line, month=month, revenue_fen=100_000, ict_fen=25_000)
    found = {
        code: [(goal.value, goal.whole) for goal in lines] for code, _words, lines in goals_of(owner, today)
    }
    assert found == {
        "RETAIN": [(0, 1), (2, 3)],
        "EXPAND": [(2, 4), (1, 40)],
        "ICT": [(1, 2), (25_000, 100_000)],
    }


@pytest.mark.spec("S1-03")
def test_a_plan_is_reached_at_its_figure_and_nothing_is_not_reached() -> None:
    assert Goal("", 8, 10, 80).is_met
    assert not Goal("", 79, 100, 80).is_met
    assert not Goal("", 0, 0, 80).is_met
    assert Goal("", 0, 0, 80).share is None


@pytest.mark.spec("S1-03")
def test_managers_see_their_core_tasks_and_heads_do_not(
    browse: Callable[[User | None], Browser], owner: User, head: User
) -> None:
    assert 'data-goal="ICT"' in browse(owner).get("/workbench/").content.decode()
    assert "data-goal" not in browse(head).get("/workbench/").content.decode()
