"""REST: points, scores, feeds; acts are verbs after a colon, and the ledger makes repeated keys harmless."""

import uuid
from datetime import date
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import Client, ClientClassHistory
from crm.accounts.models import User
from crm.base import clock
from crm.base.api import KeysetPagination, idempotent
from crm.base.errors import Invalid
from members.models import MOBILE, MonthlyBill, PersonalCustomer
from members.services import BillRow, record_bills
from scoring import choices, reading, services
from scoring.models import PointEntry, PointMovement, PointProposal, TierRun

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Repeat it to repeat the request safely."
)
MOST_ROWS = 1000


def _caller(request: Request) -> User:
    return request.user  # type: ignore[return-value]  # the verb's door let nobody else in


def _key(request: Request) -> str:
    """Return the caller's key, or a fresh one.

    Raises: Invalid when it is too long.
    """
    given = str(request.headers.get("Idempotency-Key", ""))
    if len(given) > 80:
        raise Invalid("INVALID", _("Idempotency-Key is longer than 80 characters."))
    return f"{_caller(request).pk}:{given}" if given else f"once:{uuid.uuid4()}"


def _customer(request: Request, pk: int) -> PersonalCustomer:
    visible = PersonalCustomer.objects.visible_to(_caller(request)).select_related("org_unit")
    return get_object_or_404(visible, pk=pk)


class Input(serializers.Serializer[Any]):
    """Refuse derived fields by name rather than drop them."""

    def valid(self) -> dict[str, Any]:
        """Return the checked values."""
        self.is_valid(raise_exception=True)
        return dict(self.validated_data)


# ---- Points of a customer -----------------------------------------------------------------------------


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


class AccountView(APIView):
    """A customer's balance, years and deductions."""

    verbs = {"get": "scoring.view"}

    @extend_schema(responses=AccountOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return the account; a customer without points has an empty one."""
        customer = _customer(request, pk)
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


class Newest(KeysetPagination):
    """Newest rows first."""

    ordering = "-id"


class EntriesView(generics.ListAPIView[PointEntry]):
    """A customer's ledger lines, newest first."""

    verbs = {"get": "scoring.view"}
    serializer_class = EntryOut
    pagination_class = Newest
    queryset = PointEntry.objects.none()

    def get_queryset(self) -> Any:
        """Return the lines of one visible customer."""
        return PointEntry.objects.filter(account__customer=_customer(self.request, self.kwargs["pk"]))


class CodeView(APIView):
    """Send the customer a one-time code."""

    verbs = {"post": "scoring.redeem"}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        """Send a code; the newest one counts."""
        services.issue_code(customer=_customer(request, pk), actor=_caller(request))
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
        customer = _customer(request, pk)
        given = RedeemIn(data=request.data).valid()
        movement = services.redeem(customer=customer, operator=_caller(request), key=_key(request), **given)
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
            "proposed_by",
            "proposed_at",
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
            customer=_customer(request, pk),
            kind=choices.ProposalKind.EARN_REWARD,
            actor=_caller(request),
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
            customer=_customer(request, pk), actor=_caller(request), **AdjustIn(data=request.data).valid()
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
        customer = _customer(request, pk)
        given = ReverseIn(data=request.data).valid()
        movement = get_object_or_404(
            PointMovement.objects.select_related("account__customer__org_unit"),
            pk=given["movement"],
            account__customer=customer,
        )
        back = services.reverse(
            movement=movement, operator=_caller(request), reason=given["reason"], key=_key(request)
        )
        return Response(MovementOut(back).data, status=201)


def _proposal(request: Request, pk: int) -> PointProposal:
    visible = PointProposal.objects.visible_to(_caller(request)).select_related(
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
        return PointProposal.objects.visible_to(_caller(self.request)).waiting()


class ApproveView(APIView):
    """Agree to a proposal as the second person."""

    verbs = {"post": "scoring.approve"}

    @extend_schema(request=None, responses={201: MovementOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Approve; the points move at once."""
        movement = services.approve_proposal(proposal=_proposal(request, pk), actor=_caller(request))
        return Response(MovementOut(movement).data, status=201)


class DeclineView(APIView):
    """Decline a proposal."""

    verbs = {"post": "scoring.approve"}

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        """Decline; nothing moves."""
        services.decline_proposal(proposal=_proposal(request, pk), actor=_caller(request))
        return Response(status=204)


# ---- Scores -------------------------------------------------------------------------------------------


class ContributionOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    indicator = serializers.CharField()
    input = serializers.CharField()
    cap = serializers.CharField()
    weight = serializers.CharField()
    value = serializers.DecimalField(6, 2)
    points = serializers.DecimalField(6, 2)


class TierOut(serializers.Serializer[Any]):
    tier = serializers.CharField(allow_blank=True)
    total = serializers.DecimalField(6, 2, allow_null=True)
    cv = serializers.DecimalField(6, 2, source="facts.cv", default=None)
    pv = serializers.DecimalField(6, 2, source="facts.pv", default=None)
    sv = serializers.DecimalField(6, 2, source="facts.sv", default=None)
    strategic = serializers.DecimalField(6, 2, source="facts.strategic", default=None)
    lines = ContributionOut(many=True)
    limits = serializers.SerializerMethodField()
    verdict = serializers.CharField()
    next = serializers.CharField()
    model = serializers.CharField()
    as_of = serializers.DateField(allow_null=True)

    @extend_schema_field(serializers.DictField(child=serializers.FloatField()))
    def get_limits(self, why: reading.TierWhy) -> dict[str, float]:
        """Return the lowest score of each band."""
        return dict(why.classes)


class RuleOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    rule = serializers.CharField(source="label")
    result = serializers.CharField()
    holds = serializers.BooleanField()
    decided = serializers.BooleanField()
    figure = serializers.CharField()
    reference = serializers.CharField(source="source")


class SizeOut(serializers.Serializer[Any]):
    size_class = serializers.CharField(allow_blank=True)
    rule = serializers.CharField(allow_blank=True)
    lines = RuleOut(many=True)
    stale = serializers.BooleanField()


class ScoreOut(serializers.Serializer[Any]):
    client = serializers.IntegerField()
    value_tier = TierOut()
    size_class = SizeOut()


class ScoreView(APIView):
    """Why a client has its tier and size."""

    verbs = {"get": "scoring.view"}

    @extend_schema(responses=ScoreOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return the stored explanation."""
        visible = Client.objects.visible_to(_caller(request)).select_related("org_unit")
        client = get_object_or_404(visible, pk=pk)
        body = {
            "client": client.pk,
            "value_tier": reading.explain_tier(client),
            "size_class": reading.explain_size(client, as_of=clock.today()),
        }
        return Response(ScoreOut(body).data)


class TierChangeOut(serializers.ModelSerializer[ClientClassHistory]):
    client_code = serializers.CharField(source="client.client_code")

    class Meta:
        model = ClientClassHistory
        fields = ["id", "client", "client_code", "old", "new", "rule", "changed_on", "recorded_at"]


class Oldest(KeysetPagination):
    """Oldest rows first: a reader keeps the last id it saw."""

    ordering = "id"


class TierFeed(generics.ListAPIView[ClientClassHistory]):
    """Changes of value tier, oldest first, for systems that follow them."""

    verbs = {"get": "scoring.view"}
    serializer_class = TierChangeOut
    pagination_class = Oldest
    queryset = ClientClassHistory.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter("changed_since", date, description="Changes of this day and later."),
            OpenApiParameter("after", int, description="Changes after this id."),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return changes in the order they were made."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Return changes of visible clients."""
        visible = Client.objects.visible_to(_caller(self.request))
        found = ClientClassHistory.objects.filter(
            axis=ClientClassHistory.Axis.TIER, client__in=visible
        ).select_related("client")
        since = self.request.query_params.get("changed_since")
        if since:
            found = found.filter(changed_on__gte=serializers.DateField().run_validation(since))
        after = self.request.query_params.get("after")
        if after:
            found = found.filter(pk__gt=serializers.IntegerField(min_value=0).run_validation(after))
        return found


class TierRunOut(serializers.ModelSerializer[TierRun]):
    province = serializers.CharField(source="province.code")
    version = serializers.CharField(source="version.name")

    class Meta:
        model = TierRun
        fields = [
            "id",
            "province",
            "business_date",
            "version",
            "official",
            "universe",
            "counts",
            "limits",
            "changed",
            "finished_at",
        ]


class TierRuns(generics.ListAPIView[TierRun]):
    """Runs of the value model, newest first."""

    verbs = {"get": "scoring.view"}
    serializer_class = TierRunOut
    pagination_class = Newest
    queryset = TierRun.objects.none()

    def get_queryset(self) -> Any:
        """Return finished runs of the provinces the caller belongs to."""
        provinces = reading.provinces_of(_caller(self.request))
        return TierRun.objects.filter(province__in=provinces, finished_at__isnull=False).select_related(
            "province", "version"
        )


# ---- Bills --------------------------------------------------------------------------------------------


class BillIn(Input):
    msisdn = serializers.CharField(max_length=11)
    month = serializers.DateField(help_text="First day of the month.")
    total_fen = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    agency_fee_fen = serializers.IntegerField(default=0)
    discount_fen = serializers.IntegerField(default=0)
    settled_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class BillsIn(Input):
    rows = serializers.ListField(child=BillIn(), allow_empty=False, max_length=MOST_ROWS)


class BillResultOut(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    msisdn = serializers.CharField()
    month = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["created", "updated", "unchanged", "rejected"])
    code = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)
    bill_id = serializers.IntegerField(allow_null=True)
    was_posted = serializers.BooleanField()


class BillsOut(serializers.Serializer[Any]):
    posted = serializers.IntegerField()
    refunded = serializers.IntegerField()
    rows = BillResultOut(many=True)


class BillFeed(APIView):
    """Monthly bills from the billing system; points of settled ones are booked at once (S0-68)."""

    verbs = {"post": "feeds.post"}

    @extend_schema(request=BillsIn, responses=BillsOut, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Take in up to 1,000 bills; every row has its own answer, the same message twice changes nothing."""
        given = BillsIn(data=request.data).valid()["rows"]
        actor, today = _caller(request), clock.today()
        known = PersonalCustomer.objects.filter(
            msisdn__in={row["msisdn"] for row in given}, in_net_to=None
        ).values_list("pk", flat=True)
        # Accounts before bills, as the night does: two who wait for each other would wait for ever.
        services.lock_accounts(known)
        results = record_bills(rows=[BillRow(**row) for row in given], actor=actor)
        touched = MonthlyBill.objects.filter(pk__in=[r.bill_id for r in results if r.bill_id])
        changed = touched.filter(
            pk__in=[r.bill_id for r in results if r.was_posted and r.outcome == "updated"]
        )
        refunds = [services.refund_bill(bill=b, as_of=today) for b in changed.select_related("customer")]
        posted = services.post_settled_bills(
            as_of=today, customer_ids=list(touched.values_list("customer", flat=True))
        )
        body = {
            "posted": posted,
            "refunded": sum(1 for movement in refunds if movement),
            "rows": [result.as_json() for result in results],
        }
        return Response(body)
