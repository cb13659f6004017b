"""Visits and logs of two months past, of today and of the week ahead, in every state."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import connection

from crm.accounts.models import User
from crm.base import clock
from members.models import Contact
from visits import calendar
from visits import services as visiting
from visits.choices import LogState, VisitState
from visits.models import PreparationItem, Visit, VisitLog
from workbench.demo.clients import Made
from workbench.demo.copying import copy_rows, reserve_ids
from workbench.demo.organisation import Organisation

PAST_DAYS = 62
PURPOSES = (
    (["P1"], 26), (["P2"], 22), (["P1", "P2"], 16), (["P2", "P5"], 10), (["P4"], 9), (["P5"], 7), (["P6"], 5),
    (["P2", "P3"], 5),
)  # fmt: skip
NOTES = {
    "P1": ("推介移动办公套餐", "介绍专线提速方案", "物联网卡续约优惠", "云主机迁移方案交流"),
    "P2": ("季度例行走访", "节后回访", "新任信息主管认识一下", "了解近期用网情况"),
    "P3": ("送达客户答谢礼品", "送周年纪念品"),
    "P4": ("办理集团V网新增成员", "办理专线扩容手续", "更换合同联系人"),
    "P5": ("征求服务意见", "年度满意度访谈"),
    "P6": ("处理短信延迟投诉", "处理专线抖动投诉"),
}
RESULTS = {
    "P1": (
        "介绍了移动办公方案，客户对审批和考勤模块感兴趣，希望看一次演示。",
        "讲解专线提速到 200M 的费用，客户认为价格可接受，需报总经理办公会。",
        "物联网卡现用 120 张，下季度计划增加 60 张，已留报价单。",
        "客户目前用其他云主机，年底到期，愿意对比我方方案。",
    ),
    "P2": (
        "与行政主管交流近期用网情况，V网使用正常，无投诉。",
        "新任信息主管已认识，交换了联系方式，后续由他对接。",
        "了解到客户明年迁入新办公楼，通信布线可提前介入。",
        "客户对月度账单格式满意，暂无新需求。",
    ),
    "P3": ("礼品已当面签收，客户对服务表示认可。", "纪念品已送达办公室，签收单已收回。"),
    "P4": ("现场办理 12 个成员入网，资料齐全，当天生效。", "专线扩容申请已签字，等待资源确认。"),
    "P5": ("客户建议账单增加部门分摊明细，其余满意。", "希望故障处理时能主动告知进度。"),
    "P6": (
        "短信延迟原因已说明，网关扩容后恢复正常，客户接受。",
        "专线抖动已定位为楼内跳线，已更换并观察正常。",
    ),
}
NEXT = ("本周内发送详细报价", "约技术经理上门演示", "跟进审批结果", "补充合同附件", "回复账单明细需求")
COMPETITORS = ("", "", "", "", "电信来谈过专线，报价低约一成", "联通在推云桌面试用三个月")
PLACES = ("客户办公楼会议室", "客户行政办公室", "客户信息中心", "客户一楼接待室")
HOURS = ((9, 30), (10, 30), (14, 0), (15, 0), (16, 30))


@dataclass
class _Desk:
    """What is needed to write one manager's visits."""

    am: User
    head: User
    clients: list[Made] = field(default_factory=list)


def _desks(org: Organisation, made: Sequence[Made]) -> list[_Desk]:
    heads = {row.unit_id: row.user for row in _heads()}
    found = {user.pk: user for user in org.people.values()}
    by_am: dict[int, _Desk] = {}
    for client in made:
        if client.am and client.filing == "FILED" and client.life.status != "CLOSED":
            desk = by_am.setdefault(client.am.pk, _Desk(found[client.am.pk], heads[client.unit_id]))
            desk.clients.append(client)
    return list(by_am.values())


def _heads() -> Iterator[Any]:
    from crm.accounts.choices import Role
    from crm.accounts.models import RoleAssignment

    rows = RoleAssignment.objects.current(clock.today()).filter(role=Role.DEPT_HEAD)
    return rows.select_related("user").iterator()


def _purposes(rng: Random) -> list[str]:
    return list(rng.choices([p for p, _ in PURPOSES], [w for _, w in PURPOSES])[0])


def _log_values(rng: Random, purposes: list[str], number: int, day: date) -> dict[str, Any]:
    """Return what a manager writes into a log."""
    promise = rng.random() < 0.3
    return {
        "results": {code: rng.choice(RESULTS[code]) for code in purposes},
        "opinion_asked": "P5" in purposes or rng.random() < 0.3,
        "opinion": rng.choice(RESULTS["P5"]) if "P5" in purposes else "",
        "demands": rng.choice(("", "", "需要一份专线报价", "希望增加集团短信端口", "想了解云备份")),
        "competitor": rng.choice(COMPETITORS),
        "lessons": rng.choice(("", "", "提前准备同行业案例更有说服力", "先约信息主管，再见负责人")),
        "next_step": rng.choice(NEXT) if promise else "",
        "next_due_on": day + timedelta(days=rng.randint(2, 10)) if promise else None,
        "receipt_no": f"LP{day:%y%m}{number:05d}" if "P3" in purposes else "",
        "consent_evidence": f"受理单 {day:%Y%m%d}-{number:05d}" if "P4" in purposes else "",
        "complaint_no": f"TS{day:%Y%m%d}{number:04d}" if "P6" in purposes else "",
    }


def load_visits(org: Organisation, made: Sequence[Made], rng: Random, today: date) -> tuple[int, int]:
    """Write visits and logs; return both counts.

    Steps: 1. two months of finished visits by COPY; 2. what is on the desks now through the services, so that
    lateness, due times and doubts are real; 3. today and the week ahead.
    """
    contacts: dict[int, list[int]] = defaultdict(list)
    for pk, client in Contact.objects.active().values_list("pk", "client"):
        contacts[client].append(pk)
    desks = _desks(org, made)
    days = calendar.working_days(today - timedelta(days=PAST_DAYS), today - timedelta(days=1))
    _load_past(desks, contacts, days[:-1], rng)
    _load_recent(desks, contacts, days[-1], days[-2], rng)
    _load_ahead(desks, contacts, rng, today)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clients_client c SET last_visited_on = v.day FROM (SELECT client_id, MAX(visit_on) AS day"
            " FROM visits_visit WHERE state IN ('DONE', 'FOLLOWED_UP', 'CLOSED') GROUP BY client_id) v"
            " WHERE c.id = v.client_id"
        )
    return Visit.objects.count(), VisitLog.objects.count()


def _load_past(
    desks: Sequence[_Desk], contacts: dict[int, list[int]], days: Sequence[date], rng: Random
) -> None:
    plans = [
        (desk, day, hour)
        for desk in desks
        for day in days
        for hour in rng.sample(HOURS, rng.choice((0, 1, 2, 2, 3)))
    ]
    items: dict[str, list[str]] = defaultdict(list)
    for purpose, code in PreparationItem.objects.filter(is_tip=False).values_list("purpose", "code"):
        items[purpose].append(code)
    first = reserve_ids(Visit, len(plans))
    visits, logs = [], []
    for number, (desk, day, hour) in enumerate(plans):
        client, planned = rng.choice(desk.clients), clock.at(day, *hour)
        purposes, roll = _purposes(rng), rng.random()
        state = VisitState.CLOSED
        arrived: datetime | None = planned + timedelta(minutes=rng.randint(-8, 10))
        if roll < 0.05:
            state, arrived = (
                rng.choice((VisitState.CANCELLED, VisitState.POSTPONED, VisitState.NO_SHOW)),
                None,
            )
        values = _log_values(rng, purposes, number, day)
        if state == VisitState.CLOSED and values["next_step"] and values["next_due_on"] > days[-1]:
            state = VisitState.DONE
        pk = first + number
        visits.append(
            (
                pk, client.id, _one(contacts[client.id], rng), desk.am.pk, client.unit_id, state, planned,
                day,
                rng.choice(PLACES), purposes, rng.choice(NOTES[purposes[0]]),
                list(dict.fromkeys(code for p in purposes for code in items[p]))[: rng.randint(0, 5)],
                arrived, arrived + timedelta(minutes=rng.randint(25, 80)) if arrived else None,
                "客户临时有会，改期再约" if arrived is None else "", desk.am.pk, desk.am.pk,
                planned - timedelta(days=rng.randint(1, 6)), planned,
            )
        )  # fmt: skip
        if arrived is None:
            continue
        late = rng.random() < 0.07
        submitted = clock.at(day + timedelta(days=int(late)), rng.randint(17, 19), rng.randint(0, 59))
        due = clock.next_midnight(submitted.date())
        decided = submitted + timedelta(minutes=rng.randint(12, 200))
        late_approval = rng.random() < 0.05
        if late_approval:
            decided = due + timedelta(hours=rng.randint(8, 16))
        logs.append(
            (
                pk, LogState.APPROVED, *values.values(), submitted, late, due, decided, desk.head.pk,
                late_approval, desk.am.pk, desk.am.pk, submitted, decided,
            )
        )  # fmt: skip
    copy_rows(
        Visit,
        ("id", "client_id", "contact_id", "owner_id", "org_unit_id", "state", "planned_at", "visit_on",
        "place",
         "purposes", "purpose_note", "checklist", "arrived_at", "left_at", "outcome_reason", "created_by_id",
         "updated_by_id", "created_at", "updated_at"),
        visits,
    )  # fmt: skip
    copy_rows(
        VisitLog,
        ("visit_id", "state", *_log_values(rng, ["P1"], 0, days[0]), "submitted_at", "late_submit",
         "approval_due_at", "decided_at", "decided_by_id", "late_approval", "created_by_id", "updated_by_id",
         "created_at", "updated_at"),
        logs,
    )  # fmt: skip


def _one(ids: list[int], rng: Random) -> int | None:
    return rng.choice(ids) if ids else None


def _plan(desk: _Desk, contacts: dict[int, list[int]], rng: Random, moment: datetime, **fields: Any) -> Visit:
    """Write one visit that stands before its log."""
    client = rng.choice(desk.clients)
    purposes = _purposes(rng)
    visit = Visit(
        client_id=client.id, contact_id=_one(contacts[client.id], rng), owner=desk.am,
        org_unit_id=client.unit_id,
        planned_at=moment, visit_on=clock.business_date(moment), place=rng.choice(PLACES), purposes=purposes,
        purpose_note=rng.choice(NOTES[purposes[0]]), created_by=desk.am, updated_by=desk.am,
    )  # fmt: skip
    for name, value in fields.items():
        setattr(visit, name, value)
    visit.save()
    return visit


def _load_recent(
    desks: Sequence[_Desk], contacts: dict[int, list[int]], last: date, before: date, rng: Random
) -> None:
    """Leave on the desks what people find in the morning: waiting logs, returned ones, drafts,
    missing ones."""
    number = 90_000
    for desk in desks:
        for place, hour in enumerate((HOURS[0], HOURS[2], HOURS[3])):
            number += 1
            moment = clock.at(last, *hour)
            checked_in = (
                {} if place == 2 else {"arrived_at": moment, "left_at": moment + timedelta(minutes=50)}
            )
            visit = _plan(desk, contacts, rng, moment, state=VisitState.CONFIRMED, **checked_in)
            values = _log_values(rng, visit.purposes, number, last)
            if place == 2 and number % 2:
                values["results"] = dict.fromkeys(visit.purposes, "正常")
            visiting.write_log(actor=desk.am, visit=visit, values=values)
            visiting.submit_log(
                actor=desk.am,
                visit=visit,
                now=clock.at(last, rng.choice((17, 18, 19, 21)), rng.randint(0, 59)),
            )
        # Yesterday's returned log, a late one, a draft, and a visit nobody has reported on.
        visit = _plan(desk, contacts, rng, clock.at(before, 10), state=VisitState.CONFIRMED)
        number += 1
        visiting.write_log(
            actor=desk.am, visit=visit, values=_log_values(rng, visit.purposes, number, before)
        )
        log = visiting.submit_log(actor=desk.am, visit=visit, now=clock.at(before, 18, 20))
        visiting.return_log(
            actor=desk.head,
            log=log,
            reason="结果写得太简单，请补充客户的具体需求和下一步",
            now=clock.at(before, 20, 5),
        )
        visit = _plan(desk, contacts, rng, clock.at(before, 15), state=VisitState.CONFIRMED)
        number += 1
        visiting.write_log(
            actor=desk.am, visit=visit, values=_log_values(rng, visit.purposes, number, before)
        )
        visiting.submit_log(actor=desk.am, visit=visit, now=clock.at(last, 9, 10))
        visit = _plan(desk, contacts, rng, clock.at(last, 16, 30), state=VisitState.CONFIRMED)
        number += 1
        visiting.write_log(actor=desk.am, visit=visit, values=_log_values(rng, visit.purposes, number, last))
        _plan(desk, contacts, rng, clock.at(before, 16, 30), state=VisitState.CONFIRMED)


def _load_ahead(desks: Sequence[_Desk], contacts: dict[int, list[int]], rng: Random, today: date) -> None:
    """Plan today and the next ten working days."""
    days = calendar.working_days(today, today + timedelta(days=14))
    for desk in desks:
        for place, hour in enumerate((HOURS[0], HOURS[2], HOURS[4])):
            state = VisitState.CONFIRMED if place else VisitState.PLANNED
            _plan(desk, contacts, rng, clock.at(today, *hour), state=state)
        for day in days:
            if day == today:
                continue
            for hour in rng.sample(HOURS, rng.choice((0, 1, 1, 2))):
                _plan(desk, contacts, rng, clock.at(day, *hour))
