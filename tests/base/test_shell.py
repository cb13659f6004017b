"""The frame around every page: navigation by role, theme, language, and pages for what went wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import Client as Browser
from django.test import RequestFactory
from django.utils import translation

from crm.accounts.models import OrgUnit, User
from crm.base import nav, views
from crm.base.errors import BusinessError
from crm.base.models import Notification
from tests import factories

Browse = Callable[..., Browser]


def labels(user: User) -> list[str]:
    """Return what the navigation offers a person, by address name."""
    return [entry["item"].url_name for entry in nav.items_for(user, "/")]


@pytest.mark.django_db
def test_the_navigation_offers_what_the_role_may_open(owner: User, head: User, sysadmin: User) -> None:
    assert "visits:desk" not in labels(owner)
    assert "visits:desk" in labels(head)
    assert "clients:list" in labels(owner)
    assert "clients:list" not in labels(sysadmin)
    assert {"accounts:users", "params:list", "audit:events"} <= set(labels(sysadmin))


@pytest.mark.django_db
def test_a_clerk_of_a_hall_is_offered_customers_not_the_figures_of_clients(
    org: dict[str, OrgUnit], browse: Browse
) -> None:
    clerk = factories.make_user("hall1", "HALL", org["unit"])
    assert "members:customers" in labels(clerk)
    assert not {"scoring:migration", "scoring:segments", "scoring:concentration"} & set(labels(clerk))
    assert 'href="/customers/"' in browse(clerk).get("/workbench/").content.decode().split("<main", 1)[1]


@pytest.mark.parametrize("role", ["owner", "head", "provadmin", "sysadmin", "auditor"])
@pytest.mark.django_db
def test_every_entry_of_the_navigation_opens(
    role: str, browse: Browse, request: pytest.FixtureRequest
) -> None:
    person: User = request.getfixturevalue(role)
    page = browse(person)
    closed = [
        e["url"] for e in nav.items_for(person, "/") if page.get(e["url"], follow=True).status_code != 200
    ]
    assert closed == []


@pytest.mark.django_db
def test_the_phone_has_at_most_four_places_beside_me_and_no_place_twice(
    owner: User, head: User, provadmin: User, sysadmin: User, auditor: User
) -> None:
    for person in (owner, head, provadmin, sysadmin, auditor):
        entries = nav.items_for(person, "/")
        places = [entry["item"].thumb for entry in nav.thumbs_for(entries)]
        assert len(places) == len(set(places)) <= 4


@pytest.mark.django_db
def test_the_longest_address_that_leads_here_is_marked_as_current(head: User) -> None:
    current = [entry["item"].url_name for entry in nav.items_for(head, "/visits/desk/") if entry["current"]]
    assert current == ["visits:desk"]


@pytest.mark.django_db
def test_what_stands_under_a_hub_is_a_tab_there_and_not_a_line_of_its_own(
    owner: User, sysadmin: User, browse: Browse
) -> None:
    entries = nav.items_for(owner, "/visits/gifts/")
    lines = {entry["item"].url_name: entry["current"] for entry in nav.lines_of(entries)}
    assert lines["visits:list"] is True
    assert not {"visits:gifts", "visits:meetings", "members:coverage", "clients:merges"} & set(lines)
    page = browse(owner)
    for address in ("/visits/", "/visits/gifts/", "/visits/meetings/"):
        tabs = page.get(address).content.split(b'class="hub-tabs')[1].split(b"</nav>")[0]
        assert [tabs.count(b'href="%s"' % one) for one in (b"/visits/", b"/visits/gifts/")] == [1, 1]
        assert tabs.count(b'aria-current="page"') == 1
    assert b"hub-tabs" not in page.get("/visits/plan/").content
    # Every entry is still found by search and by those whose hub is closed to them.
    assert {"visits:gifts", "members:coverage"} <= set(labels(owner))
    assert nav.tabs_for(nav.items_for(sysadmin, "/accounts/users/"), "/accounts/users/") == []


@pytest.mark.django_db
def test_a_tab_is_a_line_where_its_hub_is_closed(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = nav.Item("visits:gifts", "Gifts", "gift", ("visits.view",), hub="accounts:units")
    monkeypatch.setattr(nav, "ITEMS", (closed,))
    entries = nav.items_for(owner, "/visits/gifts/")
    assert [entry["item"].url_name for entry in nav.lines_of(entries)] == ["visits:gifts"]
    assert nav.tabs_for(entries, "/visits/gifts/") == []


@pytest.mark.django_db
def test_an_act_opened_by_its_address_gets_a_page_and_not_a_blank_window(owner: User, browse: Browse) -> None:
    answer = browse(owner).get("/workbench/notifications/read/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    page = answer.content.decode()
    assert "没有单独的页面" in page
    assert 'href="/"' in page
    assert browse(owner).get("/api/v1/nothing/").headers["Content-Type"].startswith("application/json")


@pytest.mark.django_db
def test_the_theme_of_the_cookie_is_in_the_markup_and_nonsense_is_not(owner: User, browse: Browse) -> None:
    page = browse(owner)
    page.cookies["theme"] = "dark"
    assert b'data-bs-theme="dark"' in page.get("/accounts/profile/").content
    page.cookies["theme"] = '"><script>'
    answer = page.get("/accounts/profile/").content
    assert b"data-bs-theme=" not in answer
    assert b'"><script>' not in answer


@pytest.mark.django_db
def test_the_page_speaks_the_chosen_language_and_says_so_to_readers(owner: User, browse: Browse) -> None:
    page = browse(owner)
    assert 'lang="zh-Hans"' in page.get("/accounts/profile/").content.decode()
    page.post("/i18n/setlang/", {"language": "en", "next": "/accounts/profile/"})
    answer = page.get("/accounts/profile/").content.decode()
    assert 'lang="en"' in answer
    assert "Log out" in answer


@pytest.mark.django_db
def test_the_bell_counts_unread_notifications_of_this_person_only(
    owner: User, colleague: User, browse: Browse
) -> None:
    for number, person in enumerate((owner, owner, colleague)):
        Notification.objects.create(user=person, kind="test", text="x", url="/", key=f"test-{number}")
    answer = browse(owner).get("/accounts/profile/")
    assert answer.context["unread"] == 2
    assert "2 条未读通知" in answer.content.decode()


@pytest.mark.django_db
def test_no_page_of_the_shell_needs_inline_script_or_style(owner: User, browse: Browse) -> None:
    for person, address in ((None, "/accounts/login/"), (owner, "/accounts/profile/"), (owner, "/nowhere/")):
        text = browse(person).get(address, follow=True).content.decode()
        assert ' style="' not in text
        assert "<style" not in text
        assert "onclick=" not in text
        assert "<script>" not in text


@pytest.mark.django_db
def test_demonstration_logins_are_shown_in_demonstrations_only(browse: Browse, settings: Any) -> None:
    settings.DEMO = False
    assert b'data-login="am1"' not in browse().get("/accounts/login/").content
    settings.DEMO = True
    assert b'data-login="am1"' in browse().get("/accounts/login/").content


@pytest.mark.django_db
def test_a_page_that_does_not_exist_keeps_the_navigation(owner: User, browse: Browse) -> None:
    answer = browse(owner).get("/nowhere/")
    assert answer.status_code == 404
    assert "页面不存在" in answer.content.decode()
    assert 'href="/accounts/profile/"' in answer.content.decode()


@pytest.mark.parametrize(
    ("failure", "status", "sentence"),
    [(ValueError("secret detail"), 500, "系统出了问题"), (OperationalError("down"), 503, "服务暂不可用")],
)
def test_our_own_failure_is_said_without_database_person_or_details(
    failure: Exception, status: int, sentence: str
) -> None:
    # Not marked django_db: any query here fails the test.
    try:
        raise failure
    except type(failure):
        answer = views.server_error(RequestFactory().get("/"))
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert "secret" not in answer.content.decode()
    assert ("Retry-After" in answer) is (status == 503)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["zh-hans", "en"])
def test_a_refusal_shows_its_sentence_and_not_its_code(code: str, rf: RequestFactory, owner: User) -> None:
    request = rf.get("/")
    request.user = owner
    error = BusinessError("SECRET_CODE", "没有关键人,不能提交。")
    with translation.override(code):
        text = render_to_string("errors/refused.html", {"error": error, "message": error.message}, request)
    assert "没有关键人,不能提交。" in text
    assert "SECRET_CODE" not in text
