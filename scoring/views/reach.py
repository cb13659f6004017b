"""Clients reached: a closed month by unit, and who does not count and why."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit
from crm.base.access import needs
from crm.base.csv_out import download
from crm.base.text import read_number
from scoring import reading
from scoring.choices import ReachReason
from scoring.models import ReachMonth, ReachRow

PAGE = 50
MANY = 2000


def month_named(text: str, months: list[date]) -> date | None:
    """Return the closed month a text such as 2026-10 names; the newest when it is empty.

    Raises: Http404.
    """
    if not text:
        return months[0] if months else None
    for month in months:
        if text == f"{month:%Y-%m}":
            return month
    raise Http404


def unit_named(request: PersonRequest) -> OrgUnit | None:
    """Return the unit the address names, inside the scope.

    Raises: Http404.
    """
    asked = request.GET.get("unit", "")
    if not asked:
        return None
    key = read_number(asked) or 0
    unit = OrgUnit.objects.visible_to(request.user).filter(pk=key).first()
    if unit is None:
        raise Http404
    return unit


@require_GET
@needs("clients.view")
def reach(request: PersonRequest) -> HttpResponse:
    """Show the reach of a closed month by unit, with every reason of exclusion (S0-50, R2)."""
    months = reading.closed_months(request.user)
    month = month_named(request.GET.get("month", ""), months)
    unit = unit_named(request)
    context: dict[str, Any] = {"months": months, "month": month, "unit": unit}
    if month:
        lines, total = reading.reach_of(request.user, month=month, unit=unit)
        history = reading.reach_by_month(request.user, unit=unit, until=month)
        before = history[-2]["reached"] if len(history) > 1 else None
        step = OrgUnit.steplen
        above = [unit.path[:end] for end in range(step, len(unit.path), step)] if unit else []
        context |= {
            "lines": lines,
            "total": total,
            "change": None if before is None else total.counted - before,
            "header": ReachMonth.objects.filter(month=month).first(),
            "trail": OrgUnit.objects.visible_to(request.user).filter(path__in=above),
            "reasons": ReachReason.choices,
            "at": urlencode({"month": f"{month:%Y-%m}"} | ({"unit": unit.pk} if unit else {})),
            "month_query": urlencode({"month": f"{month:%Y-%m}"}),
            "chart": {
                "id": "reach-months", "title": _("Clients reached by month"), "kind": "bar",
                "labels": [f"{row['month']:%Y-%m}" for row in history],
                "series": [
                    {"name": _("Reached"), "data": [row["reached"] for row in history]},
                    {"name": _("Excluded"), "data": [row["all_clients"] - row["reached"] for row in history]},
                ],
            },
        }  # fmt: skip
        context["chart"]["kind"] = "stack"
    return render(request, "scoring/reach/report.html", context)


def _excluded(request: PersonRequest) -> tuple[Any, date | None, OrgUnit | None, str]:
    months = reading.closed_months(request.user)
    month = month_named(request.GET.get("month", ""), months)
    unit = unit_named(request)
    reason = request.GET.get("reason", "")
    if reason and reason not in ReachReason:
        raise Http404
    rows = ReachRow.objects.visible_to(request.user).filter(month=month, counted=False)
    if unit:
        rows = rows.filter(org_unit__path__startswith=unit.path)
    if reason:
        rows = rows.filter(reasons__contains=[reason])
    return rows.select_related("org_unit").order_by("client_code"), month, unit, reason


def _named(rows: list[ReachRow]) -> list[dict[str, Any]]:
    """Return rows with the clients' names; a client that is gone keeps its code."""
    clients = Client.objects.in_bulk([row.client_id for row in rows])
    labels = dict(ReachReason.choices)
    return [
        {
            "row": row,
            "client": clients.get(row.client_id),
            "reasons": [(code, labels.get(code, code)) for code in row.reasons],
        }
        for row in rows
    ]


@require_GET
@needs("clients.view")
def excluded(request: PersonRequest) -> HttpResponse:
    """List who does not count in a month, with all reasons."""
    rows, month, unit, reason = _excluded(request)
    after = request.GET.get("after", "")
    if after:
        rows = rows.filter(client_code__gt=after)
    page = list(rows[: PAGE + 1])
    kept = {k: v for k, v in request.GET.items() if k in ("month", "unit", "reason") and v}
    context = {
        "rows": _named(page[:PAGE]),
        "month": month,
        "unit": unit,
        "reason": reason,
        "reasons": ReachReason.choices,
        "kept": urlencode(kept),
        "without_reason": urlencode({k: v for k, v in kept.items() if k != "reason"}),
        "next_url": "?" + urlencode(kept | {"after": page[PAGE - 1].client_code}) if len(page) > PAGE else "",
        "previous_url": "?" + urlencode(kept) if after else "",
        "may_export": request.user.can("clients.export"),
    }
    return render(request, "scoring/reach/excluded.html", context)


@require_GET
@needs("clients.export")
def excluded_csv(request: PersonRequest) -> HttpResponseBase:
    """Hand out everybody who does not count, with all reasons."""
    rows, month, _unit, _reason = _excluded(request)
    header = [
        _("Month"), _("Client code"), _("Client"), _("Unit"), _("Status"), _("Active members"),
        _("Revenue, yuan"), _("Reasons"),
    ]  # fmt: skip
    name = f"reach-{month:%Y-%m}" if month else "reach"
    return download(name, header, _lines(rows))


def _lines(rows: Any) -> Iterator[list[Any]]:
    after = ""
    while page := list(rows.filter(client_code__gt=after)[:MANY]):
        for line in _named(page):
            row = line["row"]
            yield [
                f"{row.month:%Y-%m}", row.client_code, line["client"], row.org_unit.name,
                row.get_status_display(), row.members, row.revenue_fen / 100,
                "、".join(str(label) for _code, label in line["reasons"]),
            ]  # fmt: skip
        after = page[-1].client_code
