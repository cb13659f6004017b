"""What all our pages do: find inside the scope, answer as a fragment or as a page, go back with a word."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from clients.cards import card_context, client_for, may_write
from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.base.errors import Forbidden, Sentence
from crm.base.text import read_number

PAGE = 50


def client_to_change(request: PersonRequest, pk: int) -> Client:
    """Return a client whose people the person may change.

    Raises: Http404 outside the scope; Forbidden for a client the person only reads.
    """
    client = client_for(request, pk, "members.change")
    refuse_reader(request, client)
    return client


def refuse_reader(request: PersonRequest, client: Client) -> None:
    """Refuse to change people of a client the person only reads."""
    if not may_write(request.user, client):
        raise Forbidden(
            "NOT_YOURS", _("You may read this client but not change it. Ask its account manager or head.")
        )


def of_client(request: PersonRequest, model: Any, pk: int) -> Any:
    """Return a contact or member whose client the person may change."""
    row = get_object_or_404(
        model.objects.visible_to(request.user).select_related("client__org_unit", "client__am"), pk=pk
    )
    refuse_reader(request, row.client)
    return row


def form_page(
    request: PersonRequest, client: Client, form: BaseForm, *, title: Sentence, submit: Sentence, **more: Any
) -> HttpResponse:
    """Show a form: as a panel in place for htmx, else as a page inside the client's card."""
    context = {"form": form, "title": title, "submit": submit, "client": client, **more}
    context["back"] = reverse("members:people", args=[client.pk])
    status = 422 if form.errors else 200
    if request.htmx:
        return render(request, "members/includes/form_panel.html", context, status=status)
    context |= card_context(request, client, "people")
    return render(request, "members/form.html", context, status=status)


def done(request: PersonRequest, url: str, sentence: Sentence) -> HttpResponse:
    """Go on to a page with a word of success."""
    messages.success(request, str(sentence))
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def keyset(request: PersonRequest, rows: Any, *, size: int = PAGE) -> dict[str, Any]:
    """Return one page of rows by id, newest first, with the addresses of its neighbours."""
    after = read_number(request.GET.get("after", ""))
    if (before := read_number(request.GET.get("before", ""))) is not None:
        found = list(rows.filter(pk__gt=before).order_by("pk")[: size + 1])
        has_previous, found = len(found) > size, found[:size][::-1]
        has_next = True
    else:
        if after is not None:
            rows = rows.filter(pk__lt=after)
        found = list(rows.order_by("-pk")[: size + 1])
        has_next, has_previous = len(found) > size, after is not None
        found = found[:size]
    kept = [(k, v) for k, v in request.GET.lists() if k not in ("after", "before")]

    def url(name: str, pk: int) -> str:
        return f"?{urlencode([*((k, x) for k, v in kept for x in v), (name, pk)])}"

    return {
        "rows": found,
        "next_url": url("after", found[-1].pk) if found and has_next else "",
        "previous_url": url("before", found[0].pk) if found and has_previous else "",
    }
