"""People get in by either name, guessing is locked out, and the disabled are out at their next click."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.test import Client as Browser
from django.utils import timezone

from crm.accounts import services
from crm.accounts.models import OrgUnit, User
from tests import factories

pytestmark = pytest.mark.django_db


def log_in(browser: Browser, name: str, password: str = factories.PASSWORD, **extra: Any) -> Any:
    """Send the login form."""
    return browser.post("/accounts/login/", {"username": name, "password": password}, **extra)


def inside(browser: Browser) -> bool:
    """Say whether a page opens without a login."""
    return browser.get("/accounts/profile/").status_code == 200


@pytest.mark.spec("S1-09", "E201")
@pytest.mark.parametrize("name", ["owner", "西湖区_李四"])
def test_a_person_logs_in_by_staff_number_or_registered_name(owner: User, name: str) -> None:
    User.objects.filter(pk=owner.pk).update(username="西湖区_李四")
    browser = Browser()
    assert log_in(browser, name).status_code == 302
    assert inside(browser)


def test_a_wrong_password_keeps_the_name_and_says_what_to_check(owner: User) -> None:
    response = log_in(Browser(), "owner", "wrong")
    assert response.status_code == 200
    assert 'value="owner"' in response.content.decode()


def test_five_wrong_passwords_lock_out_for_fifteen_minutes_and_no_longer(
    owner: User,
) -> None:
    browser = Browser()
    for _ in range(4):
        assert log_in(browser, "owner", "wrong").status_code == 200
    locked = log_in(browser, "owner", "wrong")
    assert locked.status_code == 429
    assert "15" in locked.content.decode()
    assert locked["Retry-After"] == "900"
    assert log_in(browser, "owner").status_code == 429

    def failed_ago(ago: timedelta) -> None:
        AccessAttempt.objects.update(attempt_time=timezone.now() - ago)

    failed_ago(timedelta(minutes=14, seconds=30))
    assert log_in(browser, "owner").status_code == 429
    failed_ago(timedelta(minutes=15, seconds=1))
    assert log_in(browser, "owner").status_code == 302


def test_both_names_of_a_person_share_one_counter(owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(username="西湖区_李四")
    browser = Browser()
    for name in ("owner", "西湖区_李四", "owner", "西湖区_李四"):
        log_in(browser, name, "wrong")
    assert log_in(browser, "西湖区_李四", "wrong").status_code == 429


def test_forged_addresses_do_not_escape_the_lockout(owner: User, settings: Any) -> None:
    browser = Browser()
    for number in range(5):
        response = log_in(browser, "owner", "wrong", HTTP_X_FORWARDED_FOR=f"10.0.0.{number}")
    assert response.status_code == 429


def test_behind_a_proxy_the_forwarded_address_counts(owner: User, settings: Any) -> None:
    settings.AXES_IPWARE_PROXY_COUNT = 1
    browser = Browser()
    for _ in range(5):
        log_in(browser, "owner", "wrong", HTTP_X_FORWARDED_FOR="1.2.3.4, 10.0.0.7")
    assert log_in(browser, "owner", HTTP_X_FORWARDED_FOR="9.9.9.9, 10.0.0.7").status_code == 429
    assert log_in(browser, "owner", HTTP_X_FORWARDED_FOR="1.2.3.4, 10.0.0.8").status_code == 302


def test_an_administrator_lifts_a_lockout(owner: User, sysadmin: User) -> None:
    browser = Browser()
    for _ in range(5):
        log_in(browser, "owner", "wrong")
    services.unlock_person(actor=sysadmin, person=owner)
    assert log_in(browser, "owner").status_code == 302


def test_the_session_of_a_disabled_person_ends_at_the_next_click(owner: User, sysadmin: User) -> None:
    browser = Browser()
    log_in(browser, "owner")
    assert inside(browser)
    services.disable_person(actor=sysadmin, person=owner)
    assert browser.get("/accounts/profile/").status_code == 302
    assert log_in(browser, "owner").status_code == 200
    services.enable_person(actor=sysadmin, person=owner)
    assert log_in(browser, "owner").status_code == 302


def test_logout_needs_a_post(owner: User, browse: Callable[[User], Browser]) -> None:
    browser = browse(owner)
    assert browser.get("/accounts/logout/").status_code == 405
    assert inside(browser)
    browser.post("/accounts/logout/")
    assert not inside(browser)


def test_a_one_time_password_leads_to_its_change_first(sysadmin: User, org: dict[str, OrgUnit]) -> None:
    _person, password = services.create_person(
        actor=sysadmin, staff_no="n1", full_name="赵六", org_unit=org["unit"]
    )
    browser = Browser()
    assert log_in(browser, "n1", password).status_code == 302
    assert browser.get("/accounts/profile/")["Location"] == "/accounts/password/"
    assert browser.get("/api/v1/me").json()["code"] == "PASSWORD_EXPIRED"
    fresh = "Eine-lange-Reise-7"
    browser.post(
        "/accounts/password/", {"old_password": password, "new_password1": fresh, "new_password2": fresh}
    )
    assert inside(browser)
    assert browser.get("/api/v1/me").status_code == 200


def test_a_language_is_kept_for_the_next_login(owner: User, browse: Callable[[User], Browser]) -> None:
    browse(owner).post("/i18n/setlang/", {"language": "en"})
    owner.refresh_from_db()
    assert owner.language == "en"
    browser = Browser()
    log_in(browser, "owner")
    assert 'lang="en"' in browser.get("/accounts/profile/").content.decode()


@pytest.mark.parametrize(
    ("seen", "page"),
    [
        ("http://testserver/clients/?q=a&view=mine", "/clients/%3Fq%3Da%26view%3Dmine"),
        ("http://elsewhere.example/", "/workbench/"),
        ("", "/workbench/"),
    ],
)
@pytest.mark.django_db
def test_who_is_signed_out_while_a_page_asks_for_a_part_comes_back_to_the_page(seen: str, page: str) -> None:
    headers = {"HX-Request": "true"} | ({"HX-Current-URL": seen} if seen else {})
    sent = Browser().get("/workbench/notifications/bell/", headers=headers)
    assert sent.status_code == 204
    assert sent["HX-Redirect"] == f"/accounts/login/?next={page}"


def test_a_stranger_is_sent_to_the_login_and_back(owner: User) -> None:
    browser = Browser()
    sent = browser.get("/accounts/profile/")
    assert sent["Location"] == "/accounts/login/?next=/accounts/profile/"
    back = browser.post(
        "/accounts/login/", {"username": "owner", "password": "demo", "next": "/accounts/profile/"}
    )
    assert back["Location"] == "/accounts/profile/"
    elsewhere = Browser().post(
        "/accounts/login/", {"username": "owner", "password": "demo", "next": "https://evil.example/"}
    )
    assert "evil" not in elsewhere["Location"]
