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
from crm.params.reading import GROUPS
from crm.params.registry import declared, get, get_many

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


def test_a_list_takes_only_codes_it_knows(sysadmin: User) -> None:
    param = declared()["size.key_industries"]
    assert param.problem(["BANK", "POST"]) is None
    assert param.problem(["BANK", "BAKERY"]) == "choice"
    with pytest.raises(Invalid, match="PARAM_BOUNDS") as refused:
        services.change(
            actor=sysadmin, key="size.key_industries", value=["BAKERY"], effective_from=clock.today()
        )
    assert "BANK" in str(refused.value.message)
    assert not ParamValue.objects.exists()


def test_what_the_night_read_stays_readable(sysadmin: User) -> None:
    """A change for the same day, made after the night, is not what the night saw."""
    today = clock.today()
    before = clock.now()
    services.change(actor=sysadmin, key="size.b_min", value=160, effective_from=today)
    assert get_many(["size.b_min"], as_of=today, known_at=before) == {"size.b_min": 150}
    assert get_many(["size.b_min"], as_of=today, known_at=clock.now()) == {"size.b_min": 160}
    assert get_many(["size.b_min"], as_of=today) == {"size.b_min": 160}


def test_parameters_are_found_by_key_name_group_and_source(
    browse: Callable[[User], Browser], sysadmin: User
) -> None:
    browser = browse(sysadmin)
    for asked, found, lost in (
        ("q=b_min", "size.b_min", "vip.gold"),
        ("q=S0-63", "vip.gold", "size.b_min"),
        ("q=钻石", "vip.diamond", "size.b_min"),
        ("group=vip", "vip.gold", "size.b_min"),
    ):
        page = browser.get(f"/params/?{asked}").content.decode()
        assert f"/params/{found}/" in page, asked
        assert f"/params/{lost}/" not in page, asked
    assert "/params/size.b_min/" not in browser.get("/params/?only=changed").content.decode()
    services.change(
        actor=sysadmin, key="size.b_min", value=160, effective_from=clock.today() + timedelta(days=3)
    )
    assert "/params/size.b_min/" in browser.get("/params/?only=planned").content.decode()
    assert "没有" in browser.get("/params/?q=zzzz").content.decode()


def test_every_change_says_who_from_what_to_what(browse: Callable[[User], Browser], sysadmin: User) -> None:
    for value in (160, 170):
        services.change(
            actor=sysadmin, key="size.b_min", value=value, effective_from=clock.today(), reason=f"通知{value}"
        )
    page = " ".join(browse(sysadmin).get("/params/changes/").content.decode().split())
    assert "150 → <strong>160</strong>" in page
    assert "160 → <strong>170</strong>" in page
    assert "通知170" in page
    assert str(sysadmin) in page


def test_codes_are_words_on_the_page_and_chosen_from_a_list(
    browse: Callable[[User], Browser], sysadmin: User
) -> None:
    browser = browse(sysadmin)
    page = browser.get("/params/vip.brands/").content.decode()
    assert "全球通" in page
    assert 'type="checkbox"' in page
    fields = {"effective_from": clock.today().isoformat(), "reason": "品牌整合"}
    assert browser.post("/params/vip.brands/", fields | {"value": ["GOTONE", "ODD"]}).status_code == 400
    assert browser.post("/params/vip.brands/", fields | {"value": ["GOTONE", "MZONE"]}).status_code == 302
    assert get("vip.brands", as_of=clock.today()) == ["GOTONE", "MZONE"]
    line = " ".join(browser.get("/params/vip.brands/").content.decode().split())
    assert "全球通 → 全球通, " in line
    assert "YEARLY" not in browser.get("/params/?group=vip").content.decode()
