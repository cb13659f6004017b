"""Every refusal of the API has one shape; creating twice with one key creates once."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client as Browser
from drf_spectacular.generators import SchemaGenerator
from rest_framework.exceptions import ValidationError
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base.fields import MOST_ERRORS, MOST_ITEMS
from crm.base.models import IdempotencyKey
from crm.jobs import tasks
from crm.jobs.models import JobRun

Speak = Callable[[User | None], APIClient]
NIGHT = {"business_date": "2026-11-20", "step": "purge"}


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests of the frame away from real workers."""
    monkeypatch.setattr(tasks, "send_ready", lambda: 0)


def shape(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check the one shape and return the body."""
    assert response.status_code == status, response.content
    body: dict[str, Any] = response.json()
    assert set(body) >= {"code", "message", "fields", "request_id"}
    assert body["code"] == code
    assert body["message"]
    assert body["request_id"] == response["X-Request-Id"]
    return body


@pytest.mark.django_db
def test_who_is_not_known_gets_401_and_is_told_how(client: Browser) -> None:
    response = client.get("/api/v1/me")
    shape(response, 401, "NOT_SIGNED_IN")
    assert response["WWW-Authenticate"] == "Token"
    shape(APIClient(HTTP_AUTHORIZATION="Token nonsense").get("/api/v1/me"), 401, "NOT_SIGNED_IN")


def test_bad_json_is_400(api: Speak, sysadmin: User) -> None:
    response = api(sysadmin).post("/api/v1/jobs:run", "{not json", content_type="application/json")
    shape(response, 400, "PARSE_ERROR")


@pytest.mark.parametrize(
    "body", ["[]", "null", "1", '"x"', '{"name": ' + "[" * 100_000 + "]" * 100_000 + "}"]
)
@pytest.mark.parametrize("path", ["/api/v1/clients", "/api/v1/clients:bulk"])
def test_a_body_that_is_no_object_is_400(api: Speak, provadmin: User, path: str, body: str) -> None:
    shape(api(provadmin).post(path, body, content_type="application/json"), 400, "PARSE_ERROR")


def test_wrong_fields_are_400_with_sentences(api: Speak, sysadmin: User) -> None:
    body = shape(api(sysadmin).post("/api/v1/jobs:run", {"business_date": "soon"}), 400, "INVALID")
    assert list(body["fields"]) == ["business_date"]


def test_a_refusal_of_a_service_is_named_at_its_field(api: Speak, sysadmin: User) -> None:
    body = shape(api(sysadmin).post("/api/v1/jobs:run", NIGHT | {"step": "nothing"}), 400, "NO_SUCH_STEP")
    assert "purge" in body["fields"]["step"][0]
    body = shape(api(sysadmin).post("/api/v1/jobs:run", {"business_date": "2999-01-01"}), 400, "NOT_ENDED")
    assert "business_date" in body["fields"]


def test_a_missing_verb_is_403(api: Speak, owner: User) -> None:
    shape(api(owner).get("/api/v1/jobs"), 403, "FORBIDDEN")
    shape(api(owner).post("/api/v1/jobs:run", NIGHT), 403, "FORBIDDEN")
    assert not JobRun.objects.exists()


def test_a_session_needs_the_csrf_token(sysadmin: User) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(sysadmin, backend="crm.accounts.backends.StaffNumberOrRegisteredName")
    response = browser.post("/api/v1/jobs:run", NIGHT, content_type="application/json")
    shape(response, 403, "FORBIDDEN")


def test_what_is_not_there_is_404_in_json(api: Speak, sysadmin: User) -> None:
    shape(api(sysadmin).get("/api/v1/jobs/999999"), 404, "NOT_FOUND")
    shape(api(sysadmin).get("/api/v1/nothing"), 404, "NOT_FOUND")


def test_a_wrong_verb_is_405(api: Speak, sysadmin: User, owner: User) -> None:
    shape(api(sysadmin).delete("/api/v1/jobs"), 405, "METHOD_NOT_ALLOWED")
    shape(api(sysadmin).get("/api/v1/jobs:run"), 405, "METHOD_NOT_ALLOWED")


def test_a_wrong_content_type_is_415(api: Speak, sysadmin: User) -> None:
    response = api(sysadmin).post("/api/v1/jobs:run", "a=b", content_type="text/plain")
    shape(response, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_too_many_calls_are_429_with_the_time_to_wait(
    api: Speak, sysadmin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "rate", "2/min", raising=False)
    monkeypatch.setattr(UserRateThrottle, "cache_format", "test_%(scope)s_%(ident)s_" + str(id(object())))
    caller = api(sysadmin)
    assert [caller.get("/api/v1/me").status_code for _ in range(2)] == [200, 200]
    response = caller.get("/api/v1/me")
    shape(response, 429, "THROTTLED")
    assert int(response["Retry-After"]) > 0


def test_a_database_that_is_away_is_503(
    api: Speak, sysadmin: User, browse: Callable[[User], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr("crm.jobs.querysets.JobRunQuerySet.visible_to", away)
    response = api(sysadmin).get("/api/v1/jobs")
    shape(response, 503, "UNAVAILABLE")
    assert response["Retry-After"] == "10"

    browser = browse(sysadmin)
    browser.raise_request_exception = False
    page = browser.get("/jobs/")
    assert page.status_code == 503
    assert "closed the connection" not in page.content.decode()


def test_a_question_that_takes_too_long_is_stopped_and_says_so(
    browse: Callable[[User], Browser], sysadmin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_args: Any, **_kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 50")
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr("crm.jobs.querysets.JobRunQuerySet.visible_to", slow)
    browser = browse(sysadmin)
    browser.raise_request_exception = False
    shape(browser.get("/api/v1/jobs"), 503, "TIMEOUT")
    assert browser.get("/jobs/").status_code == 503


def test_our_own_failure_is_500_in_json_without_its_words(
    browse: Callable[[User], Browser], sysadmin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kwargs: Any) -> None:
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr("crm.jobs.querysets.JobRunQuerySet.visible_to", broken)
    browser = browse(sysadmin)
    browser.raise_request_exception = False
    response = browser.get("/api/v1/jobs")
    shape(response, 500, "INTERNAL")
    assert "secret" not in response.content.decode()


def test_a_body_over_the_limit_is_413_and_says_the_limit(
    api: Speak, browse: Callable[[User | None], Browser], provadmin: User
) -> None:
    body = '{"rows": [{"name": "' + "a" * (5 * 1024 * 1024) + '"}]}'
    answer = api(provadmin).post("/api/v1/clients:bulk", body, content_type="application/json")
    assert "5 MB" in shape(answer, 413, "BODY_TOO_LARGE")["message"]
    form = "name=" + "a" * (5 * 1024 * 1024)
    page = browse(provadmin).post("/clients/new/", form, content_type="application/x-www-form-urlencoded")
    assert page.status_code == 413
    assert "5 MB" in page.content.decode()


# ---- Characters no database keeps


@pytest.mark.parametrize("address", ["/clients?q=a%00b", "/clients?x=%00", "/clients/a%00"])
def test_a_nul_in_an_address_is_400_on_api_and_page(
    api: Speak, browse: Callable[[User | None], Browser], owner: User, address: str
) -> None:
    shape(api(owner).get(f"/api/v1{address}"), 400, "INVALID")
    assert browse(owner).get(address).status_code == 400


def test_percent_signs_that_are_no_nul_pass(api: Speak, owner: User) -> None:
    assert api(owner).get("/api/v1/clients?q=%2500").status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (r'{"name": "a\u0000"}', 400),
        (r'{"name": "a\ud800"}', 400),
        (r'{"a\u0000": 1}', 400),
        (r'{"x": [{"y": ["\udc00"]}]}', 400),
        (r'{"business_date": "2026-11-20", "step": "purge", "x": "\ud83d\ude00 \\u0000"}', 202),
    ],
)
def test_a_body_with_a_character_that_is_none_is_400(
    api: Speak, sysadmin: User, body: str, status: int
) -> None:
    answer = api(sysadmin).post("/api/v1/jobs:run", body, content_type="application/json")
    assert answer.status_code == status
    if status == 400:
        shape(answer, 400, "PARSE_ERROR")


# ---- Long lists


@pytest.mark.parametrize(("count", "code"), [(20_001, "PARSE_ERROR"), (1_001, "INVALID"), (1_000, "INVALID")])
def test_a_long_list_is_refused_before_its_items_are_read(
    api: Speak, owner: User, acme: Client, count: int, code: str
) -> None:
    plan = {"client": acme.pk, "planned_at": "2026-12-01T10:00:00+08:00", "purposes": ["0"] * count}
    with patch("rest_framework.fields.ChoiceField.run_validation", side_effect=_wrong) as read:
        body = shape(api(owner).post("/api/v1/visits", plan), 400, code)
    assert read.call_count == (MOST_ERRORS if count == MOST_ITEMS else 0)
    if code == "INVALID":
        assert len(body["fields"]) == (MOST_ERRORS if count == MOST_ITEMS else 1)


def _wrong(*_given: Any) -> None:
    raise ValidationError("wrong")


# ---- Creating once


def test_the_same_key_gives_the_same_answer(api: Speak, sysadmin: User) -> None:
    caller = api(sysadmin)
    first = caller.post("/api/v1/jobs:run", NIGHT, headers={"Idempotency-Key": "k1"})
    second = caller.post("/api/v1/jobs:run", NIGHT, headers={"Idempotency-Key": "k1"})
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    assert second["Idempotent-Replay"] == "true"
    assert AuditEvent.objects.filter(action="jobs.rerun_requested").count() == 1


def test_the_same_key_with_another_body_is_409(api: Speak, sysadmin: User) -> None:
    caller = api(sysadmin)
    caller.post("/api/v1/jobs:run", NIGHT, headers={"Idempotency-Key": "k1"})
    other = caller.post("/api/v1/jobs:run", NIGHT | {"step": "tier"}, headers={"Idempotency-Key": "k1"})
    shape(other, 409, "IDEMPOTENCY_MISMATCH")


def test_the_same_key_with_another_file_of_that_name_or_another_query_is_409(
    api: Speak, provadmin: User
) -> None:
    caller = api(provadmin)

    def send(content: bytes, query: str = "") -> Any:
        given = {"roster": "clients", "file": SimpleUploadedFile("a.csv", content)}
        path = f"/api/v1/imports{query}"
        return caller.post(path, given, format="multipart", headers={"Idempotency-Key": "k1"})

    assert send("名称\n甲\n".encode()).status_code == 202
    assert send("名称\n甲\n".encode())["Idempotent-Replay"] == "true"
    shape(send("名称\n乙\n".encode()), 409, "IDEMPOTENCY_MISMATCH")
    shape(send("名称\n甲\n".encode(), "?x=1"), 409, "IDEMPOTENCY_MISMATCH")


def test_a_repeated_answer_keeps_its_etag(api: Speak, owner: User, acme: Client) -> None:
    person = {"kind": "CONTACT", "name": "李梅", "position": "经理", "mobile": "13812345678"}
    path, key = f"/api/v1/clients/{acme.pk}/contacts", {"Idempotency-Key": "k1"}
    first, second = (api(owner).post(path, person, headers=key) for _time in range(2))
    assert (first.status_code, second["Idempotent-Replay"]) == (201, "true")
    assert first["ETag"] == second["ETag"] == '"1"'


def test_a_refused_call_may_be_sent_again_with_its_key(api: Speak, sysadmin: User) -> None:
    caller = api(sysadmin)
    wrong = caller.post("/api/v1/jobs:run", {"business_date": "x"}, headers={"Idempotency-Key": "k1"})
    assert wrong.status_code == 400
    assert not IdempotencyKey.objects.exists()
    right = caller.post("/api/v1/jobs:run", NIGHT, headers={"Idempotency-Key": "k1"})
    assert right.status_code == 202


@pytest.mark.django_db(transaction=True)
def test_fifty_calls_at_once_with_one_key_create_once(sysadmin: User) -> None:
    gate = threading.Barrier(10)
    answers: list[tuple[int, Any]] = []

    def call() -> None:
        try:
            caller = APIClient()
            caller.force_authenticate(User.objects.get(pk=sysadmin.pk))
            gate.wait()
            for _ in range(5):
                response = caller.post("/api/v1/jobs:run", NIGHT, headers={"Idempotency-Key": "storm"})
                answers.append((response.status_code, response.json()))
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 50
    assert answers[0][0] == 202
    assert all(answer == answers[0] for answer in answers)
    assert AuditEvent.objects.filter(action="jobs.rerun_requested").count() == 1
    assert IdempotencyKey.objects.count() == 1


# ---- Reading


def test_pages_go_by_position_and_are_capped(api: Speak, sysadmin: User, org: dict[str, OrgUnit]) -> None:
    for day in range(1, 8):
        JobRun.objects.create(step="purge", business_date=date(2026, 1, day), state="DONE")
    caller = api(sysadmin)
    first = caller.get("/api/v1/jobs?size=3").json()
    assert [row["business_date"] for row in first["results"]] == ["2026-01-07", "2026-01-06", "2026-01-05"]
    JobRun.objects.create(step="purge", business_date=date(2026, 1, 8), state="DONE")
    second = caller.get(first["next"]).json()
    assert [row["business_date"] for row in second["results"]] == ["2026-01-04", "2026-01-03", "2026-01-02"]
    assert len(caller.get("/api/v1/jobs?size=100000").json()["results"]) == 8
    assert [r["step"] for r in caller.get("/api/v1/jobs?business_date=2026-01-02").json()["results"]] == [
        "purge"
    ]


def test_me_says_who_and_what(api: Speak, owner: User) -> None:
    body = api(owner).get("/api/v1/me").json()
    assert (body["staff_no"], body["unit"]["code"]) == ("owner", "U330106")
    assert [role["role"] for role in body["roles"]] == ["AM"]
    assert "clients.change" in body["verbs"]


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/schema", "/api/docs/"])
def test_the_api_describes_itself(browse: Callable[[User], Browser], owner: User, path: str) -> None:
    assert browse(owner).get(path).status_code == 200


def test_the_schema_is_written_once_for_each_language_and_format(
    browse: Callable[[User], Browser], owner: User
) -> None:
    def read(query: str) -> tuple[bytes, str]:
        answer = browse(owner).get(f"/api/v1/schema?{query}")
        assert answer.status_code == 200
        return answer.content, answer["Content-Type"]

    chinese, english = read("lang=zh-hans&format=json"), read("lang=en&format=json")
    assert chinese[0] != english[0]
    assert english[1] == chinese[1]
    assert "json" in english[1]
    assert read("lang=xx&format=json")[0]
    with patch.object(SchemaGenerator, "get_schema", side_effect=AssertionError):
        assert read("lang=zh-hans&format=json") == chinese
        assert read("lang=en&format=json") == english


def test_the_description_keeps_to_the_content_security_policy(
    browse: Callable[[User], Browser], owner: User
) -> None:
    page = browse(owner).get("/api/docs/").content.decode()
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=")
