"""REST: one's own day."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.accounts.models import User
from crm.base import clock
from crm.base.models import Notification
from workbench.duties import duties_of
from workbench.figures import changes_of, figures_of


class DutyOut(serializers.Serializer[Any]):
    """One thing to do."""

    code = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField()
    act = serializers.CharField()
    due = serializers.CharField(allow_null=True)


class ChangeOut(serializers.Serializer[Any]):
    """One derived value that the night changed."""

    client = serializers.IntegerField(source="client.pk")
    name = serializers.CharField(source="client.name")
    axis = serializers.CharField(source="vocabulary")
    old = serializers.CharField()
    new = serializers.CharField()
    on = serializers.DateField()


class FigureOut(serializers.Serializer[Any]):
    """A figure against its whole."""

    name = serializers.CharField(source="label")
    value = serializers.IntegerField()
    whole = serializers.IntegerField()


class DayOut(serializers.Serializer[Any]):
    """One's own day."""

    date = serializers.DateField()
    duties = DutyOut(many=True)
    changes = ChangeOut(many=True)
    changes_total = serializers.IntegerField()
    figures = FigureOut(many=True)
    unread = serializers.IntegerField()


class Workbench(APIView):
    """What the caller must do today, what changed overnight, and the figures of the month."""

    verbs = {"get": "workbench.view"}

    @extend_schema(operation_id="me_workbench", responses=DayOut)
    def get(self, request: Request) -> Response:
        """Return the caller's day."""
        assert isinstance(request.user, User)  # noqa: S101 - HasVerb let nobody else in
        now = clock.now()
        changes, total = changes_of(request.user, now.date())
        day = {
            "date": now.date(),
            "duties": [duty.as_json() for duty in duties_of(request.user, now=now)],
            "changes": changes,
            "changes_total": total,
            "figures": figures_of(request.user, now.date()),
            "unread": Notification.objects.filter(user=request.user, read_at=None).count(),
        }
        return Response(DayOut(day).data)
