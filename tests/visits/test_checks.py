"""Spot checks: a draw that can be repeated, rates by rule, statements for good, a score over the months."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.models import Notification
from tests import factories
from tests.visits.test_desk import submitted
from visits import services
from visits.models import QualityMonth, SpotCheck, SpotDraw, SpotSample, VisitLog
from visits.rules import checks as rules
from workbench.duties import duties_of

Browse = Callable[[User], Browser]


@pytest.mark.spec("S1-92")
@pytest.mark.parametrize(
    ("results", "rule", "pct"),
    [
        ({}, "SC-1", 10),
        ({"OK": 9}, "SC-1", 10),
        ({"OK": 10}, "SC-H", 5),
        ({"OK": 20}, "SC-Q", 3),  # 2.5 rounded half up
        ({"OK": 20, "DOUBT": 1}, "SC-1", 10),
        ({"OK": 50, "REJECT": 1}, "SC-2", 20),
        ({"REJECT": 3}, "SC-4", 40),
    ],
)
def test_the_rate_rises_with_rejects_and_falls_with_a_clean_record(
    results: dict[str, int], rule: str, pct: int
) -> None:
    assert rules.rate_of(results, base_pct=10) == (rule, pct)
    assert rules.rate_of(results, base_pct=60)[1] <= 100


@pytest.mark.spec("S1-92")
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    frame=st.dictionaries(
        st.integers(1, 99).map(str),
        st.lists(st.integers(1, 10**6), min_size=1, max_size=40, unique=True),
        min_size=1,
        max_size=5,
    ),
    seed=st.text("0123456789abcdef", min_size=16, max_size=16),
    pct=st.integers(1, 100),
)
def test_the_same_seed_draws_the_same_and_the_share_of_each_person(
    frame: dict[str, list[int]], seed: str, pct: int
) -> None:
    rates = dict.fromkeys(frame, ("SC-1", pct))
    drawn = rules.sample(frame, rates, seed)
    assert rules.sample(dict(reversed(frame.items())), rates, seed) == drawn
    for person, logs in frame.items():
        mine = [log for log, whose in drawn if whose == int(person)]
        assert len(mine) == -(-len(logs) * pct // 100)
        assert set(mine) <= set(logs)


def test_another_seed_draws_another_sample() -> None:
    frame, rates = {"1": list(range(200))}, {"1": ("SC-1", 10)}
    assert rules.sample(frame, rates, "a") != rules.sample(frame, rates, "b")


def test_the_score_is_the_mean_of_what_results_are_worth() -> None:
    assert rules.score({"OK": 3}) == Decimal("100.0")
    assert rules.score({"OK": 1, "DOUBT": 1, "REJECT": 1}) == Decimal("50.0")
    assert rules.score({"OK": 2, "REJECT": 1}) == Decimal("66.7")


# ---- On the database


@pytest.fixture
def logs(owner: User, colleague: User, head: User, acme: Client, org: dict[str, OrgUnit]) -> list[VisitLog]:
    """Hand in twelve logs of two managers; six are approved by the head."""
    other = factories.make_client(org["unit"], colleague)
    made = [
        submitted(owner if n % 2 else colleague, acme if n % 2 else other, f"第{n}次上门,客户要求{n}日前答复")
        for n in range(12)
    ]
    for log in made[:6]:
        services.approve_log(actor=head, log=log)
    return made


def drawn(leader: User, target: str = "LOG", **fields: Any) -> SpotDraw:
    """Draw from today."""
    today = clock.today()
    values: dict[str, Any] = {"unit": leader.org_unit, "first_on": today, "last_on": today, "target": target}
    return services.draw_spot_check(actor=leader, **values | fields)


def check_all(leader: User, draw: SpotDraw, result: str = "OK", comment: str = "") -> None:
    """State the same of everything that was drawn."""
    for sample in draw.samples.all():
        services.state_check(actor=leader, sample=sample, result=result, comment=comment)


@pytest.mark.django_db
@pytest.mark.spec("S1-92")
def test_a_draw_can_be_drawn_again_after_the_logs_have_changed(leader: User, logs: list[VisitLog]) -> None:
    draw = drawn(leader)
    assert sum(len(found) for found in draw.frame.values()) == 12
    assert draw.samples.count() == 2  # one of each manager: ten per cent of six, rounded up
    submitted(logs[0].visit.owner, logs[0].visit.client, "抽查之后新交的日志,不应进入总体")
    assert services.is_reproducible(SpotDraw.objects.get())
    # The same seed over the same population is the same sample; the frozen one is not touched by new logs.
    kept = list(draw.samples.values_list("log", "person"))
    assert rules.sample(draw.frame, draw.rates, draw.seed) == kept


@pytest.mark.django_db
@pytest.mark.spec("S1-92")
def test_a_statement_stands_for_good_and_the_log_stays_as_it_is(leader: User, logs: list[VisitLog]) -> None:
    before = list(VisitLog.objects.order_by("pk").values())
    draw = drawn(leader)
    sample = draw.samples.all()[0]
    with pytest.raises(BusinessError, match="COMMENT_REQUIRED"):
        services.state_check(actor=leader, sample=sample, result="REJECT")
    services.state_check(actor=leader, sample=sample, result="REJECT", comment="与打卡地点不符")
    with pytest.raises(BusinessError, match="ALREADY_CHECKED"):
        services.state_check(actor=leader, sample=sample, result="OK")
    for change in (
        lambda: SpotCheck.objects.update(result="OK"),
        lambda: SpotCheck.objects.all().delete(),
        lambda: SpotDraw.objects.update(seed="x"),
        lambda: SpotSample.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert list(VisitLog.objects.order_by("pk").values()) == before
    told = Notification.objects.get(user=sample.person)
    assert "与打卡地点不符" in told.text
    assert told.url == reverse("visits:my-checks")


@pytest.mark.django_db
@pytest.mark.spec("S1-92")
def test_decisions_of_heads_are_checked_too_and_nobody_checks_own_ones(
    head: User, leader: User, stranger: User, org: dict[str, OrgUnit], logs: list[VisitLog]
) -> None:
    services.approve_log(actor=leader, log=logs[7])  # decided by the leader: never in the leader's sample
    draw = drawn(leader, "APPROVAL")
    assert list(draw.frame) == [str(head.pk)]
    assert len(draw.frame[str(head.pk)]) == 6
    other = factories.make_user("leader2", "UNIT_LEADER", org["unit"])
    sample = draw.samples.get()
    with pytest.raises(BusinessError, match="NOT_YOURS"):
        services.state_check(actor=other, sample=sample, result="OK")
    with pytest.raises(BusinessError, match="NOT_FOUND"):
        services.state_check(actor=stranger, sample=sample, result="OK")
    with pytest.raises(BusinessError, match="FORBIDDEN"):
        drawn(head)
    with pytest.raises(BusinessError, match="NOT_FOUND"):
        drawn(leader, unit=org["other_unit"])
    with pytest.raises(BusinessError, match="PERIOD"):
        drawn(leader, last_on=clock.today() - timedelta(days=1))
    with pytest.raises(BusinessError, match="NOTHING_TO_CHECK"):
        drawn(leader, first_on=date(2020, 1, 1), last_on=date(2020, 1, 2))


@pytest.mark.django_db
@pytest.mark.spec("S1-92")
def test_a_reject_doubles_the_next_rate_and_lowers_the_score_of_the_month(
    owner: User, leader: User, logs: list[VisitLog]
) -> None:
    check_all(leader, drawn(leader), "REJECT", "内容空泛")
    scores = {row.user_id: row for row in QualityMonth.objects.all()}
    assert (scores[owner.pk].score, scores[owner.pk].reject) == (Decimal("0.0"), 1)
    again = drawn(leader)
    assert again.rates[str(owner.pk)] == ("SC-2", 20)
    assert again.samples.count() == 4
    check_all(leader, again)
    row = QualityMonth.objects.get(user=owner)
    assert (row.score, row.checked, row.month) == (
        Decimal("66.7"), 3, clock.today().replace(day=1),
    )  # fmt: skip
    # Once the rejects lie before the window, the ordinary rate is back.
    later = clock.today() + timedelta(days=120)
    assert services.checks.rates_of([owner.pk], "LOG", as_of=later)[str(owner.pk)] == ("SC-1", 10)


@pytest.mark.django_db
@pytest.mark.spec("S1-92")
def test_the_leader_checks_one_after_the_other_and_the_manager_reads_it(
    owner: User, colleague: User, leader: User, head: User, logs: list[VisitLog], browse: Browse
) -> None:
    browser = browse(leader)
    today = clock.today().isoformat()
    assert leader.org_unit
    answer = browser.post(
        reverse("visits:check-draw"),
        {"org_unit": leader.org_unit.pk, "target": "LOG", "first_on": today, "last_on": today},
    )
    draw = SpotDraw.objects.get()
    assert answer["Location"] == reverse("visits:check", args=[draw.pk])
    assert "spot_checks" in [duty.code for duty in duties_of(leader, now=clock.now())]
    page = browser.get(answer["Location"]).content.decode()
    assert draw.seed in page
    first, second = draw.samples.all()
    item = reverse("visits:check-item", args=[first.pk])
    assert browser.post(item, {"result": "DOUBT", "comment": ""}).status_code == 400
    answer = browser.post(item, {"result": "DOUBT", "comment": "时间对不上"})
    assert answer["Location"] == reverse("visits:check-item", args=[second.pk])
    answer = browser.post(answer["Location"], {"result": "OK", "comment": ""})
    assert answer["Location"] == reverse("visits:check", args=[draw.pk])
    mine = browse(first.person).get(reverse("visits:my-checks")).content.decode()
    assert "时间对不上" in mine
    assert "50.0" in mine
    # The head sees the managers' scores, another manager only the own one.
    assert str(first.person) in browse(head).get(reverse("visits:quality")).content.decode()
    assert not QualityMonth.objects.visible_to(second.person).filter(user=first.person).exists()
    assert "spot_checks" not in [duty.code for duty in duties_of(leader, now=clock.now())]
