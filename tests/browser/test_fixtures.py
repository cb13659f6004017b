"""The tools of browser tests work, so that a test that uses them can fail."""

import pytest

from crm.accounts.models import User
from tests.browser.fixtures import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_page_opens_in_chinese_for_a_stranger(visit: Visit) -> None:
    page = visit()
    page.goto("/accounts/login/")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"


def test_a_person_is_signed_in(visit: Visit, owner: User) -> None:
    page = visit(owner, phone=True)
    page.goto("/")
    assert "/accounts/login" not in page.url
