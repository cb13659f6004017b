"""REST: contacts, members, customers and their bills; personal data masked unless it may be plain."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients.models import Client
from crm.accounts.models import User
from crm.base import text
from crm.base.api import KeysetPagination, check_if_match, etag, idempotent
from crm.base.errors import Forbidden
from members import choices, services
from members.models import MOBILE, Contact, Member, MonthlyBill, PersonalCustomer

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="ETag of the version read.")
IDEMPOTENCY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER)
REASON = OpenApiParameter(
    "reason", str, description="Why full personal data is needed; needs the scope pii.reveal and is recorded."
)


class Oldest(KeysetPagination):
    """Oldest rows first."""

    ordering = "id"


class NewestMonth(KeysetPagination):
    """Newest months first."""

    ordering = "-bill_month"


class Masked(serializers.ModelSerializer[Any]):
    """A row of personal data; `masked` says whether it is shown with stars."""

    masks: ClassVar[dict[str, Callable[[str], Any]]] = {}
    masked = serializers.SerializerMethodField()

    def get_masked(self, row: Any) -> bool:
        """Say whether the row is masked for this caller."""
        plain: set[int] | None = self.context.get("plain_clients", set())
        return plain is not None and row.client_id not in plain

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Put stars where the caller may not see plain."""
        data: dict[str, Any] = super().to_representation(instance)
        if data["masked"]:
            for name, mask in self.masks.items():
                data[name] = mask(data[name]) if data[name] else data[name]
        return data


def _hidden(_value: str) -> None:
    return None


def _starred(_value: str) -> str:
    return "***"


class ContactOut(Masked):
    """A key person or contact as it is read."""

    masks: ClassVar = {
        "name": text.mask_name, "salutation": _starred, "mobile": text.mask_mobile, "phone": text.mask_mobile,
        "email": _starred, "birthday": _hidden, "traits": _starred,
    }  # fmt: skip

    class Meta:
        model = Contact
        fields = [
            "id", "client", "kind", "name", "salutation", "position", "mobile", "carrier", "phone", "email",
            "birthday", "traits", "position_changed_on", "left_on", "verified_at", "masked", "version",
            "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class MemberOut(Masked):
    """A member as it is read."""

    masks: ClassVar = {"name": text.mask_name, "msisdn": text.mask_mobile, "remark": _starred}

    class Meta:
        model = Member
        fields = [
            "id", "client", "msisdn", "name", "position", "type", "source", "employment", "person_kind",
            "line_kind", "verified", "joined_on", "left_on", "remark", "masked", "version", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class CustomerOut(Masked):
    """A personal customer as it is read."""

    masks: ClassVar = {"name": text.mask_name, "msisdn": text.mask_mobile}

    class Meta:
        model = PersonalCustomer
        fields = [
            "id", "msisdn", "name", "client", "org_unit", "brand", "in_net_from", "in_net_to", "realname",
            "is_influential", "vip_grade", "vip_valid_to", "star", "masked",
        ]  # fmt: skip
        read_only_fields = fields


class BillOut(serializers.ModelSerializer[MonthlyBill]):
    """A monthly bill. Units: fen."""

    posted = serializers.SerializerMethodField()

    class Meta:
        model = MonthlyBill
        fields = [
            "id", "customer", "bill_month", "total_fen", "paid_fen", "agency_fee_fen", "discount_fen",
            "settled_at", "posted",
        ]  # fmt: skip
        read_only_fields = fields

    def get_posted(self, bill: MonthlyBill) -> bool:
        """Say whether the bill's points stand in the ledger."""
        return bill.posted_at is not None


class ContactIn(serializers.ModelSerializer[Contact]):
    """What a writer of a contact fills in."""

    class Meta:
        model = Contact
        fields = [
            "kind", "name", "salutation", "position", "mobile", "phone", "email", "birthday", "traits",
            "position_changed_on",
        ]  # fmt: skip


class KeyPersonIn(ContactIn):
    """A new key person, and whether the old one stays as a contact."""

    stays_contact = serializers.BooleanField(default=False)

    class Meta(ContactIn.Meta):
        fields = [*(name for name in ContactIn.Meta.fields if name != "kind"), "stays_contact"]


class MemberIn(serializers.ModelSerializer[Member]):
    """What a writer of a member fills in; the type given follows from the rules."""

    msisdn = serializers.CharField(max_length=11, validators=[MOBILE])
    type = serializers.ChoiceField(choices.MemberType.choices)
    line_kind = serializers.ChoiceField(choices.LineKind.choices, required=False)
    person_kind = serializers.ChoiceField(choices.PersonKind.choices, required=False)

    class Meta:
        model = Member
        fields = [
            "msisdn", "name", "position", "type", "source", "employment", "person_kind", "line_kind",
            "verified", "joined_on", "remark",
        ]  # fmt: skip
        validators: ClassVar[list[Any]] = []  # constraints are the service's to answer, with their own codes


class ReplacementIn(ContactIn):
    """Who comes in the place of a key person who leaves."""

    class Meta(ContactIn.Meta):
        fields = [name for name in ContactIn.Meta.fields if name != "kind"]


class LeaveIn(serializers.Serializer[Any]):
    """When somebody left; today when left out. A key person needs a replacement."""

    left_on = serializers.DateField(required=False)
    replacement = ReplacementIn(required=False)


class MemberLeaveIn(serializers.Serializer[Any]):
    """When somebody left; today when left out."""

    left_on = serializers.DateField(required=False)


class MoveIn(serializers.Serializer[Any]):
    """Where a member goes."""

    client = serializers.IntegerField()
    on = serializers.DateField(required=False)


class ContactFilter(django_filters.FilterSet):
    """Narrow a list of contacts."""

    active = django_filters.BooleanFilter(field_name="left_on", lookup_expr="isnull")

    class Meta:
        model = Contact
        fields = ["kind"]


class MemberFilter(django_filters.FilterSet):
    """Narrow a list of members."""

    active = django_filters.BooleanFilter(field_name="left_on", lookup_expr="isnull")
    type = django_filters.MultipleChoiceFilter(choices=choices.MemberType.choices)
    q = django_filters.CharFilter(method="find", label="Part of name or position, or end of the number.")

    class Meta:
        model = Member
        fields = ["verified", "source", "employment"]

    def find(self, queryset: Any, name: str, value: str) -> Any:
        """Search as the page does."""
        return queryset.matching(text.clean(value)[:40])


class CustomerFilter(django_filters.FilterSet):
    """Narrow a list of personal customers."""

    brand = django_filters.MultipleChoiceFilter(choices=choices.Brand.choices)
    vip_grade = django_filters.MultipleChoiceFilter(choices=choices.VipGrade.choices)
    q = django_filters.CharFilter(method="find", label="Beginning of the name, or end of the number.")

    class Meta:
        model = PersonalCustomer
        fields = ["client"]

    def find(self, queryset: Any, name: str, value: str) -> Any:
        """Search as the page does."""
        return queryset.matching(text.clean(value)[:40])


def _actor(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - HasVerb let nobody else in
    return request.user


def _input(kind: type[serializers.BaseSerializer[Any]], request: Request, **options: Any) -> dict[str, Any]:
    serializer = kind(data=request.data, **options)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _client(request: Request, pk: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(_actor(request)).select_related("org_unit"), pk=pk)


def _client_to_change(request: Request, pk: int) -> Client:
    """Return a client whose people the caller may change: 404 outside the scope, 403 where it only reads."""
    client = _client(request, pk)
    if not Client.objects.writable_by(_actor(request)).filter(pk=pk).exists():
        raise Forbidden("NOT_YOURS", _("You may read this client but not change it."))
    return client


class PersonViews(viewsets.GenericViewSet[Any]):
    """What contacts, members and customers share: scope, masking, ETags."""

    pagination_class = Oldest
    out: type[Masked]

    def _context(self, rows: Sequence[Any]) -> dict[str, Any]:
        """Return for which clients rows are plain: managed ones, or all against a recorded reason."""
        actor = _actor(self.request)
        if reason := self.request.query_params.get("reason", ""):
            services.reveal_rows(actor=actor, rows=rows, reason=reason)
            return {"plain_clients": None}
        ids = {row.client_id for row in rows if row.client_id}
        managed = Client.objects.managed_by(actor).filter(pk__in=ids).values_list("pk", flat=True)
        return {"plain_clients": set(managed)}

    def _page(self, rows: QuerySet[Any]) -> Response:
        page = self.paginate_queryset(self.filter_queryset(rows))
        assert page is not None  # noqa: S101 - every list is paged
        return self.get_paginated_response(self.out(page, many=True, context=self._context(page)).data)

    def _answer(self, row: Any, status: int = 200) -> Response:
        headers = {"ETag": etag(row.version)} if hasattr(row, "version") else {}
        return Response(self.out(row, context=self._context([row])).data, status=status, headers=headers)


class ContactViewSet(PersonViews):
    """Key persons and contacts."""

    queryset = Contact.objects.none()
    serializer_class = ContactOut
    out = ContactOut
    filterset_class = ContactFilter
    verbs = {"list": "members.view", "retrieve": "members.view", "*": "members.change"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the contacts the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Contact.objects.none()
        found: QuerySet[Any] = Contact.objects.visible_to(_actor(self.request)).select_related("client")
        return found

    def _own(self) -> Contact:
        contact: Contact = self.get_object()
        _client_to_change(self.request, contact.client_id)
        return contact

    @extend_schema(parameters=[REASON])
    def list(self, request: Request, client: int) -> Response:
        """List the contacts of a client, also those who left (`active=true` leaves them out)."""
        return self._page(self.get_queryset().filter(client=_client(request, client)))

    @extend_schema(parameters=[REASON])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one contact with its ETag."""
        return self._answer(self.get_object())

    @extend_schema(request=ContactIn, responses={201: ContactOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request, client: int) -> Response:
        """Enter a key person or a contact."""
        owner = _client_to_change(request, client)
        values = _input(ContactIn, request)
        return self._answer(services.add_contact(client=owner, actor=_actor(request), **values), 201)

    @extend_schema(request=ContactIn, responses=ContactOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a contact."""
        contact = self._own()
        check_if_match(request, contact.version)
        values = _input(ContactIn, request, partial=True)
        return self._answer(
            services.update_contact(contact=contact, actor=_actor(request), version=contact.version, **values)
        )

    @extend_schema(request=LeaveIn, responses=ContactOut)
    def leave(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let a contact leave; a key person of a filed client needs a replacement (E097)."""
        contact = self._own()
        new = services.leave_contact(contact=contact, actor=_actor(request), **_input(LeaveIn, request))
        contact.refresh_from_db()
        return self._answer(new or contact)

    @extend_schema(request=KeyPersonIn, responses={201: ContactOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def replace_key_person(self, request: Request, client: int) -> Response:
        """Put a new key person in the place of the old one."""
        owner = _client_to_change(request, client)
        values = _input(KeyPersonIn, request)
        return self._answer(services.replace_key_person(client=owner, actor=_actor(request), **values), 201)


class MemberViewSet(PersonViews):
    """Members of clients."""

    queryset = Member.objects.none()
    serializer_class = MemberOut
    out = MemberOut
    filterset_class = MemberFilter
    verbs = {"list": "members.view", "retrieve": "members.view", "*": "members.change"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the members the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return Member.objects.none()
        found: QuerySet[Any] = Member.objects.visible_to(_actor(self.request)).select_related("client")
        return found

    def _own(self) -> Member:
        member: Member = self.get_object()
        _client_to_change(self.request, member.client_id)
        return member

    @extend_schema(parameters=[REASON])
    def list(self, request: Request, client: int) -> Response:
        """List the members of a client, also those who left (`active=true` leaves them out)."""
        return self._page(self.get_queryset().filter(client=_client(request, client)))

    @extend_schema(parameters=[REASON])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one member with its ETag."""
        return self._answer(self.get_object())

    @extend_schema(request=MemberIn, responses={201: MemberOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def create(self, request: Request, client: int) -> Response:
        """Enter a member."""
        owner = _client_to_change(request, client)
        values = _input(MemberIn, request)
        return self._answer(services.add_member(client=owner, actor=_actor(request), **values), 201)

    @extend_schema(request=MemberIn, responses=MemberOut, parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a member."""
        member = self._own()
        check_if_match(request, member.version)
        values = _input(MemberIn, request, partial=True)
        return self._answer(
            services.update_member(member=member, actor=_actor(request), version=member.version, **values)
        )

    @extend_schema(request=MemberLeaveIn, responses=MemberOut)
    def leave(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """End a membership."""
        day: date | None = _input(MemberLeaveIn, request).get("left_on")
        return self._answer(services.leave_member(member=self._own(), actor=_actor(request), left_on=day))

    @extend_schema(request=MoveIn, responses=MemberOut)
    def move(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move a member to another client the caller may change."""
        member = self._own()
        values = _input(MoveIn, request)
        target = _client_to_change(request, values.pop("client"))
        return self._answer(services.move_member(member=member, to=target, actor=_actor(request), **values))


class CustomerViewSet(PersonViews):
    """Personal customers and their bills; both come from the billing system and are read only."""

    queryset = PersonalCustomer.objects.none()
    serializer_class = CustomerOut
    out = CustomerOut
    filterset_class = CustomerFilter
    verbs = {"*": "members.view"}

    def get_queryset(self) -> QuerySet[Any]:
        """Return the customers the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return PersonalCustomer.objects.none()
        found: QuerySet[Any] = PersonalCustomer.objects.visible_to(_actor(self.request))
        return found

    @extend_schema(parameters=[REASON])
    def list(self, request: Request) -> Response:
        """List the personal customers of one's scope."""
        return self._page(self.get_queryset())

    @extend_schema(parameters=[REASON])
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return one customer."""
        return self._answer(self.get_object())


class BillViewSet(mixins.ListModelMixin, viewsets.GenericViewSet[MonthlyBill]):
    """Monthly bills of one customer, newest first."""

    queryset = MonthlyBill.objects.none()
    serializer_class = BillOut
    pagination_class = NewestMonth
    verbs = {"list": "members.view"}

    def get_queryset(self) -> QuerySet[MonthlyBill]:
        """Return the bills of a customer the caller may see."""
        if getattr(self, "swagger_fake_view", False):
            return MonthlyBill.objects.none()
        actor = _actor(self.request)
        customer = get_object_or_404(PersonalCustomer.objects.visible_to(actor), pk=self.kwargs["pk"])
        return MonthlyBill.objects.filter(customer=customer)
