"""The same people in every test, on real PostgreSQL.

`owner` manages `acme`; `colleague` works in the same unit; `stranger` in another; `head` and `leader` are
over the unit; `gcdept` and `auditor` over the city; `provadmin` over the province; `sysadmin` over all.
"""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client as Browser
from django.utils import translation
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from tests import factories

pytest_plugins = ["tests.isolation", "tests.browser.fixtures"]


@pytest.fixture(autouse=True)
def chinese() -> None:
    """Begin every test in Chinese, whatever language the one before it left behind."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def org(db: None) -> dict[str, OrgUnit]:
    """Return the tree of units by short name."""
    return factories.make_org()


def _person(name: str) -> Callable[[dict[str, OrgUnit]], User]:
    @pytest.fixture(name=name)
    def fixture(org: dict[str, OrgUnit]) -> User:
        role, unit = factories.ROLE_OF[name]
        return factories.make_user(name, role, org[unit], full_name=f"{name}某")

    return fixture


owner = _person("owner")
colleague = _person("colleague")
stranger = _person("stranger")
head = _person("head")
leader = _person("leader")
gcdept = _person("gcdept")
provadmin = _person("provadmin")
sysadmin = _person("sysadmin")
auditor = _person("auditor")


@pytest.fixture
def acme(org: dict[str, OrgUnit], owner: User) -> Client:
    """Return a filed client that `owner` manages."""
    return factories.make_client(
        org["unit"], owner, name="西湖龙井茶业有限公司", search_text="西湖龙井茶业有限公司 xhljcyyxgs"
    )


@pytest.fixture
def foreign(org: dict[str, OrgUnit], stranger: User) -> Client:
    """Return a filed client of another unit that `stranger` manages."""
    return factories.make_client(
        org["other_unit"], stranger, name="滨江软件有限公司", search_text="滨江软件有限公司 bjrjyxgs"
    )


@pytest.fixture
def browse() -> Callable[[User | None], Browser]:
    """Return a function that gives a test browser in which the person is logged in."""

    def inside(user: User | None = None) -> Browser:
        browser = Browser()
        if user:
            browser.force_login(user, backend="crm.accounts.backends.StaffNumberOrRegisteredName")
        return browser

    return inside


@pytest.fixture
def api() -> Callable[[User | None], APIClient]:
    """Return a function that gives an API client that speaks as the person."""

    def speak(user: User | None = None) -> APIClient:
        client = APIClient()
        if user:
            client.force_authenticate(User.objects.get(pk=user.pk))
        return client

    return speak
