"""Rows of an import over the API: the preview a page at a time, and wrong cells mended."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.accounts.rest import caller
from crm.base.api import checked_body
from crm.base.errors import NotFound
from crm.intake import looking, services
from crm.intake.api import ImportAct, ImportOut, ImportView
from crm.intake.choices import Verdict

PAGE = 200


class CellChangeOut(serializers.Serializer[Any]):
    """One cell that changes."""

    column = serializers.CharField(source="label")
    old = serializers.CharField()
    new = serializers.CharField()


class CellErrorOut(serializers.Serializer[Any]):
    """One thing wrong with a row; `name` is the column's name for :mend."""

    name = serializers.CharField()
    column = serializers.CharField()
    value = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()
    alike = serializers.IntegerField(help_text="cells wrong in the same way")


class ImportRowOut(serializers.Serializer[Any]):
    """One row of the preview."""

    number = serializers.IntegerField(source="rn", help_text="number for :mend")
    sheet = serializers.CharField()
    row = serializers.IntegerField()
    title = serializers.CharField(required=False)
    changes = CellChangeOut(many=True, required=False)
    wrong = CellErrorOut(many=True, required=False, source="errors")


class ImportRowsOut(serializers.Serializer[Any]):
    """A page of rows and where the next begins."""

    show = serializers.CharField()
    results = ImportRowOut(many=True)
    next = serializers.IntegerField(allow_null=True)


class ImportRows(ImportView):
    """Rows behind one figure."""

    @extend_schema(
        operation_id="imports_rows",
        parameters=[
            OpenApiParameter("show", str, enum=Verdict.values, description="which figure"),
            OpenApiParameter("column", str, description="rows that change this column, or are wrong in it"),
            OpenApiParameter("code", str, description="rows with this error"),
            OpenApiParameter("after", int, description="number of the last row already read"),
        ],
        responses=ImportRowsOut,
    )
    def get(self, request: Request, pk: int) -> Response:
        """Return rows old → new, or with their errors, 200 at a time; values to the sender only."""
        batch = self.batch(request, pk)
        look = looking.Look.asked(batch, request.query_params.dict())
        rows, more = looking.rows_of(batch, look, user=caller(request), size=PAGE)
        body = {"show": look.show, "results": rows, "next": rows[-1]["rn"] if more else None}
        return Response(ImportRowsOut(body).data)


class CellMendIn(serializers.Serializer[Any]):
    """Which cell, and what it is to hold."""

    number = serializers.IntegerField(min_value=1)
    column = serializers.CharField(max_length=40)
    value = serializers.CharField(max_length=1000, allow_blank=True)
    everywhere = serializers.BooleanField(required=False, default=False)


class ImportMend(ImportAct):
    """Mend."""

    @extend_schema(operation_id="imports_mend", request=CellMendIn, responses={202: ImportOut})
    def post(self, request: Request, pk: int) -> Response:
        """Put another value into a wrong cell, or into all cells that are wrong in the same way."""
        batch = self.batch(request, pk)
        if batch.owner_id != request.user.pk:
            raise NotFound("NOT_FOUND", "")
        data = checked_body(CellMendIn, request)
        services.mend_cell(
            actor=caller(request),
            batch=batch,
            rn=data["number"],
            column=data["column"],
            value=data["value"],
            everywhere=data["everywhere"],
        )
        return self.answer(batch)
