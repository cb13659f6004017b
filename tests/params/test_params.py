"""A parameter changes from its day on, inside its bounds, with a trace."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client as Browser

from crm.accounts.models import User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import Invalid
from crm.params import services
from crm.params.models import ParamValue
from crm.params.registry import declared, get
from crm.params.views import GROUPS

pytestmark = pytest.mark.django_db


def test_every_default_is_inside_its_own_bounds() -> None:
    assert declared()
    assert {
        key: param.problem(param.default) for key, param in declared().items() if param.problem(param.default)
    } == {}


def test_every_group_of_parameters_has_a_name_for_people() -> None:
    assert {key.split(".")[0] for key in declared()} - set(GROUPS) == set()


def test_a_value_holds_from_its_day_on(sysadmin: User) -> None:
    today = clock.today()
    later = today + timedelta(days=3)
    services.change(actor=sysadmin, key="size.b_min", value=160, effective_from=later)
    assert get("size.b_min", as_of=later - timedelta(days=1)) == 150
    assert get("size.b_min", as_of=later) == 160
    services.change(actor=sysadmin, key="size.b_min", value=170, effective_from=later)
    assert get("size.b_min", as_of=later) == 170
    assert AuditEvent.objects.filter(action="params.changed", actor=sysadmin).count() == 2


@pytest.mark.parametrize(
    ("value", "fits"), [(0, False), (1, True), (100_000, True), (100_001, False), ("9", False)]
)
def test_bounds_are_kept(sysadmin: User, value: object, fits: bool) -> None:
    if fits:
        services.change(actor=sysadmin, key="size.b_min", value=value, effective_from=clock.today())
    else:
        with pytest.raises(Invalid, match="PARAM_BOUNDS"):
            services.change(actor=sysadmin, key="size.b_min", value=value, effective_from=clock.today())
    assert ParamValue.objects.filter(key="size.b_min").exists() is fits


def test_a_change_cannot_reach_into_the_past(sysadmin: User) -> None:
    with pytest.raises(Invalid, match="PARAM_PAST"):
        services.change(
            actor=sysadmin, key="size.b_min", value=160, effective_from=clock.today() - timedelta(days=1)
        )


def test_the_page_changes_a_value_and_refuses_a_wrong_one(
    browse: Callable[[User], Browser], sysadmin: User
) -> None:
    browser = browse(sysadmin)
    today = clock.today().isoformat()
    wrong = browser.post(
        "/params/size.b_min/", {"value": "-1", "effective_from": today, "reason": "省公司通知"}
    )
    assert wrong.status_code == 400
    assert get("size.b_min", as_of=clock.today()) == 150
    right = browser.post(
        "/params/size.b_min/", {"value": "160", "effective_from": today, "reason": "省公司通知"}
    )
    assert right.status_code == 302
    assert get("size.b_min", as_of=clock.today()) == 160


def test_every_parameter_opens(browse: Callable[[User], Browser], sysadmin: User) -> None:
    browser = browse(sysadmin)
    for key in declared():
        assert browser.get(f"/params/{key}/").status_code == 200, key
