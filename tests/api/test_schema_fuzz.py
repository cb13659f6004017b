"""Whatever the schema allows, and much that it does not, is answered: never by a fault of ours."""

from typing import Any

import pytest
import schemathesis
from django import conf
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django.live_server_helper import LiveServer
from schemathesis.core.result import Ok

from clients.models import Client
from crm.accounts.grants import SCOPES
from crm.accounts.models import OrgUnit, User
from crm.accounts.services import create_system
from tests import factories


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_no_request_ends_in_a_fault(
    live_server: LiveServer, org: dict[str, OrgUnit], owner: User, acme: Client, monkeypatch: Any
) -> None:
    # Without a key of cards 503 would be the right answer about one.
    monkeypatch.setattr(conf.settings, "ECARD_KEYS", ["fuzz:" + "AQ" * 21 + "A="])
    factories.make_contact(acme, "KEY_PERSON")
    factories.make_member(acme)
    factories.make_customer(org["unit"], acme)
    _system, token = create_system(actor=None, name="FUZZ", unit=org["province"], scopes=list(SCOPES))
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    tried = set()

    for result in schema.get_all_operations():
        assert isinstance(result, Ok), result.err()
        operation = result.ok()

        @settings(
            max_examples=3,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def probe(case: schemathesis.Case) -> None:
            response = case.call(base_url=live_server.url, headers={"Authorization": f"Token {token}"})
            tried.add((case.method, case.path))
            assert response.status_code < 500, f"{case.as_curl_command()}\n{response.text[:500]}"
            assert response.status_code != 401

        probe()
    assert len(tried) > 40
