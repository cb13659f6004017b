"""Before the visit: the sheet, the solutions that fit, what was looked at."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client, CompetitorInfo, Industry
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import Forbidden, NotFound
from knowledge import services as library
from knowledge.models import Solution
from members.models import ContactTrait
from scoring.models import PointAccount, PointLot
from tests import factories
from visits import services
from visits.models import SolutionUse, Visit
from visits.reading import prep
from visits.services.consulting import consult

pytestmark = pytest.mark.django_db
NEW = {"title": "园区专线提速", "category": "SUCCESS", "summary": "三周换下联通", "body": "先测速,再谈价"}


@pytest.fixture
def visit(owner: User, acme: Client) -> Visit:
    """Return a planned visit of the owner."""
    return services.plan_visit(
        actor=owner, client=acme, planned_at=clock.now(), purposes=["P1", "P2"], place="三楼会议室",
        purpose_note="专线续约", benefit="省一半月租",
    )  # fmt: skip


def published(actor: User, **values: Any) -> Solution:
    """Upload and publish a solution."""
    made = library.save_solution(actor=actor, values=NEW | values)
    return library.move_solution(actor=actor, solution_id=made.pk, act="publish")


@pytest.mark.spec("S1-07")
def test_fitting_solutions_come_best_first_and_say_why(gcdept: User, visit: Visit, acme: Client) -> None:
    acme.industry = Industry.objects.get(code="6621")
    acme.value_tier = "A1"
    acme.save()
    by_tier = published(gcdept, title="大客户答谢", tiers=["A1"])
    by_both = published(gcdept, industries=[Industry.objects.get(code="J")], tiers=["A1"])
    published(gcdept, title="别的行业", tiers=["C"])
    visit.refresh_from_db()
    found = prep.solutions_for(visit)
    assert [row.solution for row in found] == [by_both, by_tier]
    assert found[0].reason == "同行业：金融业 · 适合 A1 类"


@pytest.mark.spec("S1-07")
def test_looking_at_a_solution_is_recorded_once_by_who_makes_the_visit(
    gcdept: User, owner: User, colleague: User, stranger: User, visit: Visit
) -> None:
    solution = published(gcdept)
    draft = library.save_solution(actor=gcdept, values=NEW)
    for _time in range(2):
        consult(actor=owner, visit=visit, solution_id=solution.pk)
    assert SolutionUse.objects.get().user == owner
    with pytest.raises(NotFound):
        consult(actor=owner, visit=visit, solution_id=draft.pk)
    with pytest.raises(Forbidden):
        consult(actor=colleague, visit=visit, solution_id=solution.pk)
    with pytest.raises(NotFound):
        consult(actor=stranger, visit=visit, solution_id=solution.pk)
    assert SolutionUse.objects.count() == 1


@pytest.mark.spec("S1-07")
def test_reading_from_the_visit_leaves_the_note_on_page_and_api(
    browse: Callable[[User | None], Browser],
    api: Callable[[User | None], APIClient],
    gcdept: User,
    owner: User,
    visit: Visit,
    acme: Client,
) -> None:
    Client.objects.filter(pk=acme.pk).update(value_tier="A1")
    solution = published(gcdept, tiers=["A1"])
    page = browse(owner)
    assert solution.title in page.get(f"/visits/{visit.pk}/solutions/").content.decode()
    answer = page.post(f"/visits/{visit.pk}/solutions/{solution.pk}/")
    assert answer["Location"] == f"/knowledge/{solution.pk}/"
    assert "查阅" in page.get(f"/visits/{visit.pk}/solutions/").content.decode()
    other = published(gcdept, title="另一个")
    done = api(owner).post(f"/api/v1/visits/{visit.pk}:consulted", {"solution": other.pk}, format="json")
    assert done.status_code == 200
    assert SolutionUse.objects.count() == 2


def filled(owner: User, acme: Client, org: dict[str, OrgUnit]) -> None:
    """Give the client everything the sheet tells of."""
    today = clock.today()
    key = factories.make_contact(
        acme, "KEY_PERSON", name="王建国", salutation="总", mobile="13900001234",
        birthday=(today + timedelta(days=3)).replace(year=1972),
    )  # fmt: skip
    ContactTrait.objects.create(contact=key, kind="TABOO", text="不喝酒", noted_on=today)
    customer = factories.make_customer(org["unit"], acme, msisdn=key.mobile, star=5)
    account = PointAccount.objects.create(customer=customer)
    PointLot.objects.create(
        account=account, lot_year=today.year - 2, earned_consumption=1234, expires_on=date(today.year, 12, 31)
    )
    factories.make_agreement(acme, no="XY-1", expires_on=today + timedelta(days=20))
    CompetitorInfo.objects.create(
        client=acme, operator="CT", action="报价低一成", seen_on=today, impact="MID", disposition="WATCH"
    )
    for number in range(4):
        past = services.plan_visit(
            actor=owner, client=acme, planned_at=clock.now() - timedelta(days=number), purposes=["P2"],
            place="三楼",
        )  # fmt: skip
        services.write_log(
            actor=owner, visit=past,
            values={
                "opinion_asked": True, "results": {"P2": f"第{number}次聊了近况"}, "next_step": "送报价",
                "next_due_on": today,
            },
        )  # fmt: skip
        services.submit_log(actor=owner, visit=past)


@pytest.mark.spec("S1-07", "S1-19", "S1-41", "S1-44", "S1-49")
def test_the_sheet_tells_what_is_known_owed_and_fitting(
    browse: Callable[[User | None], Browser], gcdept: User, owner: User, visit: Visit, acme: Client,
    org: dict[str, OrgUnit],
) -> None:  # fmt: skip
    filled(owner, acme, org)
    Client.objects.filter(pk=acme.pk).update(value_tier="A1")
    published(gcdept, tiers=["A1"])
    text = browse(owner).get(f"/visits/{visit.pk}/sheet/").content.decode()
    for words in (
        "专线续约", "省一半月租", "三楼会议室", "王建国", "13900001234", "5 星", "1,234", "不喝酒", "XY-1",
        "报价低一成", "送报价", "园区专线提速", "敲门三下", "第0次", "第2次", "三句半", "客户需求情况分析",
    ):  # fmt: skip
        assert words in text, words
    assert "第3次" not in text


@pytest.mark.spec("S1-33")
def test_the_sheet_may_be_kept_for_offline(
    browse: Callable[[User | None], Browser], owner: User, visit: Visit
) -> None:
    page = browse(owner)
    first, second = (page.get(f"/visits/{visit.pk}/sheet/") for _time in range(2))
    assert first.content == second.content
    text = first.content.decode()
    assert "csrf" not in text.lower()
    assert "<form" not in text


def test_who_does_not_manage_the_client_reads_nothing_of_its_people(
    browse: Callable[[User | None], Browser], owner: User, colleague: User, visit: Visit, acme: Client,
    org: dict[str, OrgUnit],
) -> None:  # fmt: skip
    filled(owner, acme, org)
    text = browse(colleague).get(f"/visits/{visit.pk}/sheet/").content.decode()
    assert "专线续约" in text
    for words in ("王建国", "13900001234", "不喝酒", "1,234"):
        assert words not in text


def test_birthdays_ahead_cross_the_year_and_the_leap_day() -> None:
    assert prep.next_birthday(date(1970, 1, 5), date(2026, 12, 20)) == date(2027, 1, 5)
    assert prep.next_birthday(date(1980, 2, 29), date(2027, 2, 10)) == date(2027, 2, 28)
    assert prep.next_birthday(date(1980, 6, 1), date(2026, 4, 1)) is None
    assert prep.next_birthday(None, date(2026, 4, 1)) is None
