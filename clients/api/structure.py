"""REST: the tree of a client, its region, its branches and the units that answer."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients import services
from clients.models import BranchSite, Client, Responsibility
from clients.trees import Knot, tree_of
from crm.accounts.rest import caller
from crm.base.api import checked_body, etag
from crm.base.models import Region


class KnotOut(serializers.Serializer[Any]):
    """One client of the tree; without name it belongs to another area."""

    id = serializers.IntegerField()
    parent: Any = serializers.IntegerField(allow_null=True)
    client_code = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    unit_relation = serializers.CharField(allow_blank=True)
    status = serializers.CharField(allow_blank=True)
    value_tier = serializers.CharField(allow_null=True)


class SiteOut(serializers.ModelSerializer[BranchSite]):
    """A branch that is no client of ours."""

    class Meta:
        model = BranchSite
        fields = ["id", "name", "region", "country"]
        read_only_fields = fields


class SiteIn(serializers.Serializer[Any]):
    """A branch to note: its region, or the country when it lies abroad."""

    name = serializers.CharField(max_length=120)
    region = serializers.SlugRelatedField[Region](
        slug_field="code", queryset=Region.objects.all(), required=False, allow_null=True
    )
    country = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class ResponsibilityOut(serializers.ModelSerializer[Responsibility]):
    """A unit that answers for the client."""

    org_unit = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)

    class Meta:
        model = Responsibility
        fields = ["level", "role", "org_unit", "since"]
        read_only_fields = fields


class StructureOut(serializers.Serializer[Any]):
    """Where a client stands, works, and who of ours answers."""

    tree = KnotOut(many=True, help_text="The family, headquarters first.")
    region_scope = serializers.CharField(help_text="As in the file.")
    region_suggested = serializers.CharField(help_text="As it follows from the branches.")
    branches_known = serializers.BooleanField()
    region_reason = serializers.CharField(allow_blank=True)
    sites = SiteOut(many=True)
    segment = serializers.CharField(allow_blank=True)
    segment_rule = serializers.CharField(allow_blank=True)
    key_account_kinds = serializers.ListField(child=serializers.CharField())
    responsibilities = ResponsibilityOut(many=True)
    merged_units = serializers.ListField(child=serializers.CharField())


def _flat(knot: Knot) -> Iterator[dict[str, Any]]:
    client = knot.client
    yield {
        "id": knot.pk,
        "parent": knot.parent_id,
        "client_code": client.client_code if client else "",
        "name": client.name if client else "",
        "unit_relation": client.unit_relation if client else "",
        "status": client.status if client else "",
        "value_tier": client.value_tier if client else None,
    }
    for below in knot.below:
        yield from _flat(below)


class StructureViewSet(viewsets.GenericViewSet[Client]):
    """Structure of one client."""

    serializer_class = StructureOut
    verbs = {"*": "clients.change", "retrieve": "clients.view"}

    def get_queryset(self) -> QuerySet[Client]:
        """Return the clients the caller may open."""
        if getattr(self, "swagger_fake_view", False):
            return Client.objects.none()
        return Client.objects.visible_to(caller(self.request)).select_related("org_unit")

    def _answer(self, client: Client) -> Response:
        suggested, known = services.suggest_region(client)
        body = {
            "tree": list(_flat(tree_of(client, caller(self.request)).top)),
            "region_scope": client.region_scope,
            "region_suggested": suggested.value,
            "branches_known": known,
            "region_reason": client.region_reason,
            "sites": client.sites.all(),
            "segment": client.segment,
            "segment_rule": client.segment_rule,
            "key_account_kinds": client.key_account_kinds,
            "responsibilities": client.responsibilities.select_related("org_unit"),
            "merged_units": list(client.merge_notes.values_list("merged_name", flat=True)),
        }
        return Response(StructureOut(body).data, headers={"ETag": etag(client.version)})

    @extend_schema(responses=StructureOut)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Read the tree, the region and what follows from it."""
        return self._answer(self.get_object())

    @extend_schema(request=None, responses=StructureOut)
    def take_region(self, request: Request, pk: int) -> Response:
        """Take the region that follows from the branches."""
        client = self.get_object()
        services.take_region(actor=caller(request), client_id=client.pk)
        return self._answer(self.get_object())

    @extend_schema(request=SiteIn, responses={201: SiteOut})
    def add_site(self, request: Request, pk: int) -> Response:
        """Note a branch that is no client of ours."""
        client = self.get_object()
        body = checked_body(SiteIn, request)
        site = services.add_site(
            actor=caller(request),
            client_id=client.pk,
            name=body["name"],
            place=body.get("region"),
            country=body["country"],
        )
        return Response(SiteOut(site).data, status=201)

    @extend_schema(responses={204: None})
    def remove_site(self, request: Request, pk: int, site: int) -> Response:
        """Take a branch out of the file."""
        client = self.get_object()
        services.remove_site(actor=caller(request), client_id=client.pk, site_id=site)
        return Response(status=204)
