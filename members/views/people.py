"""The tab of people of a client: key person and contacts as cards, members as a list."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from clients.cards import card_context, client_for, may_write, sees_plain
from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.base import text
from crm.base.access import needs
from crm.base.text import read_number
from members import services, slots
from members.choices import ContactKind, MemberType
from members.forms import ContactForm, LeaveForm, MemberForm, MoveForm, ReplacementForm, accepted
from members.models import Contact, Member
from members.views.shared import client_to_change, done, form_page, keyset, of_client, refuse_reader


def _people_url(client: Client) -> str:
    return reverse("members:people", args=[client.pk])


def _masked(request: PersonRequest, client: Client) -> bool:
    return not sees_plain(request.user, client)


def _called(request: PersonRequest, person: Contact | Member) -> str:
    """Return the name of somebody as the person sees it."""
    return text.mask_name(person.name) if _masked(request, person.client) else person.name


def _members(request: PersonRequest, client: Client) -> dict[str, Any]:
    """Return one page of members by type, name, or the end of the number."""
    rows = client.members.all()
    left, kind = request.GET.get("left") == "1", request.GET.get("type", "")
    rows = rows.exclude(left_on=None) if left else rows.active()
    if kind in MemberType.values:
        rows = rows.filter(type=kind)
    query = text.clean(request.GET.get("q", ""))[:40]
    found = keyset(request, services.look_up(rows, query, actor=request.user))
    marks = slots.marks_of(row.msisdn for row in found["rows"])
    return {
        "page": found,
        "members": found["rows"],
        "marks": marks,
        "type": kind,
        "q": query,
        "left": left,
    }


@require_GET
@needs("members.view")
def people(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the people of a client; asked for the list only, answer with the list."""
    client = client_for(request, pk, "members.view")
    context = {
        "client": client,
        "types": MemberType.choices,
        "sees_plain": sees_plain(request.user, client),
        "may_change": request.user.can("members.change") and may_write(request.user, client),
        "may_reveal": request.user.can("members.reveal"),
        "may_export": request.user.can("clients.export"),
        "export_query": f"client={client.pk}",
        **_members(request, client),
    }
    if request.htmx and request.htmx.target == "members":
        return render(request, "members/includes/members.html", context)
    contacts = list(client.contacts.active().order_by("-kind", "id"))
    context |= card_context(request, client, "people") | {
        "key_person": next((c for c in contacts if c.kind == ContactKind.KEY_PERSON), None),
        "contacts": [c for c in contacts if c.kind == ContactKind.CONTACT],
        "room": services.contact_limit() - sum(c.kind == ContactKind.CONTACT for c in contacts),
        "former": list(client.contacts.exclude(left_on=None).order_by("-left_on", "-id")[:10]),
    }
    return render(request, "members/people.html", context)


@require_http_methods(["GET", "POST"])
@needs("members.change")
def contact_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Enter a key person or a contact."""
    client = client_to_change(request, pk)
    wanted = request.GET.get("kind")
    form = ContactForm(
        request.POST or None,
        initial={"kind": wanted if wanted in ContactKind.values else ContactKind.CONTACT},
    )
    if form.is_valid() and accepted(
        form, lambda: services.add_contact(client=client, actor=request.user, **form.cleaned_data)
    ):
        return done(request, _people_url(client), _("%(name)s is entered.") % form.cleaned_data)
    return form_page(request, client, form, title=_("New contact"), submit=_("Enter"))


@require_http_methods(["GET", "POST"])
@needs("members.change")
def contact_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a contact."""
    contact: Contact = of_client(request, Contact, pk)
    form = ContactForm(
        request.POST or None,
        instance=Contact.objects.get(pk=contact.pk),
        masked=_masked(request, contact.client),
    )
    version = request.POST.get("version", "")
    if form.is_valid() and accepted(
        form,
        lambda: services.update_contact(
            contact=contact,
            actor=request.user,
            version=read_number(version),
            **form.cleaned_data,
        ),
    ):
        return done(request, _people_url(contact.client), _("Saved."))
    return form_page(
        request, contact.client, form, title=_("Change contact"), submit=_("Save"), version=contact.version
    )


@require_http_methods(["GET", "POST"])
@needs("members.change")
def contact_leave(request: PersonRequest, pk: int) -> HttpResponse:
    """Let a contact leave."""
    contact: Contact = of_client(request, Contact, pk)
    form = LeaveForm(request.POST or None)
    if form.is_valid() and accepted(
        form, lambda: services.leave_contact(contact=contact, actor=request.user, **form.cleaned_data)
    ):
        said = _("%(name)s has left.") % {"name": _called(request, contact)}
        return done(request, _people_url(contact.client), said)
    return form_page(
        request,
        contact.client,
        form,
        title=_("%(name)s leaves") % {"name": _called(request, contact)},
        submit=_("Note the leaving"),
        lead=_("The record stays as history; visits and notes keep the name."),
    )


@require_http_methods(["GET", "POST"])
@needs("members.change")
def key_person_replace(request: PersonRequest, pk: int) -> HttpResponse:
    """Put a new key person in the place of the old one."""
    client = client_to_change(request, pk)
    form = ReplacementForm(request.POST or None)
    if form.is_valid():
        fields = dict(form.cleaned_data)
        stays = fields.pop("old") == ReplacementForm.STAYS
        if accepted(
            form,
            lambda: services.replace_key_person(
                client=client, actor=request.user, stays_contact=stays, **fields
            ),
        ):
            return done(request, _people_url(client), _("%(name)s is the key person now.") % fields)
    return form_page(request, client, form, title=_("New key person"), submit=_("Replace"))


@require_http_methods(["GET", "POST"])
@needs("members.change")
def member_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Enter a member."""
    client = client_to_change(request, pk)
    form = MemberForm(request.POST or None, initial={"type": MemberType.ORDINARY})
    made: list[Member] = []
    if form.is_valid() and accepted(
        form,
        lambda: made.append(services.add_member(client=client, actor=request.user, **form.cleaned_data)),
    ):
        said = _("%(name)s is entered as %(type)s.") % {
            "name": made[0].name,
            "type": made[0].get_type_display(),
        }
        return done(request, _people_url(client), said)
    return form_page(request, client, form, title=_("New member"), submit=_("Enter"))


@require_GET
@needs("members.view")
def member_card(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one member with the other memberships of the number."""
    member = get_object_or_404(
        Member.objects.visible_to(request.user).select_related("client__org_unit", "client__am"), pk=pk
    )
    client = client_for(request, member.client_id, "members.view")
    others = (
        Member.objects.visible_to(request.user)
        .filter(msisdn=member.msisdn)
        .exclude(pk=member.pk)
        .select_related("client")
        .order_by("-joined_on", "-pk")[:20]
    )
    context = card_context(request, client, "people") | {
        "member": member,
        "others": others,
        "sees_plain": sees_plain(request.user, client),
        "may_change": request.user.can("members.change") and may_write(request.user, client),
        "may_reveal": request.user.can("members.reveal"),
    }
    return render(request, "members/member.html", context)


@require_http_methods(["GET", "POST"])
@needs("members.change")
def member_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change a member."""
    member: Member = of_client(request, Member, pk)
    form = MemberForm(
        request.POST or None,
        instance=Member.objects.get(pk=member.pk),
        masked=_masked(request, member.client),
    )
    version = request.POST.get("version", "")
    if form.is_valid() and accepted(
        form,
        lambda: services.update_member(
            member=member,
            actor=request.user,
            version=read_number(version),
            **form.cleaned_data,
        ),
    ):
        return done(request, _people_url(member.client), _("Saved."))
    return form_page(
        request, member.client, form, title=_("Change member"), submit=_("Save"), version=member.version
    )


@require_http_methods(["GET", "POST"])
@needs("members.change")
def member_leave(request: PersonRequest, pk: int) -> HttpResponse:
    """End a membership."""
    member: Member = of_client(request, Member, pk)
    form = LeaveForm(request.POST or None)
    if form.is_valid() and accepted(
        form, lambda: services.leave_member(member=member, actor=request.user, **form.cleaned_data)
    ):
        said = _("%(name)s has left.") % {"name": _called(request, member)}
        return done(request, _people_url(member.client), said)
    return form_page(
        request,
        member.client,
        form,
        title=_("%(name)s leaves") % {"name": _called(request, member)},
        submit=_("Note the leaving"),
        lead=_("The record stays as history; the number is free for another client."),
    )


@require_http_methods(["GET", "POST"])
@needs("members.change")
def member_move(request: PersonRequest, pk: int) -> HttpResponse:
    """Move a member to another client the person may change."""
    member: Member = of_client(request, Member, pk)
    form = MoveForm(request.POST or None, writable=Client.objects.writable_by(request.user))
    if form.is_valid():
        target: Client = form.cleaned_data["client_code"]
        refuse_reader(request, target)
        if accepted(form, lambda: services.move_member(member=member, to=target, actor=request.user)):
            said = _("%(name)s is a member of %(client)s now.") % {
                "name": _called(request, member),
                "client": target.name,
            }
            return done(request, _people_url(member.client), said)
    return form_page(
        request,
        member.client,
        form,
        title=_("Move %(name)s to another client") % {"name": _called(request, member)},
        submit=_("Move"),
        lead=_("The membership here ends today and a new one begins there."),
    )
