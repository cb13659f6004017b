"""Rows of a long transaction are seen after newer ones; nobody who follows by number misses them."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import User
from crm.base.models import OutboxEvent
from crm.outbox import services
from crm.outbox.models import Delivery

pytestmark = pytest.mark.django_db(transaction=True)
KIND = "client.tier_changed"
EVENT = (
    "INSERT INTO base_outboxevent (event_id, kind, key, payload, created_at, attempts)"
    " VALUES (%s, %s, %s, '{}', clock_timestamp(), 0)"
)
CHANGE = (
    "INSERT INTO clients_clientclasshistory (client_id, axis, old, new, reason, rule, changed_on,"
    " recorded_at) VALUES (%s, 'TIER', 'C', %s, '', '', now(), clock_timestamp())"
)


@pytest.fixture
def night() -> Iterator[BaseDatabaseWrapper]:
    """Return a second connection with an open transaction."""
    other = connection.copy()
    other.set_autocommit(False)
    yield other
    other.close()


def write(through: BaseDatabaseWrapper, sql: str, *values: Any) -> None:
    with through.cursor() as cursor:
        cursor.execute(sql, values)


def test_an_event_that_commits_late_is_delivered(
    sysadmin: User, night: BaseDatabaseWrapper, settings: Any
) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    endpoint = services.add_endpoint(name="BI", url="http://127.0.0.1:9/hook", kinds=[KIND], actor=sysadmin)
    write(night, EVENT, uuid.uuid4(), KIND, "late")
    write(connection, EVENT, uuid.uuid4(), KIND, "soon")
    assert services.fan_out() == 1, "what is there goes out at once"
    assert services.fan_out() == 0
    night.commit()
    assert services.fan_out() == 1
    assert services.fan_out() == 0
    told = Delivery.objects.filter(endpoint=endpoint).order_by("pk").values_list("event__key", flat=True)
    assert list(told) == ["soon", "late"]
    endpoint.refresh_from_db()
    assert endpoint.last_event == OutboxEvent.objects.latest("pk").pk


def test_a_feed_waits_for_what_has_a_lower_number(
    acme: Client, head: User, night: BaseDatabaseWrapper, api: Callable[[User], APIClient]
) -> None:
    def feed() -> list[str]:
        return [row["new"] for row in api(head).get("/api/v1/feeds/tiers").json()["results"]]

    write(night, CHANGE, acme.pk, "A1")
    write(connection, CHANGE, acme.pk, "B1")
    assert feed() == []
    night.commit()
    assert feed() == ["A1", "B1"]
