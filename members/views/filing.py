"""The step of people while a client is filed: key person and contacts."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.choices import FilingState
from clients.wizard import wizard_context
from crm.accounts.access import PersonRequest
from crm.base.access import needs
from members import services
from members.choices import ContactKind
from members.forms import ContactForm, accepted
from members.views.shared import client_to_change, done


@require_http_methods(["GET", "POST"])
@needs("members.change")
def filing_people(request: PersonRequest, pk: int) -> HttpResponse:
    """Enter the people of a draft; a file needs a key person and a contact (S1-81)."""
    client = client_to_change(request, pk)
    if client.filing not in (FilingState.DRAFT, FilingState.REJECTED):
        return redirect("members:people", pk)
    contacts = list(client.contacts.active().order_by("-kind", "id"))
    has_key = any(contact.kind == ContactKind.KEY_PERSON for contact in contacts)
    form = ContactForm(
        request.POST or None,
        initial={"kind": ContactKind.CONTACT if has_key else ContactKind.KEY_PERSON},
    )
    if form.is_valid() and accepted(
        form, lambda: services.add_contact(client=client, actor=request.user, **form.cleaned_data)
    ):
        return done(request, request.path, _("%(name)s is entered.") % form.cleaned_data)
    context = wizard_context(request, client, "people") | {
        "form": form,
        "contacts": contacts,
        "has_key": has_key,
        "has_contact": any(contact.kind == ContactKind.CONTACT for contact in contacts),
    }
    return render(request, "members/filing.html", context, status=422 if form.errors else 200)
