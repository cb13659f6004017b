"""REST: gift requests and stock."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Client
from crm.accounts.rest import caller
from crm.base.api import IDEMPOTENCY, Newest, checked_body, etag, idempotent
from visits import services
from visits.api.visits import Reason, _contact
from visits.choices import GiftCallback
from visits.models import GiftRequest, GiftStock, Visit


class StockOut(serializers.ModelSerializer[GiftStock]):
    """What a unit holds of a gift."""

    gift = serializers.CharField(source="gift.code")
    name = serializers.CharField(source="gift.name")
    org_unit = serializers.CharField(source="org_unit.code")

    class Meta:
        model = GiftStock
        fields = ("id", "gift", "name", "org_unit", "on_hand")


class GiftOut(serializers.ModelSerializer[GiftRequest]):
    """A gift request; money in fen."""

    gift = serializers.CharField(source="stock.gift.code")
    owner = serializers.CharField(source="owner.staff_no")
    receipt_no = serializers.CharField()

    class Meta:
        model = GiftRequest
        fields = (
            "id", "client", "contact", "visit", "owner", "gift", "quantity", "value_fen", "reason", "state",
            "refusal", "collected_at", "receipt_no", "signed_by", "signed_on", "callback", "callback_note",
            "version",
        )  # fmt: skip


class GiftNew(serializers.Serializer[Any]):
    """A gift to ask for."""

    client = serializers.IntegerField()
    stock = serializers.IntegerField()
    quantity = serializers.IntegerField(min_value=1, max_value=1000)
    reason = serializers.CharField(max_length=200)
    contact = serializers.IntegerField(required=False, allow_null=True)
    visit = serializers.IntegerField(required=False, allow_null=True)


class Signature(serializers.Serializer[Any]):
    """Who signed the receipt, and when."""

    signed_by = serializers.CharField(max_length=60)
    signed_on = serializers.DateField()


class CallBack(serializers.Serializer[Any]):
    """What the client said."""

    result = serializers.ChoiceField(choices=GiftCallback.choices)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class GiftFilter(django_filters.FilterSet):
    """Narrow gift requests."""

    signed_on = django_filters.DateFromToRangeFilter()

    class Meta:
        model = GiftRequest
        fields = ("state", "client", "callback")


class GiftViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[GiftRequest]):
    """Gift requests of one's scope."""

    queryset = GiftRequest.objects.none()
    serializer_class = GiftOut
    filterset_class = GiftFilter
    pagination_class = Newest
    verbs = {"create": "visits.change", "*": "visits.view"}

    def get_queryset(self) -> QuerySet[GiftRequest]:
        """Return the requests the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return GiftRequest.objects.none()
        found: QuerySet[GiftRequest] = GiftRequest.objects.visible_to(caller(self.request)).with_rows()
        return found

    def _answer(self, pk: int, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=pk)
        return Response(GiftOut(found).data, status=status, headers={"ETag": etag(found.version)})

    @extend_schema(request=GiftNew, responses={201: GiftOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Ask for a gift for a client one manages."""
        actor, values = caller(request), checked_body(GiftNew, request)
        client = get_object_or_404(Client.objects.visible_to(actor), pk=values.pop("client"))
        stock = get_object_or_404(GiftStock.objects.visible_to(actor), pk=values.pop("stock"))
        contact = _contact(actor, values.pop("contact", None))
        number = values.pop("visit", None)
        visit = get_object_or_404(Visit.objects.visible_to(actor), pk=number) if number is not None else None
        made = services.request_gift(
            actor=actor, client=client, stock=stock, contact=contact, visit=visit, **values
        )
        return self._answer(made.pk, 201)

    @extend_schema(request=None, responses=GiftOut)
    def approve(self, request: Request, pk: int) -> Response:
        """Agree to a request."""
        return self._answer(services.approve_gift(actor=caller(request), request_id=pk).pk)

    @extend_schema(request=Reason, responses=GiftOut)
    def refuse(self, request: Request, pk: int) -> Response:
        """Refuse a request with a reason."""
        values = checked_body(Reason, request)
        return self._answer(services.refuse_gift(actor=caller(request), request_id=pk, **values).pk)

    @extend_schema(request=None, responses=GiftOut)
    def collect(self, request: Request, pk: int) -> Response:
        """Hand the gift to its manager."""
        return self._answer(services.hand_out(actor=caller(request), request_id=pk).pk)

    @extend_schema(request=Signature, responses=GiftOut)
    def sign(self, request: Request, pk: int) -> Response:
        """Note the client's receipt."""
        values = checked_body(Signature, request)
        return self._answer(services.sign_for(actor=caller(request), request_id=pk, **values).pk)

    @extend_schema(request=None, responses=GiftOut)
    def giveback(self, request: Request, pk: int) -> Response:
        """Put a gift back into the stock."""
        return self._answer(services.give_back(actor=caller(request), request_id=pk).pk)

    @extend_schema(request=None, responses=GiftOut)
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take an own request back."""
        return self._answer(services.withdraw_gift(actor=caller(request), request_id=pk).pk)

    @extend_schema(request=CallBack, responses=GiftOut)
    def callback(self, request: Request, pk: int) -> Response:
        """Write what the client said about the gift."""
        values = checked_body(CallBack, request)
        return self._answer(services.call_back(actor=caller(request), request_id=pk, **values).pk)


class GiftStockViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[GiftStock]):
    """Stock the caller may ask from."""

    queryset = GiftStock.objects.none()
    serializer_class = StockOut
    pagination_class = Newest
    verbs = {"*": "visits.view"}

    def get_queryset(self) -> QuerySet[GiftStock]:
        """Return the stock of the caller's units."""
        if getattr(self, "swagger_fake_view", False):
            return GiftStock.objects.none()
        found: QuerySet[GiftStock] = GiftStock.objects.visible_to(caller(self.request))
        return found.select_related("gift", "org_unit")
