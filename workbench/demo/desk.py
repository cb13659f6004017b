"""What heads, leaders and auditors of the demonstration decided, asked and checked, made by the services."""

from datetime import date, timedelta

from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError
from visits import services
from visits.choices import VisitState
from visits.models import SpotDraw, Visit, VisitLog

OPINIONS = (
    ("PRICE", "希望账单按部门拆分，财务好对账", "下月起可按部门出账", "已电话告知财务负责人"),
    ("NETWORK", "三楼会议室手机信号弱", "已安排加装室内分布", ""),
    ("PROCESS", "增加号码要盖章三次，太麻烦", "", ""),
)
URGENT = (
    ("PAPERS_LATER", "今天必须开通 20 个号码，公章在外地", "先开通，三个工作日内补盖章"),
    ("PRIORITY", "竞标答辩改到今天下午，要带宽方案", ""),
)
CHECKED = (
    ("OK", ""),
    ("OK", ""),
    ("DOUBT", "到访时间与签到相差两小时"),
    ("OK", ""),
    ("REJECT", "与上周日志雷同"),
)
DAYS = 30


def act_at_the_desk() -> int:
    """Return and hand in again, answer opinions, grant, check at random, report; return how many acts."""
    acts = 0
    for head in _holding(Role.DEPT_HEAD):
        acts += _return_one(head) + _opinions(head) + _urgent(head)
    for leader in _holding(Role.UNIT_LEADER):
        acts += _checks(leader) + _report(leader)
    return acts


def _holding(role: str) -> list[User]:
    today = clock.today()
    held = User.objects.filter(assignments__role=role, assignments__valid_from__lte=today)
    return list(held.filter(assignments__valid_to=None).distinct().order_by("pk"))


def _return_one(head: User) -> int:
    """Give one waiting log back; its manager mends it and hands it in again."""
    log = VisitLog.objects.waiting().decidable_by(head).with_rows().order_by("pk").first()
    if log is None:
        return 0
    services.return_log(actor=head, log=log, reason="结果太简单，写清客户要什么")
    results = {code: f"{text}。客户要求本周内给出书面方案" for code, text in log.results.items()}
    values = {"results": results, "next_step": "送书面方案", "next_due_on": clock.today() + timedelta(days=3)}
    services.write_log(actor=log.visit.owner, visit=log.visit, values=values)
    services.submit_log(actor=log.visit.owner, visit=log.visit)
    return 3


def _visits(head: User) -> list[Visit]:
    made = (VisitState.DONE, VisitState.FOLLOWED_UP, VisitState.CLOSED)
    rows = Visit.objects.visible_to(head).filter(state__in=made, client__closed_at=None)
    rows = rows.exclude(client__status="CLOSED").exclude(owner=head).select_related("client", "owner")
    return list(rows.order_by("-visit_on", "-pk")[: len(OPINIONS)])


def _opinions(head: User) -> int:
    acts = 0
    for visit, (kind, text, answer, feedback) in zip(_visits(head), OPINIONS, strict=False):
        if not Visit.objects.writable_by(visit.owner).filter(pk=visit.pk).exists():
            continue
        noted = services.note_opinion(actor=visit.owner, visit=visit, text=text, kind=kind)
        acts += 1
        if answer:
            services.answer_opinion(actor=head, opinion=noted, answer=answer)
            acts += 1
        if feedback:
            services.feed_back(actor=visit.owner, opinion=noted, feedback=feedback, satisfied=True)
            acts += 1
    return acts


def _urgent(head: User) -> int:
    acts = 0
    for visit, (procedure, need, allowed) in zip(_visits(head), URGENT, strict=False):
        asked = services.ask_superior(actor=visit.owner, visit=visit, procedure=procedure, need=need)
        acts += 1
        if allowed:
            services.grant_urgent(actor=head, request=asked, allowed=allowed, hours=24)
            acts += 1
    return acts


def _checks(leader: User) -> int:
    """Draw logs and decisions of a month; the logs are checked, the decisions wait."""
    today, acts = clock.today(), 0
    for unit in leader.scope.units(OrgUnit.objects.all(), "visits.spot_check")[:1]:
        for target in ("LOG", "APPROVAL"):
            draw = _draw(leader, unit, target, today)
            acts += draw is not None
            if draw is not None and target == "LOG":
                for place, sample in enumerate(draw.samples.all()):
                    result, comment = CHECKED[place % len(CHECKED)]
                    services.state_check(actor=leader, sample=sample, result=result, comment=comment)
                    acts += 1
    return acts


def _draw(leader: User, unit: OrgUnit, target: str, today: date) -> SpotDraw | None:
    first = today - timedelta(days=DAYS)
    try:
        return services.draw_spot_check(
            actor=leader, unit=unit, target=target, first_on=first, last_on=today, seed="20260403cafe0001"
        )
    except BusinessError:  # nothing of these days can be checked
        return None


def _report(leader: User) -> int:
    if leader.org_unit is None:
        return 0
    services.report_conduct(
        actor=leader, kind="ASKED_FOR_GIFTS", channel="LEADER", unit=leader.org_unit,
        text="客户办公室主任来电，称有人上门时暗示要购物卡，未给；希望核实。", told_by="客户办公室主任",
    )  # fmt: skip
    return 1
