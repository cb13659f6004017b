"""What tests of weeks share: visits, logs and reports of a week in the past."""

from datetime import date, datetime, timedelta
from typing import Any

from clients.models import Client
from crm.accounts.models import User
from crm.base import clock
from visits import services
from visits.models import Visit, VisitLog, WeeklyReport

RESULT = "介绍了云专线,客户愿意下周试用两条线路,请我们送方案"
TEXTS = {"summary": "本周走访三家,专线续签一份。", "plan": "下周走访五家,跟进两份报价。"}


def last_monday() -> date:
    """Return the Monday of the week before this one."""
    today = clock.today()
    return today - timedelta(days=today.weekday() + 7)


def visit_on(owner: User, client: Client, day: date, hour: int = 10, **fields: Any) -> Visit:
    """Plan a visit on a day, past ones too."""
    values: dict[str, Any] = {"purposes": ["P1"], "place": "三楼会议室", "planned_at": clock.at(day, hour)}
    visit = services.plan_visit(actor=owner, client=client, **values)
    for name, value in fields.items():
        setattr(visit, name, value)
    if fields:
        visit.save()
    return visit


def logged(visit: Visit, at: datetime | None = None, **values: Any) -> VisitLog:
    """Hand in the log of a visit."""
    services.write_log(
        actor=visit.owner, visit=visit, values={"opinion_asked": True, "results": {"P1": RESULT}} | values
    )
    moment = at or clock.at(visit.visit_on, 18)
    return services.submit_log(actor=visit.owner, visit=visit, now=moment)


def submitted(owner: User, monday: date | None = None, now: datetime | None = None) -> WeeklyReport:
    """Hand in the report of a week."""
    year, week = (monday or last_monday()).isocalendar()[:2]
    report = services.begin_week(actor=owner, iso_year=year, iso_week=week, **TEXTS)
    return services.submit_week(actor=owner, report_id=report.pk, now=now)


def approved(owner: User, leader: User, monday: date | None = None) -> WeeklyReport:
    """Hand a report in and agree to it."""
    return services.approve_week(actor=leader, report_id=submitted(owner, monday).pk)
