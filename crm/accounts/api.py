"""Who calls, and what the caller may do."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from crm.accounts import services
from crm.accounts.choices import DELEGABLE
from crm.accounts.models import Delegation, OrgUnit, RoleAssignment, User
from crm.accounts.rest import caller
from crm.base.api import checked_body
from crm.base.asking import AsksForKnown
from crm.base.errors import Invalid


class UnitSerializer(serializers.ModelSerializer):
    """A unit of the organisation."""

    class Meta:
        model = OrgUnit
        fields = ("code", "name", "type")


class AssignmentSerializer(serializers.ModelSerializer):
    """A role over a unit's sub-tree."""

    unit = UnitSerializer()

    class Meta:
        model = RoleAssignment
        fields = ("role", "unit", "valid_from", "valid_to")


class MeSerializer(serializers.ModelSerializer):
    """The caller: a person, or the account of a client system."""

    unit = UnitSerializer(source="org_unit", allow_null=True)
    roles = serializers.SerializerMethodField()
    verbs = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "staff_no", "full_name", "is_system", "language", "unit", "roles", "verbs")

    @extend_schema(responses=AssignmentSerializer(many=True))
    def get_roles(self, user: User) -> list[dict[str, Any]]:
        """Return the roles held today."""
        return AssignmentSerializer(services.current_assignments(user), many=True).data  # type: ignore[return-value]

    def get_verbs(self, user: User) -> list[str]:
        """Return what the caller may do; docs/permissions.md explains the verbs."""
        return sorted(user.scope.verbs)


class Me(APIView):
    """The caller."""

    permission_classes = (IsAuthenticated, AsksForKnown)

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Say who calls and what the caller may do."""
        return Response(MeSerializer(request.user).data)


class DelegationSerializer(serializers.ModelSerializer):
    """A role lent to a colleague from a day to a day, both included."""

    from_user = serializers.CharField(source="from_user.staff_no")
    to_user = serializers.CharField(source="to_user.staff_no")

    class Meta:
        model = Delegation
        fields = ("id", "from_user", "to_user", "role", "valid_from", "valid_to", "reason", "ended_at")
        read_only_fields = ("ended_at",)


class DelegationNew(serializers.Serializer[Any]):
    """A delegation to make; people by staff number, `from_user` is the caller where it is left out."""

    from_user = serializers.CharField(max_length=32, required=False)
    to_user = serializers.CharField(max_length=32)
    role = serializers.ChoiceField(choices=[(role.value, role.label) for role in DELEGABLE])
    valid_from = serializers.DateField()
    valid_to = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class Delegations(APIView):
    """Stand-ins the caller gave or received, and those of the team."""

    permission_classes = (IsAuthenticated, AsksForKnown)

    @extend_schema(operation_id="delegations_list", responses=DelegationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the two hundred newest."""
        rows = Delegation.objects.visible_to(caller(request)).select_related("from_user", "to_user")[:200]
        return Response(DelegationSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="delegations_create", request=DelegationNew, responses={201: DelegationSerializer}
    )
    def post(self, request: Request) -> Response:
        """Lend a role."""
        values = checked_body(DelegationNew, request)
        person = caller(request)
        holder = values.pop("from_user", person.staff_no)
        made = services.delegate(
            actor=person,
            from_user=_person("from_user", holder),
            to_user=_person("to_user", values.pop("to_user")),
            **values,
        )
        return Response(DelegationSerializer(made).data, status=201)


class EndDelegation(APIView):
    """End a delegation."""

    permission_classes = (IsAuthenticated, AsksForKnown)

    @extend_schema(operation_id="delegations_end", request=None, responses=DelegationSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """End it now; done twice it changes nothing."""
        ended = services.end_delegation(actor=caller(request), delegation_id=pk)
        return Response(DelegationSerializer(ended).data)


def _person(field: str, staff_no: str) -> User:
    found = User.objects.active().people().filter(staff_no=staff_no).first()
    if found is None:
        sentence = _("Nobody active has this staff number.")
        raise Invalid("PERSON_UNKNOWN", sentence, fields={field: [sentence]})
    return found


class Index(APIView):
    """Where to begin."""

    permission_classes = (IsAuthenticated, AsksForKnown)

    @extend_schema(operation_id="index", responses={200: dict[str, str]})
    def get(self, request: Request) -> Response:
        """Point to the caller, the schema and the description."""
        names = {"me": "api-me", "schema": "api-schema", "description": "api-docs"}
        return Response({label: reverse(name, request=request) for label, name in names.items()})
