"""Visits owed: by tier, lifecycle and star; the week they fill, shown first and taken back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid
from tests import factories
from visits import calendar, services
from visits.choices import VisitState
from visits.models import Visit
from visits.reading import debt as reading
from visits.rules.week import Candidate, fill_week, free_times
from visits.services import debt as filling

pytestmark = pytest.mark.django_db


def visited(owner: User, client: Client, days_ago: int) -> Visit:
    """Make a visit that took place."""
    moment = clock.now() - timedelta(days=days_ago)
    return Visit.objects.create(
        client=client, owner=owner, org_unit=client.org_unit, state=VisitState.CLOSED, planned_at=moment,
        visit_on=clock.business_date(moment), purposes=["P2"], place="三楼",
    )  # fmt: skip


def debt_of(client: Client) -> Any:
    """Return the client with what it is owed."""
    return reading.owed(Client.objects.filter(pk=client.pk), clock.today()).get()


@pytest.mark.spec("S1-03")
def test_tier_lifecycle_and_star_add_up_and_visits_and_plans_count_down(
    owner: User, org: dict[str, OrgUnit]
) -> None:
    client = factories.make_client(org["unit"], owner, value_tier="B1", status="SILENT")
    key = factories.make_contact(client, "KEY_PERSON", salutation="王总")
    factories.make_customer(org["unit"], client, msisdn=key.mobile, star=5)
    row = debt_of(client)
    assert (row.owed_tier, row.owed_life, row.owed_star, row.owed, row.debt) == (3, 1, 1, 5, 5)
    visited(owner, client, 10)
    visited(owner, client, 91)
    visited(owner, client, 92)
    services.plan_visit(
        actor=owner, client=client, planned_at=clock.now() + timedelta(days=2), purposes=["P2"], place="三楼"
    )
    row = debt_of(client)
    assert (row.made, row.ahead, row.debt, row.to_plan) == (2, 1, 3, 2)
    assert reading.why(row) == "B1 类每季 3 次 + 沉默客户多 1 次 + 关键人星级高多 1 次 · 已访 2 次，已约 1 次"


@pytest.mark.spec("S1-03")
@pytest.mark.parametrize(
    ("tier", "status", "owed"),
    [
        ("A1", "ACTIVE", 6),
        ("C", "SILENT", 2),
        ("A1", "CLOSED", 0),
        (None, "SILENT", 0),
        ("C", "POTENTIAL", 1),
    ],
)
def test_who_is_owed_nothing_by_tier_is_owed_nothing_on_top(
    owner: User, org: dict[str, OrgUnit], tier: str | None, status: str, owed: int
) -> None:
    assert debt_of(factories.make_client(org["unit"], owner, value_tier=tier, status=status)).owed == owed


@pytest.mark.spec("S1-03")
def test_a_star_counts_for_key_persons_who_are_still_there_only(owner: User, org: dict[str, OrgUnit]) -> None:
    client = factories.make_client(org["unit"], owner, value_tier="C")
    for kind, star, left_on in (
        ("CONTACT", 6, None),
        ("KEY_PERSON", 4, None),
        ("KEY_PERSON", 6, clock.today()),
    ):
        someone = factories.make_contact(client, kind, left_on=left_on)
        factories.make_customer(org["unit"], client, msisdn=someone.mobile, star=star)
    assert debt_of(client).owed_star == 0


def _candidate(number: int, district: str, debt: int, last: date | None = None) -> Candidate:
    return Candidate(number, f"{number:012d}", district, debt, last)


@pytest.mark.spec("S1-03")
def test_the_most_urgent_are_taken_and_a_district_is_visited_in_one_go() -> None:
    monday = date(2026, 11, 30)
    times = {
        monday + timedelta(days=n): free_times(monday + timedelta(days=n), capacity=2, taken=[])
        for n in (0, 1)
    }
    people = [
        _candidate(1, "东", 3), _candidate(2, "西", 2), _candidate(3, "东", 1), _candidate(4, "西", 5),
        _candidate(5, "南", 1, date(2026, 11, 1)),
    ]  # fmt: skip
    found = fill_week(people, times)
    assert [place.client_id for place in found] == [4, 2, 1, 3]
    assert [f"{place.at:%d %H:%M}" for place in found] == ["30 09:30", "30 14:00", "01 09:30", "01 14:00"]
    assert fill_week(people, {}) == []
    assert fill_week([], times) == []


def test_a_day_takes_no_more_than_its_capacity_and_keeps_an_hour_between() -> None:
    day = date(2026, 11, 30)
    free = free_times(day, capacity=3, taken=[clock.at(day, 9)])
    assert [f"{moment:%H:%M}" for moment in free] == ["14:00", "15:30"]
    assert free_times(day, capacity=1, taken=[clock.at(day, 9)]) == []


def _clients(owner: User, org: dict[str, OrgUnit], count: int) -> list[Client]:
    return [factories.make_client(org["unit"], owner, value_tier="A1") for _number in range(count)]


@pytest.mark.spec("S1-03")
def test_the_proposal_lies_on_working_days_of_the_coming_week_and_saves_nothing(
    owner: User, org: dict[str, OrgUnit]
) -> None:
    _clients(owner, org, 3)
    today = date(2026, 11, 26)
    days = reading.proposal(owner, today)
    assert [day for day, _rows, _taken in days] == calendar.working_days(
        date(2026, 11, 30), date(2026, 12, 6)
    )
    assert sum(len(rows) for _day, rows, _taken in days) == 3
    assert not Visit.objects.exists()


@pytest.mark.spec("S1-03")
def test_a_filling_is_planned_once_and_taken_back_but_for_what_was_touched(
    owner: User, org: dict[str, OrgUnit]
) -> None:
    clients = _clients(owner, org, 3)
    first, _last = filling.next_week(clock.today())
    chosen = [(client.pk, clock.at(first, 9 + 2 * place)) for place, client in enumerate(clients)]
    batch = uuid4()
    for _time in range(2):
        assert len(filling.fill_week(actor=owner, visits=chosen, batch=batch)) == 3
    assert Visit.objects.filter(state=VisitState.PLANNED).count() == 3
    services.confirm(actor=owner, visit=Visit.objects.get(client=clients[0]))
    assert filling.empty_week(actor=owner, batch=batch) == (2, 1)
    assert filling.empty_week(actor=owner, batch=batch) == (0, 1)
    assert set(Visit.objects.filter(state=VisitState.CANCELLED).values_list("client", flat=True)) == {
        client.pk for client in clients[1:]
    }


@pytest.mark.spec("S1-03")
def test_a_filling_reaches_own_clients_and_the_coming_week_only(
    owner: User, colleague: User, foreign: Client, org: dict[str, OrgUnit]
) -> None:
    mine = _clients(owner, org, 1)[0]
    other = factories.make_client(org["unit"], colleague, value_tier="A1")
    first, last = filling.next_week(clock.today())
    for client, day, code in (
        (mine, last + timedelta(days=1), "OUTSIDE_WEEK"),
        (mine, clock.today(), "OUTSIDE_WEEK"),
        (foreign, first, "NOT_FOUND"),
        (other, first, "NOT_YOURS"),
    ):
        with pytest.raises(BusinessError, match=code):
            filling.fill_week(actor=owner, visits=[(client.pk, clock.at(day, 9))], batch=uuid4())
    with pytest.raises(Invalid, match="NOTHING_CHOSEN"):
        filling.fill_week(actor=owner, visits=[], batch=uuid4())
    assert not Visit.objects.exists()


@pytest.mark.spec("S1-03")
def test_the_page_says_how_many_and_why_to_managers_and_heads(
    browse: Callable[[User | None], Browser],
    owner: User,
    colleague: User,
    head: User,
    org: dict[str, OrgUnit],
) -> None:
    mine = _clients(owner, org, 1)[0]
    other = factories.make_client(org["unit"], colleague, value_tier="C")
    text = browse(owner).get("/visits/debt/").content.decode()
    assert mine.name in text
    assert other.name not in text
    assert "A1 类每季 6 次" in text
    led = browse(head).get("/visits/debt/").content.decode()
    assert mine.name in led
    assert other.name in led
    narrowed = browse(head).get(f"/visits/debt/?am={colleague.pk}").content.decode()
    assert other.name in narrowed
    assert mine.name not in narrowed
    assert browse(owner).get("/visits/debt/?after=x.y&am=99").status_code == 200


def test_the_list_goes_on_after_the_last_one_shown(
    owner: User, org: dict[str, OrgUnit], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _clients(owner, org, 3)
    clients = reading.clients_of(owner, team=False)
    whole = list(reading.debtors(clients, clock.today()))
    assert whole == made
    rest = reading.debtors(clients, clock.today(), after=f"{whole[0].debt}.{whole[0].client_code}")
    assert list(rest) == made[1:]


@pytest.mark.spec("S1-03")
def test_a_week_is_filled_on_the_page_and_taken_back_there(
    browse: Callable[[User | None], Browser], owner: User, org: dict[str, OrgUnit]
) -> None:
    _clients(owner, org, 2)
    page = browse(owner)
    shown = page.get("/visits/debt/week/").context
    values = [row.value for _day, rows, _taken in shown["days"] for row in rows]
    assert len(values) == 2
    assert page.post("/visits/debt/week/", {"batch": str(shown["batch"])}).status_code == 422
    answer = page.post("/visits/debt/week/", {"batch": str(shown["batch"]), "visit": values[:1]})
    assert answer["Location"] == f"/visits/debt/week/{shown['batch']}/"
    assert Visit.objects.get().state == VisitState.PLANNED
    assert Visit.objects.get().client.name in page.get(answer["Location"]).content.decode()
    page.post(f"{answer['Location']}undo/")
    assert Visit.objects.get().state == VisitState.CANCELLED
    assert page.post("/visits/debt/week/", {"batch": "x", "visit": ["a|b", "1|2026"]}).status_code == 422


@pytest.mark.spec("S1-03")
def test_the_api_reads_proposes_fills_and_takes_back(
    api: Callable[[User | None], APIClient], owner: User, org: dict[str, OrgUnit]
) -> None:
    client = _clients(owner, org, 1)[0]
    caller = api(owner)
    row = caller.get("/api/v1/visit-debt").json()["results"][0]
    assert (row["id"], row["owed"], row["debt"], row["to_plan"]) == (client.pk, 6, 6, 6)
    place = caller.get("/api/v1/visit-debt:week").json()[0]
    body = {"batch": str(uuid4()), "visits": [{"client": place["client"], "planned_at": place["planned_at"]}]}
    made = caller.post("/api/v1/visit-debt:fill", body, format="json")
    assert (made.status_code, made.json()[0]["client"]) == (201, client.pk)
    back = caller.post("/api/v1/visit-debt:undo", {"batch": body["batch"]}, format="json")
    assert back.json() == {"undone": 1, "kept": 0}


def test_who_manages_nobody_is_shown_the_team_instead_of_an_empty_week(
    head: User, owner: User, org: dict[str, OrgUnit], browse: Callable[[User], Browser]
) -> None:
    _clients(owner, org, 1)
    page = browse(head).get("/visits/debt/week/").content.decode()
    assert "您自己没有管理客户" in page
    assert 'href="/visits/debt/"' in page
    assert "没有可建议的" not in page
