"""REST: visits owed, the week they would fill, and filling it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Client
from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import KeysetPagination, checked_body
from crm.base.fields import ListField
from visits.api.visits import VisitOut
from visits.reading import debt as reading
from visits.services import debt as services


class MostOwed(KeysetPagination):
    """Most owed first."""

    ordering = ("-debt", "client_code")


class DebtOut(serializers.ModelSerializer[Client]):
    """What a quarter owes one client, and why."""

    owed = serializers.IntegerField()
    owed_tier = serializers.IntegerField(help_text="By value tier.")
    owed_life = serializers.IntegerField(help_text="More because the client is silent.")
    owed_star = serializers.IntegerField(help_text="More because the key person has many stars.")
    made = serializers.IntegerField(help_text="Visits of the last 91 days.")
    ahead = serializers.IntegerField(help_text="Visits planned for the next 91 days.")
    debt = serializers.IntegerField(help_text="Owed and not made.")
    to_plan = serializers.IntegerField(help_text="Neither made nor planned.")

    class Meta:
        model = Client
        fields = [
            "id", "client_code", "name", "value_tier", "status", "am", "org_unit", "last_visited_on", "owed",
            "owed_tier", "owed_life", "owed_star", "made", "ahead", "debt", "to_plan",
        ]  # fmt: skip
        read_only_fields = fields


class PlaceOut(serializers.Serializer[Any]):
    """One visit of the proposal."""

    client = serializers.IntegerField(source="client.pk")
    name = serializers.CharField(source="client.name")
    planned_at = serializers.DateTimeField(source="at")
    district = serializers.CharField()
    why = serializers.CharField()


class PlaceIn(serializers.Serializer[Any]):
    """One visit to plan."""

    client = serializers.IntegerField()
    planned_at = serializers.DateTimeField()


class WeekIn(serializers.Serializer[Any]):
    """The visits to plan; the same batch sent again plans nothing new."""

    batch = serializers.UUIDField()
    visits = ListField(child=PlaceIn())


class BatchIn(serializers.Serializer[Any]):
    """Which filling."""

    batch = serializers.UUIDField()


class UndoneOut(serializers.Serializer[Any]):
    """What became of a filling that was taken back."""

    undone = serializers.IntegerField()
    kept = serializers.IntegerField(help_text="Confirmed or changed since.")


class DebtViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[Client]):
    """Visits owed: of own clients to managers, of clients in scope to who leads or reads for a system."""

    queryset = Client.objects.none()
    serializer_class = DebtOut
    pagination_class = MostOwed
    verbs = {"list": "visits.view", "*": "visits.change"}

    def get_queryset(self) -> QuerySet[Client]:
        """Return the clients that are owed visits."""
        if getattr(self, "swagger_fake_view", False):
            return Client.objects.none()
        actor = caller(self.request)
        team = actor.is_system or not actor.can("visits.change") or actor.can("visits.approve_log")
        found: QuerySet[Client] = reading.debtors(reading.clients_of(actor, team=team), clock.today())
        return found

    @extend_schema(responses=PlaceOut(many=True))
    def week(self, request: Request) -> Response:
        """Propose visits for the working days of the coming week; nothing is saved."""
        days = reading.proposal(caller(request), clock.today())
        return Response(PlaceOut([row for _day, rows, _n in days for row in rows], many=True).data)

    @extend_schema(request=WeekIn, responses={201: VisitOut(many=True)})
    def fill(self, request: Request) -> Response:
        """Plan the visits of a filling."""
        values = checked_body(WeekIn, request)
        chosen = [(row["client"], row["planned_at"]) for row in values["visits"]]
        made = services.fill_week(actor=caller(request), visits=chosen, batch=values["batch"])
        return Response(VisitOut(made, many=True).data, status=201)

    @extend_schema(request=BatchIn, responses=UndoneOut)
    def undo(self, request: Request) -> Response:
        """Take a filling back."""
        undone, kept = services.empty_week(actor=caller(request), **checked_body(BatchIn, request))
        return Response({"undone": undone, "kept": kept})
