"""Rosters over the API: which there are, what their columns are, and their templates."""

import tempfile
from pathlib import Path
from typing import Any, ClassVar

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from crm.base.errors import NotFound
from crm.intake import report
from crm.intake.resources import offered_to

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ChoiceOut(serializers.Serializer[Any]):
    """One value of a coded column."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field named label


class ColumnOut(serializers.Serializer[Any]):
    """One column of a roster."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field named label
    kind = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    headers = serializers.ListField(child=serializers.CharField(), help_text="headers that mean it, too")
    choices = ChoiceOut(many=True)
    help = serializers.CharField(allow_blank=True)


class RosterOut(serializers.Serializer[Any]):
    """One roster the caller may import."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field named label
    notes = serializers.ListField(child=serializers.CharField())
    columns = ColumnOut(many=True)
    template = serializers.URLField()


class RosterView(APIView):
    """What both routes share."""

    verbs: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "*": ("intake.import", "intake.import_members", "intake.import_users")
    }


class RosterList(RosterView):
    """The rosters and their columns."""

    @extend_schema(operation_id="rosters_list", responses=RosterOut(many=True))
    def get(self, request: Request) -> Response:
        """List the rosters the caller may import, with their columns."""
        user: Any = request.user
        found = [
            {
                "name": roster.name,
                "label": str(roster.label),
                "notes": [str(note) for note in roster.notes],
                "columns": [
                    {
                        "name": column.name,
                        "label": str(column.label),
                        "kind": column.kind,
                        "required": column.required,
                        "headers": list(column.headers),
                        "choices": [
                            {"code": str(member.value), "label": str(member.label)}
                            for member in column.choices or ()
                        ],
                        "help": str(column.help),
                    }
                    for column in roster.columns
                ],
                "template": reverse("api-roster-template", args=[name], request=request),
            }
            for name, roster in offered_to(user).items()
        ]
        return Response(RosterOut(found, many=True).data)


class RosterTemplate(RosterView):
    """The template of one roster."""

    @extend_schema(operation_id="rosters_template", responses={(200, SHEET): OpenApiTypes.BINARY})
    def get(self, request: Request, roster: str) -> FileResponse:
        """Return the template as a workbook."""
        user: Any = request.user
        found = offered_to(user).get(roster)
        if found is None:
            raise NotFound("UNKNOWN_ROSTER", _("There is no roster of this name."))
        with tempfile.TemporaryDirectory() as place:
            target = Path(place) / "template.xlsx"
            report.write_template(found, target)
            return FileResponse(
                target.open("rb"), as_attachment=True, filename=f"{roster}.xlsx", content_type=SHEET
            )
