"""Change a client file in the browser."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.cards import client_for, may_write
from clients.forms.clients import ClientForm
from clients.models import Client
from clients.services import add_paper, update_client
from clients.services.papers import KIND_OF
from crm.accounts.access import PersonRequest
from crm.base.access import needs
from crm.base.errors import BusinessError, Forbidden

# What is shown beside the fields although nobody types it.
DERIVED = ("status", "size_class", "value_tier", "completeness")


def _render(
    request: PersonRequest, form: ClientForm, client: Client | None, error: BusinessError | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "client": client, "error": error}
    if error is not None:
        context["changes"] = error.details.get("changes")
        context["soft"] = error.details.get("soft")
        if error.code == "SECOND_LEVEL_MERGE" and "parent" in error.details:
            context["merge_parent"] = error.details
        if "client" in error.details:
            context["other"] = error.details["client"]
    status = 200 if not form.errors else (error.status if error else 400)
    return render(request, "clients/form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a file; when somebody else changed it meanwhile, show both sides."""
    client = client_for(request, pk, "clients.change")
    if not may_write(request.user, client):
        raise Forbidden("FORBIDDEN", _("A colleague manages this client; you may read it only."))
    if request.method == "GET":
        return _render(request, ClientForm(instance=client, user=request.user), client)
    form = ClientForm(request.POST, request.FILES, instance=client, user=request.user)
    valid = form.is_valid()
    # The form wrote into its instance; what is shown beside it must come from the database.
    client = client_for(request, pk, "clients.change")
    if not valid:
        return _render(request, form, client)
    try:
        for name, upload in form.papers().items():
            add_paper(actor=request.user, client_id=pk, kind=KIND_OF[name], upload=upload)
            form.cleaned_data["version"] = (form.cleaned_data["version"] or 0) + 1
        update_client(
            actor=request.user, client_id=pk, values=form.values(), version=form.cleaned_data["version"]
        )
    except BusinessError as error:
        if error.code == "STALE":
            # The next save is made knowing what the other one did.
            sent = request.POST.copy()
            sent["version"] = str(error.details["version"])
            form.data = sent
        form.take(error)
        return _render(request, form, client, error)
    messages.success(request, _("Saved."))
    return redirect("clients:file", pk)
