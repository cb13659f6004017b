"""REST: reach of closed months, and who does not count."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.accounts.rest import caller
from crm.base.api import KeysetPagination
from crm.base.errors import Invalid
from scoring import reading
from scoring.api.shared import MONTH, UNIT, month_of, unit_of
from scoring.choices import ReachReason
from scoring.models import ReachRow


class ReachLineOut(serializers.Serializer[Any]):
    unit = serializers.CharField(source="label")
    unit_id = serializers.IntegerField(source="key", allow_null=True)
    clients = serializers.IntegerField()
    counted = serializers.IntegerField()
    excluded = serializers.IntegerField()
    by_reason = serializers.DictField(
        child=serializers.IntegerField(), help_text="A client may have several reasons."
    )


class ReachOut(serializers.Serializer[Any]):
    month = serializers.CharField(allow_null=True)
    months = serializers.ListField(child=serializers.CharField(), help_text="Closed months, newest first.")
    total = ReachLineOut(allow_null=True)
    units = ReachLineOut(many=True)


class ExcludedOut(serializers.ModelSerializer[ReachRow]):
    org_unit = serializers.CharField(source="org_unit.code")
    status = serializers.CharField(help_text="Lifecycle state at the month's end.")
    institution_type = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="All that hold; see `reason`.")

    class Meta:
        model = ReachRow
        fields = [
            "month", "client", "client_code", "org_unit", "status", "institution_type", "members",
            "revenue_fen", "reasons",
        ]  # fmt: skip


class ReachView(APIView):
    """Counts of a closed month by unit."""

    verbs = {"get": "clients.view"}

    @extend_schema(responses=ReachOut, parameters=[MONTH, UNIT])
    def get(self, request: Request) -> Response:
        """Return the sum and one line for each unit below."""
        months = reading.closed_months(caller(request))
        month = month_of(request, months)
        body: dict[str, Any] = {
            "month": f"{month:%Y-%m}" if month else None,
            "months": [f"{m:%Y-%m}" for m in months],
            "total": None,
            "units": [],
        }
        if month:
            body["units"], body["total"] = reading.reach_of(
                caller(request), month=month, unit=unit_of(request)
            )
        return Response(ReachOut(body).data)


class ByCode(KeysetPagination):
    """Clients in the order of their codes."""

    ordering = "client_code"


class ExcludedView(generics.ListAPIView[ReachRow]):
    """Clients that do not count in a month, with all reasons."""

    verbs = {"get": "clients.view"}
    serializer_class = ExcludedOut
    pagination_class = ByCode
    queryset = ReachRow.objects.none()

    @extend_schema(parameters=[MONTH, UNIT, OpenApiParameter("reason", str, enum=ReachReason.values)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them in the order of their codes."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Return the excluded clients of units in scope."""
        if getattr(self, "swagger_fake_view", False):
            return ReachRow.objects.none()
        month = month_of(self.request, reading.closed_months(caller(self.request)))
        rows = ReachRow.objects.visible_to(caller(self.request)).filter(month=month, counted=False)
        if unit := unit_of(self.request):
            rows = rows.filter(org_unit__path__startswith=unit.path)
        if reason := self.request.query_params.get("reason", ""):
            if reason not in ReachReason:
                raise Invalid("INVALID", _("There is no such reason."), fields={"reason": [reason]})
            rows = rows.filter(reasons__contains=[reason])
        return rows.select_related("org_unit")
