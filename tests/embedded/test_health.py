"""What supervisors and orchestrators ask."""

import pytest
from django.db import connection
from django.test import Client as Browser
from pytest_django import Settings

from crm.base import health


def test_liveness_asks_neither_database_nor_login(client: Browser) -> None:
    # No db fixture: any query would fail the test.
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert "no-cache" in answer["Cache-Control"]


def test_liveness_does_not_look_up_the_session_of_whoever_asks(client: Browser) -> None:
    client.cookies["sessionid"] = "a" * 32
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_readiness_is_said_when_database_schema_and_broker_are_there(client: Browser) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"ready": True, "database": "ok", "broker": "ok"}


@pytest.mark.django_db
def test_a_broker_that_is_away_is_named(client: Browser, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": "ok", "broker": "away"}


@pytest.mark.django_db
def test_a_schema_that_is_behind_is_not_ready(client: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_schema_is_current", type(health._schema_is_current)())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'base'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": "behind", "broker": "ok"}
