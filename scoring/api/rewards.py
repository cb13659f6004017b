"""REST: budgets of rewards, rosters decided on as a whole, points in figures, proofs of the ledger."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.accounts.models import OrgUnit
from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import IDEMPOTENCY, Newest, idempotent
from crm.base.text import INT, read_number
from crm.intake.models import ImportBatch
from crm.params import registry
from scoring import reading, services
from scoring.api.shared import UNIT, Input, Oldest, unit_of
from scoring.choices import BudgetPeriod
from scoring.models import LedgerProof, PointLot, PointProposal, RewardBudget

LEAST = OpenApiParameter("least", OpenApiTypes.INT, description="At least so many points.")


class BudgetOut(serializers.ModelSerializer[RewardBudget]):
    left = serializers.IntegerField(read_only=True)

    class Meta:
        model = RewardBudget
        fields = ["id", "unit", "year", "quarter", "points", "reserved", "spent", "left", "set_by", "set_at"]
        read_only_fields = fields


class BudgetIn(Input):
    unit = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    quarter = serializers.ChoiceField(choices=BudgetPeriod.choices, default=BudgetPeriod.YEAR)
    points = serializers.IntegerField(min_value=0, max_value=10_000_000_000)


class BudgetsView(generics.ListAPIView[RewardBudget]):
    """Budgets of reward points, newest first."""

    verbs = {"get": "scoring.view", "post": "scoring.budget"}
    serializer_class = BudgetOut
    pagination_class = Newest
    queryset = RewardBudget.objects.none()

    def get_queryset(self) -> Any:
        """Return budgets in scope and those that bind it."""
        return RewardBudget.objects.visible_to(caller(self.request)).select_related("unit")

    @extend_schema(request=BudgetIn, responses={201: BudgetOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Set what a unit may give in a period; again for the same period changes it."""
        given = BudgetIn(data=request.data).valid()
        keeps = caller(request).scope.units(OrgUnit.objects.filter(active=True), "scoring.budget")
        unit = get_object_or_404(keeps, pk=given.pop("unit"))
        budget = services.set_budget(unit=unit, actor=caller(request), **given)
        return Response(BudgetOut(budget).data, status=201)


class GrantOut(serializers.Serializer[Any]):
    batch_id = serializers.IntegerField()
    file_name = serializers.CharField()
    proposed_by = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    waiting = serializers.IntegerField()
    waiting_points = serializers.IntegerField()
    booked = serializers.IntegerField()
    booked_points = serializers.IntegerField()
    back = serializers.IntegerField()
    endorsed_by = serializers.CharField()


def _batch(request: Request, pk: int) -> ImportBatch:
    rows = PointProposal.objects.visible_to(caller(request)).filter(batch__isnull=False)
    return get_object_or_404(ImportBatch.objects.filter(pk__in=rows.values("batch")), pk=pk)


def _grant(request: Request, pk: int) -> Response:
    (found,) = reading.grants(caller(request), batch_id=pk)
    return Response(GrantOut(found).data)


class GrantView(APIView):
    """One roster of rewards."""

    verbs = {"get": "scoring.view"}

    @extend_schema(responses=GrantOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return what waits, what is booked and what came back."""
        _batch(request, pk)
        return _grant(request, pk)


class GrantApproveView(APIView):
    """Agree to a roster as a further person."""

    verbs = {"post": "scoring.approve"}

    @extend_schema(request=None, responses=GrantOut, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Approve all that waits; a large roster is endorsed first."""
        services.approve_grant(batch=_batch(request, pk), actor=caller(request))
        return _grant(request, pk)


class GrantDeclineView(APIView):
    """Decline a roster."""

    verbs = {"post": "scoring.approve"}

    @extend_schema(request=None, responses=GrantOut, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Decline all that waits; nothing moves."""
        services.decline_grant(batch=_batch(request, pk), actor=caller(request))
        return _grant(request, pk)


class BackIn(Input):
    reason = serializers.CharField(max_length=180)


class GrantBackView(APIView):
    """Ask for a booked roster to be taken back."""

    verbs = {"post": "scoring.adjust"}

    @extend_schema(request=BackIn, responses={201: GrantOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Propose it; a second person decides."""
        batch = _batch(request, pk)
        given = BackIn(data=request.data).valid()
        services.propose_grant_back(batch=batch, remark=given["reason"], actor=caller(request))
        answer = _grant(request, pk)
        answer.status_code = 201
        return answer


class YearHeldOut(serializers.Serializer[Any]):
    lot_year = serializers.IntegerField()
    expires_on = serializers.DateField()
    points = serializers.IntegerField()
    customers = serializers.IntegerField()


class MonthFlowOut(serializers.Serializer[Any]):
    month = serializers.DateField()
    consumption = serializers.IntegerField()
    reward = serializers.IntegerField()
    redeemed = serializers.IntegerField()
    by_policy = serializers.IntegerField()
    adjusted = serializers.IntegerField()
    expired = serializers.IntegerField()
    moved = serializers.IntegerField(
        help_text="Came with customers of other units, less what went with them."
    )
    held = serializers.IntegerField()


class UnitHeldOut(serializers.Serializer[Any]):
    unit = serializers.CharField(source="unit.code")
    name = serializers.CharField(source="unit.name")
    points = serializers.IntegerField()
    expiring = serializers.IntegerField()


class PointsOut(serializers.Serializer[Any]):
    """What is owed now, when it expires if nobody spends (`years`), what came and went (`months`)."""

    held = serializers.IntegerField()
    worth_fen = serializers.IntegerField()
    expires_on = serializers.DateField(help_text="The next day on which points expire.")
    expiring = serializers.IntegerField(help_text="Points that expire on it.")
    years = YearHeldOut(many=True)
    months = MonthFlowOut(many=True)
    units = UnitHeldOut(many=True)


class PointsView(APIView):
    """Points in figures, as of last night (R11)."""

    verbs = {"get": "scoring.view"}

    @extend_schema(responses=PointsOut, parameters=[UNIT])
    def get(self, request: Request) -> Response:
        """Return what is held by year, and what came and went in 13 months."""
        unit, today = unit_of(request), clock.today()
        years = reading.held_by_year(caller(request), unit=unit)
        held = sum(year.points for year in years)
        on = reading.next_expiry(today)
        body = {
            "held": held,
            "worth_fen": held * registry.get("points.fen_per_point", as_of=today),
            "expires_on": on,
            "expiring": sum(year.points for year in years if year.expires_on == on),
            "units": reading.held_by_unit(caller(request), expires_on=on, unit=unit),
            "years": years,
            "months": reading.flows(caller(request), as_of=today, unit=unit),
        }
        return Response(PointsOut(body).data)


class ExpiringOut(serializers.ModelSerializer[PointLot]):
    customer = serializers.IntegerField(source="account.customer_id")

    class Meta:
        model = PointLot
        fields = ["id", "customer", "lot_year", "remaining", "expires_on"]


@extend_schema(parameters=[UNIT, LEAST])
class ExpiringView(generics.ListAPIView[PointLot]):
    """Whose points expire at the end of this year."""

    verbs = {"get": "scoring.view"}
    serializer_class = ExpiringOut
    pagination_class = Oldest
    queryset = PointLot.objects.none()

    def get_queryset(self) -> Any:
        """Return the lots of visible customers."""
        given = read_number(self.request.query_params.get("least", ""), most=INT)
        least = 1 if given is None else given
        return reading.to_expire(
            caller(self.request),
            on=reading.next_expiry(clock.today()),
            unit=unit_of(self.request),
            at_least=least,
        )


class ProofOut(serializers.ModelSerializer[LedgerProof]):
    sound = serializers.BooleanField(read_only=True)

    class Meta:
        model = LedgerProof
        fields = [
            "id",
            "business_date",
            "sound",
            "accounts",
            "entries_sum",
            "lots_sum",
            "sums_sum",
            "differing_count",
            "differing",
            "seals",
            "seals_checked",
            "broken",
            "proved_at",
        ]
        read_only_fields = fields


class ProofsView(generics.ListAPIView[LedgerProof]):
    """What the nights found when they proved the ledger, newest first."""

    verbs = {"get": "scoring.view"}
    serializer_class = ProofOut
    pagination_class = Newest
    queryset = LedgerProof.objects.all()
