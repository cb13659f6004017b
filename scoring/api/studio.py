"""REST: versions of the value model — draft, change, what-if, matrix, who moves, confirm, publish."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import Client
from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import IDEMPOTENCY, Newest, idempotent
from crm.base.errors import Invalid
from scoring import reading, services, tasks
from scoring.api.shared import Input, Oldest
from scoring.choices import TIERS_AND_NONE
from scoring.models import TierModelVersion, WhatIf, WhatIfMove


class VersionOut(serializers.ModelSerializer[TierModelVersion]):
    province = serializers.CharField(source="province.code", default=None, allow_null=True)
    proposed_by = serializers.CharField(source="proposed_by.staff_no", default=None, allow_null=True)
    reviewed_by = serializers.CharField(source="reviewed_by.staff_no", default=None, allow_null=True)
    published_by = serializers.CharField(source="published_by.staff_no", default=None, allow_null=True)

    class Meta:
        model = TierModelVersion
        fields = [
            "id", "name", "state", "numbers", "province", "effective_from", "proposed_by", "reviewed_by",
            "published_by", "published_at",
        ]  # fmt: skip


class NumbersIn(Input):
    """Weights sum to 100; caps above zero; what is left out stays as it is."""

    weights = serializers.DictField(child=serializers.FloatField(), required=False)
    caps = serializers.DictField(child=serializers.FloatField(), required=False)
    shares = serializers.DictField(child=serializers.FloatField(), required=False)


class DraftIn(Input):
    province = serializers.CharField(required=False, help_text="Code; may be left out with one province.")


class PublishIn(Input):
    effective_from = serializers.DateField()


class WhatIfOut(serializers.ModelSerializer[WhatIf]):
    fresh = serializers.SerializerMethodField()

    class Meta:
        model = WhatIf
        fields = [
            "id", "state", "progress", "asked_at", "universe", "moved", "matrix", "limits", "spread_now",
            "spread_then", "milliseconds", "error", "fresh",
        ]  # fmt: skip

    @extend_schema_field(serializers.BooleanField())
    def get_fresh(self, asked: WhatIf) -> bool:
        """Say whether it answers for the numbers the version has now."""
        return bool(asked.numbers == asked.version.numbers)


class MoveOut(serializers.ModelSerializer[WhatIfMove]):
    client_code = serializers.CharField(source="client.client_code")
    unit = serializers.CharField(source="unit.code")

    class Meta:
        model = WhatIfMove
        fields = ["id", "client", "client_code", "unit", "old", "new", "total_now", "total_then"]


def _versions(request: Request) -> Any:
    mine = Q(province__in=reading.provinces_of(caller(request))) | Q(province=None)
    return TierModelVersion.objects.filter(mine).select_related(
        "province", "proposed_by", "reviewed_by", "published_by"
    )


def _version(request: Request, pk: int) -> TierModelVersion:
    found: TierModelVersion = get_object_or_404(_versions(request), pk=pk)
    return found


class VersionsView(generics.ListAPIView[TierModelVersion]):
    """Versions of the value model of the caller's provinces, newest first."""

    verbs = {"get": "scoring.view", "post": "scoring.propose_model"}
    serializer_class = VersionOut
    pagination_class = Newest
    queryset = TierModelVersion.objects.none()

    def get_queryset(self) -> Any:
        """Return versions of the provinces and those for everybody."""
        return _versions(self.request)

    @extend_schema(request=DraftIn, responses={201: VersionOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Copy the version in force into a draft."""
        given = DraftIn(data=request.data).valid()
        provinces = reading.provinces_of(caller(request))
        code = given.get("province")
        province = next((p for p in provinces if code in (None, p.code)), None)
        if province is None:
            sentence = _("You work in no such province.")
            raise Invalid("NO_PROVINCE", sentence, fields={"province": [sentence]})
        version = services.draft_version(province=province, actor=caller(request))
        return Response(VersionOut(version).data, status=201)


class VersionView(APIView):
    """One version."""

    verbs = {"get": "scoring.view", "patch": "scoring.propose_model"}

    @extend_schema(responses=VersionOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return the version with its numbers."""
        return Response(VersionOut(_version(request, pk)).data)

    @extend_schema(request=NumbersIn, responses=VersionOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Change the numbers of a draft; what was confirmed before must be seen again."""
        version = _version(request, pk)
        given = NumbersIn(data=request.data).valid()
        numbers = {
            name: {**version.numbers.get(name, {}), **{code: _plain(n) for code, n in part.items()}}
            for name, part in given.items()
        }
        changed = services.change_version(version=version, numbers=numbers, actor=caller(request))
        return Response(VersionOut(_version(request, changed.pk)).data)


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() else number


class WhatIfView(APIView):
    """What a version would move over the whole base of its province."""

    verbs = {"get": "scoring.view", "post": ("scoring.propose_model", "scoring.publish_model")}

    @extend_schema(responses=WhatIfOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return the last answer: matrix, limits, both distributions; ask again while it is RUNNING."""
        asked = _version(request, pk).whatifs.select_related("version").first()
        if asked is None:
            return Response(status=204)
        return Response(WhatIfOut(asked).data)

    @extend_schema(request=None, responses={202: WhatIfOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Ask; the worker answers."""
        asked = services.ask_whatif(version=_version(request, pk), actor=caller(request))
        transaction.on_commit(lambda: tasks.ask(asked.pk))
        return Response(WhatIfOut(asked).data, status=202)


class MovedView(generics.ListAPIView[WhatIfMove]):
    """Visible clients that a version would move, in the order of the answer: keep the last id you saw."""

    verbs = {"get": "scoring.view"}
    serializer_class = MoveOut
    pagination_class = Oldest
    queryset = WhatIfMove.objects.none()

    @extend_schema(
        parameters=[
            OpenApiParameter("old", str, enum=TIERS_AND_NONE),
            OpenApiParameter("new", str, enum=TIERS_AND_NONE),
            OpenApiParameter("after", int, description="Moves after this id."),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return moves, one cell of the matrix or all."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Return the moves of the last answer."""
        version = _version(self.request, self.kwargs["pk"])
        asked = version.whatifs.filter(state=WhatIf.State.DONE).first()
        rows = WhatIfMove.objects.filter(
            whatif=asked, client__in=Client.objects.visible_to(caller(self.request))
        ).select_related("client", "unit")
        for name in ("old", "new"):
            if name in self.request.query_params:
                choice = serializers.ChoiceField(choices=TIERS_AND_NONE, allow_blank=True)
                rows = rows.filter(**{name: choice.run_validation(self.request.query_params[name])})
        if after := self.request.query_params.get("after"):
            rows = rows.filter(pk__gt=serializers.IntegerField(min_value=0).run_validation(after))
        return rows


class ReviewView(APIView):
    """Confirm that the matrix of these very numbers was seen."""

    verbs = {"post": ("scoring.propose_model", "scoring.publish_model")}

    @extend_schema(request=None, responses=VersionOut)
    def post(self, request: Request, pk: int) -> Response:
        """Confirm; somebody else may publish then."""
        services.review_version(version=_version(request, pk), actor=caller(request))
        return Response(VersionOut(_version(request, pk)).data)


class PublishView(APIView):
    """Put a confirmed version in force as the second person."""

    verbs = {"post": "scoring.publish_model"}

    @extend_schema(request=PublishIn, responses=VersionOut, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Publish from a day on; what earlier nights decided stays as it is."""
        day = PublishIn(data=request.data).valid()["effective_from"]
        if day <= clock.today():
            sentence = _("A version cannot reach into the past. Choose tomorrow or later.")
            raise Invalid("MODEL_PAST", sentence, fields={"effective_from": [sentence]})
        services.publish_version(version=_version(request, pk), effective_from=day, actor=caller(request))
        return Response(VersionOut(_version(request, pk)).data)
