"""Lists of the client file as files: the columns of the rosters, so that a file comes back unchanged."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clients import lists
from clients.filters import ClientFilter
from clients.imports import (
    AssignmentRoster,
    CircuitRoster,
    ClientRoster,
    ProductRevenueRoster,
    ProductRoster,
    RevenueRoster,
    TaxRoster,
    TrafficRoster,
)
from clients.imports.regions import region_finder
from clients.models import (
    AMAssignment,
    Client,
    ClientProduct,
    NetworkCircuit,
    ProductTraffic,
    RevenueLine,
    RevenueMonth,
)
from crm.accounts.models import User
from crm.base.models import Region
from crm.base.text import read_number
from crm.exports.exportables import Exportable, Field, asked, fields_of, ordered, register

CLIENT = {
    "client_code": "client__client_code",
    "client_name": "client__name",
    "client_uscc": "client__uscc",
}
FILTERS = frozenset(ClientFilter.base_filters)
OF_CLIENTS = FILTERS | {"client"}


def _filtered(user: User, query: QueryDict) -> ClientFilter:
    return ClientFilter(query, queryset=Client.objects.visible_to(user), request=SimpleNamespace(user=user))


def client_rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
    """Return the clients of the list with these filters."""
    filters = _filtered(user, query)
    return ordered(filters.qs if filters.form.is_valid() else Client.objects.none())


def client_filters(user: User, query: QueryDict) -> Iterable[str]:
    """Say the filters in words, as the list's chips do."""
    words = [asked(query, "q")] if asked(query, "q") else []
    return words + [
        f"{chip['label']}: {chip['value']}" for chip in lists.chips(_filtered(user, query), query)
    ]


def _of_clients(model: Any, path: str = "client__in") -> Callable[[User, QueryDict], QuerySet[Any, Any]]:
    """Return the rows of a table that hang on clients, narrowed by `client` and by the clients' filters."""

    def rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
        clients = client_rows(user, query).order_by()
        if (wanted := read_number(asked(query, "client"))) is not None:
            clients = clients.filter(pk=wanted)
        found: QuerySet[Any, Any] = model._default_manager.filter(**{path: clients.values("pk")})
        return ordered(found)

    return rows


def _province() -> Callable[[Any], Any]:
    names = dict(Region.objects.filter(level=1).values_list("code", "name"))
    return lambda code: names.get((code or "")[:2], "")


def _place() -> Callable[[Any], Any]:
    """Write the name of a place where the roster would find it again, else its code."""
    names = dict(Region.objects.values_list("code", "name"))
    finder = region_finder()
    known: dict[str, str] = {}

    def write(code: str | None) -> str:
        if not code or len(code) == 2:
            return ""
        if code not in known:
            found = finder.find(names.get(code[:2]), names.get(code))
            known[code] = names[code] if found == code else code
        return known[code]

    return write


CLIENT_FIELDS = (
    *fields_of(
        ClientRoster,
        {
            "client_code": "client_code",
            "institution_type": "institution_type",
            "institution_subtype": "institution_subtype",
            "industry": "industry_id",
            "province": "hq_region_id",
            "city": "hq_region_id",
            "parent_code": "parent__client_code",
            "grid": "grid__code",
            "unit": "org_unit__code",
            "am": "am__staff_no",
        },
        writers={"province": _province, "city": _place},
    ),
    Field("status", _("status"), "status", "choice", Client._meta.get_field("status").choices),
    Field(
        "size_class", _("size class"), "size_class", "choice", Client._meta.get_field("size_class").choices
    ),
    Field("value_tier", _("value tier"), "value_tier"),
    Field(
        "completeness",
        _("completeness"),
        "completeness",
        "choice",
        Client._meta.get_field("completeness").choices,
    ),
    Field("created_at", _("created at"), "created_at", "moment"),
)

register(
    Exportable(
        "clients",
        ClientRoster.label,
        "clients.export",
        client_rows,
        CLIENT_FIELDS,
        "clients:list",
        client_filters,
        filters=FILTERS,
    ),
    Exportable(
        "taxpayers",
        TaxRoster.label,
        "clients.export",
        lambda user, query: client_rows(user, query).exclude(tax_year=None),
        fields_of(TaxRoster, {"client_code": "client_code", "client_name": "name", "client_uscc": "uscc"}),
        "clients:list",
        client_filters,
        filters=FILTERS,
    ),
    Exportable(
        "assignments",
        AssignmentRoster.label,
        "clients.export",
        lambda user, query: _of_clients(AMAssignment)(user, query).filter(to_on=None),
        fields_of(AssignmentRoster, {**CLIENT, "am": "user__staff_no"}),
        "clients:list",
        client_filters,
        filters=OF_CLIENTS,
    ),
    Exportable(
        "products",
        ProductRoster.label,
        "clients.export",
        _of_clients(ClientProduct),
        fields_of(ProductRoster, {**CLIENT, "product": "product__code"}),
        "clients:list",
        client_filters,
        filters=OF_CLIENTS,
    ),
    Exportable(
        "traffic",
        TrafficRoster.label,
        "clients.export",
        _of_clients(ProductTraffic, "client_product__client__in"),
        fields_of(
            TrafficRoster,
            {
                **{name: f"client_product__{path}" for name, path in CLIENT.items()},
                "external_id": "client_product__external_id",
                "product": "client_product__product__code",
            },
        ),
        "clients:list",
        client_filters,
        filters=OF_CLIENTS,
    ),
    Exportable(
        "circuits",
        CircuitRoster.label,
        "clients.export",
        lambda user, query: ordered(
            NetworkCircuit.objects.filter(user.scope.unit_filter("org_unit"))
            if user.can("clients.view")
            else NetworkCircuit.objects.none()
        ),
        fields_of(CircuitRoster),
        "clients:list",
    ),
    Exportable(
        "revenue",
        RevenueRoster.label,
        "clients.export",
        _of_clients(RevenueMonth),
        fields_of(RevenueRoster, CLIENT),
        "clients:list",
        client_filters,
        filters=OF_CLIENTS,
    ),
    Exportable(
        "product_revenue",
        ProductRevenueRoster.label,
        "clients.export",
        _of_clients(RevenueLine),
        fields_of(
            ProductRevenueRoster,
            {**CLIENT, "product": "product__code", "external_id": "client_product__external_id"},
        ),
        "clients:list",
        client_filters,
        filters=OF_CLIENTS,
    ),
)
