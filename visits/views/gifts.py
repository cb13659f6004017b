"""Gifts: ask, decide, hand out, sign for, call back; the stock."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit
from crm.accounts.scope import under
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.text import read_number
from crm.params import registry
from visits import services
from visits.choices import GiftState
from visits.forms.gifts import (
    CallBackForm,
    CountForm,
    GiftForm,
    NewGiftForm,
    RefusalForm,
    SignForm,
    TakeInForm,
)
from visits.models import GiftRequest, GiftStock, Visit

PAGE = 50


def _views(request: PersonRequest) -> dict[str, tuple[Any, Any]]:
    """Return the lists the person has use for: words and rows."""
    user, today = request.user, clock.today()
    seen = GiftRequest.objects.visible_to(user)
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    found: dict[str, tuple[Any, Any]] = {"all": (_("All"), seen)}
    if user.can("visits.change"):
        found["mine"] = (_("I asked for"), seen.filter(owner=user))
    if user.can("visits.keep_gifts"):
        found["decide"] = (_("To decide"), GiftRequest.objects.decidable_by(user))
        found["collect"] = (_("To hand out"), seen.filter(state=GiftState.APPROVED))
    days = registry.get("gift.receipt_days", as_of=today)
    found["open"] = (_("Without receipt"), seen.unreconciled(today, days=days))
    if user.can("visits.call_back"):
        pct = registry.get("gift.callback_pct", as_of=today)
        sample = GiftRequest.objects.callable_by(user).filter(callback="")
        found["calls"] = (_("To call back"), sample.sampled(month, pct=pct))
    return found


@require_GET
@needs("visits.view")
def gifts(request: PersonRequest) -> HttpResponse:
    """List gift requests by what is to be done about them."""
    views = _views(request)
    chosen = request.GET.get("view", "")
    chosen = chosen if chosen in views else "all"
    rows = views[chosen][1].with_rows()
    before = request.GET.get("before", "")
    if (at := read_number(before)) is not None:
        rows = rows.filter(pk__lt=at)
    page = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "views": [
            (code, words, None if code == "all" else found[:100].count())
            for code, (words, found) in views.items()
        ],
        "view": chosen,
        "gifts": page[:PAGE],
        "next_url": f"?view={chosen}&before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "previous_url": f"?view={chosen}" if before else "",
    }
    return render(request, "visits/gifts/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.change")
def gift_new(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask for a gift for a client."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    services.client_to_visit(client, request.user)
    initial = {}
    if (visit := read_number(request.GET.get("visit", ""))) is not None:
        initial["visit"] = Visit.objects.visible_to(request.user).filter(pk=visit, client=client).first()
    form = GiftForm(request.POST or None, client=client, actor=request.user, initial=initial)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = services.request_gift(actor=request.user, client=client, **form.cleaned_data)
        except BusinessError as refusal:
            place_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Asked for. The head decides."))
            return redirect("visits:gift", made.pk)
    return render(request, "visits/gifts/form.html", {"form": form, "client": client}, status=status)


def _context(request: PersonRequest, found: GiftRequest, **forms: Any) -> dict[str, Any]:
    user = request.user
    own = found.owner_id == user.pk
    decides = not user.scope.is_self(found.owner_id) and user.scope.covers(
        found.org_unit, "visits.keep_gifts"
    )
    callable_ = not found.callback and GiftRequest.objects.callable_by(user).filter(pk=found.pk).exists()
    return {
        "gift": found,
        "own": own,
        "decides": decides,
        "sign_form": SignForm() if own and found.state == GiftState.COLLECTED else None,
        "refusal_form": RefusalForm() if decides and found.state == GiftState.REQUESTED else None,
        "call_form": CallBackForm() if callable_ else None,
    } | forms


def _gift(request: PersonRequest, pk: int) -> GiftRequest:
    found: GiftRequest = get_object_or_404(GiftRequest.objects.visible_to(request.user).with_rows(), pk=pk)
    return found


@require_GET
@needs("visits.view")
def gift(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one request with what may be done about it."""
    return render(request, "visits/gifts/gift.html", _context(request, _gift(request, pk)))


ACTS: dict[str, Callable[..., GiftRequest]] = {
    "approve": services.approve_gift,
    "hand-out": services.hand_out,
    "give-back": services.give_back,
    "withdraw": services.withdraw_gift,
}


@require_POST
@needs("visits.view")
def gift_act(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Do what needs no further input: approve, hand out, put back, withdraw."""
    found = ACTS[act](actor=request.user, request_id=pk)
    messages.success(request, found.get_state_display())
    return redirect("visits:gift", pk)


FORMS: dict[str, tuple[str, Any, Callable[..., GiftRequest]]] = {
    "refuse": ("refusal_form", RefusalForm, services.refuse_gift),
    "sign": ("sign_form", SignForm, services.sign_for),
    "call": ("call_form", CallBackForm, services.call_back),
}


@require_POST
@needs("visits.view")
def gift_form(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Do what needs words: refuse, sign for, call back."""
    found = _gift(request, pk)
    name, kind, service = FORMS[act]
    form = kind(request.POST)
    status = 400
    if form.is_valid():
        try:
            service(actor=request.user, request_id=pk, **form.cleaned_data)
        except BusinessError as refusal:
            if not refusal.fields:
                raise
            place_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Saved."))
            return redirect("visits:gift", pk)
    return render(request, "visits/gifts/gift.html", _context(request, found, **{name: form}), status=status)


def _kept_units(request: PersonRequest) -> Any:
    paths = request.user.scope.paths_for("visits.keep_gifts")
    return OrgUnit.objects.filter(under(paths), active=True)


def _stock(request: PersonRequest, form: Any, new_form: Any, status: int) -> HttpResponse:
    rows = GiftStock.objects.kept_by(request.user).select_related("gift", "org_unit")
    context = {"stock": rows.order_by("org_unit__path", "gift__code"), "form": form, "new_form": new_form}
    return render(request, "visits/gifts/stock.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.keep_gifts")
def gift_stock(request: PersonRequest) -> HttpResponse:
    """Show the stock one keeps; take gifts in."""
    form = TakeInForm(request.POST or None, units=_kept_units(request))
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        services.take_in(
            actor=request.user,
            gift=values["gift"],
            unit=values["org_unit"],
            quantity=values["quantity"],
            note=values["note"],
        )
        messages.success(request, _("Taken in."))
        return redirect("visits:gift-stock")
    return _stock(request, form, NewGiftForm(), status)


@require_POST
@needs("visits.keep_gifts")
def gift_kind(request: PersonRequest) -> HttpResponse:
    """Add a kind of gift to the catalogue."""
    form = NewGiftForm(request.POST)
    if not form.is_valid():
        return _stock(request, TakeInForm(units=_kept_units(request)), form, 400)
    values = dict(form.cleaned_data)
    fen = int(values.pop("value_yuan") * 100)
    made = services.add_gift(actor=request.user, unit_value_fen=fen, **values)
    messages.success(request, _("%(name)s is added.") % {"name": made.name})
    return redirect("visits:gift-stock")


@require_POST
@needs("visits.keep_gifts")
def gift_count(request: PersonRequest, pk: int) -> HttpResponse:
    """Set a stock to what was counted."""
    form = CountForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write a whole number, for example 3."))
    else:
        services.count_stock(actor=request.user, stock_id=pk, **form.cleaned_data)
        messages.success(request, _("Saved."))
    return redirect("visits:gift-stock")
