"""The filters of the list of clients: fetched when asked for, kept in the address."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from tests import factories
from tests.browser.fixtures import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("phone", [True, False])
def test_filters_open_narrow_the_list_and_stay_ticked(
    visit: Visit, owner: User, acme: Client, org: dict[str, OrgUnit], phone: bool
) -> None:
    factories.make_client(org["unit"], owner, name="钱江潮印务有限公司")
    Client.objects.filter(pk=acme.pk).update(size_class="A")
    page = visit(owner, phone=phone)
    page.goto("/clients/?sort=name")
    shown = ".line-list .line-title" if phone else "tbody .row-title"
    expect(page.locator(shown).filter(has_text="公司")).to_have_count(2)
    page.get_by_role("button", name="筛选", exact=True).click()
    dialog = page.locator("#filter-dialog")
    expect(dialog.get_by_role("heading", name="筛选客户")).to_be_focused()
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa"]}})
    assert found.response["violations"] == []
    box = dialog.locator("input[name=size_class][value=A]")
    box.check(force=True)
    dialog.get_by_role("button", name="查看", exact=True).click()
    page.wait_for_url("**/clients/?*size_class=A*")
    assert "sort=name" in page.url
    assert "filters=" not in page.url
    expect(page.locator(shown).filter(has_text="公司")).to_have_count(1)
    # Opened again it shows what holds; what was ticked and not sent is forgotten.
    page.get_by_role("button", name="筛选").click()
    expect(box).to_be_checked()
    dialog.locator("input[name=size_class][value=B]").check(force=True)
    dialog.get_by_role("button", name="取消").click()
    page.get_by_role("button", name="筛选").click()
    expect(dialog.locator("input[name=size_class][value=B]")).not_to_be_checked()
