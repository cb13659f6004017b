"""Exports over the API: ask, poll, decide, download once."""

from typing import Any, ClassVar

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.base.api import checked_body, idempotent
from crm.base.parsers import ObjectParser
from crm.exports import services
from crm.exports.choices import Format, RequestState, Work
from crm.exports.models import DownloadRequest
from crm.exports.views import VERBS

ASK = ("clients.export", "accounts.manage")
DECIDE = ("exports.approve", "exports.approve_leaders", "accounts.manage")


class ExportIn(serializers.Serializer[Any]):
    """Which list, with which filters, and how."""

    list = serializers.CharField(max_length=30, help_text="clients, members, customers, visits, …")
    filters = serializers.CharField(
        max_length=1000, required=False, default="", allow_blank=True, help_text="as in the list's address"
    )
    file_format = serializers.ChoiceField(Format.choices, default=Format.XLSX)
    plain = serializers.BooleanField(default=False, help_text="with full numbers; always needs approval")
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class ExportOut(serializers.Serializer[Any]):
    """One export as it stands."""

    id = serializers.IntegerField()
    list = serializers.CharField(source="name")
    filters = serializers.CharField(source="query")
    file_format = serializers.ChoiceField(Format.choices)
    plain = serializers.BooleanField()
    reason = serializers.CharField()
    state = serializers.ChoiceField(RequestState.choices)
    work = serializers.ChoiceField(Work.choices, allow_blank=True)
    rows_asked = serializers.IntegerField()
    done = serializers.IntegerField()
    rows_written = serializers.IntegerField(allow_null=True)
    file_size = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField()
    owner = serializers.CharField(source="owner.staff_no")
    decided_by = serializers.CharField(source="decided_by.staff_no", allow_null=True, default=None)
    decision_note = serializers.CharField()
    created_at = serializers.DateTimeField()
    valid_until = serializers.DateTimeField(allow_null=True)
    ready = serializers.BooleanField()


class NoteIn(serializers.Serializer[Any]):
    """Why."""

    note = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class ExportView(APIView):
    """What all routes of exports share."""

    parser_classes = (ObjectParser,)
    verbs: ClassVar[dict[str, str | tuple[str, ...]]] = {"*": VERBS, "post": ASK}

    def row(self, request: Request, pk: int) -> DownloadRequest:
        """Return an export the caller may see, or 404."""
        user: Any = request.user
        found: DownloadRequest = get_object_or_404(
            DownloadRequest.objects.visible_to(user).with_people(), pk=pk
        )
        return found


class ExportList(ExportView):
    """Ask for a list as a file; list one's exports and those to decide."""

    @extend_schema(operation_id="exports_list", responses=ExportOut(many=True))
    def get(self, request: Request) -> Response:
        """List the newest exports the caller asked for or may decide."""
        user: Any = request.user
        return Response(
            ExportOut(DownloadRequest.objects.visible_to(user).with_people()[:50], many=True).data
        )

    @extend_schema(operation_id="exports_create", request=ExportIn, responses={202: ExportOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Ask; up to 200 masked rows are written at once, more wait for a second person (E204)."""
        data = checked_body(ExportIn, request)
        user: Any = request.user
        made = services.request_export(
            actor=user,
            name=data["list"],
            query=data["filters"],
            file_format=data["file_format"],
            plain=data["plain"],
            reason=data["reason"],
        )
        return Response(ExportOut(made).data, status=202, headers={"Location": f"{request.path}/{made.pk}"})


class ExportDetail(ExportView):
    """One export."""

    @extend_schema(operation_id="exports_retrieve", responses=ExportOut)
    def get(self, request: Request, pk: int) -> Response:
        """Return where an export stands."""
        return Response(ExportOut(self.row(request, pk)).data)


class ExportApprove(ExportView):
    """Let it go."""

    verbs: ClassVar[dict[str, str | tuple[str, ...]]] = {"post": DECIDE}

    @extend_schema(operation_id="exports_approve", request=NoteIn, responses=ExportOut)
    def post(self, request: Request, pk: int) -> Response:
        """Approve an export of somebody else; it can be downloaded once, within seven days."""
        given = checked_body(NoteIn, request)
        user: Any = request.user
        done = services.approve(actor=user, request=self.row(request, pk), note=given["note"])
        return Response(ExportOut(done).data)


class ExportReject(ExportView):
    """Refuse it."""

    verbs: ClassVar[dict[str, str | tuple[str, ...]]] = {"post": DECIDE}

    @extend_schema(operation_id="exports_reject", request=NoteIn, responses=ExportOut)
    def post(self, request: Request, pk: int) -> Response:
        """Reject an export of somebody else, with a reason."""
        given = checked_body(NoteIn, request)
        user: Any = request.user
        done = services.reject(actor=user, request=self.row(request, pk), note=given["note"])
        return Response(ExportOut(done).data)


class ExportCancel(ExportView):
    """Take it back."""

    @extend_schema(operation_id="exports_cancel", request=None, responses=ExportOut)
    def post(self, request: Request, pk: int) -> Response:
        """Take one's own request back."""
        user: Any = request.user
        return Response(ExportOut(services.cancel(actor=user, request=self.row(request, pk))).data)


class ExportDownload(ExportView):
    """Download it."""

    @extend_schema(
        operation_id="exports_download",
        request=None,
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request, pk: int) -> FileResponse:
        """Send the file, this once; NOT_APPROVED_DOWNLOAD, EXPIRED or ALREADY_USED otherwise (E202)."""
        user: Any = request.user
        file, row = services.take(actor=user, request=self.row(request, pk))
        return FileResponse(file, as_attachment=True, filename=services.file_name(row))
