"""What resources of scoring share: the caller, the key of a repeated request, paging."""

import uuid
from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from crm.accounts.models import OrgUnit
from crm.accounts.rest import caller
from crm.base.api import KeysetPagination
from crm.base.errors import Invalid, NotFound
from members.models import PersonalCustomer

UNIT = OpenApiParameter("unit", str, description="Code of a unit; with everything below it.")
MONTH = OpenApiParameter("month", str, description="A closed month such as 2026-10; the newest if left out.")


def key_of_request(request: Request) -> str:
    """Return the caller's key, or a fresh one.

    Raises: Invalid when it is too long.
    """
    given = str(request.headers.get("Idempotency-Key", ""))
    if len(given) > 80:
        raise Invalid("INVALID", _("Idempotency-Key is longer than 80 characters."))
    return f"{caller(request).pk}:{given}" if given else f"once:{uuid.uuid4()}"


def customer_for(request: Request, pk: int) -> PersonalCustomer:
    visible = PersonalCustomer.objects.visible_to(caller(request)).select_related("org_unit")
    return get_object_or_404(visible, pk=pk)


def unit_of(request: Request) -> OrgUnit | None:
    """Return the unit the address names, inside the caller's area.

    Raises: NotFound.
    """
    code = request.query_params.get("unit", "")
    if not code:
        return None
    unit = OrgUnit.objects.visible_to(caller(request)).filter(code=code).first()
    if unit is None:
        raise NotFound("NOT_FOUND", _("There is no such unit in your area."))
    return unit


def month_of(request: Request, months: list[date], name: str = "month") -> date | None:
    """Return the month the address names, the newest if it names none.

    Raises: NotFound.
    """
    text = request.query_params.get(name, "")
    if not text:
        return months[0] if months else None
    for month in months:
        if text == f"{month:%Y-%m}":
            return month
    raise NotFound("NOT_FOUND", _("This month is not closed."))


class Input(serializers.Serializer[Any]):
    """Refuse derived fields by name rather than drop them."""

    def valid(self) -> dict[str, Any]:
        """Return the checked values."""
        self.is_valid(raise_exception=True)
        return dict(self.validated_data)


class Oldest(KeysetPagination):
    """Oldest rows first: a reader keeps the last id it saw."""

    ordering = "id"
