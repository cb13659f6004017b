"""The list of clients: views, chips, columns, order and keyset pages — all of it in the address."""

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.db.models import Field, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus, FilingState, ValueTier
from clients.filters import ClientFilter
from clients.models import Client
from clients.services.views import views_of
from crm.accounts.models import User
from crm.base import clock
from crm.base.templatetags.crm import ago, badge, dash, number, short_day

PAGE = 50
PAGING = ("after", "before")
# What an address says besides filters: which tab was pressed, and what the person chose to see.
BESIDES = (*PAGING, "count", "filters", "view")
# Long columns that no row shows.
UNSEEN = ("search_text", "name_pinyin", "name_key", "remark", "main_activity", "decision_chain")


@dataclass(frozen=True, slots=True)
class Column:
    """One column a person may show; `show` draws its cell of a client."""

    code: str
    label: str | Promise
    show: Callable[[Any], Any]
    sort: str = ""
    figure: bool = False
    # Whether the past of the column is known.
    kept: bool = False


def _labels_of(name: str) -> dict[Any, Any]:
    return dict(cast("Field[Any, Any]", Client._meta.get_field(name)).flatchoices)


def _badge_of(vocabulary: str, name: str) -> Callable[[Any], Any]:
    """Return what draws a field's code as a badge with its words."""
    labels = _labels_of(name)
    return lambda client: badge(vocabulary, code := getattr(client, name), labels.get(code, code))


def _words_of(name: str) -> Callable[[Any], Any]:
    """Return what says a field's code in words."""
    labels = _labels_of(name)
    return lambda client: labels.get(code := getattr(client, name), code)


def tier_badge(client: Any) -> Any:
    """Draw the tier with its name on hover; nothing where there is none."""
    if not client.value_tier:
        return None
    return badge("value_tier", client.value_tier, client.value_tier, str(TIERS[client.value_tier]))


TIERS: dict[str, str | Promise] = dict(ValueTier.choices)
status_badge = _badge_of("client_status", "status")
filing_badge = _badge_of("filing", "filing")
COLUMNS = (
    Column("status", _("status"), status_badge, kept=True),
    Column("tier", _("value tier"), tier_badge, kept=True),
    Column("size", _("size class"), _badge_of("size_class", "size_class"), kept=True),
    Column("institution", _("institution type"), _words_of("institution_type"), kept=True),
    Column("industry", _("industry"), lambda client: client.industry and client.industry.name, kept=True),
    Column("region", _("operating region"), _words_of("region_scope"), kept=True),
    Column("completeness", _("completeness"), _badge_of("completeness", "completeness")),
    Column("consistency", _("consistency"), _badge_of("consistency", "consistency")),
    Column("unit", _("unit"), lambda client: client.org_unit.name, kept=True),
    Column("am", _("account manager"), lambda client: client.am, kept=True),
    Column("grid", _("grid"), lambda client: client.grid, kept=True),
    Column("mobiles", _("mobiles"), lambda client: number(client.mobiles), "mobiles", True),
    Column("members", _("active members"), lambda client: number(client.members_active), "", True),
    Column("visited", _("last visited on"), lambda client: short_day(client.last_visited_on)),
    Column("created", _("created at"), lambda client: short_day(client.created_at), kept=True),
    Column("updated", _("updated at"), lambda client: ago(client.updated_at), "updated"),
)
DEFAULT_COLUMNS = ("status", "tier", "size", "completeness", "am", "visited", "updated")
BY_CODE = {column.code: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Order:
    """One way to sort: a column and the key as tie-breaker, both in one direction."""

    code: str
    label: str | Promise
    field: str
    descending: bool = False

    def apply(self, rows: Any, *, back: bool = False) -> Any:
        """Return the rows in this order, or against it."""
        sign = "-" if self.descending != back else ""
        keys = (
            [f"{sign}{self.field}"] if self.field == "client_code" else [f"{sign}{self.field}", f"{sign}pk"]
        )
        return rows.order_by(*keys)

    def beyond(self, value: Any, pk: int, *, back: bool = False) -> Q:
        """Return the rows after a position; the first condition alone lets the index begin there."""
        op = "lt" if self.descending != back else "gt"
        if self.field == "client_code":
            return Q(**{f"{self.field}__{op}": value})
        same = Q(**{self.field: value}) & ~Q(**{f"pk__{op}": pk})
        return Q(**{f"{self.field}__{op}e": value}) & ~same

    def position(self, client: Any) -> str:
        """Return an opaque name of the place of a row."""
        value = getattr(client, self.field)
        if isinstance(value, datetime):
            value = value.isoformat()
        return base64.urlsafe_b64encode(json.dumps([value, client.pk]).encode()).decode().rstrip("=")

    def place(self, token: str) -> tuple[Any, int] | None:
        """Read the name of a place; a broken one leads to the beginning."""
        try:
            value, pk = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
            if self.field == "updated_at":
                value = datetime.fromisoformat(value)
            elif self.field == "mobiles_all":
                value = int(value)
            else:
                value = str(value)
            return value, int(pk)
        except (ValueError, TypeError, binascii.Error):
            return None


ORDERS = {
    order.code: order
    for order in (
        Order("code", _("client code"), "client_code"),
        Order("name", _("name by pinyin"), "name_pinyin"),
        Order("updated", _("last changed"), "updated_at", descending=True),
        Order("mobiles", _("most mobiles"), "mobiles_all", descending=True),
    )
}


@dataclass(frozen=True, slots=True)
class View:
    """A tab above the list: a name and the query it stands for; `by` is who shared it."""

    label: str | Promise
    query: str
    pk: int | None = None
    own: bool = False
    shared: bool = False
    by: str = ""


def fixed_views(user: User) -> list[View]:
    """Return the views everybody of a role finds."""
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    views = [View(_("All"), "")]
    if user.can("clients.add") and not user.can("clients.assign"):
        views.insert(0, View(_("Mine"), "mine=on"))
    if user.can("clients.approve"):
        views.append(View(_("To approve"), "filing=SUBMITTED"))
    views += [
        View(_("High value"), "tier=A1&tier=A2"),
        View(_("Silent"), "status=SILENT"),
        View(_("New this week"), f"created_from={monday}"),
        View(_("Incomplete"), "completeness=INCOMPLETE"),
    ]
    if user.can("clients.assign"):
        views.append(View(_("Without manager"), "no_manager=on"))
    if user.can("clients.add") and not user.can("clients.approve"):
        views.append(View(_("Drafts"), "filing=DRAFT&filing=REJECTED&filing=SUBMITTED"))
    return views


def kept_views(user: User) -> list[View]:
    """Return the views the person saved, and those shared with the unit."""
    return [
        View(row.name, row.query, row.pk, row.user_id == user.pk, row.unit_id is not None,
             "" if row.user_id == user.pk else str(row.user))
        for row in views_of(user)
    ]  # fmt: skip


def plain_query(query: QueryDict) -> str:
    """Return what a view keeps of an address: filters and order, without the place in the list."""
    kept = query.copy()
    for name in BESIDES:
        kept.pop(name, None)
    for name in list(kept):
        values = [value for value in kept.getlist(name) if value]
        if values:
            kept.setlist(name, values)
        else:
            kept.pop(name)
    return kept.urlencode()


def without(query: QueryDict, name: str) -> str:
    """Return what a view keeps of an address, without one thing."""
    return plain_query(_without(query, name))


def address_without(address: str, name: str) -> str:
    """Return an address whose query lacks one thing."""
    path, _mark, query = address.partition("?")
    left = plain_query(_without(QueryDict(query), name))
    return f"{path}?{left}" if left else path


def _without(query: QueryDict, name: str) -> QueryDict:
    left = query.copy()
    left.pop(name, None)
    return left


def in_order(columns: Sequence[Column]) -> list[Column]:
    """Return all columns: those shown first, in their order, then the others."""
    return [*columns, *(column for column in COLUMNS if column not in columns)]


def chips(filters: ClientFilter, query: QueryDict) -> list[dict[str, Any]]:
    """Return the filters that are on as label, value and the address without them."""
    found = []
    data = filters.form.cleaned_data if filters.form.is_valid() else {}
    for name, field in filters.form.fields.items():
        value = data.get(name)
        if name == "q" or value in (None, "", [], False):
            continue
        if isinstance(value, list):
            labels = dict(field.choices)
            shown = ", ".join(str(labels.get(item, item)) for item in value)
        elif name == "moved":
            shown = _movement(str(value))
        else:
            shown = str(_("Yes")) if value is True else str(value)
        left = query.copy()
        left.pop(name, None)
        found.append({"label": field.label, "value": shown, "remove_url": f"?{plain_query(left)}"})
    return found


def _movement(value: str) -> str:
    """Return a movement of the lifecycle in words."""
    old, _dash, rest = value.partition("-")
    new, _dash, month = rest.partition("-")
    states = dict(ClientStatus.choices)
    return f"{states.get(old, '—')} → {states.get(new, new)} · {month}"


@dataclass(slots=True)
class Page:
    """One page of a list with the places of its neighbours."""

    rows: list[Any]
    next: str = ""
    previous: str = ""


def page_of(rows: Any, order: Order, query: QueryDict, size: int = PAGE, *, keys_first: bool = False) -> Page:
    """Return the page after or before a place; one row more is read to know whether there is another.

    With `keys_first` the keys of the page are found before its rows are joined with what they name: where the
    planner takes a search for rarer than it is, it would join thousands of rows to show fifty.
    """
    if order.field == "mobiles_all":
        rows = rows.with_mobiles()
    back = "before" in query and "after" not in query
    token = query.get("before" if back else "after", "")
    place = order.place(token) if token else None
    if place:
        rows = rows.filter(order.beyond(*place, back=back))
    if keys_first:
        keys = list(order.apply(rows, back=back).values_list("pk", flat=True)[: size + 1])
        rows = rows.filter(pk__in=keys)
    found = list(order.apply(rows, back=back)[: size + 1])
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    if not found:
        return Page([])
    has_next, has_previous = (bool(place), more) if back else (more, bool(place))
    return Page(
        found,
        order.position(found[-1]) if has_next else "",
        order.position(found[0]) if has_previous else "",
    )


@dataclass(slots=True)
class Row:
    """One client of a page as the list shows it: once for the table, once for the phone."""

    client: Any
    url: str
    filing: Any
    cells: list[tuple[bool, Any]]
    badges: list[Any]


def rows_of(clients: Sequence[Any], columns: Sequence[Column], day: date | None) -> Iterator[Row]:
    """Yield what the list shows of each client.

    Drawn here and not by a template for each cell: that was most of the time a page took.
    """
    suffix = f"as-at/?on={day.isoformat()}" if day else ""
    for client in clients:
        filing = filing_badge(client) if client.filing != FilingState.FILED else ""
        tier = tier_badge(client)
        yield Row(
            client,
            reverse("clients:card", args=[client.pk]) + suffix,
            filing,
            [(column.figure, dash(column.show(client))) for column in columns],
            [filing or status_badge(client), *([tier] if tier else [])],
        )


def known_columns(codes: Sequence[str]) -> list[str]:
    """Return the columns there are, each once, in the order given."""
    return [code for code in dict.fromkeys(codes) if code in BY_CODE]


def chosen_columns(query: QueryDict, kept: str) -> list[Column]:
    """Return the columns of the address, else those the person keeps, else the usual ones."""
    codes = known_columns(query.get("cols", "").split(".")) or known_columns(kept.split("."))
    return [BY_CODE[code] for code in codes or DEFAULT_COLUMNS]
