"""REST: papers of a client, and what stands in the way of a draft."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from clients import services
from clients.cards import hand_out
from clients.choices import PaperKind
from clients.models import Attachment, Client
from crm.accounts.rest import caller
from crm.base.api import checked_body


class PaperOut(serializers.ModelSerializer[Attachment]):
    """A paper as it is read; its content has an address of its own."""

    class Meta:
        model = Attachment
        fields = [
            "id", "kind", "title", "original_name", "content_type", "size", "sha256", "uploaded_at",
            "replaced_at",
        ]  # fmt: skip
        read_only_fields = fields


class PaperIn(serializers.Serializer[Any]):
    """A paper to hand in."""

    kind = serializers.CharField(help_text=", ".join(PaperKind.values))
    title = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    file = serializers.FileField()


class ObstacleOut(serializers.Serializer[Any]):
    """One thing that refuses the file, with its way out."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields_ = serializers.DictField(source="fields")
    details = serializers.DictField()


class MergeIn(serializers.Serializer[Any]):
    """The parent whose file names the unit instead."""

    parent: Any = serializers.IntegerField()
    name = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    headcount = serializers.IntegerField(required=False, allow_null=True, min_value=0)


class MergedOut(serializers.Serializer[Any]):
    """Where the unit is named now."""

    parent: Any = serializers.IntegerField()
    remark = serializers.CharField()


def _own(view: Any) -> QuerySet[Client]:
    if getattr(view, "swagger_fake_view", False):
        return Client.objects.none()
    return Client.objects.visible_to(view.request.user).select_related("org_unit", "parent", "grid__unit")


class PaperViewSet(viewsets.GenericViewSet[Client]):
    """Papers of one client."""

    serializer_class: Any = PaperOut
    parser_classes = [MultiPartParser, FormParser]
    verbs = {"*": "clients.change", "list": "clients.view", "content": "clients.view"}

    def get_queryset(self) -> QuerySet[Client]:
        """Return the clients the caller may open."""
        return _own(self)

    @extend_schema(
        responses=PaperOut(many=True),
        filters=False,
        parameters=[OpenApiParameter("all", str, description="Those they replaced too, with any value.")],
    )
    def list(self, request: Request, pk: int) -> Response:
        """List the papers in force, and with `?all=1` those they replaced."""
        rows = self.get_object().attachments.all()
        if "all" not in request.query_params:
            rows = rows.filter(replaced_at=None)
        return Response(PaperOut(rows[:200], many=True).data)

    @extend_schema(request={"multipart/form-data": PaperIn}, responses={201: PaperOut})
    def create(self, request: Request, pk: int) -> Response:
        """Hand in a paper; one of the same kind is replaced and kept."""
        client = self.get_object()
        fields = checked_body(PaperIn, request)
        row = services.add_paper(
            actor=caller(request),
            client_id=client.pk,
            kind=fields["kind"],
            upload=fields["file"],
            title=fields["title"],
        )
        return Response(PaperOut(row).data, status=201)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def content(self, request: Request, pk: int, paper: int) -> FileResponse:
        """Download a paper."""
        return hand_out(self.get_object(), paper)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: int, paper: int) -> Response:
        """Take a paper out of force; the history keeps it."""
        client = self.get_object()
        services.remove_paper(actor=caller(request), client_id=client.pk, paper_id=paper)
        return Response(status=204)


class DraftViewSet(viewsets.GenericViewSet[Client]):
    """The way of a draft."""

    serializer_class: Any = ObstacleOut
    verbs = {"*": "clients.change", "obstacles": "clients.view"}

    def get_queryset(self) -> QuerySet[Client]:
        """Return the clients the caller may open."""
        return _own(self)

    @extend_schema(responses=ObstacleOut(many=True), filters=False)
    def obstacles(self, request: Request, pk: int) -> Response:
        """Say everything that would refuse the file now; nothing is changed."""
        found = services.obstacles(self.get_object(), caller(request))
        rows = [
            {
                "code": error.code,
                "message": str(error.message),
                "fields": {name: [str(s) for s in sentences] for name, sentences in error.fields.items()},
                "details": error.details,
            }
            for error in found
        ]
        return Response(ObstacleOut(rows, many=True).data)

    @extend_schema(request=MergeIn, responses=MergedOut)
    def merge(self, request: Request, pk: int) -> Response:
        """Name the unit in its parent's file and give the draft up."""
        client = self.get_object()
        fields = checked_body(MergeIn, request)
        note = services.merge_draft(
            actor=caller(request),
            client_id=client.pk,
            parent_id=fields["parent"],
            name=fields["name"],
            headcount=fields.get("headcount"),
        )
        parent = Client.objects.get(pk=note.parent_id)
        return Response(MergedOut({"parent": parent.pk, "remark": parent.remark}).data)

    @extend_schema(request=None, responses={204: None})
    def give_up(self, request: Request, pk: int) -> Response:
        """Give a draft up."""
        client = self.get_object()
        services.give_up_draft(actor=caller(request), client_id=client.pk)
        return Response(status=204)
