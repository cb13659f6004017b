"""REST: duplicates, merges of files, and the way back."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients.choices import MergeKind
from clients.models import Client, Merge
from clients.services import merging
from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import IDEMPOTENCY, Newest, checked_body, idempotent


class FileMergeOut(serializers.ModelSerializer[Merge]):
    """One merge; `counts` holds rows moved and rows that stayed by relation, `kept` what undoing left."""

    class Meta:
        model = Merge
        fields = [
            "id", "kind", "survivor_id", "loser_id", "client", "other", "state", "choices", "reason",
            "proposed_by", "proposed_at", "decided_by", "decided_at", "decision", "undone_at", "counts",
            "kept",
        ]  # fmt: skip
        read_only_fields = fields


class FileMergeIn(serializers.Serializer[Any]):
    """What is proposed: which file stays, which ends, why, and whose value each field takes."""

    survivor = serializers.IntegerField()
    loser = serializers.IntegerField()
    reason = serializers.CharField(max_length=200)
    fields_taken = serializers.DictField(child=serializers.ChoiceField(["survivor", "loser"]), required=False)
    key_person = serializers.ChoiceField(["survivor", "loser"], default="survivor")


class DecisionIn(serializers.Serializer[Any]):
    """Yes or no; a no needs a word."""

    approve = serializers.BooleanField()
    word = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class LineOut(serializers.Serializer[Any]):
    """One kind of rows that would move."""

    relation = serializers.CharField()
    moving = serializers.IntegerField()
    staying = serializers.IntegerField()


class CandidateOut(serializers.Serializer[Any]):
    """A file that may be the same client: why, and what a merge would move."""

    client = serializers.IntegerField()
    client_code = serializers.CharField()
    name = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField())
    weight = serializers.IntegerField()
    preview = LineOut(many=True)


class MergeViews(viewsets.GenericViewSet[Merge]):
    """Merges of files: one person proposes, another decides."""

    queryset = Merge.objects.none()
    serializer_class = FileMergeOut
    pagination_class = Newest
    verbs: ClassVar[dict[str, str]] = {
        "list": "clients.view", "retrieve": "clients.view", "create": "clients.change",
        "duplicates": "clients.change", "*": "clients.approve",
    }  # fmt: skip

    def get_queryset(self) -> QuerySet[Merge]:
        """Return merges of visible files."""
        if getattr(self, "swagger_fake_view", False):
            return Merge.objects.none()
        found: QuerySet[Merge] = Merge.objects.visible_to(caller(self.request)).filter(kind=MergeKind.CLIENT)
        return found

    def list(self, request: Request) -> Response:
        """List merges of one's scope, newest first."""
        page = self.paginate_queryset(self.get_queryset())
        assert page is not None  # noqa: S101 - every list is paged
        return self.get_paginated_response(FileMergeOut(page, many=True).data)

    def retrieve(self, request: Request, pk: int) -> Response:
        """Return one merge."""
        return Response(FileMergeOut(get_object_or_404(self.get_queryset(), pk=pk)).data)

    @extend_schema(request=FileMergeIn, responses={201: FileMergeOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Propose a merge."""
        values = checked_body(FileMergeIn, request)
        mine = Client.objects.visible_to(caller(request))
        pair = [get_object_or_404(mine, pk=values[side]).pk for side in ("survivor", "loser")]
        merge = merging.propose_merge(
            actor=caller(request), survivor_id=pair[0], loser_id=pair[1], reason=values["reason"],
            choices={"fields": values.get("fields_taken", {}), "key_person": values["key_person"]},
        )  # fmt: skip
        return Response(FileMergeOut(merge).data, status=201)

    @extend_schema(request=DecisionIn, responses=FileMergeOut)
    def decide(self, request: Request, pk: int) -> Response:
        """Merge the files, or refuse."""
        merge = get_object_or_404(self.get_queryset(), pk=pk)
        done = merging.decide_merge(
            actor=caller(request), merge_id=merge.pk, **checked_body(DecisionIn, request)
        )
        return Response(FileMergeOut(done).data)

    @extend_schema(request=None, responses=FileMergeOut)
    def undo(self, request: Request, pk: int) -> Response:
        """Take the files apart again; `kept` names what changed since."""
        merge = get_object_or_404(self.get_queryset(), pk=pk)
        return Response(FileMergeOut(merging.undo_merge(actor=caller(request), merge_id=merge.pk)).data)

    @extend_schema(responses=CandidateOut(many=True))
    def duplicates(self, request: Request, pk: int) -> Response:
        """List files that may be the same client, with reasons and what a merge would move."""
        actor = caller(request)
        client = get_object_or_404(Client.objects.visible_to(actor), pk=pk)
        found = []
        for each in merging.candidates_of(client, actor):
            lines = merging.preview(merging.Deal(client, each.client, actor, clock.today()))
            found.append(
                {
                    "client": each.client.pk, "client_code": each.client.client_code,
                    "name": each.client.name, "reasons": [str(reason) for reason in each.reasons],
                    "weight": each.weight,
                    "preview": [
                        {"relation": x.label, "moving": x.moving, "staying": x.staying} for x in lines
                    ],
                }
            )  # fmt: skip
        return Response(CandidateOut(found, many=True).data)
