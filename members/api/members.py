"""REST: members."""

from datetime import date
from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.accounts.rest import caller
from crm.base import text
from crm.base.api import IDEMPOTENCY, IF_MATCH, checked_body
from crm.intake.querysets import touched_by
from members import choices, services
from members.api.shared import Masked, OfClientViews, client_to_change, starred
from members.models import MOBILE, Member


class MemberOut(Masked):
    """A member as it is read."""

    masks: ClassVar = {"name": text.mask_name, "msisdn": text.mask_mobile, "remark": starred}

    class Meta:
        model = Member
        fields = [
            "id", "client", "msisdn", "name", "position", "type", "source", "employment", "person_kind",
            "line_kind", "verified", "joined_on", "left_on", "remark", "masked", "version", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


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


class MemberLeaveIn(serializers.Serializer[Any]):
    """When somebody left; today when left out."""

    left_on = serializers.DateField(required=False)


class MoveIn(serializers.Serializer[Any]):
    """Where a member goes."""

    client = serializers.IntegerField()
    on = serializers.DateField(required=False)


class MemberFilter(django_filters.FilterSet):
    """Narrow a list of members."""

    active = django_filters.BooleanFilter(field_name="left_on", lookup_expr="isnull")
    type = django_filters.MultipleChoiceFilter(choices=choices.MemberType.choices)
    q = django_filters.CharFilter(
        method="find", label="Part of name or position, or end of the number; of masked rows what shows."
    )
    batch = django_filters.NumberFilter(method="touched", label="Touched by this import.")

    class Meta:
        model = Member
        fields = ["verified", "source", "employment"]

    def touched(self, queryset: Any, name: str, value: Any) -> Any:
        """Keep those an import the caller may see created or changed."""
        return queryset.filter(pk__in=touched_by(self.request.user, int(value), "members"))

    def find(self, queryset: Any, name: str, value: str) -> Any:
        """Search as the page does."""
        return services.look_up(queryset, text.clean(value)[:40], actor=self.request.user)


@extend_schema_view(
    create=extend_schema(request=MemberIn, responses={201: MemberOut}, parameters=[IDEMPOTENCY]),
    partial_update=extend_schema(request=MemberIn, responses=MemberOut, parameters=[IF_MATCH]),
)
class MemberViewSet(OfClientViews):
    """Members of clients."""

    model, out, takes = Member, MemberOut, MemberIn
    add, change = services.add_member, services.update_member
    filterset_class = MemberFilter

    @extend_schema(request=MemberLeaveIn, responses=MemberOut)
    def leave(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """End a membership."""
        day: date | None = checked_body(MemberLeaveIn, request).get("left_on")
        return self.answer(services.leave_member(member=self.own(), actor=caller(request), left_on=day))

    @extend_schema(request=MoveIn, responses=MemberOut)
    def move(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move a member to another client the caller may change."""
        member = self.own()
        values = checked_body(MoveIn, request)
        target = client_to_change(request, values.pop("client"))
        return self.answer(services.move_member(member=member, to=target, actor=caller(request), **values))
