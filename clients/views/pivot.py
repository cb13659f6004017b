"""Clients counted by axes as a heat map, and the movements of the lifecycle; a cell opens the list."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.forms.pivot import FlowForm, PivotForm
from clients.services import cube, flows
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.csv_out import download

USUAL = {"rows": "status", "cols": "tier"}
HEAT = 8


def _form(request: PersonRequest) -> PivotForm:
    given = request.GET.dict()
    return PivotForm({**USUAL, **given} if "rows" not in given else given, user=request.user)


@require_GET
@needs("clients.view")
def pivot(request: PersonRequest) -> HttpResponse:
    """Show a table of clients by two or three axes (Source: S0-02, S0-03, R1)."""
    form = _form(request)
    context: dict[str, Any] = {"form": form, "query": request.GET.urlencode(), "tables": []}
    if form.is_valid():
        question = form.question()
        found = cube.counts(request.user, question)
        words = [cube.words_of(request.user, question, code, found) for code in question.dimensions]
        share = form.cleaned_data["share"]
        pages = words[2] if len(words) == 3 else {"": ""}
        most = max(found.values(), default=0)
        context |= {
            "question": question,
            "labels": [cube.DIMENSIONS[code] for code in question.dimensions],
            "tables": [
                table
                for code, label in pages.items()
                if (table := _table(question, found, words, code, label, share, most))
            ],
            "total": sum(found.values()),
            "share": share,
            "measure": cube.MEASURES[question.measure],
        }
    return render(request, "clients/pivot.html", context)


def _table(
    question: cube.Question,
    found: dict[tuple[str, ...], int],
    words: list[dict[str, str]],
    page: str,
    label: str,
    share: str,
    most: int,
) -> dict[str, Any] | None:
    """Return one table with its sums, shares, heat and links."""
    third = (page,) if len(words) == 3 else ()
    rows, cols = words[0], words[1]
    figures = {(r, c): found.get((r, c, *third), 0) for r in rows for c in cols}
    total = sum(figures.values())
    if third and not total:
        return None
    by_row = {r: sum(figures[r, c] for c in cols) for r in rows}
    by_col = {c: sum(figures[r, c] for r in rows) for c in cols}
    lines = []
    for r, row_label in rows.items():
        cells = []
        for c in cols:
            n = figures[r, c]
            whole = {"row": by_row[r], "col": by_col[c], "all": total}.get(share, 0)
            cells.append(
                {
                    "n": n,
                    "share": n / whole if share and whole else None,
                    "heat": -(-HEAT * n // most) if most else 0,
                    "url": _list_url(question, (r, c, *third)) if n else "",
                }
            )
        lines.append({"label": row_label, "cells": cells, "total": by_row[r]})
    return {
        "label": label, "columns": list(cols.values()), "lines": lines, "sums": list(by_col.values()),
        "total": total,
    }  # fmt: skip


def _list_url(question: cube.Question, key: tuple[str, ...]) -> str:
    """Return the list of the clients of a cell; of a past month as at its last day."""
    query: dict[str, str] = {}
    month = f"{question.month:%Y-%m}" if question.month else ""
    if question.unit is not None:
        query["unit"] = str(question.unit.pk)
    for dimension, code in zip(question.dimensions, key, strict=True):
        if dimension == cube.MONTH:
            month = code
        elif dimension == cube.UNIT:
            query["unit"] = code
        else:
            query[cube.AXES[dimension].narrow] = code or "none"
    query["filing"] = "FILED"
    if month and month < f"{clock.today():%Y-%m}":
        first = clock.at(clock.today()).date().replace(year=int(month[:4]), month=int(month[5:7]), day=1)
        query["as_at"] = clock.month_end(first).isoformat()
    return f"{reverse('clients:list')}?{urlencode(query)}"


@require_GET
@needs("clients.view")
def pivot_csv(request: PersonRequest) -> HttpResponseBase:
    """Hand out the table as CSV: one line for each cell."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "clients/pivot.html", {"form": form, "tables": []}, status=400)
    question = form.question()

    def header() -> Iterator[str]:
        for code in question.dimensions:
            yield str(cube.DIMENSIONS[code])
        yield str(cube.MEASURES[question.measure])

    return download(_("analysis"), list(header()), cube.lines(request.user, question))


@require_GET
@needs("clients.view")
def flow(request: PersonRequest) -> HttpResponse:
    """Show how clients moved between the states of the lifecycle in a month (Source: R4)."""
    form = FlowForm(request.GET, user=request.user)
    form.is_valid()
    month, unit = form.month_chosen(), form.cleaned_data.get("unit")
    found = flows.matrix(request.user, month=month, unit=unit)
    for row in found["rows"]:
        for cell in row["cells"]:
            query = {"moved": f"{row['code']}-{cell['code']}-{month:%Y-%m}"}
            query |= {"unit": unit.pk} if unit else {}
            cell["url"] = f"{reverse('clients:list')}?{urlencode(query)}" if cell["n"] else ""
            cell["heat"] = -(-HEAT * cell["n"] // found["most"]) if found["most"] else 0
    context = {"form": form, "flow": found, "month": month, "unit": unit}
    return render(request, "clients/flow.html", context)
