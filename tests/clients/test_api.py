"""Clients over REST: the same rules through the third door."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from rest_framework.test import APIClient

from clients.models import Client, ProductTraffic, RevenueMonth
from crm.accounts.models import ApiClient, OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from tests import factories

pytestmark = pytest.mark.django_db
Speak = Callable[[User | None], APIClient]
USCC = "91350100M000100Y43"


@pytest.fixture
def feeder(org: dict[str, OrgUnit]) -> User:
    """Return the account of a system that reports figures of the city."""
    return _system("BOSS", org["city"], ["feeds"])


def _system(name: str, unit: OrgUnit, scopes: list[str]) -> User:
    user = User.objects.create(staff_no=name, full_name=name, is_system=True)
    ApiClient.objects.create(name=name, user=user, unit=unit, scopes=scopes)
    return user


def new(**values: Any) -> dict[str, Any]:
    """Return the body of a new file."""
    return {"name": "新安江渔业合作社", "institution_type": "QY", "institution_subtype": "QY2"} | values


@pytest.mark.spec("E044", "E064", "S0-39")
@pytest.mark.parametrize(
    "field", ["status", "size_class", "value_tier", "completeness", "client_code", "filing"]
)
def test_derived_fields_answer_422(acme: Client, head: User, api: Speak, field: str) -> None:
    """What rules work out is refused by name, on change and on creation."""
    answer = api(head).patch(f"/api/v1/clients/{acme.pk}", {field: "ACTIVE"})
    assert answer.status_code == 422
    assert (answer.json()["code"], list(answer.json()["fields"])) == ("FIELD_DERIVED", [field])
    assert api(head).post("/api/v1/clients", new(**{field: "A"})).status_code == 422


def test_unknown_fields_are_refused_not_swallowed(acme: Client, head: User, api: Speak) -> None:
    """A misspelt field would otherwise be lost in silence."""
    answer = api(head).patch(f"/api/v1/clients/{acme.pk}", {"adress": "x"})
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["adress"])


def test_a_file_is_made_read_and_changed(org: dict[str, OrgUnit], head: User, api: Speak) -> None:
    """The tag of the answer is the tag the next change needs."""
    made = api(head).post("/api/v1/clients", new(uscc=USCC.lower(), industry="6621", org_unit="D330106"))
    assert made.status_code == 201, made.json()
    body = made.json()
    assert (body["uscc"], body["filing"], body["status"]) == (USCC, "FILED", "POTENTIAL")
    assert [body[f"industry_{level}"] for level in ("section", "major", "mid", "class")] == [
        "J", "66", "662", "6621",
    ]  # fmt: skip
    url = f"/api/v1/clients/{body['id']}"
    tag = api(head).get(url)["ETag"]
    first = api(head).patch(url, {"address": "路 1"}, headers={"If-Match": tag})
    assert (first.status_code, first["ETag"] != tag) == (200, True)
    assert api(head).patch(url, {"address": "路 2"}, headers={"If-Match": tag}).status_code == 412


@pytest.mark.spec("E081", "E085", "E090", "E091", "E092")
@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"bank_level": "SAVINGS", "key_industry": "BANK"}, 409, "BANK_LEVEL_TOO_LOW"),
        ({"unit_relation": "OUTLET"}, 409, "BRANCH_NEEDS_AUTHORIZATION"),
        ({"uscc": USCC}, 409, "DUPLICATE_CLIENT"),
        ({"uscc": "91350100M000100Y4Z"}, 400, "USCC_INVALID"),
        ({"grid": "G2"}, 409, "GRID_OUT_OF_SCOPE"),
    ],
)
def test_guards_answer_with_their_codes(
    org: dict[str, OrgUnit], head: User, api: Speak, values: dict[str, Any], status: int, code: str
) -> None:
    """One rule, three doors: the API refuses what the page refuses."""
    factories.make_client(org["unit"], uscc=USCC)
    factories.make_grid("G2", org["other_unit"])
    answer = api(head).post("/api/v1/clients", new(**values))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_same_key_makes_one_file(org: dict[str, OrgUnit], head: User, api: Speak) -> None:
    """A repeated request gets the stored answer; another body is refused."""
    key = {"Idempotency-Key": "k-1"}
    first = api(head).post("/api/v1/clients", new(), headers=key)
    again = api(head).post("/api/v1/clients", new(), headers=key)
    assert first.json()["id"] == again.json()["id"]
    assert Client.objects.filter(name="新安江渔业合作社").count() == 1
    assert api(head).post("/api/v1/clients", new(name="别的"), headers=key).status_code == 409


def test_lists_are_filtered_and_walked_by_cursor(
    acme: Client, org: dict[str, OrgUnit], head: User, api: Speak
) -> None:
    """The same filters as the page; the next page begins after the last."""
    for _ in range(4):
        factories.make_client(org["unit"], status="SILENT")
    answer = api(head).get("/api/v1/clients", {"status": "SILENT", "size": "3"}).json()
    codes = [row["client_code"] for row in answer["results"]]
    rest = api(head).get(answer["next"]).json()
    codes += [row["client_code"] for row in rest["results"]]
    assert len(set(codes)) == 4
    assert codes == sorted(codes)
    assert api(head).get("/api/v1/clients", {"q": "龙井"}).json()["results"][0]["id"] == acme.pk


@pytest.mark.spec("E203")
def test_a_stranger_gets_404_everywhere(acme: Client, stranger: User, api: Speak) -> None:
    """Reading, changing and acting alike."""
    product = factories.make_client_product(acme)
    speak = api(stranger)
    url = f"/api/v1/clients/{acme.pk}"
    assert acme.client_code not in str(speak.get("/api/v1/clients").json())
    for path in ("", "/products", "/history", "/revenue", "/completeness"):
        assert speak.get(url + path).status_code == 404
    assert speak.patch(url, {"name": "x"}).status_code == 404
    assert speak.post(url + ":submit").status_code == 404
    assert speak.post(url + "/products", {"product": "VNET"}).status_code == 404
    assert speak.post(f"/api/v1/products/{product.pk}:open").status_code == 404


def test_the_way_of_a_file_over_the_api(org: dict[str, OrgUnit], owner: User, head: User, api: Speak) -> None:
    """Draft, refusal without contact, submission, approval; then the end."""
    made = api(owner).post("/api/v1/clients", new()).json()
    url = f"/api/v1/clients/{made['id']}"
    assert api(owner).post(url + ":submit").json()["code"] == "KEY_PERSON_MISSING"
    client = Client.objects.get(pk=made["id"])
    factories.make_contact(client, "KEY_PERSON")
    factories.make_contact(client)
    assert api(owner).post(url + ":submit").json()["filing"] == "SUBMITTED"
    assert api(owner).post(url + ":approve").status_code == 403
    assert api(head).post(url + ":approve").json()["filing"] == "FILED"
    assert api(head).post(url + ":close", {"reason": ""}).status_code == 400
    assert api(head).post(url + ":close", {"reason": "注销"}).json()["status"] == "CLOSED"


@pytest.mark.spec("E051", "E057", "E059", "E062")
def test_products_move_and_the_status_follows(acme: Client, head: User, api: Speak) -> None:
    """Order, open, suspend, resume, cancel; a step out of order is refused."""
    url = f"/api/v1/clients/{acme.pk}"
    ordered = api(head).post(url + "/products", {"product": "VNET"})
    assert ordered.status_code == 201
    product = f"/api/v1/products/{ordered.json()['id']}"
    assert api(head).post(product + ":suspend").json()["code"] == "WRONG_STATE"
    assert api(head).post(product + ":open").json()["status"] == "OPEN"
    assert api(head).get(url).json()["status"] == "ONLINE"
    assert api(head).post(url + ":close", {"reason": "x"}).json()["code"] == "LIVE_PRODUCTS"
    assert api(head).post(product + ":suspend").json()["status"] == "SUSPENDED"
    assert api(head).post(product + ":resume").json()["status"] == "OPEN"
    assert api(head).post(product + ":cancel").json()["status"] == "CANCELLED"
    assert api(head).get(url).json()["status"] == "CHURNED"
    api(head).post(url + ":close", {"reason": "x"})
    assert api(head).post(url + "/products", {"product": "VNET"}).json()["code"] == "CLIENT_CLOSED"


@pytest.mark.spec("E179")
def test_a_circuit_belongs_to_one_product(acme: Client, head: User, api: Speak) -> None:
    """The second product with the circuit is refused; a line without one too."""
    url = f"/api/v1/clients/{acme.pk}/products"
    assert api(head).post(url, {"product": "LINE", "circuit_id": "C-1"}).status_code == 201
    assert api(head).post(url, {"product": "LINE", "circuit_id": "C-1"}).json()["code"] == "CIRCUIT_DUPLICATE"
    assert api(head).post(url, {"product": "LINE"}).status_code == 400


def test_bulk_upsert_answers_for_each_row(acme: Client, foreign: Client, head: User, api: Speak) -> None:
    """Made, changed, unchanged and refused rows stand side by side; a refused one holds up none."""
    rows = [
        new(uscc=USCC),
        {"client_code": acme.client_code, "short_name": "龙井"},
        {"client_code": acme.client_code, "short_name": "龙井"},
        {"client_code": foreign.client_code, "short_name": "x"},
        {"client_code": acme.client_code, "status": "ACTIVE"},
        {"uscc": USCC, "address": "路 1"},
        {"name": "无类型"},
    ]
    answer = api(head).post("/api/v1/clients:bulk", {"rows": rows}).json()["rows"]
    assert [row["outcome"] for row in answer] == [
        "created", "updated", "unchanged", "error", "error", "updated", "error",
    ]  # fmt: skip
    assert [row.get("code") for row in answer if row["outcome"] == "error"] == [
        "CLIENT_NOT_FOUND", "FIELD_DERIVED", "INVALID",
    ]  # fmt: skip
    foreign.refresh_from_db()
    assert foreign.short_name == ""


@pytest.mark.spec("E052", "E055")
def test_feeds_store_and_derive_and_are_safe_to_repeat(acme: Client, feeder: User, api: Speak) -> None:
    """Products, traffic and revenue arrive; a second time nothing changes."""
    this = clock.month_of(clock.today())
    before = clock.add_months(this, -1)
    products = {"rows": [
        {"client_code": acme.client_code, "product_code": "VNET", "external_id": "E1", "status": "OPEN",
         "opened_on": "2026-01-05"},
        {"client_code": "999999999999", "product_code": "VNET", "external_id": "E2", "status": "OPEN"},
        {"client_code": acme.client_code, "product_code": "NOPE", "external_id": "E3", "status": "OPEN"},
    ]}  # fmt: skip
    speak = api(feeder)
    first = speak.post("/api/v1/feeds/products", products).json()["rows"]
    assert [row["outcome"] for row in first] == ["stored", "error", "error"]
    acme.refresh_from_db()
    assert acme.status == "ONLINE"
    assert speak.post("/api/v1/feeds/products", products).json()["rows"][0]["outcome"] == "unchanged"

    traffic = {"rows": [
        {"external_id": "E1", "month": str(this), "amount": 5},
        {"client_code": acme.client_code, "product_code": "VNET", "month": str(before), "amount": 0},
    ]}  # fmt: skip
    assert [row["outcome"] for row in speak.post("/api/v1/feeds/traffic", traffic).json()["rows"]] == [
        "stored"
    ] * 2
    speak.post("/api/v1/feeds/traffic", traffic)
    acme.refresh_from_db()
    assert acme.status == "ACTIVE"
    assert ProductTraffic.objects.filter(client_product__client=acme).count() == 2

    revenue = {"rows": [{"client_code": acme.client_code, "month": "2026-10-17", "revenue_fen": 12345}]}
    speak.post("/api/v1/feeds/revenue", revenue)
    revenue["rows"][0]["revenue_fen"] = 20000
    speak.post("/api/v1/feeds/revenue", revenue)
    assert list(RevenueMonth.objects.filter(client=acme).values_list("month", "revenue_fen")) == [
        (date(2026, 10, 1), 20000)
    ]


WRONG = [
    ("products", {"status": "SOMETIMES"}, "status"),
    ("products", {"opened_on": "05/01/2026"}, "opened_on"),
    ("traffic", {"amount": "viel"}, "amount"),
    ("traffic", {"month": 202603}, "month"),
    ("revenue", {"revenue_fen": "12.5"}, "revenue_fen"),
    ("revenue", {"client_code": None}, "client_code"),
    ("circuits", {"bandwidth_kbps": "10M"}, "bandwidth_kbps"),
]


@pytest.mark.spec("E211")
@pytest.mark.parametrize(("kind", "wrong", "field"), WRONG)
def test_a_row_of_a_wrong_type_is_answered_by_itself(
    acme: Client, feeder: User, api: Speak, kind: str, wrong: dict[str, Any], field: str
) -> None:
    """The rows beside it are stored, and places are those of the request."""
    good: dict[str, dict[str, Any]] = {
        "products": {"client_code": acme.client_code, "product_code": "VNET", "external_id": "E1",
                     "status": "OPEN", "opened_on": "2026-01-05"},
        "traffic": {"external_id": "E0", "month": "2026-03-01", "amount": 5},
        "revenue": {"client_code": acme.client_code, "month": "2026-03-01", "revenue_fen": 5},
        "circuits": {"circuit_id": "C-1", "bandwidth_kbps": 10240, "client_code": acme.client_code},
    }  # fmt: skip
    factories.make_client_product(
        acme, factories.make_product(), external_id="E0", status="OPEN", opened_on=date(2026, 1, 1)
    )
    row = good[kind]
    sent = api(feeder).post(f"/api/v1/feeds/{kind}", {"rows": [row | wrong, "row", None, row]}, format="json")
    assert sent.status_code == 200, sent.json()
    rows = sent.json()["rows"]
    assert [(each["index"], each["outcome"]) for each in rows] == [
        (0, "error"), (1, "error"), (2, "error"), (3, "stored"),
    ]  # fmt: skip
    assert rows[0]["code"] == "INVALID"
    assert list(rows[0]["fields"]) == [field]
    assert rows[0]["fields"][field][0]
    event = AuditEvent.objects.filter(action=f"feeds.{kind}_received").get()
    assert event.data == {"error": 3, "stored": 1}


def test_a_feed_without_rows_or_with_too_many_is_refused_as_a_whole(feeder: User, api: Speak) -> None:
    bodies: tuple[Any, ...] = (None, "rows", [], [{}] * 5001)
    for rows in bodies:
        sent = api(feeder).post("/api/v1/feeds/revenue", {"rows": rows}, format="json")
        assert sent.status_code == 400


def test_feeds_keep_to_the_scope_of_the_system(acme: Client, org: dict[str, OrgUnit], api: Speak) -> None:
    """A system of another city does not find the client; one without the scope may not report."""
    rows = {"rows": [{"client_code": acme.client_code, "month": "2026-10-01", "revenue_fen": 1}]}
    other = _system("FAR", org["other_city"], ["feeds"])
    assert api(other).post("/api/v1/feeds/revenue", rows).json()["rows"][0]["code"] == "CLIENT_NOT_FOUND"
    reader = _system("READ", org["city"], ["read"])
    assert api(reader).post("/api/v1/feeds/revenue", rows).status_code == 403


def test_a_writing_system_files_under_its_own_unit(org: dict[str, OrgUnit], api: Speak) -> None:
    """Without a unit in the body the file belongs to the system's."""
    writer = _system("CRM2", org["unit"], ["read", "write"])
    made = api(writer).post("/api/v1/clients", new())
    assert made.status_code == 201, made.json()
    assert Client.objects.get(pk=made.json()["id"]).org_unit == org["unit"]
