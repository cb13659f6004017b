"""Writing verbs of traits, and of who of ours knows whom."""

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.base import clock, text
from crm.base.errors import BusinessError, Invalid
from crm.base.trail import record
from members.models import Contact, ContactTie, ContactTrait
from members.services.refusals import refuse_closed, refuse_gone


def _of(contact: Contact) -> Contact:
    row = (
        Contact.objects.select_for_update(of=("self",)).select_related("client__org_unit").get(pk=contact.pk)
    )
    refuse_gone(row)
    refuse_closed(row.client)
    return row


@transaction.atomic
def add_trait(*, contact: Contact, actor: User, kind: str, text: str) -> ContactTrait:
    """Note a preference, request or taboo (Source: S1-53).

    Raises: Invalid; BusinessError ALREADY_LEFT, CLIENT_CLOSED.
    """
    row = _of(contact)
    said = _clean(text)
    trait = ContactTrait.objects.create(
        contact=row, kind=kind, text=said, noted_on=clock.today(), noted_by=actor
    )
    _summarise(row)
    record(
        actor=actor, action="members.trait_added", entity=row, unit=row.client.org_unit,
        data={"client": row.client_id, "kind": kind},
    )  # fmt: skip
    return trait


@transaction.atomic
def end_trait(*, trait: ContactTrait, actor: User) -> ContactTrait:
    """End a trait: a request that was met, a preference that changed. It stays as history.

    Raises: BusinessError ALREADY_ENDED.
    """
    row = _of(trait.contact)
    fresh = ContactTrait.objects.select_for_update().get(pk=trait.pk)
    if fresh.ended_on is not None:
        raise BusinessError("ALREADY_ENDED", _("This has ended already."))
    fresh.ended_on, fresh.ended_by = clock.today(), actor
    fresh.save()
    _summarise(row)
    record(
        actor=actor, action="members.trait_ended", entity=row, unit=row.client.org_unit,
        data={"client": row.client_id, "kind": fresh.kind},
    )  # fmt: skip
    return fresh


def _clean(value: str) -> str:
    said = text.clean(value)[:200]
    if not said:
        sentence = _("This field is required.")
        raise Invalid("INVALID", sentence, fields={"text": [sentence]})
    return said


def _summarise(contact: Contact) -> None:
    """Keep the note of traits full while traits are noted: completeness asks for it.

    A note people wrote themselves stays as they wrote it.
    """
    live = list(ContactTrait.objects.filter(contact=contact, ended_on=None).order_by("kind", "pk"))
    ours = ContactTrait.objects.filter(contact=contact, text__in=contact.traits.split(";"))
    if contact.traits and ours.count() < len(contact.traits.split(";")):
        return
    words = ";".join(trait.text for trait in live)[:500]
    if words != contact.traits:
        Contact.objects.filter(pk=contact.pk).update(traits=words)


@transaction.atomic
def tie(*, contact: Contact, actor: User, user: User, level: int, note: str = "") -> ContactTie:
    """Note who of ours knows a person and on which step they call (Source: S2-36).

    Raises: Invalid; BusinessError ALREADY_LEFT, CLIENT_CLOSED.
    """
    row = _of(contact)
    if not user.is_active:
        sentence = _("%(who)s no longer works here.") % {"who": user}
        raise Invalid("INVALID", sentence, fields={"user": [sentence]})
    found, _new = ContactTie.objects.update_or_create(
        contact=row, user=user,
        defaults={"level": level, "note": text.clean(note)[:200]},
        create_defaults={"level": level, "note": text.clean(note)[:200], "created_by": actor},
    )  # fmt: skip
    record(
        actor=actor, action="members.tie_changed", entity=row, unit=row.client.org_unit,
        data={"client": row.client_id, "user": user.pk, "level": level},
    )  # fmt: skip
    return found


@transaction.atomic
def untie(*, row: ContactTie, actor: User) -> None:
    """Take somebody of ours off the map."""
    contact = _of(row.contact)
    row.delete()
    record(
        actor=actor, action="members.tie_changed", entity=contact, unit=contact.client.org_unit,
        data={"client": contact.client_id, "user": row.user_id, "level": None},
    )  # fmt: skip
