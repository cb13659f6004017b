"""Client systems: from where they may call, and tokens that are none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from rest_framework.test import APIClient

from crm.accounts import services
from crm.accounts.api_auth import within
from crm.accounts.models import ApiClient, OrgUnit, User
from crm.base.errors import Invalid

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"


def calls(token: str, **extra: Any) -> tuple[int, str]:
    answer = APIClient().get(ME, HTTP_AUTHORIZATION=f"Token {token}", **extra)
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.spec("S0-94")
def test_a_system_calls_from_its_networks_only(org: dict[str, OrgUnit], sysadmin: User) -> None:
    system, token = services.create_system(
        actor=sysadmin, name="BOSS", unit=org["unit"], scopes=["read"], networks=["10.1.2.3/16", "192.0.2.7"]
    )
    assert system.networks == ["10.1.0.0/16", "192.0.2.7/32"]
    for address in ("10.1.200.9", "192.0.2.7", "::ffff:10.1.0.1"):
        assert calls(token, REMOTE_ADDR=address) == (200, ""), address
    for address in ("10.2.0.1", "192.0.2.8", "::1", ""):
        assert calls(token, REMOTE_ADDR=address) == (403, "ADDRESS_REFUSED"), address
    # What a caller writes into the header itself is not believed without a proxy of ours.
    forged = calls(token, REMOTE_ADDR="10.2.0.1", HTTP_X_FORWARDED_FOR="10.1.0.1")
    assert forged == (403, "ADDRESS_REFUSED")
    services.change_system(actor=sysadmin, system=system, unit=org["unit"], scopes=["read"])
    assert calls(token, REMOTE_ADDR="10.2.0.1") == (403, "ADDRESS_REFUSED"), "nobody changed the networks"
    services.change_system(actor=sysadmin, system=system, unit=org["unit"], scopes=["read"], networks=[])
    assert calls(token, REMOTE_ADDR="10.2.0.1") == (200, "")


def test_behind_a_proxy_the_address_it_names_counts(
    org: dict[str, OrgUnit], sysadmin: User, settings: Any
) -> None:
    settings.AXES_IPWARE_PROXY_COUNT = 1
    _system, token = services.create_system(
        actor=sysadmin, name="BI", unit=org["unit"], scopes=["read"], networks=["10.1.0.0/16"]
    )
    assert calls(token, HTTP_X_FORWARDED_FOR="203.0.113.1, 10.1.0.1") == (200, "")
    assert calls(token, HTTP_X_FORWARDED_FOR="10.1.0.1, 203.0.113.1") == (403, "ADDRESS_REFUSED")
    assert not within("no address", ["10.1.0.0/16"])


def test_networks_are_entered_on_the_page_and_by_command(
    org: dict[str, OrgUnit], sysadmin: User, browse: Callable[[User], Browser]
) -> None:
    entered = {"name": "NRM", "unit": str(org["province"].pk), "scopes": ["read"], "networks": "10.1.0.0/99"}
    refused = browse(sysadmin).post("/accounts/systems/add/", entered)
    assert refused.status_code == 400
    assert "10.1.0.0/99" in refused.context["form"].errors["networks"][0]
    assert not ApiClient.objects.exists()
    made = browse(sysadmin).post("/accounts/systems/add/", entered | {"networks": "10.1.0.0/24，10.2.0.1"})
    assert made.status_code == 200
    system = ApiClient.objects.get()
    assert system.networks == ["10.1.0.0/24", "10.2.0.1/32"]
    page = f"/accounts/systems/{system.pk}/"
    assert 'value="10.1.0.0/24, 10.2.0.1/32"' in browse(sysadmin).get(page).content.decode()
    changed = {key: entered[key] for key in ("unit", "scopes")}
    assert browse(sysadmin).post(page, changed | {"networks": "x"}).status_code == 400
    assert browse(sysadmin).post(page, changed | {"networks": ""}).status_code == 302
    system.refresh_from_db()
    assert system.networks == []
    call_command("create_api_client", "SMS", unit=org["province"].code, networks="10.3.0.0/16, 10.4.0.1")
    assert ApiClient.objects.get(name="SMS").networks == ["10.3.0.0/16", "10.4.0.1/32"]
    with pytest.raises(Invalid, match="UNKNOWN_NETWORK"):
        services.create_system(actor=None, name="X", unit=org["unit"], scopes=["read"], networks=["10.1"])


@pytest.mark.parametrize("token", ["\xff\xfe", "é", "x" * 64, "令".encode().decode("latin-1")])
def test_a_token_that_is_none_is_refused_and_no_failure(token: str) -> None:
    assert calls(token) == (401, "NOT_SIGNED_IN")
