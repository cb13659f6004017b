"""Profit and loss by segment, what resources cost, and how concentrated the revenue is (R15)."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients.choices import RevenueCategory
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.base.access import needs
from crm.base.csv_out import download
from crm.base.errors import BusinessError
from crm.base.text import INT, read_number
from crm.params import registry
from scoring import reading, services
from scoring.choices import CostDriver
from scoring.forms import CostForm
from scoring.models import ResourceCost, SegmentMonth
from scoring.reading import concentration as spread
from scoring.reading import segments as months_of
from scoring.views.reach import month_named, unit_named

PAGE = 50
OPEN_MONTHS = 6
EXPORTED = 5000


def _place(request: PersonRequest, unit: OrgUnit | None) -> dict[str, Any]:
    """Return what the crumbs of a unit need."""
    step = OrgUnit.steplen
    above = [unit.path[:end] for end in range(step, len(unit.path), step)] if unit else []
    return {
        "unit": unit,
        "trail": OrgUnit.objects.visible_to(request.user).filter(path__in=above) if above else (),
    }


@require_GET
@needs("scoring.view")
def segments(request: PersonRequest) -> HttpResponse:
    """Show clients, revenue, cost and what is left by segment in a closed month, with growth."""
    months = months_of.segment_months(request.user)
    month = month_named(request.GET.get("month", ""), months)
    unit = unit_named(request)
    context: dict[str, Any] = {"months": months, "month": month, **_place(request, unit)}
    context["may_enter"] = request.user.can("scoring.enter_costs")
    context["may_export"] = request.user.can("clients.export")
    if month:
        lines, total = months_of.segments_of(request.user, month=month, unit=unit)
        history = months_of.segment_history(request.user, until=month, unit=unit)
        header = SegmentMonth.objects.filter(
            month=month, province__in=reading.provinces_of(request.user)
        ).first()
        fees = dict(RevenueCategory.choices)
        context |= {
            "lines": lines,
            "total": total,
            "units": months_of.segment_units(request.user, month=month, unit=unit),
            "header": header,
            "untold": [label for code, label in CostDriver.choices if header and code not in header.costs],
            "excluded": [fees.get(code, code) for code in header.excluded] if header else [],
            "month_query": urlencode({"month": f"{month:%Y-%m}"}),
            "chart": {
                "id": "segments",
                "kind": "stack",
                "title": _("Revenue by segment, ten thousand yuan"),
                "labels": [f"{each:%Y-%m}" for each in history],
                "series": [
                    {
                        "name": line.label or _("no segment"),
                        "data": [round(row.get(line.code, 0) / 1_000_000, 2) for row in history.values()],
                    }
                    for line in lines
                ],
            },
        }
    return render(request, "scoring/analysis/segments.html", context)


@require_GET
@needs("clients.export")
def segments_csv(request: PersonRequest) -> HttpResponseBase:
    """Hand out a closed month by unit and segment, as it was frozen."""
    month = month_named(request.GET.get("month", ""), months_of.segment_months(request.user))
    unit = unit_named(request)
    header = [
        _("Month"), _("Unit"), _("Segment"), _("Clients"), _("Revenue, yuan"), _("Left out, yuan"),
        _("Reported cost, yuan"), _("Shared resources, yuan"), _("EBIT, yuan"),
    ]  # fmt: skip
    return download(f"segments-{month:%Y-%m}" if month else "segments", header, _lines(request, month, unit))


def _lines(request: PersonRequest, month: date | None, unit: OrgUnit | None) -> Iterator[list[Any]]:
    rows = months_of.rows_of(request.user, unit).filter(month=month).select_related("org_unit")
    for row in rows.order_by("org_unit__path", "segment").iterator():
        yield [
            f"{row.month:%Y-%m}", row.org_unit.name, row.get_segment_display(), row.clients,
            row.revenue_fen / 100, row.excluded_fen / 100, row.cost_fen / 100, row.shared_fen / 100,
            row.ebit_fen / 100,
        ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("scoring.enter_costs")
def costs(request: PersonRequest) -> HttpResponse:
    """Enter what data, voice and leased bandwidth cost in an open month of the province."""
    provinces = {str(p.pk): p for p in reading.provinces_of(request.user)}
    asked = request.POST.get("province") or request.GET.get("province", "")
    province = provinces.get(asked) if asked else next(iter(provinces.values()), None)
    if province is None:
        raise Http404
    this = clock.month_of(clock.today())
    open_months = [clock.add_months(this, -back) for back in range(OPEN_MONTHS)]
    closed = set(SegmentMonth.objects.filter(province=province).values_list("month", flat=True))
    open_months = [month for month in open_months if month not in closed]
    form = CostForm(request.POST or None, months=open_months)
    if form.is_valid():
        try:
            services.enter_costs(
                province=province, month=form.cleaned_data["month"], costs=form.costs(), actor=request.user
            )
        except BusinessError as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("Saved. The night shares it out when the month closes."))
            return redirect(f"{reverse('scoring:costs')}?province={province.pk}")
    rows: dict[date, dict[str, int]] = {}
    held = ResourceCost.objects.filter(province=province).values_list("month", "driver", "cost_fen")
    for month, driver, fen in held[: 24 * len(CostDriver.values)]:
        rows.setdefault(month, {})[driver] = fen
    context = {
        "form": form,
        "province": province,
        "provinces": provinces.values(),
        "drivers": CostDriver.choices,
        "rows": [
            {
                "month": month,
                "costs": [row.get(code) for code in CostDriver.values],
                "closed": month in closed,
            }
            for month, row in rows.items()
        ],
        "close_day": registry.get("segment.close_day", as_of=clock.today()),
    }
    return render(request, "scoring/analysis/costs.html", context, status=422 if form.errors else 200)


def _asked(request: PersonRequest) -> tuple[list[date], date, OrgUnit | None]:
    this = clock.month_of(clock.today())
    months = [clock.add_months(this, -back) for back in range(1, 13)]
    month = month_named(request.GET.get("month", ""), months)
    return months, month or months[0], unit_named(request)


@require_GET
@needs("scoring.view")
def concentration(request: PersonRequest) -> HttpResponse:
    """Show what part of the revenue the largest clients bring, as shares, curve and index."""
    months, month, unit = _asked(request)
    places = spread.places(as_of=clock.today())
    found = spread.concentration_of(request.user, month=month, places=places, unit=unit)
    rows = spread.largest(
        request.user, month=month, unit=unit, limit=PAGE + 1,
        after=read_number(request.GET.get("after", ""), most=INT) or 0,
    )  # fmt: skip
    curve = [(0.0, 0.0), *((x * 100, y * 100) for x, y in found.curve)]
    query = urlencode({"month": f"{month:%Y-%m}"} | ({"unit": unit.pk} if unit else {}))
    context = {
        "months": months,
        "month": month,
        "first": spread.period(month)[0],
        **_place(request, unit),
        "units": OrgUnit.objects.visible_to(request.user).order_by("path")[:300],
        "found": found,
        "rows": rows[:PAGE],
        "query": query,
        "next_url": f"?{query}&after={rows[PAGE - 1][3]}" if len(rows) > PAGE else "",
        "may_export": request.user.can("clients.export"),
        "chart": {
            "id": "lorenz",
            "kind": "curve",
            "unit": "%",
            "title": _("Share of the revenue by share of the clients, the largest first"),
            "labels": [f"{x:.2g}%" if x < 1 else f"{x:.0f}%" for x, _y in curve],
            "x": [round(x, 3) for x, _y in curve],
            "series": [
                {"name": _("Revenue"), "data": [round(y, 1) for _x, y in curve]},
                {"name": _("Evenly spread"), "data": [round(x, 1) for x, _y in curve]},
            ],
        },
    }
    return render(request, "scoring/analysis/concentration.html", context)


@require_GET
@needs("clients.export")
def concentration_csv(request: PersonRequest) -> HttpResponseBase:
    """Hand out the largest clients with their share."""
    _months, month, unit = _asked(request)
    rows = spread.largest(request.user, month=month, unit=unit, limit=EXPORTED)
    header = [_("Place"), _("Client code"), _("Client"), _("Unit"), _("Revenue, yuan"), _("Profit, yuan")]
    lines = (
        [place, client.client_code, client.name, client.org_unit.name, fen / 100, profit / 100]
        for client, fen, profit, place in rows
    )
    return download(f"largest-{month:%Y-%m}", header, lines)
