"""Receivers and what became of their messages; contents are not shown here."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.accounts.access import PersonRequest
from crm.base.access import needs
from crm.base.errors import Invalid
from crm.outbox import services
from crm.outbox.forms import EndpointForm
from crm.outbox.models import Delivery, Endpoint
from crm.outbox.sending import secret_of

PAGE = 100


@never_cache
@require_safe
@needs("outbox.manage")
def outbox(request: PersonRequest) -> HttpResponse:
    """List receivers and the newest deliveries."""
    counts = {
        name: Count("deliveries", filter=Q(deliveries__state=state))
        for name, state in (("done", "DONE"), ("waiting", "WAITING"), ("dead", "DEAD"))
    }
    deliveries = Delivery.objects.select_related("event", "endpoint")
    state = request.GET.get("state", "")
    if state in Delivery.State.values:
        deliveries = deliveries.filter(state=state)
    context = {
        "endpoints": Endpoint.objects.annotate(**counts),
        "deliveries": deliveries[:PAGE],
        "states": Delivery.State.choices,
        "state": state,
    }
    return render(request, "outbox/list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@needs("outbox.manage")
def add(request: PersonRequest) -> HttpResponse:
    """Register a recipient and show its secret, once."""
    form = EndpointForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.add_endpoint(actor=request.user, **form.cleaned_data)
        except Invalid as refused:
            for name, sentences in refused.fields.items():
                form.add_error(name, [str(s) for s in sentences])
        else:
            return render(request, "outbox/secret.html", {"endpoint": made, "secret": secret_of(made.salt)})
    return render(request, "outbox/add.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@needs("outbox.manage")
def switch(request: PersonRequest, pk: int) -> HttpResponse:
    """Switch a recipient on or off."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    services.switch_endpoint(endpoint=endpoint, active=not endpoint.active, actor=request.user)
    return redirect("outbox:list")


@require_POST
@needs("outbox.manage")
def replay(request: PersonRequest, pk: int) -> HttpResponse:
    """Send a message again."""
    services.replay(delivery=get_object_or_404(Delivery, pk=pk), actor=request.user)
    messages.success(request, _("It goes out again within a minute, with the same id."))
    return redirect("outbox:list")
