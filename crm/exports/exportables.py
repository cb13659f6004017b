"""Declare what can be exported: a list's rows and columns, in a few lines.

    register(Exportable(
        "visits", _("Visits"), "clients.export", rows_of_visits,
        (Field("client", _("client"), "client__name"), Field("day", _("visit day"), "visit_on", "date")),
        filters=frozenset({"from", "to"}),
    ))

`rows(user, query)` is the list's own queryset with its own filters, so that the file has the rows of the
list, and nothing else.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.base.text import mask_mobile, mask_name
from crm.intake.resources import Column, Resource

Kind = Literal["text", "int", "yuan", "date", "month", "moment", "choice", "choices", "bool"]
Personal = Literal["", "mobile", "name", "hidden"]
Sentence = str | Promise
Rows = Callable[[User, QueryDict], QuerySet[Any, Any]]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file: a model path or an expression, and how it is written.

    A `personal` one is masked unless the request is for full numbers. `write` turns the value itself into a
    cell; it is made anew for every file, so that it may look things up once.
    """

    name: str
    label: Sentence
    source: Any
    kind: Kind = "text"
    choices: Any = None
    personal: Personal = ""
    write: Callable[[], Callable[[Any], Any]] | None = None

    def writer(self, *, plain: bool) -> Callable[[Any], Any]:
        """Return the function that turns a value into a cell."""
        shape = self.write() if self.write else _shape(self)
        if plain or not self.personal:
            return shape
        hide = {"mobile": mask_mobile, "name": mask_name, "hidden": lambda value: "***"}[self.personal]
        return lambda value: hide(str(value)) if value not in (None, "") else ""


def _shape(column: Field) -> Callable[[Any], Any]:
    yes, no = _("Yes"), _("No")
    labels = {code: str(label) for code, label in (column.choices or [])}
    match column.kind:
        case "choice":
            return lambda value: "" if value is None else labels.get(value, value)
        case "choices":
            return lambda value: "、".join(str(labels.get(code, code)) for code in value or ())
        case "bool":
            return lambda value: "" if value is None else (yes if value else no)
        case "yuan":
            return lambda value: "" if value is None else value / 100
        case "date":
            return lambda value: _day(value)
        case "month":
            return lambda value: "" if value is None else f"{value:%Y-%m}"
        case "moment":
            return lambda value: "" if value is None else f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
        case _:
            return lambda value: "" if value is None else value


def _day(value: date | datetime | None) -> str:
    if value is None:
        return ""
    return f"{timezone.localtime(value) if isinstance(value, datetime) else value:%Y-%m-%d}"


def asked(query: QueryDict, name: str) -> str:
    """Return one filter of an address as text; empty when it is not there."""
    return str(query.get(name) or "")


@dataclass(frozen=True)
class Exportable:
    """One list that can be had as a file.

    `verb` opens it; `page` is the name of the list's route, for the way back; `describe` says the filters in
    words; `filters` are the names `rows` reads from the address.
    """

    name: str
    label: Sentence
    verb: str
    rows: Rows
    fields: tuple[Field, ...]
    page: str = ""
    describe: Callable[[User, QueryDict], Iterable[str]] | None = None
    # The verb that lets it go; empty: heads and leaders of who asks.
    approve_verb: str = ""
    filters: frozenset[str] = frozenset()

    def kept(self, query: QueryDict) -> str:
        """Return the filters of an address that this list knows, as an address."""
        known = QueryDict(mutable=True)
        for name, values in query.lists():
            if name in self.filters:
                known.setlist(name, values)
        return known.urlencode()

    @property
    def personal(self) -> bool:
        """Say whether it holds what is masked."""
        return any(column.personal for column in self.fields)


_registered: dict[str, Exportable] = {}


def register(*exportables: Exportable) -> None:
    """Add lists; called by the `exports` of an app."""
    for exportable in exportables:
        _registered[exportable.name] = exportable


def exportables() -> dict[str, Exportable]:
    """Return all lists by name."""
    return dict(_registered)


def exportable_of(name: str) -> Exportable:
    """Return one list.

    Raises: KeyError when there is none of that name
    """
    return _registered[name]


# ---- Rosters: the columns of the import are those of the export, so that a file comes back unchanged

_KINDS: dict[str, Kind] = {
    "int": "int",
    "fen": "yuan",
    "date": "date",
    "month": "month",
    "choice": "choice",
    "bool": "bool",
}


def fields_of(
    resource: type[Resource],
    sources: Mapping[str, Any] | None = None,
    *,
    people: Iterable[str] = (),
    without: Iterable[str] = (),
    writers: Mapping[str, Callable[[], Callable[[Any], Any]]] | None = None,
) -> tuple[Field, ...]:
    """Return a roster's columns as fields; `sources` names the paths of those that are looked up.

    Phones are personal by their kind, names of people by `people`.
    """
    given, masked, left = sources or {}, set(people), set(without)
    return tuple(
        Field(
            column.name,
            column.label,
            given.get(column.name, column.target or column.name),
            _KINDS.get(column.kind, "text"),
            column.choices.choices if column.choices else None,
            _personal(column, masked),
            (writers or {}).get(column.name),
        )
        for column in resource.columns
        if column.name not in left
    )


def _personal(column: Column, people: set[str]) -> Personal:
    if column.kind == "phone":
        return "mobile"
    return "name" if column.name in people else ""


def ordered(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Return rows by key: a file is written once from beginning to end."""
    return rows.order_by("pk")
