"""The studio of the value model: versions, sliders, what a version would move, confirm and publish."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.base.access import needs
from crm.base.csv_out import download
from crm.base.errors import BusinessError, Invalid
from crm.base.text import read_number
from crm.params import registry
from scoring import reading, rules, services, tasks
from scoring.choices import ModelState
from scoring.models import TierModelVersion, TierRun, WhatIf, WhatIfMove

TIERS = ("A1", "A2", "B1", "B2", "C", "D", "")
RANKED_TIERS = TIERS[:5]  # who is not a legal person is D under every version
PAGE = 50


def _versions(request: PersonRequest) -> Any:
    """Return versions of the person's provinces and those for everybody."""
    provinces = reading.provinces_of(request.user)
    mine = TierModelVersion.objects.filter(province__in=provinces) | TierModelVersion.objects.filter(
        province=None
    )
    return mine.select_related("province", "proposed_by", "reviewed_by", "published_by")


def _version(request: PersonRequest, pk: int) -> TierModelVersion:
    found: TierModelVersion = get_object_or_404(_versions(request), pk=pk)
    return found


@require_GET
@needs("scoring.view")
def versions(request: PersonRequest) -> HttpResponse:
    """List the versions of the person's provinces."""
    context = {
        "section": "studio",
        "versions": _versions(request)[:50],
        "provinces": reading.provinces_of(request.user) if request.user.can("scoring.propose_model") else (),
    }
    return render(request, "scoring/studio/versions.html", context)


@require_POST
@needs("scoring.propose_model")
def draft(request: PersonRequest) -> HttpResponse:
    """Copy the version in force into a draft."""
    provinces = {str(p.pk): p for p in reading.provinces_of(request.user)}
    province: OrgUnit | None = provinces.get(request.POST.get("province", "")) or next(
        iter(provinces.values()), None
    )
    if province is None:
        raise BusinessError("NO_PROVINCE", _("You work in no province."))
    version = services.draft_version(province=province, actor=request.user)
    return redirect("scoring:studio", version.pk)


def _numbers(request: PersonRequest) -> dict[str, Any]:
    """Read weights, caps and shares from the form; what is no number is refused at its field."""

    def read(name: str) -> int | float:
        try:
            value = float(request.POST.get(name, ""))
        except ValueError:
            sentence = _("Write a number.")
            raise Invalid("MODEL_NUMBERS", sentence, fields={name: [sentence]}) from None
        return int(value) if value.is_integer() else value

    return {
        "weights": {i.code: read(f"weight_{i.code}") for i in rules.INDICATORS},
        "caps": {i.code: read(f"cap_{i.code}") for i in rules.INDICATORS},
        "shares": {"c_percent": read("c_percent"), "a_percent": read("a_percent")},
    }


@require_http_methods(["GET", "POST"])
@needs("scoring.view")
def studio(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one version; its draft is changed here, and every change asks what it would move."""
    version = _version(request, pk)
    numbers, error = version.numbers, ""
    if request.method == "POST":
        try:
            numbers = _numbers(request)
            version = services.change_version(version=version, numbers=numbers, actor=request.user)
            return _asked(request, version)
        except Invalid as refused:
            transaction.set_rollback(False)
            error, numbers = str(refused.message), {**version.numbers, **numbers}
    return render(
        request, "scoring/studio/version.html", _context(request, version, numbers, error),
        status=422 if error else 200,
    )  # fmt: skip


def _asked(request: PersonRequest, version: TierModelVersion) -> HttpResponse:
    asked = services.ask_whatif(version=version, actor=request.user)
    transaction.on_commit(lambda: _send(request, asked))
    return redirect("scoring:studio", version.pk)


def _send(request: PersonRequest, asked: WhatIf) -> None:
    if not tasks.ask(asked.pk):
        messages.warning(
            request, _("The queue cannot be reached just now. The numbers are saved; ask again later.")
        )


def _context(
    request: PersonRequest, version: TierModelVersion, numbers: dict[str, Any], error: str = ""
) -> dict[str, Any]:
    editable = version.state in (ModelState.DRAFT, ModelState.REVIEWED) and request.user.can(
        "scoring.propose_model"
    )
    current = TierModelVersion.objects.in_force(as_of=clock.today(), province=version.province)
    before = current.numbers if current else version.numbers
    return {
        "section": "studio",
        "version": version,
        "current": current,
        "editable": editable,
        "error": error,
        "families": [
            {
                "label": label,
                "lines": [
                    {
                        "code": i.code,
                        "label": i.label,
                        "unit": i.unit,
                        "weight": numbers["weights"][i.code],
                        "weight_now": before["weights"][i.code],
                        "cap": numbers["caps"][i.code],
                        "cap_now": before["caps"][i.code],
                    }
                    for i in rules.INDICATORS
                    if i.family == family
                ],
            }
            for family, label in rules.FAMILIES.items()
        ],
        "sum": sum(numbers["weights"].values()),
        "shares": numbers.get("shares") or {"c_percent": 70, "a_percent": 10},
        "c_share": rules.C_SHARE,
        "a_share": rules.A_SHARE,
        "may_publish": version.state == ModelState.REVIEWED
        and request.user.can("scoring.publish_model")
        and not request.user.scope.is_self(version.proposed_by_id),
        "first_day": clock.next_midnight(clock.today()).date(),
        **_answer(request, version),
    }


def _answer(request: PersonRequest, version: TierModelVersion) -> dict[str, Any]:
    asked = version.whatifs.first()
    if asked is None or asked.state != WhatIf.State.DONE:
        return {"whatif": asked, "waiting": asked is not None and asked.state in ("QUEUED", "RUNNING")}
    largest = max((n for row in asked.matrix.values() for n in row.values()), default=1)
    present = [t for t in TIERS if t in asked.matrix or any(t in row for row in asked.matrix.values())]
    units = (
        asked.moves.filter(client__in=Client.objects.visible_to(request.user))
        .order_by()
        .values("unit", "unit__name")
        .annotate(n=Count("pk"))
        .order_by("-n", "unit")
    )
    return {
        "whatif": asked,
        "fresh": asked.numbers == version.numbers,
        "columns": present,
        "matrix": [
            {
                "old": old,
                "cells": [
                    {
                        "new": new,
                        "n": asked.matrix.get(old, {}).get(new, 0),
                        "heat": min(5, -(-5 * asked.matrix.get(old, {}).get(new, 0) // largest)),
                        "same": old == new,
                    }
                    for new in present
                ],
                "sum": sum(asked.matrix.get(old, {}).values()),
            }
            for old in present
        ],
        "units": units[:30],
        "may_review": version.state == ModelState.DRAFT
        and asked.numbers == version.numbers
        and request.user.can("scoring.propose_model"),
        "spread": {
            "id": "spread-whatif",
            "kind": "bar",
            "title": _("Ranked clients by score, now and then"),
            "labels": [f"{low}–{low + 5}" for low in range(0, 100, 5)],
            "series": [
                {"name": _("Now"), "data": asked.spread_now},
                {"name": _("With this version"), "data": asked.spread_then},
            ],
        },
    }


@require_POST
@needs("scoring.propose_model", "scoring.publish_model")
def ask(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask again what the version would move."""
    return _asked(request, _version(request, pk))


@require_GET
@needs("scoring.view")
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Show how far the what-if is, or what it found."""
    version = _version(request, pk)
    context = {"version": version, **_answer(request, version)}
    return render(request, "scoring/studio/includes/answer.html", context)


def _moves(request: PersonRequest, version: TierModelVersion) -> Any:
    """Return the visible moves of the last answer that the address asks for."""
    asked = version.whatifs.filter(state=WhatIf.State.DONE).first()
    rows = WhatIfMove.objects.filter(whatif=asked, client__in=Client.objects.visible_to(request.user))
    for name in ("old", "new"):
        if request.GET.get(name) in TIERS:
            rows = rows.filter(**{name: request.GET[name]})
    if (unit := read_number(request.GET.get("unit", ""))) is not None:
        rows = rows.filter(unit=unit)
    return rows.select_related("client", "unit").order_by("pk")


@require_GET
@needs("scoring.view")
def moved(request: PersonRequest, pk: int) -> HttpResponse:
    """List the visible clients a version would move, by cell of the matrix and unit."""
    version = _version(request, pk)
    rows = _moves(request, version)
    if (after := read_number(request.GET.get("after", ""))) is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows[: PAGE + 1])
    query = request.GET.copy()
    query.pop("after", None)
    csv_query = query.urlencode()
    more = ""
    if len(found) > PAGE:
        found = found[:PAGE]
        query["after"] = str(found[-1].pk)
        more = f"?{query.urlencode()}"
    context = {
        "version": version,
        "rows": found,
        "more": more,
        "csv_query": csv_query,
        "may_export": request.user.can("clients.export"),
        "old": request.GET.get("old", ""),
        "new": request.GET.get("new", ""),
    }
    return render(request, "scoring/studio/moved.html", context)


@require_GET
@needs("clients.export")
def moved_csv(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Hand out the clients a version would move, as the list is narrowed."""
    version = _version(request, pk)
    header = [
        _("Client code"), _("Client"), _("Unit"), _("Tier now"), _("Tier then"), _("Score now"),
        _("Score then"),
    ]  # fmt: skip
    lines = (
        [
            row.client.client_code, row.client.name, row.unit.name, row.old, row.new, float(row.total_now),
            float(row.total_then),
        ]
        for row in _moves(request, version).iterator(chunk_size=2000)
    )  # fmt: skip
    return download(f"moved-{version.name}", header, lines)


@require_POST
@needs("scoring.propose_model", "scoring.publish_model")
def review(request: PersonRequest, pk: int) -> HttpResponse:
    """Confirm that the matrix was seen."""
    services.review_version(version=_version(request, pk), actor=request.user)
    messages.success(request, _("Confirmed. Somebody else may publish it now."))
    return redirect("scoring:studio", pk)


@require_POST
@needs("scoring.publish_model")
def publish(request: PersonRequest, pk: int) -> HttpResponse:
    """Put a confirmed version in force from a day on."""
    version = _version(request, pk)
    try:
        day = parse_date(request.POST.get("effective_from", ""))
    except (ValueError, ValidationError):
        day = None
    if day is None or day <= clock.today():
        sentence = _("A version cannot reach into the past. Choose tomorrow or later.")
        raise Invalid("MODEL_PAST", sentence, fields={"effective_from": [sentence]})
    services.publish_version(version=version, effective_from=day, actor=request.user)
    messages.success(request, _("%(name)s is in force from %(day)s on.") % {"name": version.name, "day": day})
    return redirect("scoring:studio", pk)


def _what_it_does(version: TierModelVersion) -> dict[str, Any]:
    """Return how a version spread the base: by its last run, else by what was tried."""
    run = TierRun.objects.filter(version=version, finished_at__isnull=False).first()
    if run:
        return {"version": version, "run": run, "counts": [run.counts.get(tier, 0) for tier in RANKED_TIERS],
                "limits": run.limits, "spread": run.spread}  # fmt: skip
    asked = version.whatifs.filter(state=WhatIf.State.DONE).first()
    if asked is None:
        return {"version": version, "counts": [], "limits": {}, "spread": []}
    then: dict[str, int] = {}
    for row in asked.matrix.values():
        for tier, n in row.items():
            then[tier] = then.get(tier, 0) + n
    return {"version": version, "tried": asked, "counts": [then.get(tier, 0) for tier in RANKED_TIERS],
            "limits": asked.limits, "spread": asked.spread_then}  # fmt: skip


@require_GET
@needs("scoring.view")
def compare(request: PersonRequest) -> HttpResponse:
    """Put two versions side by side."""
    mine = list(_versions(request)[:50])
    by_pk = {str(v.pk): v for v in mine}
    a = by_pk.get(request.GET.get("a", ""), mine[-1] if mine else None)
    b = by_pk.get(request.GET.get("b", ""), mine[0] if mine else None)
    lines = [
        {
            "label": i.label,
            "unit": i.unit,
            "weights": (a.numbers["weights"][i.code], b.numbers["weights"][i.code]),
            "caps": (a.numbers["caps"][i.code], b.numbers["caps"][i.code]),
        }
        for i in rules.INDICATORS
        if a and b
    ]
    found = [_what_it_does(v) for v in (a, b) if v]
    n = registry.get_group("tier.", as_of=clock.today())
    shares = [
        {
            "label": label,
            "values": [round(rules.with_shares(n, v.numbers)[code] * 100) for v in (a, b)],
        }
        for code, label in (("c_share", _("Tier C")), ("a_share", _("Band A")))
        if a and b
    ]
    context = {
        "versions": mine,
        "a": a,
        "b": b,
        "lines": lines,
        "shares": shares,
        "chart": {
            "id": "weights",
            "kind": "bar",
            "title": _("Weights side by side"),
            "labels": [str(line["label"]) for line in lines],
            "series": [
                {"name": v.name, "data": [v.numbers["weights"][i.code] for i in rules.INDICATORS]}
                for v in (a, b)
                if v
            ],
        },
        "found": found,
        "tiers": RANKED_TIERS,
        "spread": {
            "id": "spreads",
            "kind": "bar",
            "title": _("Ranked clients by score"),
            "labels": [f"{low}–{low + 5}" for low in range(0, 100, 5)],
            "series": [{"name": each["version"].name, "data": each["spread"]} for each in found],
        }
        if all(each["spread"] for each in found)
        else None,
    }
    return render(request, "scoring/studio/compare.html", context)
