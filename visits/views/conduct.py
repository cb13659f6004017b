"""Reports of conduct: recorded by heads, leaders and auditors; read and settled by auditors."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from visits import services
from visits.choices import ConductState
from visits.forms.desk import ConductForm, SettleForm
from visits.models import ConductReport
from visits.views.pages import acted, listed

PAGE = "visits/conduct/report.html"


@require_GET
@needs("visits.record_conduct", "visits.handle_conduct")
def conduct(request: PersonRequest) -> HttpResponse:
    """List the reports the person may read: an auditor's own units', a recorder's own."""
    user = request.user
    seen = ConductReport.objects.visible_to(user)
    views: dict[str, tuple[Any, Any]] = {"all": (_("All"), seen)}
    if user.can("visits.handle_conduct"):
        views["open"] = (_("To settle"), ConductReport.objects.handled_by(user).open())
    context = listed(request, views, "open" if "open" in views else "all")
    return render(request, "visits/conduct/list.html", context | {"today": clock.today()})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.record_conduct")
def conduct_new(request: PersonRequest) -> HttpResponse:
    """Record a report."""
    form = ConductForm(request.POST or None, actor=request.user)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            made = services.report_conduct(actor=request.user, client=values.pop("client_code"), **values)
        except BusinessError as refusal:
            place_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Recorded. Only auditors and you can read it."))
            return redirect("visits:conduct-report", made.pk)
    return render(request, "visits/conduct/form.html", {"form": form}, status=status)


def _report(request: PersonRequest, pk: int) -> ConductReport:
    rows = ConductReport.objects.visible_to(request.user).with_rows()
    found: ConductReport = get_object_or_404(rows, pk=pk)
    return found


def _context(request: PersonRequest, found: ConductReport, **forms: Any) -> dict[str, Any]:
    open_ = found.state in (ConductState.NEW, ConductState.LOOKED_INTO)
    handles = open_ and ConductReport.objects.handled_by(request.user).filter(pk=found.pk).exists()
    return {
        "report": found,
        "handles": handles,
        "settle_form": SettleForm() if handles else None,
        "today": clock.today(),
    } | forms


@require_GET
@needs("visits.record_conduct", "visits.handle_conduct")
def conduct_report(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one report."""
    return render(request, PAGE, _context(request, _report(request, pk)))


@require_POST
@needs("visits.handle_conduct")
def conduct_take_up(request: PersonRequest, pk: int) -> HttpResponse:
    """Say that one looks into it."""
    services.take_up_conduct(actor=request.user, report=_report(request, pk))
    return redirect("visits:conduct-report", pk)


@require_POST
@needs("visits.handle_conduct")
def conduct_settle(request: PersonRequest, pk: int) -> HttpResponse:
    """Settle it."""
    found, form = _report(request, pk), SettleForm(request.POST)
    return acted(
        request,
        form,
        lambda **values: services.settle_conduct(actor=request.user, report=found, **values),
        to=reverse("visits:conduct-report", args=[pk]),
        again=lambda: (PAGE, _context(request, found, settle_form=form)),
    )
