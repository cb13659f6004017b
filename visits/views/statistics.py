"""Statistics of visits (R6), logs (R7), weekly reports and archive (R8); each figure opens its list."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import needs
from crm.base.csv_out import download
from crm.base.text import read_number
from visits.models import WeeklyReport
from visits.querysets.weeks import roster_page
from visits.reading import statistics as shown
from visits.rules import weeks as rules

PAGE = 50
CSV_STEP = 500


def _tabs(asked: shown.Asked, current: str) -> list[dict[str, Any]]:
    query = urlencode(asked.query | {"by": asked.by})
    return [
        {"label": report.label, "url": f"{_page(code)}?{query}", "current": code == current, "count": None}
        for code, report in shown.REPORTS.items()
    ]


def _page(code: str) -> str:
    return reverse("visits:stats") if code == "visits" else reverse("visits:stats-report", args=[code])


def _trail(asked: shown.Asked) -> list[tuple[str, str]]:
    """Return the units above the one shown, inside the scope."""
    if asked.unit is None:
        return []
    kept = {name: value for name, value in asked.query.items() if name != "unit"} | {"by": asked.by}
    above = [unit for unit in asked.unit.get_ancestors() if asked.user.scope.covers(unit)]
    return [(_("All of my area"), f"?{urlencode(kept)}")] + [
        (unit.name, f"?{urlencode(kept | {'unit': unit.pk})}") for unit in above
    ]


@require_GET
@needs("visits.view")
def report(request: PersonRequest, code: str = "visits") -> HttpResponse:
    """Show one report; every figure opens its list."""
    if code not in shown.REPORTS:
        raise Http404
    asked, now = shown.asked_of(request.user, request.GET), clock.now()
    found = shown.REPORTS[code]
    lines, total = shown.lines_of(asked, code, now)
    list_url = reverse("visits:stats-list", args=[code])
    charts = [shown.chart_of(lines, found), shown.trend_of(asked, found, now)]
    if code == "visits":
        charts.append(shown.purposes_chart(total))

    def cells(line: shown.Line) -> list[dict[str, Any]]:
        return [
            {
                "column": column,
                "count": line.counts.get(column.code, 0),
                "share": line.share(column.code, column.of) if column.of else None,
                "whole": line.counts.get(column.of, 0),
                "url": f"{list_url}?{urlencode({**line.query, 'figure': column.code})}",
            }
            for column in found.columns
        ]

    context = {
        "report": found,
        "asked": asked,
        "tabs": _tabs(asked, code),
        "groupings": [
            {
                "label": label,
                "url": f"?{urlencode(asked.query | {'by': by})}",
                "current": by == asked.by,
                "count": None,
            }
            for by, label in shown.BY.items()
        ],
        "trail": _trail(asked),
        "columns": found.columns,
        "lines": [
            (line, cells(line), f"?{urlencode({**line.query, 'by': 'unit'})}" if line.below else "")
            for line in lines
        ],
        "total": cells(total),
        "charts": charts if lines else [],
        "csv_url": f"{reverse('visits:stats-csv', args=[code])}?{urlencode(asked.query | {'by': asked.by})}",
        "may_export": request.user.can("clients.export"),
    }
    return render(request, "visits/statistics/report.html", context)


@require_GET
@needs("clients.export")
def report_csv(request: PersonRequest, code: str) -> HttpResponseBase:
    """Hand a report out as a table."""
    if code not in shown.REPORTS or not request.user.can("visits.view"):
        raise Http404
    asked = shown.asked_of(request.user, request.GET)
    found = shown.REPORTS[code]
    lines, total = shown.lines_of(asked, code, clock.now())
    header = [str(shown.BY[asked.by]), *(column.label for column in found.columns)]
    rows = ([line.label, *(line.counts.get(c.code, 0) for c in found.columns)] for line in [*lines, total])
    return download(f"{code}-{asked.first}-{asked.last}", header, rows)


# ---- The list behind a figure


@require_GET
@needs("visits.view")
def figures(request: PersonRequest, code: str) -> HttpResponse:
    """Show the visits, or the people and weeks, behind one figure."""
    figure = request.GET.get("figure", "")
    if code not in shown.REPORTS or not shown.is_figure(code, figure):
        raise Http404
    asked = shown.asked_of(request.user, request.GET)
    label = next(column.label for column in shown.REPORTS[code].columns if column.code == figure)
    context = {
        "report": shown.REPORTS[code],
        "asked": asked,
        "label": label,
        "back": f"{_page(code)}?{urlencode(asked.query | {'by': asked.by})}",
        "person": User.objects.filter(pk=asked.am).first() if asked.am else None,
        "kept": urlencode(asked.query | {"figure": figure}),
        "may_export": request.user.can("clients.export"),
        "code": code,
    }
    page = _weeks(request, asked, figure) if code == "weeks" else _visits(request, asked, code, figure)
    return render(request, "visits/statistics/list.html", context | page)


def _after(request: PersonRequest) -> tuple[date, int] | None:
    day, _dot, pk = request.GET.get("before", "").partition(".")
    found, row = clock.read_day(day), read_number(pk)
    return (found, row) if found and row is not None else None


def _pager(request: PersonRequest, last: tuple[date, int] | None) -> dict[str, str]:
    kept = {name: value for name, value in request.GET.items() if name != "before"}
    return {
        "next_url": f"?{urlencode(kept | {'before': f'{last[0]}.{last[1]}'})}" if last else "",
        "previous_url": f"?{urlencode(kept)}" if request.GET.get("before") else "",
    }


def _visits(request: PersonRequest, asked: shown.Asked, code: str, figure: str) -> dict[str, Any]:
    test = shown.figures_of_report(code, clock.now())[figure]
    rows = shown.rows_of(asked).filter(test).with_rows()
    if after := _after(request):
        rows = rows.filter(Q(visit_on__lt=after[0]) | Q(visit_on=after[0], pk__lt=after[1]))
    page = list(rows.order_by("-visit_on", "-pk")[: PAGE + 1])
    last = (page[PAGE - 1].visit_on, page[PAGE - 1].pk) if len(page) > PAGE else None
    return {"visits": page[:PAGE]} | _pager(request, last)


def _week_lines(page: list[tuple[int, int, date, int | None]]) -> list[dict[str, Any]]:
    people = User.objects.in_bulk([user for user, *_rest in page])
    units = OrgUnit.objects.in_bulk([unit for _user, unit, *_rest in page])
    reports = WeeklyReport.objects.with_rows().in_bulk([pk for *_rest, pk in page if pk])
    return [
        {
            "owner": people[user],
            "unit": units[unit],
            "monday": monday,
            "week": rules.named(monday),
            "report": reports.get(pk) if pk and reports[pk].state != "DRAFT" else None,
        }
        for user, unit, monday, pk in page
    ]


def _weeks(request: PersonRequest, asked: shown.Asked, figure: str) -> dict[str, Any]:
    page = _week_page(asked, figure, PAGE + 1, _after(request))
    last = (page[PAGE - 1][2], page[PAGE - 1][0]) if len(page) > PAGE else None
    return {"weeks": _week_lines(page[:PAGE])} | _pager(request, last)


def _week_page(
    asked: shown.Asked, figure: str, limit: int, after: tuple[date, int] | None
) -> list[tuple[int, int, date, int | None]]:
    first, last = rules.start_of(asked.first), rules.start_of(asked.last)
    units = [unit.pk for unit in shown.units_of(asked)]
    return roster_page(units, first, last, figure=figure, limit=limit, owner=asked.am, after=after)


@require_GET
@needs("clients.export")
def weeks_csv(request: PersonRequest) -> HttpResponseBase:
    """Hand the people and weeks behind a figure out as a table."""
    figure = request.GET.get("figure", "")
    if not shown.is_figure("weeks", figure) or not request.user.can("visits.view"):
        raise Http404
    asked = shown.asked_of(request.user, request.GET)

    def rows() -> Iterator[list[Any]]:
        after = None
        while page := _week_page(asked, figure, CSV_STEP, after):
            after = (page[-1][2], page[-1][0])
            for line in _week_lines(page):
                report, book = line["report"], getattr(line["report"], "book", None)
                yield [
                    line["week"], line["owner"].staff_no, line["owner"].full_name, line["unit"].name,
                    report.get_state_display() if report else _("Not handed in"),
                    f"{report.submitted_at.astimezone(clock.BUSINESS_ZONE):%Y-%m-%d %H:%M}"
                    if report and report.submitted_at
                    else "",
                    _("late") if report and report.late_submit else "",
                    book.archive_no if book else "",
                ]  # fmt: skip

    header = [
        _("Week"), _("Staff number"), _("Account manager"), _("Unit"), _("State"), _("Submitted"), _("Late"),
        _("Archive number"),
    ]  # fmt: skip
    return download(f"weeks-{asked.first}-{asked.last}", header, rows())
