"""Spot checks: draw, check one by one, read what was found, the score over the months."""

from collections import defaultdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.text import read_number
from visits import services, sheets
from visits.choices import SpotTarget
from visits.forms.desk import CheckForm, DrawForm
from visits.models import QualityMonth, SpotDraw, SpotSample
from visits.rules.checks import RATE_RULES, RULES

PAGE = 50
MONTHS = 12
READERS = ("visits.spot_check", "visits.approve_log", "visits.write_log", "visits.handle_conduct")


def _before(request: PersonRequest, rows: Any) -> Any:
    before = read_number(request.GET.get("before", ""))
    return rows if before is None else rows.filter(pk__lt=before)


@require_GET
@needs(*READERS)
def checks(request: PersonRequest) -> HttpResponse:
    """List the draws for who checks or audits; whoever is checked reads what was found."""
    user = request.user
    if not user.can("visits.spot_check") and not user.can("visits.handle_conduct"):
        return redirect("visits:my-checks")
    return _list(request, DrawForm(actor=user) if user.can("visits.spot_check") else None)


def _list(request: PersonRequest, form: DrawForm | None, status: int = 200) -> HttpResponse:
    rows = _before(request, SpotDraw.objects.visible_to(request.user).with_progress())
    page = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "draws": page[:PAGE],
        "form": form,
        "rules": RATE_RULES,
        "next_url": f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "previous_url": "?" if "before" in request.GET else "",
    }
    return render(request, "visits/checks/list.html", context, status=status)


@require_POST
@needs("visits.spot_check")
def check_draw(request: PersonRequest) -> HttpResponse:
    """Draw a sample and begin with its first log."""
    form = DrawForm(request.POST, actor=request.user)
    status = 400
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            draw = services.draw_spot_check(actor=request.user, unit=values.pop("org_unit"), **values)
        except BusinessError as refusal:
            place_refusal(form, refusal)
            status = refusal.status
        else:
            return redirect("visits:check", draw.pk)
    return _list(request, form, status)


def _draw(request: PersonRequest, pk: int) -> SpotDraw:
    rows = SpotDraw.objects.visible_to(request.user).with_progress().defer(None)
    found: SpotDraw = get_object_or_404(rows, pk=pk)
    return found


@require_GET
@needs("visits.spot_check", "visits.handle_conduct")
def check(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one draw: how it came about, what was drawn, what was found."""
    draw = _draw(request, pk)
    samples = list(draw.samples.with_rows())
    names = {sample.person_id: str(sample.person) for sample in samples}
    context = {
        "draw": draw,
        "samples": samples,
        "mine": draw.checker_id == request.user.pk,
        "next": next((sample for sample in samples if not hasattr(sample, "check_made")), None),
        "reproducible": services.is_reproducible(draw),
        "population": sum(len(logs) for logs in draw.frame.values()),
        "people": [
            (names[int(person)], RULES[draw.rates[person][0]].label, draw.rates[person][1], len(logs))
            for person, logs in draw.frame.items()
            if int(person) in names
        ],
    }
    return render(request, "visits/checks/draw.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.spot_check", "visits.handle_conduct")
def check_item(request: PersonRequest, pk: int) -> HttpResponse:
    """Read one drawn log and state what was found; the next opens by itself."""
    seen = SpotSample.objects.filter(draw__in=SpotDraw.objects.visible_to(request.user))
    sample = get_object_or_404(seen.with_rows(), pk=pk)
    form = CheckForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                services.state_check(actor=request.user, sample=sample, **form.cleaned_data)
            except BusinessError as refusal:
                if not refusal.fields:
                    raise
                place_refusal(form, refusal)
                status = refusal.status
            else:
                left = SpotSample.objects.filter(draw=sample.draw_id).left().order_by("position").first()
                return (
                    redirect("visits:check-item", left.pk)
                    if left
                    else redirect("visits:check", sample.draw_id)
                )
    visit = sample.log.visit
    context = {
        "sample": sample,
        "log": sample.log,
        "visit": visit,
        "form": form,
        "returns": list(sample.log.returns.select_related("returned_by")),
        "history": sheets.history_of(visit),
        "may_state": sample.draw.checker_id == request.user.pk
        and request.user.can("visits.spot_check")
        and not hasattr(sample, "check_made"),
        "left": SpotSample.objects.filter(draw=sample.draw_id).left().count(),
        "drawn": SpotSample.objects.filter(draw=sample.draw_id).count(),
    }
    context |= sheets.context_of_client(visit)
    return render(request, "visits/checks/item.html", context, status=status)


@require_GET
@needs(*READERS)
def my_checks(request: PersonRequest) -> HttpResponse:
    """Show a person what was found in their own logs or decisions, and their score over the months."""
    rows = _before(request, SpotSample.objects.about(request.user).with_rows())
    page = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "samples": page[:PAGE],
        "scores": _trends(QualityMonth.objects.filter(user=request.user)),
        "next_url": f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "previous_url": "?" if "before" in request.GET else "",
    }
    return render(request, "visits/checks/mine.html", context)


def _trends(rows: Any) -> list[dict[str, Any]]:
    """Return a line per person and kind of work: newest score, checks of the year, and the months."""
    this = clock.month_of(clock.today())
    months = [clock.add_months(this, -back) for back in range(MONTHS - 1, -1, -1)]
    found: dict[tuple[str, int, str], dict[Any, QualityMonth]] = defaultdict(dict)
    for row in rows.filter(month__gte=months[0]).select_related("user", "user__org_unit"):
        found[(row.target, row.user_id, str(row.user))][row.month] = row
    lines = []
    for (target, _user, name), by_month in found.items():
        newest = by_month[max(by_month)]
        lines.append(
            {
                "target": SpotTarget(target).label,
                "code": target,
                "name": name,
                "unit": newest.user.org_unit,
                "newest": newest,
                "checked": sum(row.checked for row in by_month.values()),
                "reject": sum(row.reject for row in by_month.values()),
                "months": [(month, by_month.get(month)) for month in months],
            }
        )
    return sorted(lines, key=lambda line: (line["code"], line["newest"].score, line["name"]))


@require_GET
@needs("visits.spot_check", "visits.approve_log", "visits.handle_conduct")
def quality(request: PersonRequest) -> HttpResponse:
    """Show the quality scores of the scope, the lowest first, with the trend of a year."""
    target = request.GET.get("target", "")
    rows = QualityMonth.objects.visible_to(request.user)
    lines = _trends(rows.filter(target=target) if target in SpotTarget.values else rows)
    tabs = [{"label": _("All"), "url": "?", "current": target not in SpotTarget.values, "count": None}]
    tabs += [
        {"label": words, "url": f"?target={code}", "current": target == code, "count": None}
        for code, words in SpotTarget.choices
    ]
    return render(request, "visits/checks/quality.html", {"lines": lines, "tabs": tabs})
