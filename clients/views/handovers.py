"""Hand-overs of portfolios: the list, a new one, and one with what became of each client."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import services
from clients.forms.handovers import HandOverForm
from clients.models import Client, HandOver
from clients.services.handovers import portfolio
from crm.accounts.access import PersonRequest
from crm.accounts.models import User
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.text import read_number, read_numbers

PAGE = 50
SHOWN = 500
ACTS = {
    "execute": services.execute_hand_over,
    "return": services.return_hand_over,
    "cancel": services.cancel_hand_over,
}


@require_GET
@needs("clients.view")
def handovers(request: PersonRequest) -> HttpResponse:
    """List the hand-overs of the own area, newest first."""
    rows = HandOver.objects.visible_to(request.user).with_rows().order_by("-pk")
    if (after := read_number(request.GET.get("after", ""))) is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows[: PAGE + 1])
    context = {
        "rows": found[:PAGE],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "may_plan": request.user.can("clients.assign"),
    }
    return render(request, "clients/handovers/list.html", context)


@require_http_methods(["GET", "POST"])
@needs("clients.assign")
def new(request: PersonRequest) -> HttpResponse:
    """Plan a hand-over: choose the manager, then all clients or some."""
    data = request.POST or None
    form = HandOverForm(data, user=request.user, initial={"giver": request.GET.get("giver") or None})
    giver = _giver(request)
    chosen = set(read_numbers(request.POST.getlist("client")))
    status = 200
    if "plan" in request.POST and form.is_valid():
        fields = dict(form.cleaned_data)
        everything = fields.pop("everything")
        try:
            row = services.plan_hand_over(
                actor=request.user, client_ids=None if everything else chosen, **fields
            )
        except BusinessError as error:
            for name, sentences in error.fields.items():
                form.add_error(name if name in form.fields else None, [str(s) for s in sentences])
            if not error.fields:
                form.add_error(None, str(error.message))
            status = error.status
        else:
            if row.state == "DONE":
                messages.success(request, _("%(who)s manages these clients from today.") % {"who": row.taker})
            else:
                messages.success(request, _("Planned for %(day)s.") % {"day": row.starts_on})
            return redirect("clients:handover", row.pk)
    elif "plan" in request.POST:
        status = 400
    clients = list(portfolio(giver, request.user).order_by("client_code")[: SHOWN + 1]) if giver else []
    context: dict[str, Any] = {
        "form": form, "giver": giver, "clients": clients[:SHOWN], "more": len(clients) > SHOWN,
        "chosen": chosen, "show_errors": status != 200,
    }  # fmt: skip
    return render(request, "clients/handovers/new.html", context, status=status)


def _giver(request: PersonRequest) -> User | None:
    given = read_number(request.POST.get("giver") or request.GET.get("giver", ""))
    return User.objects.visible_to(request.user).filter(pk=given).first() if given is not None else None


@require_GET
@needs("clients.view")
def handover(request: PersonRequest, handover: int) -> HttpResponse:
    """Show one hand-over with its clients."""
    row = get_object_or_404(HandOver.objects.visible_to(request.user).with_rows(), pk=handover)
    visible = Client.objects.visible_to(request.user)
    rows = (
        row.rows.filter(client__in=visible).select_related("client__org_unit").order_by("client__client_code")
    )
    context = {"row": row, "rows": rows[:SHOWN], "may_act": request.user.can("clients.assign")}
    return render(request, "clients/handovers/one.html", context)


@require_POST
@needs("clients.assign")
def act(request: PersonRequest, handover: int, act: str) -> HttpResponse:
    """Do a planned hand-over now, call it off, or give the clients back."""
    if act not in ACTS:
        raise Http404
    row = ACTS[act](actor=request.user, handover_id=handover)
    messages.success(request, _("Hand-over: %(state)s.") % {"state": row.get_state_display()})
    return redirect("clients:handover", handover)
