"""REST: migration between months, profit and loss by segment, concentration (R5, R12, R15)."""

from datetime import date
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clients.models import Client
from crm.accounts.models import OrgUnit
from crm.accounts.rest import caller
from crm.base import clock
from crm.base.api import IDEMPOTENCY, idempotent
from members.models import PersonalCustomer
from scoring import reading, services
from scoring.api.shared import MONTH, UNIT, Input, month_of, unit_of
from scoring.choices import CostDriver
from scoring.models import ResourceCost, SegmentMonth
from scoring.reading import concentration as spread
from scoring.reading import migration as moves
from scoring.reading import segments as months_of
from scoring.reading.segments import FIGURES, SegmentLine

SIZE, MOST = 50, 200
PAGE = (
    OpenApiParameter("after", OpenApiTypes.INT, description="The last one you saw."),
    OpenApiParameter("size", OpenApiTypes.INT, description=f"Rows of a page, up to {MOST}."),
)
AXIS = OpenApiParameter("axis", str, enum=list(moves.AXES), description="TIER if left out.")
BETWEEN = (
    AXIS,
    OpenApiParameter("from", str, description="A closed month such as 2026-09; the one before `to`."),
    OpenApiParameter("to", str, description="A closed month; the newest if left out."),
    UNIT,
)


def _number(request: Request, name: str, *, default: int, most: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    field = serializers.IntegerField(min_value=0 if name == "after" else 1, max_value=most)
    return int(field.run_validation(given))


class MigrationCellOut(serializers.Serializer[Any]):
    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()


class MigrationOut(serializers.Serializer[Any]):
    """How many stood in which class at the ends of two months; equal codes stayed where they were."""

    axis = serializers.CharField()
    first = serializers.CharField()
    last = serializers.CharField()
    total = serializers.IntegerField()
    moved = serializers.IntegerField()
    cells = MigrationCellOut(many=True)


class MigrationMoverOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="Of a client, or of a customer on the axes STAR and VIP.")
    code = serializers.CharField(help_text="Client code, or the customer's number without its middle.")
    name = serializers.CharField(help_text="Masked for customers.")
    unit = serializers.CharField()
    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField(allow_blank=True)


class MigrationMoversOut(serializers.Serializer[Any]):
    after = serializers.IntegerField(
        allow_null=True, help_text="Where the next page starts; null at the end."
    )
    results = MigrationMoverOut(many=True)


class Between(APIView):
    """What both resources of migration read from the address."""

    verbs = {"get": "scoring.view"}

    def asked(self, request: Request) -> dict[str, Any]:
        """Return axis, two months and unit."""
        axis = serializers.ChoiceField(choices=list(moves.AXES)).run_validation(
            request.query_params.get("axis", "TIER")
        )
        months = moves.months()
        last = month_of(request, months, "to") or months[0]
        before = [month for month in months if month < last] or [last]
        first = month_of(request, months, "from") if request.query_params.get("from") else before[0]
        first = first or before[0]
        return {
            "axis": moves.AXES[axis],
            "first": min(first, last),
            "last": max(first, last),
            "unit": unit_of(request),
        }


class MigrationView(Between):
    """Who went from which class to which between the ends of two months."""

    @extend_schema(responses=MigrationOut, parameters=list(BETWEEN))
    def get(self, request: Request) -> Response:
        """Return the matrix."""
        asked = self.asked(request)
        found = moves.matrix(caller(request), **asked)
        body = {
            "axis": asked["axis"].code,
            "first": f"{asked['first']:%Y-%m}",
            "last": f"{asked['last']:%Y-%m}",
            "total": sum(found.values()),
            "moved": sum(n for (old, new), n in found.items() if old != new),
            "cells": [{"old": old, "new": new, "count": n} for (old, new), n in sorted(found.items())],
        }
        return Response(MigrationOut(body).data)


class MigrationMovedView(Between):
    """Those who moved, in the order of their ids."""

    @extend_schema(
        responses=MigrationMoversOut,
        parameters=[
            *BETWEEN,
            OpenApiParameter("old", str, description="Only those that left this class."),
            OpenApiParameter("new", str, description="Only those that came to this class."),
            *PAGE,
        ],
    )
    def get(self, request: Request) -> Response:
        """Return a page of them."""
        asked = self.asked(request)
        size = _number(request, "size", default=SIZE, most=MOST)
        codes = serializers.ChoiceField(
            choices=[code for code, _label in asked["axis"].codes], allow_blank=True
        )
        cell = {
            name: codes.run_validation(request.query_params[name])
            for name in ("old", "new")
            if name in request.query_params
        }
        after = _number(request, "after", default=0, most=2**63 - 1)
        rows = moves.movers(caller(request), **asked, **cell, after=after, limit=size + 1)
        model: Any = PersonalCustomer if asked["axis"].people else Client
        found = model.objects.select_related("org_unit").in_bulk([pk for pk, _old, _new in rows[:size]])
        results = [
            {
                "id": pk,
                "code": reading.code_of(found[pk]),
                "name": reading.name_of(found[pk]),
                "unit": found[pk].org_unit.code,
                "old": old,
                "new": new,
            }
            for pk, old, new in rows[:size]
            if pk in found
        ]
        return Response(MigrationMoversOut({"after": _next(rows, size, 0), "results": results}).data)


def _next(rows: list[Any], size: int, column: int) -> int | None:
    """Return where the next page starts, of rows read one beyond the page."""
    return rows[size - 1][column] if len(rows) > size else None


class SegmentLineOut(serializers.Serializer[Any]):
    """A segment or a unit in one closed month; growth and margin are null where nothing can be divided."""

    code = serializers.CharField(allow_blank=True)
    name = serializers.CharField(source="label", allow_blank=True)
    figures = serializers.SerializerMethodField()
    margin = serializers.FloatField(allow_null=True)
    growth = serializers.FloatField(allow_null=True, help_text="On the month before.")
    growth_year = serializers.FloatField(allow_null=True, help_text="On the same month of the year before.")

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_figures(self, line: SegmentLine) -> dict[str, int]:
        """Return clients, revenue, costs and EBIT in fen, and the use of resources."""
        return {name: line.figures[name] for name in FIGURES}


class SegmentsOut(serializers.Serializer[Any]):
    month = serializers.CharField(allow_null=True)
    months = serializers.ListField(child=serializers.CharField(), help_text="Closed months, newest first.")
    total = SegmentLineOut(allow_null=True)
    segments = SegmentLineOut(many=True)
    units = SegmentLineOut(many=True, help_text="Of the units one step below.")
    excluded = serializers.ListField(
        child=serializers.CharField(), help_text="Kinds of fee that did not count in this month."
    )
    costs = serializers.DictField(
        child=serializers.IntegerField(), help_text="What was shared out over the province. Units: fen."
    )


class SegmentsView(APIView):
    """Profit and loss by segment of a closed month."""

    verbs = {"get": "scoring.view"}

    @extend_schema(responses=SegmentsOut, parameters=[MONTH, UNIT])
    def get(self, request: Request) -> Response:
        """Return clients, revenue, cost and what is left by segment, and by unit below."""
        user, unit = caller(request), unit_of(request)
        months = months_of.segment_months(user)
        month = month_of(request, months)
        body: dict[str, Any] = {
            "month": None, "months": [f"{each:%Y-%m}" for each in months], "total": None,
            "segments": [], "units": [], "excluded": [], "costs": {},
        }  # fmt: skip
        if month:
            lines, total = months_of.segments_of(user, month=month, unit=unit)
            header = SegmentMonth.objects.filter(month=month, province__in=reading.provinces_of(user)).first()
            body |= {
                "month": f"{month:%Y-%m}",
                "segments": lines,
                "total": total,
                "units": months_of.segment_units(user, month=month, unit=unit),
                "excluded": header.excluded if header else [],
                "costs": header.costs if header else {},
            }
        return Response(SegmentsOut(body).data)


class CostOut(serializers.Serializer[Any]):
    province = serializers.CharField()
    month = serializers.DateField()
    driver = serializers.ChoiceField(choices=CostDriver.choices)
    cost_fen = serializers.IntegerField()


class CostsOut(serializers.Serializer[Any]):
    results = CostOut(many=True)


class CostsIn(Input):
    province = serializers.CharField(max_length=20, help_text="Code of the province.")
    month = serializers.DateField()
    costs = serializers.DictField(
        child=serializers.IntegerField(min_value=0), help_text="Resource to fen; what is left out stays."
    )


class CostsView(APIView):
    """What data, voice and leased bandwidth cost in the months of a province."""

    verbs = {"get": "scoring.enter_costs", "post": "scoring.enter_costs"}

    def _rows(self, provinces: Any) -> Response:
        held = ResourceCost.objects.filter(province__in=provinces).select_related("province")
        rows = [
            {"province": c.province.code, "month": c.month, "driver": c.driver, "cost_fen": c.cost_fen}
            for c in held[:MOST]
        ]
        return Response(CostsOut({"results": rows}).data)

    @extend_schema(responses=CostsOut)
    def get(self, request: Request) -> Response:
        """Return what was entered, newest month first."""
        return self._rows(reading.provinces_of(caller(request)))

    @extend_schema(request=CostsIn, responses=CostsOut, parameters=[IDEMPOTENCY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Enter the cost of an open month; the night shares it out when the month closes."""
        given = CostsIn(data=request.data).valid()
        provinces = OrgUnit.objects.filter(pk__in=[p.pk for p in reading.provinces_of(caller(request))])
        province = get_object_or_404(provinces, code=given["province"])
        services.enter_costs(
            province=province, month=given["month"], costs=given["costs"], actor=caller(request)
        )
        return self._rows([province])


class TopOut(serializers.Serializer[Any]):
    place = serializers.IntegerField()
    clients = serializers.FloatField(help_text="Part of the clients, 0 to 1.")
    revenue = serializers.FloatField(allow_null=True)
    profit = serializers.FloatField(allow_null=True)


class ConcentrationOut(serializers.Serializer[Any]):
    month = serializers.CharField(help_text="Last of the twelve months.")
    clients = serializers.IntegerField()
    revenue_fen = serializers.IntegerField()
    profit_fen = serializers.IntegerField()
    hhi = serializers.FloatField(allow_null=True, help_text="Herfindahl–Hirschman index, 0 to 10,000.")
    tops = TopOut(many=True)
    curve = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField()),
        help_text="Part of the clients, the largest first, and the part of the revenue they bring.",
    )


class LargestOut(serializers.Serializer[Any]):
    place = serializers.IntegerField()
    client = serializers.IntegerField()
    client_code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    revenue_fen = serializers.IntegerField()
    profit_fen = serializers.IntegerField()


class LargestPageOut(serializers.Serializer[Any]):
    after = serializers.IntegerField(
        allow_null=True, help_text="Where the next page starts; null at the end."
    )
    results = LargestOut(many=True)


def _month(request: Request) -> date:
    this = clock.month_of(clock.today())
    months = [clock.add_months(this, -back) for back in range(1, spread.MONTHS + 1)]
    return month_of(request, months) or months[0]


class ConcentrationView(APIView):
    """How much of the revenue of twelve months the largest clients bring."""

    verbs = {"get": "scoring.view"}

    @extend_schema(responses=ConcentrationOut, parameters=[MONTH, UNIT])
    def get(self, request: Request) -> Response:
        """Return shares of the first so many, the curve and the index."""
        month = _month(request)
        places = spread.places(as_of=clock.today())
        found = spread.concentration_of(caller(request), month=month, places=places, unit=unit_of(request))
        body = {
            "month": f"{month:%Y-%m}", "clients": found.clients, "revenue_fen": found.revenue_fen,
            "profit_fen": found.profit_fen, "hhi": found.hhi, "tops": found.tops, "curve": found.curve,
        }  # fmt: skip
        return Response(ConcentrationOut(body).data)


class LargestView(APIView):
    """The largest clients of twelve months, in their order."""

    verbs = {"get": "scoring.view"}

    @extend_schema(responses=LargestPageOut, parameters=[MONTH, UNIT, *PAGE])
    def get(self, request: Request) -> Response:
        """Return a page of them."""
        size = _number(request, "size", default=SIZE, most=MOST)
        rows = spread.largest(
            caller(request), month=_month(request), unit=unit_of(request), limit=size + 1,
            after=_number(request, "after", default=0, most=2**31 - 1),
        )  # fmt: skip
        results = [
            {
                "place": place,
                "client": client.pk,
                "client_code": client.client_code,
                "name": client.name,
                "unit": client.org_unit.code,
                "revenue_fen": fen,
                "profit_fen": profit,
            }
            for client, fen, profit, place in rows[:size]
        ]
        return Response(LargestPageOut({"after": _next(rows, size, 3), "results": results}).data)
