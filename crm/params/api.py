"""REST: parameters with bounds and source, their history, and a new value from a day on."""

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.base import clock
from crm.base.api import IDEMPOTENCY, checked_body, idempotent
from crm.params import services
from crm.params.reading import GROUPS, Standing, history, standings

ONLY = ("changed", "planned")


# A figure, a yes or no, a word, or a list of them: what `kind` says.
@extend_schema_field(OpenApiTypes.ANY)
class AnyValue(serializers.JSONField):
    """A value as it is stored."""


class PlannedOut(serializers.Serializer[Any]):
    value = AnyValue()
    effective_from = serializers.DateField()


class ParameterOut(serializers.Serializer[Any]):
    """What holds today. `since` is null while the original value is in force."""

    key = serializers.CharField(source="param.key")
    name = serializers.CharField(source="param.label")
    group = serializers.CharField()
    group_name = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(
        choices=["int", "decimal", "bool", "choice", "list", "text"], source="param.kind"
    )
    value = AnyValue()
    since = serializers.DateField(allow_null=True)
    planned = PlannedOut(allow_null=True)
    default = AnyValue(source="param.default")
    minimum = serializers.FloatField(source="param.minimum", allow_null=True)
    maximum = serializers.FloatField(source="param.maximum", allow_null=True)
    choices = serializers.ListField(child=serializers.CharField(), source="param.choices")
    unit = serializers.CharField(source="param.unit")
    origin = serializers.ChoiceField(choices=["SEED", "DEFAULT"], source="param.origin")
    reference = serializers.CharField(source="param.source", help_text="Where it is written.")

    def get_group_name(self, found: Standing) -> str:
        """Return the name of the group for people."""
        return str(GROUPS.get(found.group, found.group))


class ParametersOut(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    results = ParameterOut(many=True)


class ValueOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    before = AnyValue()
    value = AnyValue()
    effective_from = serializers.DateField()
    reason = serializers.CharField()
    changed_by = serializers.CharField(allow_null=True, help_text="Staff number.")
    changed_at = serializers.DateTimeField()


class ValuesOut(serializers.Serializer[Any]):
    results = ValueOut(many=True)


class ValueIn(serializers.Serializer[Any]):
    value = AnyValue()
    effective_from = serializers.DateField(required=False, help_text="Today if left out.")
    reason = serializers.CharField(max_length=200)


def _standing(key: str) -> Standing:
    found = [each for each in standings(as_of=clock.today()) if each.param.key == key]
    if not found:
        raise Http404
    return found[0]


class ParametersView(APIView):
    """Every configurable figure, what it may be, who set it."""

    verbs: ClassVar[dict[str, str]] = {"get": "params.view"}

    @extend_schema(
        operation_id="parameters_list",
        responses=ParametersOut,
        parameters=[
            OpenApiParameter("q", str, description="Words in key, name, group or source."),
            OpenApiParameter("group", str, description="First word of the key."),
            OpenApiParameter("only", str, enum=ONLY),
        ],
    )
    def get(self, request: Request) -> Response:
        """Return the parameters that fit, in the order of their keys."""
        asked = request.query_params
        only = asked.get("only", "")
        if only:
            only = serializers.ChoiceField(choices=ONLY).run_validation(only)
        found = standings(
            as_of=clock.today(), asked=asked.get("q", "")[:80], group=asked.get("group", ""), only=only
        )
        return Response(ParametersOut({"count": len(found), "results": found}).data)


class ParameterView(APIView):
    """One parameter."""

    verbs: ClassVar[dict[str, str]] = {"get": "params.view"}

    @extend_schema(responses=ParameterOut)
    def get(self, request: Request, key: str) -> Response:
        """Return what holds today and what is planned."""
        return Response(ParameterOut(_standing(key)).data)


class ValuesView(APIView):
    """The history of a parameter; a change adds to it and rewrites nothing."""

    verbs: ClassVar[dict[str, str]] = {"get": "params.view", "post": "params.change"}

    @extend_schema(responses=ValuesOut)
    def get(self, request: Request, key: str) -> Response:
        """Return every change, newest first, with the value before it."""
        _standing(key)
        rows = [
            {
                "id": row.pk,
                "before": before,
                "value": row.value,
                "effective_from": row.effective_from,
                "reason": row.reason,
                "changed_by": row.changed_by.staff_no if row.changed_by else None,
                "changed_at": row.changed_at,
            }
            for row, before in history(key)
        ]
        return Response(ValuesOut({"results": rows}).data)

    @extend_schema(request=ValueIn, responses={201: ParameterOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, key: str) -> Response:
        """Put a value in force from a day on, today or later."""
        _standing(key)
        given = checked_body(ValueIn, request)
        fields = {"effective_from": clock.today()} | given
        services.change(actor=request.user, key=key, **fields)
        return Response(ParameterOut(_standing(key)).data, status=201)
