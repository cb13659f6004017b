"""The list of staff as a file; it stands here because accounts lie below exports."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from crm.accounts.models import User
from crm.exports.exportables import Exportable, fields_of, ordered, register
from crm.intake.imports import StaffRoster


def _rows(user: User, query: QueryDict) -> QuerySet[Any, Any]:
    """Return the people whose account the person administers."""
    rows = User.objects.managed_by(user)
    if (status := query.get("status")) in ("ACTIVE", "DISABLED", "PENDING"):
        rows = rows.filter(status=status)
    return ordered(rows)


register(
    Exportable(
        "users",
        StaffRoster.label,
        "accounts.manage",
        _rows,
        # A role is given on the person's page: the list would not change it.
        fields_of(StaffRoster, {"unit": "org_unit__code"}, without=["role"]),
        page="accounts:users",
        approve_verb="accounts.manage",
        filters=frozenset({"status"}),
    )
)
