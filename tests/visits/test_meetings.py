"""Morning and evening meetings: who was there, what was raised, the tasks of the day."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.models import Notification
from tests import factories
from visits import services
from visits.models import DailyTask, Meeting, VisitLog
from visits.rules.meetings import duration_hint
from workbench.duties import duties_of

pytestmark = pytest.mark.django_db
Org = dict[str, OrgUnit]


def called(head: User, org: Org, kind: str = "MORNING", **fields: Any) -> Meeting:
    """Open today's meeting of the unit."""
    values: dict[str, Any] = {"actor": head, "unit": org["unit"], "kind": kind, "held_on": clock.today()}
    return services.call_meeting(**values | fields)[0]


def task(head: User, user: User, **fields: Any) -> DailyTask:
    """Give a task for today."""
    values: dict[str, Any] = {"task": "走访五家小微企业", "target": 5, "due_on": clock.today()}
    return services.give_task(actor=head, user=user, **values | fields)


def raised(owner: User, client: Client) -> VisitLog:
    """Hand in a log that is to be spoken about."""
    visit = services.plan_visit(
        actor=owner, client=client, planned_at=clock.now(), purposes=["P2"], place="三楼"
    )
    services.write_log(
        actor=owner,
        visit=visit,
        values={
            "opinion_asked": True,
            "results": {"P2": "聊了用网情况"},
            "lessons": "对手在谈专线",
            "raise_in_meeting": True,
        },
    )
    return services.submit_log(actor=owner, visit=visit)


@pytest.mark.spec("E199", "S1-13", "S1-96")
@pytest.mark.parametrize(
    ("kind", "minutes", "warns"),
    [
        ("MORNING", 9, True),
        ("MORNING", 10, False),
        ("MORNING", 20, False),
        ("MORNING", 21, True),
        ("EVENING", 1, False),
        ("EVENING", 30, False),
        ("EVENING", 31, True),
    ],
)
def test_a_meeting_too_short_or_too_long_is_remarked_and_kept(
    head: User, org: Org, browse: Callable[[User], Browser], kind: str, minutes: int, warns: bool
) -> None:
    assert bool(duration_hint(kind, minutes, morning=(10, 20), evening_max=30)) is warns
    meeting = called(head, org, kind)
    begun = clock.now() - timedelta(hours=2)
    services.begin_meeting(actor=head, meeting_id=meeting.pk, now=begun)
    over = begun + timedelta(minutes=minutes, seconds=59)
    services.end_meeting(actor=head, meeting_id=meeting.pk, now=over)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.minutes_long) == ("HELD", minutes)
    page = browse(head).get(reverse("visits:meeting", args=[meeting.pk])).content.decode()
    assert ("notice-warn" in page) is warns


@pytest.mark.spec("S1-13", "S1-14")
def test_a_unit_meets_once_a_day_for_each_kind(
    head: User, org: Org, owner: User, colleague: User, stranger: User
) -> None:
    meeting = called(head, org)
    assert called(head, org) == meeting
    assert called(head, org, "EVENING") != meeting
    people = set(meeting.attendance.values_list("user", flat=True))
    assert people == {owner.pk, colleague.pk}
    with pytest.raises(NotFound):
        called(head, org, unit=org["other_unit"])
    with pytest.raises(Forbidden):
        called(owner, org)
    with pytest.raises(NotFound):
        services.begin_meeting(actor=stranger, meeting_id=meeting.pk)


def test_the_clock_is_set_once(head: User, org: Org) -> None:
    meeting = called(head, org)
    with pytest.raises(BusinessError, match="NOT_BEGUN"):
        services.end_meeting(actor=head, meeting_id=meeting.pk)
    first = services.begin_meeting(actor=head, meeting_id=meeting.pk).started_at
    assert services.begin_meeting(actor=head, meeting_id=meeting.pk).started_at == first
    ended = services.end_meeting(actor=head, meeting_id=meeting.pk).ended_at
    assert services.end_meeting(actor=head, meeting_id=meeting.pk).ended_at == ended


@pytest.mark.spec("S1-51")
def test_what_a_log_wants_spoken_about_is_taken_up_once(
    head: User, org: Org, owner: User, acme: Client
) -> None:
    log = raised(owner, acme)
    evening = called(head, org, "EVENING")
    item = evening.raised.get()
    assert item.log == log
    services.write_meeting(
        actor=head, meeting_id=evening.pk, values={}, outcomes={item.pk: "明天派技术经理同去"}
    )
    item.refresh_from_db()
    assert item.outcome == "明天派技术经理同去"
    later = called(head, org, held_on=clock.today() + timedelta(days=1))
    assert not later.raised.exists()


@pytest.mark.spec("S1-15")
def test_a_task_reaches_its_manager_and_is_reported_on(
    head: User, org: Org, owner: User, colleague: User, stranger: User
) -> None:
    given = task(head, owner, meeting_id=called(head, org).pk, special=True)
    duty = next(duty for duty in duties_of(owner, now=clock.now()) if duty.code == "task")
    assert duty.title == given.task
    assert Notification.objects.filter(user=owner, kind="task").exists()
    with pytest.raises(Forbidden, match="NOT_YOURS"):
        services.report_task(actor=colleague, task_id=given.pk, done=5)
    with pytest.raises(NotFound):
        services.report_task(actor=stranger, task_id=given.pk, done=5)
    services.report_task(actor=owner, task_id=given.pk, done=4)
    assert any(duty.code == "task" for duty in duties_of(owner, now=clock.now()))
    services.report_task(actor=owner, task_id=given.pk, done=5, note="全部走完")
    assert not any(duty.code == "task" for duty in duties_of(owner, now=clock.now()))


def test_tasks_stay_in_the_team_and_ahead(head: User, owner: User, stranger: User) -> None:
    with pytest.raises(Invalid, match="NOT_IN_TEAM"):
        task(head, stranger)
    with pytest.raises(Invalid, match="DUE_PAST"):
        task(head, owner, due_on=clock.today() - timedelta(days=1))
    given = task(head, owner)
    services.drop_task(actor=head, task_id=given.pk)
    services.drop_task(actor=head, task_id=given.pk)
    with pytest.raises(BusinessError, match="TASK_DROPPED"):
        services.report_task(actor=owner, task_id=given.pk, done=1)


@pytest.mark.spec("S1-97")
def test_the_day_report_counts_planned_and_done(head: User, org: Org, owner: User, acme: Client) -> None:
    raised(owner, acme)
    services.plan_visit(actor=owner, client=acme, planned_at=clock.now(), purposes=["P1"], place="二楼")
    services.report_task(actor=owner, task_id=task(head, owner, target=1).pk, done=1)
    task(head, owner)
    facts = services.meeting_facts(called(head, org, "EVENING"))
    report = next(person["report"] for person in facts["people"] if person["user"] == owner)
    assert report == {"planned": 2, "made": 1, "logs": 1, "tasks": 2, "tasks_done": 1}


def test_two_heads_do_not_overwrite_each_other(head: User, org: Org) -> None:
    meeting = called(head, org)
    services.write_meeting(actor=head, meeting_id=meeting.pk, values={"minutes": "一"}, version=1)
    with pytest.raises(BusinessError, match="STALE"):
        services.write_meeting(actor=head, meeting_id=meeting.pk, values={"minutes": "二"}, version=1)
    meeting.refresh_from_db()
    assert meeting.minutes == "一"


def test_the_head_holds_a_meeting_on_the_page(
    head: User, org: Org, owner: User, browse: Callable[[User], Browser]
) -> None:
    page = browse(head)
    opened = page.post(
        reverse("visits:meetings"),
        {"org_unit": org["unit"].pk, "kind": "MORNING", "held_on": clock.today().isoformat()},
    )
    meeting = Meeting.objects.get()
    assert opened.url == reverse("visits:meeting", args=[meeting.pk])  # type: ignore[attr-defined]
    page.post(reverse("visits:meeting-begin", args=[meeting.pk]))
    given = {"user": owner.pk, "task": "回访三户", "target": 3, "due_on": clock.today().isoformat()}
    assert page.post(reverse("visits:task-add", args=[meeting.pk]), given).status_code == 302
    record = {
        "key_work": "专线竞标",
        "version": 2,
        f"present-{owner.pk}": "LEAVE",
        "minutes": "",
        "special": "",
    }
    assert page.post(reverse("visits:meeting", args=[meeting.pk]), record).status_code == 302
    assert meeting.attendance.get(user=owner).state == "LEAVE"
    seen = browse(owner).get(reverse("visits:meeting", args=[meeting.pk])).content.decode()
    assert "专线竞标" in seen
    assert "回访三户" in seen
    assert browse(owner).post(reverse("visits:meeting", args=[meeting.pk]), record).status_code == 403


def test_the_api_does_the_same(
    head: User, org: Org, owner: User, stranger: User, api: Callable[[User], APIClient]
) -> None:
    body = {"org_unit": org["unit"].code, "kind": "MORNING", "held_on": clock.today().isoformat()}
    made = api(head).post("/api/v1/meetings", body, format="json")
    assert made.status_code == 201
    assert api(head).post("/api/v1/meetings", body, format="json").status_code == 200
    url = f"/api/v1/meetings/{made.json()['id']}"
    record = {"key_work": "竞标", "attendance": {"owner": "ABSENT"}}
    stale = api(head).patch(url, record, format="json", headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    assert api(head).patch(url, record, format="json").json()["key_work"] == "竞标"
    assert api(stranger).get(url).status_code == 404
    given = api(head).post(
        "/api/v1/daily-tasks",
        {"user": "owner", "task": "回访", "due_on": clock.today().isoformat()},
        format="json",
    )
    assert given.status_code == 201
    done = api(owner).post(f"/api/v1/daily-tasks/{given.json()['id']}:report", {"done": 1}, format="json")
    assert done.json()["done"] == 1


def test_a_big_team_costs_no_more_queries(
    head: User, org: Org, owner: User, browse: Callable[[User], Browser]
) -> None:
    page = browse(head)

    def cost() -> int:
        meeting = Meeting.objects.latest("pk")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page.get(reverse("visits:meeting", args=[meeting.pk]))
        return len(queries)

    called(head, org)
    small = cost()
    for number in range(5):
        person = factories.make_user(f"am{number}", "AM", org["unit"])
        task(head, person)
    called(head, org, "EVENING")
    assert cost() <= small
