"""REST: why a client has its tier and size, runs of the model, changes as a feed."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import Client, ClientClassHistory
from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import Newest
from crm.base.settled import settled_before
from scoring import reading
from scoring.api.shared import Oldest
from scoring.models import TierRun


class ContributionOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    indicator = serializers.CharField()
    input = serializers.CharField()
    cap = serializers.CharField()
    weight = serializers.CharField()
    value = serializers.DecimalField(6, 2)
    points = serializers.DecimalField(6, 2)


class WayOut(serializers.Serializer[Any]):
    """The least of one lever that reaches a better tier; yuan a month or lines."""

    lever = serializers.CharField()
    amount = serializers.IntegerField()
    tier = serializers.CharField()
    sentence = serializers.CharField()


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
    ways = WayOut(many=True)
    model_tier = serializers.CharField(allow_blank=True)
    decided_until = serializers.DateField(source="override.ends_on", default=None, allow_null=True)
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
    next = serializers.CharField(allow_blank=True)


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
        visible = Client.objects.visible_to(caller(request)).select_related("org_unit")
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
        """Return changes in the order they were made; those of a night under way come when it is done."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Return changes of visible clients."""
        visible = Client.objects.visible_to(caller(self.request))
        found = ClientClassHistory.objects.filter(
            axis=ClientClassHistory.Axis.TIER, client__in=visible, recorded_at__lt=settled_before()
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
        provinces = reading.provinces_of(caller(self.request))
        return TierRun.objects.filter(province__in=provinces, finished_at__isnull=False).select_related(
            "province", "version"
        )
