"""Competitors and churn on the card of a client."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import services
from clients.cards import card_context, client_for
from clients.forms.goods import DisposeForm, RiskForm, SightingForm
from clients.querysets.market import Share
from clients.rules.churn import WORDS
from clients.views.agreements import card_form, writable_client
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError


@require_GET
@needs("clients.view")
def competition(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the market share of the client, alerts that it may leave, and competitors seen."""
    client = client_for(request, pk)
    counts = (client.mobile_users_cm, client.mobile_users_ct, client.mobile_users_cu)
    share = Share(1, *(number or 0 for number in counts))
    alerts = list(client.churn_alerts.select_related("disposed_by", "acknowledged_by").order_by("-id")[:100])
    context = card_context(request, client, "competition") | {
        "share": share if any(number is not None for number in counts) else None,
        "open_alerts": [(alert, WORDS[alert.rule]) for alert in alerts if not alert.disposition],
        "past_alerts": [(alert, WORDS[alert.rule]) for alert in alerts if alert.disposition],
        "sightings": client.sightings.select_related("created_by")[:100],
        "today": clock.today(),
    }
    return render(request, "clients/goods/competition.html", context)


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def sighting_new(request: PersonRequest, pk: int) -> HttpResponse:
    """Record a competitor seen at the client."""
    client = writable_client(request, pk)
    form = SightingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.record_sighting(actor=request.user, client_id=pk, values=form.values())
        except BusinessError as error:
            form.take(error, {"price_fen": "price_yuan"})
        else:
            if made.impact == "HIGH":
                messages.warning(
                    request, _("Recorded. A churn alert was raised: settle it in two working days.")
                )
            else:
                messages.success(request, _("Recorded."))
            return redirect("clients:competition", pk)
    return card_form(
        request, client, "competition", form, title=_("A competitor was seen"), submit=_("Record"),
        back=reverse("clients:competition", args=[pk]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def risk_new(request: PersonRequest, pk: int) -> HttpResponse:
    """Report that the client may leave."""
    client = writable_client(request, pk)
    form = RiskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.report_risk(actor=request.user, client_id=pk, **form.cleaned_data)
        except BusinessError as error:
            form.take(error)
        else:
            messages.success(request, _("Reported."))
            return redirect("clients:competition", pk)
    return card_form(
        request, client, "competition", form, title=_("Report a churn risk"), submit=_("Send the report"),
        back=reverse("clients:competition", args=[pk]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def dispose(request: PersonRequest, pk: int, alert: int) -> HttpResponse:
    """Settle an alert with its outcome and what was done."""
    client = writable_client(request, pk)
    row = get_object_or_404(client.churn_alerts, pk=alert)
    form = DisposeForm(request.POST or None)
    back = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("clients:competition", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            services.dispose_alert(actor=request.user, alert_id=row.pk, **form.cleaned_data)
        except BusinessError as error:
            form.take(error)
        else:
            messages.success(request, _("The alert is settled."))
            return HttpResponseRedirect(back)
    title = _("Settle the alert: %(sign)s") % {"sign": WORDS[row.rule]}
    return card_form(request, client, "competition", form, title=title, submit=_("Settle"), back=back)


@require_POST
@needs("clients.change")
def acknowledge(request: PersonRequest, pk: int, alert: int) -> HttpResponse:
    """Take an alert on; it stays open until it is settled."""
    client = writable_client(request, pk)
    row = get_object_or_404(client.churn_alerts, pk=alert)
    services.acknowledge_alert(actor=request.user, alert_id=row.pk)
    messages.success(request, _("You have taken the alert on."))
    return redirect("clients:competition", pk)
