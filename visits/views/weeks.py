"""Weekly reports: own weeks, the leader's queue, one report with its acts, and who owes what (R8)."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.text import read_number
from visits import services
from visits.choices import WeekState
from visits.forms.weeks import FilingForm, InspectionForm, WeekForm
from visits.models import WeeklyReport
from visits.reading import weeks as shown
from visits.rules import weeks as rules
from visits.services.weeks import due_of, must_report

PAGE = 30


def _views(user: User) -> dict[str, tuple[str, Any]]:
    """Return the lists a person has: words and rows by code; the first is where the page opens."""
    rows = WeeklyReport.objects.visible_to(user)
    found: dict[str, tuple[str, Any]] = {}
    if user.can("visits.approve_week"):
        found["decide"] = (_("To decide"), WeeklyReport.objects.waiting().decidable_by(user))
    if user.can("visits.print_week"):
        mine = WeeklyReport.objects.printable_by(user)
        found["print"] = (_("To print"), mine.filter(state=WeekState.APPROVED))
        found["file"] = (_("To file"), mine.filter(state=WeekState.PRINTED))
    if user.can("visits.inspect_week"):
        waiting = WeeklyReport.objects.inspectable_by(user).filter(state=WeekState.ARCHIVED)
        found["inspect"] = (_("To inspect"), waiting)
    if user.can("visits.write_log"):
        own = {"own": (_("My weeks"), rows.filter(owner=user))}
        found = found | own if found else own
    found["all"] = (_("All"), rows)
    return found


@require_GET
@needs("visits.view")
def weeks(request: PersonRequest) -> HttpResponse:
    """List weekly reports: what waits for the person, own weeks, all of the scope; newest week first."""
    views = _views(request.user)
    view = request.GET.get("view", "")
    view = view if view in views else next(iter(views))
    today = clock.today()
    writes = request.user.can("visits.write_log") and request.user.org_unit_id is not None
    mine = shown.own_weeks(request.user, today) if writes and view == "own" else []
    # The weeks above with what is still to do stand there only.
    told = [one["report"].pk for one in mine if one["report"]]
    rows = views[view][1].with_rows().exclude(pk__in=told)
    if before := _place(request.GET.get("before", "")):
        monday, pk = before
        rows = rows.filter(Q(monday__lt=monday) | Q(monday=monday, pk__lt=pk))
    page = list(rows.order_by("-monday", "-pk")[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    context = {
        "tabs": [
            {
                "label": label,
                "url": f"?view={code}",
                "current": code == view,
                "count": found.count() if code in ("decide", "print", "file", "inspect") else None,
            }
            for code, (label, found) in views.items()
        ],
        "view": view,
        "rows": page[:PAGE],
        "next_url": f"?{urlencode({'view': view, 'before': f'{last.monday}.{last.pk}'})}" if last else "",
        "previous_url": f"?view={view}" if before else "",
        "mine": mine,
        "this_week": rules.named(today),
    }
    return render(request, "visits/weeks/list.html", context)


def _place(text: str) -> tuple[date, int] | None:
    """Return the place in the list that an address names."""
    day, _dot, pk = text.partition(".")
    monday, row = clock.read_day(day), read_number(pk)
    return (monday, row) if monday and row is not None else None


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.write_log")
def week(request: PersonRequest, year: int, week: int) -> HttpResponse:
    """Show the own report of a week as a form; write it, or hand it in."""
    must_report(request.user)
    monday = rules.monday_of(year, week)
    rules.check_week(monday, as_of=clock.today())
    own = WeeklyReport.objects.filter(owner=request.user, monday=monday)
    report = own.select_related("decided_by").first()
    if report and not report.is_open:
        return redirect("visits:week-report", report.pk)
    initial = {"summary": report.summary, "plan": report.plan} if report else None
    form = WeekForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                done = _written(request, report, monday, form.cleaned_data)
            except BusinessError as refusal:
                place_refusal(form, refusal)
                status = refusal.status
            else:
                return redirect("visits:week-report", done.pk) if not done.is_open else redirect(request.path)
    context = shown.of_person(request.user, monday) | {
        "report": report,
        "form": form,
        "due": rules.due_text(due_of(monday)),
        "late": due_of(monday) <= clock.now(),
    }
    return render(request, "visits/weeks/write.html", context, status=status)


def _written(
    request: PersonRequest, report: WeeklyReport | None, monday: date, texts: dict[str, str]
) -> WeeklyReport:
    """Keep what was sent, and hand it in when that was asked; the page speaks of one report a week."""
    if report is None:
        year, number = rules.week_of(monday)
        report = services.begin_week(actor=request.user, iso_year=year, iso_week=number, **texts)
    else:
        report = services.write_week(
            actor=request.user,
            report_id=report.pk,
            version=_version(request),
            **texts,
        )
    if request.POST.get("act") == "submit":
        report = services.submit_week(actor=request.user, report_id=report.pk)
        messages.success(request, _("Handed in. The leader of your unit decides about it."))
    else:
        messages.success(request, _("Saved. Hand it in when the week is over."))
    return report


def _report(request: PersonRequest, pk: int) -> WeeklyReport:
    rows = WeeklyReport.objects.visible_to(request.user).with_rows()
    found: WeeklyReport = get_object_or_404(rows, pk=pk)
    return found


def _context(request: PersonRequest, report: WeeklyReport, **forms: Any) -> dict[str, Any]:
    user, unit = request.user, report.org_unit
    return (
        shown.of_report(report)
        | {
            "report": report,
            "may_decide": WeeklyReport.objects.waiting().decidable_by(user).filter(pk=report.pk).exists(),
            "may_print": user.scope.covers(unit, "visits.print_week"),
            "may_inspect": user.scope.covers(unit, "visits.inspect_week"),
            "mine": report.owner_id == user.pk,
            "filing_form": FilingForm(),
            "inspection_form": InspectionForm(initial={"result": "GOOD"}),
            "quick_reasons": shown.RETURN_REASONS,
        }
        | forms
    )


@require_GET
@needs("visits.view")
def report(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a weekly report with its figures, its logs, and the act that comes next."""
    return render(request, "visits/weeks/report.html", _context(request, _report(request, pk)))


def _refused(request: PersonRequest, pk: int, refusal: BusinessError, **forms: Any) -> HttpResponse:
    """Show the report again with what was refused."""
    for form in forms.values():
        place_refusal(form, refusal)
    context = _context(request, _report(request, pk), refusal=refusal.message, **forms)
    return render(request, "visits/weeks/report.html", context, status=refusal.status)


def _version(request: PersonRequest) -> int | None:
    return read_number(request.POST.get("version", ""))


@require_POST
@needs("visits.approve_week")
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    """Agree to a report and open the next that waits."""
    done = services.approve_week(
        actor=request.user, report_id=pk, note=request.POST.get("note", ""), version=_version(request)
    )
    messages.success(request, _("Approved: %(who)s, %(week)s.") % {"who": done.owner, "week": done.week})
    return _following(request)


@require_POST
@needs("visits.approve_week")
def send_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Return a report with the reason and open the next that waits."""
    reason = request.POST.get("reason", "").strip() or request.POST.get("quick", "").strip()
    try:
        done = services.return_week(
            actor=request.user, report_id=pk, reason=reason, version=_version(request)
        )
    except BusinessError as refusal:
        if refusal.status != 400:
            raise
        return _refused(request, pk, refusal)
    messages.success(request, _("Returned to %(owner)s.") % {"owner": done.owner})
    return _following(request)


def _following(request: PersonRequest) -> HttpResponse:
    after = WeeklyReport.objects.waiting().decidable_by(request.user).order_by("submitted_at").first()
    return redirect("visits:week-report", after.pk) if after else redirect("visits:weeks")


# ---- Who owes, who handed in, what is archived


@require_GET
@needs("visits.view")
def roster(request: PersonRequest) -> HttpResponse:
    """Show a week's reports of every manager in scope, missing ones too (R8)."""
    today = clock.today()
    monday = rules.read_week(request.GET.get("week", "")) or rules.start_of(today)
    unit = _unit(request)
    units = OrgUnit.objects.visible_to(request.user)
    if unit is not None:
        units = units.filter(path__startswith=unit.path)
    lines = shown.roster_of(request.user, list(units), monday)
    state = request.GET.get("state", "")
    codes = shown.counts_of(lines)
    rows = [row for row in lines if shown.fits(row, state)] if state in codes else lines
    kept = {"unit": unit.pk} if unit else {}

    def url(**changes: Any) -> str:
        return "?" + urlencode({"week": rules.named(monday)} | kept | changes)

    printing = None
    if request.user.can("visits.print_week"):
        places = [u for u in services.units_to_print(request.user) if unit is None or u.pk == unit.pk]
        printing = places[0] if places else None
    context = {
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "week": rules.named(monday),
        "before": url(week=rules.named(monday - rules.WEEK)),
        "after": url(week=rules.named(monday + rules.WEEK)) if monday + rules.WEEK <= today else "",
        "due": rules.due_text(due_of(monday)),
        "unit": unit,
        "rows": rows,
        "state": state if state in codes else "",
        "tabs": [
            {"label": label, "url": url(state=code), "current": code == state, "count": count}
            for code, (label, count) in codes.items()
        ],
        "all_url": url(),
        "printing": printing,
        "to_print": codes["approved"][1] if printing else 0,
    }
    return render(request, "visits/weeks/roster.html", context)


def _unit(request: PersonRequest) -> OrgUnit | None:
    """Return the unit of the address, inside the scope; another answers 404."""
    asked = request.GET.get("unit", "")
    if not asked:
        return None
    key = read_number(asked) or 0
    found: OrgUnit = get_object_or_404(OrgUnit.objects.visible_to(request.user), pk=key)
    return found
