"""On-site events: the list, the plan, and every act of the path."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.cards import client_for
from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.text import read_number
from visits import services
from visits.choices import EventMaterial, EventState, SiteCheck
from visits.forms.events import EventForm, EventGiftForm, ProductForm, ReasonForm, StaffForm
from visits.models import EventProduct, OnSiteEvent
from visits.querysets.events import OVER
from visits.reading.days import month_of
from visits.rules import events as rules

PAGE = 50


def event_for(request: PersonRequest, pk: int) -> OnSiteEvent:
    """Return a visible event."""
    found: OnSiteEvent = get_object_or_404(OnSiteEvent.objects.visible_to(request.user).with_rows(), pk=pk)
    return found


def _views(request: PersonRequest) -> dict[str, tuple[str, Any]]:
    """Return the lists the person has use for: words and rows."""
    user = request.user
    seen = OnSiteEvent.objects.visible_to(user)
    found: dict[str, tuple[str, Any]] = {"all": (_("All"), seen)}
    if user.can("visits.change"):
        found["mine"] = (_("Mine"), seen.filter(owner=user))
    found["ahead"] = (
        _("Ahead and running"),
        seen.filter(state__in=[EventState.APPROVED, EventState.WARMED_UP, EventState.RUNNING]),
    )
    if user.can("visits.approve_event"):
        found["decide"] = (_("To decide"), OnSiteEvent.objects.decidable_by(user))
    found["evaluate"] = (_("To evaluate"), seen.owing_evaluation())
    return found


def _month(request: PersonRequest) -> dict[str, Any]:
    """Return the month asked for with the events on its days, and its neighbours."""
    this = clock.month_of(clock.today())
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = this
    month = min(max(month, date(2000, 1, 1)), date(2100, 1, 1))
    return {
        "month": month,
        "before": clock.add_months(month, -1),
        "after": clock.add_months(month, 1),
        "this_month": this,
        "today": clock.today(),
        "days": month_of(month, OnSiteEvent.objects.visible_to(request.user)),
    }


@require_GET
@needs("visits.view")
def events(request: PersonRequest) -> HttpResponse:
    """List events by what is to be done about them, newest first."""
    views = _views(request)
    chosen = request.GET.get("view", "")
    counts = [
        (code, words, None if code == "all" else found[:100].count())
        for code, (words, found) in views.items()
    ]
    tabs = [*counts, ("month", _("Calendar"), None)]
    if chosen == "month":
        context = _month(request) | {"views": tabs, "view": chosen}
        return render(request, "visits/events/list.html", context)
    chosen = chosen if chosen in views else "all"
    rows = views[chosen][1].with_rows().with_effect()
    before = request.GET.get("before", "")
    if (at := read_number(before)) is not None:
        rows = rows.filter(pk__lt=at)
    page = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "views": tabs,
        "view": chosen,
        "events": page[:PAGE],
        "next_url": f"?view={chosen}&before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "previous_url": f"?view={chosen}" if before else "",
    }
    return render(request, "visits/events/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.change")
def event_new(request: PersonRequest, pk: int) -> HttpResponse:
    """Plan an event at a client."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    services.client_to_visit(client, request.user)
    form = EventForm(request.POST or None, initial=EventForm.defaults(client))
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = services.plan_event(actor=request.user, client=client, **form.cleaned_data)
        except BusinessError as refusal:
            place_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("The plan is begun. Add the team and the products."))
            return redirect("visits:event", made.pk)
    context = {"form": form, "client": client}
    return render(request, "visits/events/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.change")
def event_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change what, where and when."""
    event = event_for(request, pk)
    form = EventForm(request.POST or None, initial=EventForm.of(event))
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        version = request.POST.get("version", "")
        try:
            services.change_event(
                actor=request.user,
                event_id=pk,
                values=form.cleaned_data,
                version=read_number(version),
            )
        except BusinessError as refusal:
            if refusal.status in (403, 404):
                raise
            place_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Saved."))
            return redirect("visits:event", pk)
    elif request.method != "POST":
        services.must_carry_out(event, request.user)
    context = {"form": form, "client": event.client, "event": event}
    return render(request, "visits/events/form.html", context, status=status)


# The next act of each state, for who carries the event out.
NEXT: dict[str, tuple[str, ...]] = {
    EventState.DRAFT: ("submit",),
    EventState.SUBMITTED: ("withdraw",),
    EventState.APPROVED: ("warm-up",),
    EventState.WARMED_UP: ("start",),
    EventState.RUNNING: ("finish",),
}
# The verb whose guards are shown on the page before anybody presses the button.
GUARDED: dict[str, str] = {
    EventState.DRAFT: "submit",
    EventState.SUBMITTED: "approve",
    EventState.APPROVED: "warm_up",
    EventState.WARMED_UP: "start",
    EventState.FINISHED: "hand_in",
    EventState.EVALUATED: "close",
}


def page_context(request: PersonRequest, event: OnSiteEvent, **forms: Any) -> dict[str, Any]:
    """Return all that the page of an event shows."""
    user, now = request.user, clock.now()
    writes = OnSiteEvent.objects.writable_by(user).filter(pk=event.pk).exists()
    draft = writes and services.is_draft(event)
    verb = GUARDED.get(event.state, "")
    points = services.missing_for(event, verb, now) if verb else []
    products = list(event.products.select_related("product"))
    attendees = event.attendees.all()
    counted = attendees.count()
    return {
        "event": event,
        "client": event.client,
        "writes": writes,
        "draft": draft,
        "decides": OnSiteEvent.objects.decidable_by(user).filter(pk=event.pk).exists(),
        "stands": event.state in (EventState.RUNNING, EventState.FINISHED)
        and OnSiteEvent.objects.staffed_by(user).filter(pk=event.pk).exists(),
        "next": NEXT.get(event.state, ()) if writes else (),
        "may_reopen": writes and rules.allows(event.state, "reopen"),
        "may_cancel": writes and rules.allows(event.state, "cancel"),
        "may_prepare": writes and rules.allows(event.state, "prepare"),
        "may_look": writes and rules.allows(event.state, "look"),
        "points": points,
        "steps": [EventState(state).label for state in rules.PATH],
        "step": rules.PATH.index(event.state) + 1 if event.state in rules.PATH else 0,
        "staff": event.staff.select_related("user"),
        "products": products,
        "gifts": event.gifts.select_related("stock__gift", "stock__org_unit"),
        "materials": [
            (code, EventMaterial(code).label, code in event.materials_ready)
            for code in event.materials_needed
        ],
        "site": [(code, label, code in event.site_checks) for code, label in SiteCheck.choices],
        "signed": counted,
        "known": attendees.exclude(member=None).count() if counted else 0,
        "evaluation": services.evaluation_of(event),
        "photos": event.photos.all(),
        "chart": effect_chart(products) if any(row.result_qty is not None for row in products) else None,
        "staff_form": StaffForm(event=event) if draft else None,
        "product_form": ProductForm(event=event) if draft else None,
        "gift_form": EventGiftForm(event=event, actor=user) if draft else None,
        "reason_form": ReasonForm(),
        "over": event.state in (EventState.FINISHED, EventState.EVALUATED, EventState.CLOSED),
        "today": clock.today(),
    } | forms


def effect_chart(products: list[EventProduct]) -> dict[str, Any]:
    """Return targets and results of an event as a chart."""
    return {
        "id": "event-effect",
        "title": _("Target and result"),
        "kind": "bar",
        "labels": [str(row.product) for row in products],
        "series": [
            {"name": _("target"), "data": [row.target_qty for row in products]},
            {"name": _("result"), "data": [row.result_qty for row in products]},
        ],
    }


@require_GET
@needs("visits.view")
def event(request: PersonRequest, pk: int) -> HttpResponse:
    """Show an event: what is missing, what may be done, what came of it."""
    return render(request, "visits/events/event.html", page_context(request, event_for(request, pk)))


@require_GET
@needs("visits.view")
def brief(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the newest events of a client with what came of them, on its card."""
    client = client_for(request, pk, "visits.view")
    # Whoever may open the client's file may read of its events, whoever held them.
    rows = OnSiteEvent.objects.filter(client=client).exclude(state=EventState.CANCELLED).with_effect()
    mine = OnSiteEvent.objects.visible_to(request.user).filter(client=client).values_list("pk", flat=True)
    context = {"rows": rows.order_by("-starts_at", "-pk")[:3], "open": set(mine), "over": OVER}
    return render(request, "visits/events/brief.html", context)


def _shown(request: PersonRequest, found: OnSiteEvent, status: int, **forms: Any) -> HttpResponse:
    return render(request, "visits/events/event.html", page_context(request, found, **forms), status=status)


def _added(
    request: PersonRequest, pk: int, name: str, form: Any, service: Callable[..., Any], anchor: str
) -> HttpResponse:
    """Add a row of the plan by its form, or show the form again with what is wrong."""
    services.must_carry_out(event_for(request, pk), request.user)
    status = 400
    if form.is_valid():
        try:
            service(actor=request.user, event_id=pk, **form.cleaned_data)
            return redirect(f"{event_url(pk)}#{anchor}")
        except BusinessError as refusal:
            if not refusal.fields:
                raise
            place_refusal(form, refusal)
            status = refusal.status
    return _shown(request, event_for(request, pk), status, **{name: form})


def event_url(pk: int) -> str:
    """Return the address of an event's page."""
    return reverse("visits:event", args=[pk])


@require_POST
@needs("visits.change")
def staff_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Take somebody into the team."""
    form = StaffForm(request.POST, event=event_for(request, pk))
    return _added(request, pk, "staff_form", form, services.add_staff, "staff")


@require_POST
@needs("visits.change")
def product_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Add a product to promote."""
    form = ProductForm(request.POST, event=event_for(request, pk))
    return _added(request, pk, "product_form", form, services.add_product, "products")


@require_POST
@needs("visits.change")
def gift_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Plan gifts to give away."""
    form = EventGiftForm(request.POST, event=event_for(request, pk), actor=request.user)
    return _added(request, pk, "gift_form", form, services.add_event_gift, "gifts")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.change")
def product(request: PersonRequest, pk: int, row: int) -> HttpResponse:
    """Change what is written about a product."""
    found = event_for(request, pk)
    services.must_carry_out(found, request.user)
    line: EventProduct = get_object_or_404(found.products.select_related("product"), pk=row)
    form = ProductForm(request.POST or None, instance=line, event=found)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            services.change_product(actor=request.user, event_id=pk, row_id=row, **form.cleaned_data)
            return redirect(f"{event_url(pk)}#products")
        except BusinessError as refusal:
            place_refusal(form, refusal)
            status = refusal.status
    context = {"form": form, "event": found, "product": line.product}
    return render(request, "visits/events/product.html", context, status=status)


ROWS: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "staff-remove": ("staff", "staff_id", services.remove_staff),
    "staff-lead": ("staff", "staff_id", services.choose_leader),
    "product-remove": ("products", "row_id", services.remove_product),
    "gift-remove": ("gifts", "row_id", services.remove_event_gift),
}


@require_POST
@needs("visits.change")
def row_act(request: PersonRequest, pk: int, row: int, act: str) -> HttpResponse:
    """Remove a row of the plan, or let somebody lead."""
    anchor, name, service = ROWS[act]
    service(actor=request.user, event_id=pk, **{name: row})
    return redirect(f"{event_url(pk)}#{anchor}")


@require_POST
@needs("visits.change")
def tick(request: PersonRequest, pk: int, what: str) -> HttpResponse:
    """Tick the material or the site checklist."""
    services.tick(actor=request.user, event_id=pk, **{what: request.POST.getlist("code")})
    messages.success(request, _("Saved."))
    return redirect(f"{event_url(pk)}#{what}")


ACTS: dict[str, Callable[..., OnSiteEvent]] = {
    "submit": services.submit_event,
    "withdraw": services.withdraw_event,
    "approve": services.approve_event,
    "warm-up": services.warm_up_event,
    "start": services.start_event,
    "finish": services.finish_event,
    "hand-in": services.hand_in_evaluation,
    "close": services.close_event,
    "renew-code": services.renew_code,
}


@require_POST
@needs("visits.change", "visits.approve_event")
def act(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Take the next step; what is missing is shown on the page, each thing at its place."""
    try:
        found = ACTS[act](actor=request.user, event_id=pk)
    except BusinessError as refusal:
        if not refusal.code.startswith("EVENT_"):
            raise
        return _shown(request, event_for(request, pk), refusal.status, refused=True)
    if act == "finish" and not found.photos.exists():
        messages.info(request, _("Add photos of the site while the team is there."))
    if act == "hand-in" and not found.photos.exists():
        messages.warning(request, _("Handed in without a photo of the site."))
    messages.success(request, found.get_state_display())
    return redirect("visits:event", pk)


REASONED: dict[str, Callable[..., OnSiteEvent]] = {
    "return": services.return_event,
    "reopen": services.reopen_event,
    "cancel": services.cancel_event,
}


@require_POST
@needs("visits.change", "visits.approve_event")
def reasoned(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Give back, plan anew or call off, with a reason."""
    form = ReasonForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            found = REASONED[act](actor=request.user, event_id=pk, **form.cleaned_data)
        except BusinessError as refusal:
            if not refusal.fields:
                raise
            place_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, found.get_state_display())
            return redirect("visits:event", pk)
    return _shown(request, event_for(request, pk), status, reason_form=form, reason_for=act)
