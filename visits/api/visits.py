"""REST: visits and their logs; acts are verbs after a colon, as in spec §4."""

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
from crm.base.api import (
    IDEMPOTENCY,
    IF_MATCH,
    Newest,
    check_if_match,
    checked_body,
    etag,
    idempotent,
)
from crm.base.fields import ListField
from crm.base.text import read_number
from members.models import Contact
from visits import choices, services
from visits.models import Visit, VisitLog
from visits.services.consulting import consult


class VisitFilter(django_filters.FilterSet):
    """Narrow a list of visits."""

    # Numbers, not choices: an id outside the scope finds nothing, and does not tell that it exists.
    client = django_filters.NumberFilter(field_name="client_id")
    owner = django_filters.NumberFilter(field_name="owner_id")
    state = django_filters.MultipleChoiceFilter(choices=choices.VisitState.choices)
    purpose = django_filters.ChoiceFilter(
        choices=choices.Purpose.choices, method="with_purpose", label="Visits with this purpose."
    )
    day_from = django_filters.DateFilter(field_name="visit_on", lookup_expr="gte")
    day_to = django_filters.DateFilter(field_name="visit_on", lookup_expr="lte")

    class Meta:
        model = Visit
        fields: list[str] = []

    def with_purpose(self, queryset: QuerySet[Visit], name: str, value: str) -> QuerySet[Visit]:
        """Keep visits that have the purpose among theirs."""
        return queryset.filter(purposes__contains=[value])


class LogFilter(django_filters.FilterSet):
    """Narrow a list of logs."""

    state = django_filters.MultipleChoiceFilter(choices=choices.LogState.choices)
    client = django_filters.NumberFilter(field_name="visit__client")
    owner = django_filters.NumberFilter(field_name="visit__owner")
    day_from = django_filters.DateFilter(field_name="visit__visit_on", lookup_expr="gte")
    day_to = django_filters.DateFilter(field_name="visit__visit_on", lookup_expr="lte")

    class Meta:
        model = VisitLog
        fields = ["late_submit", "late_approval"]


class VisitOut(serializers.ModelSerializer[Visit]):
    """A visit as it is read."""

    log = serializers.PrimaryKeyRelatedField[VisitLog](read_only=True, allow_null=True)

    class Meta:
        model = Visit
        fields = [
            "id", "client_key", "client", "contact", "owner", "org_unit", "state", "planned_at", "visit_on",
            "place", "purposes", "purpose_note", "benefit", "unscheduled_reason", "checklist", "arrived_at",
            "left_at", "outcome_reason", "follows", "log", "version", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Visit) -> dict[str, Any]:
        """Show no log where there is none yet."""
        data: dict[str, Any] = super().to_representation(instance)
        log = getattr(instance, "log", None)
        data["log"] = log.pk if log else None
        return data


class VisitChange(serializers.Serializer[Visit]):
    """What may be changed while a visit is planned."""

    contact = serializers.IntegerField(required=False, allow_null=True)
    planned_at = serializers.DateTimeField(required=False)
    place = serializers.CharField(required=False, allow_blank=True, max_length=200)
    purposes = ListField(child=serializers.ChoiceField(choices.Purpose.choices), required=False)
    purpose_note = serializers.CharField(required=False, allow_blank=True, max_length=200)
    benefit = serializers.CharField(required=False, allow_blank=True, max_length=200)
    unscheduled_reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class VisitPlan(VisitChange):
    """What a new visit needs."""

    client_key = serializers.UUIDField(required=False, help_text="Made by the sender: once and only once.")
    client = serializers.IntegerField()
    planned_at = serializers.DateTimeField()
    purposes = ListField(child=serializers.ChoiceField(choices.Purpose.choices))


class At(serializers.Serializer[Any]):
    """When it happened; now when left out."""

    at = serializers.DateTimeField(required=False)


class AtAndWhere(At):
    """When, and where the phone was, if it says so. Units: degrees of WGS-84, metres, seconds."""

    fix = serializers.ChoiceField(choices.Fix.choices, required=False)
    latitude = serializers.DecimalField(9, 6, min_value=-90, max_value=90, required=False)
    longitude = serializers.DecimalField(9, 6, min_value=-180, max_value=180, required=False)
    accuracy_m = serializers.IntegerField(min_value=0, max_value=1_000_000, required=False)
    age_s = serializers.IntegerField(min_value=0, max_value=10_000_000, required=False)


class Reason(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class Consulted(serializers.Serializer[Any]):
    """Which solution was looked at."""

    solution = serializers.IntegerField()


class Postponement(Reason):
    """To when, and why."""

    planned_at = serializers.DateTimeField()
    place = serializers.CharField(max_length=200, required=False, allow_blank=True)


class LogOut(serializers.ModelSerializer[VisitLog]):
    """A log as it is read."""

    client = serializers.IntegerField(source="visit.client_id", read_only=True)
    owner = serializers.IntegerField(source="visit.owner_id", read_only=True)
    visit_on = serializers.DateField(source="visit.visit_on", read_only=True)
    purposes: "serializers.ListField" = serializers.ListField(
        source="visit.purposes", child=serializers.CharField(), read_only=True
    )

    class Meta:
        model = VisitLog
        fields = [
            "id", "visit", "client", "owner", "visit_on", "purposes", "state", "results", "opinion_asked",
            "opinion", "demands", "competitor", "competitor_operator", "competitor_product", "lessons",
            "raise_in_meeting", "next_step", "next_due_on", "left_early", "next_visit_at", "card_given",
            "receipt_no", "consent_evidence", "complaint_no", "written_at", "skew_s", "submitted_at",
            "late_submit", "doubts", "approval_due_at", "decided_at", "decided_by", "late_approval",
            "return_reason", "version",
        ]  # fmt: skip
        read_only_fields = fields


class LogIn(serializers.ModelSerializer[VisitLog]):
    """What the writer of a log fills in."""

    results = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=500), required=False
    )

    class Meta:
        model = VisitLog
        fields = [
            "results", "opinion_asked", "opinion", "demands", "competitor", "competitor_operator",
            "competitor_product", "lessons", "raise_in_meeting", "next_step", "next_due_on", "left_early",
            "next_visit_at", "card_given", "receipt_no", "consent_evidence", "complaint_no",
        ]  # fmt: skip

    def validate_results(self, value: dict[str, str]) -> dict[str, str]:
        """Keep results of known purposes only."""
        if unknown := set(value) - set(choices.Purpose.values):
            raise serializers.ValidationError(f"Unknown purpose: {', '.join(sorted(unknown))}")
        return value


class NewLog(LogIn):
    """A log of a visit that has none."""

    visit = serializers.IntegerField()

    class Meta(LogIn.Meta):
        fields = ["visit", *LogIn.Meta.fields]


class WholeVisit(VisitPlan):
    """A visit and its log in one, as a phone sends what was made without a signal."""

    client_key = serializers.UUIDField()
    arrived_at = serializers.DateTimeField(required=False)
    left_at = serializers.DateTimeField(required=False)
    log = LogIn()
    submit = serializers.BooleanField(default=True)


class Chosen(serializers.Serializer[Any]):
    """Logs to approve."""

    logs = ListField(child=serializers.IntegerField(), min_length=1, max_length=500)
    versions = serializers.DictField(
        child=serializers.IntegerField(),
        required=False,
        help_text="Log → version that was read; a log handed in again meanwhile is then not approved.",
    )

    def validate_versions(self, value: dict[str, int]) -> dict[int, int]:
        """Read the numbers of logs."""
        logs = {key: read_number(key) for key in value}
        if None in logs.values():
            raise serializers.ValidationError("Keys are numbers of logs.")
        return {log: value[key] for key, log in logs.items() if log is not None}


class LogChangeOut(serializers.Serializer[services.Change]):
    """One field of a log before and after."""

    field = serializers.CharField(source="label")
    before = serializers.CharField()
    after = serializers.CharField()


class OutcomeOut(serializers.Serializer[services.Outcome]):
    """What became of one log."""

    log = serializers.IntegerField(source="log_id")
    done = serializers.BooleanField()
    code = serializers.CharField()
    message = serializers.SerializerMethodField()

    def get_message(self, outcome: services.Outcome) -> str:
        """Return the sentence in the caller's language."""
        return str(outcome.message)


def _contact(actor: User, pk: int | None) -> Contact | None:
    return get_object_or_404(Contact.objects.visible_to(actor), pk=pk) if pk is not None else None


class VisitViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Visit]):
    """Visits of one's scope."""

    queryset = Visit.objects.none()
    serializer_class = VisitOut
    filterset_class = VisitFilter
    pagination_class = Newest
    verbs = {"list": "visits.view", "retrieve": "visits.view", "*": "visits.change"}

    def get_queryset(self) -> QuerySet[Visit]:
        """Return the visits the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Visit.objects.none()
        found: QuerySet[Visit] = Visit.objects.visible_to(caller(self.request)).select_related("log")
        return found

    def _answer(self, visit: Visit, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=visit.pk)
        return Response(VisitOut(found).data, status=status, headers={"ETag": etag(found.version)})

    def _move(self, request: Request, act: Any) -> Visit:
        values = checked_body(AtAndWhere, request)
        at = values.pop("at", None)
        if values.get("fix") == choices.Fix.GIVEN and not {"latitude", "longitude"} <= set(values):
            values = {"fix": choices.Fix.NONE}
        if values.get("fix") != choices.Fix.GIVEN:
            values = {"fix": values.get("fix", choices.Fix.UNSENT)}
        visit: Visit = act(
            actor=caller(request), visit=self.get_object(), where=services.Where(**values), at=at
        )
        return visit

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one visit with its ETag."""
        return self._answer(self.get_object())

    @extend_schema(request=VisitPlan, responses={201: VisitOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Plan a visit; the same `client_key` is one visit however often it is sent."""
        actor = caller(request)
        values = checked_body(VisitPlan, request)
        client = get_object_or_404(Client.objects.visible_to(actor), pk=values.pop("client"))
        values["contact"] = _contact(actor, values.pop("contact", None))
        return self._answer(services.plan_visit(actor=actor, client=client, **values), 201)

    @extend_schema(request=WholeVisit, responses={201: VisitOut})
    def record(self, request: Request) -> Response:
        """Take in a whole visit with its log, once and only once by `client_key`."""
        actor = caller(request)
        values = checked_body(WholeVisit, request)
        client = get_object_or_404(Client.objects.visible_to(actor), pk=values.pop("client"))
        values["contact"] = _contact(actor, values.pop("contact", None))
        values["values"] = values.pop("log")
        return self._answer(services.record_visit(actor=actor, client=client, **values), 201)

    @extend_schema(request=VisitChange, responses=VisitOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a planned visit; send the ETag you read as If-Match."""
        actor = caller(request)
        visit = self.get_object()
        check_if_match(request, visit)
        values = checked_body(VisitChange, request)
        if "contact" in values:
            values["contact"] = _contact(actor, values["contact"])
        return self._answer(services.change_visit(actor=actor, visit=visit, version=visit.version, **values))

    @extend_schema(request=None, responses=VisitOut)
    def confirm(self, request: Request, pk: int) -> Response:
        """Note that the client agreed to time and place."""
        return self._answer(services.confirm(actor=caller(request), visit=self.get_object()))

    @extend_schema(request=AtAndWhere, responses=VisitOut)
    def checkin(self, request: Request, pk: int) -> Response:
        """Note the arrival, and where the phone was if it says so."""
        return self._answer(self._move(request, services.arrive))

    @extend_schema(request=AtAndWhere, responses=VisitOut)
    def checkout(self, request: Request, pk: int) -> Response:
        """Note the departure, and where the phone was if it says so."""
        return self._answer(self._move(request, services.leave))

    @extend_schema(request=Reason, responses=VisitOut)
    def cancel(self, request: Request, pk: int) -> Response:
        """Call the visit off; a reason is needed."""
        visit = self.get_object()
        return self._answer(
            services.cancel(actor=caller(request), visit=visit, **checked_body(Reason, request))
        )

    @extend_schema(request=Reason, responses=VisitOut)
    def noshow(self, request: Request, pk: int) -> Response:
        """Note that the client did not appear."""
        visit = self.get_object()
        return self._answer(
            services.no_show(actor=caller(request), visit=visit, **checked_body(Reason, request))
        )

    @extend_schema(request=Postponement, responses={201: VisitOut})
    @idempotent
    def postpone(self, request: Request, pk: int) -> Response:
        """Move the visit; the answer is the new visit that follows the old one."""
        visit = self.get_object()
        values = checked_body(Postponement, request)
        return self._answer(services.postpone(actor=caller(request), visit=visit, **values), 201)

    @extend_schema(request=Consulted, responses=VisitOut)
    def consulted(self, request: Request, pk: int) -> Response:
        """Note that a published solution was looked at before the visit."""
        visit = self.get_object()
        consult(actor=caller(request), visit=visit, solution_id=checked_body(Consulted, request)["solution"])
        return self._answer(visit)

    @extend_schema(request=None, responses=VisitOut)
    def followup(self, request: Request, pk: int) -> Response:
        """Mark the promised next step as done."""
        return self._answer(services.keep_promise(actor=caller(request), visit=self.get_object()))


class VisitLogViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[VisitLog]):
    """Logs of one's scope."""

    queryset = VisitLog.objects.none()
    serializer_class = LogOut
    filterset_class = LogFilter
    pagination_class = Newest
    verbs = {
        "list": "visits.view",
        "retrieve": "visits.view",
        "changes": "visits.view",
        "approve": "visits.approve_log",
        "approve_many": "visits.approve_log",
        "send_back": "visits.approve_log",
        "*": "visits.write_log",
    }

    def get_queryset(self) -> QuerySet[VisitLog]:
        """Return the logs the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return VisitLog.objects.none()
        found: QuerySet[VisitLog] = VisitLog.objects.visible_to(caller(self.request)).select_related("visit")
        return found

    def _answer(self, log: VisitLog, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=log.pk)
        return Response(LogOut(found).data, status=status, headers={"ETag": etag(found.version)})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one log with its ETag."""
        return self._answer(self.get_object())

    @extend_schema(request=NewLog, responses={201: LogOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Write the draft of a visit's log; a second sending goes on with the same draft."""
        actor = caller(request)
        values = checked_body(NewLog, request)
        visit = get_object_or_404(Visit.objects.visible_to(actor), pk=values.pop("visit"))
        return self._answer(services.write_log(actor=actor, visit=visit, values=values), 201)

    @extend_schema(request=LogIn, responses=LogOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Go on with a draft or a returned log; send the ETag you read as If-Match."""
        log = self.get_object()
        check_if_match(request, log)
        values = checked_body(LogIn, request, partial=True)
        return self._answer(services.write_log(actor=caller(request), visit=log.visit, values=values))

    @extend_schema(request=None, responses=LogOut)
    def submit(self, request: Request, pk: int) -> Response:
        """Hand the log in for approval."""
        return self._answer(services.submit_log(actor=caller(request), visit=self.get_object().visit))

    @extend_schema(request=None, responses=LogOut, parameters=[IF_MATCH])
    def approve(self, request: Request, pk: int) -> Response:
        """Approve the log for good."""
        log = self.get_object()
        check_if_match(request, log)
        return self._answer(services.approve_log(actor=caller(request), log=log, version=log.version))

    @extend_schema(request=Reason, responses=LogOut, parameters=[IF_MATCH])
    def send_back(self, request: Request, pk: int) -> Response:
        """Return the log to its writer with a reason."""
        log = self.get_object()
        check_if_match(request, log)
        values = checked_body(Reason, request)
        return self._answer(
            services.return_log(actor=caller(request), log=log, version=log.version, **values)
        )

    @extend_schema(responses=LogChangeOut(many=True), filters=False)
    def changes(self, request: Request, pk: int) -> Response:
        """Return what the log says now and did not say when it was last returned; nothing if it never was."""
        log = self.get_object()
        last = log.returns.first()
        return Response([LogChangeOut(one).data for one in services.changes_since(last, log)] if last else [])

    @extend_schema(request=Chosen, responses=OutcomeOut(many=True))
    def approve_many(self, request: Request) -> Response:
        """Approve many logs; every log has its own outcome."""
        outcomes = services.approve_logs(actor=caller(request), **checked_body(Chosen, request))
        return Response([OutcomeOut(outcome).data for outcome in outcomes])
