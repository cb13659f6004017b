"""REST: hand-overs of portfolios."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients import services
from clients.models import HandOver
from crm.accounts.models import User
from crm.accounts.rest import caller
from crm.base.api import Newest, checked_body, idempotent
from crm.base.errors import Invalid
from crm.base.fields import ListField


class HandOverOut(serializers.ModelSerializer[HandOver]):
    """A hand-over as it is read; people by staff number."""

    giver = serializers.SlugRelatedField[User](slug_field="staff_no", read_only=True)
    taker = serializers.SlugRelatedField[User](slug_field="staff_no", read_only=True)
    clients = serializers.IntegerField(read_only=True, help_text="How many clients.")

    class Meta:
        model = HandOver
        fields = [
            "id", "giver", "taker", "starts_on", "returns_on", "reason", "with_plans", "state", "clients",
            "plans_moved", "done_at", "returned_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class HandOverIn(serializers.Serializer[Any]):
    """A hand-over to plan; without `clients` the whole portfolio goes."""

    giver = serializers.CharField(help_text="Staff number.")
    taker = serializers.CharField(help_text="Staff number.")
    starts_on = serializers.DateField(required=False, help_text="Today when left out: done at once.")
    returns_on = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=200)
    with_plans = serializers.BooleanField(default=True)
    clients = ListField(child=serializers.IntegerField(), required=False, max_length=20_000)


class HandOverViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[HandOver]):
    """Hand-overs inside the caller's scope."""

    serializer_class = HandOverOut
    pagination_class = Newest
    verbs = {"*": "clients.assign", "list": "clients.view", "retrieve": "clients.view"}

    def get_queryset(self) -> QuerySet[HandOver]:
        """Return the hand-overs the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return HandOver.objects.none()
        return HandOver.objects.visible_to(caller(self.request)).with_rows()

    def _answer(self, pk: int, status: int = 200) -> Response:
        return Response(HandOverOut(get_object_or_404(self.get_queryset(), pk=pk)).data, status=status)

    def retrieve(self, request: Request, pk: int) -> Response:
        """Read one hand-over."""
        return self._answer(pk)

    @extend_schema(request=HandOverIn, responses={201: HandOverOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Plan a hand-over; one that starts today is done at once."""
        fields = checked_body(HandOverIn, request)
        for name in ("giver", "taker"):
            found = User.objects.visible_to(caller(request)).filter(staff_no=fields[name]).first()
            if found is None:
                sentence = _("There is no such person in your area.")
                raise Invalid("INVALID", sentence, fields={name: [sentence]})
            fields[name] = found
        fields["client_ids"] = fields.pop("clients", None)
        row = services.plan_hand_over(actor=caller(request), **fields)
        return self._answer(row.pk, 201)

    @extend_schema(request=None, responses=HandOverOut)
    def execute(self, request: Request, pk: int) -> Response:
        """Do a planned hand-over today."""
        return self._answer(services.execute_hand_over(actor=caller(request), handover_id=pk).pk)

    @extend_schema(request=None, responses=HandOverOut)
    def give_back(self, request: Request, pk: int) -> Response:
        """Give the clients back today."""
        return self._answer(services.return_hand_over(actor=caller(request), handover_id=pk).pk)

    @extend_schema(request=None, responses=HandOverOut)
    def cancel(self, request: Request, pk: int) -> Response:
        """Call a planned hand-over off."""
        return self._answer(services.cancel_hand_over(actor=caller(request), handover_id=pk).pk)
