"""REST: competitors, churn alerts, market share."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients import choices, services
from clients.models import ChurnAlert, Client, CompetitorInfo
from clients.querysets import market
from clients.services.churn import overdue
from crm.accounts.models import OrgUnit
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


class SightingOut(serializers.ModelSerializer[CompetitorInfo]):
    """A competitor seen at a client."""

    class Meta:
        model = CompetitorInfo
        fields = [
            "id", "client", "operator", "product", "action", "price_fen", "seen_on", "impact", "disposition",
            "note", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class SightingIn(serializers.Serializer[Any]):
    """What was seen and what is done about it."""

    operator = serializers.ChoiceField(choices.Operator.choices)
    product = serializers.CharField(max_length=60, required=False, allow_blank=True)
    action = serializers.CharField(max_length=200)
    price_fen = serializers.IntegerField(required=False, allow_null=True, min_value=0, max_value=2**63 - 1)
    seen_on = serializers.DateField(required=False)
    impact = serializers.ChoiceField(choices.Level.choices)
    disposition = serializers.ChoiceField(choices.SightingDisposition.choices)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AlertOut(serializers.ModelSerializer[ChurnAlert]):
    """A churn alert."""

    class Meta:
        model = ChurnAlert
        fields = [
            "id", "client", "rule", "level", "facts", "raised_on", "due_on", "late_report",
            "acknowledged_at", "disposition", "note", "disposed_at", "version",
        ]  # fmt: skip
        read_only_fields = fields


class AlertIn(serializers.Serializer[Any]):
    """Why a client may leave."""

    reason = serializers.CharField(max_length=200)
    level = serializers.ChoiceField(choices.Level.choices, default=choices.Level.MID.value)


class AlertEnd(serializers.Serializer[Any]):
    """How an alert ended and what was done."""

    disposition = serializers.ChoiceField(choices.ChurnDisposition.choices)
    note = serializers.CharField(max_length=300)


class ShareOut(serializers.Serializer[Any]):
    """Users of the three operators at the clients of a unit."""

    unit = serializers.CharField(help_text="Code of the unit.")
    name = serializers.CharField()
    clients = serializers.IntegerField()
    cm = serializers.IntegerField()
    ct = serializers.IntegerField()
    cu = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="cm / (cm + ct + cu)")


class CompetitionViewSet(viewsets.GenericViewSet[CompetitorInfo]):
    """Competitors seen at clients the caller may open."""

    serializer_class = SightingOut
    pagination_class = KeysetPagination
    verbs = {"*": "clients.view", "add": "clients.change"}

    def get_queryset(self) -> QuerySet[CompetitorInfo]:
        """Return the sightings in the caller's scope."""
        if getattr(self, "swagger_fake_view", False):
            return CompetitorInfo.objects.none()
        return services.visible_sightings(caller(self.request))

    def list(self, request: Request) -> Response:
        """List sightings, in the order they were told."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(SightingOut(page, many=True).data)

    @extend_schema(responses=SightingOut(many=True), filters=False)
    def of_client(self, request: Request, pk: int) -> Response:
        """List the sightings at a client, newest first; at most 200."""
        client = get_object_or_404(Client.objects.visible_to(caller(request)), pk=pk)
        return Response(SightingOut(client.sightings.all()[:200], many=True).data)

    @extend_schema(request=SightingIn, responses={201: SightingOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def add(self, request: Request, pk: int) -> Response:
        """Record a competitor seen at a client."""
        client = get_object_or_404(Client.objects.visible_to(caller(request)), pk=pk)
        body = checked_body(SightingIn, request)
        made = services.record_sighting(
            actor=caller(request),
            client_id=client.pk,
            values=body,
        )
        return Response(SightingOut(made).data, status=201)

    @extend_schema(responses=ShareOut(many=True), filters=False)
    def share(self, request: Request) -> Response:
        """Return market share by unit: users are summed before they are divided."""
        clients = Client.objects.visible_to(caller(request)).exclude(status="CLOSED")
        found = market.by_unit(clients)
        units = OrgUnit.objects.in_bulk(list(found))
        rows = [
            {"unit": units[pk].code, "name": units[pk].name, "clients": share.clients, "cm": share.cm,
             "ct": share.ct, "cu": share.cu, "share": share.share}
            for pk, share in sorted(found.items(), key=lambda item: units[item[0]].path)
        ]  # fmt: skip
        return Response(ShareOut(rows, many=True).data)


class ChurnViewSet(viewsets.GenericViewSet[ChurnAlert]):
    """Churn alerts of clients the caller may open; they end by a disposition only."""

    serializer_class = AlertOut
    pagination_class = KeysetPagination
    verbs = {"*": "clients.change", "list": "clients.view", "retrieve": "clients.view"}

    def get_queryset(self) -> QuerySet[ChurnAlert]:
        """Return the alerts in the caller's scope."""
        if getattr(self, "swagger_fake_view", False):
            return ChurnAlert.objects.none()
        return services.visible_alerts(caller(self.request))

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=["open", "overdue", "settled"])], filters=False
    )
    def list(self, request: Request) -> Response:
        """List alerts: open, overdue or settled ones, or all."""
        rows, state = self.get_queryset(), request.query_params.get("state")
        if state == "open":
            rows = rows.filter(disposition="")
        elif state == "overdue":
            rows = overdue(rows, clock.today())
        elif state == "settled":
            rows = rows.exclude(disposition="")
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(AlertOut(page, many=True).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        """Read one alert with its ETag."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(AlertOut(row).data, headers={"ETag": etag(row.version)})

    @extend_schema(request=AlertIn, responses={201: AlertOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def report(self, request: Request, pk: int) -> Response:
        """Report that a client may leave, before billing knows."""
        client = get_object_or_404(Client.objects.visible_to(caller(request)), pk=pk)
        body = checked_body(AlertIn, request)
        made = services.report_risk(
            actor=caller(request),
            client_id=client.pk,
            **body,
        )
        return Response(AlertOut(made).data, status=201, headers={"ETag": etag(made.version)})

    @extend_schema(request=None, responses=AlertOut)
    def acknowledge(self, request: Request, pk: int) -> Response:
        """Take an alert on; it stays open."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        taken = services.acknowledge_alert(actor=caller(request), alert_id=row.pk)
        return Response(AlertOut(taken).data, headers={"ETag": etag(taken.version)})

    @extend_schema(request=AlertEnd, responses=AlertOut, parameters=[IF_MATCH])
    def dispose(self, request: Request, pk: int) -> Response:
        """Settle an alert with its outcome and what was done."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        check_if_match(request, row)
        body = checked_body(AlertEnd, request)
        done = services.dispose_alert(
            actor=caller(request),
            alert_id=row.pk,
            **body,
        )
        return Response(AlertOut(done).data, headers={"ETag": etag(done.version)})
