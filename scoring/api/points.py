"""REST: points; acts are verbs after a colon, and the ledger makes repeated keys harmless."""

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import IDEMPOTENCY, Newest, idempotent
from members.models import MOBILE
from scoring import choices, reading, services
from scoring.api.shared import Input, customer_for, key_of_request
from scoring.models import PointEntry, PointMovement, PointProposal


class LotOut(serializers.Serializer[Any]):
    lot_year = serializers.IntegerField()
    earned_consumption = serializers.IntegerField()
    earned_reward = serializers.IntegerField()
    deducted = serializers.IntegerField()
    expired = serializers.IntegerField()
    remaining = serializers.IntegerField()
    expires_on = serializers.DateField()


class AccountOut(serializers.Serializer[Any]):
    customer = serializers.IntegerField()
    balance = serializers.IntegerField()
    vip_grade = serializers.CharField()
    vip_valid_to = serializers.DateField(allow_null=True)
    deducted = serializers.IntegerField()
    redeemed = serializers.IntegerField()
    by_policy = serializers.IntegerField()
    adjusted = serializers.IntegerField()
    expiring = serializers.IntegerField()
    expiring_on = serializers.DateField(allow_null=True)
    lots = LotOut(many=True)


class EntryOut(serializers.ModelSerializer[PointEntry]):
    class Meta:
        model = PointEntry
        fields = ["id", "kind", "points", "lot_year", "business_date", "recorded_at", "movement", "ref"]


class MovementOut(serializers.ModelSerializer[PointMovement]):
    customer = serializers.IntegerField(source="account.customer_id")
    lines = serializers.SerializerMethodField()

    class Meta:
        model = PointMovement
        fields = [
            "id",
            "customer",
            "kind",
            "points",
            "uncollected",
            "business_date",
            "recorded_at",
            "reason",
            "reverses",
            "lines",
        ]

    @extend_schema_field(EntryOut(many=True))
    def get_lines(self, movement: PointMovement) -> Any:
        """Return the lines of the movement: which years gave or got how many."""
        lines = PointEntry.objects.filter(account=movement.account_id, movement=movement.pk).order_by("pk")
        return EntryOut(lines, many=True).data


class PeriodIn(serializers.Serializer[Any]):
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


class AccountView(APIView):
    """A customer's balance, years and deductions."""

    verbs = {"get": "scoring.view"}

    @extend_schema(responses=AccountOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return the account; a customer without points has an empty one."""
        customer = customer_for(request, pk)
        found = reading.account_of(customer, as_of=clock.today())
        body = {
            "customer": customer.pk,
            "balance": found.balance,
            "vip_grade": customer.vip_grade,
            "vip_valid_to": customer.vip_valid_to,
            "deducted": found.deducted,
            "redeemed": found.redeemed,
            "by_policy": found.by_policy,
            "adjusted": found.adjusted,
            "expiring": found.expiring,
            "expiring_on": found.expiring_on,
            "lots": found.lots,
        }
        return Response(AccountOut(body).data)


@extend_schema(
    parameters=[
        OpenApiParameter("since", OpenApiTypes.DATE, description="From this business day on."),
        OpenApiParameter("until", OpenApiTypes.DATE, description="Up to this business day."),
    ]
)
class EntriesView(generics.ListAPIView[PointEntry]):
    """A customer's ledger lines, newest first."""

    verbs = {"get": "scoring.view"}
    serializer_class = EntryOut
    pagination_class = Newest
    queryset = PointEntry.objects.none()

    def get_queryset(self) -> Any:
        """Return the lines of one visible customer."""
        customer = customer_for(self.request, self.kwargs["pk"])
        given = PeriodIn(data=self.request.query_params)
        given.is_valid(raise_exception=True)
        days = given.validated_data
        entries = PointEntry.objects.filter(account__customer=customer)
        return reading.in_period(entries, days.get("since"), days.get("until"))


class CodeView(APIView):
    """Send the customer a one-time code."""

    verbs = {"post": "scoring.redeem"}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        """Send a code; the newest one counts."""
        services.issue_code(customer=customer_for(request, pk), actor=caller(request))
        return Response(status=204)


class RedeemIn(Input):
    points = serializers.IntegerField(min_value=1, max_value=10_000_000)
    code = serializers.CharField(max_length=6, required=False, default="", allow_blank=True)
    beneficiary = serializers.CharField(required=False, default="", allow_blank=True, validators=[MOBILE])
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class RedeemView(APIView):
    """Spend points; a wrong code is counted even though nothing else is written."""

    verbs = {"post": "scoring.redeem"}

    @extend_schema(request=RedeemIn, responses={201: MovementOut}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Redeem points with the customer's one-time code."""
        customer = customer_for(request, pk)
        given = RedeemIn(data=request.data).valid()
        movement = services.redeem(
            customer=customer, operator=caller(request), key=key_of_request(request), **given
        )
        return Response(MovementOut(movement).data, status=201)

    def handle_exception(self, exc: Exception) -> Response:
        """Answer a refusal without rolling back a transaction that is not this request's."""
        with transaction.atomic():
            return super().handle_exception(exc)


class ProposalOut(serializers.ModelSerializer[PointProposal]):
    class Meta:
        model = PointProposal
        fields = [
            "id",
            "customer",
            "kind",
            "points",
            "reward_reason",
            "remark",
            "budget",
            "batch",
            "takes_back",
            "proposed_by",
            "proposed_at",
            "endorsed_by",
            "endorsed_at",
            "decided_by",
            "decided_at",
            "movement",
        ]
        read_only_fields = fields


class RewardIn(Input):
    points = serializers.IntegerField(min_value=1, max_value=10_000_000)
    reward_reason = serializers.ChoiceField(choices=choices.RewardReason.choices)
    remark = serializers.CharField(max_length=180)


class AdjustIn(Input):
    points = serializers.IntegerField(min_value=1, max_value=10_000_000)
    kind = serializers.ChoiceField(
        choices=[c for c in choices.ProposalKind.choices if c[0] != choices.ProposalKind.EARN_REWARD],
        default=choices.ProposalKind.DEDUCT_ADJUST,
    )
    remark = serializers.CharField(max_length=180)


class RewardView(APIView):
    """Propose reward points; a second person decides."""

    verbs = {"post": "scoring.adjust"}

    @extend_schema(request=RewardIn, responses={201: ProposalOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Record the proposal; nothing moves yet."""
        proposal = services.propose(
            customer=customer_for(request, pk),
            kind=choices.ProposalKind.EARN_REWARD,
            actor=caller(request),
            **RewardIn(data=request.data).valid(),
        )
        return Response(ProposalOut(proposal).data, status=201)


class AdjustView(APIView):
    """Propose to take points; a second person decides."""

    verbs = {"post": "scoring.adjust"}

    @extend_schema(request=AdjustIn, responses={201: ProposalOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Record the proposal; nothing moves yet."""
        proposal = services.propose(
            customer=customer_for(request, pk), actor=caller(request), **AdjustIn(data=request.data).valid()
        )
        return Response(ProposalOut(proposal).data, status=201)


class ReverseIn(Input):
    movement = serializers.UUIDField()
    reason = serializers.CharField(max_length=200)


class ReverseView(APIView):
    """Give a deduction back to the years it took from."""

    verbs = {"post": "scoring.adjust"}

    @extend_schema(request=ReverseIn, responses={201: MovementOut}, parameters=[IDEMPOTENCY])
    def post(self, request: Request, pk: int) -> Response:
        """Reverse one movement, once."""
        customer = customer_for(request, pk)
        given = ReverseIn(data=request.data).valid()
        movement = get_object_or_404(
            PointMovement.objects.select_related("account__customer__org_unit"),
            pk=given["movement"],
            account__customer=customer,
        )
        back = services.reverse(
            movement=movement, operator=caller(request), reason=given["reason"], key=key_of_request(request)
        )
        return Response(MovementOut(back).data, status=201)


class TakeBackView(APIView):
    """Ask for a reward to be taken back; a second person decides."""

    verbs = {"post": "scoring.adjust"}

    @extend_schema(request=ReverseIn, responses={201: ProposalOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Record the proposal; nothing moves yet."""
        customer = customer_for(request, pk)
        given = ReverseIn(data=request.data).valid()
        movement = get_object_or_404(
            PointMovement.objects.select_related("account__customer__org_unit", "proposal__budget"),
            pk=given["movement"],
            account__customer=customer,
        )
        proposal = services.propose_take_back(
            movement=movement, remark=given["reason"][:180], actor=caller(request)
        )
        return Response(ProposalOut(proposal).data, status=201)


def _proposal(request: Request, pk: int) -> PointProposal:
    visible = PointProposal.objects.visible_to(caller(request)).select_related(
        "customer__org_unit", "proposed_by"
    )
    return get_object_or_404(visible, pk=pk)


class ProposalsView(generics.ListAPIView[PointProposal]):
    """Proposals that wait for a second person, newest first."""

    verbs = {"get": "scoring.view"}
    serializer_class = ProposalOut
    pagination_class = Newest
    queryset = PointProposal.objects.none()

    def get_queryset(self) -> Any:
        """Return what waits on visible customers."""
        return PointProposal.objects.visible_to(caller(self.request)).waiting()


class ApproveView(APIView):
    """Agree to a proposal as the second person."""

    verbs = {"post": "scoring.approve"}

    @extend_schema(request=None, responses={201: MovementOut, 202: ProposalOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Approve; the points move at once, or a large proposal waits for a further person."""
        proposal = _proposal(request, pk)
        movement = services.approve_proposal(proposal=proposal, actor=caller(request))
        if movement is None:
            proposal.refresh_from_db()
            return Response(ProposalOut(proposal).data, status=202)
        return Response(MovementOut(movement).data, status=201)


class DeclineView(APIView):
    """Decline a proposal."""

    verbs = {"post": "scoring.approve"}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        """Decline; nothing moves."""
        services.decline_proposal(proposal=_proposal(request, pk), actor=caller(request))
        return Response(status=204)
