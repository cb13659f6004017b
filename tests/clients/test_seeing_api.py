"""The API sees what the pages see: views, the past, tables, movements, acts on many, versions, sentences."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from rest_framework.test import APIClient

from clients.models import Client
from clients.services import update_client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from tests import factories

pytestmark = pytest.mark.django_db
Speak = Callable[[User | None], APIClient]
YESTERDAY = (clock.today() - timedelta(days=1)).isoformat()


def test_views_are_kept_renamed_shared_and_dropped(head: User, owner: User, api: Speak) -> None:
    """Shared by the head, read by the unit, changed by nobody else."""
    made = api(head).post("/api/v1/client-views", {"name": "沉默", "query": "status=SILENT"}, format="json")
    assert made.status_code == 201
    url = f"/api/v1/client-views/{made.json()['id']}"
    changed = api(head).patch(url, {"name": "沉默客户", "shared": True}, format="json")
    assert (changed.json()["name"], changed.json()["shared"]) == ("沉默客户", True)
    theirs = api(owner).get("/api/v1/client-views").json()
    assert [(view["name"], view["own"]) for view in theirs] == [("沉默客户", False)]
    assert api(owner).patch(url, {"name": "x"}, format="json").status_code == 404
    assert api(owner).delete(url).status_code == 404
    assert api(head).delete(url).status_code == 204
    assert api(head).post("/api/v1/client-views", {"name": "名" * 21}, format="json").status_code == 400


@pytest.mark.spec("S0-02")
def test_the_past_over_the_api(acme: Client, head: User, stranger: User, api: Speak) -> None:
    """The record and the list of a day, by the filters of the list; before the file it does not exist."""
    update_client(actor=head, client_id=acme.pk, values={"region_scope": "CROSS_CITY"})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_client SET created_at = created_at - interval '9 days'")
    then = api(head).get(f"/api/v1/clients/{acme.pk}/as-at?on={YESTERDAY}")
    assert then.json()["region_scope"] == "LOCAL"
    listed = api(head).get(f"/api/v1/clients:as-at?on={YESTERDAY}&region=LOCAL").json()["results"]
    assert [row["id"] for row in listed] == [acme.pk]
    assert not api(head).get(f"/api/v1/clients:as-at?on={YESTERDAY}&region=CROSS_CITY").json()["results"]
    assert api(stranger).get(f"/api/v1/clients/{acme.pk}/as-at?on={YESTERDAY}").status_code == 404
    early = (clock.today() - timedelta(days=30)).isoformat()
    assert api(head).get(f"/api/v1/clients/{acme.pk}/as-at?on={early}").status_code == 404
    for wrong in (clock.today().isoformat(), "x", ""):
        refused = api(head).get(f"/api/v1/clients:as-at?on={wrong}")
        assert (refused.status_code, list(refused.json()["fields"])) == (400, ["on"])


@pytest.mark.spec("S0-03")
def test_tables_and_movements_over_the_api(
    acme: Client, foreign: Client, org: dict[str, OrgUnit], head: User, provadmin: User, api: Speak
) -> None:
    """Two axes of the own area; a unit by code; what cannot be asked is refused by its field."""
    table = api(head).get("/api/v1/clients:pivot?axes=status&axes=tier").json()
    assert (table["total"], table["cells"][0]["codes"]) == (1, ["POTENTIAL", ""])
    whole = api(provadmin).get("/api/v1/clients:pivot?axes=status&axes=tier")
    one = api(provadmin).get(f"/api/v1/clients:pivot?axes=status&axes=tier&unit={org['unit'].code}")
    assert (whole.json()["total"], one.json()["total"]) == (2, 1)
    for query, field in (("axes=status", "axes"), ("axes=status&axes=tier&month=13", "month"),
                         ("axes=status&axes=tier&measure=x", "measure"),
                         (f"axes=status&axes=tier&unit={org['far_unit'].code}", "unit")):  # fmt: skip
        refused = api(head).get(f"/api/v1/clients:pivot?{query}")
        assert (refused.status_code, list(refused.json()["fields"])) == (400, [field]), query
    assert api(head).get("/api/v1/clients:flow").json() == []


def test_an_act_on_many_over_the_api_is_done_once_and_taken_back(
    acme: Client, foreign: Client, owner: User, colleague: User, head: User, api: Speak
) -> None:
    """The same key gives the stored answer; each client has its outcome; undo restores."""
    body = {"act": "assign", "clients": [acme.pk, foreign.pk], "values": {"manager": colleague.staff_no}}
    first = api(head).post("/api/v1/clients:act", body, format="json", headers={"Idempotency-Key": "k1"})
    again = api(head).post("/api/v1/clients:act", body, format="json", headers={"Idempotency-Key": "k1"})
    assert [row["ok"] for row in first.json()["rows"]] == [True, False]
    assert again.json()["id"] == first.json()["id"]
    undone = api(head).post(f"/api/v1/client-acts/{first.json()['id']}:undo")
    assert undone.json()["rows"][0]["undone"] is True
    acme.refresh_from_db()
    assert acme.am == owner
    wrong = body | {"values": {"manager": "nobody"}}
    refused = api(head).post("/api/v1/clients:act", wrong, format="json")
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["manager"])
    assert api(owner).post("/api/v1/clients:act", body, format="json").status_code == 403


def test_acts_refuse_an_older_version(org: dict[str, OrgUnit], head: User, owner: User, api: Speak) -> None:
    """If-Match is heard by every act on a client, not by changes of fields only."""
    client = factories.make_client(org["unit"], owner, filing="SUBMITTED", submitted_by=owner)
    url, body = f"/api/v1/clients/{client.pk}:reject", {"reason": "请补地址"}
    stale = api(head).post(url, body, format="json", headers={"If-Match": '"99"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "STALE")
    fresh = api(head).post(url, body, format="json", headers={"If-Match": '"1"'})
    assert fresh.status_code == 200


def test_refusals_are_in_our_words_and_the_callers_language(acme: Client, head: User, api: Speak) -> None:
    """An unknown name is answered without the framework's own sentence, in Chinese and in English."""
    url = f"/api/v1/clients/{acme.pk}"
    for language, sentence in (("zh-hans", "没有这条记录"), ("en", "There is no such record.")):
        refused = api(head).patch(url, {"grid": "无"}, format="json", headers={"Accept-Language": language})
        assert refused.status_code == 400
        assert sentence in refused.json()["fields"]["grid"][0]
        assert "code" not in refused.json()["fields"]["grid"][0]


@pytest.mark.spec("S2-25")
def test_the_history_over_the_api_goes_on_page_by_page(acme: Client, head: User, api: Speak) -> None:
    """`next` leads to older entries until there are none."""
    for number in range(120):
        acme.status_history.create(old="", new="POTENTIAL", reason="FILED", changed_on=clock.today(),
                                   job_run=number)  # fmt: skip
    first = api(head).get(f"/api/v1/clients/{acme.pk}/history?kind=status").json()
    second = api(head).get(f"/api/v1/clients/{acme.pk}/history?kind=status&after={first['next']}").json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (100, 20, None)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("clients:as-at?on=2026-01-31&stale=true", 400),  # known of today only: no filter of a past day
        ("clients?created_to=9999-12-31", 200),
        ("clients:flow?month=9999-12", 400),
    ],
)
def test_the_ends_of_the_calendar_and_of_history_break_nothing(
    head: User, api: Callable[[User], APIClient], address: str, status: int
) -> None:
    assert api(head).get(f"/api/v1/{address}").status_code == status
