"""REST: personal customers and their bills; both come from the billing system and are read only."""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from crm.accounts.rest import caller
from crm.base import text
from crm.base.api import KeysetPagination
from crm.intake.querysets import touched_by
from members import choices, services, slots
from members.api.shared import REASON, Masked, PersonViews
from members.models import MonthlyBill, PersonalCustomer


class NewestMonth(KeysetPagination):
    """Newest months first."""

    ordering = "-bill_month"


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


class CustomerFilter(django_filters.FilterSet):
    """Narrow a list of personal customers."""

    brand = django_filters.MultipleChoiceFilter(choices=choices.Brand.choices)
    vip_grade = django_filters.MultipleChoiceFilter(choices=choices.VipGrade.choices)
    star = django_filters.MultipleChoiceFilter(choices=[(n, n) for n in range(7)])
    label = django_filters.CharFilter(method="marked", label="A label of the customer, such as KEY_PERSON.")
    q = django_filters.CharFilter(
        method="find", label="Beginning of the name, or end of the number; of masked rows what shows."
    )
    batch = django_filters.NumberFilter(method="touched", label="Touched by this import.")

    class Meta:
        model = PersonalCustomer
        fields = ["client"]

    def touched(self, queryset: Any, name: str, value: Any) -> Any:
        """Keep those an import the caller may see created or changed."""
        return queryset.filter(pk__in=touched_by(self.request.user, int(value), "customers"))

    def marked(self, queryset: Any, name: str, value: str) -> Any:
        """Keep customers with a label."""
        return slots.narrowed_by_mark(queryset, value)

    def find(self, queryset: Any, name: str, value: str) -> Any:
        """Search as the page does."""
        return services.look_up(queryset, text.clean(value)[:40], actor=self.request.user)


class CustomerViewSet(PersonViews):
    """Personal customers and their bills; both come from the billing system and are read only."""

    model, out = PersonalCustomer, CustomerOut
    filterset_class = CustomerFilter
    verbs = {"*": "members.view"}

    @extend_schema(parameters=[REASON])
    def list(self, request: Request) -> Response:
        """List the personal customers of one's scope."""
        return self.page(self.get_queryset())


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
        person = caller(self.request)
        customer = get_object_or_404(PersonalCustomer.objects.visible_to(person), pk=self.kwargs["pk"])
        return MonthlyBill.objects.filter(customer=customer)
