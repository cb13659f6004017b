"""Nights over the API: read runs, ask for a night."""

from typing import Any, ClassVar

import django_filters
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.base import queue
from crm.base.api import KeysetPagination, checked_body, idempotent
from crm.jobs import graph, services, tasks
from crm.jobs.models import JobRun


class JobRunFilter(django_filters.FilterSet):
    """Narrow runs by night, step, scope and state."""

    class Meta:
        model = JobRun
        fields: ClassVar[dict[str, list[str]]] = {
            "business_date": ["exact", "gte", "lte"],
            "step": ["exact"],
            "scope": ["exact"],
            "state": ["exact"],
        }


class JobRunSerializer(serializers.ModelSerializer):
    """One step of one night over one scope."""

    label = serializers.SerializerMethodField()  # type: ignore[assignment]  # a column, not the caption

    class Meta:
        model = JobRun
        fields = (
            "id",
            "business_date",
            "step",
            "label",
            "scope",
            "state",
            "rows",
            "milliseconds",
            "attempts",
            "error",
            "started_at",
            "finished_at",
        )
        read_only_fields = fields

    def get_label(self, run: JobRun) -> str:
        """Return the step's name for people."""
        step = graph.step_named(run.step)
        return str(step.label) if step else run.step


class RunRequest(serializers.Serializer):
    """Which night, and which step of it (all of them when empty)."""

    business_date = serializers.DateField()
    step = serializers.CharField(required=False, allow_blank=True, max_length=40)


class RunAnswer(serializers.Serializer):
    """What will run, and whether the queue took it."""

    queued = serializers.BooleanField(help_text="false: the queue is away; the runs start when it is back")
    message = serializers.CharField()
    runs = JobRunSerializer(many=True)


class JobViewSet(viewsets.ReadOnlyModelViewSet):
    """Runs of nights, newest first."""

    verbs: ClassVar[dict[str, str]] = {"*": "jobs.view"}
    serializer_class = JobRunSerializer
    filterset_class = JobRunFilter
    queryset = JobRun.objects.none()

    class Pages(KeysetPagination):
        """Newest first."""

        ordering = ("-business_date", "-id")

    pagination_class = Pages

    def get_queryset(self) -> Any:
        """Return the runs the caller may see."""
        user: Any = self.request.user
        return JobRun.objects.visible_to(user)


class RunNight(APIView):
    """Run a night again, or one step of it; changes nothing that is already right."""

    verbs: ClassVar[dict[str, str]] = {"post": "jobs.rerun"}

    @extend_schema(operation_id="jobs_run", request=RunRequest, responses={202: RunAnswer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Plan it, queue it, and answer with the runs."""
        asked = checked_body(RunRequest, request)
        user: Any = request.user
        runs = services.request_night(
            actor=user,
            business_date=asked["business_date"],
            step=asked.get("step") or None,
        )
        transaction.on_commit(tasks.send_ready)
        there = queue.is_there()
        message = (
            _("The steps are in the queue.")
            if there
            else _("Noted. The queue is away at the moment; the steps start by themselves when it is back.")
        )
        body = {"queued": there, "message": message, "runs": JobRunSerializer(runs, many=True).data}
        return Response(body, status=status.HTTP_202_ACCEPTED)
