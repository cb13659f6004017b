"""Migration between two months: matrix, distribution before and after, who moved, as a list and a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit
from crm.base.access import needs
from crm.base.csv_out import download
from crm.base.text import read_number
from members.models import PersonalCustomer
from scoring import reading
from scoring.reading.migration import AXES, Axis, matrix, months, movers
from scoring.views.reach import unit_named

PAGE = 50
MANY = 2000
HEAT = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    axis: Axis
    first: date
    last: date
    unit: OrgUnit | None

    def query(self, **more: Any) -> str:
        """Return it as an address again."""
        said = {"axis": self.axis.code, "from": f"{self.first:%Y-%m}", "to": f"{self.last:%Y-%m}"}
        if self.unit:
            said["unit"] = str(self.unit.pk)
        return urlencode(said | more)


def asked_of(request: PersonRequest) -> Asked:
    """Read axis, two months and unit.

    Raises: Http404 for what there is not.
    """
    axis = AXES.get(request.GET.get("axis", "TIER"))
    known = {f"{month:%Y-%m}": month for month in months()}
    newest = next(iter(known.values()))
    last = known.get(request.GET["to"]) if request.GET.get("to") else newest
    before = [month for month in known.values() if last and month < last]
    first = known.get(request.GET["from"]) if request.GET.get("from") else (before or [newest])[0]
    if axis is None or first is None or last is None:
        raise Http404
    first, last = min(first, last), max(first, last)
    return Asked(axis, first, last, unit_named(request))


@require_GET
@needs("scoring.view")
def migration(request: PersonRequest) -> HttpResponse:
    """Show who went from which class to which between the ends of two months (R5, R12)."""
    asked = asked_of(request)
    found = matrix(request.user, asked.axis, first=asked.first, last=asked.last, unit=asked.unit)
    labels = dict(asked.axis.codes)
    present = {code for pair in found for code in pair}
    shown = [code for code, _label in asked.axis.codes if code in present]
    shown += sorted(present - set(shown))
    most = max((n for (old, new), n in found.items() if old != new), default=0)
    address = reverse("scoring:migration-moved")
    names = [str(labels.get(code, "")) or _("none") for code in shown]

    def cell(old: str, new: str) -> dict[str, Any]:
        n = found.get((old, new), 0)
        return {
            "n": n,
            "same": old == new,
            "heat": -(-HEAT * n // most) if most and old != new else 0,
            "url": f"{address}?{asked.query(old=old, new=new)}" if n and old != new else "",
        }

    before = [sum(found.get((code, new), 0) for new in shown) for code in shown]
    after = [sum(found.get((old, code), 0) for old in shown) for code in shown]
    context = {
        "axes": AXES.values(),
        "asked": asked,
        "months": months(),
        "units": OrgUnit.objects.visible_to(request.user).order_by("path")[:300],
        "columns": names,
        "rows": [
            {"label": name, "cells": [cell(old, new) for new in shown], "sum": before[place]}
            for place, (old, name) in enumerate(zip(shown, names, strict=True))
        ],
        "after": after,
        "total": sum(before),
        "moved": sum(n for (old, new), n in found.items() if old != new),
        "all_url": f"{address}?{asked.query()}",
        "chart": {
            "id": "before-after",
            "kind": "bar",
            "title": _("%(axis)s before and after") % {"axis": asked.axis.label},
            "labels": names,
            "series": [
                {"name": f"{asked.first:%Y-%m}", "data": before},
                {"name": f"{asked.last:%Y-%m}", "data": after},
            ],
        },
    }
    return render(request, "scoring/analysis/migration.html", context)


def _chosen(request: PersonRequest, name: str) -> str | None:
    return request.GET.get(name)


def _named(rows: list[tuple[int, str, str]], asked: Asked) -> list[dict[str, Any]]:
    """Return movers with what a row shows; customers are masked."""
    model: Any = PersonalCustomer if asked.axis.people else Client
    found = model.objects.select_related("org_unit").in_bulk([pk for pk, _old, _new in rows])
    labels = dict(asked.axis.codes)
    return [
        {
            "subject": found[pk],
            "url": reverse("scoring:standing" if asked.axis.people else "scoring:client", args=[pk]),
            "old": labels.get(old, old) if old else "",
            "new": labels.get(new, new) if new else "",
        }
        for pk, old, new in rows
        if pk in found
    ]


@require_GET
@needs("scoring.view")
def moved(request: PersonRequest) -> HttpResponse:
    """List who moved, all of them or one cell of the matrix."""
    asked, old, new = asked_of(request), _chosen(request, "old"), _chosen(request, "new")
    rows = movers(
        request.user, asked.axis, first=asked.first, last=asked.last, unit=asked.unit, old=old, new=new,
        after=read_number(request.GET.get("after", "")) or 0, limit=PAGE + 1,
    )  # fmt: skip
    kept = {name: value for name, value in (("old", old), ("new", new)) if value is not None}
    labels = dict(asked.axis.codes)
    context = {
        "asked": asked,
        "rows": _named(rows[:PAGE], asked),
        "next_url": f"?{asked.query(**kept, after=rows[PAGE - 1][0])}" if len(rows) > PAGE else "",
        "back": f"{reverse('scoring:migration')}?{asked.query()}",
        "csv": f"{reverse('scoring:migration-csv')}?{asked.query(**kept)}",
        "may_export": request.user.can("clients.export"),
        "old": labels.get(old or "", ""),
        "new": labels.get(new or "", ""),
        "one_cell": bool(kept),
    }
    return render(request, "scoring/analysis/moved.html", context)


@require_GET
@needs("clients.export")
def moved_csv(request: PersonRequest) -> HttpResponseBase:
    """Hand out who moved; numbers of customers stay masked."""
    asked = asked_of(request)
    old, new = _chosen(request, "old"), _chosen(request, "new")
    header = [_("Code or number"), _("Name"), _("Unit"), f"{asked.first:%Y-%m}", f"{asked.last:%Y-%m}"]
    name = f"migration-{asked.axis.code.lower()}-{asked.first:%Y-%m}-{asked.last:%Y-%m}"
    return download(name, header, _lines(request, asked, old, new))


def _lines(request: PersonRequest, asked: Asked, old: str | None, new: str | None) -> Iterator[list[Any]]:
    after = 0
    while rows := movers(
        request.user, asked.axis, first=asked.first, last=asked.last, unit=asked.unit, old=old, new=new,
        after=after, limit=MANY,
    ):  # fmt: skip
        for line in _named(rows, asked):
            subject = line["subject"]
            yield [
                reading.code_of(subject), reading.name_of(subject), subject.org_unit.name,
                line["old"], line["new"],
            ]  # fmt: skip
        after = rows[-1][0]
