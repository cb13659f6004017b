"""The same person entered twice: merge two contacts, take them apart again."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clients.choices import MergeKind
from clients.models import Client, Merge, MergedRow
from clients.services.merging import Deal, run_merge
from clients.services.merging.acts import finish_undo, refuse_undo, restore_rows
from clients.services.merging.relations import plain, touched
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid
from crm.base.trail import record
from members.choices import ContactKind
from members.models import Contact
from members.services.contacts import _refuse_last_key_person
from members.services.refusals import refusals, refuse_closed

# What the remaining row takes where it has nothing.
FILLS = ("salutation", "position", "mobile", "carrier", "phone", "email", "birthday", "traits", "verified_at")
ROW = "members.Contact"


def twins(client: Client) -> list[tuple[Contact, Contact]]:
    """Return pairs of active contacts of a client that look like one person: same number, or same name."""
    rows = list(client.contacts.active().order_by("pk"))
    return [
        (first, second)
        for place, first in enumerate(rows)
        for second in rows[place + 1 :]
        if first.kind == second.kind
        and ((first.mobile and first.mobile == second.mobile) or first.name == second.name)
    ]


def _two(survivor_id: int, loser_id: int, actor: User) -> tuple[Contact, Contact]:
    rows = Contact.objects.select_for_update(of=("self",)).select_related("client__org_unit")
    found = {row.pk: row for row in rows.filter(pk__in=[survivor_id, loser_id]).order_by("pk")}
    if len(found) < 2:
        raise Invalid("INVALID", _("Choose two different people."))
    clients = {row.client_id for row in found.values()}
    if Client.objects.writable_by(actor).filter(pk__in=clients).count() < len(clients):
        raise Forbidden("NOT_YOURS", _("You may read this client but not change it."))
    return found[survivor_id], found[loser_id]


@transaction.atomic
def merge_contacts(*, actor: User, survivor_id: int, loser_id: int, reason: str = "") -> Merge:
    """Join two rows of one person: visits, traits and ties go to the one that stays; the other ends.

    Raises: Invalid; Forbidden NOT_YOURS; BusinessError KINDS_DIFFER, ALREADY_LEFT, KEY_PERSON_NEEDED.
    """
    survivor, loser = _two(survivor_id, loser_id, actor)
    for row in (survivor, loser):
        refuse_closed(row.client)
    if survivor.left_on is not None or loser.left_on is not None:
        raise BusinessError("ALREADY_LEFT", _("Only people who are there can be merged."))
    if survivor.client_id == loser.client_id and survivor.kind != loser.kind:
        raise BusinessError(
            "KINDS_DIFFER",
            _("One person may be key person and contact; these two rows are right as they are."),
        )
    if loser.kind == ContactKind.KEY_PERSON and survivor.client_id != loser.client_id:
        _refuse_last_key_person(loser)
    other = loser.client if loser.client_id != survivor.client_id else None
    merge = Merge(
        kind=MergeKind.CONTACT, survivor_id=survivor.pk, loser_id=loser.pk, client=survivor.client,
        other=other, reason=reason[:200] or _("The same person"), proposed_by=actor, decided_by=actor,
        decided_at=clock.now(), state="PROPOSED",
    )  # fmt: skip
    merge.save()
    deal = Deal(survivor, loser, actor, clock.today())
    run_merge(merge, deal, Contact)
    taken = {
        name: getattr(loser, name)
        for name in FILLS
        if getattr(survivor, name) in (None, "") and getattr(loser, name) not in (None, "")
    }
    with refusals():
        Contact.objects.filter(pk=loser.pk).update(left_on=deal.day, updated_by=actor, **touched(Contact))
        Contact.objects.filter(pk=survivor.pk).update(**taken, updated_by=actor, **touched(Contact))
    filled = {name: [plain(getattr(survivor, name)), plain(value)] for name, value in taken.items()}
    MergedRow.objects.bulk_create(
        [
            MergedRow(
                merge=merge, relation=ROW, row_id=loser.pk, moved=False,
                columns={"left_on": [None, deal.day.isoformat()]},
            ),
            MergedRow(
                merge=merge, relation=ROW, row_id=survivor.pk, moved=False,
                columns=filled,
            ),
        ]
    )  # fmt: skip
    record(
        actor=actor, action="members.contacts_merged", entity=survivor, unit=survivor.client.org_unit,
        data={"client": survivor.client_id, "merge": merge.pk, "loser": loser.pk},
    )  # fmt: skip
    return merge


@transaction.atomic
def unmerge_contacts(*, actor: User, merge_id: int) -> Merge:
    """Take two people apart again; what changed since is kept and named.

    Raises: Forbidden NOT_YOURS; BusinessError NOT_DONE, UNDO_EXPIRED, KEY_PERSON_EXISTS, CONTACT_LIMIT.
    """
    merge: Merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge_id, kind=MergeKind.CONTACT)
    refuse_undo(merge)
    survivor, loser = _two(merge.survivor_id, merge.loser_id, actor)
    kept: list[dict[str, Any]] = []
    restore_rows(merge, Contact, kept)
    for row in MergedRow.objects.filter(merge=merge, relation=ROW):
        current = survivor if row.row_id == survivor.pk else loser
        back = {}
        for name, (old, new) in row.columns.items():
            if plain(getattr(current, name)) == new:
                back[name] = old
            else:
                kept.append(
                    {
                        "relation": ROW,
                        "row": current.pk,
                        "column": name,
                        "why": str(_("changed since the merge")),
                    }
                )
        if back:
            with refusals():
                Contact.objects.filter(pk=current.pk).update(**back, updated_by=actor, **touched(Contact))
    finish_undo(merge, actor, kept)
    record(
        actor=actor, action="members.contacts_unmerged", entity=survivor, unit=survivor.client.org_unit,
        data={"client": survivor.client_id, "merge": merge.pk, "kept": len(kept)},
    )  # fmt: skip
    return merge
