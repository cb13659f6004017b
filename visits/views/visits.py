"""The agenda, the plan, and the sheet of one visit."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.cards import sees_plain
from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.offline import is_queued, kept_offline, refused_fields, sent_once
from crm.base.text import read_number
from visits import services, sheets, sides
from visits.choices import VisitState
from visits.forms.visits import PlanForm, PostponeForm, ReasonForm
from visits.models import Visit
from visits.rules import visits as rules


def visit_or_404(request: PersonRequest, pk: int) -> Visit:
    """Return a visit the person may see, with what its pages show."""
    found: Visit = get_object_or_404(
        Visit.objects.visible_to(request.user)
        .with_rows()
        .select_related("client__am", "client__org_unit", "org_unit", "follows"),
        pk=pk,
    )
    return found


def may_write(request: PersonRequest, visit: Visit) -> bool:
    """Say whether the person may move the visit."""
    return bool(Visit.objects.writable_by(request.user).filter(pk=visit.pk).exists())


@kept_offline
@require_GET
@needs("visits.view")
def agenda(request: PersonRequest) -> HttpResponse:
    """Show a day, a week, or the visits in one state; heads see the team."""
    today = clock.today()
    view = request.GET.get("view", "day")
    view = view if view in ("day", "week", "state") else "day"
    leads = request.user.can("visits.approve_log") or not request.user.can("visits.change")
    team = leads and request.GET.get("who", "team") == "team"
    day = clock.read_day(request.GET.get("day", "")) or today
    state = request.GET.get("state", VisitState.PLANNED)
    found = Visit.objects.visible_to(request.user).with_rows()
    if not team:
        found = found.filter(owner=request.user)
    first = last = day
    if view == "week":
        first = day - timedelta(days=day.weekday())
        last = first + timedelta(days=6)
    if view == "state":
        state = state if state in VisitState.values else VisitState.PLANNED
        rows = list(found.filter(state=state).order_by("-planned_at", "-id")[: sheets.LIST_LIMIT])
    else:
        rows = list(found.on(first, last).order_by("visit_on", "planned_at", "id")[: sheets.LIST_LIMIT])
    context = {
        "view": view,
        "day": day,
        "today": today,
        "first": first,
        "last": last,
        "before": first - timedelta(days=7 if view == "week" else 1),
        "after": last + timedelta(days=1),
        "days": sheets.by_day(rows, first, last) if view != "state" else [],
        "rows": rows,
        "full": len(rows) == sheets.LIST_LIMIT,
        "state": state,
        "states": VisitState.choices,
        "team": team,
        # The file has the whole team's visits; who looks at their own only has them before their eyes.
        "may_export": team and request.user.can("clients.export"),
        "export_query": f"state={state}" if view == "state" else f"from={first}&to={last}",
        "leads": leads and request.user.can("visits.change"),
        "owing": sheets.owing(request.user, today) if view == "day" and day == today and not team else [],
    }
    return render(request, "visits/list.html", context)


# Where a chosen client leads to, other than to the plan of a visit.
CHOSEN_FOR = {"call": "visits:call-new", "gift": "visits:gift-new", "event": "visits:event-new"}


@require_GET
@needs("visits.change")
def choose_client(request: PersonRequest) -> HttpResponse:
    """Choose whom to visit, who gets a gift or an event: search, or those waiting longest."""
    query = request.GET.get("q", "").strip()
    chosen_for = request.GET.get("for", "")
    chosen_for = chosen_for if chosen_for in CHOSEN_FOR else ""
    context = {
        "q": query,
        "clients": sheets.clients_to_visit(request.user, query, clock.today()),
        "chosen_for": chosen_for,
        "gift": chosen_for == "gift",
        "event": chosen_for == "event",
        "call": chosen_for == "call",
        "target": CHOSEN_FOR.get(chosen_for, "visits:plan"),
    }
    template = "visits/includes/clients_to_visit.html" if request.htmx else "visits/choose_client.html"
    return render(request, template, context)


@sent_once
@require_http_methods(["GET", "POST"])
@needs("visits.change")
def plan(request: PersonRequest, pk: int) -> HttpResponse:
    """Plan a visit of a client."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    services.client_to_visit(client, request.user)
    if request.method == "POST":
        form = PlanForm(request.POST, client=client)
        if form.is_valid():
            try:
                visit = services.plan_visit(
                    actor=request.user, client=client, client_key=_key(request), **form.plan()
                )
            except BusinessError as error:
                if error.status != 400:
                    raise
                place_refusal(form, error)
            else:
                messages.success(request, _("The visit is planned."))
                return redirect("visits:visit", visit.pk)
        if is_queued(request):
            return refused_fields(form.errors, _("Some fields need correction."))
    else:
        form = PlanForm(client=client, initial=sheets.plan_defaults(client, clock.now()))
    return render(request, "visits/plan.html", _plan_context(request, client, form))


def _key(request: PersonRequest) -> UUID | None:
    """Return the key the form was given when it was shown: a double click is one visit."""
    try:
        return UUID(request.POST.get("client_key", ""))
    except ValueError:
        return None


def _plan_context(request: PersonRequest, client: Client, form: PlanForm, **more: Any) -> dict[str, Any]:
    today = clock.today()
    return {
        "form": form,
        "client": client,
        "client_key": request.POST.get("client_key") or uuid4(),
        "contacts": sheets.people_of(client, plain=sees_plain(request.user, client)),
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "days": [today + timedelta(days=n) for n in range(7)],
        "hours": ["09:00", "10:00", "14:00", "15:00", "16:00"],
    } | more


@require_http_methods(["GET", "POST"])
@needs("visits.change")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change what is planned; somebody else's change in between is said, not overwritten."""
    visit = visit_or_404(request, pk)
    services.must_write(visit, request.user)
    form = PlanForm.of(visit, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            services.change_visit(
                actor=request.user,
                visit=visit,
                version=read_number(version),
                **form.plan(),
            )
        except BusinessError as error:
            if error.status != 400 and error.code != "STALE":
                raise
            place_refusal(form, error)
        else:
            messages.success(request, _("The change is saved."))
            return redirect("visits:visit", visit.pk)
    return render(request, "visits/plan.html", _plan_context(request, visit.client, form, visit=visit))


@kept_offline
@require_GET
@needs("visits.view")
def sheet(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the visit with all that prepares it, and its one main act."""
    visit = visit_or_404(request, pk)
    writable = may_write(request, visit)
    context = sheets.preparation(visit, clock.today(), plain=sees_plain(request.user, visit.client)) | {
        "visit": visit,
        "writable": writable,
        "verbs": rules.verbs(rules.VISIT_MOVES, visit.state) if writable else [],
        "mine": visit.owner_id == request.user.pk,
        "today": clock.today(),
    }
    return render(request, "visits/visit.html", context)


@require_POST
@needs("visits.change")
def prepare(request: PersonRequest, pk: int) -> HttpResponse:
    """Tick what is prepared."""
    visit = services.prepare(
        actor=request.user, visit=visit_or_404(request, pk), codes=request.POST.getlist("code")
    )
    if request.htmx:
        missing = sheets.missing_of(sheets.checklist_of(visit))
        return render(request, "visits/includes/checklist_state.html", {"missing": missing})
    return redirect("visits:visit", pk)


def back_to(request: PersonRequest, visit: Visit) -> HttpResponse:
    """Go back to the page the act was on, if it was one of ours."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return redirect(target)
    return redirect("visits:visit", visit.pk)


def beside(request: PersonRequest, visit: Visit, mine: str, act: Callable[[], Visit]) -> Visit:
    """Do an act; a conflict of one that waited for a signal shows what the system holds meanwhile."""
    try:
        return act()
    except BusinessError as error:
        if error.status != 409 or not is_queued(request):
            raise
        raise sides.with_standing(error, visit, mine) from error


@sent_once
@require_POST
@needs("visits.change")
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Note that the client agreed."""
    visit = visit_or_404(request, pk)
    said = gettext("Client agreed")
    visit = beside(request, visit, said, lambda: services.confirm(actor=request.user, visit=visit))
    messages.success(request, _("The appointment is confirmed."))
    return back_to(request, visit)


@sent_once
@require_POST
@needs("visits.change")
def keep_promise(request: PersonRequest, pk: int) -> HttpResponse:
    """Mark the next step as done."""
    visit = visit_or_404(request, pk)
    said = gettext("Next step is done")
    visit = beside(request, visit, said, lambda: services.keep_promise(actor=request.user, visit=visit))
    messages.success(request, _("The next step is marked as done."))
    return back_to(request, visit)


ACTS = {
    "postpone": gettext_noop("Move the visit"),
    "cancel": gettext_noop("Call the visit off"),
    "no_show": gettext_noop("Client did not appear"),
}


def _reasoned(
    request: PersonRequest, visit: Visit, act: str, form: ReasonForm, said: Any, do: Callable[[], Visit]
) -> HttpResponse:
    """Ask for the reason, then do it; also from the queue of a phone that had no signal."""
    if request.method == "POST" and form.is_valid():
        mine = f"{gettext(ACTS[act])}: {form.cleaned_data['reason']}"
        done = beside(request, visit, mine, do)
        messages.success(request, said)
        return redirect("visits:visit", done.pk)
    if is_queued(request):
        return refused_fields(form.errors, _("Some fields need correction."))
    context = {
        "visit": visit,
        "form": form,
        "act": act,
        "title": _(ACTS[act]),
        "reasons": sheets.REASONS[act],
    }
    return render(request, "visits/reason.html", context, status=422 if form.errors else 200)


@sent_once
@kept_offline
@require_http_methods(["GET", "POST"])
@needs("visits.change")
def postpone(request: PersonRequest, pk: int) -> HttpResponse:
    """Move the visit to another time."""
    visit = visit_or_404(request, pk)
    services.must_write(visit, request.user)
    local = visit.planned_at.astimezone(clock.BUSINESS_ZONE)
    initial = {
        "day": max(local.date(), clock.today()) + timedelta(days=1),
        "at": local.time(),
        "place": visit.place,
    }
    form = PostponeForm(request.POST if request.method == "POST" else None, initial=initial)

    def do() -> Visit:
        clean = form.cleaned_data
        return services.postpone(
            actor=request.user, visit=visit, planned_at=form.moment(), reason=clean["reason"],
            place=clean["place"],
        )  # fmt: skip

    return _reasoned(request, visit, "postpone", form, _("The visit is moved."), do)


@sent_once
@kept_offline
@require_http_methods(["GET", "POST"])
@needs("visits.change")
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Call the visit off."""
    visit = visit_or_404(request, pk)
    services.must_write(visit, request.user)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def do() -> Visit:
        return services.cancel(actor=request.user, visit=visit, reason=form.cleaned_data["reason"])

    return _reasoned(request, visit, "cancel", form, _("The visit is called off."), do)


@sent_once
@kept_offline
@require_http_methods(["GET", "POST"])
@needs("visits.change")
def no_show(request: PersonRequest, pk: int) -> HttpResponse:
    """Note that the client did not appear."""
    visit = visit_or_404(request, pk)
    services.must_write(visit, request.user)
    form = ReasonForm(request.POST if request.method == "POST" else None)

    def do() -> Visit:
        return services.no_show(actor=request.user, visit=visit, reason=form.cleaned_data["reason"])

    return _reasoned(request, visit, "no_show", form, _("It is noted that nobody was there."), do)
