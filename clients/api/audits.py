"""REST: audit plans, audits of clients, and the sheet field by field."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients import choices, services
from clients.cards import sees_plain
from clients.models import AuditLine, AuditPlan, AuditTask
from clients.rules.audits import POPULATION
from crm.accounts.models import OrgUnit
from crm.accounts.rest import caller
from crm.base.api import Newest, checked_body, etag, idempotent
from crm.base.fields import ListField
from crm.base.text import mask_mobile, mask_name


class AuditPlanOut(serializers.ModelSerializer[AuditPlan]):
    """A plan as it is read."""

    unit = serializers.CharField(source="unit.code")
    auditor = serializers.CharField(source="auditor.staff_no")
    kind = serializers.CharField()
    period = serializers.CharField()

    class Meta:
        model = AuditPlan
        fields = [
            "id", "name", "kind", "unit", "auditor", "filters", "sample_size", "sample_pct", "seed", "period",
            "next_on", "rounds", "ended_at",
        ]  # fmt: skip


class AuditPlanIn(serializers.Serializer[Any]):
    """A plan to make; give either sample_size or sample_pct."""

    name = serializers.CharField(max_length=80)
    kind = serializers.CharField(help_text="COMPLETENESS, CONSISTENCY or REALITY.")
    unit = serializers.CharField(max_length=32, help_text="Code of a unit in scope.")
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1)
    sample_size = serializers.IntegerField(required=False, min_value=1, max_value=10_000)
    sample_pct = serializers.IntegerField(required=False, min_value=1, max_value=100)
    period = serializers.CharField(default="ONCE", help_text="ONCE, MONTHLY or QUARTERLY.")
    first_on = serializers.DateField(required=False)
    filters = serializers.DictField(
        child=ListField(child=serializers.CharField()), required=False,
        help_text="Codes by column: " + ", ".join(POPULATION),
    )  # fmt: skip

    def validate_kind(self, value: str) -> str:
        """Take known kinds only."""
        return _one_of(choices.AuditKind, value)

    def validate_period(self, value: str) -> str:
        """Take known periods only."""
        return _one_of(choices.AuditPeriod, value)


def _one_of(vocabulary: Any, value: str) -> str:
    if value not in vocabulary.values:
        raise serializers.ValidationError(f"{', '.join(vocabulary.values)}")
    return value


class AuditLineOut(serializers.ModelSerializer[AuditLine]):
    """One field of the sheet; personal data is masked for who does not manage the client."""

    verdict = serializers.CharField()

    class Meta:
        model = AuditLine
        fields = [
            "id", "field", "label", "required", "system_value", "paper_value", "real_value", "changed_on",
            "verdict", "reason", "now_value",
        ]  # fmt: skip

    def to_representation(self, instance: AuditLine) -> dict[str, Any]:
        """Mask names and numbers."""
        data: dict[str, Any] = super().to_representation(instance)
        if instance.personal and not self.context.get("plain"):
            hide = mask_mobile if instance.field.startswith("mobile:") else mask_name
            for name in ("system_value", "now_value"):
                data[name] = hide(data[name]) if data[name] else ""
        return data


class AuditTaskOut(serializers.ModelSerializer[AuditTask]):
    """The audit of one client."""

    no = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    origin = serializers.CharField()
    client_code = serializers.CharField(source="client.client_code")
    auditor = serializers.CharField(source="auditor.staff_no", default=None)

    class Meta:
        model = AuditTask
        fields = [
            "id", "no", "plan", "round", "client", "client_code", "kind", "origin", "agreement", "auditor",
            "state", "due_on", "started_at", "finished_at", "checked", "faults", "note", "correction_due_on",
            "corrected_at", "correction_note", "return_reason", "closed_at", "version",
        ]  # fmt: skip


class AuditSheetOut(AuditTaskOut):
    """The audit with its sheet."""

    lines = AuditLineOut(many=True)

    class Meta(AuditTaskOut.Meta):
        fields = [*AuditTaskOut.Meta.fields, "lines"]


class AuditLineIn(serializers.Serializer[Any]):
    """What was found about one field; without a verdict it follows from the values."""

    id = serializers.IntegerField()
    paper_value = serializers.CharField(required=False, allow_blank=True, max_length=500)
    real_value = serializers.CharField(required=False, allow_blank=True, max_length=500)
    changed_on = serializers.DateField(required=False, allow_null=True)
    verdict = serializers.CharField(required=False, allow_blank=True, max_length=8)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200)


class AuditSheetIn(serializers.Serializer[Any]):
    """Lines of a sheet."""

    lines = ListField(child=AuditLineIn(), max_length=200)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300)


class AuditActIn(serializers.Serializer[Any]):
    """What an act may carry: each takes what it needs."""

    due_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(required=False, allow_blank=True, max_length=300, default="")
    reason = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    accepted = serializers.BooleanField(required=False, default=True)
    rest_agrees = serializers.BooleanField(required=False, default=False)


class AuditPlanViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[AuditPlan]):
    """Audit plans of units inside the caller's scope."""

    serializer_class = AuditPlanOut
    pagination_class = Newest
    verbs = {"*": "clients.view", "create": "audits.run", "end": "audits.run"}

    def get_queryset(self) -> QuerySet[AuditPlan]:
        """Return the plans the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return AuditPlan.objects.none()
        return AuditPlan.objects.visible_to(caller(self.request)).select_related("unit", "auditor")

    @extend_schema(request=AuditPlanIn, responses={201: AuditPlanOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Plan an audit and draw its first sample when its day has come."""
        values = checked_body(AuditPlanIn, request)
        actor = caller(request)
        values["unit"] = get_object_or_404(OrgUnit.objects.visible_to(actor), code=values["unit"])
        plan = services.plan_audit(actor=actor, **values)
        return Response(AuditPlanOut(plan).data, status=201)

    @extend_schema(request=None, responses=AuditPlanOut)
    def end(self, request: Request, pk: int) -> Response:
        """End a plan."""
        return Response(
            AuditPlanOut(services.end_plan(actor=caller(request), plan_id=self.get_object().pk)).data
        )


class AuditTaskViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[AuditTask]):
    """Audits of clients inside the caller's scope."""

    serializer_class = AuditTaskOut
    pagination_class = Newest
    verbs = {
        "*": "audits.run",
        "list": "clients.view",
        "retrieve": "clients.view",
        "corrected": "clients.change",
    }

    def get_queryset(self) -> QuerySet[AuditTask]:
        """Return the audits the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return AuditTask.objects.none()
        return AuditTask.objects.visible_to(caller(self.request)).with_rows()

    def _answer(self, pk: int) -> Response:
        task = self.get_queryset().get(pk=pk)
        context = {"plain": sees_plain(caller(self.request), task.client)}
        return Response(AuditSheetOut(task, context=context).data, headers={"ETag": etag(task.version)})

    @extend_schema(responses=AuditSheetOut)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Read an audit with its sheet."""
        return self._answer(self.get_object().pk)

    @extend_schema(request=None, responses=AuditSheetOut)
    def start(self, request: Request, pk: int) -> Response:
        """Begin: freeze what the system holds."""
        services.start_audit(actor=caller(request), task_id=self.get_object().pk)
        return self._answer(pk)

    @extend_schema(request=AuditSheetIn, responses=AuditSheetOut)
    def save(self, request: Request, pk: int) -> Response:
        """Write lines of the sheet."""
        given = checked_body(AuditSheetIn, request)
        lines = {line.pop("id"): line for line in (dict(line) for line in given["lines"])}
        services.save_sheet(
            actor=caller(request), task_id=self.get_object().pk, lines=lines, note=given.get("note")
        )
        return self._answer(pk)

    def _given(self, request: Request) -> dict[str, Any]:
        body = AuditActIn(data=request.data or {})
        body.is_valid(raise_exception=True)
        return dict(body.validated_data)

    @extend_schema(request=AuditActIn, responses=AuditSheetOut)
    def finish(self, request: Request, pk: int) -> Response:
        """Finish the sheet; without faults the audit is closed."""
        rest = self._given(request)["rest_agrees"]
        services.finish_audit(actor=caller(request), task_id=self.get_object().pk, rest_agrees=rest)
        return self._answer(pk)

    @extend_schema(request=AuditActIn, responses=AuditSheetOut)
    def notify(self, request: Request, pk: int) -> Response:
        """Send the findings to the manager."""
        due = self._given(request).get("due_on")
        services.notify_manager(actor=caller(request), task_id=self.get_object().pk, due_on=due)
        return self._answer(pk)

    @extend_schema(request=AuditActIn, responses=AuditSheetOut)
    def corrected(self, request: Request, pk: int) -> Response:
        """Report that the file was corrected."""
        note = self._given(request)["note"]
        services.report_corrected(actor=caller(request), task_id=self.get_object().pk, note=note)
        return self._answer(pk)

    @extend_schema(request=AuditActIn, responses=AuditSheetOut)
    def verify(self, request: Request, pk: int) -> Response:
        """Accept the correction and close, or send it back with a reason."""
        given = self._given(request)
        services.verify_correction(
            actor=caller(request),
            task_id=self.get_object().pk,
            accepted=given["accepted"],
            reason=given["reason"],
        )
        return self._answer(pk)
