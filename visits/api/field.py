"""REST: photos of a visit."""

from typing import Any
from uuid import UUID, uuid4

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from crm.accounts.rest import caller
from crm.base.errors import Invalid
from visits import services
from visits.models import Visit, VisitPhoto


class PhotoOut(serializers.ModelSerializer[VisitPhoto]):
    """A photo as it is read."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = VisitPhoto
        fields = ["id", "key", "url", "content_type", "size", "sha256", "taken_at", "uploaded_at"]
        read_only_fields = fields

    def get_url(self, photo: VisitPhoto) -> str:
        """Return where the picture is handed out."""
        return reverse("visits:photo", args=[photo.visit_id, photo.pk])


class PhotoIn(serializers.Serializer[Any]):
    """A picture; the same `key`, and the same picture, is one photo."""

    photo = serializers.FileField()
    key = serializers.UUIDField(required=False)


class PhotoViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[VisitPhoto]):
    """Photos of a visit of one's scope."""

    queryset = VisitPhoto.objects.none()
    serializer_class = PhotoOut
    pagination_class = None
    filter_backends = []
    parser_classes = [MultiPartParser]
    verbs = {"list": "visits.view", "*": "visits.write_log"}

    def _visit(self) -> Visit:
        visit: Visit = get_object_or_404(Visit.objects.visible_to(caller(self.request)), pk=self.kwargs["pk"])
        return visit

    def get_queryset(self) -> QuerySet[VisitPhoto]:
        """Return the visit's photos; at most as many as the parameter allows."""
        if getattr(self, "swagger_fake_view", False):
            return VisitPhoto.objects.none()
        return VisitPhoto.objects.filter(visit=self._visit()).order_by("pk")

    @extend_schema(request={"multipart/form-data": PhotoIn}, responses={201: PhotoOut})
    def create(self, request: Request, pk: int) -> Response:
        """Keep a photo of the visit."""
        visit = self._visit()
        given = PhotoIn(data=request.data)
        if not given.is_valid():
            raise Invalid("INVALID", "Send one picture as `photo`.", fields=dict(given.errors))
        key = given.validated_data.get("key") or uuid4()
        assert isinstance(key, UUID)  # noqa: S101 - UUIDField makes one
        photo = services.add_visit_photo(
            actor=caller(self.request), visit=visit, upload=given.validated_data["photo"], key=key
        )
        return Response(PhotoOut(photo).data, status=201)
