"""Answers for pickers and live hints: small, scoped, as JSON or a fragment."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clients.models import Client, Grid, Industry
from clients.rules.identity import clean_uscc
from clients.services import code_prefixes, duplicates
from clients.services.files import closed_before
from clients.services.guards import describe
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit, User
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.models import Region
from crm.base.text import clean, name_key, read_number

LIMIT = 20


def _answer(rows: list[dict[str, Any]]) -> JsonResponse:
    return JsonResponse({"results": rows})


@require_GET
@needs("clients.view")
def pick_client(request: PersonRequest) -> JsonResponse:
    """Find clients the person may open."""
    text = request.GET.get("q", "")
    rows = Client.objects.visible_to(request.user).search(text) if clean(text) else Client.objects.none()
    return _answer([
        {"value": row.pk, "text": row.name, "note": f"{row.client_code} {row.org_unit.name}"}
        for row in rows.select_related("org_unit").order_by("client_code")[:LIMIT]
    ])  # fmt: skip


@require_GET
@needs("clients.view")
def pick_industry(request: PersonRequest) -> JsonResponse:
    """Find entries of GB/T 4754 by name or code; the note says where an entry stands."""
    text = clean(request.GET.get("q", ""))
    found = Industry.objects.filter(Q(name__contains=text) | Q(code__istartswith=text))
    rows = (
        list(found.select_related("parent__parent__parent").order_by("level", "code")[: LIMIT * 2])
        if text
        else []
    )
    return _answer([
        {"value": row.code, "text": f"{row.code} {row.name}", "note": " › ".join(_above(row))} for row in rows
    ])  # fmt: skip


def _above(row: Industry) -> list[str]:
    names = []
    parent = row.parent
    while parent is not None:
        names.append(parent.name)
        parent = parent.parent
    return names[::-1]


@require_GET
@needs("clients.view")
def pick_grid(request: PersonRequest) -> JsonResponse:
    """Find grid cells of the own area, leaves only."""
    text = clean(request.GET.get("q", ""))
    rows = Grid.objects.visible_to(request.user).filter(numchild=0).select_related("unit")
    rows = rows.filter(Q(name__contains=text) | Q(code__istartswith=text)) if text else rows.none()
    found = list(rows.order_by("path")[:LIMIT])
    paths = {row.path[:end] for row in found for end in range(Grid.steplen, len(row.path), Grid.steplen)}
    names = dict(Grid.objects.filter(path__in=paths).values_list("path", "name"))
    return _answer([
        {"value": row.pk, "text": f"{row.name} {row.code}", "note": " › ".join(
            names[row.path[:end]] for end in range(Grid.steplen, len(row.path), Grid.steplen)
        ) or row.unit.name}
        for row in found
    ])  # fmt: skip


@require_GET
@needs("clients.view")
def pick_region(request: PersonRequest) -> JsonResponse:
    """Find provinces, cities and counties by name or code."""
    text = clean(request.GET.get("q", ""))
    rows = (
        Region.objects.filter(Q(name__contains=text) | Q(code__startswith=text))
        if text
        else Region.objects.none()
    )
    return _answer([
        {"value": row.code, "text": row.name, "note": " › ".join(
            part.name for part in (row.parent and row.parent.parent, row.parent) if part
        )}
        for row in rows.select_related("parent__parent").order_by("level", "code")[:LIMIT]
    ])  # fmt: skip


@require_GET
@needs("clients.view")
def pick_person(request: PersonRequest) -> JsonResponse:
    """Find people of the own area by name or staff number."""
    text = clean(request.GET.get("q", ""))
    rows = User.objects.visible_to(request.user).active().filter(is_system=False)
    rows = rows.filter(Q(full_name__contains=text) | Q(staff_no__istartswith=text)) if text else rows.none()
    return _answer([
        {"value": row.pk, "text": row.full_name, "note": f"{row.staff_no} {row.org_unit or ''}"}
        for row in rows.select_related("org_unit").order_by("staff_no")[:LIMIT]
    ])  # fmt: skip


@require_GET
@needs("clients.add", "clients.change")
def hints(request: PersonRequest) -> HttpResponse:
    """Say while a person types whether the organisation is filed already, or the code cannot be right."""
    problem = ""
    uscc = ""
    try:
        uscc = clean_uscc(request.GET.get("uscc", ""))
    except BusinessError as error:
        problem = str(error.message)
    unit = request.user.org_unit
    if (chosen := read_number(request.GET.get("org_unit", ""))) is not None:
        unit = OrgUnit.objects.visible_to(request.user).filter(pk=chosen).first() or unit
    region = code_prefixes([unit])[unit.pk] if unit else ""
    found = duplicates(
        uscc=uscc,
        licence_no=clean(request.GET.get("licence_no", "")).upper(),
        name_key=name_key(request.GET.get("name", "")),
        region=region,
        exclude=read_number(request.GET.get("client", "")),
    )
    visible = set(
        Client.objects.visible_to(request.user)
        .filter(pk__in=[client.pk for _field, client in found])
        .values_list("pk", flat=True)
    )
    rows = [
        {
            "field": field,
            "who": describe(client, request.user),
            "client": client if client.pk in visible else None,
        }
        for field, client in found
    ]
    closed = closed_before(uscc)
    if closed is not None and not Client.objects.visible_to(request.user).filter(pk=closed.pk).exists():
        closed = None
    context = {"rows": rows, "problem": problem, "closed": closed}
    return render(request, "clients/includes/hints.html", context)
