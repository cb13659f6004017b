"""What resources of scoring share: the caller, the key of a repeated request, paging."""

import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from crm.accounts.models import User
from crm.base.api import KeysetPagination
from crm.base.errors import Invalid
from members.models import PersonalCustomer

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Repeat it to repeat the request safely."
)


def caller(request: Request) -> User:
    return request.user  # type: ignore[return-value]  # the verb's door let nobody else in


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


class Input(serializers.Serializer[Any]):
    """Refuse derived fields by name rather than drop them."""

    def valid(self) -> dict[str, Any]:
        """Return the checked values."""
        self.is_valid(raise_exception=True)
        return dict(self.validated_data)


class Newest(KeysetPagination):
    """Newest rows first."""

    ordering = "-id"


class Oldest(KeysetPagination):
    """Oldest rows first: a reader keeps the last id it saw."""

    ordering = "id"
