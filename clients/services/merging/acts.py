"""Propose, decide, run and undo merges of clients; upper floors merge their own kinds with the same."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.choices import ClientStatus, FilingState, MergeKind, MergeState
from clients.models import Client, Merge, MergedRow
from clients.services.completeness import refresh_completeness
from clients.services.lifecycle import refresh_status
from clients.services.merging import movers as _ours  # noqa: F401 - registers how our rows move
from clients.services.merging.fields import FIELDS, values_taken
from clients.services.merging.relations import Deal, movers, plain, relations, touched
from clients.services.search import refresh_search
from crm.accounts.models import User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid
from crm.base.text import clean
from crm.base.trail import record
from crm.params import registry

BATCH = 2000


def _two(survivor_id: int, loser_id: int, actor: User) -> tuple[Client, Client]:
    """Return both files locked in one order, so that two merges wait for each other.

    The lock also waits for rows that are being entered for either file: nothing slips in behind it.
    """
    rows = Client.objects.select_for_update(of=("self",)).select_related("org_unit", "parent")
    found = {row.pk: row for row in rows.filter(pk__in=[survivor_id, loser_id]).order_by("pk")}
    allowed = set(
        Client.objects.writable_by(actor).filter(pk__in=[survivor_id, loser_id]).values_list("pk", flat=True)
    )
    if survivor_id == loser_id or len(found) < 2:
        raise Invalid("INVALID", _("Choose two different clients."))
    if allowed != set(found):
        raise Forbidden("NOT_YOURS", _("You may merge only files you may change."))
    return found[survivor_id], found[loser_id]


def _check(survivor: Client, loser: Client) -> None:
    for client in (survivor, loser):
        if client.filing != FilingState.FILED or client.status == ClientStatus.CLOSED:
            raise BusinessError(
                "NOT_MERGEABLE",
                _("%(client)s is no filed, living client; only two of those can be merged.")
                % {"client": client.name},
            )


@transaction.atomic
def propose_merge(
    *, actor: User, survivor_id: int, loser_id: int, reason: str, choices: dict[str, Any] | None = None
) -> Merge:
    """Propose that one file takes in another; the head decides.

    Raises: Invalid, Forbidden NOT_YOURS; BusinessError NOT_MERGEABLE, ALREADY_PROPOSED.
    """
    require(actor, "clients.change")
    reason = clean(reason)[:200]
    if len(reason) < 4:
        sentence = _("Say in a few words why these are the same client.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})
    survivor, loser = _two(survivor_id, loser_id, actor)
    _check(survivor, loser)
    both = [survivor.pk, loser.pk]
    waiting = Merge.objects.waiting().filter(kind=MergeKind.CLIENT)
    if waiting.filter(models.Q(survivor_id__in=both) | models.Q(loser_id__in=both)).exists():
        raise BusinessError("ALREADY_PROPOSED", _("A merge of one of these files waits for a decision."))
    fields = (choices or {}).get("fields", {})
    wrong = {name for name, side in fields.items() if name not in FIELDS or side not in ("survivor", "loser")}
    if wrong:
        raise Invalid(
            "INVALID", _("There is no such choice: %(names)s") % {"names": ", ".join(sorted(wrong))}
        )
    merge = Merge.objects.create(
        kind=MergeKind.CLIENT, survivor_id=survivor.pk, loser_id=loser.pk, client=survivor, other=loser,
        choices=choices or {}, reason=reason, proposed_by=actor,
    )  # fmt: skip
    record(
        actor=actor, action="clients.merge_proposed", entity=survivor, unit=survivor.org_unit,
        data={"merge": merge.pk, "loser": loser.pk, "loser_code": loser.client_code, "reason": reason},
    )  # fmt: skip
    return merge


@transaction.atomic
def decide_merge(*, actor: User, merge_id: int, approve: bool, word: str = "") -> Merge:
    """Decide about a proposed merge; nobody decides about their own (SELF_APPROVAL).

    Raises: Forbidden; BusinessError DECIDED, SELF_APPROVAL, NOT_MERGEABLE.
    """
    require(actor, "clients.approve")
    merge: Merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge_id, kind=MergeKind.CLIENT)
    if merge.state != MergeState.PROPOSED:
        raise BusinessError("DECIDED", _("This merge is decided already."))
    survivor, loser = _two(merge.survivor_id, merge.loser_id, actor)
    if actor.scope.is_self(merge.proposed_by_id):
        raise BusinessError("SELF_APPROVAL", _("Somebody else must decide about your own proposal."))
    merge.decided_by, merge.decided_at, merge.decision = actor, clock.now(), clean(word)[:200]
    if not approve:
        if not merge.decision:
            sentence = _("Say why the files are not merged.")
            raise Invalid("REASON_REQUIRED", sentence, fields={"word": [sentence]})
        merge.state = MergeState.REFUSED
        merge.save()
        record(
            actor=actor, action="clients.merge_refused", entity=survivor, unit=survivor.org_unit,
            data={"merge": merge.pk, "loser": loser.pk, "reason": merge.decision},
        )  # fmt: skip
        return merge
    _check(survivor, loser)
    deal = Deal(survivor, loser, actor, clock.today(), dict(merge.choices))
    run_merge(merge, deal, Client)
    _settle_files(merge, deal)
    record(
        actor=actor, action="clients.merge_done", entity=survivor, unit=survivor.org_unit,
        data={"merge": merge.pk, "loser": loser.pk, "loser_code": loser.client_code, "rows": merge.counts},
    )  # fmt: skip
    record(
        actor=actor, action="clients.merge_done", entity=loser, unit=loser.org_unit,
        data={"merge": merge.pk, "into": survivor.pk, "into_code": survivor.client_code},
    )  # fmt: skip
    return merge


def run_merge(merge: Merge, deal: Deal, target: type[models.Model]) -> None:
    """Move every relation's rows and remember each of them.

    Steps: 1. each mover settles and moves its rows; 2. the rows are written down; 3. the merge is done.
    """
    counts = {}
    for each in movers(target):
        moved, stayed = each.move(deal)
        if (moved or stayed) and not each.relation.is_history:
            counts[each.relation.label] = [moved, stayed]
    save_rows(merge, deal)
    merge.state, merge.counts = MergeState.DONE, counts
    merge.save()


def save_rows(merge: Merge, deal: Deal) -> None:
    """Write down what was changed."""
    MergedRow.objects.bulk_create(
        (
            MergedRow(merge=merge, relation=label, row_id=pk, moved=moved, columns=columns)
            for label, rows in deal.changed.items()
            for pk, (moved, columns) in rows.items()
        ),
        batch_size=BATCH,
    )


FILE = "clients.Client"


def _settle_files(merge: Merge, deal: Deal) -> None:
    """Close the loser with a pointer, then give the survivor what was chosen.

    The order matters: a credit code is free for the survivor when the loser is closed.
    """
    survivor, loser = deal.survivor, deal.loser
    chosen: dict[str, str] = deal.choices.get("fields", {})
    taken = values_taken(survivor, loser, chosen)
    changed = {name: [plain(getattr(survivor, name)), plain(value)] for name, value in taken.items()}
    moment = clock.now()
    Client.objects.filter(pk=loser.pk).update(
        closed_at=moment, merged_into=survivor.pk, updated_by=deal.actor, **touched(Client)
    )
    refresh_status([loser.pk], as_of=deal.day, actor=deal.actor)
    if taken:
        for name, value in taken.items():
            setattr(survivor, name, value)
        search = refresh_search(survivor)
        Client.objects.filter(pk=survivor.pk).update(
            **taken, **search, updated_by=deal.actor, **touched(Client)
        )
    MergedRow.objects.create(merge=merge, relation=FILE, row_id=survivor.pk, moved=False, columns=changed)
    refresh_status([survivor.pk], as_of=deal.day, actor=deal.actor)
    refresh_completeness([survivor.pk, loser.pk], as_of=deal.day)


# ---- Taking apart


@transaction.atomic
def undo_merge(*, actor: User, merge_id: int) -> Merge:
    """Take two merged files apart: every row goes back, unless somebody moved or changed it since.

    What was changed since the merge is kept as it is and named in `kept`.
    Raises: Forbidden; BusinessError NOT_DONE, UNDO_EXPIRED, MERGED_FURTHER.
    """
    require(actor, "clients.approve")
    merge: Merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge_id, kind=MergeKind.CLIENT)
    refuse_undo(merge)
    survivor, loser = _two(merge.survivor_id, merge.loser_id, actor)
    if survivor.merged_into_id or survivor.status == ClientStatus.CLOSED:
        raise BusinessError(
            "MERGED_FURTHER",
            _("%(client)s was closed or merged since. Undo that first.") % {"client": survivor.name},
        )
    kept: list[dict[str, Any]] = []
    _restore_file(merge, survivor, kept)
    Client.objects.filter(pk=loser.pk).update(
        closed_at=None, merged_into=None, updated_by=actor, **touched(Client)
    )
    restore_rows(merge, Client, kept)
    day = clock.today()
    refresh_status([loser.pk, survivor.pk], as_of=day, actor=actor)
    refresh_completeness([survivor.pk, loser.pk], as_of=day)
    finish_undo(merge, actor, kept)
    for client in (survivor, loser):
        record(
            actor=actor, action="clients.merge_undone", entity=client, unit=client.org_unit,
            data={"merge": merge.pk, "kept": len(kept)},
        )  # fmt: skip
    return merge


def refuse_undo(merge: Merge) -> None:
    """Refuse to undo what is not merged, or was merged too long ago.

    Raises: BusinessError NOT_DONE, UNDO_EXPIRED.
    """
    if merge.state != MergeState.DONE:
        raise BusinessError("NOT_DONE", _("This merge is not in force."))
    days = int(registry.get("merge.undo_days", as_of=clock.today()))
    if merge.decided_at is None or clock.now() > merge.decided_at + timedelta(days=days):
        raise BusinessError(
            "UNDO_EXPIRED", _("A merge can be taken apart for %(days)d days only.") % {"days": days}
        )


def finish_undo(merge: Merge, actor: User, kept: list[dict[str, Any]]) -> None:
    """Write down that a merge was undone and what was kept."""
    merge.state, merge.undone_by, merge.undone_at, merge.kept = MergeState.UNDONE, actor, clock.now(), kept
    merge.save()


CHANGED_SINCE = gettext_lazy("changed since the merge")
MOVED_SINCE = gettext_lazy("went elsewhere since the merge")


def _restore_file(merge: Merge, survivor: Client, kept: list[dict[str, Any]]) -> None:
    row = MergedRow.objects.filter(merge=merge, relation=FILE).first()
    back = {}
    for name, (old, new) in (row.columns if row else {}).items():
        if plain(getattr(survivor, name)) == new:
            back[name] = old
        else:
            kept.append({"relation": FILE, "row": survivor.pk, "column": name, "why": str(CHANGED_SINCE)})
    if back:
        Client.objects.filter(pk=survivor.pk).update(**back)
        survivor.refresh_from_db()
        Client.objects.filter(pk=survivor.pk).update(**refresh_search(survivor), **touched(Client))


def restore_rows(merge: Merge, target: type[models.Model], kept: list[dict[str, Any]]) -> None:
    """Send rows back, and give columns the values they had, where both still are as the merge left them.

    Steps: 1. rows that were only re-pointed go back in batches, which frees the places at the survivor;
    2. columns are restored one row at a time, those of rows that go back first.
    """
    for relation in relations(target):
        stored = MergedRow.objects.filter(merge=merge, relation=relation.label)
        simple = list(stored.filter(moved=True, columns={}).order_by("pk").values_list("row_id", flat=True))
        for start in range(0, len(simple), BATCH):
            keys = simple[start : start + BATCH]
            rows = relation.model._base_manager.filter(pk__in=keys, **{relation.field: merge.survivor_id})
            going = set(rows.values_list("pk", flat=True))
            rows.update(**{relation.field: merge.loser_id}, **touched(relation.model))
            kept += [_kept(relation, pk, MOVED_SINCE) for pk in keys if pk not in going]
        others = list(stored.exclude(moved=True, columns={}).order_by("-moved", "pk"))
        now = relation.model._base_manager.in_bulk([row.row_id for row in others])
        for row in others:
            current = now.get(row.row_id)
            owner = getattr(current, f"{relation.field}_id", None)
            if current is None or (row.moved and owner != merge.survivor_id):
                kept.append(_kept(relation, row.row_id, MOVED_SINCE))
            else:
                _restore_row(merge, relation, row, current, kept)


def _kept(relation: Any, pk: int, why: Any, column: str = "") -> dict[str, Any]:
    """Name a row, or a column of it, that stays as it is."""
    return {"relation": relation.label, "row": pk, "why": str(why)} | ({"column": column} if column else {})


def _restore_row(
    merge: Merge, relation: Any, row: MergedRow, current: Any, kept: list[dict[str, Any]]
) -> None:
    values: dict[str, Any] = {relation.field: merge.loser_id} if row.moved else {}
    for name, (old, new) in row.columns.items():
        if plain(getattr(current, name)) == new:
            values[current._meta.get_field(name).attname] = old
        else:
            kept.append(_kept(relation, row.row_id, CHANGED_SINCE, name))
    if not values:
        return
    try:
        with transaction.atomic():
            relation.model._base_manager.filter(pk=row.row_id).update(**values, **touched(relation.model))
    except IntegrityError:
        # Somebody took the place meanwhile, such as a new key person.
        kept.append(_kept(relation, row.row_id, CHANGED_SINCE))
        if row.moved:
            relation.model._base_manager.filter(pk=row.row_id).update(
                **{relation.field: merge.loser_id}, **touched(relation.model)
            )
