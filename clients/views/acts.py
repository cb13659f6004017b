"""Acts on one client: each is one POST, one service, and back to the card."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clients import services
from clients.cards import client_for
from clients.forms.clients import AssignForm, MergeForm, ProductMoveForm, ProductOrderForm, ReasonForm
from clients.forms.goods import order_form_for
from clients.services.products import MOVES
from clients.views.goods import show_products
from crm.accounts.access import PersonRequest
from crm.base.access import needs
from crm.base.errors import BusinessError, Invalid, NotFound


def _back(request: PersonRequest, pk: int, tab: str = "card") -> HttpResponseRedirect:
    target = request.POST.get("next", "")
    if target and url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(target)
    return HttpResponseRedirect(reverse(f"clients:{tab}", args=[pk]))


@require_POST
@needs("clients.change")
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand the file to the head."""
    client_for(request, pk, "clients.change")
    client = services.submit_client(actor=request.user, client_id=pk)
    if client.filing == "FILED":
        messages.success(request, _("Filed under %(code)s.") % {"code": client.client_code})
    else:
        messages.success(request, _("Submitted; it waits for the head's approval."))
    return _back(request, pk)


@require_POST
@needs("clients.approve")
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    """File what was submitted."""
    client_for(request, pk, "clients.approve")
    services.approve_client(actor=request.user, client_id=pk)
    messages.success(request, _("Approved and filed."))
    return _back(request, pk)


@require_POST
@needs("clients.approve")
def reject(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the file back with a reason."""
    client_for(request, pk, "clients.approve")
    services.reject_client(actor=request.user, client_id=pk, reason=_reason(request))
    messages.success(request, _("Returned to the manager."))
    return _back(request, pk)


@require_POST
@needs("clients.close")
def close(request: PersonRequest, pk: int) -> HttpResponse:
    """Cancel the client code for good."""
    client_for(request, pk, "clients.close")
    services.close_client(actor=request.user, client_id=pk, reason=_reason(request))
    messages.success(request, _("The client code was cancelled."))
    return _back(request, pk)


def _reason(request: PersonRequest) -> str:
    form = ReasonForm(request.POST)
    return form.cleaned_data["reason"] if form.is_valid() else ""


@require_POST
@needs("clients.assign")
def assign(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the client to a manager."""
    client_for(request, pk, "clients.assign")
    form = AssignForm(request.POST, user=request.user)
    if not form.is_valid():
        raise Invalid("INVALID", _("Choose the manager who takes the client over."))
    manager, reason = form.cleaned_data["manager"], form.cleaned_data["reason"]
    if request.POST.get("kind") == "CO":
        services.add_co_manager(actor=request.user, client_id=pk, manager=manager)
        messages.success(request, _("%(who)s works on this client too.") % {"who": manager})
    else:
        services.assign_manager(actor=request.user, client_id=pk, manager=manager, reason=reason)
        messages.success(request, _("%(who)s manages this client from today.") % {"who": manager})
    return _back(request, pk, "file")


@require_POST
@needs("clients.assign")
def unassign(request: PersonRequest, pk: int, assignment: int) -> HttpResponse:
    """End the work of a co-manager."""
    client_for(request, pk, "clients.assign")
    services.remove_co_manager(actor=request.user, client_id=pk, assignment_id=assignment)
    return _back(request, pk, "file")


@require_POST
@needs("clients.change")
def merge(request: PersonRequest, pk: int) -> HttpResponse:
    """Name a unit without a file of its own in this file."""
    client_for(request, pk, "clients.change")
    form = MergeForm(request.POST)
    if not form.is_valid():
        raise Invalid("INVALID", _("Write the name of the unit."))
    services.merge_into_parent(actor=request.user, parent_id=pk, **form.cleaned_data)
    messages.success(request, _("Named in this file."))
    return _back(request, pk, "file")


@require_POST
@needs("clients.change")
def order_product(request: PersonRequest, pk: int) -> HttpResponse:
    """Order a product; a refusal keeps what was typed."""
    client = client_for(request, pk, "clients.change")
    form = ProductOrderForm(request.POST)
    order_form_for(client, form)
    if form.is_valid():
        try:
            services.order_product(actor=request.user, client_id=pk, **form.cleaned_data)
        except BusinessError as error:
            if not error.fields:
                raise
            for field, sentences in error.fields.items():
                form.add_error(field if field in form.fields else None, [str(s) for s in sentences])
        else:
            messages.success(request, _("Ordered."))
            return redirect("clients:products", pk)
    return show_products(request, client, form, status=400)


@require_POST
@needs("clients.change")
def move_product(request: PersonRequest, pk: int, product: int, act: str) -> HttpResponse:
    """Open, suspend, resume or cancel a product."""
    client_for(request, pk, "clients.change")
    if act not in MOVES:
        raise NotFound("NOT_FOUND", _("There is no such step."))
    form = ProductMoveForm(request.POST)
    on = form.cleaned_data["on"] if form.is_valid() and act in ("open", "cancel") else None
    row = services.move_product(actor=request.user, product_id=product, act=act, on=on)
    messages.success(
        request, _("%(product)s: %(state)s.") % {"product": row.product, "state": row.get_status_display()}
    )
    return _back(request, pk, "products")
