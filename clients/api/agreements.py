"""REST: agreements of clients."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients import choices, services
from clients.models import Agreement, Client
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


class AgreementOut(serializers.ModelSerializer[Agreement]):
    """An agreement as it is read."""

    has_attachment = serializers.SerializerMethodField()

    class Meta:
        model = Agreement
        fields = [
            "id", "client", "no", "type", "scope", "signed_on", "effective_on", "expires_on",
            "signer_contact", "has_attachment", "first_signing", "ended_on", "end_reason", "warning",
            "remark", "version",
        ]  # fmt: skip
        read_only_fields = fields

    def get_has_attachment(self, agreement: Agreement) -> bool:
        """Say whether the paper is there; it is fetched on the page."""
        return bool(agreement.attachment)


class AgreementIn(serializers.Serializer[Any]):
    """What an agreement says."""

    no = serializers.CharField(max_length=40)
    type = serializers.ChoiceField(choices.AgreementType.choices)
    scope = serializers.ChoiceField(
        choices.AgreementScope.choices, default=choices.AgreementScope.LOCAL.value
    )
    signed_on = serializers.DateField()
    effective_on = serializers.DateField(required=False)
    expires_on = serializers.DateField(required=False, allow_null=True)
    signer_name = serializers.CharField(max_length=60, required=False, allow_blank=True)
    signer_contact = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**63 - 1
    )
    remark = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AgreementEnd(serializers.Serializer[Any]):
    """When and why it ends."""

    reason = serializers.CharField(max_length=200)
    on = serializers.DateField(required=False)


class AgreementViewSet(viewsets.GenericViewSet[Agreement]):
    """Agreements of clients the caller may open."""

    serializer_class = AgreementOut
    pagination_class = KeysetPagination
    verbs = {"*": "clients.change", "retrieve": "clients.view", "of_client": "clients.view"}

    def get_queryset(self) -> QuerySet[Agreement]:
        """Return the agreements in the caller's scope."""
        if getattr(self, "swagger_fake_view", False):
            return Agreement.objects.none()
        return services.visible_agreements(caller(self.request))

    def _answer(self, row: Agreement, status: int = 200) -> Response:
        return Response(AgreementOut(row).data, status=status, headers={"ETag": etag(row.version)})

    @extend_schema(responses=AgreementOut(many=True), filters=False)
    def of_client(self, request: Request, pk: int) -> Response:
        """List the agreements of a client, newest first; at most 200."""
        client = get_object_or_404(Client.objects.visible_to(caller(request)), pk=pk)
        return Response(AgreementOut(client.agreements.all()[:200], many=True).data)

    @extend_schema(request=AgreementIn, responses={201: AgreementOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def add(self, request: Request, pk: int) -> Response:
        """Enter an agreement of a client."""
        client = get_object_or_404(Client.objects.visible_to(caller(request)), pk=pk)
        body = checked_body(AgreementIn, request)
        made = services.add_agreement(
            actor=caller(request),
            client_id=client.pk,
            values=body,
        )
        return self._answer(made, 201)

    def retrieve(self, request: Request, pk: int) -> Response:
        """Read one agreement with its ETag."""
        return self._answer(get_object_or_404(self.get_queryset(), pk=pk))

    @extend_schema(request=AgreementIn, responses=AgreementOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change an agreement."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        check_if_match(request, row)
        body = checked_body(AgreementIn, request, partial=True)
        changed = services.change_agreement(
            actor=caller(request),
            agreement_id=row.pk,
            values=body,
        )
        return self._answer(changed)

    @extend_schema(request=AgreementEnd, responses=AgreementOut, parameters=[IF_MATCH])
    def end(self, request: Request, pk: int) -> Response:
        """End an agreement before its time."""
        row = get_object_or_404(self.get_queryset(), pk=pk)
        check_if_match(request, row)
        body = checked_body(AgreementEnd, request)
        ended = services.end_agreement(
            actor=caller(request),
            agreement_id=row.pk,
            **body,
        )
        return self._answer(ended)
