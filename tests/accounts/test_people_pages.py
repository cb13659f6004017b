"""The administrator's pages: accounts, units, client systems."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.choices import Grade, Track
from crm.accounts.models import ApiClient, OrgUnit, User
from crm.audit.history import changes_of
from crm.audit.models import AuditEvent

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Browser]


def form(org: dict[str, OrgUnit], **fields: str) -> dict[str, str]:
    """Return a filled form of a new account."""
    return {"staff_no": "n1", "full_name": "李四", "org_unit": str(org["unit"].pk)} | fields


@pytest.mark.spec("E201", "S1-09")
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("西湖区_李四", 200),
        ("西湖区_李四2", 200),
        ("", 200),
        ("李四", 400),
        ("西湖区-李四", 400),
        ("西湖区_", 400),
        ("_李四", 400),
        ("没有这个部门_李四", 400),
    ],
)
def test_a_registered_name_is_department_underscore_name(
    browse: Browse, sysadmin: User, org: dict[str, OrgUnit], name: str, status: int
) -> None:
    response = browse(sysadmin).post("/accounts/users/add/", form(org, username=name))
    assert response.status_code == status
    assert User.objects.filter(staff_no="n1").exists() is (status == 200)


def test_the_one_time_password_is_shown_once_and_works(
    browse: Browse, sysadmin: User, org: dict[str, OrgUnit]
) -> None:
    response = browse(sysadmin).post("/accounts/users/add/", form(org))
    password = response.context["password"]
    assert password in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert User.objects.get(staff_no="n1").check_password(password)
    assert password not in str(list(AuditEvent.objects.values()))


def test_nobody_takes_somebody_elses_number_as_a_name(
    browse: Browse, sysadmin: User, owner: User, org: dict[str, OrgUnit]
) -> None:
    User.objects.filter(pk=owner.pk).update(username="西湖区_李四")
    response = browse(sysadmin).post("/accounts/users/add/", form(org, staff_no="西湖区_李四"))
    assert response.status_code == 400


def test_closing_an_account_names_what_is_left_behind(browse: Browse, sysadmin: User, acme: Client) -> None:
    assert acme.am is not None
    page = browse(sysadmin).get(f"/accounts/users/{acme.am.pk}/")
    assert [(item.count) for item in page.context["consequences"]] == [1]


def test_nobody_closes_the_own_account(browse: Browse, sysadmin: User) -> None:
    browse(sysadmin).post(f"/accounts/users/{sysadmin.pk}/disable/")
    sysadmin.refresh_from_db()
    assert sysadmin.is_active


def test_a_change_leaves_actor_and_old_value(browse: Browse, sysadmin: User, owner: User) -> None:
    browse(sysadmin).post(
        f"/accounts/users/{owner.pk}/edit/",
        {"staff_no": "owner", "full_name": "新名", "org_unit": str(owner.org_unit_id)},
    )
    owner.refresh_from_db()
    change = changes_of(owner)[0]
    assert change.who == sysadmin.full_name
    assert [(f.name, f.old, f.new) for f in change.fields] == [("full_name", "owner某", "新名")]


def test_the_list_is_the_team(
    browse: Browse, head: User, owner: User, stranger: User, sysadmin: User
) -> None:
    people = browse(head).get("/accounts/users/").context["people"]
    assert {person.staff_no for person in people} == {"head", "owner"}
    found = browse(sysadmin).get("/accounts/users/?q=stran").context["people"]
    assert [person.staff_no for person in found] == ["stranger"]


@pytest.mark.spec("S4-04", "S4-12")
@pytest.mark.parametrize("track", Track)
@pytest.mark.parametrize("grade", Grade)
def test_an_account_manager_holds_one_of_six_posts(
    browse: Browse, sysadmin: User, org: dict[str, OrgUnit], track: Track, grade: Grade
) -> None:
    browser = browse(sysadmin)
    assert browser.post("/accounts/users/add/", form(org, am_track=track, am_grade=grade)).status_code == 200
    person = User.objects.get(staff_no="n1")
    page = browser.get(f"/accounts/users/{person.pk}/").content.decode()
    assert str(track.label) in page
    assert str(grade.label) in page
    assert browser.post("/accounts/users/add/", form(org, staff_no="n2", am_grade="CHIEF")).status_code == 400


@pytest.mark.spec("S0-94")
@pytest.mark.parametrize("name", ["BOSS", "BI", "NRM", "SMS"])
def test_a_token_opens_the_api_until_it_is_revoked_or_the_system_is_off(
    browse: Browse, sysadmin: User, org: dict[str, OrgUnit], name: str
) -> None:
    page = browse(sysadmin).post(
        "/accounts/systems/add/", {"name": name, "unit": str(org["province"].pk), "scopes": ["read"]}
    )
    token = page.context["token"]
    system = ApiClient.objects.get(name=name)
    caller = APIClient(HTTP_AUTHORIZATION=f"Token {token}")
    assert caller.get("/api/v1/me").json()["is_system"] is True

    browse(sysadmin).post(f"/accounts/systems/{system.pk}/switch/")
    assert caller.get("/api/v1/me").status_code == 401
    browse(sysadmin).post(f"/accounts/systems/{system.pk}/switch/")
    assert caller.get("/api/v1/me").status_code == 200

    key = browse(sysadmin).get(f"/accounts/systems/{system.pk}/").context["tokens"][0].token_key
    browse(sysadmin).post(f"/accounts/systems/{system.pk}/tokens/{key}/revoke/")
    assert caller.get("/api/v1/me").status_code == 401


def test_the_command_registers_a_system(org: dict[str, OrgUnit], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_api_client", "BI", "--unit", "P33", "--scopes", "read,feeds")
    token = capsys.readouterr().out.strip()
    assert APIClient(HTTP_AUTHORIZATION=f"Token {token}").get("/api/v1/me").status_code == 200
    with pytest.raises(CommandError, match="P99"):
        call_command("create_api_client", "BI2", "--unit", "P99")
    with pytest.raises(CommandError, match="read"):
        call_command("create_api_client", "BI3", "--unit", "P33", "--scopes", "everything")
