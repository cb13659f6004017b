"""The installed application and the queue of acts made without a signal: once and only once."""

import gzip
import json
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client as Browser

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from crm.base.models import IdempotencyKey
from visits import services
from visits.models import Visit

Browse = Callable[[User | None], Browser]


def queued(person: User, key: str = "", *, ago: int = 0, wrong_by: int = 0) -> dict[str, str]:
    """Return the headers of the queue. Units: seconds since it was made, and the phone's error."""
    now = round((time.time() - wrong_by) * 1000)
    return {
        "X-Queue-User": str(person.pk),
        "Idempotency-Key": key or str(uuid.uuid4()),
        "X-Made-At": str(now - ago * 1000),
        "X-Sent-At": str(now),
    }


def planned(owner: User, client: Client) -> Visit:
    """Plan a visit of today to which one may come unannounced."""
    return services.plan_visit(
        actor=owner, client=client, planned_at=clock.now(), purposes=["P1"], place="三楼",
        unscheduled_reason="来电",
    )  # fmt: skip


def test_the_worker_stands_at_the_root_and_names_what_it_keeps(browse: Browse, db: None) -> None:
    answer = browse(None).get("/worker.js")
    text = answer.content.decode()
    facts = json.loads(text.partition("const CRM = ")[2].partition(";\n")[0])
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    assert any(name.endswith("css/visits.css") for name in facts["files"])
    assert facts["offline"] == "/offline/"


def test_the_manifest_names_pictures_that_exist(browse: Browse, db: None) -> None:
    manifest = browse(None).get("/manifest.webmanifest").json()
    assert manifest["name"] == "集团客户 CRM"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon["src"]


def test_the_page_without_a_signal_names_nobody(browse: Browse, owner: User) -> None:
    page = browse(owner).get("/offline/")
    assert owner.full_name not in page.content.decode()
    assert "X-Keep-Offline" not in page


def test_pages_of_the_field_are_kept_under_their_person(browse: Browse, owner: User, acme: Client) -> None:
    visit = planned(owner, acme)
    inside = browse(owner)
    pages = inside.get("/visits/today/").json()["pages"]
    assert f"/visits/{visit.pk}/log/" in pages
    for at in pages:
        extra = {"HX-Request": "true"} if at.startswith("~") else {}
        assert inside.get(at.lstrip("~"), headers=extra)["X-Keep-Offline"] == str(owner.pk), at
    assert "X-Keep-Offline" not in inside.get("/clients/")
    # They go out small: the log page is opened on weak signals.
    packed = inside.get(f"/visits/{visit.pk}/log/", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < 9000
    assert acme.name in gzip.decompress(packed.content).decode()


@pytest.mark.parametrize("signed_in", ["nobody", "another"])
def test_nothing_is_taken_from_the_queue_of_somebody_else(
    browse: Browse, owner: User, head: User, acme: Client, signed_in: str
) -> None:
    visit = planned(owner, acme)
    inside = browse(head if signed_in == "another" else None)
    answer = inside.post(f"/visits/{visit.pk}/check-in/", headers=queued(owner))
    assert answer.status_code == 401
    assert answer.json()["code"] == ("OTHER_USER" if signed_in == "another" else "SIGNED_OUT")
    visit.refresh_from_db()
    assert visit.arrived_at is None


def test_hello_says_who_is_signed_in(browse: Browse, owner: User) -> None:
    assert browse(None).get("/offline/hello/").json()["user"] is None
    said = browse(owner).get("/offline/hello/")
    assert said.json()["user"] == owner.pk
    assert said.json()["token"]
    assert "no-store" in said["Cache-Control"]


@pytest.mark.spec("S1-32")
def test_fifty_sendings_get_the_same_answer_and_are_one_arrival(
    browse: Browse, owner: User, acme: Client
) -> None:
    visit = planned(owner, acme)
    inside, key = browse(owner), str(uuid.uuid4())
    answers = [
        inside.post(f"/visits/{visit.pk}/check-in/", headers=queued(owner, key, ago=60)) for _ in range(50)
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json() == {"location": f"/visits/{visit.pk}/"}
    assert [answer.headers.get("Idempotent-Replay") for answer in answers] == [None] + ["true"] * 49
    visit.refresh_from_db()
    assert visit.version == 2


@pytest.mark.django_db(transaction=True)
def test_fifty_sendings_at_once_are_one_visit(browse: Browse, owner: User, acme: Client) -> None:
    key, client_key = str(uuid.uuid4()), str(uuid.uuid4())
    data = {
        "client_key": client_key, "purposes": ["P1"], "day": clock.today().isoformat(), "at": "15:00",
        "place": "三楼",
    }  # fmt: skip
    insides = [browse(owner) for _ in range(10)]
    gate = threading.Barrier(10)

    def send(number: int) -> tuple[int, bytes]:
        try:
            if number < 10:
                gate.wait(20)
            answer = insides[number % 10].post(f"/visits/plan/{acme.pk}/", data, headers=queued(owner, key))
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(50)))
    assert {status for status, _content in answers} == {200}, answers
    assert len({content for _status, content in answers}) == 1
    assert Visit.objects.count() == 1
    assert IdempotencyKey.objects.filter(key=key).count() == 1


def test_a_refusal_is_not_remembered_and_changes_nothing(browse: Browse, owner: User, acme: Client) -> None:
    key = str(uuid.uuid4())
    at = f"/visits/plan/{acme.pk}/"
    answer = browse(owner).post(at, {"place": "三楼"}, headers=queued(owner, key))
    assert answer.status_code == 422
    assert answer.json()["fields"]["purposes"] == ["请至少选择一个目的。"]
    assert not Visit.objects.exists()
    assert not IdempotencyKey.objects.exists()
    data = {"purposes": ["P1"], "day": clock.today().isoformat(), "at": "15:00", "place": "三楼"}
    assert browse(owner).post(at, data, headers=queued(owner, key)).status_code == 200
    assert Visit.objects.count() == 1


def test_a_key_belongs_to_one_address(browse: Browse, owner: User, acme: Client) -> None:
    visit, other = planned(owner, acme), planned(owner, acme)
    key = str(uuid.uuid4())
    browse(owner).post(f"/visits/{visit.pk}/check-in/", headers=queued(owner, key))
    answer = browse(owner).post(f"/visits/{other.pk}/check-in/", headers=queued(owner, key))
    assert (answer.status_code, answer.json()["code"]) == (409, "IDEMPOTENCY_MISMATCH")
    answer = browse(owner).post(f"/visits/{other.pk}/check-in/", headers={"X-Queue-User": str(owner.pk)})
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID")


@pytest.mark.parametrize("wrong_by", [0, 7200, -7200])
def test_our_clock_decides_whatever_the_phone_shows(
    browse: Browse, owner: User, acme: Client, wrong_by: int
) -> None:
    visit = planned(owner, acme)
    headers = queued(owner, ago=600, wrong_by=wrong_by)
    browse(owner).post(f"/visits/{visit.pk}/check-in/", headers=headers)
    visit.refresh_from_db()
    assert visit.arrived_at is not None
    assert 595 <= (clock.now() - visit.arrived_at).total_seconds() <= 640


@pytest.mark.parametrize("made", ["", "soon", "9" * 30, "-1"])
def test_times_that_make_no_sense_are_no_times(browse: Browse, owner: User, acme: Client, made: str) -> None:
    visit = planned(owner, acme)
    headers: dict[str, Any] = queued(owner) | {"X-Made-At": made}
    answer = browse(owner).post(f"/visits/{visit.pk}/check-in/", headers=headers)
    assert answer.status_code in (200, 400)
    visit.refresh_from_db()
    assert (visit.arrived_at is not None) == (answer.status_code == 200)


def test_a_visit_of_another_unit_is_not_there_for_the_queue(
    browse: Browse, owner: User, stranger: User, foreign: Client
) -> None:
    visit = planned(stranger, foreign)
    answer = browse(owner).post(f"/visits/{visit.pk}/check-in/", headers=queued(owner))
    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
