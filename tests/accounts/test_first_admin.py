"""An empty installation gets its first administrator from the command line, once."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client as Browser

from crm.accounts.models import OrgUnit, User

pytestmark = pytest.mark.django_db


def test_the_first_administrator_may_log_in_and_administers_everything(client: Browser) -> None:
    out = io.StringIO()
    call_command("create_first_admin", "1000001", name="张三", stdout=out)
    password = out.getvalue().strip()
    client.post("/accounts/login/", {"username": "1000001", "password": password})
    assert "_auth_user_id" in client.session
    person = User.objects.get()
    assert person.must_change_password
    assert person.can("accounts.manage")
    assert set(OrgUnit.objects.managed_by(person)) == set(OrgUnit.objects.all())


def test_a_second_one_is_refused_and_nothing_is_made() -> None:
    call_command("create_first_admin", "1000001", stdout=io.StringIO())
    with pytest.raises(CommandError, match=r"administrator|管理员"):
        call_command("create_first_admin", "1000002", stdout=io.StringIO())
    assert User.objects.count() == 1


def test_the_top_unit_that_is_there_is_kept(org: dict[str, OrgUnit]) -> None:
    units = OrgUnit.objects.count()
    call_command("create_first_admin", "1000001", stdout=io.StringIO())
    assert OrgUnit.objects.count() == units
    assert User.objects.get().org_unit == org["group"]
