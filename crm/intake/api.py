"""Imports over the API: send a workbook, poll, read errors, commit, undo (spec §4.2)."""

from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.accounts.rest import caller
from crm.base.api import checked_body, idempotent
from crm.base.fields import ListField
from crm.base.parsers import ObjectParser
from crm.base.text import INT, read_number
from crm.intake import messages, report, services
from crm.intake.choices import Mode
from crm.intake.models import ImportBatch
from crm.intake.resources import resource_of

PAGE = 200


class ImportIn(serializers.Serializer[Any]):
    """A workbook and how it is to be read."""

    roster = serializers.CharField(help_text="name of a roster, as /rosters lists them")
    file = serializers.FileField()
    map = serializers.JSONField(
        required=False, help_text='{"企业名称": "name"}: header → column, "" leaves it out'
    )
    set = serializers.JSONField(
        required=False, help_text='{"type": "2"}: column → value for rows that have none'
    )
    sheet = serializers.CharField(required=False, allow_blank=True, default="")
    mode = serializers.ChoiceField(Mode.choices, required=False, default=Mode.OVERWRITE)
    all_or_nothing = serializers.BooleanField(required=False, default=False)


class SheetOut(serializers.Serializer[Any]):
    """What was done with one sheet."""

    name = serializers.CharField()
    read = serializers.BooleanField()
    rows = serializers.IntegerField()
    said = serializers.CharField()


class RefusalOut(serializers.Serializer[Any]):
    """Why a whole file was refused."""

    code = serializers.CharField()
    message = serializers.CharField()


class ProgressOut(serializers.Serializer[Any]):
    """Where the worker stands."""

    phase = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    rate = serializers.IntegerField(help_text="rows a second")
    left = serializers.IntegerField(help_text="seconds left, 0 when not known")


class UndoOut(serializers.Serializer[Any]):
    """Whether an import can be taken back, and what became of it when it was."""

    possible = serializers.BooleanField()
    restored = serializers.IntegerField(allow_null=True)
    kept = serializers.IntegerField(allow_null=True)


class ImportOut(serializers.Serializer[Any]):
    """One import: read = created + updated + unchanged + rejected."""

    id = serializers.IntegerField()
    roster = serializers.CharField()
    status = serializers.CharField()
    file_name = serializers.CharField()
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    read = serializers.IntegerField()
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    progress = ProgressOut()
    sheets = SheetOut(many=True)
    changes = serializers.DictField(
        child=serializers.IntegerField(), help_text="column → records it would change"
    )
    undo = UndoOut()
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="columns to be mapped or set before rows can be checked"
    )
    error = RefusalOut(allow_null=True)


class ImportErrorOut(serializers.Serializer[Any]):
    """One thing wrong with one cell."""

    sheet = serializers.CharField()
    row = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class ImportErrorsOut(serializers.Serializer[Any]):
    """A page of errors and where the next begins."""

    results = ImportErrorOut(many=True)
    next = serializers.IntegerField(allow_null=True)


def said(batch: ImportBatch) -> dict[str, Any]:
    """Return one import as the API shows it."""
    resource = resource_of(batch.roster)
    progress = batch.progress
    error = None
    if batch.error_code:
        error = {
            "code": batch.error_code,
            "message": messages.file_sentence(batch.error_code, batch.error_params, resource),
        }
    return {
        "id": batch.pk,
        "roster": batch.roster,
        "status": batch.status,
        "file_name": batch.file_name,
        "sha256": batch.sha256,
        "created_at": batch.created_at,
        "applied_at": batch.applied_at,
        **services.counts_of(batch),
        "progress": {
            "phase": progress.phase,
            "done": progress.done,
            "total": progress.total,
            "rate": progress.rate,
            "left": progress.left,
        },
        "changes": batch.found.get("changes", {}),
        "undo": {"possible": services.undoable(batch), "restored": batch.restored, "kept": batch.kept},
        "sheets": report.sheets_of(batch),
        "missing": services.missing_columns(batch),
        "error": error,
    }


class ImportView(APIView):
    """What all routes of imports share."""

    verbs: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "*": ("intake.import_members", "intake.import_users")
    }

    def batch(self, request: Request, pk: int) -> ImportBatch:
        """Return an import the caller may see, or 404."""
        queryset = ImportBatch.objects.visible_to(caller(request)).select_related("progress")
        return get_object_or_404(queryset, pk=pk)


class ImportList(ImportView):
    """Send a workbook; list one's imports."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="imports_list",
        parameters=[OpenApiParameter("before", int, description="older than this import")],
        responses=ImportOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List imports, newest first, 50 at a time."""
        queryset = ImportBatch.objects.visible_to(caller(request)).select_related("progress")
        before = request.query_params.get("before", "")
        if (at := read_number(before)) is not None:
            queryset = queryset.filter(pk__lt=at)
        return Response(ImportOut([said(batch) for batch in queryset[:50]], many=True).data)

    @extend_schema(
        operation_id="imports_create", request={"multipart/form-data": ImportIn}, responses={202: ImportOut}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Take a workbook; a worker reads and checks it, then it waits for :commit."""
        data = checked_body(ImportIn, request)
        for name in ("map", "set"):
            pairs = data.get(name) or {}
            if not isinstance(pairs, dict) or not all(isinstance(v, str) for v in pairs.values()):
                raise ValidationError({name: ["An object of texts is expected."]})
        batch = services.open_batch(
            actor=caller(request),
            roster=data["roster"],
            name=data["file"].name,
            content=data["file"].chunks(),
            mapping=data.get("map") or {},
            constants=data.get("set") or {},
            sheet=data["sheet"],
            mode=data["mode"],
            all_or_nothing=data["all_or_nothing"],
        )
        services.start(batch=batch)
        return Response(
            ImportOut(said(batch)).data, status=202, headers={"Location": f"{request.path}/{batch.pk}"}
        )


class ImportDetail(ImportView):
    """One import."""

    @extend_schema(operation_id="imports_retrieve", responses=ImportOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return where an import stands."""
        return Response(ImportOut(said(self.batch(request, pk))).data)


class ImportErrors(ImportView):
    """The errors of one import."""

    @extend_schema(
        operation_id="imports_errors",
        parameters=[OpenApiParameter("after", int, description="number of errors already read")],
        responses=ImportErrorsOut,
    )
    def get(self, request: Request, pk: int) -> Response:
        """Return errors in file order, 200 at a time; values are shown to the sender only."""
        batch = self.batch(request, pk)
        after = read_number(request.query_params.get("after", ""), most=INT) or 0
        found = services.error_rows(batch, after=after, size=PAGE + 1)
        if batch.owner_id != request.user.pk:
            found = [{**error, "value": ""} for error in found]
        body = {"results": found[:PAGE], "next": after + PAGE if len(found) > PAGE else None}
        return Response(ImportErrorsOut(body).data)


class MappingIn(serializers.Serializer[Any]):
    """What the columns mean."""

    map = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False, default=dict)
    set = serializers.DictField(child=serializers.CharField(), required=False, default=dict)
    values = serializers.DictField(
        child=serializers.DictField(child=serializers.CharField()),
        required=False,
        default=dict,
        help_text='{"type": {"骨干": "1"}}: column → what people wrote → code',
    )
    leave_out = ListField(
        child=serializers.CharField(), required=False, help_text="names of sheets that are not to be read"
    )
    mode = serializers.ChoiceField(Mode.choices, required=False)
    all_or_nothing = serializers.BooleanField(required=False)


class ImportAct(ImportView):
    """What can be done with an import."""

    parser_classes = (ObjectParser,)

    def answer(self, batch: ImportBatch) -> Response:
        """Return the import as it stands after the act."""
        batch.refresh_from_db()
        return Response(ImportOut(said(batch)).data, status=202)


class ImportMap(ImportAct):
    """Match columns."""

    @extend_schema(operation_id="imports_map", request=MappingIn, responses={202: ImportOut})
    def post(self, request: Request, pk: int) -> Response:
        """Say what the columns mean and have the rows checked anew."""
        batch = self.batch(request, pk)
        given = checked_body(MappingIn, request)
        services.choose_mapping(
            actor=caller(request),
            batch=batch,
            mapping={**batch.mapping, **given["map"]},
            constants={**batch.constants, **given["set"]},
            value_map={**batch.value_map, **given["values"]},
            left_out=given.get("leave_out", batch.found.get("left_out", [])),
            mode=given.get("mode"),
            all_or_nothing=given.get("all_or_nothing"),
        )
        return self.answer(batch)


class ImportCommit(ImportAct):
    """Write."""

    @extend_schema(operation_id="imports_commit", request=None, responses={202: ImportOut})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Have the good rows written."""
        return self.answer(services.commit_batch(actor=caller(request), batch=self.batch(request, pk)))


class ImportCancel(ImportAct):
    """Stop."""

    @extend_schema(operation_id="imports_cancel", request=None, responses={202: ImportOut})
    def post(self, request: Request, pk: int) -> Response:
        """Stop an import before it is written."""
        return self.answer(services.cancel_batch(actor=caller(request), batch=self.batch(request, pk)))


class ImportUndo(ImportAct):
    """Take back."""

    @extend_schema(operation_id="imports_undo", request=None, responses={202: ImportOut})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Have a whole import taken back."""
        return self.answer(services.undo_batch(actor=caller(request), batch=self.batch(request, pk)))
