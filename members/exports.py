"""People and their bills as files: the columns of the rosters; phones and names masked unless allowed."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from clients.models import Client
from crm.accounts.models import User
from crm.base.text import read_number
from crm.exports.exportables import Exportable, asked, fields_of, ordered, register
from members import services
from members.choices import Brand, VipGrade
from members.imports import BillRoster, ContactRoster, CustomerRoster, MemberRoster
from members.lists import STARS, narrowed
from members.models import Contact, Member, MonthlyBill, PersonalCustomer

CLIENT = {
    "client_code": "client__client_code",
    "client_name": "client__name",
    "client_uscc": "client__uscc",
}
OF_CUSTOMERS = frozenset({"client", "q", "brand", "vip", "star", "mark", "batch"})


def _of_client(rows: Any, query: QueryDict) -> Any:
    wanted = read_number(asked(query, "client"))
    return rows.filter(client=wanted) if wanted is not None else rows


def member_rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
    """Return the active members of the clients in scope, or of one client."""
    rows = _of_client(Member.objects.visible_to(user).active(), query)
    return ordered(services.look_up(rows, asked(query, "q"), actor=user))


def contact_rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
    """Return the key persons and contacts of the clients in scope, or of one client."""
    return ordered(_of_client(Contact.objects.visible_to(user).active(), query))


def customer_rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
    """Return the customers of the list with these filters."""
    rows, _chosen = narrowed(query, PersonalCustomer.objects.visible_to(user), user)
    return ordered(_of_client(rows, query))


def bill_rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
    """Return the bills of the customers of the list."""
    customers = customer_rows(user, query).order_by()
    return ordered(MonthlyBill.objects.filter(customer__in=customers.values("pk")))


def said(user: User, query: QueryDict) -> Iterable[str]:
    """Say the filters in words."""
    words = [asked(query, "q")] if asked(query, "q") else []
    if (wanted := read_number(asked(query, "client"))) is not None:
        found = Client.objects.visible_to(user).filter(pk=wanted).values_list("name", flat=True)
        words += [f"{_('client')}: {name}" for name in found]
    words += [str(Brand(brand).label) for brand in [asked(query, "brand")] if brand in Brand.values]
    words += [str(VipGrade(grade).label) for grade in [asked(query, "vip")] if grade in VipGrade.values]
    words += [f"{_('star')}: {star}" for star in [asked(query, "star")] if star in STARS]
    return words


register(
    Exportable(
        "members",
        MemberRoster.label,
        "clients.export",
        member_rows,
        fields_of(MemberRoster, CLIENT, people=["name"]),
        "clients:list",
        said,
        filters=frozenset({"client", "q"}),
    ),
    Exportable(
        "contacts",
        ContactRoster.label,
        "clients.export",
        contact_rows,
        fields_of(ContactRoster, CLIENT, people=["name"]),
        "clients:list",
        said,
        filters=frozenset({"client"}),
    ),
    Exportable(
        "customers",
        CustomerRoster.label,
        "clients.export",
        customer_rows,
        fields_of(CustomerRoster, {**CLIENT, "unit": "org_unit__code"}, people=["name"]),
        "members:customers",
        said,
        filters=OF_CUSTOMERS,
    ),
    Exportable(
        "bills",
        BillRoster.label,
        "clients.export",
        bill_rows,
        fields_of(BillRoster, {"msisdn": "customer__msisdn", "settled_on": "settled_at"}),
        "members:customers",
        said,
        filters=OF_CUSTOMERS,
    ),
)
