"""Visits and logs over REST."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import ApiClient, User
from crm.base import clock
from tests import factories
from visits import services
from visits.models import Visit, VisitLog

Speak = Callable[..., APIClient]
RESULT = "介绍了云专线,客户愿意下周试用两条线路,请我们送方案"

pytestmark = pytest.mark.django_db


def body(client: Client, **changes: Any) -> dict[str, Any]:
    """Return what a new visit needs."""
    return {
        "client": client.pk,
        "planned_at": clock.now().isoformat(),
        "purposes": ["P1"],
        "place": "三楼会议室",
    } | changes


def test_a_visit_goes_through_its_day_by_verbs(owner: User, head: User, acme: Client, api: Speak) -> None:
    phone = api(owner)
    made = phone.post("/api/v1/visits", body(acme))
    assert made.status_code == 201, made.json()
    pk = made.json()["id"]
    assert phone.post(f"/api/v1/visits/{pk}:confirm").json()["state"] == "CONFIRMED"
    assert phone.post(f"/api/v1/visits/{pk}:checkin").json()["state"] == "IN_PROGRESS"
    assert phone.post(f"/api/v1/visits/{pk}:checkout").json()["left_at"]
    log = phone.post(
        "/api/v1/visit-logs", {"visit": pk, "opinion_asked": True, "results": {"P1": RESULT}}
    ).json()
    sent = phone.post(f"/api/v1/visit-logs/{log['id']}:submit").json()
    assert (sent["state"], sent["late_submit"]) == ("SUBMITTED", False)
    done = api(head).post(f"/api/v1/visit-logs/{log['id']}:approve")
    assert (done.status_code, done.json()["state"]) == (200, "APPROVED")
    locked = phone.patch(f"/api/v1/visit-logs/{log['id']}", {"lessons": "改"})
    assert (locked.status_code, locked.json()["code"]) == (409, "LOG_LOCKED")


@pytest.mark.spec("E184", "E186", "E190")
def test_refusals_carry_their_code(owner: User, head: User, acme: Client, api: Speak) -> None:
    answer = api(owner).post("/api/v1/visits", body(acme, purposes=[]))
    assert (answer.status_code, answer.json()["code"]) == (400, "PURPOSE_REQUIRED")
    pk = api(owner).post("/api/v1/visits", body(acme, purposes=["P3"])).json()["id"]
    log = (
        api(owner)
        .post("/api/v1/visit-logs", {"visit": pk, "opinion_asked": True, "results": {"P3": "礼品已送到"}})
        .json()
    )
    answer = api(owner).post(f"/api/v1/visit-logs/{log['id']}:submit")
    assert (answer.status_code, answer.json()["code"]) == (400, "RECEIPT_REQUIRED")
    assert "receipt_no" in answer.json()["fields"]
    own = api(head).post("/api/v1/visits", body(acme)).json()["id"]
    log = (
        api(head)
        .post("/api/v1/visit-logs", {"visit": own, "opinion_asked": True, "results": {"P1": RESULT}})
        .json()
    )
    api(head).post(f"/api/v1/visit-logs/{log['id']}:submit")
    answer = api(head).post(f"/api/v1/visit-logs/{log['id']}:approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "SELF_APPROVAL")


@pytest.mark.spec("S1-89")
def test_the_offline_queue_sent_twenty_times_is_one_visit(owner: User, acme: Client, api: Speak) -> None:
    key = str(uuid.uuid4())
    begun = clock.now() - timedelta(hours=1)
    sent = body(acme, client_key=key, planned_at=begun.isoformat(), arrived_at=begun.isoformat())
    sent["log"] = {"opinion_asked": True, "results": {"P1": RESULT}, "next_step": "送方案"}
    answers = [api(owner).post("/api/v1/visits:record", sent) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (Visit.objects.count(), VisitLog.objects.count()) == (1, 1)
    assert VisitLog.objects.get().state == "SUBMITTED"


@pytest.mark.spec("S1-89")
@pytest.mark.parametrize(
    ("arrived", "left", "code", "field"),
    [
        (timedelta(hours=-1), timedelta(hours=-5), "BAD_TIME", "left_at"),
        (timedelta(hours=-1), timedelta(days=300), "BAD_TIME", "left_at"),
        (timedelta(days=3000), None, "BAD_TIME", "arrived_at"),
        (timedelta(days=-32), None, "BAD_TIME", "arrived_at"),
        (None, timedelta(hours=-1), "ARRIVAL_REQUIRED", "arrived_at"),
    ],
)
@pytest.mark.parametrize("submit", [True, False])
def test_a_recorded_visit_has_the_times_a_check_in_would_take(
    owner: User, acme: Client, api: Speak, *, arrived: Any, left: Any, code: str, field: str, submit: bool
) -> None:
    now = clock.now()
    sent = body(acme, client_key=str(uuid.uuid4()), submit=submit)
    sent["log"] = {"opinion_asked": True, "results": {"P1": RESULT}}
    sent |= {"arrived_at": (now + arrived).isoformat()} if arrived is not None else {}
    sent |= {"left_at": (now + left).isoformat()} if left is not None else {}
    answer = api(owner).post("/api/v1/visits:record", sent)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert list(answer.json()["fields"]) == [field]
    assert not Visit.objects.exists()


@pytest.mark.parametrize("arrived", ["0001-01-01T00:00:00+08:00", "0001-01-01T10:00:00+08:00"])
def test_the_first_day_of_all_is_refused(owner: User, acme: Client, api: Speak, arrived: str) -> None:
    sent = body(acme, client_key=str(uuid.uuid4()), arrived_at=arrived)
    sent["log"] = {"opinion_asked": True, "results": {"P1": RESULT}}
    answer = api(owner).post("/api/v1/visits:record", sent)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == ["arrived_at"]


def test_a_phone_whose_clock_is_a_little_fast_arrived_now(owner: User, acme: Client, api: Speak) -> None:
    now = clock.now()
    sent = body(acme, client_key=str(uuid.uuid4()), arrived_at=(now + timedelta(minutes=5)).isoformat())
    sent |= {"left_at": (now + timedelta(minutes=6)).isoformat()}
    sent["log"] = {"opinion_asked": True, "results": {"P1": RESULT}}
    assert api(owner).post("/api/v1/visits:record", sent).status_code == 201
    visit = Visit.objects.get()
    assert visit.arrived_at is not None
    assert visit.left_at is not None
    assert now <= visit.arrived_at <= visit.left_at <= clock.now()


@pytest.mark.spec("S1-44")
def test_whether_opinions_were_asked_for_is_said_through_the_api_too(
    owner: User, acme: Client, api: Speak
) -> None:
    sent = body(acme, client_key=str(uuid.uuid4())) | {"log": {"results": {"P1": RESULT}}}
    answer = api(owner).post("/api/v1/visits:record", sent)
    assert (answer.status_code, answer.json()["code"]) == (400, "OPINION_UNSAID")
    assert list(answer.json()["fields"]) == ["opinion_asked"]
    pk = api(owner).post("/api/v1/visits", body(acme)).json()["id"]
    log = api(owner).post("/api/v1/visit-logs", {"visit": pk, "results": {"P1": RESULT}}).json()
    assert log["opinion_asked"] is None
    answer = api(owner).post(f"/api/v1/visit-logs/{log['id']}:submit")
    assert (answer.status_code, answer.json()["code"]) == (400, "OPINION_UNSAID")
    api(owner).patch(f"/api/v1/visit-logs/{log['id']}", {"opinion_asked": False})
    sent = api(owner).post(f"/api/v1/visit-logs/{log['id']}:submit").json()
    assert (sent["state"], sent["opinion_asked"]) == ("SUBMITTED", False)


def test_a_whole_visit_that_is_refused_leaves_nothing(owner: User, acme: Client, api: Speak) -> None:
    sent = body(acme, client_key=str(uuid.uuid4()), purposes=["P4"])
    sent["log"] = {"opinion_asked": True, "results": {"P4": "已受理统付业务"}}
    answer = api(owner).post("/api/v1/visits:record", sent)
    assert answer.json()["code"] == "CONSENT_REQUIRED"
    assert not Visit.objects.exists()


def test_the_same_idempotency_key_is_one_visit(owner: User, acme: Client, api: Speak) -> None:
    sent = body(acme)
    answers = [api(owner).post("/api/v1/visits", sent, headers={"Idempotency-Key": "abc"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert Visit.objects.count() == 1


def test_a_change_needs_the_newest_version(owner: User, acme: Client, api: Speak) -> None:
    pk = api(owner).post("/api/v1/visits", body(acme)).json()["id"]
    read = api(owner).get(f"/api/v1/visits/{pk}")
    first = api(owner).patch(f"/api/v1/visits/{pk}", {"place": "一楼"}, headers={"If-Match": read["ETag"]})
    assert (first.status_code, first.json()["place"]) == (200, "一楼")
    second = api(owner).patch(f"/api/v1/visits/{pk}", {"place": "二楼"}, headers={"If-Match": read["ETag"]})
    assert (second.status_code, second.json()["code"]) == (412, "STALE")


@pytest.mark.spec("E203")
def test_a_stranger_finds_nothing(owner: User, stranger: User, acme: Client, api: Speak) -> None:
    visit = services.plan_visit(
        actor=owner, client=acme, planned_at=clock.now(), purposes=["P1"], place="三楼"
    )
    log = services.write_log(
        actor=owner, visit=visit, values={"opinion_asked": True, "results": {"P1": RESULT}}
    )
    other = api(stranger)
    assert other.get("/api/v1/visits").json()["results"] == []
    assert other.get("/api/v1/visit-logs").json()["results"] == []
    assert other.get(f"/api/v1/visits/{visit.pk}").status_code == 404
    assert other.get(f"/api/v1/visit-logs/{log.pk}").status_code == 404
    for verb in ("confirm", "checkin", "checkout", "cancel", "postpone", "noshow", "followup"):
        assert other.post(f"/api/v1/visits/{visit.pk}:{verb}", {}).status_code == 404, verb
    assert other.post("/api/v1/visits", body(acme)).status_code == 404


def test_lists_are_narrowed_by_state_purpose_and_day(owner: User, acme: Client, api: Speak) -> None:
    now = clock.now()
    for purposes, moment in ((["P1"], now), (["P2", "P5"], now), (["P5"], now + timedelta(days=3))):
        services.plan_visit(actor=owner, client=acme, planned_at=moment, purposes=purposes, place="三楼")
    services.confirm(actor=owner, visit=Visit.objects.order_by("pk")[0])

    def found(query: str) -> int:
        return len(api(owner).get(f"/api/v1/visits?{query}").json()["results"])

    assert found("") == 3
    assert found("state=CONFIRMED") == 1
    assert found("state=CONFIRMED&state=PLANNED") == 3
    assert found("purpose=P5") == 2
    assert found(f"day_to={now.date()}") == 2
    assert found(f"client={acme.pk + 1}") == 0


def test_bulk_approval_answers_for_every_log(owner: User, head: User, acme: Client, api: Speak) -> None:
    visit = services.plan_visit(
        actor=owner, client=acme, planned_at=clock.now(), purposes=["P1"], place="三楼"
    )
    services.write_log(actor=owner, visit=visit, values={"opinion_asked": True, "results": {"P1": RESULT}})
    log = services.submit_log(actor=owner, visit=visit)
    answer = api(head).post("/api/v1/visit-logs:approve", {"logs": [log.pk, log.pk + 1000]})
    assert answer.status_code == 200
    assert [(row["log"], row["done"], row["code"]) for row in answer.json()] == [
        (log.pk, True, ""),
        (log.pk + 1000, False, "NOT_FOUND"),
    ]
    assert api(owner).post("/api/v1/visit-logs:approve", {"logs": [log.pk]}).status_code == 403


def test_a_client_system_plans_for_the_clients_manager(owner: User, acme: Client, api: Speak) -> None:
    account = User.objects.create(staff_no="sys-oa", full_name="OA", is_system=True)
    ApiClient.objects.create(name="OA", user=account, unit=acme.org_unit, scopes=["read", "write"])
    answer = api(account).post("/api/v1/visits", body(acme))
    assert answer.status_code == 201, answer.json()
    assert answer.json()["owner"] == owner.pk
    orphan = factories.make_client(acme.org_unit)
    assert api(account).post("/api/v1/visits", body(orphan)).json()["code"] == "NO_MANAGER"
