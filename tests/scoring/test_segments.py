"""Profit and loss by segment, shared resources, concentration (S2-02, S2-03, S2-04, S2-37, R15)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import InternalError, transaction
from django.db.models import Sum
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client, Product, ProductTraffic, Responsibility, RevenueLine, RevenueMonth
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden
from crm.jobs import graph
from crm.params import services as params
from scoring import services
from scoring.models import ResourceCost, SegmentMonth, SegmentPnL
from scoring.reading import concentration as spread
from scoring.reading.segments import segments_of
from tests import factories

pytestmark = pytest.mark.django_db
MONTH = date(2026, 10, 1)
CLOSING = date(2026, 11, 5)
Org = dict[str, OrgUnit]


def client_of(
    unit: OrgUnit, segment: str, yuan: int, *, cost: int = 0, month: date = MONTH, **fields: Any
) -> Client:
    made = factories.make_client(unit, segment=segment, **{"status": "ACTIVE", **fields})
    Client.objects.filter(pk=made.pk).update(created_at=clock.at(date(2025, 1, 1)), segment=segment)
    if segment == "KEY":
        Responsibility.objects.create(
            client=made, level="LOCAL", role="FIRST_RESPONSIBLE", org_unit=unit, since=date(2025, 1, 1)
        )
    RevenueMonth.objects.create(client=made, month=month, revenue_fen=yuan * 100, cost_fen=cost * 100 or None)
    return made


def used(client: Client, family: str, amount: int = 0, *, kbps: int | None = None) -> None:
    product = Product.objects.filter(family=family).first()
    assert product
    held = factories.make_client_product(
        client, product=product, bandwidth_kbps=kbps, status="OPEN", opened_on=date(2025, 1, 1)
    )
    if amount:
        ProductTraffic.objects.create(client_product=held, month=MONTH, amount=amount)


def row(unit: OrgUnit, segment: str) -> SegmentPnL:
    return SegmentPnL.objects.get(month=MONTH, org_unit=unit, segment=segment)


@pytest.mark.spec("S2-02")
def test_a_month_by_segment_with_what_is_left(org: Org) -> None:
    client_of(org["unit"], "KEY", 1000, cost=300)
    client_of(org["unit"], "KEY", 500)
    client_of(org["unit"], "BUSINESS", 200, cost=50)
    client_of(org["other_unit"], "PUBLIC", 80)
    gone = client_of(org["unit"], "BUSINESS", 7, status="CHURNED")
    assert gone
    services.close_segments(as_of=CLOSING, province=org["province"])
    key, business = row(org["unit"], "KEY"), row(org["unit"], "BUSINESS")
    assert (key.clients, key.revenue_fen, key.cost_fen, key.ebit_fen) == (2, 150_000, 30_000, 120_000)
    assert (business.clients, business.revenue_fen) == (1, 20_700), "revenue of who left still counts"
    assert SegmentPnL.objects.count() == 3
    assert "close_segments" in {step.function.rpartition(".")[2] for step in graph.NIGHT}


@pytest.mark.spec("S2-03")
def test_resources_are_shared_out_by_use_to_the_last_fen(org: Org, provadmin: User) -> None:
    key, business, public = (client_of(org["unit"], code, 100) for code in ("KEY", "BUSINESS", "PUBLIC"))
    used(key, "DATA", 600)
    used(business, "DATA", 300)
    used(public, "VOICE", 50)
    used(key, "LINE", kbps=2048)
    used(business, "LINE", kbps=2048)
    costs = {"DATA": 1000_01, "VOICE": 70_00, "BANDWIDTH": 3_33}
    assert services.enter_costs(province=org["province"], month=MONTH, costs=costs, actor=provadmin) == 3
    services.close_segments(as_of=CLOSING, province=org["province"])
    found = {r.segment: r.shared_fen for r in SegmentPnL.objects.filter(month=MONTH)}
    # Two thirds and one third of the data, all of the voice, half of the bandwidth each.
    assert abs(found["KEY"] - (66_667 + 166)) <= 1
    assert abs(found["BUSINESS"] - (33_334 + 167)) <= 1
    assert found["PUBLIC"] == 70_00
    assert sum(found.values()) == sum(costs.values())
    assert row(org["unit"], "KEY").ebit_fen == 100_00 - found["KEY"]
    assert SegmentMonth.objects.get().costs == costs


@pytest.mark.spec("S2-04")
def test_fees_named_by_the_source_do_not_count_and_are_shown(org: Org, sysadmin: User) -> None:
    client = client_of(org["unit"], "KEY", 1000)
    product = Product.objects.first()
    assert product
    for category, yuan in (("MONTHLY_FEE", 600), ("PHONE_CARD", 150), ("LEASING", 250)):
        RevenueLine.objects.create(
            client=client, product=product, month=MONTH, category=category, revenue_fen=yuan * 100
        )
    services.close_segments(as_of=CLOSING, province=org["province"])
    held = row(org["unit"], "KEY")
    assert (held.revenue_fen, held.excluded_fen) == (600_00, 400_00)
    params.change(
        actor=sysadmin, key="segment.excluded_fees", value=["LEASING"], effective_from=clock.today()
    )
    held.refresh_from_db()
    assert held.excluded_fen == 400_00, "a closed month does not follow a parameter"


@pytest.mark.spec("S2-02")
def test_a_closed_month_is_frozen_and_closed_once(org: Org, provadmin: User) -> None:
    client = client_of(org["unit"], "KEY", 1000)
    services.close_segments(as_of=date(2026, 11, 4), province=org["province"])
    assert not SegmentMonth.objects.filter(month=MONTH).exists(), "not before its day"
    assert services.close_segments(as_of=CLOSING, province=org["province"]) == 1
    RevenueMonth.objects.filter(client=client).update(revenue_fen=1)
    assert services.close_segments(as_of=CLOSING, province=org["province"]) == 0
    assert row(org["unit"], "KEY").revenue_fen == 100_000
    for act in (
        lambda: SegmentPnL.objects.update(clients=9),
        lambda: SegmentPnL.objects.all().delete(),
        lambda: SegmentMonth.objects.update(costs={}),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            act()
    with pytest.raises(BusinessError, match="MONTH_CLOSED"):
        services.enter_costs(province=org["province"], month=MONTH, costs={"DATA": 1}, actor=provadmin)
    assert not ResourceCost.objects.exists()


def test_only_the_province_enters_costs(org: Org, head: User) -> None:
    with pytest.raises(Forbidden):
        services.enter_costs(province=org["province"], month=MONTH, costs={"DATA": 1}, actor=head)


@pytest.mark.spec("S2-02")
def test_growth_stands_beside_the_month_and_the_year_before(org: Org, provadmin: User) -> None:
    for month, yuan in ((date(2025, 10, 1), 400), (date(2026, 9, 1), 500), (MONTH, 600)):
        client_of(org["unit"], "KEY", yuan, month=month)
        services.close_segments(as_of=clock.add_months(month, 1).replace(day=5), province=org["province"])
    lines, total = segments_of(provadmin, month=MONTH)
    key = next(line for line in lines if line.code == "KEY")
    assert key.growth == pytest.approx(0.2)
    assert key.growth_year == pytest.approx(0.5)
    assert total.figures["revenue_fen"] == 600_00


def test_everybody_sees_the_units_of_the_own_area(
    org: Org, head: User, provadmin: User, browse: Callable[[User], Browser]
) -> None:
    client_of(org["unit"], "KEY", 1000)
    client_of(org["far_unit"], "KEY", 77)
    services.close_segments(as_of=CLOSING, province=org["province"])
    whole = browse(provadmin).get("/scoring/segments/").content.decode()
    assert "¥1,077.00" in whole
    mine = browse(head).get("/scoring/segments/").content.decode()
    assert "¥1,000.00" in mine
    assert "¥1,077.00" not in mine
    assert browse(head).get(f"/scoring/segments/?unit={org['far_unit'].pk}").status_code == 404
    file = b"".join(browse(head).get("/scoring/segments/csv/").streaming_content).decode()  # type: ignore[attr-defined]
    assert "西湖区" in file
    assert "海曙区" not in file


@pytest.mark.spec("S2-03")
def test_costs_are_entered_on_their_page(
    org: Org, provadmin: User, browse: Callable[[User], Browser]
) -> None:
    browser = browse(provadmin)
    month = clock.month_of(clock.today())
    fields = {"month": month.isoformat(), "data": "12.34", "voice": "", "bandwidth": "0"}
    assert browser.post("/scoring/segments/costs/", fields | {"data": "-1"}).status_code == 422
    assert not ResourceCost.objects.exists()
    assert browser.post("/scoring/segments/costs/", fields).status_code == 302
    assert dict(ResourceCost.objects.values_list("driver", "cost_fen")) == {"DATA": 1234, "BANDWIDTH": 0}
    assert "¥12.34" in browser.get("/scoring/segments/costs/").content.decode()


@pytest.mark.spec("S2-37")
def test_concentration_is_counted_by_hand(org: Org, provadmin: User, head: User) -> None:
    """Four clients with 60, 25, 10 and 5 percent: the index is the sum of the squares."""
    for yuan, cost in ((600, 100), (250, 50), (100, 50), (50, 0)):
        client_of(org["unit"], "KEY", yuan, cost=cost)
    found = spread.concentration_of(provadmin, month=MONTH, places=[1, 2, 3000])
    assert (found.clients, found.revenue_fen, found.profit_fen) == (4, 1000_00, 800_00)
    assert found.hhi == pytest.approx(10_000 * (0.6**2 + 0.25**2 + 0.1**2 + 0.05**2))
    assert [(top.place, top.clients, top.revenue, top.profit) for top in found.tops] == [
        (1, 0.25, 0.6, 500 / 800), (2, 0.5, 0.85, 700 / 800),
    ]  # fmt: skip
    assert found.curve == ((0.25, 0.6), (0.5, 0.85), (0.75, 0.95), (1.0, 1.0))
    order = [
        place for _client, _fen, _profit, place in spread.largest(provadmin, month=MONTH, after=1, limit=2)
    ]
    assert order == [2, 3]
    assert RevenueMonth.objects.aggregate(s=Sum("revenue_fen"))["s"] == 1000_00


def test_a_base_without_revenue_says_so(org: Org, provadmin: User, browse: Callable[[User], Browser]) -> None:
    assert spread.concentration_of(provadmin, month=MONTH, places=[1]).curve == ()
    assert browse(provadmin).get("/scoring/concentration/").status_code == 200
    factories.make_client(org["unit"])
    assert browse(provadmin).get(f"/scoring/concentration/?unit={org['unit'].pk}").status_code == 200


@pytest.mark.spec("S2-02", "S2-03")
def test_segments_over_the_api_are_those_of_the_page(
    org: Org, provadmin: User, head: User, api: Callable[[User], APIClient]
) -> None:
    body = api(provadmin).get("/api/v1/segments").json()
    assert (body["month"], body["total"], body["segments"]) == (None, None, [])
    client_of(org["unit"], "KEY", 1000, cost=300)
    used(client_of(org["far_unit"], "BUSINESS", 77), "DATA", 600)
    said = {"province": org["province"].code, "month": f"{MONTH}", "costs": {"DATA": 5000}}
    for _twice in range(2):
        made = api(provadmin).post("/api/v1/segments/costs", said, format="json", HTTP_IDEMPOTENCY_KEY="c1")
        assert made.status_code == 200
    assert made.json()["results"] == [
        {"province": org["province"].code, "month": "2026-10-01", "driver": "DATA", "cost_fen": 5000}
    ]
    odd = api(provadmin).post("/api/v1/segments/costs", said | {"costs": {"GOLD": 1}}, format="json")
    assert odd.status_code == 400
    assert api(head).post("/api/v1/segments/costs", said, format="json").status_code == 403
    services.close_segments(as_of=CLOSING, province=org["province"])
    body = api(provadmin).get("/api/v1/segments").json()
    assert (body["month"], body["costs"]) == ("2026-10", {"DATA": 5000})
    key = next(line for line in body["segments"] if line["code"] == "KEY")
    assert (key["figures"]["ebit_fen"], key["margin"], key["growth"]) == (70_000, 0.7, None)
    assert body["total"]["figures"]["revenue_fen"] == 107_700
    assert api(head).get("/api/v1/segments").json()["total"]["figures"]["revenue_fen"] == 100_000
    assert api(head).get(f"/api/v1/segments?unit={org['far_unit'].code}").status_code == 404
    closed = api(provadmin).post("/api/v1/segments/costs", said, format="json")
    assert closed.json()["code"] == "MONTH_CLOSED"


@pytest.mark.spec("S2-37")
def test_concentration_and_the_largest_over_the_api(
    org: Org, provadmin: User, head: User, api: Callable[[User], APIClient]
) -> None:
    made = [client_of(org["unit"], "KEY", yuan) for yuan in (600, 250, 150)]
    client_of(org["far_unit"], "KEY", 4000)
    body = api(head).get("/api/v1/concentration?month=2026-10").json()
    assert (body["clients"], body["revenue_fen"]) == (3, 1000_00)
    assert body["curve"][0] == [pytest.approx(1 / 3), 0.6]
    assert body["hhi"] == pytest.approx(10_000 * (0.6**2 + 0.25**2 + 0.15**2))
    page = api(head).get("/api/v1/concentration/largest?month=2026-10&size=2").json()
    assert [row["client"] for row in page["results"]] == [made[0].pk, made[1].pk]
    rest = api(head).get(f"/api/v1/concentration/largest?month=2026-10&after={page['after']}").json()
    assert [(row["client"], row["place"]) for row in rest["results"]] == [(made[2].pk, 3)]
    whole = api(provadmin).get("/api/v1/concentration?month=2026-10").json()
    assert whole["revenue_fen"] == 5000_00
