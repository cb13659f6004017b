"""Who may do what with weekly reports, log books and the holiday calendar."""

from datetime import timedelta
from typing import Any

from crm.accounts.models import User
from crm.base import clock
from tests.permissions.lines import Line, World, only, same
from visits import services
from visits.models import Holiday, WeeklyReport

TEXTS = {"summary": "走访三家", "plan": "走访五家"}


def _handed(owner: User, weeks_back: int) -> WeeklyReport:
    year, week = (clock.today() - timedelta(weeks=weeks_back)).isocalendar()[:2]
    report = services.begin_week(actor=owner, iso_year=year, iso_week=week, **TEXTS)
    return services.submit_week(actor=owner, report_id=report.pk)


def _approved(world: World, weeks_back: int) -> WeeklyReport:
    return services.approve_week(actor=world.leader, report_id=_handed(world.owner, weeks_back).pk)


def build(world: World) -> None:
    """Have reports of the owner in every state."""
    year, week = clock.today().isocalendar()[:2]
    world.week_draft = services.begin_week(actor=world.owner, iso_year=year, iso_week=week, **TEXTS)
    world.week = _handed(world.owner, 1)
    world.week_approved = _approved(world, 2)
    world.week_printed = _approved(world, 3)
    services.print_week(actor=world.head, report_id=world.week_printed.pk)
    world.week_filed = _approved(world, 4)
    services.print_week(actor=world.head, report_id=world.week_filed.pk)
    services.file_week(actor=world.head, report_id=world.week_filed.pk)
    world.week_run, _queue = services.print_unit(
        actor=world.head, unit=world.org["unit"], monday=world.week_approved.monday
    )
    services.run_print(run_id=world.week_run.pk)
    world.week_approved = _approved(world, 5)
    world.free_day = clock.today() + timedelta(days=40)
    Holiday.objects.update_or_create(day=world.free_day, defaults={"kind": "HOLIDAY", "name": "店庆"})


def _of(name: str) -> Any:
    return lambda w: {"pk": getattr(w, name).pk}


def _day(world: World) -> dict[str, Any]:
    return {"day": world.free_day.isoformat()}


def _this_week(_world: World) -> dict[str, Any]:
    year, week = clock.today().isocalendar()[:2]
    return {"year": year, "week": week}


def _new(_world: World) -> dict[str, Any]:
    year, week = (clock.today() - timedelta(weeks=9)).isocalendar()[:2]
    return {"iso_year": year, "iso_week": week} | TEXTS


def _unit_week(world: World) -> dict[str, Any]:
    return {"org_unit": world.org["unit"].code, "week": world.week_approved.week}


def _holiday(world: World) -> dict[str, Any]:
    return {"day": world.free_day.isoformat(), "kind": "HOLIDAY", "name": "春节"}


READS = same(200, stranger=404, sysadmin=403)
EXPORTERS = ("head", "leader", "gcdept", "provadmin")
WRITERS = ("owner", "colleague", "stranger", "head")
OWN = only("owner", status=200, colleague=404, stranger=404, head=404)


def _leads(status: int) -> dict[str, Any]:
    return only("leader", status=status)


def _prints(status: int) -> dict[str, Any]:
    return only("head", "leader", status=status)


def _inspects(status: int) -> dict[str, Any]:
    return only("gcdept", status=status)


ROUTES = {
    "visits:weeks": Line(get=same(200, sysadmin=403)),
    "visits:week-roster": Line(get=same(200, sysadmin=403)),
    "visits:week": Line(
        kwargs=_this_week,
        get=only(*WRITERS),
        data=lambda w: TEXTS | {"act": "save"},
        post=only(*WRITERS, status=302),
    ),
    "visits:week-report": Line(kwargs=_of("week"), get=READS),
    "visits:week-form": Line(kwargs=_of("week"), get=READS),
    "visits:week-approve": Line(kwargs=_of("week"), post=_leads(302)),
    "visits:week-return": Line(kwargs=_of("week"), data=lambda w: {"reason": "太简单"}, post=_leads(302)),
    "visits:week-print": Line(kwargs=_of("week_approved"), post=_prints(302)),
    "visits:week-file": Line(kwargs=_of("week_printed"), post=_prints(302)),
    "visits:week-inspect": Line(
        kwargs=_of("week_filed"), data=lambda w: {"result": "GOOD"}, post=_inspects(302)
    ),
    "visits:week-book": Line(kwargs=_of("week_filed"), get=READS),
    "visits:week-print-unit": Line(
        kwargs=lambda w: {"pk": w.org["unit"].pk, "week": w.week_approved.week}, post=_prints(302)
    ),
    "visits:print-run": Line(kwargs=_of("week_run"), get=_prints(200)),
    "visits:print-run-pdf": Line(kwargs=_of("week_run"), get=_prints(200)),
    "visits:visit-form": Line(kwargs=_of("visit"), get=READS),
    "visits:calendar": Line(get=same(200, sysadmin=403)),
    "visits:day": Line(get=same(200, sysadmin=403)),
    "visits:move": Line(
        kwargs=_of("visit"),
        data=lambda w: {"day": (clock.today() + timedelta(days=1)).isoformat()},
        post=only("owner", "head", status=302, colleague=403, stranger=404),
    ),
    "visits:stats": Line(get=same(200, sysadmin=403)),
    "visits:stats-report": Line(kwargs=lambda w: {"code": "weeks"}, get=same(200, sysadmin=403)),
    "visits:stats-csv": Line(kwargs=lambda w: {"code": "logs"}, get=only(*EXPORTERS)),
    "visits:stats-list": Line(
        kwargs=lambda w: {"code": "visits"},
        query=lambda w: {"figure": "planned"},
        get=same(200, sysadmin=403),
    ),
    "visits:stats-weeks-csv": Line(query=lambda w: {"figure": "missing"}, get=only(*EXPORTERS)),
    "api-visit-statistics": Line(kwargs=lambda w: {"code": "visits"}, get=same(200, sysadmin=403)),
    "api-day-reports": Line(get=same(200, sysadmin=403)),
    "visits:holidays": Line(
        get=only("provadmin", "sysadmin"), data=_holiday, post=only("sysadmin", status=302)
    ),
    "visits:holiday-remove": Line(kwargs=_day, post=only("sysadmin", status=302)),
    "api-weekly-reports": Line(get=same(200, sysadmin=403), data=_new, post=only(*WRITERS, status=201)),
    "api-weekly-report": Line(
        kwargs=_of("week_draft"),
        get=same(404, owner=200, sysadmin=403),
        data=lambda w: {"plan": "走访六家"},
        patch=OWN,
    ),
    "api-weekly-submit": Line(kwargs=_of("week_draft"), post=OWN),
    "api-weekly-approve": Line(kwargs=_of("week"), post=_leads(200)),
    "api-weekly-return": Line(kwargs=_of("week"), data=lambda w: {"reason": "太简单"}, post=_leads(200)),
    "api-weekly-print": Line(kwargs=_of("week_approved"), post=_prints(200)),
    "api-weekly-file": Line(kwargs=_of("week_printed"), post=_prints(200)),
    "api-weekly-inspect": Line(
        kwargs=_of("week_filed"), data=lambda w: {"result": "GOOD"}, post=_inspects(200)
    ),
    "api-weekly-book": Line(kwargs=_of("week_filed"), get=READS),
    "api-weekly-reports-print": Line(data=_unit_week, post=_prints(202)),
    "api-print-run": Line(kwargs=_of("week_run"), get=_prints(200)),
    "api-holidays": Line(get=same(200)),
    "api-holiday": Line(
        kwargs=_day,
        data=lambda w: {"kind": "HOLIDAY", "name": "春节"},
        put=only("sysadmin"),
        delete=only("sysadmin", status=204),
    ),
}
