"""REST: statistics of visits, logs and weekly reports (R6, R7, R8), and the report of a day."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from crm.accounts.rest import caller
from crm.base import clock
from visits.querysets.meetings import day_report
from visits.reading import days
from visits.reading import statistics as reading


class FigureLine(serializers.Serializer[Any]):
    """One line of a report: what it is about, and its figures by name."""

    label = serializers.CharField()  # type: ignore[assignment]  # a field of this name, as the page shows it
    key = serializers.CharField(help_text="Id of the unit or person, or the first day of the week or month.")
    counts = serializers.DictField(child=serializers.IntegerField())


class FigureReport(serializers.Serializer[Any]):
    """One report."""

    first = serializers.DateField()
    last = serializers.DateField()
    lines = FigureLine(many=True)
    total = serializers.DictField(child=serializers.IntegerField())


class DayLine(serializers.Serializer[Any]):
    """What one manager planned and did on a day."""

    staff_no = serializers.CharField()
    planned = serializers.IntegerField()
    made = serializers.IntegerField()
    logs = serializers.IntegerField()
    tasks = serializers.IntegerField()
    tasks_done = serializers.IntegerField()


ASKED = [
    OpenApiParameter("from", str, description="First day, for example 2026-11-02."),
    OpenApiParameter("to", str, description="Last day."),
    OpenApiParameter("by", str, enum=list(reading.BY)),
    OpenApiParameter("unit", int, description="Id of a unit inside the scope."),
    OpenApiParameter("am", int, description="Id of a manager inside the scope."),
]


class StatisticsViewSet(viewsets.ViewSet):
    """Figures of the working day."""

    verbs = {"*": "visits.view"}

    @extend_schema(parameters=ASKED, responses=FigureReport)
    def report(self, request: Request, code: str) -> Response:
        """Return one report: `visits`, `logs` or `weeks`."""
        if code not in reading.REPORTS:
            raise Http404
        asked = reading.asked_of(caller(request), request.query_params)
        lines, total = reading.lines_of(asked, code, clock.now())
        body = {
            "first": asked.first,
            "last": asked.last,
            "lines": [{"label": line.label, "key": str(line.key), "counts": line.counts} for line in lines],
            "total": total.counts,
        }
        return Response(FigureReport(body).data)

    @extend_schema(
        parameters=[OpenApiParameter("day", str, description="Today when left out.")],
        responses=DayLine(many=True),
    )
    def day(self, request: Request) -> Response:
        """Return the day report of the managers in scope: planned and done, filled in from what is there."""
        actor = caller(request)
        on = clock.read_day(request.query_params.get("day", "")) or clock.today()
        people = {person.pk: person for person in days.managers_in(actor, None, on)[:2000]}
        report = day_report(list(people), on)
        rows = [{"staff_no": people[pk].staff_no} | figures for pk, figures in report.items()]
        return Response(DayLine(rows, many=True).data)
