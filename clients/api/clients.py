"""REST: clients, their products and history, and what other systems report."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clients import serializers as shapes
from clients import services
from clients.filters import ClientFilter
from clients.models import Client, ClientProduct
from clients.services.columns import check_writable
from clients.services.reported import FeedResult
from clients.timeline import place, placed, timeline
from crm.accounts.models import OrgUnit, User
from crm.accounts.rest import caller
from crm.base.api import (
    IDEMPOTENCY,
    IF_MATCH,
    KeysetPagination,
    check_if_match,
    checked_body,
    etag,
    idempotent,
)
from crm.base.errors import BusinessError, Invalid

ENTRIES = 100
OF_NEW = frozenset({"org_unit", "am"})


class ByCode(KeysetPagination):
    """Clients in the order of their codes."""

    ordering = "client_code"


def _named(actor: User, data: dict[str, Any]) -> dict[str, Any]:
    """Take unit and manager, given by code and staff number, out of the values."""
    found: dict[str, Any] = {}
    if code := data.pop("org_unit", None):
        found["org_unit"] = actor.scope.units(OrgUnit.objects.filter(code=code)).first()
        if found["org_unit"] is None:
            sentence = _("There is no such unit in your area.")
            raise Invalid("UNIT_OUT_OF_SCOPE", sentence, fields={"org_unit": [sentence]})
    elif actor.is_system:
        found["org_unit"] = actor.api_client.unit
    if staff_no := data.pop("am", None):
        found["am"] = _manager(actor, staff_no)
    return found


def _mapping(request: Request) -> dict[str, Any]:
    """Return the body when it is an object; anything else is the serializer's to refuse."""
    return request.data if isinstance(request.data, dict) else {}


def _manager(actor: User, staff_no: str) -> User:
    manager = User.objects.visible_to(actor).filter(staff_no=staff_no).first()
    if manager is None:
        sentence = _("There is no such person in your area.")
        raise Invalid("INVALID", sentence, fields={"am": [sentence]})
    return manager


class ClientViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Client]):
    """Client files inside the caller's scope."""

    serializer_class = shapes.ClientOut
    filterset_class = ClientFilter
    pagination_class = ByCode
    verbs = {
        "*": "clients.view",
        "create": "clients.add",
        "bulk": "clients.add",
        "partial_update": "clients.change",
        "submit": "clients.change",
        "approve": "clients.approve",
        "reject": "clients.approve",
        "close": "clients.close",
        "assign": "clients.assign",
        "order": "clients.change",
    }

    def get_queryset(self) -> QuerySet[Client]:
        """Return the clients the caller may open."""
        if getattr(self, "swagger_fake_view", False):
            return Client.objects.none()
        return Client.objects.visible_to(caller(self.request)).select_related("industry", "grid")

    def _target(self, request: Request) -> Client:
        """Return the client an act is meant for, in the version the caller read."""
        client = self.get_object()
        check_if_match(request, client)
        return client

    def _answer(self, client: Client, status: int = 200) -> Response:
        fresh = Client.objects.select_related("industry", "grid").get(pk=client.pk)
        return Response(shapes.ClientOut(fresh).data, status=status, headers={"ETag": etag(fresh.version)})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read one client with its ETag."""
        return self._answer(self.get_object())

    @extend_schema(request=shapes.ClientNew, responses={201: shapes.ClientOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Make a file; who writes the whole unit files at once, others start a draft."""
        check_writable(_mapping(request), also=OF_NEW)
        body = shapes.ClientNew(data=request.data)
        body.is_valid(raise_exception=True)
        values = dict(body.validated_data)
        named = _named(caller(request), values)
        client = services.create_client(actor=caller(request), values=values, **named)
        return self._answer(client, 201)

    @extend_schema(request=shapes.ClientIn, responses=shapes.ClientOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change fields of a file; derived fields answer 422 FIELD_DERIVED."""
        client = self.get_object()
        check_writable(_mapping(request))
        check_if_match(request, client)
        body = shapes.ClientIn(data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        changed = services.update_client(
            actor=caller(request),
            client_id=client.pk,
            values=body.validated_data,
            version=client.version if request.headers.get("If-Match") else None,
        )
        return self._answer(changed)

    @extend_schema(request=shapes.BulkIn, responses=shapes.BulkOut, parameters=[IDEMPOTENCY], filters=False)
    @idempotent
    def bulk(self, request: Request) -> Response:
        """Make or change many files, found by client_code, else by uscc; each row has its own outcome."""
        body = shapes.BulkIn(data=request.data)
        body.is_valid(raise_exception=True)
        rows = [self._bulk_row(index, dict(row)) for index, row in enumerate(body.validated_data["rows"])]
        return Response({"rows": rows})

    def _bulk_row(self, index: int, given: dict[str, Any]) -> dict[str, Any]:
        actor: Any = self.request.user
        try:
            with transaction.atomic():
                code = given.pop("client_code", None)
                check_writable(given, also=OF_NEW)
                visible = Client.objects.visible_to(actor)
                known = None
                if code:
                    known = visible.filter(client_code=code).first()
                    if known is None:
                        raise Http404
                elif given.get("uscc"):
                    known = visible.filter(uscc=str(given["uscc"]).upper()).exclude(status="CLOSED").first()
                body = (shapes.ClientIn if known else shapes.ClientNew)(
                    data={k: v for k, v in given.items() if not known or k not in OF_NEW}, partial=bool(known)
                )
                body.is_valid(raise_exception=True)
                values = dict(body.validated_data)
                if known:
                    client = services.update_client(actor=actor, client_id=known.pk, values=values)
                    outcome = "unchanged" if client.version == known.version else "updated"
                else:
                    named = _named(actor, values)
                    client = services.create_client(actor=actor, values=values, **named)
                    outcome = "created"
        except Http404:
            return {"index": index, "outcome": "error", "code": "CLIENT_NOT_FOUND",
                    "message": str(_("There is no such client, or you may not see it."))}  # fmt: skip
        except BusinessError as error:
            fields = {name: [str(s) for s in sentences] for name, sentences in error.fields.items()}
            return {"index": index, "outcome": "error", "code": error.code, "message": str(error.message),
                    "fields": fields}  # fmt: skip
        except ValidationError as error:
            fields = {name: [str(s) for s in sentences] for name, sentences in dict(error.detail).items()}  # type: ignore[arg-type]
            return {"index": index, "outcome": "error", "code": "INVALID",
                    "message": str(_("Some fields need correction.")), "fields": fields}  # fmt: skip
        return {"index": index, "outcome": outcome, "id": client.pk, "client_code": client.client_code}

    @extend_schema(request=None, responses=shapes.ClientOut, parameters=[IF_MATCH])
    def submit(self, request: Request, pk: int) -> Response:
        """Hand a draft to the head."""
        client = self._target(request)
        return self._answer(services.submit_client(actor=caller(request), client_id=client.pk))

    @extend_schema(request=None, responses=shapes.ClientOut, parameters=[IF_MATCH])
    def approve(self, request: Request, pk: int) -> Response:
        """File a submitted client."""
        client = self._target(request)
        return self._answer(services.approve_client(actor=caller(request), client_id=client.pk))

    @extend_schema(request=shapes.ClientReason, responses=shapes.ClientOut, parameters=[IF_MATCH])
    def reject(self, request: Request, pk: int) -> Response:
        """Give a submitted file back with a reason."""
        client = self._target(request)
        body = shapes.ClientReason(data=request.data)
        body.is_valid(raise_exception=True)
        return self._answer(
            services.reject_client(actor=caller(request), client_id=client.pk, **body.validated_data)
        )

    @extend_schema(request=shapes.ClientReason, responses=shapes.ClientOut, parameters=[IF_MATCH])
    def close(self, request: Request, pk: int) -> Response:
        """Cancel the client code for good."""
        client = self._target(request)
        body = shapes.ClientReason(data=request.data)
        body.is_valid(raise_exception=True)
        return self._answer(
            services.close_client(actor=caller(request), client_id=client.pk, **body.validated_data)
        )

    @extend_schema(request=shapes.Assignment, responses=shapes.ClientOut, parameters=[IF_MATCH])
    def assign(self, request: Request, pk: int) -> Response:
        """Give the client to a manager."""
        client = self._target(request)
        body = shapes.Assignment(data=request.data)
        body.is_valid(raise_exception=True)
        manager = _manager(caller(request), body.validated_data["am"])
        return self._answer(
            services.assign_manager(
                actor=caller(request),
                client_id=client.pk,
                manager=manager,
                reason=body.validated_data["reason"],
            )
        )

    @extend_schema(responses=shapes.ProductOut(many=True), filters=False)
    def products(self, request: Request, pk: int) -> Response:
        """List the products of a client."""
        rows = self.get_object().products.select_related("product").order_by("-id")[:500]
        return Response(shapes.ProductOut(rows, many=True).data)

    @extend_schema(request=shapes.ProductOrder, responses={201: shapes.ProductOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def order(self, request: Request, pk: int) -> Response:
        """Order a product for a client."""
        client = self.get_object()
        body = shapes.ProductOrder(data=request.data)
        body.is_valid(raise_exception=True)
        row = services.order_product(actor=caller(request), client_id=client.pk, **body.validated_data)
        return Response(shapes.ProductOut(row).data, status=201)

    @extend_schema(responses=shapes.RevenueOut(many=True), filters=False)
    def revenue(self, request: Request, pk: int) -> Response:
        """List the monthly revenue of a client, newest first; the last 36 months."""
        rows = self.get_object().revenue.all()[:36]
        return Response(shapes.RevenueOut(rows, many=True).data)

    @extend_schema(
        responses=shapes.HistoryPage,
        filters=False,
        parameters=[
            OpenApiParameter(
                "kind", str, many=True, description="status, class, field, manager, act and more."
            ),
            OpenApiParameter("after", str, description="`next` of the page before."),
        ],
    )
    def history(self, request: Request, pk: int) -> Response:
        """List what happened to a client, newest first."""
        where = placed(request.query_params.get("after", ""))
        kinds = request.query_params.getlist("kind")
        entries = timeline(self.get_object(), kinds=kinds, limit=ENTRIES + 1, **where)
        more = len(entries) > ENTRIES
        entries = entries[:ENTRIES]
        rows = [one | {"at": one["at"].isoformat()} for one in entries]
        body = {"next": place(entries, **where) if more else None, "results": rows}
        return Response(shapes.HistoryPage(body).data)

    @extend_schema(responses=shapes.CompletenessOut, filters=False)
    def completeness(self, request: Request, pk: int) -> Response:
        """Say how full the file is and what is missing."""
        client = self.get_object()
        missing = [answer.rule for answer in services.explain_completeness(client) if answer.filled is False]
        body = {
            "completeness": client.completeness,
            "consistency": client.consistency,
            "missing_required": [rule.code for rule in missing if rule.required],
            "missing_optional": [rule.code for rule in missing if not rule.required],
        }
        return Response(shapes.CompletenessOut(body).data)


class ClientProductViewSet(viewsets.GenericViewSet[ClientProduct]):
    """Acts on one product of a client."""

    serializer_class = shapes.ProductOut
    verbs = {"*": "clients.change", "retrieve": "clients.view"}

    def get_queryset(self) -> QuerySet[ClientProduct]:
        """Return the products of clients the caller may open."""
        if getattr(self, "swagger_fake_view", False):
            return ClientProduct.objects.none()
        return services.visible_products(caller(self.request)).select_related("product")

    def retrieve(self, request: Request, pk: int) -> Response:
        """Read one product."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(shapes.ProductOut(row).data, headers={"ETag": etag(row.version)})

    def _move(self, request: Request, pk: int, act: str) -> Response:
        row = get_object_or_404(self.get_queryset(), pk=pk)
        check_if_match(request, row)
        body = shapes.On(data=request.data or {})
        body.is_valid(raise_exception=True)
        on = body.validated_data.get("on")
        moved = services.move_product(actor=caller(request), product_id=row.pk, act=act, on=on)
        return Response(shapes.ProductOut(moved).data, headers={"ETag": etag(moved.version)})

    @extend_schema(request=shapes.On, responses=shapes.ProductOut, parameters=[IF_MATCH])
    def open(self, request: Request, pk: int) -> Response:
        """Open an ordered product."""
        return self._move(request, pk, "open")

    @extend_schema(request=None, responses=shapes.ProductOut, parameters=[IF_MATCH])
    def suspend(self, request: Request, pk: int) -> Response:
        """Suspend an open product."""
        return self._move(request, pk, "suspend")

    @extend_schema(request=None, responses=shapes.ProductOut, parameters=[IF_MATCH])
    def resume(self, request: Request, pk: int) -> Response:
        """Resume a suspended product."""
        return self._move(request, pk, "resume")

    @extend_schema(request=shapes.On, responses=shapes.ProductOut, parameters=[IF_MATCH])
    def cancel(self, request: Request, pk: int) -> Response:
        """Cancel a product for good."""
        return self._move(request, pk, "cancel")


class FeedViewSet(viewsets.ViewSet):
    """What other systems report; safe to repeat, each row has its own outcome."""

    verbs = {"*": "feeds.post"}

    def _rows(self, request: Request, shape: type[Any]) -> list[dict[str, Any]]:
        body = checked_body(shape, request)
        return list(body["rows"])

    def _answer(self, result: FeedResult) -> Response:
        return Response({"rows": result.rows})

    @extend_schema(request=shapes.ProductFeed, responses=shapes.BulkOut)
    def products(self, request: Request) -> Response:
        """Store product states, found again by external_id."""
        rows = self._rows(request, shapes.ProductFeed)
        return self._answer(services.record_products(actor=caller(request), rows=rows))

    @extend_schema(request=shapes.TrafficFeed, responses=shapes.BulkOut)
    def traffic(self, request: Request) -> Response:
        """Store monthly traffic; the states of the clients follow at once."""
        rows = self._rows(request, shapes.TrafficFeed)
        return self._answer(services.record_traffic(actor=caller(request), rows=rows))

    @extend_schema(request=shapes.RevenueFeed, responses=shapes.BulkOut)
    def revenue(self, request: Request) -> Response:
        """Store monthly revenue in fen; the last report of a client and month wins."""
        rows = self._rows(request, shapes.RevenueFeed)
        return self._answer(services.record_revenue(actor=caller(request), rows=rows))
