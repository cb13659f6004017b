"""REST: opinions of clients and urgent needs."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Client
from crm.accounts.models import OrgUnit
from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import IDEMPOTENCY, Newest, checked_body, etag, idempotent
from visits import services
from visits.api.visits import Reason, _contact
from visits.choices import OpinionKind, Procedure
from visits.models import EscalationRequest, OpinionForm, Visit


class OpinionOut(serializers.ModelSerializer[OpinionForm]):
    """An opinion of a client."""

    number = serializers.CharField()
    owner = serializers.CharField(source="owner.staff_no")
    asked_unit = serializers.CharField(source="asked_unit.code")

    class Meta:
        model = OpinionForm
        fields = (
            "id", "number", "client", "contact", "visit", "owner", "kind", "text", "asked_unit", "state",
            "due_on", "answer", "answered_at", "feedback", "fed_back_at", "satisfied", "version",
        )  # fmt: skip


class OpinionNew(serializers.Serializer[Any]):
    """An opinion to note: of a visit, or of a client without one."""

    client = serializers.IntegerField(required=False)
    visit = serializers.IntegerField(required=False)
    text = serializers.CharField(max_length=500)
    kind = serializers.ChoiceField(choices=OpinionKind.choices, default=OpinionKind.OTHER)
    contact = serializers.IntegerField(required=False, allow_null=True)
    asked_unit = serializers.CharField(required=False, help_text="Code of the unit; the own one if left out.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for one of client and visit."""
        if ("client" in attrs) == ("visit" in attrs):
            raise serializers.ValidationError("Send either client or visit.")
        return attrs


class Answer(serializers.Serializer[Any]):
    """What the department answers."""

    answer = serializers.CharField(max_length=500)


class Feedback(serializers.Serializer[Any]):
    """What the client was told."""

    feedback = serializers.CharField(max_length=500)
    satisfied = serializers.BooleanField(required=False, allow_null=True, default=None)


class OpinionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[OpinionForm]):
    """Opinions of one's scope, and those one's department is asked about."""

    queryset = OpinionForm.objects.none()
    serializer_class = OpinionOut
    filterset_fields = ("state", "client", "kind")
    pagination_class = Newest
    verbs = {
        "create": "visits.change",
        "feedback": "visits.change",
        "answer": "visits.answer_opinion",
        "*": ("visits.view", "visits.answer_opinion"),
    }

    def get_queryset(self) -> QuerySet[OpinionForm]:
        """Return the opinions the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return OpinionForm.objects.none()
        found: QuerySet[OpinionForm] = OpinionForm.objects.visible_to(caller(self.request)).with_rows()
        return found

    def _answer(self, pk: int, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=pk)
        return Response(OpinionOut(found).data, status=status, headers={"ETag": etag(found.version)})

    @extend_schema(request=OpinionNew, responses={201: OpinionOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Note what a client said; the same words of the same visit are one opinion."""
        actor, values = caller(request), checked_body(OpinionNew, request)
        values["contact"] = _contact(actor, values.pop("contact", None))
        if code := values.pop("asked_unit", ""):
            values["asked_unit"] = get_object_or_404(OrgUnit, code=code, active=True)
        if "visit" in values:
            visit = get_object_or_404(Visit.objects.visible_to(actor), pk=values.pop("visit"))
            return self._answer(services.note_opinion(actor=actor, visit=visit, **values).pk, 201)
        client = get_object_or_404(Client.objects.visible_to(actor), pk=values.pop("client"))
        return self._answer(services.note_opinion_of_client(actor=actor, client=client, **values).pk, 201)

    @extend_schema(request=Answer, responses=OpinionOut)
    def answer(self, request: Request, pk: int) -> Response:
        """Answer for the department that was asked."""
        values = checked_body(Answer, request)
        found = self.get_object()
        return self._answer(services.answer_opinion(actor=caller(request), opinion=found, **values).pk)

    @extend_schema(request=Feedback, responses=OpinionOut)
    def feedback(self, request: Request, pk: int) -> Response:
        """Note what the client was told."""
        values = checked_body(Feedback, request)
        return self._answer(services.feed_back(actor=caller(request), opinion=self.get_object(), **values).pk)


class UrgentOut(serializers.ModelSerializer[EscalationRequest]):
    """An urgent need."""

    number = serializers.CharField()
    owner = serializers.CharField(source="owner.staff_no")
    in_force = serializers.SerializerMethodField()

    class Meta:
        model = EscalationRequest
        fields = (
            "id", "number", "visit", "client", "owner", "procedure", "need", "state", "asked_at", "level",
            "escalates_at", "decided_at", "allowed", "valid_until", "in_force", "refusal", "version",
        )  # fmt: skip

    def get_in_force(self, need: EscalationRequest) -> bool:
        """Say whether the grant holds now."""
        return need.in_force(clock.now())


class UrgentNew(serializers.Serializer[Any]):
    """An urgent need to put to the superior."""

    visit = serializers.IntegerField()
    procedure = serializers.ChoiceField(choices=Procedure.choices)
    need = serializers.CharField(max_length=300)


class Grant(serializers.Serializer[Any]):
    """What is allowed, and for how many hours."""

    allowed = serializers.CharField(max_length=300)
    hours = serializers.IntegerField(min_value=1, max_value=720)


class UrgentFilter(django_filters.FilterSet):
    """Narrow urgent needs."""

    client = django_filters.NumberFilter(field_name="client_id")
    visit = django_filters.NumberFilter(field_name="visit_id")
    in_force = django_filters.BooleanFilter(method="hold", label="Grants that hold now.")

    class Meta:
        model = EscalationRequest
        fields = ("state", "procedure")

    def hold(self, queryset: Any, name: str, value: bool) -> Any:
        """Keep grants that hold now, or everything else."""
        force = EscalationRequest.objects.in_force(clock.now()).values("pk")
        return queryset.filter(pk__in=force) if value else queryset.exclude(pk__in=force)


class UrgentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[EscalationRequest]
):
    """Urgent needs of one's scope."""

    queryset = EscalationRequest.objects.none()
    serializer_class = UrgentOut
    filterset_class = UrgentFilter
    pagination_class = Newest
    verbs = {
        "create": "visits.change",
        "withdraw": "visits.change",
        "grant": "visits.approve_log",
        "refuse": "visits.approve_log",
        "revoke": "visits.approve_log",
        "*": "visits.view",
    }

    def get_queryset(self) -> QuerySet[EscalationRequest]:
        """Return the urgent needs the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return EscalationRequest.objects.none()
        rows = EscalationRequest.objects.visible_to(caller(self.request)).with_rows()
        found: QuerySet[EscalationRequest] = rows
        return found

    def _answer(self, pk: int, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=pk)
        return Response(UrgentOut(found).data, status=status, headers={"ETag": etag(found.version)})

    @extend_schema(request=UrgentNew, responses={201: UrgentOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Put an urgent need of an own visit to the superior."""
        actor, values = caller(request), checked_body(UrgentNew, request)
        visit = get_object_or_404(Visit.objects.visible_to(actor), pk=values.pop("visit"))
        return self._answer(services.ask_superior(actor=actor, visit=visit, **values).pk, 201)

    @extend_schema(request=Grant, responses=UrgentOut)
    def grant(self, request: Request, pk: int) -> Response:
        """Allow a simplified procedure for a time."""
        values = checked_body(Grant, request)
        return self._answer(
            services.grant_urgent(actor=caller(request), request=self.get_object(), **values).pk
        )

    @extend_schema(request=Reason, responses=UrgentOut)
    def refuse(self, request: Request, pk: int) -> Response:
        """Refuse with a reason."""
        values = checked_body(Reason, request)
        found = self.get_object()
        return self._answer(services.refuse_urgent(actor=caller(request), request=found, **values).pk)

    @extend_schema(request=None, responses=UrgentOut)
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take an own request back."""
        return self._answer(services.withdraw_urgent(actor=caller(request), request=self.get_object()).pk)

    @extend_schema(request=Reason, responses=UrgentOut)
    def revoke(self, request: Request, pk: int) -> Response:
        """End a grant before its time."""
        values = checked_body(Reason, request)
        found = self.get_object()
        return self._answer(services.revoke_urgent(actor=caller(request), request=found, **values).pk)
