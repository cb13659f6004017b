"""Declare a roster: its columns once, for reading, mapping, templates, checks, diff and undo.

Adding a column to a roster is one `Column` line. A column that fills a model field of the same name needs
nothing
else; a column that must be looked up (a client by its code) is resolved by the roster's own `resolve` in SQL.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import override

from crm.base.models import Stamped
from crm.intake import cells

if TYPE_CHECKING:
    from crm.accounts.models import User
    from crm.intake.staging import Stage

# Under which name the image before a change keeps the stamp the record had.
STAMP = "_stamp"
# A "key" is a code of another system or of a login, whose case stays as it is written.
Kind = Literal["text", "code", "key", "int", "fen", "date", "month", "phone", "uscc", "choice", "bool"]
Sentence = str | Promise

SQL_TYPES: dict[Kind, str] = {
    "text": "text",
    "code": "text",
    "key": "text",
    "int": "bigint",
    "fen": "bigint",
    "date": "date",
    "month": "date",
    "phone": "text",
    "uscc": "text",
    "choice": "text",
    "bool": "boolean",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a roster.

    `field` is the model column it writes ("" = it is only looked up or checked). A `soft` column never
    costs a row:
    what cannot be read is left out and told. `words` are further spellings of coded values.
    """

    name: str
    label: Sentence
    kind: Kind = "text"
    field: str | None = None
    required: bool = False
    soft: bool = False
    headers: tuple[str, ...] = ()
    max_length: int | None = None
    minimum: int | None = 0
    maximum: int | None = 2_147_483_647
    choices: type[models.TextChoices] | type[models.IntegerChoices] | None = None
    words: tuple[tuple[str, str], ...] = ()
    # How long a code of digits is whose leading zero a workbook may have lost.
    digits: int | None = None
    # Units a header or a cell may name beside the usual ones of its kind, and what one of each stands for.
    units: tuple[tuple[str, int], ...] = ()
    help: Sentence = ""
    example: str = ""

    @property
    def target(self) -> str:
        """Return the model column it writes, or nothing."""
        return self.name if self.field is None else self.field

    @property
    def sql_type(self) -> str:
        """Return the type of its staging column."""
        return SQL_TYPES[self.kind]

    def labels(self) -> list[str]:
        """Return every header under which the column is recognised: its name, its labels, its synonyms."""
        found = [self.name, *self.headers]
        for language in ("zh-hans", "en"):
            with override(language):
                found.append(str(self.label))
        return found

    def choice_words(self) -> list[tuple[str, str]]:
        """Return pairs (what people write, code) for a coded column."""
        pairs: list[tuple[str, str]] = []
        for member in self.choices or ():
            code = str(member.value)
            pairs += [(code, code), (member.name, code)]
            for language in ("zh-hans", "en"):
                with override(language):
                    pairs.append((str(member.label), code))
        return [*pairs, *self.words]

    def unit(self, header: str) -> tuple[str, Decimal | None]:
        """Return the unit a header gives the numbers in and what one stands for; None: not known here."""
        if self.kind == "fen":
            return cells.header_unit(header, cells.MONEY_UNITS)
        if self.kind == "int":
            own = {word: Decimal(number) for word, number in self.units}
            return cells.header_unit(header, own | cells.COUNT_UNITS)
        return "", cells.ONE

    def cleaner(
        self, value_map: Mapping[str, str] | None = None, header: str = ""
    ) -> Callable[[cells.Cell], str | None]:
        """Return the pure function that cleans its cells, in the unit its header names."""
        unit = self.unit(header)[1] or cells.ONE
        match self.kind:
            case "text":
                return partial(cells.text, max_length=self.max_length)
            case "code":
                return partial(cells.code, max_length=self.max_length, digits=self.digits)
            case "key":
                return partial(cells.code, max_length=self.max_length, fold=False)
            case "int":
                own = {word: Decimal(number) for word, number in self.units}
                return partial(
                    cells.integer, minimum=self.minimum, maximum=self.maximum, unit=unit, units=own
                )
            case "fen":
                return partial(cells.fen, minimum=self.minimum, unit=unit)
            case "date":
                return cells.date
            case "month":
                return cells.month
            case "phone":
                return cells.phone
            case "uscc":
                return cells.uscc
            case "bool":
                return cells.boolean
            case "choice":
                return cells.chooser([*(value_map or {}).items(), *self.choice_words()])


@dataclass(frozen=True, slots=True)
class Derived:
    """Staging columns computed in Python from cleaned columns, such as the pinyin of a name.

    `compute` is given the sources in order; where the first is empty nothing is computed.
    """

    sources: tuple[str, ...]
    columns: tuple[str, ...]
    compute: Callable[..., tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Write:
    """One model column an import writes: from which staging expression, and whether on updates too.

    Expressions use the alias `s` for the staged row and `t` for the record on file.
    """

    column: str
    create: str
    update: str | None = None
    label: Sentence = ""


class Resource:
    """One roster. Subclasses fill the class attributes and the SQL steps."""

    name: ClassVar[str]
    label: ClassVar[Sentence]
    # Where it stands among the rosters on offer: the smaller, the earlier.
    place: ClassVar[int] = 10
    verb: ClassVar[str]
    model: ClassVar[type[models.Model]]
    columns: ClassVar[tuple[Column, ...]]
    derived: ClassVar[tuple[Derived, ...]] = ()
    # Columns `resolve` fills in SQL, with their types.
    work: ClassVar[Mapping[str, str]] = {}
    # At least one of each group must be there: a client is found by its code, its USCC or its name.
    any_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    messages: ClassVar[Mapping[str, Sentence]] = {}
    notes: ClassVar[tuple[Sentence, ...]] = ()
    # A template shown with the result of an import, for what is to be done next.
    result_panel: ClassVar[str] = ""
    # Why an undo keeps records, beyond their having been edited or used.
    undo_note: ClassVar[Sentence] = ""

    # ---- what the loader asks
    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Return columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def by_header(self) -> dict[str, str]:
        """Return recognised headers, cleaned, and the column each means."""
        found: dict[str, str] = {}
        for column in self.columns:
            for label in column.labels():
                found.setdefault(cells.label_key(label), column.name)
        return found

    def missing(self, present: Iterable[str]) -> list[Column]:
        """Return required columns that are neither in the file nor given as a constant."""
        have = set(present)
        lacking = [column for column in self.columns if column.required and column.name not in have]
        return lacking + [self.by_name[group[0]] for group in self.any_of if not have & set(group)]

    def may_import(self, user: "User") -> bool:
        """Say whether the person may import this roster."""
        return user.can(self.verb) or user.can("intake.import")

    # ---- what a roster says in SQL over the view `stage`
    def resolve(self, stage: "Stage") -> None:
        """Look up references and the record on file; flag what cannot be found or may not be touched."""
        raise NotImplementedError

    def writes(self, stage: "Stage") -> list[Write]:
        """Return the model columns an import writes; by default every mapped column that has a field."""
        return [
            Write(column.target, f"s.{column.name}", f"s.{column.name}", column.label)
            for column in self.columns
            if column.target and column.name in stage.present
        ]

    def depends(self, stage: "Stage") -> Mapping[str, tuple[str, ...]] | None:
        """Return the tables the verdicts stand on, with conditions under which a changed row `x` matters.

        A row matters when one condition over `s` and `x` holds for any staged row. A commit whose file
        nothing of this concerns takes the verdicts of the preview; None has everything checked again.
        """
        return None

    def numbering(self, stage: "Stage") -> tuple[Mapping[str, str], str]:
        """Return work columns that number new rows, as expressions over `o`, and what is joined for them."""
        return {}, ""

    def before_write(self, stage: "Stage") -> None:
        """Do what must stand before rows are inserted, such as ending what they replace."""

    def after_write(self, stage: "Stage") -> None:
        """Do what follows from new and changed rows, set-based; the table `touched(id, act)` holds them."""

    def marks(self) -> tuple[str, ...]:
        """Return the columns that say when a record was changed last and by whom, as far as they are kept."""
        moments = [str(f.column) for f in self.model._meta.concrete_fields if getattr(f, "auto_now", False)]
        return (*moments, *(["updated_by_id"] if issubclass(self.model, Stamped) else []))

    def signature(self) -> str:
        """Return what an UPDATE also sets: who and when; nothing where the table does not keep it."""
        sets = [f"{mark} = {'%(actor)s' if mark == 'updated_by_id' else 'now()'}" for mark in self.marks()]
        if issubclass(self.model, Stamped):
            sets.append("version = t.version + 1")
        return "".join(f", {each}" for each in sets)

    def stamp(self) -> str:
        """Return an expression over `t` that is another once anybody has changed the record."""
        return "t.version" if issubclass(self.model, Stamped) else "(hashtext(t::text) & 2147483647)"

    def before_undo(self, stage: "Stage") -> None:
        """Do what must go before new records; the temporary table `undoing(id)` holds those to be removed."""

    def after_undo(self, stage: "Stage") -> None:
        """Do what follows when records are removed and restored."""

    def url_of(self, found: models.Model) -> str:
        """Return the page of a record, or nothing where there is none."""
        return ""

    def touched_url(self, batch_id: int) -> str:
        """Return the list of exactly the records an import touched: a plain page where no list shows them."""
        return reverse("intake:touched", args=[batch_id])

    def for_titles(self) -> "models.QuerySet[Any]":
        """Return the records with what their titles need."""
        return self.model._base_manager.all()

    def title_of(self, found: models.Model) -> str:
        """Return what a record is called in lists of an import."""
        return str(found)

    def undo_blocks(self) -> str:
        """Return a condition over `t` that keeps a created record from being removed, or nothing."""
        return ""


_registered: dict[str, Resource] = {}


def register(resource: type[Resource]) -> type[Resource]:
    """Add a roster to the list (a decorator)."""
    _registered[resource.name] = resource()
    return resource


def resources() -> dict[str, Resource]:
    """Return all rosters by name, those of every day first."""
    return dict(sorted(_registered.items(), key=lambda pair: pair[1].place))


def offered_to(user: "User") -> dict[str, Resource]:
    """Return the rosters a person may import, by name."""
    return {name: roster for name, roster in resources().items() if roster.may_import(user)}


def resource_of(name: str) -> Resource:
    """Return one roster.

    Raises: KeyError when there is none of that name
    """
    return _registered[name]
