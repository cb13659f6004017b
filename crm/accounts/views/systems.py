"""Pages of client systems and their tokens."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from knox.models import AuthToken

from crm.accounts import services
from crm.accounts.access import PersonRequest
from crm.accounts.forms import SystemForm
from crm.accounts.models import ApiClient
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal


@never_cache
@require_safe
@needs("accounts.manage")
def systems(request: PersonRequest) -> HttpResponse:
    """List client systems."""
    rows = (
        ApiClient.objects.visible_to(request.user)
        .select_related("unit")
        .annotate(tokens=Count("user__auth_token_set"))
    )
    return render(request, "accounts/systems.html", {"systems": rows})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("accounts.manage")
def system_add(request: PersonRequest) -> HttpResponse:
    """Register a system and show its token, this once."""
    form = SystemForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            system, token = services.create_system(actor=request.user, **form.cleaned_data)
        except BusinessError as refusal:
            place_refusal(form, refusal)
        else:
            return render(request, "accounts/token.html", {"system": system, "token": token})
    return render(request, "accounts/system_form.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("accounts.manage")
def system(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one system and change what it may do."""
    found = get_object_or_404(ApiClient.objects.visible_to(request.user).select_related("unit"), pk=pk)
    form = SystemForm(
        request.POST or None,
        actor=request.user,
        renaming=False,
        initial={"unit": found.unit_id, "scopes": found.scopes, "networks": ", ".join(found.networks)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_system(actor=request.user, system=found, **form.cleaned_data)
        except BusinessError as refusal:
            place_refusal(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:system", pk)
    tokens = AuthToken.objects.filter(user=found.user_id).order_by("-created")
    context = {"system": found, "form": form, "tokens": tokens}
    return render(request, "accounts/system.html", context, status=400 if form.errors else 200)


@never_cache
@require_POST
@needs("accounts.manage")
def token_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Issue a token and show it, this once."""
    found = get_object_or_404(ApiClient.objects.visible_to(request.user), pk=pk)
    token = services.issue_token(actor=request.user, system=found)
    return render(request, "accounts/token.html", {"system": found, "token": token})


@require_POST
@needs("accounts.manage")
def token_revoke(request: PersonRequest, pk: int, token_key: str) -> HttpResponse:
    """Revoke a token."""
    found = get_object_or_404(ApiClient.objects.visible_to(request.user), pk=pk)
    services.revoke_token(actor=request.user, system=found, token_key=token_key)
    messages.success(request, _("The token is revoked."))
    return redirect("accounts:system", pk)


@require_POST
@needs("accounts.manage")
def system_switch(request: PersonRequest, pk: int) -> HttpResponse:
    """Switch a system off or on."""
    found = get_object_or_404(ApiClient.objects.visible_to(request.user), pk=pk)
    services.switch_system(actor=request.user, system=found, active=not found.active)
    messages.success(request, _("The system is on.") if not found.active else _("The system is off."))
    return redirect("accounts:system", pk)
