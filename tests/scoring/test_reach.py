"""Reach at the end of a month: who counts, every reason why not, frozen for good (spec §3.6.6)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client, ClientStatusHistory, RevenueMonth
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.jobs import graph
from crm.params import services as params
from scoring import services
from scoring.models import ReachMonth, ReachRow, ReachTotal
from tests import factories

pytestmark = pytest.mark.django_db
MONTH = date(2026, 10, 1)
END = date(2026, 11, 1)
Make = Callable[..., Client]


@pytest.fixture
def make(org: dict[str, OrgUnit], owner: User) -> Make:
    """Return a function that makes a client of October: state, kind, members, revenue in yuan."""

    def client(
        status: str, kind: str = "QY", *, members: int = 0, revenue: int = 0, unit: str = "unit"
    ) -> Client:
        made = factories.make_client(
            org[unit], status=status, institution_type=kind, institution_subtype="QY1" if kind == "QY" else ""
        )
        Client.objects.filter(pk=made.pk).update(
            members_active=members, created_at=clock.at(date(2026, 5, 1))
        )
        if revenue:
            RevenueMonth.objects.create(client=made, month=MONTH, revenue_fen=revenue * 100)
        return made

    return client


def reasons(client: Client) -> list[str]:
    """Return why a client does not count in October; nothing when it counts."""
    row = ReachRow.objects.get(client=client.pk, month=MONTH)
    assert row.counted is not bool(row.reasons)
    return sorted(row.reasons)


def text_of(response: Any) -> str:
    """Return a streamed answer as text."""
    return b"".join(response.streaming_content).decode()


ZERO = "ZERO_MEMBER_ZERO_REVENUE"
POTENTIAL = "POTENTIAL_OR_AGREEMENT_ONLY"


@pytest.mark.parametrize(
    ("status", "kind", "members", "revenue", "expected"),
    [
        pytest.param("ACTIVE", "QY", 10, 500, [], marks=pytest.mark.spec("E070")),
        pytest.param("POTENTIAL", "QY", 3, 0, [POTENTIAL], marks=pytest.mark.spec("E071", "S0-44", "S0-45")),
        pytest.param("ONLINE", "QY", 0, 0, [ZERO], marks=pytest.mark.spec("E072", "S0-46")),
        pytest.param("ONLINE", "QY", 0, 800, [], marks=pytest.mark.spec("E073", "S0-46", "D-07")),
        pytest.param("ONLINE", "QY", 1, 0, [], marks=pytest.mark.spec("S0-46")),
        pytest.param("ACTIVE", "GT", 5, 100, ["INDIVIDUAL"], marks=pytest.mark.spec("E075", "S0-47")),
        pytest.param("ACTIVE", "JL", 5, 100, ["CLUSTER"], marks=pytest.mark.spec("E076", "S0-48", "S0-52")),
        pytest.param("CHURNED", "QY", 5, 100, ["CHURNED"], marks=pytest.mark.spec("E077", "S0-49")),
        pytest.param("CLOSED", "QY", 5, 100, ["CLOSED"], marks=pytest.mark.spec("S0-49")),
        pytest.param("SILENT", "QY", 2, 0, [], marks=pytest.mark.spec("E070")),
    ],
)
def test_who_counts_and_why_not(
    make: Make, status: str, kind: str, members: int, revenue: int, expected: list[str]
) -> None:
    """Each exclusion alone; on network, in use and silent count."""
    client = make(status, kind, members=members, revenue=revenue)
    assert services.close_reach(as_of=END) == 1
    assert reasons(client) == expected


@pytest.mark.spec("S0-50")
def test_all_reasons_that_hold_are_kept(make: Make) -> None:
    """A potential cluster without members and revenue has three."""
    client = make("POTENTIAL", "JL")
    services.close_reach(as_of=END)
    assert reasons(client) == ["CLUSTER", POTENTIAL, ZERO]


@pytest.mark.spec("E079", "D-07")
def test_either_of_no_members_and_no_revenue_excludes_by_parameter(make: Make, sysadmin: User) -> None:
    """By OR the Internet-of-things client without members does not count; a closed month keeps its rule."""
    iot = make("ONLINE", members=0, revenue=800)
    services.close_reach(as_of=END)
    params.change(
        actor=sysadmin, key="reach.zero_rule", value="OR", effective_from=clock.today(), reason="省公司口径"
    )
    later = clock.add_months(clock.month_of(clock.today()), 1)
    services.close_reach(as_of=later)
    assert reasons(iot) == []
    month = clock.add_months(later, -1)
    assert ReachRow.objects.get(client=iot.pk, month=month).reasons == [ZERO]
    assert dict(ReachMonth.objects.values_list("month", "zero_rule")) == {MONTH: "AND", month: "OR"}


@pytest.mark.spec("S0-50")
def test_a_closed_month_changes_no_more(make: Make) -> None:
    """The second run writes nothing, nor does anything that happens later; the database refuses too."""
    client = make("ACTIVE", members=3)
    assert services.close_reach(as_of=END) == 1
    Client.objects.filter(pk=client.pk).update(status="CHURNED")
    make("ACTIVE", members=3)
    assert services.close_reach(as_of=END) == 0
    assert services.close_reach(as_of=date(2026, 11, 17)) == 0  # any night of November speaks of October
    assert ReachMonth.objects.get().counted == ReachRow.objects.filter(counted=True).count() == 1
    for change in (
        lambda: ReachRow.objects.update(counted=False),
        lambda: ReachTotal.objects.all().delete(),
        lambda: ReachMonth.objects.update(counted=9),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()


@pytest.mark.spec("S0-50")
def test_a_missed_month_is_counted_as_it_stood(make: Make) -> None:
    """What changed after the month's end is taken back; files made later are not there."""
    churned = make("CHURNED", members=3)
    ClientStatusHistory.objects.create(
        client=churned, old="ACTIVE", new="SILENT", reason="X", changed_on=date(2026, 11, 3)
    )
    ClientStatusHistory.objects.create(
        client=churned, old="SILENT", new="CHURNED", reason="X", changed_on=date(2026, 11, 5)
    )
    before = make("CHURNED", members=3)
    ClientStatusHistory.objects.create(
        client=before, old="ACTIVE", new="CHURNED", reason="X", changed_on=date(2026, 10, 31)
    )
    filed_later = make("ACTIVE", members=3)
    ClientStatusHistory.objects.create(
        client=filed_later, old="", new="POTENTIAL", reason="FILED", changed_on=date(2026, 11, 2)
    )
    made_later = make("ACTIVE", members=3)
    Client.objects.filter(pk=made_later.pk).update(created_at=clock.at(END))
    assert services.close_reach(as_of=date(2026, 11, 20)) == 2
    assert reasons(churned) == []
    assert reasons(before) == ["CHURNED"]


def test_older_months_are_not_counted_after_newer_ones(make: Make) -> None:
    """Nobody rewrites the past by running an old night again."""
    make("ACTIVE", members=1)
    services.close_reach(as_of=END)
    assert services.close_reach(as_of=date(2026, 9, 1)) == 0


def test_the_night_closes_the_month_after_the_states_are_derived() -> None:
    """One step a province, behind the lifecycle."""
    step = graph.step_named("reach")
    assert step is not None
    assert step.per_province
    assert "derive_status" in step.after


@pytest.mark.spec("S0-50")
def test_the_page_sums_over_the_tree_and_leads_to_every_excluded_client(
    make: Make, provadmin: User, stranger: User, head: User, browse: Callable[[User | None], Browser]
) -> None:
    """Province, city, unit; each count is the length of its list; who sees one unit gets its own sum."""
    make("ACTIVE", members=1)
    lost = make("CHURNED", members=1)
    make("ACTIVE", members=1, unit="other_unit")
    far = make("POTENTIAL", unit="far_unit")
    services.close_reach(as_of=END)
    browser = browse(provadmin)
    page = browser.get("/scoring/reach/")
    assert page.context["total"].counted == 2
    assert {line.label: (line.counted, line.excluded) for line in page.context["lines"]} == {
        "杭州分公司": (2, 1), "宁波分公司": (0, 1),
    }  # fmt: skip
    city = page.context["lines"][0].key
    below = browser.get(f"/scoring/reach/?month=2026-10&unit={city}")
    assert {line.label: line.counted for line in below.context["lines"]} == {"西湖区": 1, "滨江区": 1}
    listed = browser.get("/scoring/reach/excluded/?month=2026-10").content.decode()
    assert lost.name in listed
    assert far.name in listed
    churned = browser.get("/scoring/reach/excluded/?month=2026-10&reason=CHURNED").content.decode()
    assert lost.name in churned
    assert far.name not in churned
    assert browser.get("/scoring/reach/?month=2025-01").status_code == 404
    own = browse(head)
    assert own.get("/scoring/reach/").context["total"].clients == 2
    assert own.get(f"/scoring/reach/?unit={far.org_unit_id}").status_code == 404
    assert far.name not in own.get("/scoring/reach/excluded/").content.decode()
    table = text_of(browser.get("/scoring/reach/excluded/csv/?month=2026-10"))
    assert len(table.strip().splitlines()) == 3
    assert "离网" in table
    assert browse(stranger).get("/scoring/reach/excluded/csv/").status_code == 403


@pytest.mark.spec("S0-50")
def test_other_systems_read_the_same_figures(
    make: Make, provadmin: User, head: User, api: Callable[[User | None], APIClient]
) -> None:
    """Months, sums, units and the excluded with all reasons; outside the scope nothing."""
    make("ACTIVE", members=1)
    potential = make("POTENTIAL", unit="far_unit")
    services.close_reach(as_of=END)
    body: dict[str, Any] = api(provadmin).get("/api/v1/reach").json()
    assert (body["month"], body["total"]["counted"], body["total"]["excluded"]) == ("2026-10", 1, 1)
    rows = api(provadmin).get("/api/v1/reach/excluded?month=2026-10").json()["results"]
    assert [(row["client"], sorted(row["reasons"])) for row in rows] == [(potential.pk, [POTENTIAL, ZERO])]
    assert api(provadmin).get("/api/v1/reach/excluded?reason=CHURNED").json()["results"] == []
    assert api(provadmin).get("/api/v1/reach/excluded?reason=NONE").status_code == 400
    assert api(head).get("/api/v1/reach/excluded").json()["results"] == []
    assert api(head).get("/api/v1/reach?unit=U330203").status_code == 404


def test_nothing_is_closed_yet(provadmin: User, browse: Callable[[User | None], Browser]) -> None:
    """An empty state says when figures come."""
    assert "还没有" in browse(provadmin).get("/scoring/reach/").content.decode()
