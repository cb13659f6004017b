"""What the API of people shares: masking, scope, the client in the address, ETags."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Client
from crm.accounts.rest import caller
from crm.base.api import KeysetPagination, check_if_match, checked_body, etag, idempotent
from crm.base.errors import Forbidden
from members import services

REASON = OpenApiParameter(
    "reason", str, description="Why full personal data is needed; needs the scope pii.reveal and is recorded."
)


class Oldest(KeysetPagination):
    """Oldest rows first."""

    ordering = "id"


class Masked(serializers.ModelSerializer[Any]):
    """A row of personal data; `masked` says whether it is shown with stars."""

    masks: ClassVar[dict[str, Callable[[str], Any]]] = {}
    masked = serializers.SerializerMethodField()

    def get_masked(self, row: Any) -> bool:
        """Say whether the row is masked for this caller."""
        plain: set[int] | None = self.context.get("plain_clients", set())
        return plain is not None and row.client_id not in plain

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Put stars where the caller may not see plain."""
        data: dict[str, Any] = super().to_representation(instance)
        if data["masked"]:
            for name, mask in self.masks.items():
                data[name] = mask(data[name]) if data[name] else data[name]
        return data


def hidden(_value: str) -> None:
    """Show nothing."""
    return


def starred(_value: str) -> str:
    """Show stars."""
    return "***"


def client_of(request: Request, pk: int) -> Client:
    """Return a client the caller may open, or 404."""
    return get_object_or_404(Client.objects.visible_to(caller(request)).select_related("org_unit"), pk=pk)


def client_to_change(request: Request, pk: int) -> Client:
    """Return a client whose people the caller may change: 404 outside the scope, 403 where it only reads."""
    client = client_of(request, pk)
    if not Client.objects.writable_by(caller(request)).filter(pk=pk).exists():
        raise Forbidden("NOT_YOURS", _("You may read this client but not change it."))
    return client


class PersonViews(viewsets.GenericViewSet[Any]):
    """What contacts, members and customers share: scope, masking, ETags; `model` is named once."""

    pagination_class = Oldest
    model: ClassVar[Any]
    out: ClassVar[type[Masked]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Tell DRF which rows and which shape, from the one `model` and `out`."""
        super().__init_subclass__(**kwargs)
        if hasattr(cls, "model"):
            cls.queryset, cls.serializer_class = cls.model.objects.none(), cls.out

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return self.model.objects.none()
        found: QuerySet[Any] = self.model.objects.visible_to(caller(self.request)).select_related("client")
        return found

    def context_for(self, rows: Sequence[Any]) -> dict[str, Any]:
        """Return for which clients rows are plain: managed ones, or all against a recorded reason."""
        person = caller(self.request)
        if reason := self.request.query_params.get("reason", ""):
            services.reveal_rows(actor=person, rows=rows, reason=reason)
            return {"plain_clients": None}
        ids = {row.client_id for row in rows if row.client_id}
        managed = Client.objects.managed_by(person).filter(pk__in=ids).values_list("pk", flat=True)
        return {"plain_clients": set(managed)}

    def page(self, rows: QuerySet[Any]) -> Response:
        """Answer one page of rows."""
        found = self.paginate_queryset(self.filter_queryset(rows))
        assert found is not None  # noqa: S101 - every list is paged
        return self.get_paginated_response(self.out(found, many=True, context=self.context_for(found)).data)

    def answer(self, row: Any, status: int = 200) -> Response:
        """Answer one row with its ETag."""
        headers = {"ETag": etag(row.version)} if hasattr(row, "version") else {}
        return Response(self.out(row, context=self.context_for([row])).data, status=status, headers=headers)

    @extend_schema(parameters=[REASON])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one row with its ETag."""
        return self.answer(self.get_object())


class OfClientViews(PersonViews):
    """People that hang on a client: read by who sees the client, changed by who may change it."""

    takes: ClassVar[type[serializers.BaseSerializer[Any]]]
    add: ClassVar[Callable[..., Any]]
    change: ClassVar[Callable[..., Any]]
    verbs = {"list": "members.view", "retrieve": "members.view", "*": "members.change"}

    def own(self) -> Any:
        """Return the row of the address, if the caller may change its client."""
        row = self.get_object()
        client_to_change(self.request, row.client_id)
        return row

    @extend_schema(parameters=[REASON])
    def list(self, request: Request, client: int) -> Response:
        """List those of a client, also those who left (`active=true` leaves them out)."""
        return self.page(self.get_queryset().filter(client=client_of(request, client)))

    @idempotent
    def create(self, request: Request, client: int) -> Response:
        """Enter one."""
        owner = client_to_change(request, client)
        return self.answer(
            type(self).add(client=owner, actor=caller(request), **checked_body(self.takes, request)), 201
        )

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change one, on the version named by If-Match."""
        row = self.own()
        check_if_match(request, row)
        values = checked_body(self.takes, request, partial=True) | {
            "version": row.version,
            "actor": caller(request),
        }
        return self.answer(type(self).change(**{self.model._meta.model_name: row}, **values))
