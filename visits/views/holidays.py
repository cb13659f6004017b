"""The holiday calendar: a year at a time; administrators mend it."""

from datetime import date

from django.contrib import messages
from django.db.models import Max, Min
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs, require
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.text import read_number
from visits import services
from visits.choices import HolidayKind
from visits.forms.weeks import HolidayForm
from visits.models import Holiday
from visits.rules.weeks import read_day


@require_http_methods(["GET", "HEAD", "POST"])
@needs("params.view")
def holidays(request: PersonRequest) -> HttpResponse:
    """List the days off and the weekend days worked instead of a year; add or mend one."""
    today = clock.today()
    asked = read_number(request.GET.get("year", "")) or 0
    year = asked if 1990 <= asked <= 2100 else today.year
    form = HolidayForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        require(request.user, "params.change")
        status = 400
        if form.is_valid():
            try:
                row, fresh = services.set_holiday(actor=request.user, **form.cleaned_data)
            except BusinessError as refusal:
                place_refusal(form, refusal)
                status = refusal.status
            else:
                words = _("%(day)s is in the calendar.") if fresh else _("%(day)s is changed.")
                messages.success(request, words % {"day": row.day})
                return redirect(f"{reverse('visits:holidays')}?year={row.day.year}")
    ends = Holiday.objects.aggregate(first=Min("day"), last=Max("day"))
    years = range(ends["first"].year, max(ends["last"].year, today.year) + 2) if ends["first"] else [year]
    rows = list(Holiday.objects.filter(day__range=(date(year, 1, 1), date(year, 12, 31))))
    context = {
        "form": form,
        "may_change": request.user.can("params.change"),
        "rows": rows,
        "year": year,
        "tabs": [
            {"label": str(one), "url": f"?year={one}", "current": one == year, "count": None}
            for one in list(years)[-6:]
        ],
        "off": sum(row.kind == HolidayKind.HOLIDAY for row in rows),
        "worked": sum(row.kind == HolidayKind.MAKEUP for row in rows),
        "today": today,
        "unknown": year >= today.year and not rows,
    }
    return render(request, "visits/holidays.html", context, status=status)


@require_POST
@needs("params.change")
def remove(request: PersonRequest, day: str) -> HttpResponse:
    """Take a day out of the calendar."""
    found = read_day(day)
    services.remove_holiday(actor=request.user, day=found)
    messages.success(request, _("%(day)s is an ordinary day again.") % {"day": found})
    return redirect(f"{reverse('visits:holidays')}?year={found.year}")
