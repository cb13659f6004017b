"""Writing verbs of key persons and contacts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clients.choices import FilingState
from clients.models import Client
from clients.services import note_refreshed, refresh_completeness
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.trail import record
from crm.params import registry
from members.carriers import carrier_of
from members.choices import ContactKind
from members.models import Contact
from members.services.refusals import (
    cleaned_person,
    refusals,
    refuse_closed,
    refuse_closed_now,
    refuse_gone,
    refuse_stale,
)

FIELDS = frozenset(
    {
        "kind", "name", "salutation", "position", "mobile", "phone", "email", "birthday", "traits",
        "position_changed_on", "verified_at",
    }
)  # fmt: skip


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"unknown fields of a contact: {sorted(unknown)}")
    return cleaned_person(fields)


def _follow(client_id: int) -> None:
    """Let what is derived from the people of a file follow at once: its completeness and freshness."""
    note_refreshed([client_id])
    refresh_completeness([client_id])


def _locked(contact: Contact) -> Contact:
    """Return the row as it is now, locked, with its client."""
    return (
        Contact.objects.select_for_update(of=("self",))
        .select_related("client__org_unit", "updated_by")
        .get(pk=contact.pk)
    )


@transaction.atomic
def add_contact(*, client: Client, actor: User, **fields: Any) -> Contact:
    """Enter a key person or a contact.

    Raises: BusinessError KEY_PERSON_EXISTS, CONTACT_LIMIT, CLIENT_CLOSED.
    Source: S1-82, E094, E095
    """
    fields = _cleaned(fields)
    refuse_closed_now(client)
    contact = Contact(client=client, created_by=actor, updated_by=actor, **fields)
    contact.carrier = carrier_of(contact.mobile)
    with refusals():
        contact.save()
        _refuse_beyond_limit(contact)
    _follow(client.pk)
    record(
        actor=actor,
        action="members.contact_added",
        entity=contact,
        unit=client.org_unit,
        data={"client": client.pk, "kind": contact.kind},
    )
    return contact


@transaction.atomic
def update_contact(*, contact: Contact, actor: User, version: int | None = None, **fields: Any) -> Contact:
    """Change a contact; a new position without a date is dated today, for the grace of audits (S1-84).

    Raises: BusinessError KEY_PERSON_EXISTS, CONTACT_LIMIT, KEY_PERSON_NEEDED, STALE, ALREADY_LEFT,
        CLIENT_CLOSED.
    """
    fields = _cleaned(fields)
    row = _locked(contact)
    refuse_stale(row, version)
    refuse_gone(row)
    refuse_closed(row.client)
    changed = {name for name, value in fields.items() if getattr(row, name) != value}
    if not changed:
        return row
    if "kind" in changed and row.kind == ContactKind.KEY_PERSON:
        _refuse_last_key_person(row)
    if "position" in changed and "position_changed_on" not in changed:
        fields["position_changed_on"] = clock.today()
        changed.add("position_changed_on")
    for name, value in fields.items():
        setattr(row, name, value)
    row.carrier = carrier_of(row.mobile)
    row.updated_by, row.version = actor, row.version + 1
    with refusals():
        row.save()
        if "kind" in changed:
            _refuse_beyond_limit(row)
    _follow(row.client_id)
    record(
        actor=actor,
        action="members.contact_changed",
        entity=row,
        unit=row.client.org_unit,
        data={"client": row.client_id, "fields": sorted(changed)},
    )
    return row


@transaction.atomic
def leave_contact(
    *,
    contact: Contact,
    actor: User,
    left_on: date | None = None,
    replacement: Mapping[str, Any] | None = None,
) -> Contact | None:
    """Let a contact leave; the only key person of a filed client leaves only against a replacement.

    Return the replacement. Raises: BusinessError KEY_PERSON_NEEDED, ALREADY_LEFT, LEFT_IN_FUTURE.
    Source: E097
    """
    row = _locked(contact)
    refuse_gone(row)
    day = left_on or clock.today()
    if day > clock.today():
        raise BusinessError(
            "LEFT_IN_FUTURE",
            _("The day of leaving lies in the future."),
            fields={"left_on": [_("Choose today or a day before.")]},
            status=400,
        )
    if row.kind == ContactKind.KEY_PERSON and replacement is None:
        _refuse_last_key_person(row)
    row.left_on, row.updated_by, row.version = day, actor, row.version + 1
    row.save()
    _follow(row.client_id)
    record(
        actor=actor,
        action="members.contact_left",
        entity=row,
        unit=row.client.org_unit,
        data={"client": row.client_id, "kind": row.kind, "left_on": day.isoformat()},
    )
    if replacement is None:
        return None
    return add_contact(client=row.client, actor=actor, **{**replacement, "kind": row.kind})


@transaction.atomic
def replace_key_person(
    *, client: Client, actor: User, left_on: date | None = None, stays_contact: bool = False, **fields: Any
) -> Contact:
    """Put a new key person in the place of the old one, in one act.

    `stays_contact` keeps the old key person as a contact (who moved to another post in the same house).
    Raises: BusinessError CONTACT_LIMIT, CLIENT_CLOSED.
    """
    old = client.contacts.active().filter(kind=ContactKind.KEY_PERSON).first()
    if old is None:
        return add_contact(client=client, actor=actor, **{**fields, "kind": ContactKind.KEY_PERSON})
    if not stays_contact:
        new = leave_contact(contact=old, actor=actor, left_on=left_on, replacement=fields)
        assert new is not None  # noqa: S101 - a replacement was given
        return new
    row = _locked(old)
    row.kind, row.updated_by, row.version = ContactKind.CONTACT, actor, row.version + 1
    with refusals():
        row.save()
        _refuse_beyond_limit(row)
    return add_contact(client=client, actor=actor, **{**fields, "kind": ContactKind.KEY_PERSON})


def contact_limit() -> int:
    """Return how many contacts a client may have: the parameter, never above the five of the database."""
    return int(registry.get("contact.max", as_of=clock.today()))


def _refuse_beyond_limit(row: Contact) -> None:
    """Refuse a contact beyond the parameter.

    The trigger has just counted it in the client's row and holds that row: two at once cannot both pass.
    """
    if row.kind != ContactKind.CONTACT:
        return
    limit = contact_limit()
    if Client.objects.values_list("contacts_active", flat=True).get(pk=row.client_id) > limit:
        sentence = _("A client has at most %(n)d contacts. Let one leave before you enter another.") % {
            "n": limit
        }
        raise BusinessError("CONTACT_LIMIT", sentence, fields={"kind": [sentence]})


@transaction.atomic
def verify_contact(*, contact: Contact, actor: User) -> Contact:
    """Note that name, position and number were checked with the client now (S1-83, S1-84).

    Raises: BusinessError ALREADY_LEFT, CLIENT_CLOSED.
    """
    row = _locked(contact)
    refuse_gone(row)
    refuse_closed(row.client)
    row.verified_at, row.updated_by, row.version = clock.now(), actor, row.version + 1
    row.save()
    record(
        actor=actor,
        action="members.contact_verified",
        entity=row,
        unit=row.client.org_unit,
        data={"client": row.client_id},
    )
    return row


def _refuse_last_key_person(row: Contact) -> None:
    """Refuse to take the key person from a filed client (E097)."""
    if row.client.filing == FilingState.FILED:
        raise BusinessError(
            "KEY_PERSON_NEEDED",
            _("A filed client keeps a key person. Name the new one, and the change is made in one step."),
            fields={"kind": [_("Name the new key person.")]},
        )
