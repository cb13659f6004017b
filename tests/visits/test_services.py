"""Visits and logs through the services: scope, guards, lateness, one winner, one row."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import InternalError, connection, connections, transaction

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.models import Notification
from tests import factories
from visits import services
from visits.choices import LogState, VisitState
from visits.models import Visit, VisitLog

FRIDAY = date(2026, 11, 20)
RESULTS = {
    "P1": "介绍了云专线,客户愿意下周试用两条线路",
    "P2": "和王经理聊了近期用网情况,没有抱怨",
    "P3": "礼品已当面交给王经理并签收,客户很满意",
    "P4": "当场办理了三条号码的统付业务,资料齐全",
}


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Return a function that sets the only clock."""

    def put(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)
        monkeypatch.setattr(clock, "today", lambda: moment.date())

    put(clock.at(FRIDAY, 9))
    return put


def plan(owner: User, client: Client, **changes: Any) -> Visit:
    """Plan a visit on the Friday at ten."""
    values: dict[str, Any] = {
        "planned_at": clock.at(FRIDAY, 10),
        "purposes": ["P1"],
        "place": "客户三楼会议室",
    }
    return services.plan_visit(actor=owner, client=client, **(values | changes))


def write(owner: User, visit: Visit, **values: Any) -> VisitLog:
    """Write a log with a result for every purpose of the visit."""
    results = {code: RESULTS.get(code, "已按计划完成,客户表示认可") for code in visit.purposes}
    return services.write_log(
        actor=owner, visit=visit, values={"opinion_asked": True, "results": results} | values
    )


def submitted(owner: User, client: Client, **changes: Any) -> VisitLog:
    """Plan, write and submit."""
    visit = plan(owner, client, **changes)
    write(owner, visit)
    return services.submit_log(actor=owner, visit=visit)


def refused(act: Callable[..., Any], **arguments: Any) -> BusinessError:
    """Return the refusal of an act that must not succeed."""
    with pytest.raises(BusinessError) as error, transaction.atomic():
        act(**arguments)
    return error.value


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at")]


# ---- Plan


@pytest.mark.spec("E184", "S1-32")
def test_a_visit_needs_a_purpose_and_an_appointment_or_a_reason(owner: User, acme: Client) -> None:
    assert refused(plan, owner=owner, client=acme, purposes=[]).code == "PURPOSE_REQUIRED"
    assert refused(plan, owner=owner, client=acme, place=" ").code == "APPOINTMENT_REQUIRED"
    assert plan(owner, acme, place="", unscheduled_reason="路过,顺道回访").state == VisitState.PLANNED


@pytest.mark.spec("E203")
def test_nobody_plans_for_a_client_outside_the_scope_or_of_a_colleague(
    owner: User, colleague: User, stranger: User, head: User, acme: Client
) -> None:
    assert refused(plan, owner=stranger, client=acme).status == 404
    assert refused(plan, owner=colleague, client=acme).status == 403
    assert plan(head, acme).owner == head


def test_a_closed_client_is_not_visited(owner: User, acme: Client) -> None:
    Client.objects.filter(pk=acme.pk).update(status="CLOSED", closed_at=clock.now())
    acme.refresh_from_db()
    assert refused(plan, owner=owner, client=acme).code == "CLIENT_CLOSED"


def test_the_contact_belongs_to_the_client_and_is_still_there(
    owner: User, acme: Client, foreign: Client
) -> None:
    other = factories.make_contact(foreign)
    gone = factories.make_contact(acme, left_on=FRIDAY)
    here = factories.make_contact(acme)
    for contact in (other, gone):
        assert refused(plan, owner=owner, client=acme, contact=contact).code == "CONTACT_UNKNOWN"
    assert plan(owner, acme, contact=here).contact == here


@pytest.mark.spec("E185", "S1-33", "S1-34", "S1-35", "S1-36", "S1-38")
def test_the_checklist_is_the_union_of_the_purposes_without_duplicates(owner: User, acme: Client) -> None:
    union = services.checklist(["P2", "P3", "P5"])
    codes = [item.code for item in union]
    assert len(codes) == len(set(codes))
    assert codes.count("small_gift") == 1
    assert codes.count("pen_paper") == 1
    mandatory = {item.code for item in union if item.mandatory}
    assert mandatory == {"spend", "gift", "receipt", "opinion_form"}
    assert {item.text for item in services.checklist(["P1"]) if item.mandatory} == {"客户需求情况分析"}


@pytest.mark.spec("S1-37", "S1-39")
def test_each_purpose_has_one_thing_that_must_be_ready_and_tips(owner: User) -> None:
    must = {code: {i.code for i in services.checklist([code]) if i.mandatory} for code in ("P4", "P6")}
    assert must == {"P4": {"forms"}, "P6": {"cause"}}
    assert all(any(item.is_tip for item in services.checklist([f"P{n}"])) for n in range(1, 7))


def test_only_items_of_the_checklist_can_be_ticked(owner: User, acme: Client) -> None:
    visit = plan(owner, acme)
    services.prepare(actor=owner, visit=visit, codes=["demand", "opinion_form", "fits"])
    visit.refresh_from_db()
    assert visit.checklist == ["demand"]


# ---- On the way


@pytest.mark.spec("S1-32", "S1-40")
def test_a_visit_goes_from_plan_to_close(
    owner: User, head: User, acme: Client, at: Callable[..., None]
) -> None:
    visit = plan(owner, acme)
    visit = services.confirm(actor=owner, visit=visit)
    at(clock.at(FRIDAY, 9, 55))
    visit = services.check_in(actor=owner, visit=visit)
    assert visit.state == VisitState.IN_PROGRESS
    at(clock.at(FRIDAY, 10, 40))
    visit = services.check_out(actor=owner, visit=visit)
    write(owner, visit)
    log = services.submit_log(actor=owner, visit=visit)
    assert (log.state, log.late_submit, log.doubts) == (LogState.SUBMITTED, False, [])
    services.approve_log(actor=head, log=log)
    visit.refresh_from_db()
    acme.refresh_from_db()
    assert visit.state == VisitState.CLOSED
    assert acme.last_visited_on == FRIDAY
    happened = (
        AuditEvent.objects.filter(action__startswith="visits.")
        .order_by("pk")
        .values_list("action", flat=True)
    )
    assert list(happened) == [
        "visits.visit_planned", "visits.visit_confirmed", "visits.checked_in", "visits.checked_out",
        "visits.visit_done", "visits.log_submitted", "visits.log_approved",
    ]  # fmt: skip


@pytest.mark.spec("S1-30", "S1-32")
def test_nobody_checks_in_without_appointment_unless_a_reason_is_given(owner: User, acme: Client) -> None:
    visit = plan(owner, acme)
    assert refused(services.check_in, actor=owner, visit=visit).code == "NOT_CONFIRMED"
    unscheduled = plan(owner, acme, place="", unscheduled_reason="客户来电请求上门")
    assert refused(services.confirm, actor=owner, visit=unscheduled).code == "PLACE_REQUIRED"
    assert services.check_in(actor=owner, visit=unscheduled).state == VisitState.IN_PROGRESS


@pytest.mark.spec("S1-45")
def test_a_postponed_visit_is_followed_by_a_new_one(owner: User, acme: Client) -> None:
    visit = services.confirm(actor=owner, visit=plan(owner, acme))
    arguments: dict[str, Any] = {
        "actor": owner,
        "visit": visit,
        "planned_at": clock.at(FRIDAY + timedelta(days=3), 15),
    }
    assert refused(services.postpone, reason=" ", **arguments).code == "REASON_REQUIRED"
    new = services.postpone(reason="客户临时有会", **arguments)
    visit.refresh_from_db()
    assert (visit.state, new.state, new.follows) == (VisitState.POSTPONED, VisitState.PLANNED, visit)
    assert new.purposes == visit.purposes
    assert refused(services.postpone, reason="再改", **arguments).code == "WRONG_STATE"


def test_a_confirmed_visit_that_moves_must_be_confirmed_again(owner: User, acme: Client) -> None:
    visit = services.confirm(actor=owner, visit=plan(owner, acme))
    kept = services.change_visit(actor=owner, visit=visit, purpose_note="续约")
    assert kept.state == VisitState.CONFIRMED
    moved = services.change_visit(actor=owner, visit=visit, planned_at=clock.at(FRIDAY, 16))
    assert moved.state == VisitState.PLANNED


def test_a_change_on_an_older_version_is_told_and_not_made(owner: User, head: User, acme: Client) -> None:
    visit = plan(owner, acme)
    services.change_visit(actor=head, visit=visit, version=visit.version, place="一楼大厅")
    late = refused(services.change_visit, actor=owner, visit=visit, version=visit.version, place="五楼")
    assert late.code == "STALE"
    assert str(head) in str(late.message)
    visit.refresh_from_db()
    assert visit.place == "一楼大厅"


def test_a_colleague_may_look_but_not_touch_and_a_stranger_sees_nothing(
    owner: User, colleague: User, stranger: User, acme: Client
) -> None:
    visit = plan(owner, acme)
    assert Visit.objects.visible_to(colleague).contains(visit)
    for act in (services.confirm, services.check_in, services.keep_promise):
        assert refused(act, actor=colleague, visit=visit).status == 403
        assert refused(act, actor=stranger, visit=visit).status == 404
    assert refused(services.write_log, actor=colleague, visit=visit, values={}).status == 403
    assert refused(services.write_log, actor=stranger, visit=visit, values={}).status == 404


def test_a_head_may_move_a_visit_but_never_writes_anothers_log(owner: User, head: User, acme: Client) -> None:
    visit = plan(owner, acme)
    assert services.confirm(actor=head, visit=visit).state == VisitState.CONFIRMED
    assert refused(services.write_log, actor=head, visit=visit, values={}).code == "NOT_YOURS"
    assert refused(services.submit_log, actor=head, visit=visit).code == "NOT_YOURS"


# ---- The log


@pytest.mark.spec("E186", "S1-36")
def test_a_gift_without_receipt_is_not_submitted(owner: User, acme: Client) -> None:
    visit = plan(owner, acme, purposes=["P3"])
    write(owner, visit)
    error = refused(services.submit_log, actor=owner, visit=visit)
    assert (error.code, error.status) == ("RECEIPT_REQUIRED", 400)
    write(owner, visit, receipt_no="LP-2026-118")
    assert services.submit_log(actor=owner, visit=visit).state == LogState.SUBMITTED


@pytest.mark.spec("E187", "S1-37")
def test_handled_business_without_consent_is_not_submitted(owner: User, acme: Client) -> None:
    visit = plan(owner, acme, purposes=["P4"])
    write(owner, visit)
    assert refused(services.submit_log, actor=owner, visit=visit).code == "CONSENT_REQUIRED"
    write(owner, visit, consent_evidence="业务受理单 20261120-7")
    assert services.submit_log(actor=owner, visit=visit).state == LogState.SUBMITTED


@pytest.mark.spec("S1-50")
def test_every_purpose_needs_a_result_and_a_draft_needs_nothing(owner: User, acme: Client) -> None:
    visit = plan(owner, acme, purposes=["P1", "P2"])
    services.write_log(
        actor=owner, visit=visit, values={"opinion_asked": True, "results": {"P1": "客户要方案"}}
    )
    error = refused(services.submit_log, actor=owner, visit=visit)
    assert (error.code, list(error.fields)) == ("RESULT_REQUIRED", ["result_P2"])
    visit.refresh_from_db()
    assert visit.state == VisitState.PLANNED


def test_what_was_done_on_the_spot_replaces_what_was_planned(owner: User, acme: Client) -> None:
    visit = plan(owner, acme, purposes=["P1"])
    values = {
        "purposes": ["P5", "P2"],
        "opinion_asked": True,
        "results": {"P2": RESULTS["P2"], "P5": "对账单寄送太慢", "P1": "没谈"},
    }
    services.write_log(actor=owner, visit=visit, values=values)
    log = services.submit_log(actor=owner, visit=visit)
    assert log.visit.purposes == ["P2", "P5"]
    assert set(log.results) == {"P2", "P5"}


@pytest.mark.spec("E189", "S1-50")
@pytest.mark.parametrize(
    ("moment", "late"),
    [
        (clock.at(FRIDAY, 23, 59) + timedelta(seconds=59), False),
        (clock.at(FRIDAY + timedelta(days=1)), True),
    ],
)
def test_a_log_after_midnight_is_late_and_doubtful(
    owner: User, acme: Client, moment: datetime, late: bool
) -> None:
    visit = plan(owner, acme)
    write(owner, visit)
    log = services.submit_log(actor=owner, visit=visit, now=moment)
    assert log.late_submit is late
    assert ("LATE" in log.doubts) is late


def test_the_log_of_a_visit_ahead_is_not_submitted(owner: User, acme: Client) -> None:
    visit = plan(owner, acme, planned_at=clock.at(FRIDAY + timedelta(days=1), 10))
    write(owner, visit)
    assert refused(services.submit_log, actor=owner, visit=visit).code == "NOT_YET"


@pytest.mark.spec("S1-91")
def test_a_copied_log_without_check_in_is_marked(owner: User, acme: Client) -> None:
    first = submitted(owner, acme)
    second = submitted(owner, acme)
    assert "COPIED" not in first.doubts
    assert second.doubts == ["NO_CHECK_IN", "COPIED"]


@pytest.mark.spec("D-25", "E192")
def test_evening_logs_wait_for_the_next_working_day(owner: User, head: User, acme: Client) -> None:
    def decided(submitted_at: datetime, decided_at: datetime) -> bool:
        visit = plan(owner, acme)
        write(owner, visit)
        log = services.submit_log(actor=owner, visit=visit, now=submitted_at)
        return services.approve_log(actor=head, log=log, now=decided_at).late_approval

    saturday, monday = FRIDAY + timedelta(days=1), FRIDAY + timedelta(days=3)
    assert decided(clock.at(FRIDAY, 18), clock.at(saturday, 9))
    assert not decided(clock.at(FRIDAY, 18), clock.at(FRIDAY, 23, 59))
    assert not decided(clock.at(FRIDAY, 21), clock.at(monday, 11))
    assert not decided(clock.at(FRIDAY, 21), clock.at(monday, 12))
    assert decided(clock.at(FRIDAY, 21), clock.at(monday, 12) + timedelta(seconds=1))


# ---- Decisions


@pytest.mark.spec("E190", "S1-91")
def test_nobody_approves_their_own_log(head: User, leader: User, acme: Client) -> None:
    log = submitted(head, acme)
    error = refused(services.approve_log, actor=head, log=log)
    assert (error.code, error.status) == ("SELF_APPROVAL", 403)
    assert refused(services.return_log, actor=head, log=log, reason="x").code == "SELF_APPROVAL"
    assert services.approve_logs(actor=head, logs=[log.pk])[0].code == "SELF_APPROVAL"
    assert services.approve_log(actor=leader, log=log).state == LogState.APPROVED


@pytest.mark.spec("E191")
def test_an_approved_log_is_locked_by_the_service_and_by_the_database(
    owner: User, head: User, acme: Client
) -> None:
    log = services.approve_log(actor=head, log=submitted(owner, acme))
    for act in (services.write_log, services.submit_log):
        arguments = {"values": {"lessons": "改"}} if act is services.write_log else {}
        error = refused(act, actor=owner, visit=log.visit, **arguments)
        assert (error.code, error.status) == ("LOG_LOCKED", 409)
    with pytest.raises(InternalError), transaction.atomic():
        VisitLog.objects.filter(pk=log.pk).update(lessons="改")
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM visits_visitlog WHERE id = %s", [log.pk])


@pytest.mark.spec("S1-91")
def test_a_returned_log_comes_back_with_its_reason_and_its_good_name(
    owner: User, head: User, acme: Client
) -> None:
    log = submitted(owner, acme)
    assert refused(services.return_log, actor=head, log=log, reason=" ").code == "REASON_REQUIRED"
    back = services.return_log(actor=head, log=log, reason="请写明客户的需求")
    told = Notification.objects.get(user=owner)
    assert "请写明客户的需求" in told.text
    write(owner, back.visit, demands="需要两条互联网专线,本月内开通")
    again = services.submit_log(actor=owner, visit=back.visit, now=clock.at(FRIDAY + timedelta(days=1), 8))
    assert (again.state, again.late_submit) == (LogState.SUBMITTED, False)


def test_a_decision_on_an_older_text_is_refused(owner: User, head: User, leader: User, acme: Client) -> None:
    log = submitted(owner, acme)
    seen = log.version
    services.return_log(actor=leader, log=log, reason="太简单")
    write(owner, log.visit, demands="要求报价")
    services.submit_log(actor=owner, visit=log.visit)
    assert refused(services.approve_log, actor=head, log=log, version=seen).code == "STALE"


def test_the_second_to_decide_is_told_who_was_first(
    owner: User, head: User, leader: User, acme: Client
) -> None:
    log = submitted(owner, acme)
    services.approve_log(actor=leader, log=log)
    error = refused(services.approve_log, actor=head, log=log)
    assert error.code == "ALREADY_DECIDED"
    assert str(leader) in str(error.message)
    assert services.approve_logs(actor=head, logs=[log.pk])[0].code == "ALREADY_DECIDED"


def test_who_may_not_decide_is_refused(
    owner: User, colleague: User, stranger: User, auditor: User, acme: Client, org: dict[str, OrgUnit]
) -> None:
    log = submitted(owner, acme)
    foreign_head = factories.make_user("head2", "DEPT_HEAD", org["other_unit"])
    assert refused(services.approve_log, actor=colleague, log=log).status == 403
    assert refused(services.approve_log, actor=auditor, log=log).status == 403
    for person in (stranger, foreign_head):
        assert refused(services.approve_log, actor=person, log=log).status == 404
    assert [o.code for o in services.approve_logs(actor=foreign_head, logs=[log.pk])] == ["NOT_FOUND"]


@pytest.mark.spec("S1-91")
def test_many_are_approved_at_once_and_each_has_its_outcome(
    owner: User,
    colleague: User,
    head: User,
    acme: Client,
    foreign: Client,
    stranger: User,
    org: dict[str, OrgUnit],
) -> None:
    other = factories.make_client(org["unit"], colleague)
    good = submitted(owner, acme)
    late = submitted(colleague, other)
    VisitLog.objects.filter(pk=late.pk).update(approval_due_at=clock.at(FRIDAY, 8))
    own = submitted(head, acme)
    draft = write(owner, plan(owner, acme))
    hidden = submitted(stranger, foreign)
    outcomes = services.approve_logs(actor=head, logs=[hidden.pk, good.pk, own.pk, draft.pk, late.pk, 10**9])
    assert [(o.log_id, o.code) for o in outcomes] == [
        (hidden.pk, "NOT_FOUND"),
        (good.pk, ""),
        (own.pk, "SELF_APPROVAL"),
        (draft.pk, "WRONG_STATE"),
        (late.pk, ""),
        (10**9, "NOT_FOUND"),
    ]
    approved = VisitLog.objects.filter(state=LogState.APPROVED)
    assert set(approved.values_list("pk", "late_approval", "decided_by")) == {
        (good.pk, False, head.pk),
        (late.pk, True, head.pk),
    }
    assert set(Visit.objects.filter(log__in=approved).values_list("state", flat=True)) == {VisitState.CLOSED}


def test_a_visit_with_a_promise_stays_open_until_it_is_kept(owner: User, head: User, acme: Client) -> None:
    visit = plan(owner, acme)
    write(owner, visit, next_step="送专线报价", next_due_on=FRIDAY + timedelta(days=3))
    log = services.submit_log(actor=owner, visit=visit)
    services.approve_log(actor=head, log=log)
    visit.refresh_from_db()
    assert visit.state == VisitState.DONE
    assert Visit.objects.open_promises().contains(visit)
    assert services.keep_promise(actor=owner, visit=visit).state == VisitState.CLOSED
    assert not Visit.objects.open_promises().contains(visit)


def test_a_promise_kept_before_approval_is_closed_by_it(owner: User, head: User, acme: Client) -> None:
    visit = plan(owner, acme)
    write(owner, visit, next_step="送专线报价")
    log = services.submit_log(actor=owner, visit=visit)
    assert services.keep_promise(actor=owner, visit=visit).state == VisitState.FOLLOWED_UP
    services.approve_log(actor=head, log=log)
    visit.refresh_from_db()
    assert visit.state == VisitState.CLOSED


# ---- The phone without a signal


@pytest.mark.spec("S1-89")
def test_a_whole_visit_sent_twenty_times_is_one_visit_and_one_log(owner: User, acme: Client) -> None:
    key = uuid.uuid4()
    sent: dict[str, Any] = {
        "client_key": key,
        "planned_at": clock.at(FRIDAY, 8),
        "arrived_at": clock.at(FRIDAY, 8, 5),
        "left_at": clock.at(FRIDAY, 8, 40),
        "purposes": ["P2"],
        "place": "客户前台",
        "values": {"opinion_asked": True, "results": {"P2": RESULTS["P2"]}},
    }
    visits = {services.record_visit(actor=owner, client=acme, **sent).pk for _ in range(20)}
    assert len(visits) == 1
    log = VisitLog.objects.get()
    assert (log.state, log.doubts) == (LogState.SUBMITTED, [])
    assert Visit.objects.count() == 1
    assert refused(plan, owner=factories.make_user("am9", "AM", acme.org_unit), client=acme, client_key=key)


# ---- The night


@pytest.mark.spec("S1-50", "S1-91", "D-25")
def test_the_night_reminds_of_missing_logs_and_waiting_approvals_once(
    owner: User, head: User, leader: User, stranger: User, acme: Client, foreign: Client
) -> None:
    missing = plan(owner, acme)
    cancelled = plan(owner, acme)
    services.cancel(actor=owner, visit=cancelled, reason="客户拒绝")
    submitted(owner, acme)
    own = submitted(head, acme)
    ahead = plan(owner, acme, planned_at=clock.at(FRIDAY + timedelta(days=1), 10))
    night = FRIDAY + timedelta(days=1)
    assert services.remind_overdue(as_of=FRIDAY) == 0
    assert services.remind_overdue(as_of=night) == 3
    assert services.remind_overdue(as_of=night) == 0
    told = Notification.objects.get(user=owner)
    assert (told.kind, told.url) == ("log_missing", f"/visits/{missing.pk}/log/")
    # The head's own log waits for the leader, never for the head.
    assert Notification.objects.get(user=head).text.removeprefix("有 ").startswith("1 ")
    assert Notification.objects.get(user=leader).text.removeprefix("有 ").startswith("1 ")
    assert own.visit.owner == head
    assert ahead.state == VisitState.PLANNED
    assert services.remind_overdue(as_of=night + timedelta(days=1)) == 4


def test_the_night_stays_inside_its_province(owner: User, acme: Client, org: dict[str, OrgUnit]) -> None:
    plan(owner, acme)
    other = factories.make_unit("P44", "广东公司", "PROVINCE", org["group"])
    night = FRIDAY + timedelta(days=1)
    assert services.remind_overdue(as_of=night, province=other) == 0
    assert services.remind_overdue(as_of=night, province=org["province"]) == 1


# ---- At the same moment, on real connections


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Run an act in many threads at once; return results and refusals."""

    def run(number: int) -> Any:
        try:
            return act(number)
        except BusinessError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.spec("S1-91")
def test_of_two_heads_at_the_same_moment_one_wins_and_the_other_is_told(
    owner: User, head: User, leader: User, acme: Client
) -> None:
    people = [head, leader]
    for _ in range(5):
        log = submitted(owner, acme)
        results = together(2, lambda n, log=log: services.approve_log(actor=people[n], log=log))  # type: ignore[misc]
        won = [r for r in results if isinstance(r, VisitLog)]
        lost = [r for r in results if isinstance(r, BusinessError)]
        assert (len(won), len(lost)) == (1, 1)
        assert lost[0].code == "ALREADY_DECIDED"
        assert str(won[0].decided_by) in str(lost[0].message)
        assert AuditEvent.objects.filter(action="visits.log_approved", entity_id=log.pk).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.spec("S1-89")
def test_the_same_visit_sent_at_the_same_moment_is_one_row(owner: User, acme: Client) -> None:
    key = uuid.uuid4()
    results = together(8, lambda n: plan(owner, acme, client_key=key))
    assert len({visit.pk for visit in results}) == 1
    assert Visit.objects.count() == 1
    assert AuditEvent.objects.filter(action="visits.visit_planned").count() == 1


@pytest.mark.spec("S0-89")
def test_a_competitor_in_a_log_becomes_a_sighting_once(acme: Client, owner: User) -> None:
    """A draft tells nothing, the submitted log tells once, a log without a competitor never."""
    visit = plan(owner, acme)
    write(owner, visit, competitor="联通上门推介专线,电信也来过")
    assert not acme.sightings.exists()
    log = services.submit_log(actor=owner, visit=visit)
    seen = acme.sightings.get()
    assert (seen.operator, seen.disposition, seen.ref) == ("CU", "WATCH", f"log:{log.pk}")
    VisitLog.objects.filter(pk=log.pk).update(state=LogState.RETURNED)
    services.submit_log(actor=owner, visit=visit)
    submitted(owner, acme, planned_at=clock.at(FRIDAY, 14))
    assert acme.sightings.count() == 1


@pytest.mark.spec("S1-89")
def test_a_key_is_one_client_s_visit_and_nobody_else_s(
    owner: User, acme: Client, org: dict[str, OrgUnit]
) -> None:
    """A whole visit to another client, sent with a used key, must not end up in the wrong file."""
    key, other = uuid.uuid4(), factories.make_client(org["unit"], owner, name="另一家公司")
    made = plan(owner, acme, client_key=key)
    whole: dict[str, Any] = {
        "actor": owner, "client": other, "client_key": key, "planned_at": clock.at(FRIDAY, 10),
        "purposes": ["P1"], "place": "别处", "values": {"opinion_asked": True, "results": RESULTS},
    }  # fmt: skip
    assert refused(plan, owner=owner, client=other, client_key=key).code == "KEY_TAKEN"
    assert refused(services.record_visit, **whole).code == "KEY_TAKEN"
    assert Visit.objects.get() == made
    assert not VisitLog.objects.exists()


@pytest.mark.spec("S1-50")
@pytest.mark.parametrize("ended", ["cancel", "no_show", "postpone"])
def test_a_draft_is_not_handed_in_once_the_visit_did_not_take_place(
    owner: User, acme: Client, ended: str
) -> None:
    """A draft kept while typing stays a draft: what was called off has no log to approve."""
    visit = plan(owner, acme)
    write(owner, visit)
    more = {"planned_at": clock.at(FRIDAY, 16)} if ended == "postpone" else {}
    getattr(services, ended)(actor=owner, visit=visit, reason="客户出差", **more)
    assert refused(services.submit_log, actor=owner, visit=visit).code == "WRONG_STATE"
    assert VisitLog.objects.get().state == LogState.DRAFT
    acme.refresh_from_db()
    assert acme.last_visited_on is None


@pytest.mark.spec("S1-50", "S1-91")
def test_of_reminders_that_come_every_day_the_newest_is_left_to_read(
    owner: User, head: User, acme: Client, at: Callable[[datetime], None]
) -> None:
    """Three days of the same reminder are one line in the bell; what was told of something else stays."""
    for purposes in (["P1"], ["P2"]):
        plan(owner, acme, purposes=purposes)
    submitted(owner, acme)
    for days in (1, 2, 3):
        day = FRIDAY + timedelta(days=days)
        at(clock.at(day, 1))
        services.remind_overdue(as_of=day)
        services.remind_overdue(as_of=day)
    told = Notification.objects.filter(kind="log_missing", user=owner)
    assert (told.count(), told.filter(read_at=None).count()) == (6, 2)
    assert {key.rpartition(":")[2] for key in told.filter(read_at=None).values_list("key", flat=True)} == {
        "2026-11-23"
    }
    late = Notification.objects.filter(kind="approval_late", user=head)
    assert list(late.filter(read_at=None).values_list("key", flat=True)) == ["approval_late:2026-11-23"]
