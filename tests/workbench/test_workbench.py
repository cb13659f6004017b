"""The workbench: what each role must do, search inside the scope, notifications."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from clients.models import Client, ClientClassHistory, ClientStatusHistory
from crm.accounts.models import User
from crm.base import clock
from crm.base.models import Notification
from crm.jobs.models import JobRun
from tests import factories
from visits import services
from visits.models import Visit, VisitLog
from workbench.duties import duties_of
from workbench.search import search

Browse = Callable[..., Browser]
RESULT = "介绍了云专线,客户愿意下周试用两条线路,请我们送方案"

pytestmark = pytest.mark.django_db


def planned(owner: User, client: Client, **changes: Any) -> Visit:
    """Plan a visit of today."""
    values: dict[str, Any] = {"planned_at": clock.now(), "purposes": ["P1"], "place": "三楼会议室"}
    return services.plan_visit(actor=owner, client=client, **(values | changes))


def submitted(owner: User, client: Client, **values: Any) -> VisitLog:
    """Make a submitted log."""
    visit = planned(owner, client)
    services.write_log(
        actor=owner, visit=visit, values={"opinion_asked": True, "results": {"P1": RESULT}} | values
    )
    return services.submit_log(actor=owner, visit=visit)


def codes(user: User) -> list[str]:
    """Return the codes of the person's duties, in order; the weekly report is owed on some days only."""
    found = duties_of(User.objects.get(pk=user.pk), now=clock.now())
    return [duty.code for duty in found if duty.code != "week_report"]


@pytest.mark.spec("S1-15", "S0-89")
def test_a_manager_sees_what_is_owed_first_and_then_the_visits_of_the_day(
    owner: User, head: User, acme: Client
) -> None:
    now = clock.now()
    later = planned(owner, acme, planned_at=now)
    services.confirm(actor=owner, visit=later)
    planned(owner, acme, planned_at=now - timedelta(days=2))
    back = submitted(owner, acme)
    services.return_log(actor=head, log=back, reason="太简单")
    submitted(owner, acme, next_step="送报价", next_due_on=now.date())
    Client.objects.filter(pk=acme.pk).update(filing="REJECTED", completeness="INCOMPLETE")
    assert codes(owner) == [
        "returned_log", "owed_log", "visit", "promise", "rejected_file", "incomplete_files",
    ]  # fmt: skip


def test_a_duty_is_gone_when_its_act_is_done(owner: User, head: User, acme: Client, browse: Browse) -> None:
    visit = planned(owner, acme)
    browser = browse(owner)
    for name, rest in (("confirm", ["visit"]), ("check-in", ["owed_log"])):
        browser.post(reverse(f"visits:{name}", args=[visit.pk]), {"next": "/workbench/"})
        assert codes(owner) == rest
    browser.post(
        reverse("visits:log", args=[visit.pk]),
        {"purposes": ["P1"], "result_P1": RESULT, "opinion_asked": "1"},
    )
    assert codes(owner) == []
    assert codes(head) == ["waiting_logs"]
    services.approve_log(actor=head, log=VisitLog.objects.get())
    assert codes(head) == []


def test_duties_of_others_are_not_mine(owner: User, colleague: User, stranger: User, acme: Client) -> None:
    planned(owner, acme)
    submitted(owner, acme)
    assert codes(colleague) == []
    assert codes(stranger) == []


def test_the_leader_is_asked_only_when_the_head_is_late(
    owner: User, head: User, leader: User, acme: Client
) -> None:
    log = submitted(owner, acme)
    assert codes(leader) == []
    # The head has some working hours more before the leader hears of it; two weeks hold those anyway.
    VisitLog.objects.filter(pk=log.pk).update(approval_due_at=clock.now() - timedelta(minutes=1))
    assert codes(leader) == []
    VisitLog.objects.filter(pk=log.pk).update(approval_due_at=clock.now() - timedelta(days=14))
    assert codes(leader) == ["late_approvals"]
    assert codes(head) == ["waiting_logs"]


def test_administrators_see_a_failed_night_and_locked_accounts(
    sysadmin: User, provadmin: User, auditor: User
) -> None:
    yesterday = clock.today() - timedelta(days=1)
    JobRun.objects.create(step="size", scope="P33", business_date=yesterday, state="FAILED", error="x")
    JobRun.objects.create(step="tier", scope="P33", business_date=yesterday, state="SKIPPED")
    AccessAttempt.objects.create(
        username="am1", ip_address="10.0.0.1", failures_since_start=5, attempt_time=clock.now()
    )
    assert codes(provadmin) == ["night"]
    assert codes(sysadmin) == ["night", "locked_accounts", "missing_seal"]
    assert codes(auditor) == ["night", "missing_seal"]


@pytest.mark.spec("E212")
def test_the_system_administrator_sees_no_client_anywhere(
    owner: User, sysadmin: User, acme: Client, browse: Browse
) -> None:
    factories.make_contact(acme, name="王建国", mobile="13900001234")
    submitted(owner, acme)
    browser = browse(sysadmin)
    for address in (
        "/workbench/",
        "/workbench/search/?q=西湖",
        "/workbench/search/?q=1234",
        "/workbench/search/?q=王建国",
    ):
        page = browser.get(address).content.decode()
        assert "西湖龙井" not in page, address
        assert "王*" not in page, address


def test_what_the_night_changed_in_my_clients_is_shown(
    owner: User, stranger: User, head: User, acme: Client, browse: Browse
) -> None:
    today = clock.today()
    ClientStatusHistory.objects.create(
        client=acme, old="ACTIVE", new="SILENT", reason="NIGHT", changed_on=today
    )
    ClientClassHistory.objects.create(client=acme, axis="TIER", old="B1", new="A2", changed_on=today)
    old = today - timedelta(days=5)
    ClientClassHistory.objects.create(client=acme, axis="SIZE", old="C", new="B", changed_on=old)
    for person in (owner, head):
        changes = browse(person).get("/workbench/").context["changes"]
        assert {(c.vocabulary, c.old, c.new) for c in changes} == {
            ("client_status", "ACTIVE", "SILENT"),
            ("value_tier", "B1", "A2"),
        }
    assert browse(stranger).get("/workbench/").context["changes"] == []


def test_figures_count_the_month_against_the_plan(
    owner: User, head: User, acme: Client, browse: Browse
) -> None:
    submitted(owner, acme)
    planned(owner, acme)
    dropped = planned(owner, acme)
    services.cancel(actor=owner, visit=dropped, reason="客户拒绝")
    figures = browse(owner).get("/workbench/").context["figures"]
    assert [(f.value, f.whole) for f in figures] == [(1, 2), (1, 1), (0, 0), (1, 1), (1, 1)]
    team = browse(head).get("/workbench/").context["team"]
    assert [(row["planned"], row["done"], row["waiting"]) for row in team] == [(2, 1, 1)]


def test_every_role_opens_its_workbench_with_a_bounded_number_of_queries(
    owner: User, head: User, leader: User, gcdept: User, provadmin: User, sysadmin: User, auditor: User,
    acme: Client, browse: Browse,
) -> None:  # fmt: skip
    submitted(owner, acme)
    for person in (owner, head, leader, gcdept, provadmin, sysadmin, auditor):
        browser = browse(person)
        with CaptureQueriesContext(connection) as before:
            assert browser.get("/workbench/").status_code == 200
        for _ in range(3):
            submitted(owner, acme)
            planned(owner, acme)
        with CaptureQueriesContext(connection) as after:
            assert browser.get("/workbench/").status_code == 200
        assert len(after) <= len(before) + 1, person.staff_no


def test_the_api_tells_the_same_day(owner: User, acme: Client, api: Callable[..., APIClient]) -> None:
    planned(owner, acme)
    day = api(owner).get("/api/v1/me/workbench").json()
    duties = {duty["code"]: duty for duty in day["duties"] if duty["code"] != "week_report"}
    assert list(duties) == ["visit"]
    assert duties["visit"]["title"] == acme.name
    assert day["date"] == clock.today().isoformat()


# ---- Search


def titles(user: User, query: str) -> list[tuple[str, str]]:
    """Return title and reason of all hits."""
    found = search(User.objects.get(pk=user.pk), query)
    return [(hit.title, hit.reason) for group in found for hit in group.hits]


def test_clients_are_found_by_name_pinyin_initials_and_code(owner: User, acme: Client) -> None:
    from clients.services.search import search_columns

    Client.objects.filter(pk=acme.pk).update(**search_columns(acme.name))
    for query in ("西湖", "龙井", "xihulongjing", "xhlj", acme.client_code):
        assert acme.name in [title for title, _ in titles(owner, query)], query


@pytest.mark.spec("E203")
def test_search_stays_inside_the_scope_and_masks_what_is_not_mine(
    owner: User, colleague: User, stranger: User, acme: Client
) -> None:
    factories.make_contact(acme, name="王建国", mobile="13900001234")
    factories.make_member(acme, name="李晓明", msisdn="13800001234")
    assert {title for title, _ in titles(owner, "1234")} == {"王建国", "李晓明"}
    assert {title for title, _ in titles(colleague, "1234")} == {"王**", "李**"}
    assert titles(stranger, "1234") == []
    assert titles(stranger, "西湖") == []
    assert titles(owner, "13800001234")[0][0] == "李晓明"
    assert titles(owner, "王建国")[0][0] == "王建国"
    assert titles(colleague, "王建国") == titles(colleague, "王建") == []
    assert titles(colleague, "13900001234")[0][0] == "王**"


def test_pages_and_acts_are_found_by_their_pinyin_and_only_those_one_may_use(
    owner: User, sysadmin: User
) -> None:
    assert any(reason == "拼音" for _, reason in titles(owner, "baifang"))
    assert titles(owner, "yuefang") or titles(owner, "约访")
    assert not [title for title, _ in titles(sysadmin, "约访")]


def test_colleagues_are_found_by_who_leads_people(owner: User, head: User, acme: Client) -> None:
    assert "owner某" in [title for title, _ in titles(head, "owner")]
    assert "owner某" not in [title for title, _ in titles(owner, "owner")]


def test_the_search_answers_as_a_list_and_as_a_page(owner: User, acme: Client, browse: Browse) -> None:
    Client.objects.filter(pk=acme.pk).update(search_text="西湖龙井茶业有限公司")
    piece = browse(owner).get("/workbench/search/?q=西湖", headers={"HX-Request": "true"}).content.decode()
    page = browse(owner).get("/workbench/search/?q=西湖").content.decode()
    assert "finder-hit" in piece
    assert "<html" not in piece
    assert "finder-hit" in page
    assert "<html" in page
    for odd in ("", "%", "'", "<script>", "x" * 500, "%00"):
        assert browse(owner).get("/workbench/search/", {"q": odd}).status_code == 200


# ---- Notifications


def test_a_notification_is_opened_once_and_leads_where_it_says(
    owner: User, colleague: User, browse: Browse
) -> None:
    notice = Notification.objects.create(user=owner, kind="x", text="日志还没有写", url="/visits/", key="1")
    browser = browse(owner)
    assert browser.get(reverse("workbench:bell")).content.decode().count("dot") == 1
    answer = browser.post(reverse("workbench:open-notification", args=[notice.pk]))
    assert answer["Location"] == "/visits/"
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert "dot" not in browser.get(reverse("workbench:bell")).content.decode()
    assert browse(colleague).post(reverse("workbench:open-notification", args=[notice.pk])).status_code == 404


def test_a_notification_never_leads_out_of_the_house(owner: User, browse: Browse) -> None:
    notice = Notification.objects.create(user=owner, kind="x", text="x", url="https://example.com/", key="1")
    answer = browse(owner).post(reverse("workbench:open-notification", args=[notice.pk]))
    assert answer["Location"] == reverse("workbench:notifications")


def test_reading_all_leaves_other_peoples_alone(owner: User, colleague: User, browse: Browse) -> None:
    for person in (owner, colleague):
        for n in range(3):
            Notification.objects.create(user=person, kind="x", text=f"{n}", key=str(n))
    browse(owner).post(reverse("workbench:read-all"))
    assert not Notification.objects.filter(user=owner, read_at=None).exists()
    assert Notification.objects.filter(user=colleague, read_at=None).count() == 3
    assert len(browse(owner).get("/workbench/notifications/?show=unread").context["page"].object_list) == 0
