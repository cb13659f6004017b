"""Opinions of clients, urgent needs and their grants, reports of conduct, and the client's timeline."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from clients.services.handovers import plan_hand_over
from clients.timeline import timeline
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.models import Notification
from crm.params import registry
from tests import factories
from tests.visits.test_desk import submitted
from visits import services
from visits.models import ConductReport, EscalationRequest, OpinionForm, Visit
from workbench.duties import duties_of
from workbench.search import search

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Browser]
FRIDAY = date(2026, 9, 25)  # Mid-Autumn: nobody works


def planned(owner: User, client: Client) -> Visit:
    """Plan a visit for now."""
    return services.plan_visit(
        actor=owner, client=client, planned_at=clock.now(), purposes=["P5"], place="三楼"
    )


def codes(user: User) -> list[str]:
    """Return the duties of a person."""
    return [duty.code for duty in duties_of(user, now=clock.now())]


def refused(code: str, act: Callable[..., Any], **values: Any) -> None:
    """See an act refused, and nothing changed by it."""
    with pytest.raises(BusinessError, match=f"^{code}$"), transaction.atomic():
        act(**values)


# ---- Opinions


@pytest.mark.spec("S1-47")
def test_an_opinion_goes_to_the_department_and_back_to_the_client(
    owner: User, head: User, acme: Client
) -> None:
    visit = planned(owner, acme)
    opinion = services.note_opinion(
        actor=owner, visit=visit, text="希望账单按部门拆分", kind="PRICE", as_of=date(2026, 9, 24)
    )
    # Five working days: the 25th is Mid-Autumn, the week of National Day is off, the 10th is worked.
    assert opinion.due_on == date(2026, 10, 9)
    assert Notification.objects.get(user=head).url == reverse("visits:opinion", args=[opinion.pk])
    assert "opinions_to_answer" in codes(head)
    refused("NOT_ANSWERED", services.feed_back, actor=owner, opinion=opinion, feedback="已处理")
    refused("ANSWER_REQUIRED", services.answer_opinion, actor=head, opinion=opinion, answer=" ")
    services.answer_opinion(actor=head, opinion=opinion, answer="下月起按部门出账")
    refused("ALREADY_ANSWERED", services.answer_opinion, actor=head, opinion=opinion, answer="再答")
    assert "opinion_to_tell" in codes(owner)
    assert "opinions_to_answer" not in codes(head)
    refused("NOT_YOURS", services.feed_back, actor=head, opinion=opinion, feedback="已处理")
    done = services.feed_back(actor=owner, opinion=opinion, feedback="已电话告知", satisfied=True)
    assert (done.state, done.satisfied) == ("FED_BACK", True)
    assert "opinion_to_tell" not in codes(owner)
    refused("WRONG_STATE", services.feed_back, actor=owner, opinion=opinion, feedback="再说")


@pytest.mark.spec("S1-47")
def test_an_opinion_that_nobody_answers_becomes_a_duty_of_the_manager(owner: User, acme: Client) -> None:
    opinion = services.note_opinion(actor=owner, visit=planned(owner, acme), text="办理太慢")
    assert "opinion_to_tell" not in codes(owner)
    OpinionForm.objects.filter(pk=opinion.pk).update(due_on=clock.today() - timedelta(days=1))
    assert "opinion_to_tell" in codes(owner)


@pytest.mark.spec("S1-47")
def test_what_the_log_says_becomes_one_form_with_one_tap(owner: User, acme: Client, browse: Browse) -> None:
    log = submitted(owner, acme, opinion="希望账单更清楚", opinion_asked=True)
    browser = browse(owner)
    notes = reverse("visits:notes", args=[log.visit_id])
    assert "希望账单更清楚" in browser.get(notes).content.decode()
    for _tap in range(3):
        browser.post(reverse("visits:opinion-note", args=[log.visit_id]), {"from_log": "on"})
    opinion = OpinionForm.objects.get()
    assert (opinion.visit, opinion.text, opinion.owner) == (log.visit, "希望账单更清楚", owner)
    page = browser.get(reverse("visits:opinion-print", args=[opinion.pk])).content.decode()
    assert "意见征求表" in page
    assert opinion.number in page
    assert "希望账单更清楚" in page


def test_a_department_elsewhere_answers_what_it_is_asked_and_sees_no_more(
    owner: User, stranger: User, acme: Client, org: dict[str, OrgUnit], browse: Browse
) -> None:
    expert = factories.make_user("net1", "SUPPORT", org["other_unit"], full_name="网络部专家")
    asked = services.note_opinion(
        actor=owner,
        visit=planned(owner, acme),
        text="三楼没有信号",
        kind="NETWORK",
        asked_unit=org["other_unit"],
    )
    hidden = services.note_opinion(actor=owner, visit=planned(owner, acme), text="账单不清楚")
    browser = browse(expert)
    assert browser.get(reverse("visits:opinion", args=[asked.pk])).status_code == 200
    assert browser.get(reverse("visits:opinion", args=[hidden.pk])).status_code == 404
    assert browser.get(reverse("clients:card", args=[acme.pk])).status_code in (403, 404)
    assert browse(stranger).get(reverse("visits:opinion", args=[asked.pk])).status_code == 404
    browser.post(reverse("visits:opinion-answer", args=[asked.pk]), {"answer": "已加装室分"})
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == ("ANSWERED", expert)


# ---- Urgent needs


@pytest.mark.spec("S1-46")
def test_a_superior_grants_for_a_time_and_the_grant_ends_by_itself(
    owner: User, head: User, acme: Client
) -> None:
    visit = planned(owner, acme)
    start = clock.at(date(2026, 11, 20), 10)
    asked = services.ask_superior(
        actor=owner, visit=visit, procedure="PAPERS_LATER", need="客户今天就要开通,公章在外地", now=start
    )
    assert Notification.objects.get(user=head).kind == "urgent"
    assert "urgent_need" in codes(head)
    refused(
        "ALREADY_ASKED",
        services.ask_superior,
        actor=owner,
        visit=visit,
        procedure="PAPERS_LATER",
        need="再问",
    )
    refused("NO_GRANT", services.must_have_grant, about=visit, procedure="PAPERS_LATER", at=start)
    refused("HOURS", services.grant_urgent, actor=head, request=asked, allowed="先开通", hours=73)
    refused("ALLOWED_REQUIRED", services.grant_urgent, actor=head, request=asked, allowed=" ", hours=4)
    services.grant_urgent(actor=head, request=asked, allowed="先开通,三日内补公章", hours=4, now=start)
    refused("ALREADY_DECIDED", services.refuse_urgent, actor=head, request=asked, reason="不行")
    for about in (visit, acme):
        assert services.has_grant(about, "PAPERS_LATER", at=start + timedelta(minutes=239))
        assert not services.has_grant(about, "CREDIT", at=start)
        assert not services.has_grant(about, "PAPERS_LATER", at=start + timedelta(hours=4))
    late = start + timedelta(hours=4)
    refused("GRANT_OVER", services.must_have_grant, about=visit, procedure="PAPERS_LATER", at=late)
    acts = list(AuditEvent.objects.filter(entity="visits.escalationrequest").values_list("action", flat=True))
    assert sorted(acts) == ["visits.urgent_asked", "visits.urgent_granted"]
    with pytest.raises(IntegrityError), transaction.atomic():
        EscalationRequest.objects.filter(pk=asked.pk).update(valid_until=None)


@pytest.mark.spec("S1-46")
def test_what_the_head_does_not_answer_in_working_minutes_goes_to_the_leader_once(
    owner: User, head: User, leader: User, acme: Client
) -> None:
    evening = clock.at(date(2026, 11, 20), 17, 45)
    asked = services.ask_superior(
        actor=owner, visit=planned(owner, acme), procedure="CREDIT", need="月底结算", now=evening
    )
    monday = date(2026, 11, 23)
    assert asked.escalates_at == clock.at(monday, 9, 15)
    assert "urgent_need" not in codes(leader)
    assert services.escalate_urgent(now=clock.at(monday, 9, 14)) == 0
    assert services.escalate_urgent(now=clock.at(monday, 9, 15)) == 1
    assert services.escalate_urgent(now=clock.at(monday, 9, 20)) == 0
    assert Notification.objects.get(user=leader).url == reverse("visits:urgent", args=[asked.pk])
    assert "urgent_need" in codes(leader)
    services.grant_urgent(actor=leader, request=asked, allowed="授信一万元", hours=24)
    assert services.escalate_urgent(now=clock.at(monday, 12)) == 0


@pytest.mark.spec("S1-46")
def test_a_head_asks_the_leader_and_nobody_grants_an_own_request(
    head: User, leader: User, owner: User, stranger: User, acme: Client
) -> None:
    asked = services.ask_superior(
        actor=head, visit=planned(head, acme), procedure="PRICE", need="竞标要当天报价"
    )
    assert asked.level == 1
    assert Notification.objects.get().user == leader
    refused("SELF_APPROVAL", services.grant_urgent, actor=head, request=asked, allowed="八折", hours=4)
    refused("FORBIDDEN", services.grant_urgent, actor=owner, request=asked, allowed="八折", hours=4)
    refused("NOT_FOUND", services.grant_urgent, actor=stranger, request=asked, allowed="八折", hours=4)
    with pytest.raises(IntegrityError), transaction.atomic():
        EscalationRequest.objects.filter(pk=asked.pk).update(decided_by=head)
    services.grant_urgent(actor=leader, request=asked, allowed="八折", hours=4)
    refused("REASON_REQUIRED", services.revoke_urgent, actor=leader, request=asked, reason="")
    services.revoke_urgent(actor=leader, request=asked, reason="客户改签")
    assert services.has_grant(acme, "PRICE") is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.spec("S1-46")
def test_of_granting_and_refusing_at_the_same_moment_one_wins(
    owner: User, head: User, leader: User, acme: Client
) -> None:
    asked = services.ask_superior(
        actor=owner, visit=planned(owner, acme), procedure="CREDIT", need="月底结算"
    )
    gate, answers = threading.Barrier(2), []

    def run(act: Callable[[], Any]) -> None:
        gate.wait(10)
        try:
            act()
            answers.append("done")
        except BusinessError as refusal:
            answers.append(refusal.code)
        finally:
            connection.close()

    acts = (
        lambda: services.grant_urgent(actor=head, request=asked, allowed="授信", hours=4),
        lambda: services.refuse_urgent(actor=leader, request=asked, reason="超出权限"),
    )
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(answers) == ["ALREADY_DECIDED", "done"]


@pytest.mark.spec("S1-46", "S1-47")
def test_the_desk_shows_what_was_asked_and_noted_on_the_visit(
    owner: User, head: User, acme: Client, browse: Browse
) -> None:
    log = submitted(owner, acme)
    services.ask_superior(actor=owner, visit=log.visit, procedure="CREDIT", need="月底结算等不得")
    services.note_opinion(actor=owner, visit=log.visit, text="希望账单更清楚")
    page = browse(head).get(reverse("visits:desk")).content.decode()
    assert "月底结算等不得" in page
    assert "希望账单更清楚" in page


# ---- Reports of conduct


@pytest.fixture
def report(auditor: User, head: User, owner: User, acme: Client) -> ConductReport:
    """Have the head record what a client told, with an auditor there to hear of it."""
    return services.report_conduct(
        actor=head, kind="ASKED_FOR_GIFTS", channel="LEADER", text="索要购物卡两千元", unit=acme.org_unit,
        client=acme, about=owner, told_by="李总",
    )  # fmt: skip


@pytest.mark.spec("S0-86")
def test_a_report_of_conduct_reaches_auditors_and_never_the_managers_line(
    report: ConductReport,
    owner: User,
    colleague: User,
    head: User,
    leader: User,
    gcdept: User,
    provadmin: User,
    sysadmin: User,
    auditor: User,
    acme: Client,
    org: dict[str, OrgUnit],
    browse: Browse,
) -> None:
    far = factories.make_user("auditor2", "AUDITOR", org["other_city"])
    second_head = factories.make_user("head3", "DEPT_HEAD", org["unit"])
    for person in (owner, colleague, leader, gcdept, provadmin, sysadmin, far, second_head):
        assert not ConductReport.objects.visible_to(person).exists(), person
    assert list(ConductReport.objects.visible_to(auditor)) == [report]
    assert list(ConductReport.objects.visible_to(head)) == [report]  # its recorder
    told = Notification.objects.filter(kind="conduct")
    assert list(told.values_list("user", flat=True)) == [auditor.pk]
    # Neither the trail, the timeline nor the search says what was said.
    assert "购物卡" not in str(list(AuditEvent.objects.values_list("data", flat=True)))
    assert "购物卡" not in str(timeline(acme))
    for person in (owner, head, leader):
        assert "两千元" not in str(list(search(person, "购物卡")))
    assert browse(leader).get(reverse("visits:conduct-report", args=[report.pk])).status_code == 404


@pytest.mark.spec("S0-86")
def test_the_auditor_settles_a_report_once_with_a_disposition(
    report: ConductReport, auditor: User, head: User
) -> None:
    assert "conduct" in codes(auditor)
    refused(
        "FORBIDDEN", services.settle_conduct, actor=head, report=report, founded=False, disposition="查无此事"
    )
    services.take_up_conduct(actor=auditor, report=report)
    refused(
        "DISPOSITION_REQUIRED", services.settle_conduct, actor=auditor, report=report, founded=True,
        disposition=" ",
    )  # fmt: skip
    services.settle_conduct(actor=auditor, report=report, founded=True, disposition="退还并通报批评")
    refused(
        "ALREADY_SETTLED", services.settle_conduct, actor=auditor, report=report, founded=False,
        disposition="改判",
    )  # fmt: skip
    report.refresh_from_db()
    assert (report.state, report.handled_by) == ("FOUNDED", auditor)
    assert "conduct" not in codes(auditor)


@pytest.mark.spec("S0-86")
def test_nobody_reads_or_settles_a_report_about_themselves(
    head: User, auditor: User, acme: Client, org: dict[str, OrgUnit]
) -> None:
    mine = services.report_conduct(
        actor=head, kind="OTHER", channel="LETTER", text="稽核人员收受好处", unit=acme.org_unit, about=auditor
    )
    assert not ConductReport.objects.visible_to(auditor).exists()
    assert not Notification.objects.filter(user=auditor).exists()
    refused("NOT_FOUND", services.settle_conduct, actor=auditor, report=mine, founded=False, disposition="无")
    with pytest.raises(IntegrityError), transaction.atomic():
        ConductReport.objects.filter(pk=mine.pk).update(handled_by=auditor)
    other = factories.make_user("auditor3", "AUDITOR", org["city"])
    services.settle_conduct(actor=other, report=mine, founded=False, disposition="查无实据")


@pytest.mark.spec("S0-85", "S0-86")
def test_a_denied_gift_becomes_a_report_and_the_sample_a_duty(
    owner: User, head: User, leader: User, auditor: User, acme: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tea = services.add_gift(actor=head, code="TEA", name="茶叶礼盒", unit_value_fen=12800)
    stock = services.take_in(actor=head, gift=tea, unit=acme.org_unit, quantity=10)
    gift = services.request_gift(actor=owner, client=acme, stock=stock, quantity=1, reason="周年")
    services.approve_gift(actor=head, request_id=gift.pk)
    services.hand_out(actor=head, request_id=gift.pk)
    services.sign_for(actor=owner, request_id=gift.pk, signed_by="王建国", signed_on=clock.today())
    month = (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    type(gift).objects.filter(pk=gift.pk).update(signed_on=month)
    known = registry.get
    monkeypatch.setattr(
        "workbench.duties.events.registry.get",
        lambda key, *, as_of: 100 if key == "gift.callback_pct" else known(key, as_of=as_of),
    )
    assert "gift_calls" in codes(auditor)
    services.call_back(actor=leader, request_id=gift.pk, result="DENIED", note="从没收到")
    assert "gift_calls" not in codes(auditor)
    report = ConductReport.objects.get()
    assert (report.kind, report.about, report.client) == ("KEPT_GIFT", owner, acme)
    assert gift.receipt_no in report.text
    assert "从没收到" in report.text


# ---- The client's timeline


@pytest.mark.spec("S1-90")
def test_the_timeline_tells_of_visits_logs_opinions_urgent_needs_and_gifts(
    owner: User, head: User, acme: Client
) -> None:
    log = submitted(owner, acme)
    services.return_log(actor=head, log=log, reason="缺下一步")
    services.note_opinion(actor=owner, visit=log.visit, text="希望账单更清楚")
    services.ask_superior(actor=owner, visit=log.visit, procedure="CREDIT", need="月底结算")
    tea = services.add_gift(actor=head, code="TEA", name="茶叶礼盒", unit_value_fen=12800)
    stock = services.take_in(actor=head, gift=tea, unit=acme.org_unit, quantity=10)
    gift = services.request_gift(actor=owner, client=acme, stock=stock, quantity=1, reason="周年")
    services.approve_gift(actor=head, request_id=gift.pk)
    services.hand_out(actor=head, request_id=gift.pk)
    entries = {one["what"]: one for one in timeline(acme)}
    assert {"visit", "log", "opinion", "urgent", "gift"} <= set(entries)
    assert entries["log"]["text"] == "缺下一步"
    assert entries["opinion"]["text"] == "希望账单更清楚"
    assert "月底结算" in entries["urgent"]["text"]
    assert gift.receipt_no in entries["gift"]["text"]


@pytest.mark.spec("S1-47")
def test_open_opinions_go_along_when_a_client_changes_hands(
    owner: User, colleague: User, head: User, acme: Client
) -> None:
    """Who has left tells no client: the new manager owes the answer, and may give it."""
    told, waiting = (
        services.note_opinion(actor=owner, visit=planned(owner, acme), text=text) for text in ("一", "二")
    )
    for opinion in (told, waiting):
        services.answer_opinion(actor=head, opinion=opinion, answer="下月起按部门出账")
    services.feed_back(actor=owner, opinion=told, feedback="已告知")
    plan_hand_over(actor=head, giver=owner, taker=colleague, reason="调岗")
    owners = dict(OpinionForm.objects.values_list("pk", "owner"))
    assert owners == {told.pk: owner.pk, waiting.pk: colleague.pk}
    assert "opinion_to_tell" in codes(User.objects.get(pk=colleague.pk))
    assert services.feed_back(actor=colleague, opinion=waiting, feedback="已告知").state == "FED_BACK"


@pytest.mark.spec("S1-90")
def test_a_return_stays_in_the_timeline_after_the_log_is_mended(
    owner: User, head: User, acme: Client
) -> None:
    log = submitted(owner, acme)
    services.return_log(actor=head, log=log, reason="写清楚结果")
    services.write_log(actor=owner, visit=log.visit, values={"lessons": "补充了客户的顾虑"})
    again = services.submit_log(actor=owner, visit=log.visit)
    told = [line["text"] for line in timeline(acme, kinds=["log"])]
    assert told == ["写清楚结果"]
    services.approve_log(actor=head, log=again)
    told = [line["text"] for line in timeline(acme, kinds=["log"])]
    assert told == ["", "写清楚结果"]
