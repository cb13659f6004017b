"""Tiers by decision: the list, the form on the client's card, approve, decline, take back."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.cards import client_for
from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.text import read_number
from crm.params import registry
from scoring import reading, services
from scoring.forms import OverrideForm
from scoring.models import TierOverride

PAGE = 50
TABS = (
    ("waiting", gettext_lazy("Waiting")),
    ("force", gettext_lazy("In force")),
    ("ending", gettext_lazy("Ending soon")),
    ("past", gettext_lazy("Past")),
)


def _rows(request: PersonRequest) -> Any:
    return TierOverride.objects.visible_to(request.user).select_related(
        "client", "client__org_unit", "proposed_by", "decided_by", "paper"
    )


def _in_tab(rows: Any, tab: str, today: date) -> Any:
    """Keep the rows of one tab."""
    match tab:
        case "waiting":
            return rows.waiting()
        case "force":
            return rows.filter(state="APPROVED", ends_on__gte=today)
        case "ending":
            return rows.ending(as_of=today, days=registry.get("tier.override_notice_days", as_of=today))
        case _:
            return rows.exclude(state="PROPOSED").exclude(state="APPROVED", ends_on__gte=today)


@require_GET
@needs("scoring.view")
def overrides(request: PersonRequest) -> HttpResponse:
    """List decisions on tiers of visible clients: what waits, what holds, what ends soon, what is past."""
    today = clock.today()
    tab = request.GET.get("tab", "")
    tab = tab if tab in dict(TABS) else "force"
    rows = _in_tab(_rows(request), tab, today)
    after = request.GET.get("after", "")
    if (at := read_number(after)) is not None:
        rows = rows.filter(pk__lt=at)
    page = list(rows.order_by("-pk")[: PAGE + 1])
    counted = TierOverride.objects.visible_to(request.user)
    context = {
        "section": "overrides",
        "tab": tab,
        "tabs": [
            {
                "label": label,
                "url": f"?tab={code}",
                "current": code == tab,
                "count": None if code == "past" else _in_tab(counted, code, today).count(),
            }
            for code, label in TABS
        ],
        "rows": page[:PAGE],
        "next_url": f"?tab={tab}&after={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "today": today,
        "may_approve": request.user.can("scoring.approve_override"),
        "may_propose": request.user.can("scoring.propose_override"),
    }
    return render(request, "scoring/overrides/list.html", context)


@require_http_methods(["GET", "POST"])
@needs("scoring.propose_override")
def propose(request: PersonRequest, pk: int) -> HttpResponse:
    """Propose a tier for one client; a second person of the province decides."""
    found = client_for(request, pk, "scoring.propose_override")
    get_object_or_404(Client.objects.writable_by(request.user), pk=pk)
    form = OverrideForm(request.POST or None, client=found)
    if form.is_valid():
        try:
            services.propose_override(client=found, actor=request.user, **form.cleaned_data)
        except BusinessError as error:
            for name, sentences in (error.fields or {"": [error.message]}).items():
                form.add_error(name if name in form.fields else None, [str(s) for s in sentences])
        else:
            messages.success(request, _("The proposal waits for the province."))
            return redirect("scoring:client", pk=pk)
    context = {"client": found, "form": form, "why": reading.explain_tier(found)}
    return render(request, "scoring/overrides/propose.html", context, status=422 if form.errors else 200)


@require_POST
@needs("scoring.approve_override", "scoring.propose_override")
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve, decline or take back one decision."""
    override = get_object_or_404(_rows(request), pk=pk)
    remark = request.POST.get("remark", "")[:200]
    match request.POST.get("decision"):
        case "approve":
            services.approve_override(override=override, actor=request.user)
            messages.success(request, _("Approved. The next night uses it."))
        case "withdraw":
            services.withdraw_override(override=override, actor=request.user, remark=remark)
            messages.success(request, _("Taken back. The next night uses the model's result."))
        case _:
            services.decline_override(override=override, actor=request.user, remark=remark)
            messages.success(request, _("Declined; the tier stays as the model says."))
    return redirect("scoring:client", pk=override.client_id)
