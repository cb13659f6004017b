"""REST: tiers by decision — list, propose, approve, decline, take back."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import Client
from crm.accounts.rest import caller
from crm.base.api import IDEMPOTENCY, Newest, idempotent
from scoring import services
from scoring.api.shared import Input
from scoring.choices import OVERRIDE_TIERS, OverrideState
from scoring.models import TierOverride


class OverrideOut(serializers.ModelSerializer[TierOverride]):
    client_code = serializers.CharField(source="client.client_code")
    proposed_by = serializers.CharField(source="proposed_by.staff_no")
    decided_by = serializers.CharField(source="decided_by.staff_no", default=None, allow_null=True)

    class Meta:
        model = TierOverride
        fields = [
            "id", "client", "client_code", "tier", "reason", "evidence", "starts_on", "ends_on", "state",
            "proposed_by", "proposed_at", "decided_by", "decided_at", "remark",
        ]  # fmt: skip


class OverrideIn(Input):
    client = serializers.IntegerField()
    tier = serializers.ChoiceField(choices=OVERRIDE_TIERS)
    reason = serializers.CharField(max_length=300)
    evidence = serializers.CharField(max_length=200)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField()


class RemarkIn(Input):
    remark = serializers.CharField(max_length=200, allow_blank=True, default="")


class OverridesView(generics.ListAPIView[TierOverride]):
    """Tiers by decision on visible clients, newest first."""

    verbs = {"get": "scoring.view", "post": "scoring.propose_override"}
    serializer_class = OverrideOut
    pagination_class = Newest
    queryset = TierOverride.objects.none()

    @extend_schema(parameters=[OpenApiParameter("state", str, enum=OverrideState.values)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return decisions, one state of them or all."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Return decisions the caller may see."""
        found = TierOverride.objects.visible_to(caller(self.request)).select_related(
            "client", "proposed_by", "decided_by"
        )
        if state := self.request.query_params.get("state"):
            choice = serializers.ChoiceField(choices=OverrideState.choices)
            found = found.filter(state=choice.run_validation(state))
        return found

    @extend_schema(request=OverrideIn, responses={201: OverrideOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Propose a tier for a client; a second person of the province decides."""
        given = OverrideIn(data=request.data).valid()
        writable = Client.objects.writable_by(caller(request))
        client = get_object_or_404(writable, pk=given.pop("client"))
        made = services.propose_override(client=client, actor=caller(request), **given)
        return Response(OverrideOut(made).data, status=201)


def _override(request: Request, pk: int) -> TierOverride:
    return get_object_or_404(TierOverride.objects.visible_to(caller(request)), pk=pk)


class ApproveOverride(APIView):
    """Agree to a tier as the second person."""

    verbs = {"post": "scoring.approve_override"}

    @extend_schema(request=None, responses={200: OverrideOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Approve; the next night of its days applies it."""
        found = services.approve_override(override=_override(request, pk), actor=caller(request))
        return Response(OverrideOut(found).data)


class DeclineOverride(APIView):
    """Decline a proposed tier."""

    verbs = {"post": "scoring.approve_override"}

    @extend_schema(request=RemarkIn, responses={200: OverrideOut})
    def post(self, request: Request, pk: int) -> Response:
        """Decline, saying why."""
        given = RemarkIn(data=request.data).valid()
        found = services.decline_override(override=_override(request, pk), actor=caller(request), **given)
        return Response(OverrideOut(found).data)


class WithdrawOverride(APIView):
    """Take a proposal back, or end a decision before its day."""

    verbs = {"post": ("scoring.propose_override", "scoring.approve_override")}

    @extend_schema(request=RemarkIn, responses={200: OverrideOut})
    def post(self, request: Request, pk: int) -> Response:
        """Take back; the next night uses the model's result."""
        given = RemarkIn(data=request.data).valid()
        found = services.withdraw_override(override=_override(request, pk), actor=caller(request), **given)
        return Response(OverrideOut(found).data)
