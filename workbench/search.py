"""Search over everything a person may see: clients, people of clients, colleagues, pages and acts."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Right
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.cards import sees_plain
from clients.models import Client
from crm.accounts.models import User
from crm.base import nav
from crm.base.text import clean, mask_mobile, mask_name, spell
from members.models import Contact, Member
from members.querysets import shown_in_full
from members.services import note_lookup

GROUP_LIMIT = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: where it leads and why it was found."""

    title: str
    url: str
    icon: str
    note: str
    reason: str


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind."""

    label: str
    hits: list[Hit]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do that is not a page of the navigation."""

    label: str | Promise
    url_name: str
    icon: str
    verb: str


ACTS = (
    Act(gettext_lazy("Plan a visit"), "visits:choose-client", "calendar-plus", "visits.change"),
    Act(gettext_lazy("New client"), "clients:new", "plus", "clients.add"),
    Act(gettext_lazy("Import a roster"), "intake:upload", "file-import", "intake.import_members"),
    Act(gettext_lazy("Notifications"), "workbench:notifications", "bell", "workbench.view"),
    Act(gettext_lazy("Seals of the audit trail"), "audit:seals", "fingerprint", "audit.view"),
    Act(gettext_lazy("Change password"), "accounts:password_change", "key", "workbench.view"),
    Act(gettext_lazy("My account"), "accounts:profile", "user-circle", "workbench.view"),
)


def _url(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def search(user: User, typed: str) -> list[Group]:
    """Return what was typed may mean, grouped; empty groups are left out."""
    query = clean(typed)[:60]
    if not query:
        return []
    groups = [_pages(user, query), _clients(user, query), _people(user, query), _colleagues(user, query)]
    return [group for group in groups if group.hits]


def _why_client(client: Client, query: str) -> str:
    low = query.lower()
    if low in client.name.lower():
        return _("name")
    if client.short_name and low in client.short_name.lower():
        return _("short name %(name)s") % {"name": client.short_name}
    if client.client_code.startswith(query):
        return _("code")
    if client.uscc and client.uscc.startswith(query.upper()):
        return _("credit code")
    return _("pinyin")


def _clients(user: User, query: str) -> Group:
    found = Client.objects.visible_to(user).search(query).select_related("am").defer("search_text")
    rows = list(found.order_by("client_code")[: GROUP_LIMIT + 1])
    hits = [
        Hit(
            client.name,
            _url("clients:card", client.pk),
            "building",
            " · ".join(filter(None, [client.client_code, str(client.am or ""), client.get_status_display()])),
            _why_client(client, query),
        )
        for client in rows[:GROUP_LIMIT]
    ]
    more = f"{_url('clients:list')}?q={query}" if len(rows) > GROUP_LIMIT and _url("clients:list") else ""
    return Group(_("Clients"), [hit for hit in hits if hit.url], more)


def _people(user: User, query: str) -> Group:
    """Find contacts by name or number, members by their whole number or its last four digits.

    What is not one's own client's is shown masked, and is found by the last four digits the mask shows, or by
    the whole number, which leaves a trace; never by the name behind the mask.
    """
    if not user.can("members.view"):
        return Group(_("People of clients"), [])
    digits = query.isdecimal()
    if (digits and len(query) not in (4, 11)) or (not digits and len(query) < 2):
        return Group(_("People of clients"), [])
    if digits:
        number = Q(tail=query) if len(query) == 4 else Q(mobile=query)
        reason = _("last four digits") if len(query) == 4 else _("number")
    else:
        number, reason = Q(name__startswith=query) & shown_in_full(user), _("name")
    note_lookup(actor=user, query=query)
    contacts = Contact.objects.visible_to(user).active().annotate(tail=Right("mobile", 4)).filter(number)
    hits = [
        _person(user, contact, contact.mobile, reason)
        for contact in contacts.select_related("client")[:GROUP_LIMIT]
    ]
    if len(hits) < GROUP_LIMIT and digits:
        members = Member.objects.visible_to(user).active().select_related("client")
        wanted = (
            members.annotate(tail=Right("msisdn", 4)).filter(tail=query)
            if len(query) == 4
            else members.filter(msisdn=query)
        )
        hits += [_person(user, member, member.msisdn, reason) for member in wanted[: GROUP_LIMIT - len(hits)]]
    return Group(_("People of clients"), [hit for hit in hits if hit.url])


def _person(user: User, person: Contact | Member, mobile: str, reason: str) -> Hit:
    plain = sees_plain(user, person.client)
    return Hit(
        person.name if plain else mask_name(person.name),
        _url("members:people", person.client_id),
        "user",
        " · ".join(
            filter(None, [mobile if plain else mask_mobile(mobile), person.position, person.client.name])
        ),
        reason,
    )


def _matches(label: str, query: str) -> str:
    """Return why a label matches: by its words, by pinyin, or not at all."""
    low = query.lower()
    if low in label.lower():
        return _("name")
    pinyin, initials = spell(label)
    if low.isascii() and len(low) >= 2 and (pinyin.startswith(low) or initials.startswith(low)):
        return _("pinyin")
    return ""


def _pages(user: User, query: str) -> Group:
    entries = [
        (str(entry["item"].label), entry["url"], entry["item"].icon) for entry in nav.items_for(user, "")
    ]
    entries += [(str(act.label), _url(act.url_name), act.icon) for act in ACTS if user.can(act.verb)]
    hits = []
    for label, url, icon in entries:
        if url and (reason := _matches(label, query)):
            hits.append(Hit(label, url, icon, "", reason))
    return Group(_("Pages and acts"), hits[:GROUP_LIMIT])


def _colleagues(user: User, query: str) -> Group:
    if not (user.can("accounts.manage") or user.can("accounts.view_team")):
        return Group(_("Colleagues"), [])
    people = User.objects.all() if user.can("accounts.manage") else User.objects.visible_to(user)
    found = people.filter(is_system=False).filter(
        Q(full_name__contains=query) | Q(staff_no__startswith=query.lower()) | Q(username__contains=query)
    )
    hits = [
        Hit(
            person.full_name,
            _url("accounts:user", person.pk) or f"{_url('accounts:users')}?q={person.staff_no}",
            "user-shield",
            " · ".join(filter(None, [person.staff_no, str(person.org_unit or "")])),
            _("name") if query in person.full_name else _("staff number"),
        )
        for person in found.select_related("org_unit").order_by("staff_no")[:GROUP_LIMIT]
        if _url("accounts:users")
    ]
    return Group(_("Colleagues"), hits)
