"""REST: on-site events and who signed in at them."""

from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Client, Product
from crm.accounts.models import User
from crm.accounts.rest import caller
from crm.base.api import IDEMPOTENCY, IF_MATCH, Newest, check_if_match, checked_body, etag, idempotent
from crm.base.errors import Invalid
from crm.base.fields import ListField
from crm.base.text import mask_mobile, mask_name
from visits import choices, services
from visits.api.visits import Reason
from visits.models import (
    EventAttendee,
    EventGift,
    EventProduct,
    EventResult,
    EventStaff,
    GiftStock,
    OnSiteEvent,
)


class EventStaffOut(serializers.ModelSerializer[EventStaff]):
    """One of the team."""

    staff_no = serializers.CharField(source="user.staff_no", allow_null=True, default=None)

    class Meta:
        model = EventStaff
        fields = ("id", "staff_no", "helper", "duty", "is_leader", "rating")


class EventProductOut(serializers.ModelSerializer[EventProduct]):
    """A product with its target and result."""

    product = serializers.CharField(source="product.code")

    class Meta:
        model = EventProduct
        fields = (
            "id",
            "product",
            "script",
            "tariff",
            "system_ready",
            "needs_check",
            "support_hall",
            "support_phone",
            "target_qty",
            "result_qty",
        )


class EventGiftOut(serializers.ModelSerializer[EventGift]):
    """Gifts to give away."""

    gift = serializers.CharField(source="stock.gift.code")

    class Meta:
        model = EventGift
        fields = ("id", "stock", "gift", "quantity", "given")


class EventEvaluationOut(serializers.ModelSerializer[EventResult]):
    """The words of the evaluation."""

    class Meta:
        model = EventResult
        fields: tuple[str, ...] = (
            "client_situation",
            "strategy",
            "site_situation",
            "sales_effect",
            "feedback",
            "success",
            "failure",
            "staff_quality",
        )


class OnSiteEventOut(serializers.ModelSerializer[OnSiteEvent]):
    """An event with its plan and what came of it."""

    owner = serializers.CharField(source="owner.staff_no")
    org_unit = serializers.CharField(source="org_unit.code")
    staff = EventStaffOut(many=True)
    products = EventProductOut(many=True)
    gifts = EventGiftOut(many=True)
    evaluation = EventEvaluationOut(allow_null=True, default=None)

    class Meta:
        model = OnSiteEvent
        fields = (
            "id",
            "client",
            "owner",
            "org_unit",
            "state",
            "title",
            "place",
            "place_kind",
            "starts_at",
            "ends_at",
            "warmup_plan",
            "warmup_done_at",
            "materials_needed",
            "materials_ready",
            "site_checks",
            "reason",
            "started_at",
            "finished_at",
            "evaluation_due_on",
            "closed_at",
            "staff",
            "products",
            "gifts",
            "evaluation",
            "version",
        )


class EventStaffIn(serializers.Serializer[Any]):
    """One for the team: a staff number, or a helper by name."""

    staff_no = serializers.CharField(required=False)
    helper = serializers.CharField(max_length=40, required=False, allow_blank=True)
    duty = serializers.CharField(max_length=60, required=False, allow_blank=True)
    is_leader = serializers.BooleanField(default=False)


class EventProductIn(serializers.Serializer[Any]):
    """A product to promote."""

    product = serializers.CharField(help_text="Code of the product.")
    script = serializers.CharField(max_length=500, allow_blank=True, default="")
    tariff = serializers.CharField(max_length=300, allow_blank=True, default="")
    system_ready = serializers.BooleanField(default=False)
    needs_check = serializers.BooleanField(default=False)
    support_hall = serializers.CharField(max_length=60, allow_blank=True, default="")
    support_phone = serializers.CharField(max_length=20, allow_blank=True, default="")
    target_qty = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False, allow_null=True)


class EventGiftIn(serializers.Serializer[Any]):
    """Gifts to give away."""

    stock = serializers.IntegerField()
    quantity = serializers.IntegerField(min_value=1, max_value=100_000)


class OnSiteEventChange(serializers.Serializer[Any]):
    """What may be changed in a draft; a list that is given takes the place of the one there is."""

    title = serializers.CharField(max_length=80, required=False)
    place = serializers.CharField(max_length=200, required=False)
    place_kind = serializers.ChoiceField(choices=choices.PlaceKind.choices, required=False)
    starts_at = serializers.DateTimeField(required=False)
    ends_at = serializers.DateTimeField(required=False)
    warmup_plan = serializers.CharField(max_length=500, allow_blank=True, required=False)
    materials_needed = ListField(
        child=serializers.ChoiceField(choices=choices.EventMaterial.choices), required=False
    )
    staff = ListField(child=EventStaffIn(), required=False)
    products = ListField(child=EventProductIn(), required=False)
    gifts = ListField(child=EventGiftIn(), required=False)


class OnSiteEventNew(OnSiteEventChange):
    """What a new event needs."""

    client = serializers.IntegerField()
    title = serializers.CharField(max_length=80)
    place = serializers.CharField(max_length=200)
    place_kind = serializers.ChoiceField(choices=choices.PlaceKind.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class EventTicks(serializers.Serializer[Any]):
    """What is ready and what was looked at."""

    materials = ListField(
        child=serializers.ChoiceField(choices=choices.EventMaterial.choices), required=False
    )
    site = ListField(child=serializers.ChoiceField(choices=choices.SiteCheck.choices), required=False)


class EventEvaluationIn(EventEvaluationOut):
    """Words, results by product code, gifts given away by stock."""

    results: Any = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=9_999_999),
        required=False,
        help_text="Code of the product → how many.",
    )
    given: Any = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=100_000),
        required=False,
        help_text="Id of the stock → how many.",
    )

    class Meta(EventEvaluationOut.Meta):
        fields: tuple[str, ...] = (*EventEvaluationOut.Meta.fields, "results", "given")


class AttendeeOut(serializers.ModelSerializer[EventAttendee]):
    """Somebody who signed in; masked for who does not carry the event out."""

    name = serializers.SerializerMethodField()
    msisdn = serializers.SerializerMethodField()
    products = serializers.SerializerMethodField()

    class Meta:
        model = EventAttendee
        fields = (
            "id",
            "key",
            "name",
            "msisdn",
            "products",
            "consent",
            "via",
            "signed_at",
            "member",
            "customer",
        )

    def get_name(self, row: EventAttendee) -> str:
        """Return the name as the caller may see it."""
        return row.name if self.context["plain"] else mask_name(row.name)

    def get_msisdn(self, row: EventAttendee) -> str:
        """Return the number as the caller may see it."""
        return row.msisdn if self.context["plain"] else mask_mobile(row.msisdn)

    def get_products(self, row: EventAttendee) -> list[str]:
        """Return the codes of the products that interest the person."""
        return [interest.product.code for interest in row.interests.all()]


class AttendeeNew(serializers.Serializer[Any]):
    """Somebody at the stand; the same key is one sign-in."""

    key = serializers.UUIDField(required=False, help_text="Made by the phone: once and only once.")
    name = serializers.CharField(max_length=40)
    msisdn = serializers.CharField(max_length=20)
    products = ListField(child=serializers.CharField(), required=False)
    consent = serializers.BooleanField(default=False)
    signed_at = serializers.DateTimeField(required=False)


class OnSiteEventFilter(django_filters.FilterSet):
    """Narrow events."""

    client = django_filters.NumberFilter(field_name="client_id")
    state = django_filters.MultipleChoiceFilter(choices=choices.EventState.choices)
    starts_at = django_filters.DateFromToRangeFilter()

    class Meta:
        model = OnSiteEvent
        fields: list[str] = []


def _rows(actor: User, values: dict[str, Any]) -> dict[str, Any]:
    """Return the lists of a plan as the service takes them, taken out of the values."""
    found: dict[str, Any] = {}
    if (staff := values.pop("staff", None)) is not None:
        found["staff"] = [dict(row) for row in staff]
        for row in found["staff"]:
            number = row.pop("staff_no", None)
            row["user"] = _known(User.objects.active(), "staff", staff_no=number) if number else None
    if (products := values.pop("products", None)) is not None:
        found["products"] = [
            dict(row) | {"product": _known(Product.objects.all(), "products", code=row["product"])}
            for row in products
        ]
    if (gifts := values.pop("gifts", None)) is not None:
        stock = GiftStock.objects.visible_to(actor)
        found["gifts"] = [dict(row) | {"stock": get_object_or_404(stock, pk=row["stock"])} for row in gifts]
    return found


def _known(rows: Any, field: str, **lookup: Any) -> Any:
    found = rows.filter(**lookup).first()
    if found is None:
        sentence = f"Unknown: {next(iter(lookup.values()))}"
        raise Invalid("INVALID", sentence, fields={field: [sentence]})
    return found


class OnSiteEventViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[OnSiteEvent]
):
    """On-site events of one's scope."""

    queryset = OnSiteEvent.objects.none()
    serializer_class = OnSiteEventOut
    filterset_class = OnSiteEventFilter
    pagination_class = Newest
    verbs = {
        "list": "visits.view",
        "retrieve": "visits.view",
        "attendees": "visits.view",
        "sign_in": "visits.view",
        "approve": "visits.approve_event",
        "send_back": "visits.approve_event",
        "close": "visits.approve_event",
        "*": "visits.change",
    }

    def get_queryset(self) -> QuerySet[OnSiteEvent]:
        """Return the events the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return OnSiteEvent.objects.none()
        found: QuerySet[OnSiteEvent] = OnSiteEvent.objects.visible_to(caller(self.request)).with_rows()
        return found.select_related("evaluation").prefetch_related(
            "staff__user", "products__product", "gifts__stock__gift"
        )

    def _answer(self, pk: int, status: int = 200) -> Response:
        found = self.get_queryset().get(pk=pk)
        return Response(OnSiteEventOut(found).data, status=status, headers={"ETag": etag(found.version)})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one event with its ETag."""
        return self._answer(self.get_object().pk)

    @extend_schema(request=OnSiteEventNew, responses={201: OnSiteEventOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request) -> Response:
        """Plan an event at a client one manages, with team, products and gifts if you have them."""
        actor, values = caller(request), checked_body(OnSiteEventNew, request)
        client = get_object_or_404(Client.objects.visible_to(actor), pk=values.pop("client"))
        with transaction.atomic():
            rows = _rows(actor, values)
            made = services.plan_event(actor=actor, client=client, **values)
            services.fill_plan(actor=actor, event_id=made.pk, **rows)
        return self._answer(made.pk, 201)

    @extend_schema(request=OnSiteEventChange, responses=OnSiteEventOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a draft; send the ETag you read as If-Match."""
        actor, event = caller(request), self.get_object()
        check_if_match(request, event)
        values = checked_body(OnSiteEventChange, request)
        with transaction.atomic():
            rows = _rows(actor, values)
            services.change_event(actor=actor, event_id=pk, values=values, version=event.version)
            services.fill_plan(actor=actor, event_id=pk, **rows)
        return self._answer(pk)

    @extend_schema(request=EventTicks, responses=OnSiteEventOut)
    def tick(self, request: Request, pk: int) -> Response:
        """Tick material and site checklist."""
        return self._answer(
            services.tick(actor=caller(request), event_id=pk, **checked_body(EventTicks, request)).pk
        )

    @extend_schema(request=None, responses=OnSiteEventOut)
    def submit(self, request: Request, pk: int) -> Response:
        """Hand a plan in; everything that is missing is named at once."""
        return self._answer(services.submit_event(actor=caller(request), event_id=pk).pk)

    @extend_schema(request=None, responses=OnSiteEventOut)
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take a plan back that nobody has decided about."""
        return self._answer(services.withdraw_event(actor=caller(request), event_id=pk).pk)

    @extend_schema(request=None, responses=OnSiteEventOut)
    def approve(self, request: Request, pk: int) -> Response:
        """Approve a plan; never an own one."""
        return self._answer(services.approve_event(actor=caller(request), event_id=pk).pk)

    @extend_schema(request=Reason, responses=OnSiteEventOut)
    def send_back(self, request: Request, pk: int) -> Response:
        """Give a plan or an evaluation back with a reason."""
        values = checked_body(Reason, request)
        return self._answer(services.return_event(actor=caller(request), event_id=pk, **values).pk)

    @extend_schema(request=Reason, responses=OnSiteEventOut)
    def reopen(self, request: Request, pk: int) -> Response:
        """Plan an approved event anew."""
        values = checked_body(Reason, request)
        return self._answer(services.reopen_event(actor=caller(request), event_id=pk, **values).pk)

    @extend_schema(request=Reason, responses=OnSiteEventOut)
    def cancel(self, request: Request, pk: int) -> Response:
        """Call an event off before it begins."""
        values = checked_body(Reason, request)
        return self._answer(services.cancel_event(actor=caller(request), event_id=pk, **values).pk)

    @extend_schema(request=None, responses=OnSiteEventOut)
    def warmup(self, request: Request, pk: int) -> Response:
        """Note that the client's people were told."""
        return self._answer(services.warm_up_event(actor=caller(request), event_id=pk).pk)

    @extend_schema(request=None, responses=OnSiteEventOut)
    def start(self, request: Request, pk: int) -> Response:
        """Begin on the site."""
        return self._answer(services.start_event(actor=caller(request), event_id=pk).pk)

    @extend_schema(request=None, responses=OnSiteEventOut)
    def finish(self, request: Request, pk: int) -> Response:
        """End on the site."""
        return self._answer(services.finish_event(actor=caller(request), event_id=pk).pk)

    @extend_schema(request=EventEvaluationIn, responses=OnSiteEventOut)
    def evaluate(self, request: Request, pk: int) -> Response:
        """Write the evaluation, as far as it goes."""
        values = checked_body(EventEvaluationIn, request, partial=True)
        event = self.get_object()
        results, given = values.pop("results", {}), values.pop("given", {})
        services.write_evaluation(
            actor=caller(request),
            event_id=pk,
            values=values,
            results={
                r.pk: results[r.product.code] for r in event.products.all() if r.product.code in results
            },
            given={r.pk: given[str(r.stock_id)] for r in event.gifts.all() if str(r.stock_id) in given},
        )
        return self._answer(pk)

    @extend_schema(request=None, responses=OnSiteEventOut)
    def handin(self, request: Request, pk: int) -> Response:
        """Hand the evaluation in; all five parts are needed."""
        return self._answer(services.hand_in_evaluation(actor=caller(request), event_id=pk).pk)

    @extend_schema(request=None, responses=OnSiteEventOut)
    def close(self, request: Request, pk: int) -> Response:
        """Close an evaluated event; never an own one."""
        return self._answer(services.close_event(actor=caller(request), event_id=pk).pk)

    @extend_schema(responses=AttendeeOut(many=True), filters=False)
    def attendees(self, request: Request, pk: int) -> Response:
        """List who signed in, newest first."""
        event = self.get_object()
        rows: Any = event.attendees.prefetch_related("interests__product")
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(AttendeeOut(page, many=True, context=self._look(event)).data)

    def _look(self, event: OnSiteEvent) -> dict[str, Any]:
        writable = OnSiteEvent.objects.writable_by(caller(self.request))
        return {"plain": writable.filter(pk=event.pk).exists()}

    @extend_schema(request=AttendeeNew, responses={201: AttendeeOut})
    def sign_in(self, request: Request, pk: int) -> Response:
        """Sign somebody in at the stand; sent twice it is one row, answered 200 the second time."""
        event, values = self.get_object(), checked_body(AttendeeNew, request)
        codes = values.pop("products", [])
        interests = [row.pk for row in event.products.all() if row.product.code in codes]
        row, fresh = services.sign_in_at_stand(
            actor=caller(request), event_id=pk, interests=interests, **values
        )
        return Response(AttendeeOut(row, context=self._look(event)).data, status=201 if fresh else 200)
