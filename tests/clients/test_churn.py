"""Churn and circuits: an alert ends by a disposition only; the network's word is laid beside ours."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from clients import services
from clients.models import (
    ChurnAlert,
    CircuitFinding,
    Client,
    ClientProduct,
    CompetitorInfo,
    NetworkCircuit,
    Product,
    ProductTraffic,
)
from clients.rules.churn import dropped
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.models import Notification
from crm.params.registry import get_group
from tests import factories

pytestmark = pytest.mark.django_db

SEEN = {"operator": "CT", "action": "上门推介百兆专线", "impact": "HIGH", "disposition": "VISIT"}


def feed_product(api: Any, feeder: User, client: Client, status: str, key: str = "F-1") -> dict[str, Any]:
    """Let billing report the state of a product; return what became of the row."""
    row = {"client_code": client.client_code, "product_code": "VNET", "external_id": key, "status": status}
    return dict(api(feeder).post("/api/v1/feeds/products", {"rows": [row]}).json()["rows"][0])


@pytest.fixture
def feeder(org: Any) -> User:
    """Return the system that reports products and circuits of the city."""
    return factories.make_system("BOSSX", org["city"], ["feeds"])


@pytest.mark.spec("S0-89")
def test_an_alert_ends_by_a_disposition_and_a_word_only(
    acme: Client, owner: User, colleague: User, browse: Any, api: Any
) -> None:
    """Page, API, database and night: none lets it go without an outcome and what was done."""
    alert = services.report_risk(actor=owner, client_id=acme.pk, reason="合同到期未续")
    page = reverse("clients:dispose", args=[acme.pk, alert.pk])
    address = f"/api/v1/churn-alerts/{alert.pk}"
    for body in (
        {"note": ""},
        {"disposition": "RETAINED"},
        {"note": "已回访"},
        {"disposition": "GONE", "note": "已回访"},
    ):
        assert browse(owner).post(page, body).status_code == 422
        assert api(owner).post(f"{address}:dispose", body, headers={"If-Match": '"1"'}).status_code == 400
    blank = {"disposition": "LOST", "note": "  "}
    with pytest.raises(BusinessError) as refused:
        services.dispose_alert(actor=owner, alert_id=alert.pk, **blank)
    assert refused.value.code == "DISPOSITION_REQUIRED"
    assert api(owner).delete(address).status_code == 405
    with pytest.raises(IntegrityError), transaction.atomic():
        ChurnAlert.objects.filter(pk=alert.pk).update(disposition="LOST")
    services.acknowledge_alert(actor=owner, alert_id=alert.pk)
    services.raise_alerts(as_of=clock.today())
    alert.refresh_from_db()
    assert (alert.disposition, alert.acknowledged_by) == ("", owner)
    done = {"disposition": "RETAINED", "note": "上门续签"}
    assert browse(colleague).post(page, done).status_code == 403
    assert browse(owner).post(page, done).status_code == 302
    alert.refresh_from_db()
    assert (alert.disposition, alert.note, alert.disposed_by) == ("RETAINED", "上门续签", owner)
    with pytest.raises(BusinessError) as again:
        services.dispose_alert(actor=owner, alert_id=alert.pk, disposition="LOST", note="改口")
    assert again.value.code == "WRONG_STATE"


@pytest.mark.spec("S0-89", "S0-37")
@pytest.mark.parametrize("spoke", ["nobody", "reported", "sighted"])
def test_billing_before_the_manager_is_a_late_report(
    acme: Client, owner: User, feeder: User, api: Any, spoke: str
) -> None:
    """Only who said a word before billing did is in time."""
    assert feed_product(api, feeder, acme, "OPEN")["outcome"] == "stored"
    if spoke == "reported":
        services.report_risk(actor=owner, client_id=acme.pk, reason="客户询问携号")
    elif spoke == "sighted":
        services.record_sighting(actor=owner, client_id=acme.pk, values=SEEN | {"impact": "LOW"})
    assert feed_product(api, feeder, acme, "CANCELLED")["outcome"] == "stored"
    assert services.raise_alerts(as_of=clock.today()) == 1
    alert = ChurnAlert.objects.get(rule="CHURNED")
    assert alert.late_report is (spoke == "nobody")
    assert alert.level == "HIGH"


@pytest.mark.spec("S0-89")
def test_a_manager_who_cancels_is_never_late_and_a_night_run_twice_adds_nothing(
    acme: Client, owner: User
) -> None:
    """One sign, one alert, one notice; told by a colleague it is no late report."""
    row = factories.make_client_product(acme, status="OPEN", opened_on=date(2026, 1, 5))
    services.cancel_product(actor=owner, product_id=row.pk)
    today = clock.today()
    assert services.raise_alerts(as_of=today) == 1
    assert services.raise_alerts(as_of=today) == 0
    assert services.raise_alerts(as_of=today + timedelta(days=1)) == 0
    assert not ChurnAlert.objects.get().late_report
    assert Notification.objects.filter(user=owner, kind="churn_alert").count() == 1


@pytest.mark.spec("S0-89")
def test_a_sighting_needs_what_we_do_about_it_and_a_grave_one_raises_an_alert(
    acme: Client, owner: User, browse: Any, api: Any
) -> None:
    """Without a disposition neither page nor API stores it; medium impact raises nothing."""
    factories.make_client_product(acme, status="OPEN", opened_on=date(2026, 1, 5))
    Client.objects.filter(pk=acme.pk).update(status="ACTIVE")
    day = str(clock.today())
    without = {key: value for key, value in SEEN.items() if key != "disposition"} | {"seen_on": day}
    page = reverse("clients:sighting_new", args=[acme.pk])
    address = f"/api/v1/clients/{acme.pk}/competitors"
    assert browse(owner).post(page, without).status_code == 422
    assert api(owner).post(address, without).status_code == 400
    assert not CompetitorInfo.objects.exists()
    assert browse(owner).post(page, without | {"disposition": "VISIT", "impact": "MID"}).status_code == 302
    assert not ChurnAlert.objects.exists()
    assert api(owner).post(address, without | {"disposition": "VISIT"}).status_code == 201
    assert [alert.rule for alert in ChurnAlert.objects.all()] == ["POACHING"]


@pytest.mark.spec("S0-89")
def test_a_fall_of_traffic_is_seen_at_its_threshold(acme: Client) -> None:
    """Exactly the threshold is a fall, one unit more is none; a month nobody reported is none."""
    Client.objects.filter(pk=acme.pk).update(status="ACTIVE")
    row = factories.make_client_product(acme, status="OPEN", opened_on=date(2020, 1, 5))
    today = clock.today()
    month = clock.add_months(clock.month_of(today), -1)
    for back in (1, 2, 3):
        ProductTraffic.objects.create(client_product=row, month=clock.add_months(month, -back), amount=1000)
    numbers = get_group("churn.", as_of=today)
    kept = 1000 - 10 * int(numbers["drop_pct"])
    assert services.raise_alerts(as_of=today) == 0
    last = ProductTraffic.objects.create(client_product=row, month=month, amount=kept + 1)
    assert services.raise_alerts(as_of=today) == 0
    last.amount = kept
    last.save()
    assert services.raise_alerts(as_of=today) == 1
    assert ChurnAlert.objects.get().level == "MID"
    grave = 1000 - 10 * int(numbers["drop_high_pct"])
    assert dropped(grave + 1, 3000, numbers) == "MID"
    assert dropped(grave, 3000, numbers) == "HIGH"


# ---- Circuits


def report(api: Any, feeder: User, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Let the network report circuits; return what became of each."""
    answer = api(feeder).post("/api/v1/feeds/circuits", {"rows": list(rows)}, format="json")
    assert answer.status_code == 200, answer.content
    return list(answer.json()["rows"])


def own_circuit(client: Client, number: str, kbps: int) -> ClientProduct:
    """Give a client an open line of ours."""
    return factories.make_client_product(
        client, Product.objects.get(code="LINE"), status="OPEN", opened_on=date(2026, 1, 5),
        circuit_id=number, bandwidth_kbps=kbps,
    )  # fmt: skip


def open_findings() -> list[tuple[str, str]]:
    """Return the differences that wait, by circuit and kind."""
    rows = CircuitFinding.objects.filter(disposition="").order_by("circuit_id")
    return [(row.circuit_id, row.verdict) for row in rows]


@pytest.mark.spec("E180", "S1-86")
def test_ten_megabit_in_the_network_and_two_in_our_file_is_a_finding(
    acme: Client, owner: User, feeder: User, browse: Any, api: Any
) -> None:
    """It is found at once, shown to the manager, and gone as soon as both say the same."""
    row = own_circuit(acme, "ZX100", 2048)
    told = {"circuit_id": "ZX100", "client_code": acme.client_code, "bandwidth_kbps": 10240}
    assert report(api, feeder, told)[0]["outcome"] == "stored"
    assert open_findings() == [("ZX100", "BANDWIDTH")]
    assert "ZX100" in browse(owner).get(reverse("clients:circuits")).content.decode()
    assert report(api, feeder, told)[0]["outcome"] == "unchanged"
    assert services.reconcile_circuits(as_of=clock.today()) == 0
    row.bandwidth_kbps = 10240
    row.save()
    services.reconcile_circuits(as_of=clock.today())
    assert open_findings() == []
    assert CircuitFinding.objects.get().disposition == "GONE"


@pytest.mark.spec("S1-86")
def test_one_line_entered_as_several_is_found(acme: Client, feeder: User, api: Any) -> None:
    """Parts of a line whose whole stands in the network are split; a line of its own is only ours."""
    own_circuit(acme, "ZX200-1", 5120)
    own_circuit(acme, "ZX200-2", 5120)
    own_circuit(acme, "ZX300-1", 5120)
    report(api, feeder, {"circuit_id": "ZX200", "client_code": acme.client_code, "bandwidth_kbps": 10240})
    services.reconcile_circuits(as_of=clock.today())
    assert open_findings() == [
        ("ZX200", "ONLY_NETWORK"), ("ZX200-1", "SPLIT"), ("ZX200-2", "SPLIT"), ("ZX300-1", "ONLY_CRM"),
    ]  # fmt: skip


@pytest.mark.spec("S1-86")
def test_before_the_network_reports_nothing_can_be_missing(acme: Client) -> None:
    """A province that is not connected yet has no findings."""
    own_circuit(acme, "ZX400", 5120)
    assert services.reconcile_circuits(as_of=clock.today()) == 0
    assert not NetworkCircuit.objects.exists()
    assert open_findings() == []


@pytest.mark.spec("S1-86")
def test_a_difference_is_settled_with_a_remark_and_comes_back_with_new_figures_only(
    acme: Client, owner: User, colleague: User, feeder: User, browse: Any, api: Any
) -> None:
    """Accepted it stays away while the figures stay; other figures are another difference."""
    own_circuit(acme, "ZX500", 2048)
    told = {"circuit_id": "ZX500", "client_code": acme.client_code, "bandwidth_kbps": 10240}
    report(api, feeder, told)
    finding = CircuitFinding.objects.get()
    page = reverse("clients:circuit_settle", args=[finding.pk])
    assert browse(owner).post(page, {"disposition": "ACCEPTED", "note": ""}).status_code == 422
    assert browse(owner).post(page, {"disposition": "GONE", "note": "是"}).status_code == 422
    settle = f"/api/v1/circuit-findings/{finding.pk}:settle"
    done = {"disposition": "ACCEPTED", "note": "客户限速使用"}
    assert api(colleague).post(settle, done).status_code == 403
    assert api(owner).post(settle, done).status_code == 200
    services.reconcile_circuits(as_of=clock.today() + timedelta(days=1))
    assert open_findings() == []
    report(api, feeder, told | {"bandwidth_kbps": 20480})
    assert open_findings() == [("ZX500", "BANDWIDTH")]


@pytest.mark.spec("S1-70")
def test_market_share_is_summed_before_it_is_divided(
    acme: Client, foreign: Client, owner: User, gcdept: User, api: Any, browse: Any
) -> None:
    """90 of 100 and 10 of 900 are 100 of 1,000; who counted nobody has no share, and scope holds."""
    for client, (cm, ct, cu) in ((acme, (90, 6, 4)), (foreign, (10, 500, 390))):
        Client.objects.filter(pk=client.pk).update(mobile_users_cm=cm, mobile_users_ct=ct, mobile_users_cu=cu)
    rows = {row["unit"]: row["share"] for row in api(gcdept).get("/api/v1/market-share").json()}
    assert rows == {"U330106": pytest.approx(0.9), "U330108": pytest.approx(10 / 900)}
    mine = api(owner).get("/api/v1/market-share").json()
    assert [row["unit"] for row in mine] == ["U330106"]
    assert "10.0" in browse(gcdept).get(reverse("clients:market")).content.decode()
    Client.objects.update(mobile_users_cm=0, mobile_users_ct=0, mobile_users_cu=0)
    assert {row["share"] for row in api(gcdept).get("/api/v1/market-share").json()} == {None}
