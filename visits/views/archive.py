"""The archive: log books printed, filed, inspected; a unit's week printed by a worker; printed forms."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.cards import sees_plain
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.text import mask_name
from visits import services
from visits.forms.weeks import FilingForm, InspectionForm
from visits.models import PrintRun, Visit
from visits.reading import weeks as shown
from visits.rules import weeks as rules
from visits.tasks import enqueue_print
from visits.views.weeks import _refused, _report


def _pdf(content: Any, name: str) -> HttpResponse:
    answer = HttpResponse(bytes(content), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@needs("visits.print_week")
def print_book(request: PersonRequest, pk: int) -> HttpResponse:
    """Seal the log book of an approved report."""
    try:
        book = services.print_week(actor=request.user, report_id=pk)
    except BusinessError as refusal:
        if refusal.code != "LOGS_WAITING":
            raise
        return _refused(request, pk, refusal)
    messages.success(request, _("Sealed under %(number)s.") % {"number": book.archive_no})
    return redirect("visits:week-report", pk)


@require_GET
@needs("visits.view")
def book(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand out the sealed log book."""
    found = services.open_book(actor=request.user, report_id=pk)
    return _pdf(found.pdf, found.archive_no)


@require_POST
@needs("visits.print_week")
def file_book(request: PersonRequest, pk: int) -> HttpResponse:
    """Note that the log book lies in the archive."""
    form = FilingForm(request.POST)
    form.full_clean()
    filing = services.file_week(
        actor=request.user, report_id=pk, paper_no=form.cleaned_data.get("paper_no", "")
    )
    messages.success(request, _("Filed: %(number)s.") % {"number": filing.book.archive_no})
    return redirect("visits:week-report", pk)


@require_POST
@needs("visits.inspect_week")
def inspect(request: PersonRequest, pk: int) -> HttpResponse:
    """Write what the company found in a log book."""
    form = InspectionForm(request.POST)
    if form.is_valid():
        try:
            services.inspect_week(actor=request.user, report_id=pk, **form.cleaned_data)
        except BusinessError as refusal:
            if refusal.status != 400:
                raise
            return _refused(request, pk, refusal, inspection_form=form)
        messages.success(request, _("The inspection is recorded."))
        return redirect("visits:week-report", pk)
    return _refused(
        request,
        pk,
        BusinessError("INVALID", _("Some fields need correction."), status=400),
        inspection_form=form,
    )


@require_POST
@needs("visits.print_week")
def print_unit(request: PersonRequest, pk: int, week: str) -> HttpResponse:
    """Have a unit's week printed by a worker; the page that follows shows how far it is."""
    unit = get_object_or_404(OrgUnit.objects.visible_to(request.user), pk=pk)
    monday = rules.read_week(week)
    if monday is None:
        raise BusinessError("WEEK_UNKNOWN", _("There is no such week."), status=400)
    try:
        run, queue = services.print_unit(actor=request.user, unit=unit, monday=monday)
    except BusinessError as refusal:
        if refusal.code != "NOTHING_TO_PRINT":
            raise
        messages.warning(request, str(refusal.message))
        return redirect("visits:week-roster")
    if queue:
        transaction.on_commit(lambda: enqueue_print(run.pk))
    return redirect("visits:print-run", run.pk)


def _run(request: PersonRequest, pk: int) -> PrintRun:
    rows = PrintRun.objects.visible_to(request.user).select_related("org_unit", "asked_by")
    found: PrintRun = get_object_or_404(rows, pk=pk)
    return found


@require_GET
@needs("visits.print_week")
def print_run(request: PersonRequest, pk: int) -> HttpResponse:
    """Show how far the printing of a unit's week is, and what could not be printed."""
    context = {"run": _run(request, pk)}
    template = "visits/weeks/includes/run.html" if request.htmx else "visits/weeks/run.html"
    return render(request, template, context)


@require_GET
@needs("visits.print_week")
def print_run_pdf(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand out the books of a unit's week in one file, for the printer."""
    run = _run(request, pk)
    if run.pdf is None:
        raise BusinessError("NOT_READY", _("The file is not ready yet."))
    return _pdf(run.pdf, f"{run.org_unit.code}-{run.week}")


# ---- Printed forms


@require_GET
@needs("visits.view")
def week_form(request: PersonRequest, pk: int) -> HttpResponse:
    """Show plan and summary of a week as they are printed and signed (周工作计划与总结)."""
    report = _report(request, pk)
    context = shown.of_report(report) | {
        "report": report,
        "no": report.week,
        "unit": report.org_unit,
        "on": report.submitted_at or report.monday,
    }
    return render(request, "visits/print/week.html", context)


@require_GET
@needs("visits.view")
def visit_form(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one visit as it is printed and filed (客户拜访记录表)."""
    rows = Visit.objects.visible_to(request.user).with_rows().select_related("org_unit", "log__decided_by")
    visit = get_object_or_404(rows, pk=pk)
    plain = sees_plain(request.user, visit.client)
    name = visit.contact.name if visit.contact else ""
    context = {
        "visit": visit,
        "log": getattr(visit, "log", None),
        "contact": name if plain else mask_name(name) if name else "",
        "no": f"BF{visit.pk:08d}",
        "unit": visit.org_unit,
        "on": visit.visit_on,
    }
    return render(request, "visits/print/visit.html", context)
