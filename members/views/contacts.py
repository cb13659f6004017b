"""One person at a client: traits, who of ours knows them, twins; and the map of all contacts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.cards import card_context, client_for, may_write, sees_plain
from clients.choices import MergeKind
from clients.models import Client, Merge
from crm.accounts.access import PersonRequest
from crm.accounts.models import User
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.offline import kept_offline
from crm.base.text import read_number
from members import services
from members.choices import EscalationLevel
from members.forms import TieForm, TraitForm
from members.models import Contact, ContactTie, ContactTrait
from members.views.shared import of_client


def _colleagues(client: Client) -> Any:
    """Return who may be on the map: people of the client's unit, of units above it, and its manager."""
    unit = client.org_unit
    step = type(unit).steplen
    paths = [unit.path[:end] for end in range(step, len(unit.path) + 1, step)]
    near = User.objects.active().filter(org_unit__path__in=paths)
    below = User.objects.active().filter(org_unit__path__startswith=unit.path)
    return (near | below | User.objects.filter(pk=client.am_id)).distinct().order_by("full_name")


def _said(request: PersonRequest, act: Any, sentence: str) -> None:
    """Do the act; say what came of it."""
    try:
        act()
    except BusinessError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(request, sentence)


@require_GET
@needs("members.view")
def contact_card(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one person: traits with history, who of ours knows them, rows that may be the same person."""
    contact = get_object_or_404(
        Contact.objects.visible_to(request.user).select_related("client__org_unit", "client__am"), pk=pk
    )
    client = client_for(request, contact.client_id, "members.view")
    traits = list(contact.trait_rows.select_related("noted_by", "ended_by"))
    writes = request.user.can("members.change") and may_write(request.user, client)
    twins = [pair for pair in services.twins(client) if contact in pair]
    context = card_context(request, client, "people") | {
        "contact": contact,
        "traits": [t for t in traits if t.ended_on is None],
        "former_traits": [t for t in traits if t.ended_on is not None],
        "ties": list(contact.ties.select_related("user")),
        "twins": [second if first == contact else first for first, second in twins],
        "merged": list(
            Merge.objects.filter(kind=MergeKind.CONTACT, state="DONE", survivor_id=contact.pk)[:5]
        ),
        "trait_form": TraitForm(),
        "tie_form": TieForm(colleagues=_colleagues(client)),
        "sees_plain": sees_plain(request.user, client),
        "may_change": writes and contact.left_on is None,
        "may_reveal": request.user.can("members.reveal"),
    }
    return render(request, "members/contacts/contact.html", context)


@require_POST
@needs("members.change")
def trait_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Note a trait."""
    contact: Contact = of_client(request, Contact, pk)
    form = TraitForm(request.POST)
    if form.is_valid():
        _said(
            request,
            lambda: services.add_trait(contact=contact, actor=request.user, **form.cleaned_data),
            _("Noted."),
        )
    else:
        messages.error(request, _("Write what is to be noted."))
    return redirect("members:contact_card", pk)


@require_POST
@needs("members.change")
def trait_end(request: PersonRequest, pk: int) -> HttpResponse:
    """End a trait."""
    trait = get_object_or_404(ContactTrait.objects.select_related("contact"), pk=pk)
    of_client(request, Contact, trait.contact_id)
    _said(
        request, lambda: services.end_trait(trait=trait, actor=request.user), _("Ended; it stays as history.")
    )
    return redirect("members:contact_card", trait.contact_id)


@require_POST
@needs("members.change")
def contact_verify(request: PersonRequest, pk: int) -> HttpResponse:
    """Note that the person's data was checked."""
    contact: Contact = of_client(request, Contact, pk)
    _said(
        request,
        lambda: services.verify_contact(contact=contact, actor=request.user),
        _("Noted as verified today."),
    )
    return redirect("members:contact_card", pk)


@require_POST
@needs("members.change")
def tie_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Put somebody of ours on the map."""
    contact: Contact = of_client(request, Contact, pk)
    form = TieForm(request.POST, colleagues=_colleagues(contact.client))
    if form.is_valid():
        _said(
            request,
            lambda: services.tie(contact=contact, actor=request.user, **form.cleaned_data),
            _("The map is changed."),
        )
    else:
        messages.error(request, _("Choose a colleague and a step."))
    return redirect("members:contact_card", pk)


@require_POST
@needs("members.change")
def tie_drop(request: PersonRequest, pk: int) -> HttpResponse:
    """Take somebody of ours off the map."""
    row = get_object_or_404(ContactTie.objects.select_related("contact"), pk=pk)
    of_client(request, Contact, row.contact_id)
    contact = row.contact_id
    _said(request, lambda: services.untie(row=row, actor=request.user), _("The map is changed."))
    return redirect("members:contact_card", contact)


@require_POST
@needs("members.change")
def contact_merge(request: PersonRequest, pk: int) -> HttpResponse:
    """Join another row of the same person to this one."""
    contact: Contact = of_client(request, Contact, pk)
    twin: Contact = of_client(request, Contact, read_number(request.POST.get("other", "")) or 0)
    _said(
        request,
        lambda: services.merge_contacts(actor=request.user, survivor_id=contact.pk, loser_id=twin.pk),
        _("The two rows are one person now."),
    )
    return redirect("members:contact_card", pk)


@require_POST
@needs("members.change")
def contact_unmerge(request: PersonRequest, pk: int) -> HttpResponse:
    """Take two people apart again."""
    merge = get_object_or_404(Merge.objects.visible_to(request.user), pk=pk, kind=MergeKind.CONTACT)
    of_client(request, Contact, merge.survivor_id)
    _said(
        request,
        lambda: services.unmerge_contacts(actor=request.user, merge_id=merge.pk),
        _("They are two people again."),
    )
    return redirect("members:contact_card", merge.survivor_id)


@require_GET
@needs("members.view")
def contact_map(request: PersonRequest, pk: int) -> HttpResponse:
    """Show who knows whom, and whom to call when the step before cannot help (S2-36)."""
    client = client_for(request, pk, "members.view")
    contacts = list(client.contacts.active().order_by("-kind", "id"))
    ties: dict[int, list[ContactTie]] = {}
    for row in ContactTie.objects.filter(contact__in=contacts).select_related("user"):
        ties.setdefault(row.contact_id, []).append(row)
    steps = [
        {
            "level": level,
            "label": label,
            "rows": [(c, row) for c in contacts for row in ties.get(c.pk, []) if row.level == level],
        }
        for level, label in EscalationLevel.choices
    ]
    context = card_context(request, client, "people") | {
        "steps": steps,
        "unknown": [c for c in contacts if c.pk not in ties],
        "sees_plain": sees_plain(request.user, client),
    }
    return render(request, "members/contacts/map.html", context)


@kept_offline
@require_GET
@needs("members.view")
def traits_brief(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what to mind before a visit: live traits of the people there, taboos first (S1-53)."""
    client = client_for(request, pk, "members.view")
    rows = (
        ContactTrait.objects.filter(contact__client=client, contact__left_on=None, ended_on=None)
        .select_related("contact")
        .order_by("-kind", "-noted_on")[:12]
    )
    context = {"client": client, "traits": list(rows), "sees_plain": sees_plain(request.user, client)}
    return render(request, "members/contacts/brief.html", context)
