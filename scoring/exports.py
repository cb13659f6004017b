"""Lists of points as files."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.text import INT, read_number
from crm.exports.exportables import Exportable, Field, asked, ordered, register
from scoring import reading


def expiring_rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
    """Return the years that expire next, with the filters of the list."""
    unit, least = read_number(asked(query, "unit")), read_number(asked(query, "least"), most=INT)
    found = OrgUnit.objects.visible_to(user).filter(pk=unit).first() if unit is not None else None
    rows = reading.to_expire(
        user,
        on=reading.next_expiry(clock.today()),
        unit=found,
        at_least=1 if least is None else least,
    )
    return ordered(rows)


register(
    Exportable(
        "points_expiring",
        _("Points that expire"),
        "clients.export",
        expiring_rows,
        (
            Field("msisdn", _("mobile"), "account__customer__msisdn", personal="mobile"),
            Field("name", _("full name"), "account__customer__name", personal="name"),
            Field("client", _("client"), "account__customer__client__name"),
            Field("unit", _("unit"), "account__customer__org_unit__name"),
            Field("lot_year", _("year"), "lot_year", "int"),
            Field("remaining", _("points"), "remaining", "int"),
            Field("expires_on", _("expires"), "expires_on", "date"),
        ),
        "scoring:points-expiring",
        filters=frozenset({"unit", "least"}),
    ),
)
