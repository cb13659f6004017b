"""Pages and API of the week: writing, deciding, archive, calendar, day report, statistics, holidays."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client as Browser
from django.urls import reverse
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.exports.exportables import exportables
from tests import factories
from tests.visits.weeks import TEXTS, approved, last_monday, logged, submitted, visit_on
from visits import services
from visits.calendar import is_working_day
from visits.models import Holiday, Visit, WeeklyReport
from visits.querysets.weeks import WEEK_FIGURES, counted_weeks, roster_page
from visits.reading import days, statistics

pytestmark = pytest.mark.django_db
Browse = Callable[..., Browser]
Org = dict[str, OrgUnit]


def text(response: Any) -> str:
    """Return the page as text."""
    return str(response.content.decode())


# ---- The report on pages


@pytest.mark.spec("S1-94", "E195")
def test_a_week_from_draft_to_inspection_with_plain_forms(
    owner: User, head: User, leader: User, gcdept: User, acme: Client, browse: Browse
) -> None:
    monday = last_monday()
    services.approve_log(actor=head, log=logged(visit_on(owner, acme, monday)))
    year, week = monday.isocalendar()[:2]
    url = reverse("visits:week", args=[year, week])
    desk = browse(owner)
    assert "1<small> / 1</small>" in text(desk.get(url))
    desk.post(url, TEXTS | {"plan": "", "act": "save"})
    refused = desk.post(url, TEXTS | {"plan": "", "act": "submit", "version": 1})
    assert (refused.status_code, WeeklyReport.objects.get().state) == (400, "DRAFT")
    # Opened twice: the second page writes into the same report.
    version = WeeklyReport.objects.get().version
    done = desk.post(url, TEXTS | {"act": "submit", "version": version})
    report = WeeklyReport.objects.get()
    assert done.url == reverse("visits:week-report", args=[report.pk])  # type: ignore[attr-defined]
    assert acme.name in text(browse(leader).get(done.url))  # type: ignore[attr-defined]
    lead = browse(leader)
    assert owner.full_name in text(lead.get(reverse("visits:weeks")))
    lead.post(reverse("visits:week-return", args=[report.pk]), {"quick": "下周计划太简单"})
    assert "下周计划太简单" in text(desk.get(url))
    report.refresh_from_db()
    desk.post(url, TEXTS | {"act": "submit", "version": report.version})
    lead.post(reverse("visits:week-approve", args=[report.pk]), {"note": "继续跟进"})
    first = browse(head)
    first.post(reverse("visits:week-print", args=[report.pk]))
    first.post(reverse("visits:week-file", args=[report.pk]), {"paper_no": "47"})
    pdf = desk.get(reverse("visits:week-book", args=[report.pk]))
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    boss = browse(gcdept)
    empty = boss.post(reverse("visits:week-inspect", args=[report.pk]), {"result": "FAULTS"})
    assert empty.status_code == 400
    boss.post(reverse("visits:week-inspect", args=[report.pk]), {"result": "GOOD"})
    report.refresh_from_db()
    assert report.state == "INSPECTED"
    page = text(desk.get(reverse("visits:week-report", args=[report.pk])))
    assert all(word in page for word in ("继续跟进", "ZB", "合格", head.full_name, gcdept.full_name))
    for name, pk in (("visits:week-form", report.pk), ("visits:visit-form", Visit.objects.get().pk)):
        assert "sheet" in text(desk.get(reverse(name, args=[pk])))


def test_two_windows_do_not_overwrite_each_other(owner: User, browse: Browse) -> None:
    year, week = last_monday().isocalendar()[:2]
    url = reverse("visits:week", args=[year, week])
    desk = browse(owner)
    desk.post(url, TEXTS | {"act": "save"})
    desk.post(url, {"summary": "一", "plan": "一", "act": "save", "version": 1})
    stale = desk.post(url, {"summary": "二", "plan": "二", "act": "save", "version": 1})
    assert (stale.status_code, WeeklyReport.objects.get().summary) == (409, "一")


@pytest.mark.spec("S1-95")
def test_the_roster_shows_who_is_missing_and_prints_the_unit(
    owner: User, colleague: User, head: User, leader: User, stranger: User, org: Org, browse: Browse
) -> None:
    report = approved(owner, leader)
    desk = browse(head)
    page = text(desk.get(reverse("visits:week-roster"), {"week": report.week}))
    assert owner.full_name in page
    assert colleague.full_name in page
    assert stranger.full_name not in page
    page = text(desk.get(reverse("visits:week-roster"), {"week": report.week, "state": "missing"}))
    assert colleague.full_name in page
    assert f'href="{reverse("visits:week-report", args=[report.pk])}"' not in page
    asked = desk.post(reverse("visits:week-print-unit", args=[org["unit"].pk, report.week]))
    assert asked.url.startswith("/visits/weeks/printing/")  # type: ignore[attr-defined]
    other = desk.get(reverse("visits:week-roster"), {"unit": org["other_unit"].pk})
    assert other.status_code == 404


@pytest.mark.spec("E195", "S1-94")
def test_the_api_does_the_same(
    owner: User, head: User, leader: User, gcdept: User, api: Callable[[User], APIClient]
) -> None:
    year, week = last_monday().isocalendar()[:2]
    mine = api(owner)
    body = {"iso_year": year, "iso_week": week} | TEXTS
    made = mine.post("/api/v1/weekly-reports", body, format="json")
    assert made.status_code == 201
    again = mine.post("/api/v1/weekly-reports", body, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "WEEK_TAKEN")
    url = f"/api/v1/weekly-reports/{made.json()['id']}"
    stale = mine.patch(url, {"plan": "别的"}, format="json", headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    sent = mine.post(f"{url}:submit").json()
    assert (sent["state"], sent["auto_stats"]["planned"]) == ("SUBMITTED", 0)
    assert mine.post(f"{url}:approve").status_code == 403
    assert api(leader).post(f"{url}:approve", {"note": "好"}, format="json").json()["state"] == "APPROVED"
    book = api(head).post(f"{url}:print").json()["book"]
    assert book["archive_no"].startswith("ZB")
    filed = api(head).post(f"{url}:file", {"paper_no": "A-1"}, format="json").json()
    assert filed["book"]["paper_no"] == "A-1"
    seen = api(gcdept).post(f"{url}:inspect", {"result": "GOOD"}, format="json").json()
    assert seen["book"]["inspections"][0]["inspected_by"] == "gcdept"
    assert mine.get(f"{url}/book").content.startswith(b"%PDF-")


# ---- Calendar and day


def test_a_planned_visit_moves_to_another_day(
    owner: User, colleague: User, acme: Client, browse: Browse
) -> None:
    today = clock.today()
    visit = visit_on(owner, acme, today)
    services.confirm(actor=owner, visit=visit)
    url = reverse("visits:move", args=[visit.pk])
    target = today + timedelta(days=3)
    assert browse(colleague).post(url, {"day": target.isoformat()}).status_code == 403
    moved = browse(owner).post(url, {"day": target.isoformat(), "next": "/visits/week/?week=2026-W47"})
    assert moved.url == "/visits/week/?week=2026-W47"  # type: ignore[attr-defined]
    visit.refresh_from_db()
    # The client agreed to another day: it must be asked again.
    assert (visit.visit_on, visit.state) == (target, "PLANNED")
    assert visit.planned_at == clock.at(target, 10)
    browse(owner).post(url, {"day": (today - timedelta(days=1)).isoformat()})
    visit.refresh_from_db()
    assert visit.visit_on == target
    with pytest.raises(BusinessError, match="DAY_PAST"):
        services.move_visit(actor=owner, visit_id=visit.pk, day=today - timedelta(days=1))
    away = browse(owner).post(url, {"day": target.isoformat(), "next": "https://evil.example/"})
    assert away.url == reverse("visits:calendar")  # type: ignore[attr-defined]


@pytest.mark.spec("D-26")
def test_the_calendar_knows_holidays_and_worked_weekends() -> None:
    found = {day.day: day for day in days.days_of(date(2026, 10, 5), date(2026, 10, 11))}
    assert found[date(2026, 10, 7)].off
    assert found[date(2026, 10, 7)].name
    assert found[date(2026, 10, 10)].makeup
    assert not found[date(2026, 10, 10)].off
    assert found[date(2026, 10, 11)].off


def test_a_manager_sees_days_a_head_sees_the_team(
    owner: User, colleague: User, stranger: User, head: User, acme: Client, browse: Browse
) -> None:
    visit_on(owner, acme, clock.today(), 15)
    services.give_task(actor=head, user=owner, task="回访五户", target=5, due_on=clock.today())
    mine = text(browse(owner).get(reverse("visits:calendar")))
    assert acme.name in mine
    assert "回访五户" in mine
    assert "data-move" in mine
    team = text(browse(head).get(reverse("visits:calendar")))
    assert all(name in team for name in (owner.full_name, colleague.full_name, acme.name))
    assert stranger.full_name not in team
    url = reverse("visits:calendar")
    assert browse(head).get(url, {"am": owner.pk}).status_code == 200
    assert browse(head).get(url, {"am": stranger.pk}).status_code == 404
    assert browse(owner).get(url, {"week": "kein"}).status_code == 200


@pytest.mark.spec("S1-97")
def test_the_day_report_fills_itself_in(
    owner: User, head: User, stranger: User, acme: Client, browse: Browse, api: Callable[[User], APIClient]
) -> None:
    today = clock.today()
    logged(visit_on(owner, acme, today), clock.now(), next_step="送报价", next_due_on=today)
    visit_on(owner, acme, today, 16)
    services.report_task(
        actor=owner,
        task_id=services.give_task(actor=head, user=owner, task="补资料", due_on=today).pk,
        done=1,
    )
    page = text(browse(owner).get(reverse("visits:day")))
    assert "1<small> / 2</small>" in page
    assert all(word in page for word in ("送报价", "补资料"))
    team = text(browse(head).get(reverse("visits:day")))
    assert owner.full_name in team
    rows = {row["staff_no"]: row for row in api(head).get("/api/v1/day-reports").json()}
    assert rows["owner"] == {
        "staff_no": "owner", "planned": 2, "made": 1, "logs": 1, "tasks": 1, "tasks_done": 1,
    }  # fmt: skip
    assert "stranger" not in rows


# ---- Statistics


def asked(user: User, **values: Any) -> statistics.Asked:
    """Return what a report is asked for: the last two weeks."""
    first = {"from": str(last_monday()), "to": str(clock.today())}
    return statistics.asked_of(user, first | {name: str(value) for name, value in values.items()})


def prepared(owner: User, head: User, acme: Client) -> date:
    """Make a week of visits: one on time, one late, one without a log, one called off."""
    monday = last_monday()
    logged(visit_on(owner, acme, monday, arrived_at=clock.at(monday, 10, 5)))
    second = visit_on(owner, acme, monday + timedelta(days=1), purposes=["P1"])
    second.arrived_at = clock.at(monday + timedelta(days=1), 10, 6)
    second.save()
    log = logged(second, clock.at(monday + timedelta(days=2), 9))
    services.approve_log(actor=head, log=log, now=clock.at(monday + timedelta(days=2), 10))
    visit_on(owner, acme, monday + timedelta(days=3))
    services.cancel(actor=owner, visit=visit_on(owner, acme, monday + timedelta(days=3), 15), reason="没空")
    return monday


@pytest.mark.spec("R6", "R7")
def test_visits_and_logs_are_counted_and_every_figure_opens_its_list(
    owner: User, head: User, stranger: User, acme: Client, foreign: Client, browse: Browse
) -> None:
    monday = prepared(owner, head, acme)
    visit_on(stranger, foreign, monday)
    wanted = {
        "visits": {"planned": 3, "done": 2, "on_time": 1, "late": 1, "cancelled": 1, "P1": 2},
        "logs": {
            "handed": 2, "in_time": 1, "handed_late": 1, "missing": 1, "approved": 1, "approved_in_time": 1,
            "waiting": 1, "waiting_late": 1,
        },
    }  # fmt: skip
    desk = browse(head)
    for code, figures in wanted.items():
        for by in statistics.BY:
            lines, total = statistics.lines_of(asked(head, by=by), code, clock.now())
            assert {name: total.counts[name] for name in figures} == figures
            assert len(lines) == 1
        for figure, count in figures.items():
            found = desk.get(
                reverse("visits:stats-list", args=[code]), asked(head).query | {"figure": figure}
            )
            assert text(found).count("data-row") == count, (code, figure)
    assert desk.get(reverse("visits:stats-list", args=["visits"]), {"figure": "x"}).status_code == 404
    assert desk.get(reverse("visits:stats"), {"am": stranger.pk}).status_code == 404
    assert desk.get(reverse("visits:stats"), {"from": "x", "by": "month"}).status_code == 200
    table = b"".join(
        desk.get(reverse("visits:stats-csv", args=["visits"]), asked(head).query).streaming_content  # type: ignore[attr-defined]
    ).decode()
    assert "西湖区" in table
    behind = exportables()["figure_visits"].rows(
        head, QueryDict(urlencode(asked(head).query) + "&figure=late")
    )
    assert [visit.client_id for visit in behind] == [acme.pk]


@pytest.mark.spec("R8", "S1-95")
def test_weekly_reports_are_counted_and_listed_by_the_same_conditions(
    owner: User, colleague: User, head: User, leader: User, gcdept: User, org: Org, browse: Browse
) -> None:
    monday = last_monday()
    report = approved(owner, leader)
    services.print_week(actor=head, report_id=report.pk)
    services.file_week(actor=head, report_id=report.pk)
    services.inspect_week(actor=gcdept, report_id=report.pk, result="FAULTS", comment="缺签字")
    units = [unit.pk for unit in OrgUnit.objects.visible_to(head)]
    counts = counted_weeks(units, monday, monday, "week")[0]
    for figure in WEEK_FIGURES:
        behind = roster_page(units, monday, monday, figure=figure, limit=50)
        assert len(behind) == counts[figure], figure
    assert (counts["owed"], counts["missing"], counts["archived"], counts["faults"]) == (2, 1, 1, 1)
    page = browse(gcdept)
    url = reverse("visits:stats-list", args=["weeks"])
    span = {"from": str(monday), "to": str(monday + timedelta(days=6))}
    assert colleague.full_name in text(page.get(url, span | {"figure": "missing"}))
    assert report.book.archive_no in text(page.get(url, span | {"figure": "faults"}))
    answer: Any = page.get(reverse("visits:stats-weeks-csv"), span | {"figure": "owed"})
    rows = b"".join(answer.streaming_content).decode().strip().splitlines()
    assert len(rows) == 1 + 2
    first = roster_page(units, monday, monday, figure="owed", limit=1)
    second = roster_page(units, monday, monday, figure="owed", limit=1, after=(first[0][2], first[0][0]))
    assert {first[0][0], second[0][0]} == {owner.pk, colleague.pk}


def test_the_unit_report_begins_where_the_scope_divides(
    owner: User, stranger: User, gcdept: User, head: User, acme: Client, foreign: Client, org: Org
) -> None:
    monday = last_monday()
    visit_on(owner, acme, monday)
    visit_on(stranger, foreign, monday)
    lines, total = statistics.lines_of(asked(gcdept), "visits", clock.now())
    assert {line.label for line in lines} == {"西湖区", "滨江区"}
    assert total.counts["planned"] == 2
    with pytest.raises(NotFound):
        asked(head, unit=org["other_unit"].pk)


# ---- The holiday calendar


@pytest.mark.spec("D-26")
def test_administrators_keep_the_calendar_with_a_trail(
    sysadmin: User, provadmin: User, head: User, browse: Browse, api: Callable[[User], APIClient]
) -> None:
    day = clock.today() + timedelta(days=30)
    while day.isoweekday() != 3 or Holiday.objects.filter(day=day).exists():
        day += timedelta(days=1)
    desk = browse(sysadmin)
    desk.post(reverse("visits:holidays"), {"day": day.isoformat(), "kind": "HOLIDAY", "name": "台风假"})
    assert not is_working_day(day)
    assert "台风假" in text(browse(provadmin).get(reverse("visits:holidays"), {"year": day.year}))
    event = AuditEvent.objects.get(action="visits.holiday_set")
    assert event.data["name"] == "台风假"
    with pytest.raises(Forbidden):
        services.set_holiday(actor=head, day=day, kind="HOLIDAY", name="我要休假")
    with pytest.raises(Invalid, match="KIND"):
        services.set_holiday(actor=sysadmin, day=day, kind="MAKEUP", name="调休")
    with pytest.raises(BusinessError, match="DAY_PAST"):
        services.set_holiday(
            actor=sysadmin, day=clock.today() - timedelta(days=1), kind="HOLIDAY", name="昨天"
        )
    assert api(sysadmin).delete(f"/api/v1/holidays/{day}").status_code == 204
    assert api(sysadmin).delete(f"/api/v1/holidays/{day}").status_code == 404
    assert api(sysadmin).delete("/api/v1/holidays/morgen").status_code == 404
    assert is_working_day(day)
    assert AuditEvent.objects.filter(action="visits.holiday_removed").count() == 1


def test_reports_stand_in_keyset_pages(owner: User, leader: User, head: User, browse: Browse) -> None:
    people = [factories.make_user(f"am{n}", "AM", owner.org_unit) for n in range(35)]  # type: ignore[arg-type]
    for person in people:
        submitted(person)
    desk = browse(head)
    first = text(desk.get(reverse("visits:weeks"), {"view": "all"}))
    assert first.count("data-row") == 30
    follow = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert text(desk.get(reverse("visits:weeks") + follow)).count("data-row") == 5
