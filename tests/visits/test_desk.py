"""The approval desk: what changed since a return, filters, the inbox by kind, reminders and escalation."""

import re
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts import services as accounts
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.inbox import waiting_for
from crm.base.models import Notification
from crm.base.workdays import Hours
from tests import factories
from visits import services
from visits.choices import Doubt, LogState
from visits.filters import DeskFilter
from visits.models import LogReturn, Visit, VisitLog
from visits.rules.figures import log_figures

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Browser]
HX = {"HX-Request": "true"}
RESULT = "介绍了云专线,客户愿意下周试用两条线路"
FRIDAY = date(2026, 11, 20)


def submitted(
    owner: User, client: Client, result: str = RESULT, *, day: datetime | None = None, **values: Any
) -> VisitLog:
    """Make a log that waits for approval, checked in."""
    moment = day or clock.now()
    visit = services.plan_visit(
        actor=owner, client=client, planned_at=moment, purposes=["P1"], place="三楼",
        unscheduled_reason="来电",
    )  # fmt: skip
    services.check_in(actor=owner, visit=visit, arrived_at=moment)
    services.write_log(
        actor=owner, visit=visit, values={"opinion_asked": True, "results": {"P1": result}} | values
    )
    return services.submit_log(actor=owner, visit=visit, now=moment)


# ---- Returned and handed in again


@pytest.mark.spec("S1-91")
def test_a_log_handed_in_again_shows_what_changed_side_by_side(
    owner: User, head: User, acme: Client, browse: Browse
) -> None:
    log = submitted(owner, acme, "好")
    services.return_log(actor=head, log=log, reason="结果太简单")
    due = clock.today() + timedelta(days=3)
    values = {"opinion_asked": True, "results": {"P1": RESULT}, "next_step": "送报价", "next_due_on": due}
    services.write_log(actor=owner, visit=log.visit, values=values)
    again = services.submit_log(actor=owner, visit=log.visit)
    changes = services.changes_since(LogReturn.objects.get(), again)
    assert [(one.before, one.after) for one in changes] == [
        ("好", RESULT), ("", "送报价"), ("", due.isoformat()),
    ]  # fmt: skip
    assert Doubt.UNCHANGED not in again.doubts
    page = browse(head).get(reverse("visits:desk")).content.decode()
    assert "<del>好</del>" in page
    assert f"<ins>{RESULT}</ins>" in page
    assert "结果太简单" in page


def test_a_log_handed_in_again_unchanged_is_doubtful_first(owner: User, head: User, acme: Client) -> None:
    log = submitted(owner, acme)
    services.return_log(actor=head, log=log, reason="缺下一步")
    again = services.submit_log(actor=owner, visit=log.visit)
    assert again.doubts[0] == Doubt.UNCHANGED


COMES_AGAIN = clock.at(clock.today() + timedelta(days=7), 15)
LATER = COMES_AGAIN + timedelta(days=7)


@pytest.mark.spec("S1-91")
@pytest.mark.parametrize(
    ("field", "value", "before", "after"),
    [
        ("card_given", True, "否", "是"),
        ("left_early", False, "是", "否"),
        ("next_visit_at", LATER, clock.at_minute(COMES_AGAIN), clock.at_minute(LATER)),
        ("competitor_operator", "CU", "", "中国联通"),
        ("competitor_product", "千兆专线", "", "千兆专线"),
    ],
)
def test_every_field_a_writer_mends_counts_as_a_change(
    owner: User, head: User, acme: Client, *, field: str, value: Any, before: str, after: str
) -> None:
    log = submitted(owner, acme, left_early=True, next_visit_at=COMES_AGAIN)
    services.return_log(actor=head, log=log, reason="请核对")
    services.write_log(actor=owner, visit=log.visit, values={field: value})
    again = services.submit_log(actor=owner, visit=log.visit)
    assert Doubt.UNCHANGED not in again.doubts
    changes = services.changes_since(LogReturn.objects.get(), again)
    assert [(one.before, one.after) for one in changes] == [(before, after)]


def test_the_same_next_visit_in_another_zone_is_no_change(owner: User, head: User, acme: Client) -> None:
    log = submitted(owner, acme, left_early=True, next_visit_at=COMES_AGAIN)
    services.return_log(actor=head, log=log, reason="请核对")
    services.write_log(actor=owner, visit=log.visit, values={"next_visit_at": COMES_AGAIN.astimezone(UTC)})
    again = services.submit_log(actor=owner, visit=log.visit)
    assert again.doubts[0] == Doubt.UNCHANGED


def test_a_return_that_kept_fewer_fields_is_compared_by_those(owner: User, head: User, acme: Client) -> None:
    log = submitted(owner, acme)
    LogReturn.objects.create(
        log=log, log_version=log.version, returned_by=head, returned_at=clock.now(), reason="缺下一步",
        said={"purposes": ["P1"], "results": {"P1": RESULT}, "next_step": ""},
    )  # fmt: skip
    VisitLog.objects.filter(pk=log.pk).update(state=LogState.RETURNED)
    again = services.submit_log(actor=owner, visit=log.visit)
    assert again.doubts[0] == Doubt.UNCHANGED
    assert services.changes_since(LogReturn.objects.get(), again) == []


def test_what_a_log_said_when_it_was_returned_never_changes(owner: User, head: User, acme: Client) -> None:
    services.return_log(actor=head, log=submitted(owner, acme), reason="缺下一步")
    for change in (
        lambda: LogReturn.objects.update(reason="x"),
        lambda: LogReturn.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert LogReturn.objects.get().reason == "缺下一步"


@pytest.mark.spec("S1-91")
def test_bulk_approval_leaves_what_was_handed_in_again_meanwhile(
    owner: User, head: User, leader: User, acme: Client, browse: Browse, api: Callable[[User], APIClient]
) -> None:
    read, sound = submitted(owner, acme), submitted(owner, acme, "客户要企业邮箱的书面报价,周三前给")
    services.return_log(actor=leader, log=read, reason="缺下一步")
    services.write_log(actor=owner, visit=read.visit, values={"next_step": "送报价"})
    services.submit_log(actor=owner, visit=read.visit)
    chosen = {"log": [f"{read.pk}-{read.version}", f"{sound.pk}-{sound.version}"]}
    page = browse(head).post(reverse("visits:approve-many"), chosen).content.decode()
    assert f'<li data-log="{read.pk}">' in page
    states = dict(VisitLog.objects.values_list("pk", "state"))
    assert states == {read.pk: LogState.SUBMITTED, sound.pk: LogState.APPROVED}
    answer = api(head).post(
        reverse("api-visit-logs-approve"), {"logs": [read.pk], "versions": {read.pk: 1}}, format="json"
    )
    assert [one["code"] for one in answer.json()] == ["STALE"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.spec("S1-91")
def test_of_approving_and_returning_at_the_same_moment_one_wins(
    owner: User, head: User, leader: User, acme: Client
) -> None:
    for turn in range(4):
        log = submitted(owner, acme, f"{RESULT}第{turn}次")
        gate = threading.Barrier(2)
        answers: list[str] = []

        def decide(act: Callable[[], Any], gate: threading.Barrier = gate, said: list[str] = answers) -> None:
            gate.wait(10)
            try:
                act()
                said.append("done")
            except BusinessError as refusal:
                said.append(refusal.code)
            finally:
                connection.close()

        acts: list[Callable[[], Any]] = [
            lambda log=log: services.approve_log(actor=head, log=log, version=log.version),  # type: ignore[misc]
            lambda log=log: services.return_log(  # type: ignore[misc]
                actor=leader, log=log, version=log.version, reason="缺下一步"
            ),
        ]
        threads = [threading.Thread(target=decide, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(answers) == ["ALREADY_DECIDED", "done"]
        log.refresh_from_db()
        # One row, one truth: returned with its text kept, or approved without.
        assert LogReturn.objects.filter(log=log).exists() is (log.state == LogState.RETURNED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.spec("S1-91")
def test_a_resubmission_during_approval_is_not_approved_unread(
    owner: User, head: User, leader: User, acme: Client, browse: Browse
) -> None:
    log = submitted(owner, acme)
    services.return_log(actor=leader, log=log, reason="缺下一步")
    services.write_log(actor=owner, visit=log.visit, values={"next_step": "送报价"})
    services.submit_log(actor=owner, visit=log.visit)
    answer = browse(head).post(reverse("visits:approve", args=[log.pk]), {"version": log.version}, headers=HX)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert 'role="alert"' in page
    # It stands in the queue with its new version, to be read again.
    log.refresh_from_db()
    assert (log.state, f'value="{log.pk}-{log.version}"' in page) == (LogState.SUBMITTED, True)


# ---- The queue


@pytest.mark.spec("S1-91")
def test_the_desk_is_narrowed_by_day_manager_and_doubt_and_stays_so(
    owner: User, colleague: User, head: User, acme: Client, org: dict[str, OrgUnit], browse: Browse
) -> None:
    other = factories.make_client(org["unit"], colleague)
    yesterday = clock.now() - timedelta(days=1)
    mine, thin = submitted(owner, acme), submitted(owner, acme, "好")
    old = submitted(colleague, other, "客户要企业邮箱的书面报价,周三前给", day=yesterday)
    browser = browse(head)

    def shown(query: str) -> set[int]:
        return {log.pk for log in browser.get(reverse("visits:desk") + query).context["queue"]}

    assert shown("") == {mine.pk, thin.pk, old.pk}
    assert shown(f"?day={yesterday.date()}") == {old.pk}
    assert shown(f"?manager={owner.pk}") == {mine.pk, thin.pk}
    assert shown(f"?doubt={Doubt.THIN_RESULT}") == {thin.pk}
    assert shown("?doubt=none") == {mine.pk, old.pk}
    assert shown("?day=gestern&manager=x&doubt=y") == {mine.pk, thin.pk, old.pk}
    # A decision keeps the filter: the next of the manager opens, not the colleague's.
    url = reverse("visits:approve", args=[thin.pk]) + f"?manager={owner.pk}"
    answer = browser.post(url, {"version": thin.version}, headers=HX)
    assert [log.pk for log in answer.context["queue"]] == [mine.pk]
    assert answer.context["waiting"] == 2
    assert (answer.context["approved"], answer.context["returned"]) == (1, 0)


def test_a_filter_reads_back_what_it_wrote() -> None:
    asked = DeskFilter(day=FRIDAY, manager=7, doubt="LATE", late=True)
    given = dict(part.split("=") for part in asked.query[1:].split("&"))
    assert DeskFilter.of(given) == asked
    assert DeskFilter.of({}).query == ""


@pytest.mark.spec("S1-91")
def test_everything_that_waits_for_a_head_is_counted_by_kind(
    owner: User, head: User, leader: User, acme: Client, api: Callable[[User], APIClient]
) -> None:
    log = submitted(owner, acme)
    tea = services.add_gift(actor=head, code="TEA", name="茶叶礼盒", unit_value_fen=12800)
    stock = services.take_in(actor=head, gift=tea, unit=acme.org_unit, quantity=10)
    services.request_gift(actor=owner, client=acme, stock=stock, quantity=1, reason="合同周年")
    services.ask_superior(actor=owner, visit=log.visit, procedure="CREDIT", need="今天必须开通")
    services.note_opinion(actor=owner, visit=log.visit, text="希望账单更清楚")
    factories.make_client(acme.org_unit, owner, filing="SUBMITTED")
    counts = {one.kind.code: one.count for one in waiting_for(head)}
    assert {code: n for code, n in counts.items() if n} == {
        "logs": 1, "urgent": 1, "gifts": 1, "opinions": 1, "files": 1,
    }  # fmt: skip
    assert waiting_for(owner) == []
    assert "gifts" not in {one.kind.code for one in waiting_for(leader)}
    answer = api(head).get(reverse("api-inbox")).json()
    assert {"kind": "logs", "title": "拜访日志", "count": 1, "url": "/visits/desk/"} in answer


def test_the_desk_counts_its_own_kind_now_and_the_others_every_few_seconds(
    owner: User, head: User, acme: Client, browse: Browse
) -> None:
    def tabs() -> dict[str, str]:
        html = browse(head).get(reverse("visits:desk")).content.decode()
        found = re.findall(r'data-kind="(\w+)">[^<]*(?:<span class="tab-count">(\d+))?', html)
        return {kind: count for kind, count in found if count}

    cache.delete(f"inbox:{head.pk}")
    first = submitted(owner, acme)
    assert tabs() == {"logs": "1"}
    submitted(owner, acme)
    services.ask_superior(actor=owner, visit=first.visit, procedure="CREDIT", need="今天必须开通")
    assert tabs() == {"logs": "2"}  # the urgent need comes a few seconds later
    cache.delete(f"inbox:{head.pk}")
    assert tabs() == {"logs": "2", "urgent": "1"}
    assert {one.kind.code: one.count for one in waiting_for(head)}["urgent"] == 1


@pytest.mark.spec("S1-91")
def test_a_deputy_decides_while_the_head_is_away_but_not_about_the_heads_own_logs(
    owner: User, colleague: User, head: User, leader: User, acme: Client, browse: Browse
) -> None:
    today = clock.today()
    accounts.delegate(
        actor=head, from_user=head, to_user=colleague, role="DEPT_HEAD", valid_from=today,
        valid_to=today + timedelta(days=6), reason="休假",
    )  # fmt: skip
    theirs, of_head = submitted(owner, acme), submitted(head, acme)
    deputy = User.objects.get(pk=colleague.pk)
    assert [log.pk for log in browse(deputy).get(reverse("visits:desk")).context["queue"]] == [theirs.pk]
    with pytest.raises(BusinessError, match="SELF_APPROVAL"):
        services.approve_log(actor=deputy, log=of_head)
    assert services.approve_log(actor=deputy, log=theirs).decided_by == deputy


# ---- Reminders and escalation by working hours


@pytest.mark.spec("S1-91")
@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (
            clock.at(date(2026, 9, 24), 17, 30),
            60,
            clock.at(date(2026, 9, 28), 9, 30),
        ),  # over Mid-Autumn and a weekend
        (clock.at(date(2026, 9, 30), 17, 0), 120, clock.at(date(2026, 10, 8), 10, 0)),  # over National Day
        (
            clock.at(date(2026, 10, 9), 17, 30),
            60,
            clock.at(date(2026, 10, 10), 9, 30),
        ),  # into a Saturday made up for
        (clock.at(date(2026, 11, 20), 20, 0), 0, clock.at(date(2026, 11, 23), 9, 0)),
        (clock.at(date(2026, 11, 20), 8, 0), 540, clock.at(date(2026, 11, 20), 18, 0)),
        (clock.at(date(2026, 11, 20), 8, 0), 541, clock.at(date(2026, 11, 23), 9, 1)),
    ],
)
def test_working_hours_leave_out_nights_and_holidays_and_count_days_made_up_for(
    start: datetime, minutes: int, end: datetime
) -> None:
    assert Hours(9, 18).add(start, minutes) == end


@pytest.mark.parametrize("minutes", [1, 60, 240, 600, 2000])
@pytest.mark.parametrize("hour", [7, 9, 12, 18, 23])
def test_what_was_due_at_the_edge_has_just_waited_long_enough(minutes: int, hour: int) -> None:
    hours = Hours(9, 18)
    for day in (date(2026, 10, 8), date(2026, 10, 10), date(2026, 10, 11), FRIDAY):
        now = clock.at(day, hour, 30)
        edge = hours.longest_ago(now, minutes)
        assert hours.add(edge, minutes) <= now
        assert hours.add(edge + timedelta(seconds=1), minutes) > now


@pytest.mark.spec("S1-91", "D-25")
def test_the_head_is_reminded_in_the_afternoon_and_the_leader_hears_after_working_hours(
    owner: User, colleague: User, head: User, leader: User, acme: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody arrives more than a month ago: that Friday goes further back every day.
    monkeypatch.setattr(clock, "now", lambda: clock.at(FRIDAY, 10))
    log = submitted(owner, acme, day=clock.now())
    assert log.approval_due_at == clock.at(FRIDAY + timedelta(days=1))
    assert services.watch(now=clock.at(FRIDAY, 15, 59)) == 0
    assert services.watch(now=clock.at(FRIDAY, 16)) == 1
    assert services.watch(now=clock.at(FRIDAY, 17)) == 0
    told = Notification.objects.get()
    assert (told.user, told.kind, told.url) == (head, "approval_due", "/visits/desk/")
    # Due at midnight of Friday, four working hours: Monday at one, not in the night and not on Sunday.
    monday = FRIDAY + timedelta(days=3)
    assert services.watch(now=clock.at(FRIDAY + timedelta(days=2), 16)) == 0
    assert services.watch(now=clock.at(monday, 12, 59)) == 0
    assert services.watch(now=clock.at(monday, 13)) == 1
    assert services.watch(now=clock.at(monday, 14)) == 0
    told = Notification.objects.get(user=leader)
    assert (told.kind, told.url) == ("approval_escalated", "/visits/desk/?late=on")
    services.approve_log(actor=head, log=log, now=clock.at(monday, 15))
    assert services.watch(now=clock.at(monday + timedelta(days=1), 13)) == 0


@pytest.mark.spec("X-01", "D-25")
def test_a_limit_at_noon_is_kept_at_noon_wherever_it_is_asked(owner: User, head: User, acme: Client) -> None:
    noon, midnight = clock.at(FRIDAY, 12), clock.next_midnight(FRIDAY)
    second, half = timedelta(seconds=1), {submitted(owner, acme).pk for _ in range(2)}
    whole = {submitted(owner, acme).pk for _ in range(2)}
    VisitLog.objects.filter(pk__in=half).update(approval_due_at=noon)
    VisitLog.objects.filter(pk__in=whole).update(approval_due_at=midnight)

    def late(now: datetime) -> set[int]:
        """Return the late logs, having asked the desk's filter and the figures alike."""
        found = set(DeskFilter(late=True).narrow(VisitLog.objects.all(), now).values_list("pk", flat=True))
        counted = Visit.objects.filter(log_figures(now=now)["waiting_late"])
        assert set(counted.values_list("log", flat=True)) == found
        return found

    assert late(noon) == set()
    assert late(noon + second) == half
    assert late(midnight - second) == half
    assert late(midnight) == half | whole
    assert set(VisitLog.objects.late_for_approval(clock.business_date(midnight))) == set(
        VisitLog.objects.all()
    )
    for made, now in ((half, noon), (whole, midnight)):
        one, many = sorted(made)
        services.approve_log(actor=head, log=VisitLog.objects.get(pk=one), now=now)
        services.approve_logs(actor=head, logs=[many], now=now)
        flags = VisitLog.objects.filter(pk__in=made).values_list("late_approval", flat=True)
        assert set(flags) == {now == midnight}


def test_nobody_is_reminded_of_their_own_log_and_a_deputy_is_reminded_too(
    colleague: User, head: User, leader: User, owner: User, acme: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.today()
    accounts.delegate(
        actor=head, from_user=head, to_user=colleague, role="DEPT_HEAD", valid_from=today,
        valid_to=today + timedelta(days=6), reason="休假",
    )  # fmt: skip
    submitted(head, acme)
    submitted(owner, acme)
    VisitLog.objects.update(approval_due_at=clock.next_midnight(today))
    monkeypatch.setattr("crm.base.workdays._next", [lambda day: day + timedelta(days=1)])
    # The head's own log is the deputy's own too: each is reminded of the manager's alone.
    assert services.watch(now=clock.at(today, 17)) == 2
    assert set(Notification.objects.values_list("user", flat=True)) == {head.pk, colleague.pk}
    assert {told.text for told in Notification.objects.all()} == {"今天还有 1 份日志待审批。"}
