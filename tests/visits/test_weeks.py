"""Weekly reports: due days, figures that stay, the leader's decision, the sealed log book, reminders."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from clients.models import Client
from crm.accounts.models import Delegation, OrgUnit, User
from crm.accounts.services import delegate
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.models import Notification
from tests import factories
from tests.base.test_typeset import characters
from tests.visits.weeks import RESULT, TEXTS, approved, last_monday, logged, submitted, visit_on
from visits import services
from visits.calendar import due_day_of_week
from visits.models import Holiday, PrintRun, VisitLog, WeekBook, WeekInspection, WeeklyReport
from visits.querysets.weeks import counted_weeks, roster
from visits.rules import weeks as rules
from visits.services.archive import SILENCE
from visits.services.books import one_book
from visits.services.night_weeks import decision_limit
from visits.services.weeks import due_of
from workbench.duties import duties_of

pytestmark = pytest.mark.django_db
Org = dict[str, OrgUnit]


# ---- Weeks and due days


@pytest.mark.spec("E193", "S1-94")
def test_the_report_of_week_47_is_due_on_friday_at_24() -> None:
    due = due_of(rules.monday_of(2026, 47))
    assert due == clock.at(date(2026, 11, 21))
    assert rules.due_text(due) == "2026-11-20 24:00"
    assert not rules.is_late(due_at=due, submitted_at=clock.at(date(2026, 11, 20), 23, 59))
    assert rules.is_late(due_at=due, submitted_at=clock.at(date(2026, 11, 21)))


@pytest.mark.spec("D-26")
@pytest.mark.parametrize(
    ("year", "week", "last"),
    [
        (2026, 40, date(2026, 9, 30)),  # Thursday and Friday are the National Day: Wednesday is the last
        (2026, 41, date(2026, 10, 9)),  # a worked Saturday does not move a Friday on which people work
        (2026, 38, date(2026, 9, 18)),  # nor does a worked Sunday
        (2026, 8, date(2026, 2, 20)),  # the Spring Festival takes the whole week: Friday all the same
        (2026, 47, date(2026, 11, 20)),
    ],
)
def test_only_a_friday_off_moves_the_due_day(year: int, week: int, last: date) -> None:
    assert due_day_of_week(year, week) == last


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2020, 12, 31), (2020, 53)),
        (date(2021, 1, 3), (2020, 53)),
        (date(2021, 1, 4), (2021, 1)),
        (date(2025, 12, 29), (2026, 1)),
        (date(2026, 12, 31), (2026, 53)),
        (date(2027, 1, 3), (2026, 53)),
    ],
)
def test_weeks_follow_iso_over_the_turn_of_the_year(day: date, week: tuple[int, int]) -> None:
    assert rules.week_of(day) == week
    monday = rules.monday_of(*week)
    assert monday <= day <= monday + timedelta(days=6)
    assert rules.read_week(rules.named(day)) == monday


def test_a_week_the_year_does_not_have_is_refused(owner: User) -> None:
    assert rules.read_week("2025-W53") is None
    with pytest.raises(Invalid, match="WEEK_UNKNOWN"):
        services.begin_week(actor=owner, iso_year=2025, iso_week=53)
    ahead = clock.today() + timedelta(days=7)
    with pytest.raises(BusinessError, match="NOT_YET"):
        services.begin_week(actor=owner, iso_year=ahead.isocalendar()[0], iso_week=ahead.isocalendar()[1])
    with pytest.raises(Invalid, match="WEEK_UNKNOWN"):
        services.begin_week(actor=owner, iso_year=2020, iso_week=1)
    assert not WeeklyReport.objects.exists()


# ---- Writing and handing in


@pytest.mark.spec("E195", "S1-94")
def test_a_second_report_of_the_same_week_is_a_conflict(owner: User, colleague: User) -> None:
    report = submitted(owner)
    with pytest.raises(BusinessError, match="WEEK_TAKEN") as refusal:
        services.begin_week(actor=owner, iso_year=report.iso_year, iso_week=report.iso_week)
    assert refusal.value.status == 409
    assert refusal.value.details == {"report": report.pk}
    submitted(colleague)
    with pytest.raises(IntegrityError), transaction.atomic():
        WeeklyReport.objects.create(
            owner=owner, org_unit=report.org_unit, iso_year=report.iso_year, iso_week=report.iso_week,
            monday=report.monday,
        )  # fmt: skip


def test_a_report_needs_both_texts(owner: User) -> None:
    year, week = last_monday().isocalendar()[:2]
    report = services.begin_week(actor=owner, iso_year=year, iso_week=week, summary="只有总结")
    with pytest.raises(Invalid, match="TEXT_REQUIRED") as refusal:
        services.submit_week(actor=owner, report_id=report.pk)
    assert list(refusal.value.fields) == ["plan"]
    services.write_week(actor=owner, report_id=report.pk, plan="下周计划", version=1)
    with pytest.raises(BusinessError, match="STALE"):
        services.write_week(actor=owner, report_id=report.pk, plan="别的", version=1)
    services.submit_week(actor=owner, report_id=report.pk)
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.write_week(actor=owner, report_id=report.pk, plan="改一改")


def test_nobody_else_writes_or_reads_a_draft(
    owner: User, colleague: User, head: User, stranger: User
) -> None:
    year, week = last_monday().isocalendar()[:2]
    report = services.begin_week(actor=owner, iso_year=year, iso_week=week, **TEXTS)
    for person in (colleague, head, stranger):
        with pytest.raises(NotFound):
            services.write_week(actor=person, report_id=report.pk, plan="我来写")
    services.submit_week(actor=owner, report_id=report.pk)
    assert WeeklyReport.objects.visible_to(head).exists()
    assert not WeeklyReport.objects.visible_to(stranger).exists()
    with pytest.raises(Forbidden, match="NOT_YOURS"):
        services.write_week(actor=colleague, report_id=report.pk, plan="我来写")


@pytest.mark.spec("S1-94")
def test_figures_are_filled_in_and_stay_as_they_were(owner: User, head: User, org: Org, acme: Client) -> None:
    monday = last_monday()
    punctual = clock.at(monday, 10, 5)
    logged(visit_on(owner, acme, monday, arrived_at=punctual))
    second = visit_on(owner, acme, monday + timedelta(days=1))
    second.arrived_at = clock.at(monday + timedelta(days=1), 10, 6)
    second.save()
    log = logged(
        second,
        clock.at(monday + timedelta(days=2), 9),
        next_step="送报价",
        next_due_on=monday + timedelta(days=4),
    )
    services.approve_log(actor=head, log=log)
    services.keep_promise(actor=owner, visit=second)
    visit_on(owner, acme, monday + timedelta(days=3))
    services.cancel(
        actor=owner, visit=visit_on(owner, acme, monday + timedelta(days=3), 15), reason="客户没空"
    )
    nextweek = visit_on(owner, acme, monday + timedelta(days=8), 14)
    report = submitted(owner)
    stats = report.auto_stats
    assert stats is not None
    wanted = {
        "planned": 3, "done": 2, "on_time": 1, "late": 1, "unchecked": 0, "cancelled": 1, "clients": 1,
        "handed": 2, "in_time": 1, "handed_late": 1, "missing": 1, "approved": 1, "promises": 1,
        "promises_kept": 1, "gifts": 0, "tasks": 0, "tasks_done": 0,
    }  # fmt: skip
    assert {name: stats[name] for name in wanted} == wanted
    assert stats["purposes"]["P1"] == 2
    assert [(v["day"], v["time"], v["client"]) for v in stats["next_week"]] == [
        (nextweek.visit_on.isoformat(), "14:00", acme.name)
    ]
    visit_on(owner, acme, monday + timedelta(days=4))
    report.refresh_from_db()
    assert report.auto_stats == stats


@pytest.mark.spec("E193")
def test_late_is_late_and_a_return_does_not_change_it(owner: User, leader: User, colleague: User) -> None:
    due = due_of(last_monday())
    in_time = submitted(owner, now=due - timedelta(minutes=1))
    too_late = submitted(colleague, now=due)
    assert (in_time.late_submit, too_late.late_submit) == (False, True)
    services.return_week(actor=leader, report_id=in_time.pk, reason="计划太简单")
    again = services.submit_week(actor=owner, report_id=in_time.pk, now=due + timedelta(days=2))
    assert (again.late_submit, again.decided_by) == (False, None)


# ---- The leader's decision


@pytest.mark.spec("S1-94")
def test_the_leader_decides_and_nobody_about_an_own_report(
    owner: User, head: User, leader: User, stranger: User, org: Org
) -> None:
    report = submitted(owner)
    with pytest.raises(Forbidden):
        services.approve_week(actor=head, report_id=report.pk)
    elsewhere = factories.make_user("leader9", "UNIT_LEADER", org["other_unit"])
    with pytest.raises(NotFound):
        services.approve_week(actor=elsewhere, report_id=report.pk)
    with pytest.raises(Invalid, match="REASON_REQUIRED"):
        services.return_week(actor=leader, report_id=report.pk, reason=" ")
    services.return_week(actor=leader, report_id=report.pk, reason="计划太简单")
    assert Notification.objects.filter(user=owner, kind="week").exists()
    services.submit_week(actor=owner, report_id=report.pk)
    services.approve_week(actor=leader, report_id=report.pk, note="继续跟进专线")
    with pytest.raises(BusinessError, match="ALREADY_DECIDED"):
        services.return_week(actor=leader, report_id=report.pk, reason="再想想")
    mine = submitted(head)
    assert services.approve_week(actor=leader, report_id=mine.pk).state == "APPROVED"


def test_a_deputy_decides_but_not_about_own_or_the_leaders(owner: User, head: User, leader: User) -> None:
    today = clock.today()
    Delegation.objects.create(
        from_user=leader, to_user=head, role="UNIT_LEADER", valid_from=today, valid_to=today,
        reason="出差", created_by=leader,
    )  # fmt: skip
    deputy = User.objects.get(pk=head.pk)
    own = submitted(deputy)
    with pytest.raises(Forbidden, match="SELF_APPROVAL"):
        services.approve_week(actor=deputy, report_id=own.pk)
    done = services.approve_week(actor=deputy, report_id=submitted(owner).pk)
    assert (done.state, done.decided_by) == ("APPROVED", deputy)


@pytest.mark.spec("S1-94")
def test_what_the_leader_agreed_to_never_changes(owner: User, leader: User) -> None:
    report = approved(owner, leader)
    changes: list[dict[str, Any]] = [{"summary": "别的"}, {"auto_stats": {}}, {"leader_note": "改"}]
    for change in changes:
        with pytest.raises(InternalError), transaction.atomic():
            WeeklyReport.objects.filter(pk=report.pk).update(**change)
    with pytest.raises(InternalError), transaction.atomic():
        WeeklyReport.objects.filter(pk=report.pk).delete()


# ---- The log book


@pytest.mark.spec("S1-95", "D-33")
def test_the_week_becomes_a_sealed_book_that_is_filed_and_inspected(
    owner: User, head: User, leader: User, gcdept: User, auditor: User, acme: Client
) -> None:
    log = logged(visit_on(owner, acme, last_monday()))
    report = approved(owner, leader)
    with pytest.raises(BusinessError, match="LOGS_WAITING"):
        services.print_week(actor=head, report_id=report.pk)
    services.approve_log(actor=head, log=log)
    with pytest.raises(Forbidden):
        services.print_week(actor=owner, report_id=report.pk)
    book = services.print_week(actor=head, report_id=report.pk)
    assert book.archive_no == f"ZB{report.iso_year}-{report.iso_week:02d}-{report.pk:06d}"
    assert book.sha256 == hashlib.sha256(book.pdf).hexdigest()
    assert set(acme.name + RESULT + TEXTS["plan"]) - {" "} <= characters(bytes(book.pdf))
    assert services.print_week(actor=leader, report_id=report.pk) == book
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.inspect_week(actor=gcdept, report_id=report.pk, result="GOOD")
    filing = services.file_week(actor=head, report_id=report.pk, paper_no="西湖-2026-0047")
    assert (filing.filed_by, filing.paper_no) == (head, "西湖-2026-0047")
    with pytest.raises(Forbidden):
        services.inspect_week(actor=head, report_id=report.pk, result="GOOD")
    with pytest.raises(Invalid, match="COMMENT_REQUIRED"):
        services.inspect_week(actor=gcdept, report_id=report.pk, result="FAULTS")
    services.inspect_week(actor=gcdept, report_id=report.pk, result="FAULTS", comment="缺领导批示")
    assert Notification.objects.filter(text__contains="缺领导批示").count() == 2
    services.inspect_week(actor=gcdept, report_id=report.pk, result="GOOD", comment="已补")
    report.refresh_from_db()
    assert (report.state, WeekInspection.objects.count()) == ("INSPECTED", 2)
    assert services.open_book(actor=auditor, report_id=report.pk) == book


@pytest.mark.spec("S1-95", "D-33")
def test_a_returned_log_keeps_the_book_open_until_it_is_approved(
    owner: User, head: User, leader: User, acme: Client
) -> None:
    log = logged(visit_on(owner, acme, last_monday()))
    services.return_log(actor=head, log=log, reason="请补充需求")
    report = approved(owner, leader)
    with pytest.raises(BusinessError, match="LOGS_WAITING"):
        services.print_week(actor=head, report_id=report.pk)
    services.write_log(actor=owner, visit=log.visit, values={"demands": "补充的内容"})
    services.approve_log(actor=head, log=services.submit_log(actor=owner, visit=log.visit))
    book = services.print_week(actor=head, report_id=report.pk)
    assert ["需求", "补充的内容"] in book.content["logs"][0]["lines"]


@pytest.mark.spec("D-33")
def test_the_archive_only_grows(owner: User, head: User, leader: User, gcdept: User) -> None:
    report = approved(owner, leader)
    book = services.print_week(actor=head, report_id=report.pk)
    filing = services.file_week(actor=head, report_id=report.pk)
    seen = services.inspect_week(actor=gcdept, report_id=report.pk, result="GOOD")
    changes: list[tuple[Any, dict[str, Any]]] = [
        (book, {"pdf": b"x"}), (book, {"archive_no": "ZB0"}), (filing, {"paper_no": "9"}),
        (seen, {"result": "FAULTS"}),
    ]  # fmt: skip
    for row, change in changes:
        rows = type(row)._base_manager.filter(pk=row.pk)
        with pytest.raises(InternalError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(InternalError), transaction.atomic():
            rows._raw_delete("default")


def test_the_same_content_makes_the_same_document(
    owner: User, head: User, leader: User, acme: Client
) -> None:
    visit_on(owner, acme, last_monday() + timedelta(days=1))
    book = services.print_week(actor=head, report_id=approved(owner, leader).pk)
    assert one_book(book.content) == bytes(book.pdf)
    assert book.content["others"][0][2] == acme.name


def test_what_people_type_is_never_a_program(owner: User, head: User, leader: User) -> None:
    year, week = last_monday().isocalendar()[:2]
    texts = {"summary": '#panic("x") *重点* $x^2$ ] \\ "', "plan": "= 标题 #sys.inputs"}
    report = services.begin_week(actor=owner, iso_year=year, iso_week=week, **texts)
    services.submit_week(actor=owner, report_id=report.pk)
    services.approve_week(actor=leader, report_id=report.pk)
    book = services.print_week(actor=head, report_id=report.pk)
    assert set("#*$重点") <= characters(bytes(book.pdf))


def test_a_units_week_is_printed_in_one_go(
    owner: User, colleague: User, head: User, leader: User, org: Org, acme: Client
) -> None:
    monday = last_monday()
    with pytest.raises(BusinessError, match="NOTHING_TO_PRINT"):
        services.print_unit(actor=head, unit=org["unit"], monday=monday)
    with pytest.raises(NotFound):
        services.print_unit(actor=head, unit=org["other_unit"], monday=monday)
    approved(owner, leader)
    logged(visit_on(owner, acme, monday))  # waits for approval: this one cannot be printed
    approved(colleague, leader)
    run, queue = services.print_unit(actor=head, unit=org["unit"], monday=monday)
    again, queue_again = services.print_unit(actor=head, unit=org["unit"], monday=monday)
    assert (run, queue, queue_again) == (again, True, False)
    services.run_print(run_id=run.pk)
    services.run_print(run_id=run.pk)  # delivered twice: nothing more happens
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == ("DONE", 2, 2)
    assert [name for name, _sentence in run.refused] == [owner.full_name]
    assert WeekBook.objects.get().report.owner == colleague
    assert bytes(run.pdf or b"").startswith(b"%PDF-")


def test_a_printing_whose_worker_died_begins_anew(owner: User, head: User, leader: User, org: Org) -> None:
    approved(owner, leader)
    run, _queue = services.print_unit(actor=head, unit=org["unit"], monday=last_monday())
    PrintRun.objects.filter(pk=run.pk).update(state="RUNNING", beat_at=clock.now() - SILENCE * 2)
    same, queue = services.print_unit(actor=head, unit=org["unit"], monday=last_monday())
    assert (same, queue) == (run, True)
    services.run_print(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, WeekBook.objects.count()) == ("DONE", 1)


# ---- Who owes, the night, the workbench


@pytest.mark.spec("S1-94", "S1-95")
def test_the_roster_knows_who_owes_what(
    owner: User, colleague: User, stranger: User, leader: User, head: User, org: Org
) -> None:
    monday = last_monday()
    report = submitted(owner, now=due_of(monday))
    units = [unit.pk for unit in OrgUnit.objects.visible_to(head)]
    assert {(row[0], row[3]) for row in roster(units, monday, monday)} == {
        (owner.pk, report.pk), (colleague.pk, None),
    }  # fmt: skip
    counts = counted_weeks(units, monday, monday, "unit")
    assert [(c["key"], c["owed"], c["handed"], c["handed_late"], c["missing"]) for c in counts] == [
        (org["unit"].pk, 2, 1, 1, 1)
    ]
    by_week = counted_weeks(units, monday - timedelta(days=7), monday, "week")
    assert sorted((c["key"], c["owed"], c["handed"]) for c in by_week) == [
        (monday - timedelta(days=7), 2, 0), (monday, 2, 1),
    ]  # fmt: skip
    # Somebody who left the role before the week owes nothing.
    colleague.assignments.update(valid_to=monday - timedelta(days=1))
    assert {row[0] for row in roster(units, monday, monday)} == {owner.pk}


FRIDAY = date(2026, 11, 20)


def heard(kind: str) -> set[str]:
    """Return the staff numbers of who was told something of a kind."""
    return set(Notification.objects.filter(kind=kind).values_list("user__staff_no", flat=True))


@pytest.mark.spec("S1-94", "E193")
def test_the_night_reminds_and_escalates(
    owner: User, colleague: User, head: User, leader: User, stranger: User, org: Org
) -> None:
    services.remind_weeks(as_of=FRIDAY)
    assert heard("week_due") == {"owner", "colleague", "stranger"}
    report = WeeklyReport.objects.create(
        owner=colleague, org_unit=org["unit"], iso_year=2026, iso_week=47, monday=date(2026, 11, 16),
        state="SUBMITTED", submitted_at=clock.at(FRIDAY, 17), due_at=clock.at(FRIDAY), auto_stats={},
    )  # fmt: skip
    saturday = FRIDAY + timedelta(days=1)
    assert services.remind_weeks(as_of=saturday) > 0
    mine = Notification.objects.filter(kind="week_missing", key__contains="2026-11-16")
    assert set(mine.values_list("user__staff_no", flat=True)) == {"owner", "stranger"}
    late = Notification.objects.filter(kind="week_late", key=f"week_late:2026-11-16:{saturday}")
    assert set(late.values_list("user__staff_no", flat=True)) == {"head"}
    assert services.remind_weeks(as_of=saturday) == 0
    # After the next working day the leader hears of it too; the decision becomes due as well.
    services.remind_weeks(as_of=date(2026, 11, 24))
    late = Notification.objects.filter(kind="week_late", key="week_late:2026-11-16:2026-11-24")
    assert set(late.values_list("user__staff_no", flat=True)) == {"head", "leader"}
    assert decision_limit(date(2026, 11, 25)) == date(2026, 11, 22)
    assert decision_limit(date(2026, 11, 24)) == FRIDAY - timedelta(days=1)
    services.remind_weeks(as_of=date(2026, 11, 24))
    assert heard("week_undecided") == set()
    services.remind_weeks(as_of=date(2026, 11, 25))
    assert heard("week_undecided") == {"leader"}
    assert report.state == "SUBMITTED"


@pytest.mark.spec("D-26")
def test_a_saturday_worked_for_a_friday_off_is_the_due_day() -> None:
    for day, kind in ((FRIDAY, "HOLIDAY"), (FRIDAY + timedelta(days=1), "MAKEUP")):
        Holiday.objects.update_or_create(day=day, defaults={"kind": kind, "name": "调休"})
    assert due_day_of_week(2026, 47) == FRIDAY + timedelta(days=1)


def test_a_friday_off_moves_the_reminder(owner: User) -> None:
    Holiday.objects.update_or_create(day=FRIDAY, defaults={"kind": "HOLIDAY", "name": "高温假"})
    services.remind_weeks(as_of=FRIDAY - timedelta(days=1))
    assert heard("week_due") == {"owner"}


def codes(user: User, now: datetime) -> set[str]:
    """Return the codes of a person's duties."""
    return {duty.code for duty in duties_of(User.objects.get(pk=user.pk), now=now)}


@pytest.mark.spec("S1-94", "S1-95")
def test_the_workbench_tells_each_what_comes_next(
    owner: User, head: User, leader: User, gcdept: User
) -> None:
    now = due_of(last_monday()) + timedelta(hours=9)
    assert "week_report" in codes(owner, now)
    submitted(owner, last_monday() - timedelta(days=7))
    report = submitted(owner)
    assert "week_report" not in codes(owner, now)
    earlier = WeeklyReport.objects.exclude(pk=report.pk).get()
    services.approve_week(actor=leader, report_id=earlier.pk)
    assert "weeks_to_decide" in codes(leader, now)
    services.return_week(actor=leader, report_id=report.pk, reason="补充计划")
    assert "week_returned" in codes(owner, now)
    services.submit_week(actor=owner, report_id=report.pk)
    services.approve_week(actor=leader, report_id=report.pk)
    assert "weeks_to_decide" not in codes(leader, now)
    assert "weeks_to_print" in codes(head, now)
    for pk in (report.pk, earlier.pk):
        services.print_week(actor=head, report_id=pk)
    assert "weeks_to_file" in codes(head, now)
    for pk in (report.pk, earlier.pk):
        services.file_week(actor=head, report_id=pk)
    assert "weeks_to_inspect" in codes(gcdept, now)
    for pk in (report.pk, earlier.pk):
        services.inspect_week(actor=gcdept, report_id=pk, result="GOOD")
    assert "weeks_to_inspect" not in codes(gcdept, now)
    assert not VisitLog.objects.exists()


@pytest.mark.spec("S1-94")
def test_deputies_hear_of_reports_too(
    owner: User, head: User, leader: User, colleague: User, org: dict[str, OrgUnit]
) -> None:
    deputies = {
        role: factories.make_user(f"for-{role}", "AM", org["other_unit"]) for role in ("head", "leader")
    }
    today = clock.today()
    for person, role in ((head, "DEPT_HEAD"), (leader, "UNIT_LEADER")):
        delegate(
            actor=person, from_user=person, to_user=deputies[person.staff_no], role=role, valid_from=today,
            valid_to=today + timedelta(days=25), reason="休假",
        )  # fmt: skip
    submitted(owner, now=clock.at(today - timedelta(days=20)))
    services.remind_weeks(as_of=today + timedelta(days=15))
    undecided = Notification.objects.filter(kind="week_undecided").values_list("user__staff_no", flat=True)
    assert set(undecided) == {"leader", "for-leader"}
    late = Notification.objects.filter(kind="week_late").values_list("user__staff_no", flat=True)
    assert {"head", "for-head", "leader", "for-leader"} <= set(late)
