"""Points in figures: what is owed, what expires when, what was deducted how, who loses points next (R11)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.base.access import needs
from crm.base.text import read_number
from crm.params import registry
from members.views.customers import managed
from members.views.shared import keyset
from scoring import reading
from scoring.models import LedgerProof
from scoring.views.reach import unit_named

LEAST = (1, 100, 500, 1000, 5000)


@require_GET
@needs("scoring.view")
def points(request: PersonRequest) -> HttpResponse:
    """Show liability, forecast of expiry and deductions of a unit, with the units below."""
    user, today = request.user, clock.today()
    unit = unit_named(request)
    years = reading.held_by_year(user, unit=unit)
    months = reading.flows(user, as_of=today, unit=unit)
    on = reading.next_expiry(today)
    held = sum(year.points for year in years)
    value = registry.get("points.fen_per_point", as_of=today)
    step = OrgUnit.steplen
    above = [unit.path[:end] for end in range(step, len(unit.path), step)] if unit else []
    context = {
        "unit": unit,
        "unit_query": f"?unit={unit.pk}" if unit else "",
        "trail": OrgUnit.objects.visible_to(user).filter(path__in=above),
        "years": years,
        "months": months[::-1],
        "held": held,
        "worth_fen": held * value,
        "expires_on": on,
        "expiring": sum(year.points for year in years if year.expires_on == on),
        "deducted": sum(m.redeemed + m.by_policy + m.adjusted for m in months),
        "redeemed": sum(m.redeemed for m in months),
        "by_policy": sum(m.by_policy for m in months),
        "adjusted": sum(m.adjusted for m in months),
        "units": reading.held_by_unit(user, expires_on=on, unit=unit),
        "proof": LedgerProof.objects.first(),
        "charts": [_by_year(years), _forecast(years), _liability(months), _deductions(months)],
    }
    return render(request, "scoring/points/report.html", context)


def _by_year(years: list[reading.YearHeld]) -> dict[str, Any]:
    labels = sorted({year.lot_year for year in years})
    return {
        "id": "points-by-year", "kind": "bar", "title": _("Held by year of origin"),
        "labels": [str(label) for label in labels],
        "series": [
            {
                "name": _("Points"),
                "data": [sum(y.points for y in years if y.lot_year == label) for label in labels],
            }
        ],
    }  # fmt: skip


def _forecast(years: list[reading.YearHeld]) -> dict[str, Any]:
    days = sorted({year.expires_on for year in years})
    return {
        "id": "points-forecast", "kind": "bar", "title": _("Expires when, if nobody spends"),
        "labels": [day.isoformat() for day in days],
        "series": [
            {
                "name": _("Points"),
                "data": [sum(y.points for y in years if y.expires_on == day) for day in days],
            }
        ],
    }  # fmt: skip


def _liability(months: list[reading.MonthFlow]) -> dict[str, Any]:
    return {
        "id": "points-liability", "kind": "line", "title": _("Held at the end of the month"),
        "labels": [f"{m.month:%Y-%m}" for m in months],
        "series": [{"name": _("Points"), "data": [m.held for m in months]}],
    }  # fmt: skip


def _deductions(months: list[reading.MonthFlow]) -> dict[str, Any]:
    return {
        "id": "points-deducted", "kind": "stack", "title": _("Deducted by kind, and expired"),
        "labels": [f"{m.month:%Y-%m}" for m in months],
        "series": [
            {"name": _("Redeemed"), "data": [m.redeemed for m in months]},
            {"name": _("Deducted by policy"), "data": [m.by_policy for m in months]},
            {"name": _("Deducted by adjustment"), "data": [m.adjusted for m in months]},
            {"name": _("Expired"), "data": [m.expired for m in months]},
        ],
    }  # fmt: skip


@require_GET
@needs("scoring.view")
def expiring(request: PersonRequest) -> HttpResponse:
    """List whose points expire at the end of this year."""
    user = request.user
    on = reading.next_expiry(clock.today())
    unit = unit_named(request)
    least = read_number(request.GET.get("least", ""))
    least = least if least in LEAST else 1
    page = keyset(request, reading.to_expire(user, on=on, unit=unit, at_least=least))
    plain = managed(request, [lot.account.customer for lot in page["rows"]])
    for lot in page["rows"]:
        lot.shown_plain = lot.account.customer.client_id in plain
    kept = {"unit": unit.pk} if unit else {}
    context = {
        "page": page,
        "lots": page["rows"],
        "on": on,
        "unit": unit,
        "least": least,
        "tabs": [
            {
                "label": _("All") if n == 1 else _("from %(n)s points") % {"n": f"{n:,}"},
                "url": "?" + urlencode(kept | {"least": n}),
                "current": n == least,
            }
            for n in LEAST
        ],
        "may_export": user.can("clients.export"),
        "export_query": urlencode(kept | {"least": least}),
    }
    return render(request, "scoring/points/expiring.html", context)
