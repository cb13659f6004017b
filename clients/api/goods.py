"""REST: the catalogue, lines of products, lines of revenue, circuits of the network."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients import choices, services
from clients.models import CircuitFinding, Client, ClientProduct, Product, ProductMember, RevenueLine
from clients.rules.revenue import REASONS
from clients.serializers import BulkOut, ProductOut
from clients.services.lines import PASTE_LIMIT
from clients.services.reported import LIMIT
from clients.services.revenue import lines_of
from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import (
    IDEMPOTENCY,
    IF_MATCH,
    KeysetPagination,
    check_if_match,
    checked_body,
    etag,
    idempotent,
)
from crm.base.fields import ListField, RowsField


class CatalogueOut(serializers.ModelSerializer[Product]):
    """A product of the catalogue with its rules."""

    class Meta:
        model = Product
        fields = [
            "id", "code", "name", "name_en", "family", "is_group_product", "counts_as_ict",
            "needs_agreement", "needs_circuit", "pay_modes", "line_kinds", "active", "version",
        ]  # fmt: skip
        read_only_fields = fields


class CatalogueIn(serializers.Serializer[Any]):
    """What the catalogue says of a product."""

    code = serializers.CharField(max_length=20, required=False)
    name = serializers.CharField(max_length=60, required=False)
    name_en = serializers.CharField(max_length=60, required=False)
    family = serializers.ChoiceField(choices.ProductFamily.choices, required=False)
    is_group_product = serializers.BooleanField(required=False)
    counts_as_ict = serializers.ChoiceField(choices.CountsAsIct.choices, required=False)
    needs_agreement = serializers.BooleanField(required=False)
    needs_circuit = serializers.BooleanField(required=False)
    pay_modes = ListField(
        child=serializers.ChoiceField(choices.PayMode.choices), required=False, max_length=2
    )
    line_kinds = ListField(
        child=serializers.ChoiceField(choices.ProductLineKind.choices), required=False, max_length=3
    )
    active = serializers.BooleanField(required=False)


class ByProductCode(KeysetPagination):
    """Products in the order of their codes."""

    ordering = "code"


class CatalogueViewSet(viewsets.GenericViewSet[Product]):
    """The product catalogue."""

    queryset = Product.objects.all()
    serializer_class = CatalogueOut
    pagination_class = ByProductCode
    verbs = {"*": "clients.catalogue", "list": "clients.view"}

    def list(self, request: Request) -> Response:
        """List the products of the catalogue."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(CatalogueOut(page, many=True).data)

    def _save(self, request: Request, pk: int | None) -> Response:
        body = checked_body(CatalogueIn, request)
        saved = services.save_product(
            actor=caller(request),
            values=body,
            product_id=pk,
        )
        status = 200 if pk else 201
        return Response(CatalogueOut(saved).data, status=status, headers={"ETag": etag(saved.version)})

    @extend_schema(request=CatalogueIn, responses={201: CatalogueOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Add a product to the catalogue."""
        return self._save(request, None)

    @extend_schema(request=CatalogueIn, responses=CatalogueOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the rules of a product; closed months keep what they counted."""
        check_if_match(request, get_object_or_404(self.get_queryset(), pk=pk))
        return self._save(request, pk)


class ProductTerms(serializers.Serializer[Any]):
    """How a product is paid, bound, agreed and connected."""

    pay_mode = serializers.ChoiceField(choices.PayMode.choices, required=False)
    agreement = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1, help_text="Key of the agreement."
    )
    bound = serializers.BooleanField(required=False)
    circuit_id = serializers.CharField(max_length=40, required=False, allow_blank=True)
    bandwidth_kbps = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**31 - 1
    )


class ProductLineOut(serializers.ModelSerializer[ProductMember]):
    """A line under a product."""

    class Meta:
        model = ProductMember
        fields = ["id", "line_kind", "number", "joined_on", "left_on"]
        read_only_fields = fields


class ProductLinesIn(serializers.Serializer[Any]):
    """Lines to list under a product."""

    line_kind = serializers.ChoiceField(choices.ProductLineKind.choices)
    numbers = ListField(child=serializers.CharField(max_length=20), min_length=1, max_length=PASTE_LIMIT)
    on = serializers.DateField(required=False)


class RefusedNumber(serializers.Serializer[Any]):
    """A number that was not taken, and why."""

    number = serializers.CharField()
    message = serializers.CharField()


class ProductLinesAdded(serializers.Serializer[Any]):
    """What became of each number."""

    added = serializers.ListField(child=serializers.CharField())
    known = serializers.ListField(child=serializers.CharField())
    refused = RefusedNumber(many=True)


class ProductLinesEnd(serializers.Serializer[Any]):
    """Lines that leave a product."""

    ids = ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), min_length=1, max_length=PASTE_LIMIT
    )


class ProductLinesEnded(serializers.Serializer[Any]):
    """How many lines ended."""

    ended = serializers.IntegerField()


class ProductGoodsViewSet(viewsets.GenericViewSet[Any]):
    """Terms and lines of one product of a client."""

    serializer_class = ProductLineOut
    pagination_class = KeysetPagination
    verbs = {"*": "clients.change", "lines": "clients.view"}

    def get_queryset(self) -> QuerySet[ClientProduct]:
        """Return the products of clients the caller may open."""
        if getattr(self, "swagger_fake_view", False):
            return ClientProduct.objects.none()
        return services.visible_products(caller(self.request))

    @extend_schema(request=ProductTerms, responses=ProductOut, parameters=[IF_MATCH])
    def change(self, request: Request, pk: int) -> Response:
        """Change the terms of a product; its state has verbs of its own."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        check_if_match(request, row)
        values = checked_body(ProductTerms, request)
        if values.get("agreement"):
            agreements = services.visible_agreements(caller(request))
            values["agreement"] = get_object_or_404(agreements, pk=values["agreement"])
        changed = services.change_product(
            actor=caller(request),
            product_id=row.pk,
            values=values,
        )
        return Response(ProductOut(changed).data, headers={"ETag": etag(changed.version)})

    @extend_schema(responses=ProductLineOut(many=True), filters=False)
    def lines(self, request: Request, pk: int) -> Response:
        """List the lines of a product, in the order they were listed."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        page = self.paginate_queryset(row.members.all())
        return self.get_paginated_response(ProductLineOut(page, many=True).data)

    @extend_schema(request=ProductLinesIn, responses=ProductLinesAdded, parameters=[IDEMPOTENCY])
    @idempotent
    def add_lines(self, request: Request, pk: int) -> Response:
        """List lines under a product; each number has its own outcome."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        body = checked_body(ProductLinesIn, request)
        result = services.add_lines(
            actor=caller(request),
            product_id=row.pk,
            **body,
        )
        refused = [{"number": number, "message": str(why)} for number, why in result.refused]
        return Response({"added": result.added, "known": result.known, "refused": refused})

    @extend_schema(request=ProductLinesEnd, responses=ProductLinesEnded)
    def remove_lines(self, request: Request, pk: int) -> Response:
        """End lines of a product."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        body = checked_body(ProductLinesEnd, request)
        ended = services.remove_lines(
            actor=caller(request),
            product_id=row.pk,
            member_ids=body["ids"],
        )
        return Response({"ended": ended})


class RevenueLineOut(serializers.ModelSerializer[RevenueLine]):
    """Revenue of one product in one month, in fen, and why it counts or not."""

    product = serializers.SlugRelatedField[Product](slug_field="code", read_only=True)
    ict_reason = serializers.SerializerMethodField()

    class Meta:
        model = RevenueLine
        fields = [
            "month", "product", "client_product", "category", "revenue_fen", "cost_fen", "counts", "ict_rule",
            "ict_reason",
        ]  # fmt: skip
        read_only_fields = fields

    def get_ict_reason(self, line: RevenueLine) -> str:
        """Return the rule in words."""
        return str(REASONS.get(line.ict_rule, ""))


class RevenueLinesViewSet(viewsets.GenericViewSet[RevenueLine]):
    """Revenue by product."""

    serializer_class = RevenueLineOut
    verbs = {"*": "clients.view"}

    @extend_schema(responses=RevenueLineOut(many=True), filters=False)
    def of_client(self, request: Request, pk: int) -> Response:
        """List the lines of revenue of a client, newest first; this month and the twelve before it."""
        client = get_object_or_404(Client.objects.visible_to(caller(request)), pk=pk)
        this = clock.month_of(clock.today())
        lines = lines_of(client, clock.add_months(this, -12), clock.add_months(this, 1))
        return Response(RevenueLineOut(lines[:1000], many=True).data)


class CircuitFeedRow(serializers.Serializer[Any]):
    """One circuit as the network knows it."""

    circuit_id = serializers.CharField(max_length=40)
    bandwidth_kbps = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    client_code = serializers.CharField(max_length=12, required=False, allow_blank=True)
    place = serializers.CharField(max_length=120, required=False, allow_blank=True)
    active = serializers.BooleanField(required=False, default=True)


class CircuitFeed(serializers.Serializer[Any]):
    """Circuits of the network."""

    rows = RowsField(child=CircuitFeedRow(), min_length=1, max_length=LIMIT)


class CircuitFindingOut(serializers.ModelSerializer[CircuitFinding]):
    """A difference between our circuits and the network's."""

    class Meta:
        model = CircuitFinding
        fields = [
            "id", "circuit_id", "verdict", "client", "client_product", "file_kbps", "network_kbps",
            "found_on", "disposition", "note", "settled_at",
        ]  # fmt: skip
        read_only_fields = fields


class CircuitSettle(serializers.Serializer[Any]):
    """What became of a difference."""

    disposition = serializers.ChoiceField(
        choices.CircuitDisposition.choices, help_text="GONE is said by the night only."
    )
    note = serializers.CharField(max_length=200)


class CircuitViewSet(viewsets.GenericViewSet[CircuitFinding]):
    """Circuits beside the network."""

    serializer_class = CircuitFindingOut
    pagination_class = KeysetPagination
    verbs = {"feed": "feeds.post", "list": "clients.view", "settle": "clients.change"}

    def get_queryset(self) -> QuerySet[CircuitFinding]:
        """Return the differences the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return CircuitFinding.objects.none()
        return services.visible_findings(caller(self.request))

    @extend_schema(request=CircuitFeed, responses=BulkOut)
    def feed(self, request: Request) -> Response:
        """Store circuits of the network, found again by circuit_id, and compare them at once."""
        body = checked_body(CircuitFeed, request)
        rows = body["rows"]
        return Response({"rows": services.record_circuits(actor=caller(request), rows=rows).rows})

    @extend_schema(parameters=[OpenApiParameter("open", bool, description="Only differences not settled.")])
    def list(self, request: Request) -> Response:
        """List differences, oldest first."""
        rows = self.get_queryset()
        if request.query_params.get("open") in ("true", "1"):
            rows = rows.filter(disposition="")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(CircuitFindingOut(page, many=True).data)

    @extend_schema(request=CircuitSettle, responses=CircuitFindingOut)
    def settle(self, request: Request, pk: int) -> Response:
        """Say what became of a difference."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        body = checked_body(CircuitSettle, request)
        settled = services.settle_circuit(
            actor=caller(request),
            finding_id=row.pk,
            **body,
        )
        return Response(CircuitFindingOut(settled).data)
