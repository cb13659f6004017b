"""REST: spot checks, quality scores, reports of conduct, and what waits for a decision by kind."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.accounts.rest import caller
from crm.base.api import IDEMPOTENCY, Newest, checked_body, etag, idempotent
from crm.base.inbox import Waiting, waiting_for
from visits import services
from visits.choices import ConductChannel, ConductKind, SpotResult, SpotTarget
from visits.models import ConductReport, QualityMonth, SpotDraw, SpotSample


class SampleOut(serializers.ModelSerializer[SpotSample]):
    """One drawn log and what was found."""

    person = serializers.CharField(source="person.staff_no")
    result = serializers.SerializerMethodField()
    comment = serializers.SerializerMethodField()

    class Meta:
        model = SpotSample
        fields = ("id", "draw", "position", "log", "person", "result", "comment")

    def get_result(self, sample: SpotSample) -> str:
        """Return what was found; nothing while it is not checked."""
        return sample.check_made.result if hasattr(sample, "check_made") else ""

    def get_comment(self, sample: SpotSample) -> str:
        """Return what the checker wrote."""
        return sample.check_made.comment if hasattr(sample, "check_made") else ""


class DrawOut(serializers.ModelSerializer[SpotDraw]):
    """A draw: the frozen population, the rates, and the seed; the same seed draws the same from them."""

    checker = serializers.CharField(source="checker.staff_no")
    org_unit = serializers.CharField(source="org_unit.code")
    drawn = serializers.IntegerField()
    checked = serializers.IntegerField()

    class Meta:
        model = SpotDraw
        fields: tuple[str, ...] = (
            "id", "checker", "org_unit", "target", "first_on", "last_on", "seed", "drawn_at", "drawn",
            "checked",
        )  # fmt: skip


class DrawWhole(DrawOut):
    """A draw with what it was drawn from and what was drawn."""

    frame = serializers.DictField(
        child=serializers.ListField(child=serializers.IntegerField()), help_text="Person → logs."
    )
    rates = serializers.DictField(
        child=serializers.ListField(), help_text="Person → code of the rule, and rate in per cent."
    )
    samples = SampleOut(many=True)

    class Meta(DrawOut.Meta):
        fields = (*DrawOut.Meta.fields, "frame", "rates", "samples")


class DrawNew(serializers.Serializer[Any]):
    """What to draw from."""

    org_unit = serializers.CharField(help_text="Code of the unit.")
    target = serializers.ChoiceField(choices=SpotTarget.choices)
    first_on = serializers.DateField()
    last_on = serializers.DateField()


class Finding(serializers.Serializer[Any]):
    """What was found."""

    result = serializers.ChoiceField(choices=SpotResult.choices)
    comment = serializers.CharField(max_length=300, allow_blank=True, default="")


class SpotCheckViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[SpotDraw]):
    """Draws of one's scope."""

    queryset = SpotDraw.objects.none()
    serializer_class = DrawOut
    filterset_fields = ("target",)
    pagination_class = Newest
    verbs = {
        "create": "visits.spot_check",
        "state": "visits.spot_check",
        "*": ("visits.spot_check", "visits.handle_conduct"),
    }

    def get_queryset(self) -> QuerySet[SpotDraw]:
        """Return the draws the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return SpotDraw.objects.none()
        found: QuerySet[SpotDraw] = SpotDraw.objects.visible_to(caller(self.request)).with_progress()
        return found

    def _whole(self, pk: int, status: int = 200) -> Response:
        rows = self.get_queryset().prefetch_related("samples__person", "samples__check_made")
        found = rows.defer(None).get(pk=pk)
        return Response(DrawWhole(found).data, status=status)

    @extend_schema(responses=DrawWhole)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one draw with its population, rates and sample."""
        return self._whole(self.get_object().pk)

    @extend_schema(request=DrawNew, responses={201: DrawWhole}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Draw a random sample of logs or of decisions."""
        values = checked_body(DrawNew, request)
        unit = get_object_or_404(OrgUnit, code=values.pop("org_unit"))
        return self._whole(services.draw_spot_check(actor=caller(request), unit=unit, **values).pk, 201)

    @extend_schema(request=Finding, responses=SampleOut)
    def state(self, request: Request, pk: int) -> Response:
        """State what was found in one drawn log, for good."""
        actor = caller(request)
        seen = SpotSample.objects.filter(draw__in=SpotDraw.objects.visible_to(actor))
        sample = get_object_or_404(seen, pk=pk)
        services.state_check(actor=actor, sample=sample, **checked_body(Finding, request))
        return Response(SampleOut(seen.with_rows().get(pk=pk)).data)


class QualityOut(serializers.ModelSerializer[QualityMonth]):
    """The quality score of a person in a month."""

    user = serializers.CharField(source="user.staff_no")

    class Meta:
        model = QualityMonth
        fields = ("id", "user", "target", "month", "ok", "doubt", "reject", "score")


class QualityViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[QualityMonth]):
    """Quality scores the caller may see."""

    queryset = QualityMonth.objects.none()
    serializer_class = QualityOut
    filterset_fields = ("target", "month")
    pagination_class = Newest
    verbs = {"*": "visits.view"}

    def get_queryset(self) -> QuerySet[QualityMonth]:
        """Return own scores and those of the scope."""
        if getattr(self, "swagger_fake_view", False):
            return QualityMonth.objects.none()
        found: QuerySet[QualityMonth] = QualityMonth.objects.visible_to(caller(self.request))
        return found.select_related("user")


class ConductOut(serializers.ModelSerializer[ConductReport]):
    """A report of conduct; for auditors and its recorder."""

    number = serializers.CharField()
    about = serializers.CharField(source="about.staff_no", default="")
    recorded_by = serializers.CharField(source="recorded_by.staff_no")
    org_unit = serializers.CharField(source="org_unit.code")

    class Meta:
        model = ConductReport
        fields = (
            "id", "number", "org_unit", "client", "about", "kind", "channel", "text", "told_by",
            "happened_on", "recorded_by", "recorded_at", "due_on", "state", "disposition", "settled_at",
            "version",
        )  # fmt: skip


class ConductNew(serializers.Serializer[Any]):
    """A report to record."""

    kind = serializers.ChoiceField(choices=ConductKind.choices)
    channel = serializers.ChoiceField(choices=ConductChannel.choices)
    text = serializers.CharField(max_length=1000)
    unit = serializers.CharField(help_text="Code of the unit.")
    client = serializers.IntegerField(required=False)
    about = serializers.CharField(required=False, help_text="Staff number.")
    told_by = serializers.CharField(max_length=60, required=False, allow_blank=True)
    happened_on = serializers.DateField(required=False)


class Settlement(serializers.Serializer[Any]):
    """How a report ends."""

    founded = serializers.BooleanField()
    disposition = serializers.CharField(max_length=1000)


class ConductViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ConductReport]
):
    """Reports of conduct the caller may read."""

    queryset = ConductReport.objects.none()
    serializer_class = ConductOut
    filterset_fields = ("state", "kind")
    pagination_class = Newest
    verbs = {
        "create": "visits.record_conduct",
        "takeup": "visits.handle_conduct",
        "settle": "visits.handle_conduct",
        "*": ("visits.record_conduct", "visits.handle_conduct"),
    }

    def get_queryset(self) -> QuerySet[ConductReport]:
        """Return what auditors may read, and own reports."""
        if getattr(self, "swagger_fake_view", False):
            return ConductReport.objects.none()
        found: QuerySet[ConductReport] = ConductReport.objects.visible_to(caller(self.request)).with_rows()
        return found

    def _answer(self, pk: int, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=pk)
        return Response(ConductOut(found).data, status=status, headers={"ETag": etag(found.version)})

    @extend_schema(request=ConductNew, responses={201: ConductOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Record what somebody of a client's side said about one of our people."""
        actor, values = caller(request), checked_body(ConductNew, request)
        values["unit"] = get_object_or_404(OrgUnit, code=values["unit"])
        if "client" in values:
            values["client"] = get_object_or_404(Client.objects.visible_to(actor), pk=values["client"])
        if "about" in values:
            people = User.objects.people().filter(
                actor.scope.unit_filter("org_unit", "visits.record_conduct")
            )
            values["about"] = get_object_or_404(people, staff_no=values["about"])
        return self._answer(services.report_conduct(actor=actor, **values).pk, 201)

    @extend_schema(request=None, responses=ConductOut)
    def takeup(self, request: Request, pk: int) -> Response:
        """Say that one looks into it."""
        return self._answer(services.take_up_conduct(actor=caller(request), report=self.get_object()).pk)

    @extend_schema(request=Settlement, responses=ConductOut)
    def settle(self, request: Request, pk: int) -> Response:
        """Settle the report."""
        values = checked_body(Settlement, request)
        found = self.get_object()
        return self._answer(services.settle_conduct(actor=caller(request), report=found, **values).pk)


class WaitingOut(serializers.Serializer[Waiting]):
    """How much of a kind waits for the caller's decision."""

    kind = serializers.CharField(source="kind.code")
    title = serializers.CharField(source="kind.label")
    count = serializers.IntegerField()
    url = serializers.CharField()


class InboxViewSet(viewsets.ViewSet):
    """What waits for the caller's decision, by kind."""

    verbs = {"*": "workbench.view"}

    @extend_schema(operation_id="inbox_list", responses=WaitingOut(many=True))
    def list(self, request: Request) -> Response:
        """Return every kind the caller decides about, with its count."""
        return Response([WaitingOut(one).data for one in waiting_for(caller(request))])
