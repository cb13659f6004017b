"""Stand-ins: lend a role for a while, take it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from crm.accounts import services
from crm.accounts.access import PersonRequest
from crm.accounts.forms import DelegationForm
from crm.accounts.models import Delegation
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal

SHOWN = 50


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: PersonRequest) -> HttpResponse:
    """List own delegations and those of the team; lend a role."""
    today = clock.today()
    form = DelegationForm(request.POST or None, actor=request.user, as_of=today)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                services.delegate(actor=request.user, as_of=today, **form.values())
            except BusinessError as refusal:
                status = refusal.status
                place_refusal(form, refusal)
            else:
                messages.success(request, _("Done. The deputy sees the work from that day on."))
                return redirect("accounts:delegations")
    rows = Delegation.objects.visible_to(request.user).select_related("from_user", "to_user")[:SHOWN]
    return render(
        request,
        "accounts/delegations.html",
        {"form": form, "delegations": rows, "today": today, "ends": _may_end(request, list(rows))},
        status=status,
    )


def _may_end(request: PersonRequest, rows: list[Delegation]) -> set[int]:
    manages = request.user.can("accounts.manage")
    own = request.user.pk
    return {row.pk for row in rows if manages or own in (row.from_user_id, row.to_user_id)}


@require_POST
def delegation_end(request: PersonRequest, pk: int) -> HttpResponse:
    """End one now."""
    services.end_delegation(actor=request.user, delegation_id=pk)
    messages.success(request, _("The delegation has ended."))
    return redirect("accounts:delegations")
