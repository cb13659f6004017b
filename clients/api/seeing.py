"""REST: kept views, clients as they were, tables by axes, movements, and one act on many clients."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from clients.filters import PastFilter
from clients.models import BulkRun, ClientPast, SavedView
from clients.services import bulk, cube, flows, past, views
from crm.accounts.models import OrgUnit, User
from crm.accounts.rest import caller
from crm.base import clock
from crm.base.access import require
from crm.base.api import KeysetPagination, checked_body, idempotent
from crm.base.errors import Invalid
from crm.base.fields import ListField

ON = OpenApiParameter("on", date, required=True, description="A past business day; its end is shown.")


class ViewOut(serializers.Serializer[Any]):
    """A kept list."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    query = serializers.CharField(allow_blank=True)
    own = serializers.BooleanField()
    shared = serializers.BooleanField()


class ViewIn(serializers.Serializer[Any]):
    """A list to keep: the query string of `GET /clients` under a name."""

    name = serializers.CharField(max_length=20)
    query = serializers.CharField(max_length=1000, allow_blank=True, default="")


class ViewChange(serializers.Serializer[Any]):
    """Another name; shared with the unit or not."""

    name = serializers.CharField(max_length=20, required=False)
    shared = serializers.BooleanField(required=False)


class PastOut(serializers.ModelSerializer[ClientPast]):
    """A client as it stood; only what has a history."""

    grid = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)

    class Meta:
        model = ClientPast
        fields = [
            "id", "client_code", "name", "filing", "status", "size_class", "value_tier", "institution_type",
            "industry", "industry_type", "region_scope", "key_industry", "grid", "parent", "am", "org_unit",
            "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class Cell(serializers.Serializer[Any]):
    """One combination that occurs: the code of each axis in the order asked, and the figure."""

    codes = serializers.ListField(child=serializers.CharField(allow_blank=True))
    labels = serializers.ListField(child=serializers.CharField(allow_blank=True))
    figure = serializers.IntegerField()


class PivotOut(serializers.Serializer[Any]):
    """A table; `month` is null for now."""

    axes = serializers.ListField(child=serializers.CharField())
    month = serializers.CharField(allow_null=True)
    measure = serializers.CharField()
    total = serializers.IntegerField()
    cells = Cell(many=True)


class Movement(serializers.Serializer[Any]):
    """From one state to another; an empty `old` is a new file."""

    old = serializers.CharField(allow_blank=True)
    new = serializers.CharField()
    count = serializers.IntegerField()


class ActIn(serializers.Serializer[Any]):
    """One act on many clients; `values` are what the page asks for; a manager is a staff number."""

    act = serializers.CharField(max_length=30)
    clients = ListField(child=serializers.IntegerField(), min_length=1, max_length=bulk.MOST)
    values = serializers.DictField(required=False)


class ActRow(serializers.Serializer[Any]):
    """What became of one client."""

    client = serializers.IntegerField()
    ok = serializers.BooleanField()
    message = serializers.CharField(allow_blank=True)
    undone = serializers.BooleanField(required=False)


class ActOut(serializers.Serializer[Any]):
    """What became of an act."""

    id = serializers.IntegerField()
    act = serializers.CharField()
    may_undo = serializers.BooleanField()
    rows = ActRow(many=True)


def _day(request: Request) -> date:
    try:
        day = date.fromisoformat(request.query_params.get("on", ""))
    except ValueError:
        day = clock.today()
    if not date(2000, 1, 1) <= day < clock.today():
        sentence = _("Choose a day before today.")
        raise Invalid("INVALID", sentence, fields={"on": [sentence]})
    return day


def _month(request: Request) -> date | None:
    given = request.query_params.get("month", "")
    if not given:
        return None
    try:
        month = date.fromisoformat(f"{given}-01")
        clock.add_months(month, 1)  # the last one of the calendar has no next
    except ValueError:
        sentence = _("Write the month as 2026-11.")
        raise Invalid("INVALID", sentence, fields={"month": [sentence]}) from None
    return month


def _unit(request: Request, user: User) -> OrgUnit | None:
    code = request.query_params.get("unit", "")
    if not code:
        return None
    unit: OrgUnit | None = user.scope.units(OrgUnit.objects.filter(code=code)).first()
    if unit is None:
        sentence = _("There is no such unit in your area.")
        raise Invalid("UNIT_OUT_OF_SCOPE", sentence, fields={"unit": [sentence]})
    return unit


MONTH = OpenApiParameter("month", str, description="2026-11; now when left out.")
UNIT = OpenApiParameter("unit", str, description="Code of a unit; the whole area when left out.")


class ByCode(KeysetPagination):
    """Clients in the order of their codes."""

    ordering = "client_code"


class SeeingViewSet(viewsets.GenericViewSet[ClientPast]):
    """Clients as they were, counted, and moved."""

    serializer_class = PastOut
    pagination_class = ByCode
    filterset_class = PastFilter
    verbs = {"*": "clients.view"}

    def get_queryset(self) -> QuerySet[ClientPast]:
        """Return the past of clients the caller may open."""
        if getattr(self, "swagger_fake_view", False):
            return ClientPast.objects.none()
        return ClientPast.objects.visible_to(caller(self.request)).select_related("grid")

    @extend_schema(parameters=[ON], responses=PastOut(many=True))
    def as_at_list(self, request: Request) -> Response:
        """List the clients as they stood at the end of a past day, by the filters of the list."""
        with past.as_at(_day(request)):
            page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
            return self.get_paginated_response(PastOut(page or [], many=True).data)

    @extend_schema(parameters=[ON], responses=PastOut, filters=False)
    def as_at(self, request: Request, pk: int) -> Response:
        """Read one client as it stood at the end of a past day; 404 before its file was made."""
        with past.as_at(_day(request)):
            then = self.get_queryset().filter(pk=pk).first()
            if then is None:
                raise Http404
            return Response(PastOut(then).data)

    @extend_schema(
        parameters=[
            OpenApiParameter("axes", str, required=True, many=True, enum=list(cube.DIMENSIONS),
                             description="Two or three."),
            MONTH, UNIT, OpenApiParameter("measure", str, enum=list(cube.MEASURES)),
        ],
        responses=PivotOut, filters=False,
    )  # fmt: skip
    def pivot(self, request: Request) -> Response:
        """Count clients by two or three axes, units or months."""
        user: Any = request.user
        question = cube.Question(
            tuple(request.query_params.getlist("axes")),
            _unit(request, user),
            _month(request),
            request.query_params.get("measure", "clients"),
        )
        found = cube.counts(user, question)
        words = [cube.words_of(user, question, code, found) for code in question.dimensions]
        cells = [
            {"codes": key, "labels": [words[i].get(code, "") for i, code in enumerate(key)], "figure": n}
            for key, n in sorted(found.items())
        ]
        month = f"{question.month:%Y-%m}" if question.month else None
        body = {"axes": question.dimensions, "month": month, "measure": question.measure,
                "total": sum(found.values()), "cells": cells}  # fmt: skip
        return Response(PivotOut(body).data)

    @extend_schema(parameters=[MONTH, UNIT], responses=Movement(many=True), filters=False)
    def flow(self, request: Request) -> Response:
        """List how many clients went from which state to which in a month; this one when left out."""
        user: Any = request.user
        month = _month(request) or clock.month_of(clock.today())
        found = flows.moves(user, month=month, unit=_unit(request, user))
        rows = [{"old": old, "new": new, "count": n} for (old, new), n in sorted(found.items())]
        return Response(Movement(rows, many=True).data)


class SavedViewViewSet(viewsets.ViewSet):
    """Lists the caller keeps, and those shared with the unit."""

    verbs = {"*": "clients.view"}

    def _answer(self, view: SavedView, user: Any, status: int = 200) -> Response:
        return Response(ViewOut(_shown(view, user)).data, status=status)

    @extend_schema(responses=ViewOut(many=True))
    def list(self, request: Request) -> Response:
        """List the kept views the caller finds as tabs."""
        found = [_shown(view, caller(request)) for view in views.views_of(caller(request))]
        return Response(ViewOut(found, many=True).data)

    @extend_schema(request=ViewIn, responses={201: ViewOut})
    def create(self, request: Request) -> Response:
        """Keep a list under a name; the same name replaces it."""
        body = checked_body(ViewIn, request)
        view = views.save_view(actor=caller(request), **body)
        return self._answer(view, request.user, 201)

    @extend_schema(request=ViewChange, responses=ViewOut)
    def partial_update(self, request: Request, pk: int) -> Response:
        """Rename a view of the caller, or share it with the unit."""
        actor: Any = request.user
        view = views.own_view(actor, pk)
        body = checked_body(ViewChange, request)
        if "name" in body:
            view = views.rename_view(actor=actor, view_id=pk, name=body["name"])
        if "shared" in body:
            view = views.share_view(actor=actor, view_id=pk, shared=body["shared"])
        return self._answer(view, actor)

    @extend_schema(request=None, responses={204: None})
    def destroy(self, request: Request, pk: int) -> Response:
        """Forget a view of the caller."""
        views.drop_view(actor=caller(request), view_id=pk)
        return Response(status=204)


def _shown(view: SavedView, user: Any) -> dict[str, Any]:
    return {"id": view.pk, "name": view.name, "query": view.query, "own": view.user_id == user.pk,
            "shared": view.unit_id is not None}  # fmt: skip


class BulkActViewSet(viewsets.ViewSet):
    """One act on many clients, with an outcome for each."""

    verbs = {"*": "clients.view"}

    def _answer(self, run: BulkRun) -> Response:
        body = {"id": run.pk, "act": run.act, "may_undo": bulk.may_undo(run), "rows": run.rows}
        return Response(ActOut(body).data)

    @extend_schema(request=ActIn, responses=ActOut)
    @idempotent
    def create(self, request: Request) -> Response:
        """Do an act: assign, co_manager, mark, plan_visits; one refusal does not hold up the others."""
        actor: Any = request.user
        body = checked_body(ActIn, request)
        act = bulk.act_named(body["act"])
        require(actor, act.verb)
        values = dict(body.get("values", {}))
        if manager := values.get("manager"):
            known = User.objects.visible_to(actor).filter(staff_no=str(manager)).first()
            values["manager"] = known.pk if known else 0
        form = act.form(values, user=actor)
        if not form.is_valid():
            raise Invalid("INVALID", _("Some fields need correction."), fields=_sentences(form))
        run = bulk.perform(actor=actor, code=act.code, client_ids=body["clients"], values=form.cleaned_data)
        return self._answer(run)

    @extend_schema(responses=ActOut)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Read what became of an act of the caller."""
        return self._answer(bulk.run_of(caller(request), pk))

    @extend_schema(request=None, responses=ActOut)
    def undo(self, request: Request, pk: int) -> Response:
        """Take an act of the caller back within a day; what somebody changed since stays."""
        return self._answer(bulk.undo(actor=caller(request), run_id=pk))


def _sentences(form: forms.Form) -> dict[str, list[Any]]:
    found = {name: [str(sentence) for sentence in given] for name, given in form.errors.items()}
    return {("" if name == "__all__" else name): given for name, given in found.items()}
