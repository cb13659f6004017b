"""Agreements on the card of a client: list, one, enter, change, end, the paper."""

import mimetypes

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients import services
from clients.cards import card_context, client_for, sees_plain
from clients.forms.goods import AgreementForm, EndForm, Taking
from clients.models import Agreement, Client
from clients.rules.agreements import NOTICE_DAYS
from clients.slots import signers
from crm.accounts.access import PersonRequest
from crm.audit.history import changes_of
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError, Forbidden


def state_of(agreement: Agreement) -> tuple[str, int | None]:
    """Return the state of an agreement today and the days left while it ends soon."""
    today = clock.today()
    if agreement.ended_on is not None and agreement.ended_on <= today:
        return "ENDED", None
    if agreement.expires_on is not None and agreement.expires_on < today:
        return "EXPIRED", None
    if agreement.effective_on > today:
        return "COMING", None
    if agreement.expires_on is not None and (left := (agreement.expires_on - today).days) <= NOTICE_DAYS[0]:
        return "ENDING", left
    return "IN_FORCE", None


def _words(state: str) -> str:
    return {
        "ENDED": _("Ended early"), "EXPIRED": _("Expired"), "COMING": _("Not in force yet"),
        "ENDING": _("Ends soon"), "IN_FORCE": _("In force"),
    }[state]  # fmt: skip


@require_GET
@needs("clients.view")
def agreements(request: PersonRequest, pk: int) -> HttpResponse:
    """List the agreements of a client with what ends soon."""
    client = client_for(request, pk)
    context = card_context(request, client, "agreements")
    rows = []
    for row in client.agreements.prefetch_related("products__product")[:200]:
        state, left = state_of(row)
        rows.append({"row": row, "state": state, "words": _words(state), "left": left})
    context["rows"] = rows
    return render(request, "clients/goods/agreements.html", context)


def _find(client: Client, agreement: int) -> Agreement:
    return get_object_or_404(client.agreements.select_related("created_by", "updated_by"), pk=agreement)


@require_GET
@needs("clients.view")
def agreement(request: PersonRequest, pk: int, agreement: int) -> HttpResponse:
    """Show one agreement with its products and what changed."""
    client = client_for(request, pk)
    row = _find(client, agreement)
    state, left = state_of(row)
    names = dict(signers(request.user, client))
    context = card_context(request, client, "agreements") | {
        "row": row,
        "state": state,
        "words": _words(state),
        "left": left,
        "signer": names.get(row.signer_contact or 0, ""),
        "plain": sees_plain(request.user, client),
        "products": row.products.select_related("product"),
        "changes": changes_of(row, limit=20),
    }
    return render(request, "clients/goods/agreement.html", context)


def writable_client(request: PersonRequest, pk: int) -> Client:
    """Return a client the person may change.

    Raises: Http404 outside the scope; Forbidden for a client the person only reads.
    """
    client = client_for(request, pk, "clients.change")
    if not Client.objects.writable_by(request.user).filter(pk=pk).exists():
        raise Forbidden("FORBIDDEN", _("A colleague manages this client; you may read it only."))
    return client


def card_form(
    request: PersonRequest, client: Client, tab: str, form: Taking, *, title: str, submit: str, back: str
) -> HttpResponse:
    """Render a form inside the client's card; 422 when something has to be mended."""
    context = card_context(request, client, tab)
    context |= {"form": form, "title": title, "submit": submit, "back": back, "upload": form.is_multipart()}
    return render(request, "clients/goods/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def agreement_new(request: PersonRequest, pk: int) -> HttpResponse:
    """Enter an agreement."""
    client = writable_client(request, pk)
    form = AgreementForm(request.POST or None, request.FILES or None, signers=signers(request.user, client))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_agreement(actor=request.user, client_id=pk, values=form.values())
        except BusinessError as error:
            form.take(error)
        else:
            messages.success(request, _("Agreement %(no)s is entered.") % {"no": made.no})
            if made.first_signing:
                messages.info(request, _("This is the client's first signing: its file will be checked."))
            return redirect("clients:agreements", pk)
    return card_form(
        request, client, "agreements", form, title=_("Enter an agreement"), submit=_("Save"),
        back=reverse("clients:agreements", args=[pk]),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def agreement_edit(request: PersonRequest, pk: int, agreement: int) -> HttpResponse:
    """Change an agreement."""
    client = writable_client(request, pk)
    row = _find(client, agreement)
    form = AgreementForm(
        request.POST or None, request.FILES or None, signers=signers(request.user, client), agreement=row
    )
    back = reverse("clients:agreement", args=[pk, row.pk])
    if request.method == "POST" and form.is_valid():
        try:
            services.change_agreement(
                actor=request.user, agreement_id=row.pk, values=form.values(),
                version=form.cleaned_data["version"],
            )  # fmt: skip
        except BusinessError as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    title = _("Change agreement %(no)s") % {"no": row.no}
    return card_form(request, client, "agreements", form, title=title, submit=_("Save"), back=back)


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def agreement_end(request: PersonRequest, pk: int, agreement: int) -> HttpResponse:
    """End an agreement before its time."""
    client = writable_client(request, pk)
    row = _find(client, agreement)
    form = EndForm(request.POST or None)
    back = reverse("clients:agreement", args=[pk, row.pk])
    if request.method == "POST" and form.is_valid():
        try:
            services.end_agreement(actor=request.user, agreement_id=row.pk, **form.cleaned_data)
        except BusinessError as error:
            form.take(error)
        else:
            messages.success(request, _("The agreement has ended."))
            return redirect(back)
    title = _("End agreement %(no)s early") % {"no": row.no}
    return card_form(
        request, client, "agreements", form, title=title, submit=_("End the agreement"), back=back
    )


@require_GET
@needs("clients.view")
def agreement_paper(request: PersonRequest, pk: int, agreement: int) -> FileResponse:
    """Hand out the paper of an agreement; the browser shows no page of it."""
    row = _find(client_for(request, pk), agreement)
    if not row.attachment:
        raise Http404
    name = str(row.attachment.name)
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    try:
        handle = row.attachment.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    ending = name[name.rfind(".") :]
    response = FileResponse(handle, as_attachment=True, filename=f"{row.no}{ending}", content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    return response
