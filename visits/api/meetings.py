"""REST: meetings and tasks."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from crm.accounts.models import OrgUnit, User
from crm.accounts.rest import caller
from crm.base.api import IF_MATCH, Newest, check_if_match, checked_body, etag
from visits import services
from visits.choices import AttendanceState, MeetingKind
from visits.models import Attendance, DailyTask, Meeting


class AttendanceOut(serializers.ModelSerializer[Attendance]):
    """One person of the team."""

    staff_no = serializers.CharField(source="user.staff_no")

    class Meta:
        model = Attendance
        fields = ("staff_no", "state")


class MeetingOut(serializers.ModelSerializer[Meeting]):
    """A meeting with its record."""

    org_unit = serializers.CharField(source="org_unit.code")
    chaired_by = serializers.CharField(source="chaired_by.staff_no")
    minutes_long = serializers.IntegerField(allow_null=True, help_text="Whole minutes, once it is over.")
    attendance = AttendanceOut(many=True)

    class Meta:
        model = Meeting
        fields = (
            "id", "kind", "org_unit", "held_on", "state", "chaired_by", "started_at", "ended_at",
            "minutes_long", "key_work", "special", "measures", "minutes", "attendance", "version",
        )  # fmt: skip


class MeetingNew(serializers.Serializer[Any]):
    """Which meeting to open; the same twice is one meeting."""

    org_unit = serializers.CharField(help_text="Code of the unit.")
    kind = serializers.ChoiceField(choices=MeetingKind.choices)
    held_on = serializers.DateField()


class MeetingRecord(serializers.Serializer[Any]):
    """What the record says; `attendance` maps staff numbers to states."""

    key_work = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    special = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    measures = serializers.CharField(max_length=1000, allow_blank=True, required=False)
    minutes = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    attendance = serializers.DictField(
        child=serializers.ChoiceField(choices=AttendanceState.choices), required=False
    )


class TaskOut(serializers.ModelSerializer[DailyTask]):
    """A task and how far it is."""

    user = serializers.CharField(source="user.staff_no")
    given_by = serializers.CharField(source="created_by.staff_no")

    class Meta:
        model = DailyTask
        fields = (
            "id", "meeting", "user", "given_by", "task", "target", "unit_of_target", "done", "special",
            "due_on", "note", "dropped", "version",
        )  # fmt: skip


class TaskNew(serializers.Serializer[Any]):
    """A task to give."""

    user = serializers.CharField(help_text="Staff number of one of the team.")
    task = serializers.CharField(max_length=200)
    target = serializers.IntegerField(min_value=1, max_value=1_000_000, default=1)
    unit_of_target = serializers.CharField(max_length=10, allow_blank=True, default="")
    special = serializers.BooleanField(default=False)
    due_on = serializers.DateField()
    meeting_id = serializers.IntegerField(required=False)


class TaskReport(serializers.Serializer[Any]):
    """How much is done."""

    done = serializers.IntegerField(min_value=0, max_value=1_000_000)
    note = serializers.CharField(max_length=300, allow_blank=True, required=False)


class MeetingFilter(django_filters.FilterSet):
    """Narrow meetings."""

    held_on = django_filters.DateFromToRangeFilter()

    class Meta:
        model = Meeting
        fields = ("kind", "state")


class TaskFilter(django_filters.FilterSet):
    """Narrow tasks."""

    due_on = django_filters.DateFromToRangeFilter()
    user = django_filters.CharFilter("user__staff_no")

    class Meta:
        model = DailyTask
        fields = ("special", "dropped")


class MeetingViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Meeting]):
    """Meetings of one's scope."""

    queryset = Meeting.objects.none()
    serializer_class = MeetingOut
    filterset_class = MeetingFilter
    pagination_class = Newest
    verbs = {"list": "visits.view", "retrieve": "visits.view", "*": "visits.hold_meeting"}

    def get_queryset(self) -> QuerySet[Meeting]:
        """Return the meetings the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Meeting.objects.none()
        found: QuerySet[Meeting] = Meeting.objects.visible_to(caller(self.request))
        return found.select_related("org_unit", "chaired_by").prefetch_related("attendance__user")

    def _answer(self, pk: int, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=pk)
        return Response(MeetingOut(found).data, status=status, headers={"ETag": etag(found.version)})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one meeting with its ETag."""
        return self._answer(self.get_object().pk)

    @extend_schema(request=MeetingNew, responses={200: MeetingOut, 201: MeetingOut})
    def create(self, request: Request) -> Response:
        """Open the meeting of a unit on a day."""
        actor, values = caller(request), checked_body(MeetingNew, request)
        units = OrgUnit.objects.visible_to(actor).filter(active=True)
        unit = get_object_or_404(units, code=values.pop("org_unit"))
        meeting, fresh = services.call_meeting(actor=actor, unit=unit, **values)
        return self._answer(meeting.pk, 201 if fresh else 200)

    @extend_schema(request=MeetingRecord, responses=MeetingOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Write the record; send the ETag you read as If-Match."""
        meeting = self.get_object()
        check_if_match(request, meeting)
        values = checked_body(MeetingRecord, request)
        staff = {row.user.staff_no: row.user_id for row in meeting.attendance.all()}
        given = values.pop("attendance", {})
        services.write_meeting(
            actor=caller(request),
            meeting_id=meeting.pk,
            values=values,
            attendance={staff[number]: state for number, state in given.items() if number in staff},
        )
        return self._answer(meeting.pk)

    @extend_schema(request=None, responses=MeetingOut)
    def begin(self, request: Request, pk: int) -> Response:
        """Note the beginning."""
        return self._answer(services.begin_meeting(actor=caller(request), meeting_id=self.get_object().pk).pk)

    @extend_schema(request=None, responses=MeetingOut)
    def end(self, request: Request, pk: int) -> Response:
        """Note the end."""
        return self._answer(services.end_meeting(actor=caller(request), meeting_id=self.get_object().pk).pk)


class DailyTaskViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[DailyTask]):
    """Tasks of one's scope."""

    queryset = DailyTask.objects.none()
    serializer_class = TaskOut
    filterset_class = TaskFilter
    pagination_class = Newest
    verbs = {"create": "visits.hold_meeting", "drop": "visits.hold_meeting", "*": "visits.view"}

    def get_queryset(self) -> QuerySet[DailyTask]:
        """Return the tasks the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return DailyTask.objects.none()
        found: QuerySet[DailyTask] = DailyTask.objects.visible_to(caller(self.request))
        return found.select_related("user", "created_by")

    @extend_schema(request=TaskNew, responses={201: TaskOut})
    def create(self, request: Request) -> Response:
        """Give a task to one of the team."""
        actor, values = caller(request), checked_body(TaskNew, request)
        user = get_object_or_404(User.objects.visible_to(actor).active(), staff_no=values.pop("user"))
        made = services.give_task(actor=actor, user=user, **values)
        return Response(TaskOut(made).data, status=201)

    @extend_schema(request=TaskReport, responses=TaskOut)
    def report(self, request: Request, pk: int) -> Response:
        """Write how much is done."""
        values = checked_body(TaskReport, request)
        done = services.report_task(actor=caller(request), task_id=self.get_object().pk, **values)
        return Response(TaskOut(done).data)

    @extend_schema(request=None, responses=TaskOut)
    def drop(self, request: Request, pk: int) -> Response:
        """Take the task back."""
        return Response(TaskOut(services.drop_task(actor=caller(request), task_id=self.get_object().pk)).data)
