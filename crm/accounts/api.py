"""Who calls, and what the caller may do."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.accounts.services import current_assignments


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
        return AssignmentSerializer(current_assignments(user), many=True).data  # type: ignore[return-value]

    def get_verbs(self, user: User) -> list[str]:
        """Return what the caller may do; docs/permissions.md explains the verbs."""
        return sorted(user.scope.verbs)


class Me(APIView):
    """The caller."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Say who calls and what the caller may do."""
        return Response(MeSerializer(request.user).data)


class Index(APIView):
    """Where to begin."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="index", responses={200: dict[str, str]})
    def get(self, request: Request) -> Response:
        """Point to the caller, the schema and the description."""
        names = {"me": "api-me", "schema": "api-schema", "description": "api-docs"}
        return Response({label: reverse(name, request=request) for label, name in names.items()})
