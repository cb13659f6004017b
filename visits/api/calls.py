"""REST: calls to clients and missed calls; acts are verbs after a colon, as in spec §4."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Client
from crm.accounts.models import User
from crm.accounts.rest import caller
from crm.base.api import IDEMPOTENCY, IF_MATCH, Newest, check_if_match, checked_body, etag, idempotent
from crm.base.fields import ListField
from crm.base.text import mask_mobile
from visits import choices, services
from visits.api.visits import _contact
from visits.models import Appointment, MissedCall, Visit


class AppointmentOut(serializers.ModelSerializer[Appointment]):
    """A call as it is read; `follows` is the call it repeats."""

    class Meta:
        model = Appointment
        fields = [
            "id", "client_key", "client", "contact", "owner", "org_unit", "kind", "channel", "purpose",
            "benefit", "purposes", "slot1_at", "slot2_at", "call_at", "called_at", "result", "note",
            "agreed_at", "place", "visit", "follows", "version", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class AppointmentChange(serializers.Serializer[Any]):
    """What may be changed while a call is not made."""

    contact = serializers.IntegerField(required=False, allow_null=True)
    channel = serializers.ChoiceField(choices.CallChannel.choices, required=False)
    purpose = serializers.CharField(max_length=200, required=False)
    benefit = serializers.CharField(max_length=200, required=False)
    purposes = ListField(child=serializers.ChoiceField(choices.Purpose.choices), required=False)
    slot1_at = serializers.DateTimeField(required=False, allow_null=True)
    slot2_at = serializers.DateTimeField(required=False, allow_null=True)
    call_at = serializers.DateTimeField(required=False)


class AppointmentNew(AppointmentChange):
    """What a new call needs: what it is about, what the client gains, two times to offer."""

    client_key = serializers.UUIDField(required=False, help_text="Made by the sender: once and only once.")
    client = serializers.IntegerField()
    kind = serializers.ChoiceField(choices.CallKind.choices, default=choices.CallKind.VISIT)
    purpose = serializers.CharField(max_length=200)
    benefit = serializers.CharField(max_length=200)
    visit = serializers.IntegerField(required=False, help_text="A planned visit the call is to confirm.")


class CallOutcome(serializers.Serializer[Any]):
    """What came of a call, with what the outcome needs."""

    result = serializers.ChoiceField(choices.CallResult.choices)
    agreed_at = serializers.DateTimeField(required=False)
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)
    again_at = serializers.DateTimeField(required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class MissedOut(serializers.ModelSerializer[MissedCall]):
    """A missed call; the number is shown to who missed it only."""

    number = serializers.SerializerMethodField()
    owner = serializers.CharField(source="owner.staff_no", read_only=True)

    class Meta:
        model = MissedCall
        fields = [
            "id", "owner", "org_unit", "number", "client", "contact", "missed_at", "due_at", "reason",
            "returned_at", "was_late", "note", "version",
        ]  # fmt: skip
        read_only_fields = fields

    def get_number(self, missed: MissedCall) -> str:
        """Return the number, masked for everybody else."""
        reader = self.context.get("reader")
        return missed.number if reader == missed.owner_id else mask_mobile(missed.number)


class MissedNew(serializers.Serializer[Any]):
    """A call nobody took; `owner` is the manager's staff number, one's own when left out."""

    owner = serializers.CharField(max_length=40, required=False)
    number = serializers.CharField(max_length=20)
    missed_at = serializers.DateTimeField(required=False)
    reason = serializers.CharField(max_length=100, required=False, allow_blank=True)


class CallNote(serializers.Serializer[Any]):
    """A word about the call."""

    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class AppointmentFilter(django_filters.FilterSet):
    """Narrow calls."""

    client = django_filters.NumberFilter(field_name="client_id")
    owner = django_filters.NumberFilter(field_name="owner_id")
    open = django_filters.BooleanFilter(method="that_are_open", label="Calls nobody has made yet.")
    call_at = django_filters.DateFromToRangeFilter()

    class Meta:
        model = Appointment
        fields = ["kind", "result"]

    def that_are_open(self, queryset: QuerySet[Appointment], name: str, value: bool) -> QuerySet[Appointment]:
        """Keep open calls, or those that were made."""
        return queryset.filter(result="") if value else queryset.exclude(result="")


class MissedFilter(django_filters.FilterSet):
    """Narrow missed calls."""

    open = django_filters.BooleanFilter("returned_at", lookup_expr="isnull", label="Not called back yet.")
    owner = django_filters.CharFilter("owner__staff_no")

    class Meta:
        model = MissedCall
        fields: list[str] = []


class AppointmentViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Appointment]
):
    """Calls of one's scope."""

    queryset = Appointment.objects.none()
    serializer_class = AppointmentOut
    filterset_class = AppointmentFilter
    pagination_class = Newest
    verbs = {"list": "visits.view", "retrieve": "visits.view", "*": "visits.change"}

    def get_queryset(self) -> QuerySet[Appointment]:
        """Return the calls the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Appointment.objects.none()
        found: QuerySet[Appointment] = Appointment.objects.visible_to(caller(self.request))
        return found

    def _answer(self, call: Appointment, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=call.pk)
        return Response(AppointmentOut(found).data, status=status, headers={"ETag": etag(found.version)})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one call with its ETag."""
        return self._answer(self.get_object())

    @extend_schema(request=AppointmentNew, responses={201: AppointmentOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Prepare a call; the same `client_key` is one call however often it is sent."""
        actor = caller(request)
        values = checked_body(AppointmentNew, request)
        client = get_object_or_404(Client.objects.visible_to(actor), pk=values.pop("client"))
        values["contact"] = _contact(actor, values.pop("contact", None))
        if (visit := values.pop("visit", None)) is not None:
            values["visit"] = get_object_or_404(Visit.objects.visible_to(actor), pk=visit)
        return self._answer(services.book_call(actor=actor, client=client, **values), 201)

    @extend_schema(request=AppointmentChange, responses=AppointmentOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a call that is not made yet; send the ETag you read as If-Match."""
        call = self.get_object()
        check_if_match(request, call)
        values = checked_body(AppointmentChange, request)
        if "contact" in values:
            values["contact"] = _contact(caller(request), values["contact"])
        made = services.change_call(actor=caller(request), call=call, version=call.version, **values)
        return self._answer(made)

    @extend_schema(request=CallOutcome, responses=AppointmentOut)
    @idempotent
    def result(self, request: Request, pk: int) -> Response:
        """Note what came of the call; the visit is confirmed, or the next call stands in the list."""
        call = self.get_object()
        values = checked_body(CallOutcome, request)
        return self._answer(services.note_result(actor=caller(request), call=call, **values))


class MissedCallViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[MissedCall]
):
    """Missed calls of one's scope."""

    queryset = MissedCall.objects.none()
    serializer_class = MissedOut
    filterset_class = MissedFilter
    pagination_class = Newest
    verbs = {"list": "visits.view", "retrieve": "visits.view", "*": "visits.change"}

    def get_queryset(self) -> QuerySet[MissedCall]:
        """Return the missed calls the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return MissedCall.objects.none()
        found: QuerySet[MissedCall] = MissedCall.objects.visible_to(caller(self.request))
        return found.select_related("owner")

    def get_serializer_context(self) -> dict[str, Any]:
        """Tell who reads."""
        return {**super().get_serializer_context(), "reader": self.request.user.pk}

    def _answer(self, missed: MissedCall, status: int = 200) -> Response:
        data = MissedOut(missed, context=self.get_serializer_context()).data
        return Response(data, status=status, headers={"ETag": etag(missed.version)})

    @extend_schema(request=MissedNew, responses={201: MissedOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Note a missed call, as a person or as the telephone exchange."""
        actor = caller(request)
        values = checked_body(MissedNew, request)
        if (staff_no := values.pop("owner", None)) is not None:
            values["owner"] = get_object_or_404(User.objects.visible_to(actor).active(), staff_no=staff_no)
        return self._answer(services.note_missed(actor=actor, **values), 201)

    @extend_schema(request=CallNote, responses=MissedOut)
    def give_back(self, request: Request, pk: int) -> Response:
        """Note that the client was called back."""
        missed = self.get_object()
        return self._answer(
            services.return_missed(actor=caller(request), missed=missed, **checked_body(CallNote, request))
        )
