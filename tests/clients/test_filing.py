"""Making files: guards, duplicates, approval, closing — through the services every door uses."""

from collections.abc import Callable
from typing import Any

import pytest

from clients import services
from clients.models import Client, ClientStatusHistory
from crm.accounts.models import OrgUnit, User
from crm.base.errors import BusinessError
from tests import factories

pytestmark = pytest.mark.django_db
USCC = "91350100M000100Y43"


def new(actor: User, unit: OrgUnit, **values: Any) -> Client:
    defaults = {"name": "龙井茶叶合作社", "institution_type": "QY", "institution_subtype": "QY2"}
    return services.create_client(actor=actor, org_unit=unit, values=defaults | values)


def refused(act: Callable[[], Any]) -> BusinessError:
    with pytest.raises(BusinessError) as caught:
        act()
    return caught.value


@pytest.mark.spec("S1-63", "S0-54")
def test_a_manager_files_through_the_head(org: dict[str, OrgUnit], owner: User, head: User) -> None:
    client = new(owner, org["dept"])
    assert (client.filing, client.am, client.client_code[:4]) == ("DRAFT", owner, "3301")
    factories.make_contact(client, "KEY_PERSON")
    factories.make_contact(client)
    services.submit_client(actor=owner, client_id=client.pk)
    assert head.notifications.get().kind == "clients.file_submitted"
    filed = services.approve_client(actor=head, client_id=client.pk)
    assert filed.filing == "FILED"
    assert ClientStatusHistory.objects.get(client=client).new == "POTENTIAL"


@pytest.mark.spec("E096", "S1-81")
def test_a_file_without_contact_cannot_be_submitted(org: dict[str, OrgUnit], owner: User) -> None:
    client = new(owner, org["dept"])
    assert (
        refused(lambda: services.submit_client(actor=owner, client_id=client.pk)).code == "KEY_PERSON_MISSING"
    )
    factories.make_contact(client, "KEY_PERSON")
    assert refused(lambda: services.submit_client(actor=owner, client_id=client.pk)).code == "CONTACT_MISSING"
    factories.make_contact(client)
    assert services.submit_client(actor=owner, client_id=client.pk).filing == "SUBMITTED"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"key_industry": "BANK", "bank_level": "SAVINGS"}, "BANK_LEVEL_TOO_LOW", marks=pytest.mark.spec("E081", "S0-40")),
        pytest.param({"key_industry": "BANK", "bank_level": "SUB_BRANCH"}, None, marks=pytest.mark.spec("E082")),
        pytest.param({"key_industry": "BANK", "bank_level": "OFFICE"}, "BANK_LEVEL_TOO_LOW", marks=pytest.mark.spec("E083", "S0-41")),
    ],
)  # fmt: skip
def test_banks_are_filed_down_to_the_sub_branch(
    org: dict[str, OrgUnit], head: User, values: dict[str, Any], code: str | None
) -> None:
    if code is None:
        assert new(head, org["unit"], **values).filing == "FILED"
    else:
        error = refused(lambda: new(head, org["unit"], **values))
        assert (error.code, error.status) == (code, 409)
        assert "bank_level" in error.fields
        assert error.details["way_out"]
