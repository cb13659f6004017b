"""Coverage: how much of each client's staff stands in our address books, by unit and manager, with trend."""

from typing import Any

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import needs
from crm.base.text import read_number
from crm.params import registry
from members.models import CoverageMonth
from members.querysets import coverage_by, coverage_of, with_coverage

PAGE = 30
MONTHS = 13


@require_GET
@needs("clients.view")
def coverage(request: PersonRequest) -> HttpResponse:
    """Show signing rate and coverage of one's scope by unit or manager, the trend, and who lacks most."""
    today = clock.today()
    mine = Client.objects.visible_to(request.user)
    units = OrgUnit.objects.filter(request.user.scope.unit_filter("pk"))
    chosen = None
    if (wanted := read_number(request.GET.get("unit", ""))) is not None:
        chosen = units.filter(pk=wanted).first()
    manager = None
    if (wanted := read_number(request.GET.get("am", ""))) is not None:
        manager = User.objects.filter(pk=wanted).first()
    if chosen is not None:
        below = OrgUnit.objects.filter(path__startswith=chosen.path).values("pk")
        mine = mine.filter(org_unit__in=below)
    if manager is not None:
        mine = mine.filter(am=manager)
    by = "am" if request.GET.get("by") == "am" else "unit"
    low = int(registry.get("coverage.low", as_of=today))
    lacking = with_coverage(mine).filter(coverage_pct__lt=low).select_related("am")
    if (after := read_number(request.GET.get("after", ""))) is not None:
        lacking = lacking.filter(pk__lt=after)
    rows = list(lacking.order_by("-pk")[: PAGE + 1])
    context = {
        "now": coverage_of(mine),
        "lines": coverage_by(mine, by),
        "by": by,
        "low": low,
        "chosen": chosen,
        "manager": manager,
        "lacking": rows[:PAGE],
        "following": rows[PAGE - 1].pk if len(rows) > PAGE else None,
        "chart": _trend(request.user, chosen, manager),
        "may_change": request.user.can("members.change"),
    }
    return render(request, "members/coverage/coverage.html", context)


def _trend(user: User, unit: OrgUnit | None, manager: User | None) -> dict[str, Any] | None:
    """Return the chart of the months the night has written."""
    rows = CoverageMonth.objects.filter(user.scope.unit_filter("unit"))
    if unit is not None:
        rows = rows.filter(unit__path__startswith=unit.path)
    if manager is not None:
        rows = rows.filter(am=manager)
    months: list[Any] = list(
        rows.values("month")
        .annotate(t=Sum("target"), s=Sum("signed"), e=Sum("employees"), o=Sum("ordinary"), a=Sum("active"))
        .order_by("-month")[:MONTHS]
    )[::-1]
    if not months:
        return None

    def share(part: str, whole: str) -> list[float | None]:
        return [round(100 * m[part] / m[whole], 1) if m[whole] else None for m in months]

    return {
        "id": "coverage-trend",
        "title": _("Signing and coverage by month, %"),
        "kind": "line",
        "labels": [f"{m['month']:%Y-%m}" for m in months],
        "series": [
            {"name": _("Coverage"), "data": share("o", "e")},
            {"name": _("All members"), "data": share("a", "e")},
            {"name": _("Signed"), "data": share("s", "t")},
        ],
        "unit": "%",
    }
