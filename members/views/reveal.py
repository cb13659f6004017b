"""Show one masked value, once."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crm.accounts.access import PersonRequest
from crm.base.access import needs
from members import services
from members.forms import RevealForm, accepted
from members.models import Contact, Member, PersonalCustomer

KINDS: dict[str, Any] = {"contact": Contact, "member": Member, "customer": PersonalCustomer}


@never_cache
@require_http_methods(["GET", "POST"])
@needs("members.reveal")
def reveal(request: PersonRequest, kind: str, pk: int, field: str) -> HttpResponse:
    """Ask for a reason, then show the value once."""
    if kind not in KINDS:
        raise Http404
    of = get_object_or_404(KINDS[kind].objects.visible_to(request.user).select_related("client"), pk=pk)
    form = RevealForm(request.POST or None)
    shown: list[str] = []
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        accepted(
            form,
            lambda: shown.append(services.reveal(actor=request.user, of=of, field=field, reason=reason)),
        )
    back = (
        reverse("members:customer_card", args=[pk])
        if kind == "customer"
        else reverse("members:people", args=[of.client_id])
    )
    context = {
        "form": form,
        "url": reverse("members:reveal", args=[kind, pk, field]),
        "value": shown[0] if shown else None,
        "is_number": field in ("mobile", "msisdn", "phone"),
        "today_count": services.revealed_today(request.user),
        "back": back,
    }
    template = "members/includes/reveal.html" if request.htmx else "members/reveal.html"
    return render(request, template, context, status=422 if form.errors else 200)
