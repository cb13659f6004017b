"""REST: weekly reports, their log books and the archive; printing a unit's week; the holiday calendar."""

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from crm.accounts.models import OrgUnit
from crm.accounts.rest import caller
from crm.base.api import (
    IDEMPOTENCY,
    IF_MATCH,
    KeysetPagination,
    Newest,
    check_if_match,
    checked_body,
    etag,
    idempotent,
)
from crm.base.errors import Invalid
from visits import choices, services
from visits.api.visits import Reason
from visits.models import Holiday, PrintRun, WeekInspection, WeeklyReport
from visits.rules import weeks as rules
from visits.tasks import enqueue_print


class WeekFilter(django_filters.FilterSet):
    """Narrow weekly reports."""

    state = django_filters.MultipleChoiceFilter(choices=choices.WeekState.choices)
    owner = django_filters.CharFilter("owner__staff_no", label="Staff number of the manager.")
    monday = django_filters.DateFromToRangeFilter()

    class Meta:
        model = WeeklyReport
        fields = ("iso_year", "iso_week", "late_submit")


class InspectionOut(serializers.ModelSerializer[WeekInspection]):
    """What was found in a log book."""

    inspected_by = serializers.CharField(source="inspected_by.staff_no")

    class Meta:
        model = WeekInspection
        fields = ("result", "comment", "inspected_at", "inspected_by")


class LogBookOut(serializers.Serializer[Any]):
    """The sealed log book of a week."""

    archive_no = serializers.CharField()
    sha256 = serializers.CharField()
    size = serializers.IntegerField()
    logs = serializers.IntegerField()
    printed_at = serializers.DateTimeField()
    printed_by = serializers.CharField(source="printed_by.staff_no")
    paper_no = serializers.CharField(source="filing.paper_no", default=None, allow_null=True)
    filed_at = serializers.DateTimeField(source="filing.filed_at", default=None, allow_null=True)
    filed_by = serializers.CharField(source="filing.filed_by.staff_no", default=None, allow_null=True)
    inspections = InspectionOut(many=True)


class WeekOut(serializers.ModelSerializer[WeeklyReport]):
    """A weekly report as it is read; `auto_stats` stands as it stood when the report was handed in."""

    owner = serializers.CharField(source="owner.staff_no")
    org_unit = serializers.CharField(source="org_unit.code")
    week = serializers.CharField(help_text="ISO 8601, for example 2026-W47.")
    decided_by = serializers.CharField(source="decided_by.staff_no", default=None, allow_null=True)
    book = serializers.SerializerMethodField()

    class Meta:
        model = WeeklyReport
        fields = (
            "id", "owner", "org_unit", "iso_year", "iso_week", "week", "monday", "state", "summary", "plan",
            "auto_stats", "due_at", "submitted_at", "late_submit", "decided_at", "decided_by", "leader_note",
            "return_reason", "book", "version",
        )  # fmt: skip

    @extend_schema_field(LogBookOut(allow_null=True))
    def get_book(self, report: WeeklyReport) -> Any:
        """Return the log book once it is printed."""
        book = getattr(report, "book", None)
        return LogBookOut(book).data if book else None


class WeekTexts(serializers.Serializer[Any]):
    """What the writer fills in."""

    summary = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    plan = serializers.CharField(max_length=2000, allow_blank=True, required=False)


class WeekNew(WeekTexts):
    """Which week the report is about; there is one for each person and week."""

    iso_year = serializers.IntegerField(min_value=2000, max_value=2100)
    iso_week = serializers.IntegerField(min_value=1, max_value=53)


class Note(serializers.Serializer[Any]):
    """A word of the leader."""

    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class FilingIn(serializers.Serializer[Any]):
    """Where the paper lies, if there is one."""

    paper_no = serializers.CharField(max_length=40, allow_blank=True, default="")


class InspectionIn(serializers.Serializer[Any]):
    """What was found."""

    result = serializers.ChoiceField(choices=choices.InspectionResult.choices)
    comment = serializers.CharField(max_length=500, allow_blank=True, default="")


class UnitWeek(serializers.Serializer[Any]):
    """Which unit's week to print."""

    org_unit = serializers.CharField(help_text="Code of the unit.")
    week = serializers.CharField(help_text="ISO 8601, for example 2026-W47.")


class PrintRunOut(serializers.ModelSerializer[PrintRun]):
    """How far the printing of a unit's week is."""

    org_unit = serializers.CharField(source="org_unit.code")
    week = serializers.CharField()
    refused: "serializers.ListField" = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Name of the manager and why the log book could not be printed.",
    )

    class Meta:
        model = PrintRun
        fields = ("id", "org_unit", "week", "state", "total", "done", "refused", "asked_at")


class WeekViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[WeeklyReport]):
    """Weekly reports of one's scope."""

    queryset = WeeklyReport.objects.none()
    serializer_class = WeekOut
    filterset_class = WeekFilter
    pagination_class = Newest
    verbs = {
        "list": "visits.view",
        "retrieve": "visits.view",
        "book": "visits.view",
        "approve": "visits.approve_week",
        "send_back": "visits.approve_week",
        "print": "visits.print_week",
        "file": "visits.print_week",
        "print_unit": "visits.print_week",
        "inspect": "visits.inspect_week",
        "*": "visits.write_log",
    }

    def get_queryset(self) -> QuerySet[WeeklyReport]:
        """Return the reports the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return WeeklyReport.objects.none()
        found: QuerySet[WeeklyReport] = WeeklyReport.objects.visible_to(caller(self.request)).with_rows()
        return found.select_related("book__filing__filed_by").prefetch_related(
            "book__inspections__inspected_by"
        )

    def _answer(self, pk: int, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=pk)
        return Response(WeekOut(found).data, status=status, headers={"ETag": etag(found.version)})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one report with its ETag."""
        return self._answer(self.get_object().pk)

    @extend_schema(request=WeekNew, responses={201: WeekOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Begin the own report of a week; a second one of the same week answers 409 WEEK_TAKEN."""
        made = services.begin_week(actor=caller(request), **checked_body(WeekNew, request))
        return self._answer(made.pk, 201)

    @extend_schema(request=WeekTexts, responses=WeekOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Write the texts; send the ETag you read as If-Match."""
        report = self.get_object()
        check_if_match(request, report)
        services.write_week(actor=caller(request), report_id=report.pk, **checked_body(WeekTexts, request))
        return self._answer(report.pk)

    @extend_schema(request=None, responses=WeekOut)
    def submit(self, request: Request, pk: int) -> Response:
        """Hand the report in; its figures are kept as they stand now."""
        return self._answer(services.submit_week(actor=caller(request), report_id=self.get_object().pk).pk)

    @extend_schema(request=Note, responses=WeekOut)
    def approve(self, request: Request, pk: int) -> Response:
        """Agree to the report."""
        values = checked_body(Note, request)
        done = services.approve_week(actor=caller(request), report_id=self.get_object().pk, **values)
        return self._answer(done.pk)

    @extend_schema(request=Reason, responses=WeekOut)
    def send_back(self, request: Request, pk: int) -> Response:
        """Return the report with the reason."""
        values = checked_body(Reason, request)
        done = services.return_week(actor=caller(request), report_id=self.get_object().pk, **values)
        return self._answer(done.pk)

    @extend_schema(request=None, responses=WeekOut)
    def print(self, request: Request, pk: int) -> Response:
        """Seal the log book as a PDF; called again it is the same document."""
        report = self.get_object()
        services.print_week(actor=caller(request), report_id=report.pk)
        return self._answer(report.pk)

    @extend_schema(request=FilingIn, responses=WeekOut)
    def file(self, request: Request, pk: int) -> Response:
        """Note that the log book lies in the archive."""
        report, values = self.get_object(), checked_body(FilingIn, request)
        services.file_week(actor=caller(request), report_id=report.pk, **values)
        return self._answer(report.pk)

    @extend_schema(request=InspectionIn, responses=WeekOut)
    def inspect(self, request: Request, pk: int) -> Response:
        """Write what was found in the log book."""
        report, values = self.get_object(), checked_body(InspectionIn, request)
        services.inspect_week(actor=caller(request), report_id=report.pk, **values)
        return self._answer(report.pk)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    def book(self, request: Request, pk: int) -> HttpResponse:
        """Return the sealed log book."""
        book = services.open_book(actor=caller(request), report_id=self.get_object().pk)
        return HttpResponse(bytes(book.pdf), content_type="application/pdf")

    @extend_schema(request=UnitWeek, responses={202: PrintRunOut})
    def print_unit(self, request: Request) -> Response:
        """Have a worker print a unit's week; asked twice it is one printing."""
        actor, values = caller(request), checked_body(UnitWeek, request)
        unit = get_object_or_404(OrgUnit.objects.visible_to(actor), code=values["org_unit"])
        monday = rules.read_week(values["week"])
        if monday is None:
            sentence = _("Write the week as in 2026-W47.")
            raise Invalid("WEEK_UNKNOWN", sentence, fields={"week": [sentence]})
        run, queue = services.print_unit(actor=actor, unit=unit, monday=monday)
        if queue:
            transaction.on_commit(lambda: enqueue_print(run.pk))
        return Response(PrintRunOut(run).data, status=202)


class PrintRunViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet[PrintRun]):
    """Printings of units' weeks."""

    queryset = PrintRun.objects.none()
    serializer_class = PrintRunOut
    verbs = {"*": "visits.print_week"}

    def get_queryset(self) -> QuerySet[PrintRun]:
        """Return the printings the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return PrintRun.objects.none()
        found: QuerySet[PrintRun] = PrintRun.objects.visible_to(caller(self.request))
        return found.select_related("org_unit")


class HolidayOut(serializers.ModelSerializer[Holiday]):
    """One day on which the plain week is wrong."""

    class Meta:
        model = Holiday
        fields = ("day", "kind", "name")


class HolidayIn(serializers.Serializer[Any]):
    """What the day is."""

    kind = serializers.ChoiceField(choices=choices.HolidayKind.choices)
    name = serializers.CharField(max_length=40)


class HolidayFilter(django_filters.FilterSet):
    """Narrow the calendar."""

    day = django_filters.DateFromToRangeFilter()

    class Meta:
        model = Holiday
        fields = ("kind",)


class ByDay(KeysetPagination):
    """In order of the calendar."""

    ordering = "day"


class HolidayViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Holiday]):
    """The holiday calendar: read by everybody who plans, kept by administrators."""

    queryset = Holiday.objects.all()
    serializer_class = HolidayOut
    filterset_class = HolidayFilter
    pagination_class = ByDay
    lookup_field = "day"
    verbs = {"list": "workbench.view", "*": "params.change"}

    @extend_schema(request=HolidayIn, responses={200: HolidayOut, 201: HolidayOut})
    def update(self, request: Request, day: str) -> Response:
        """Write what a day is."""
        values = checked_body(HolidayIn, request)
        row, fresh = services.set_holiday(actor=caller(request), day=rules.read_day(day), **values)
        return Response(HolidayOut(row).data, status=201 if fresh else 200)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, day: str) -> Response:
        """Take a day out of the calendar."""
        services.remove_holiday(actor=caller(request), day=rules.read_day(day))
        return Response(status=204)
