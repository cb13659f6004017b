"""What points at a record, found from the models themselves, and how its rows change hands.

Every foreign key to the merged kind takes part without being named: an upper floor that adds one is
covered. A floor that knows more about its rows registers a `Mover` of its own.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

import pghistory.models
import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import IsNull
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base import clock

# Model → what people call its rows, for models whose class is no word of theirs.
_words: dict[str, str | Promise] = {}


def call(words: Mapping[str, str | Promise]) -> None:
    """Say what people call the rows of models (`app.Model`); an upper floor does so in AppConfig.ready()."""
    _words.update(words)


@dataclass(frozen=True, slots=True)
class Relation:
    """One foreign key to the merged kind."""

    model: type[models.Model]
    field: str

    @property
    def label(self) -> str:
        """Return its name in records: `visits.Visit.client`."""
        return f"{self.model._meta.label}.{self.field}"

    @property
    def words(self) -> str | Promise:
        """Return what people call its rows."""
        return _words.get(self.model._meta.label) or self.model._meta.verbose_name or self.model.__name__

    @property
    def is_key(self) -> bool:
        """Say whether the foreign key is the row's own key: such a row cannot change hands."""
        return bool(getattr(self.model._meta.get_field(self.field), "primary_key", False))

    @property
    def is_history(self) -> bool:
        """Say whether the rows are old versions of records: they tell what was and are never rewritten."""
        return issubclass(self.model, pghistory.models.Event)

    @property
    def is_frozen(self) -> bool:
        """Say whether the database refuses changes of the rows, such as a closed month's snapshot."""
        return any(
            isinstance(each, pgtrigger.Protect) and "UPDATE" in str(each.operation)
            for each in getattr(self.model._meta, "triggers", ())
        )


@functools.cache
def relations(target: type[models.Model]) -> tuple[Relation, ...]:
    """Return every foreign key of a real table to a model, in a stable order."""
    found = [
        Relation(model, key.name)
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for key in model._meta.local_fields
        if isinstance(key, models.ForeignKey) and key.related_model is target
    ]
    return tuple(sorted(found, key=lambda relation: relation.label))


@dataclass(slots=True)
class Deal:
    """One merge at work: who takes, who gives, what was chosen, and what was changed so far."""

    survivor: Any
    loser: Any
    actor: User
    day: date
    choices: dict[str, Any] = field(default_factory=dict)
    # relation → key of a row → (whether it was re-pointed, column → [before, after])
    changed: dict[str, dict[int, tuple[bool, dict[str, list[Any]]]]] = field(default_factory=dict)

    def note(self, label: str, pk: int, columns: dict[str, list[Any]], *, moved: bool) -> None:
        """Remember a change of one row; a second change of a column keeps the first value before."""
        rows = self.changed.setdefault(label, {})
        was_moved, before = rows.get(pk, (False, {}))
        for name, (old, new) in columns.items():
            before[name] = [before[name][0] if name in before else old, new]
        rows[pk] = (was_moved or moved, before)


class Mover:
    """How rows of one relation change hands. The plain one re-points all that can be."""

    # Why rows stay with the loser; empty: they move.
    stays: ClassVar[str | Promise] = ""

    def __init__(self, relation: Relation) -> None:
        self.relation = relation

    def rows(self, owner: Any) -> models.QuerySet[Any]:
        """Return the rows that hang on one side."""
        return self.relation.model._base_manager.filter(**{self.relation.field: owner.pk})

    def clashing(self, deal: Deal) -> models.QuerySet[Any]:
        """Return the loser's rows whose place at the survivor is taken, by the model's own constraints."""
        name, rows = self.relation.field, self.rows(deal.loser)
        clash = Q(pk__in=[])
        for fields, condition, nulls_differ in unique_with(self.relation):
            taken = self.relation.model._base_manager.filter(condition, **{name: deal.survivor.pk})
            for each in fields:
                if each == name:
                    continue
                same = Q(**{each: OuterRef(each)})
                if not nulls_differ:
                    same |= Q(IsNull(F(each), True), IsNull(OuterRef(each), True))
                taken = taken.filter(same)
            matched = rows.filter(condition).filter(Exists(taken)).values("pk")
            clash |= Q(pk__in=matched)
        return rows.filter(clash)

    def counts(self, deal: Deal) -> tuple[int, int]:
        """Return how many rows would move, and how many would stay with the loser."""
        total = self.rows(deal.loser).count()
        if self.stays or not total:
            return 0, total
        staying = self.clashing(deal).count()
        return total - staying, staying

    def prepare(self, deal: Deal) -> None:
        """Settle what stands in the way before the rows move."""

    def follows(self, deal: Deal) -> dict[str, Any]:
        """Return columns that follow from the new owner."""
        return {}

    def move(self, deal: Deal) -> tuple[int, int]:
        """Move the rows; return how many moved and how many stayed."""
        self.prepare(deal)
        if self.stays:
            return 0, self.rows(deal.loser).count()
        clashing = list(self.clashing(deal).values_list("pk", flat=True))
        follows = self.follows(deal)
        found = list(self.rows(deal.loser).exclude(pk__in=clashing).values("pk", *follows))
        for row in found:
            pk = row.pop("pk")
            columns = {k: [row[k], follows[k]] for k in follows if row[k] != follows[k]}
            deal.note(self.relation.label, pk, columns, moved=True)
        if found:
            self.rows(deal.loser).exclude(pk__in=clashing).update(
                **{self.relation.field: deal.survivor.pk}, **follows, **touched(self.relation.model)
            )
        return len(found), len(clashing)

    def change(self, deal: Deal, row: Any, **values: Any) -> None:
        """Change columns of one row, on either side, and remember what they were."""
        columns = {name: [plain(getattr(row, name)), plain(value)] for name, value in values.items()}
        deal.note(self.relation.label, row.pk, columns, moved=False)
        self.relation.model._base_manager.filter(pk=row.pk).update(**values, **touched(self.relation.model))


class Stays(Mover):
    """Rows that tell what happened to the loser itself."""

    stays = _("Stays with the closed file: it tells what that file was.")


_movers: dict[str, type[Mover]] = {}


def mover(label: str) -> Callable[[type[Mover]], type[Mover]]:
    """Register how the rows of one relation change hands; a label may be taken once."""

    def take(kind: type[Mover]) -> type[Mover]:
        if _movers.get(label, kind) is not kind:
            raise ValueError(f"mover taken: {label}")
        _movers[label] = kind
        return kind

    return take


def movers(target: type[models.Model]) -> list[Mover]:
    """Return a mover for every relation; old versions, frozen rows and rows that share the key stay."""
    return [
        _movers.get(
            relation.label, Stays if relation.is_key or relation.is_history or relation.is_frozen else Mover
        )(relation)
        for relation in relations(target)
    ]


def touched(model: type[models.Model]) -> dict[str, Any]:
    """Return what says that a row was changed, so that an open form on it is refused as old."""
    names = {each.name for each in model._meta.local_fields}
    found: dict[str, Any] = {"version": F("version") + 1} if "version" in names else {}
    return found | ({"updated_at": clock.now()} if "updated_at" in names else {})


def plain(value: Any) -> Any:
    """Return a value as the record of a merge keeps it."""
    if isinstance(value, models.Model):
        return value.pk
    return value.isoformat() if hasattr(value, "isoformat") else value


def unique_with(relation: Relation) -> list[tuple[tuple[str, ...], Q, bool]]:
    """Return the unique constraints the key takes part in: columns, condition, whether nulls differ."""
    meta, name = relation.model._meta, relation.field
    found: list[tuple[tuple[str, ...], Q, bool]] = [
        (tuple(each.fields), each.condition or Q(), each.nulls_distinct is not False)
        for each in meta.constraints
        if isinstance(each, models.UniqueConstraint) and name in each.fields
    ]
    found += [(tuple(each), Q(), True) for each in meta.unique_together if name in each]
    if getattr(meta.get_field(name), "unique", False):
        found.append(((name,), Q(), True))
    return found
