"""REST: coverage, address books, call behaviour, re-homing."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import Client
from clients.services.reported import FeedResult
from crm.accounts.models import OrgUnit
from crm.accounts.rest import caller
from crm.base.api import checked_body
from crm.base.fields import ListField, RowsField
from members import services, tasks
from members.api.shared import Oldest, client_to_change
from members.models import MOBILE, RehomingRun
from members.querysets import coverage_by, coverage_of


class CoverageOut(serializers.Serializer[Any]):
    """Signing rate and coverage; shares 0–1, null of nothing."""

    target = serializers.IntegerField()
    signed = serializers.IntegerField()
    employees = serializers.IntegerField()
    ordinary = serializers.IntegerField()
    active = serializers.IntegerField()
    signing = serializers.FloatField(allow_null=True)
    coverage = serializers.FloatField(allow_null=True)
    reach = serializers.FloatField(allow_null=True)


class CoverageLineOut(CoverageOut):
    """The same of one unit or manager."""

    key = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(source="label", allow_null=True)


class CoverageAllOut(serializers.Serializer[Any]):
    """One's scope as a whole, by unit and by manager."""

    total = CoverageOut()
    units = CoverageLineOut(many=True)
    managers = CoverageLineOut(many=True)


class CoverageView(APIView):
    """Signing rate and coverage of one's scope now (S1-04, S1-79)."""

    verbs = {"*": "clients.view"}

    @extend_schema(responses=CoverageAllOut)
    def get(self, request: Request) -> Response:
        """Return the figures now."""
        mine = Client.objects.visible_to(caller(request))
        return Response(
            CoverageAllOut(
                {
                    "total": coverage_of(mine),
                    "units": coverage_by(mine, "unit"),
                    "managers": coverage_by(mine, "am"),
                }
            ).data
        )


class BookLineIn(serializers.Serializer[Any]):
    """One line of an address book."""

    name = serializers.CharField(max_length=100)
    msisdn = serializers.CharField(max_length=20)
    position = serializers.CharField(max_length=40)


class BookIn(serializers.Serializer[Any]):
    """An address book of at most two hundred lines; longer ones are imported as a file."""

    lines = ListField(child=BookLineIn(), max_length=services.MAX_LINES)


class BookOut(serializers.Serializer[Any]):
    """What became of each line."""

    name = serializers.CharField()
    msisdn = serializers.CharField()
    verdict = serializers.CharField()
    note = serializers.CharField()


class BookView(APIView):
    """The address book of a client (S1-79)."""

    verbs = {"*": "members.change"}

    @extend_schema(request=BookIn, responses=BookOut(many=True))
    def post(self, request: Request, client: int) -> Response:
        """Enter what can be entered as type 2; the answer names every line."""
        owner = client_to_change(request, client)
        rows = checked_body(BookIn, request)["lines"]
        lines = [services.BookLine(number, **row) for number, row in enumerate(rows, 1)]
        services.collect_book(client=owner, actor=caller(request), lines=lines)
        return Response(BookOut(lines, many=True).data)


class CallTieIn(serializers.Serializer[Any]):
    """That two numbers called each other, and when last."""

    msisdn = serializers.CharField(max_length=11, validators=[MOBILE])
    other = serializers.CharField(max_length=11, validators=[MOBILE])
    last_on = serializers.DateField()


class CallTiesIn(serializers.Serializer[Any]):
    """Call behaviour of a day, at most ten thousand pairs at once."""

    rows = RowsField(child=CallTieIn(), max_length=10_000)


class WrongRowOut(serializers.Serializer[Any]):
    """A row that could not be read."""

    index = serializers.IntegerField()
    outcome = serializers.CharField(help_text="error")
    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(  # type: ignore[assignment]  # the answer calls it so
        child=serializers.ListField(child=serializers.CharField())
    )


class ReadOut(serializers.Serializer[Any]):
    """How many rows were read, and those that could not be."""

    read = serializers.IntegerField()
    rows = WrongRowOut(many=True)


class CallTiesView(APIView):
    """Feed of call behaviour (S1-77)."""

    verbs = {"*": "feeds.post"}

    @extend_schema(request=CallTiesIn, responses=ReadOut)
    def post(self, request: Request) -> Response:
        """Take in pairs; the same rows twice change nothing."""
        result = FeedResult()
        rows = result.readable(checked_body(CallTiesIn, request)["rows"])
        pairs = [(row["msisdn"], row["other"], row["last_on"]) for _place, row in rows]
        return Response({"read": services.record_call_ties(rows=pairs), "rows": result.rows})


class RunOut(serializers.ModelSerializer[RehomingRun]):
    """One re-homing with its counts by reason."""

    counts = serializers.SerializerMethodField()

    class Meta:
        model = RehomingRun
        fields = [
            "id", "unit", "state", "as_of", "created_at", "created_by", "applied_at", "undone_at", "done",
            "total", "counts",
        ]  # fmt: skip
        read_only_fields = fields

    def get_counts(self, run: RehomingRun) -> dict[str, int]:
        """Return rows by reason, rows that move to another client, rows chosen."""
        return services.counts_of(run)


class RunIn(serializers.Serializer[Any]):
    """Over which unit."""

    unit = serializers.IntegerField()


class RehomingViews(viewsets.GenericViewSet[RehomingRun]):
    """Re-homings: prepared as a preview, confirmed, undone."""

    queryset = RehomingRun.objects.none()
    serializer_class = RunOut
    pagination_class = Oldest
    verbs: ClassVar[dict[str, str]] = {"*": "members.change"}

    def get_queryset(self) -> QuerySet[RehomingRun]:
        """Return the runs of one's scope."""
        if getattr(self, "swagger_fake_view", False):
            return RehomingRun.objects.none()
        found: QuerySet[RehomingRun] = RehomingRun.objects.visible_to(caller(self.request))
        return found

    def list(self, request: Request) -> Response:
        """List the runs of one's scope."""
        page = self.paginate_queryset(self.get_queryset())
        assert page is not None  # noqa: S101 - every list is paged
        return self.get_paginated_response(RunOut(page, many=True).data)

    @extend_schema(request=RunIn, responses={201: RunOut})
    def create(self, request: Request) -> Response:
        """Prepare a preview; nothing moves yet."""
        person = caller(request)
        units = OrgUnit.objects.filter(person.scope.unit_filter("pk"))
        unit = get_object_or_404(units, pk=checked_body(RunIn, request)["unit"])
        return Response(RunOut(services.prepare_rehoming(actor=person, unit=unit)).data, status=201)

    def retrieve(self, request: Request, pk: int) -> Response:
        """Return one run."""
        return Response(RunOut(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=None, responses=RunOut)
    def start(self, request: Request, pk: int) -> Response:
        """Confirm a preview; the queue does the work."""
        run = get_object_or_404(self.get_queryset(), pk=pk)
        started = services.start_rehoming(actor=caller(request), run=run)
        tasks.enqueue(started.pk)
        return Response(RunOut(started).data, status=202)

    @extend_schema(request=None, responses=RunOut)
    def undo(self, request: Request, pk: int) -> Response:
        """Take an applied run back; members changed since are kept."""
        run = get_object_or_404(self.get_queryset(), pk=pk)
        services.undo_rehoming(actor=caller(request), run=run)
        run.refresh_from_db()
        return Response(RunOut(run).data)
