"""REST: a customer's star, flags and labels with their reasons; changes as a feed; runs."""

from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import Newest
from crm.base.fields import ListField
from crm.base.settled import settled_before
from members.models import PersonalCustomer
from scoring import reading
from scoring.api.shared import Input, Oldest, customer_for
from scoring.choices import ServiceRow
from scoring.models import MarkChange, StarRun
from scoring.reading.treatments import TreatmentLine, treatments_of
from scoring.rules.treatments import Waiting, queue_order

MOST_WAITING = 500


class MarkLineOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    rule = serializers.CharField(source="label")
    result = serializers.CharField()
    holds = serializers.BooleanField()
    decided = serializers.BooleanField()
    figure = serializers.CharField(allow_blank=True)
    reference = serializers.CharField(source="source")


class TreatmentOut(serializers.Serializer[Any]):
    """A service of the matrix: given as of right by `rule`, or above the level and in need of approval."""

    code = serializers.CharField(source="treatment.code")
    row = serializers.ChoiceField(choices=ServiceRow.choices, source="treatment.row")
    name = serializers.CharField(source="treatment.label")
    allowed = serializers.BooleanField()
    needs_approval = serializers.SerializerMethodField()
    rule = serializers.CharField(allow_blank=True)
    reference = serializers.CharField(source="treatment.source")

    def get_needs_approval(self, line: TreatmentLine) -> bool:
        """Say whether giving it is service above the level."""
        return not line.allowed


class QueueingIn(serializers.Serializer[Any]):
    msisdn = serializers.RegexField(r"^\d{5,15}$")
    since = serializers.DateTimeField()


class QueueIn(Input):
    waiting = ListField(child=QueueingIn(), min_length=1, max_length=MOST_WAITING)


class QueueingOut(serializers.Serializer[Any]):
    msisdn = serializers.CharField()
    since = serializers.DateTimeField()
    star = serializers.IntegerField()


class QueueOut(serializers.Serializer[Any]):
    results = QueueingOut(many=True)


class QueueView(APIView):
    """The order in which a hotline or a hall serves."""

    verbs = {"post": "scoring.view"}

    @extend_schema(request=QueueIn, responses=QueueOut)
    def post(self, request: Request) -> Response:
        """Return who waits in the order of their turn; numbers outside your area count as without stars."""
        waiting = QueueIn(data=request.data).valid()["waiting"]
        seen = PersonalCustomer.objects.visible_to(caller(request)).filter(
            msisdn__in=[each["msisdn"] for each in waiting], in_net_to=None
        )
        stars = dict(seen.values_list("msisdn", "star"))
        order = queue_order(
            Waiting(each["msisdn"], each["since"], stars.get(each["msisdn"], 0)) for each in waiting
        )
        return Response(QueueOut({"results": order}).data)


class StandingOut(serializers.Serializer[Any]):
    customer = serializers.IntegerField(source="customer.pk")
    star = serializers.IntegerField(source="customer.star")
    star_rule = serializers.CharField(source="marks.star_rule", default="", allow_blank=True)
    month = serializers.DateField(source="marks.month", default=None, allow_null=True)
    model = serializers.CharField(source="version.name", default="")
    average_fen = serializers.IntegerField()
    labels = serializers.SerializerMethodField()
    midhigh = serializers.BooleanField(source="marks.midhigh", default=False)
    stars = MarkLineOut(many=True, source="star_lines")
    label_rules = MarkLineOut(many=True, source="label_lines")
    next = serializers.CharField(allow_blank=True)
    treatments = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_labels(self, found: reading.Standing) -> list[str]:
        """Return the labels of today."""
        return list(found.marks.labels) if found.marks else []

    @extend_schema_field(TreatmentOut(many=True))
    def get_treatments(self, found: reading.Standing) -> Any:
        """Return every service of the matrix with whether this customer may have it."""
        return TreatmentOut(treatments_of(found.customer), many=True).data


class StandingView(APIView):
    """Why a customer has its star, flags and labels."""

    verbs = {"get": "scoring.view"}

    @extend_schema(responses=StandingOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return the stored explanation."""
        found = reading.standing_of(customer_for(request, pk), as_of=clock.today())
        return Response(StandingOut(found).data)


class MarkChangeOut(serializers.ModelSerializer[MarkChange]):
    class Meta:
        model = MarkChange
        fields = ["id", "customer", "kind", "old", "new", "rule", "changed_on", "recorded_at"]


class StarFeed(generics.ListAPIView[MarkChange]):
    """Changes of stars, labels and flags, oldest first, for systems that follow them."""

    verbs = {"get": "scoring.view"}
    serializer_class = MarkChangeOut
    pagination_class = Oldest
    queryset = MarkChange.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter("changed_since", date, description="Changes of this day and later."),
            OpenApiParameter("after", int, description="Changes after this id."),
            OpenApiParameter("kind", str, enum=MarkChange.Kind.values),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return changes in the order they were made; those of a night under way come when it is done."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Return changes of visible customers."""
        asked = self.request.query_params
        found = MarkChange.objects.visible_to(caller(self.request)).filter(recorded_at__lt=settled_before())
        if since := asked.get("changed_since"):
            found = found.filter(changed_on__gte=serializers.DateField().run_validation(since))
        if after := asked.get("after"):
            found = found.filter(pk__gt=serializers.IntegerField(min_value=0).run_validation(after))
        if kind := asked.get("kind"):
            choice = serializers.ChoiceField(choices=MarkChange.Kind.choices)
            found = found.filter(kind=choice.run_validation(kind))
        return found


class StarRunOut(serializers.ModelSerializer[StarRun]):
    version = serializers.CharField(source="version.name")

    class Meta:
        model = StarRun
        fields = ["id", "month", "version", "customers", "counts", "spend6_fen", "changed", "finished_at"]


class StarRuns(generics.ListAPIView[StarRun]):
    """Runs of the star model, newest first."""

    verbs = {"get": "scoring.view"}
    serializer_class = StarRunOut
    pagination_class = Newest
    queryset = StarRun.objects.none()

    def get_queryset(self) -> Any:
        """Return finished runs."""
        return StarRun.objects.filter(finished_at__isnull=False).select_related("version")
