"""Write a log on one screen, read it afterwards."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from clients.cards import sees_plain
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.offline import is_queued, kept_offline, phone_time, refused_fields, sent_once
from visits import services, sheets, sides
from visits.choices import Purpose, VisitState
from visits.forms.visits import RESULT, LogForm
from visits.models import Visit, VisitLog
from visits.rules import visits as rules
from visits.views.visits import visit_or_404

# Folded away until one of them says something.
MORE = (
    "demands", "competitor_operator", "competitor_product", "competitor", "lessons", "raise_in_meeting",
    "left_early", "next_visit_day",
)  # fmt: skip
PAPERS = {need.purpose: need.field for need in rules.NEEDS}


def _log_of(visit: Visit) -> VisitLog | None:
    return getattr(visit, "log", None)


@sent_once
@kept_offline
@require_http_methods(["GET", "POST"])
@needs("visits.view")
def log(request: PersonRequest, pk: int) -> HttpResponse:
    """Write the log while it is one's own and open; else read it."""
    visit = visit_or_404(request, pk)
    kept = _log_of(visit)
    mine = visit.owner_id == request.user.pk and request.user.can("visits.write_log")
    took_place = visit.state not in (VisitState.CANCELLED, VisitState.POSTPONED, VisitState.NO_SHOW)
    if request.method == "GET" and not (mine and took_place and sheets.logs_left(kept)):
        return _read(request, visit, kept)
    if request.method == "POST":
        services.must_write_log(visit, request.user)
    form = LogForm.of(visit, kept, request.POST if request.method == "POST" else None)
    if is_queued(request):
        return _take_in(request, visit, kept, form)
    if request.method == "POST" and not form.is_valid() and "purposes" in form.cleaned_data:
        # Refused, but nothing typed is lost.
        services.write_log(actor=request.user, visit=visit, values=form.values())
        if "save" in request.POST:
            messages.success(request, _("The draft is kept."))
            return redirect("visits:visit", visit.pk)
    elif request.method == "POST" and form.is_valid():
        services.write_log(actor=request.user, visit=visit, values=form.values())
        if "save" in request.POST:
            messages.success(request, _("The draft is kept."))
            return redirect("visits:visit", visit.pk)
        try:
            services.submit_log(actor=request.user, visit=visit)
        except BusinessError as error:
            if error.status != 400:
                raise
            place_refusal(form, error)
        else:
            messages.success(request, _("Submitted. It now waits for your head's approval."))
            return redirect("workbench:today")
    today = clock.today()
    context = log_context(form) | {
        "visit": visit,
        "log": kept,
        "late": rules.is_late(visit_on=visit.visit_on, submitted_at=clock.now()),
        "ahead": visit.visit_on > today,
        "plan": sides.plan_of(visit),
        "returned": sides.returned_of(kept),
        "first": not Visit.objects.made_before(visit).exists(),
        "photos": visit.photos.all(),
    }
    return render(
        request, "visits/log_form.html", context, status=200 if form.is_valid() or not form.errors else 422
    )


def log_context(form: LogForm) -> dict[str, Any]:
    """Return what the fields of a log show: lines by purpose, chips, days."""
    today = clock.today()
    return {
        "form": form,
        "results": [
            {
                "code": purpose.value,
                "label": purpose.label,
                "field": form[RESULT + purpose],
                "suggestions": sheets.SUGGESTIONS[purpose],
                "paper": form[PAPERS[purpose]] if purpose in PAPERS else None,
                "open": purpose.value in form.chosen,
            }
            for purpose in Purpose
        ],
        "more_open": any(form[name].value() or form[name].errors for name in MORE),
        "next_steps": sheets.NEXT_STEPS,
        "today": today,
        "due_days": [
            (_("Tomorrow"), today + timedelta(days=1)),
            (_("In 3 days"), today + timedelta(days=3)),
            (_("In a week"), today + timedelta(days=7)),
            (_("In a month"), today + timedelta(days=30)),
        ],
    }


def _take_in(request: PersonRequest, visit: Visit, kept: VisitLog | None, form: LogForm) -> HttpResponse:
    """Submit a log that was written without a signal; what happened meanwhile is shown beside it.

    Raises: what write_log and submit_log raise, conflicts with both sides.
    """
    if not form.is_valid():
        return refused_fields(form.errors, _("Some fields need correction."))
    values = form.values()
    sides.check_return(kept, request.POST, values)
    sides.check_plan(visit, request.user, request.POST)
    try:
        services.write_log(actor=request.user, visit=visit, values=values)
        services.submit_log(actor=request.user, visit=visit, phone=phone_time(request))
    except BusinessError as error:
        if error.status != 409:
            raise
        rows = sides.log_rows(kept, values) if kept else []
        raise sides.with_standing(error, visit, gettext("Log to be submitted"), rows) from error
    return redirect("workbench:today")


def _read(request: PersonRequest, visit: Visit, kept: VisitLog | None) -> HttpResponse:
    context = {
        "visit": visit,
        "log": kept,
        "history": sheets.history_of(visit),
        "people": sheets.people_of(visit.client, plain=sees_plain(request.user, visit.client)),
        "may_decide": kept is not None
        and VisitLog.objects.waiting().decidable_by(request.user).filter(pk=kept.pk).exists(),
    }
    return render(request, "visits/log.html", context)


@require_POST
@needs("visits.write_log")
def draft(request: PersonRequest, pk: int) -> HttpResponse:
    """Keep the draft while it is typed; answer with the status line."""
    visit = visit_or_404(request, pk)
    form = LogForm.of(visit, _log_of(visit), request.POST)
    form.is_valid()  # a wrong field is simply not kept yet
    services.write_log(actor=request.user, visit=visit, values=form.values())
    return render(request, "visits/includes/draft_state.html", {"at": clock.now()})
