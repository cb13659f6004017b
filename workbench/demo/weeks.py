"""Weekly reports of the demonstration: past weeks archived, one inspected, one waiting for the leader."""

from datetime import date, timedelta

from crm.accounts.choices import Role
from crm.accounts.models import RoleAssignment, User
from crm.base import clock
from crm.base.errors import BusinessError
from visits import services
from visits.choices import LogState
from visits.models import VisitLog, WeeklyReport
from visits.rules.weeks import WEEK, start_of, week_of
from visits.services.weeks import due_of

SUMMARIES = (
    "本周重点走访协议到期客户，专线续签一份，两家客户有提速意向；新任信息主管已建立联系。",
    "本周配合节前回访，收集意见三条，均已答复；云主机迁移方案进入客户内部讨论。",
    "本周完成移动办公演示一场，客户认可；V网新增成员资料已齐，下周办理。",
)
PLANS = (
    "下周跟进专线报价与审批进度，走访五家重点客户，补齐三家客户资料。",
    "下周安排技术经理上门演示，回访投诉客户一家，拜访新建园区物业。",
    "下周完成合同附件签署，走访协议九十天内到期的客户，收集竞争信息。",
)


def load_weeks(today: date) -> int:
    """Write four weeks of reports for every manager; return how many.

    Three weeks back they are inspected, two weeks back filed, last week printed, waiting or missing.
    """
    this = start_of(today)
    held = RoleAssignment.objects.current(today).filter(role=Role.AM).values("user")
    people = list(User.objects.active().filter(pk__in=held).select_related("org_unit").order_by("staff_no"))
    for back in (4, 3, 2, 1):
        for place, person in enumerate(people):
            _week(person, this - back * WEEK, back, place)
    return WeeklyReport.objects.count()


def _over(person: User, role: str, today: date) -> User | None:
    unit = person.org_unit
    return User.objects.holding(role, over=unit, as_of=today).order_by("staff_no").first() if unit else None


def _week(person: User, monday: date, back: int, place: int) -> None:
    if back == 1 and place % 3 == 2:
        return  # one of three has not handed in last week's
    year, week = week_of(monday)
    texts = {"summary": SUMMARIES[(place + back) % 3], "plan": PLANS[(place + back) % 3]}
    report = services.begin_week(actor=person, iso_year=year, iso_week=week, **texts)
    late = (place + back) % 7 == 0
    handed = due_of(monday) + (timedelta(hours=10) if late else -timedelta(hours=6, minutes=7 * place))
    services.submit_week(actor=person, report_id=report.pk, now=min(handed, clock.now()))
    leader = _over(person, Role.UNIT_LEADER, monday)
    if leader is None or (back == 1 and place % 3 == 0):
        return
    decided = min(handed + timedelta(days=3), clock.now())
    note = "专线续签要盯紧，月底前签下来。" if place == 0 else ""
    services.approve_week(actor=leader, report_id=report.pk, note=note, now=decided)
    head = _over(person, Role.DEPT_HEAD, monday)
    if head is None or back == 1:
        return
    days = (monday, monday + timedelta(days=6))
    waiting = VisitLog.objects.filter(visit__owner=person, visit__visit_on__range=days)
    if waiting.filter(state=LogState.SUBMITTED).exists():
        return
    printed = decided + timedelta(hours=2)
    try:
        services.print_week(actor=head, report_id=report.pk, now=printed)
    except BusinessError:
        return
    if back == 2 and place % 2:
        return
    services.file_week(
        actor=head, report_id=report.pk, paper_no=f"{year}-{week:02d}-{place + 1:02d}", now=printed
    )
    office = _over(person, Role.GC_DEPT, monday)
    if office is not None and back > 2:
        faults = back == 3 and place == 1
        services.inspect_week(
            actor=office,
            report_id=report.pk,
            result="FAULTS" if faults else "GOOD",
            comment="两篇日志的下一步没有写日期" if faults else "",
            now=min(printed + timedelta(days=4), clock.now()),
        )
