"""Parameters over the API: read by who may, changed by administrators, with history."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from crm.accounts.models import User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.params import services
from crm.params.models import ParamValue
from crm.params.registry import declared, get

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/parameters"


def test_every_parameter_is_told_with_bounds_and_source(
    provadmin: User, api: Callable[[User], APIClient]
) -> None:
    body = api(provadmin).get(ROOT).json()
    assert body["count"] == len(body["results"]) == len(declared())
    found = {row["key"]: row for row in body["results"]}["size.b_min"]
    assert (found["value"], found["default"], found["minimum"], found["maximum"]) == (150, 150, 1, 100_000)
    assert (found["kind"], found["since"], found["planned"]) == ("int", None, None)
    assert found["reference"]
    keys = [row["key"] for row in api(provadmin).get(f"{ROOT}?q=S0-63").json()["results"]]
    assert "vip.gold" in keys
    assert "size.b_min" not in keys
    assert {row["group"] for row in api(provadmin).get(f"{ROOT}?group=vip").json()["results"]} == {"vip"}
    assert api(provadmin).get(f"{ROOT}?only=odd").status_code == 400


def test_a_change_adds_to_the_history(sysadmin: User, api: Callable[[User], APIClient]) -> None:
    client, today = api(sysadmin), clock.today()
    later = today + timedelta(days=3)
    said = {"value": 160, "effective_from": later.isoformat(), "reason": "省公司通知"}
    for _twice in range(2):
        made = client.post(f"{ROOT}/size.b_min/values", said, format="json", HTTP_IDEMPOTENCY_KEY="k1")
        assert made.status_code == 201
    assert made.json()["value"] == 150
    assert made.json()["planned"] == {"value": 160, "effective_from": later.isoformat()}
    assert ParamValue.objects.count() == 1
    client.post(f"{ROOT}/size.b_min/values", {"value": 170, "reason": "更正"}, format="json")
    assert get("size.b_min", as_of=today) == 170
    rows = client.get(f"{ROOT}/size.b_min/values").json()["results"]
    assert [(row["before"], row["value"]) for row in rows] == [(170, 160), (150, 170)]
    assert {row["changed_by"] for row in rows} == {sysadmin.staff_no}
    assert AuditEvent.objects.filter(action="params.changed", actor=sysadmin).count() == 2
    assert [row["key"] for row in client.get(f"{ROOT}?only=planned").json()["results"]] == ["size.b_min"]


@pytest.mark.parametrize(
    ("key", "said", "code"),
    [
        ("size.b_min", {"value": 0}, "PARAM_BOUNDS"),
        ("size.b_min", {"value": "160"}, "PARAM_BOUNDS"),
        ("size.b_min", {"value": None}, "INVALID"),
        ("size.b_min", {"value": 160, "effective_from": "2020-01-01"}, "PARAM_PAST"),
        ("size.b_min", {"value": 160, "reason": ""}, "INVALID"),
        ("size.key_industries", {"value": ["BAKERY"]}, "PARAM_BOUNDS"),
        ("segment.top", {"value": [{"a": 1}]}, "PARAM_BOUNDS"),
        ("no.such", {"value": 1}, "NOT_FOUND"),
    ],
)
def test_a_wrong_change_writes_nothing(
    key: str, said: dict[str, Any], code: str, sysadmin: User, api: Callable[[User], APIClient]
) -> None:
    answer = api(sysadmin).post(f"{ROOT}/{key}/values", {"reason": "通知"} | said, format="json")
    assert 400 <= answer.status_code < 500
    assert answer.json()["code"] == code
    assert not ParamValue.objects.exists()


def test_of_two_changes_for_one_day_to_come_the_last_is_planned(
    provadmin: User, sysadmin: User, api: Callable[[User], APIClient]
) -> None:
    today = clock.today()
    for value, days in ((180, 9), (160, 3), (170, 3)):
        services.change(
            actor=sysadmin, key="size.b_min", value=value, effective_from=today + timedelta(days=days)
        )
    assert api(provadmin).get(f"{ROOT}/size.b_min").json()["planned"]["value"] == 170


def test_who_may_not_read_gets_nothing(
    owner: User, provadmin: User, api: Callable[[User], APIClient]
) -> None:
    assert api(owner).get(ROOT).status_code == 403
    refused = api(provadmin).post(
        f"{ROOT}/size.b_min/values", {"value": 160, "reason": "通知"}, format="json"
    )
    assert refused.status_code == 403
