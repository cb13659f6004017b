"""The market in pages: share by unit and grid, competitors, churn, circuits beside the network, revenue."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Case, Count, F, IntegerField, Sum, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clients import choices, services
from clients.forms.goods import SettleForm
from clients.models import CircuitFinding, Client, Grid, RevenueLine, RevenueMonth
from clients.querysets import market
from clients.rules.churn import WORDS
from clients.services.churn import overdue
from clients.services.circuits import circuit_counts
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.text import read_number

PAGE = 50


def _tabs(current: str) -> list[dict[str, Any]]:
    names = {
        "market": _("Market share"), "churn": _("Churn alerts"), "competitors": _("Competitors"),
        "ict": _("Revenue"), "circuits": _("Circuits"),
    }  # fmt: skip
    return [
        {"label": label, "url": reverse(f"clients:{code}"), "current": code == current, "count": None}
        for code, label in names.items()
    ]


def _keyset(request: PersonRequest, rows: Any) -> dict[str, Any]:
    """Return one page by id, newest first, with the addresses of its neighbours."""
    after = read_number(request.GET.get("after", ""))
    if (before := read_number(request.GET.get("before", ""))) is not None:
        found = list(rows.filter(pk__gt=before).order_by("pk")[: PAGE + 1])
        has_previous, has_next, found = len(found) > PAGE, True, found[:PAGE][::-1]
    else:
        started = after is not None
        if started:
            rows = rows.filter(pk__lt=after)
        found = list(rows.order_by("-pk")[: PAGE + 1])
        has_next, has_previous, found = len(found) > PAGE, started, found[:PAGE]
    kept = [(name, value) for name, value in request.GET.items() if name not in ("after", "before")]

    def url(name: str, pk: int) -> str:
        return f"?{urlencode([*kept, (name, pk)])}"

    return {
        "rows": found,
        "next_url": url("after", found[-1].pk) if found and has_next else "",
        "previous_url": url("before", found[0].pk) if found and has_previous else "",
    }


# ---- Share (R16)


@require_GET
@needs("clients.view")
def share(request: PersonRequest) -> HttpResponse:
    """Show market share by unit or by grid; a row leads to the places below it, the last to its clients."""
    by_grid = request.GET.get("by") == "grid"
    clients = Client.objects.visible_to(request.user).filed().exclude(status=choices.ClientStatus.CLOSED)
    context = _share_of_grids(request, clients) if by_grid else _share_of_units(request, clients)
    total: market.Share = context["all"]
    context |= {
        "tabs": _tabs("market"),
        "by_grid": by_grid,
        "untold": total.clients - total.total == total.clients,
    }
    return render(request, "clients/market/share.html", context)


def _share_of_units(request: PersonRequest, clients: Any) -> dict[str, Any]:
    units = OrgUnit.objects.visible_to(request.user)
    node = units.filter(code=request.GET.get("node", "")).first()
    if node is not None:
        below = units.filter(path__startswith=node.path)
        clients = clients.filter(org_unit__in=list(below.values_list("pk", flat=True)))
        children = list(units.filter(path__startswith=node.path, depth=node.depth + 1))
    else:
        tops = list(units.order_by("depth", "path"))
        children = [unit for unit in tops if unit.depth == tops[0].depth] if tops else []
    found = market.by_unit(clients)
    if node is None:
        # A lone top says nothing: go down to the first choice, but never past a unit that keeps files.
        while len(children) == 1 and children[0].pk not in found:
            below = [
                u for u in tops if u.path.startswith(children[0].path) and u.depth == children[0].depth + 1
            ]
            if not below:
                break
            children = below
    paths = dict(OrgUnit.objects.filter(pk__in=list(found)).values_list("pk", "path"))
    rows = []
    for unit in sorted(children, key=lambda unit: unit.path):
        summed = market.Share()
        for pk, part in found.items():
            if paths[pk].startswith(unit.path):
                summed.add({"clients": part.clients, "cm": part.cm, "ct": part.ct, "cu": part.cu})
        if summed.clients:
            leaf = not any(paths[pk].startswith(unit.path) for pk in found if pk != unit.pk)
            url = f"{reverse('clients:list')}?unit={unit.pk}" if leaf else f"?node={unit.code}"
            rows.append({"name": unit.name, "share": summed, "url": url, "leaf": leaf})
    own = found.get(node.pk) if node is not None else None
    if own is not None and node is not None:
        rows.append({"name": _("%(unit)s itself") % {"unit": node.name}, "share": own, "leaf": True,
                     "url": f"{reverse('clients:list')}?unit={node.pk}"})  # fmt: skip
    trail = [unit for unit in node.get_ancestors() if request.user.scope.covers(unit)] if node else []
    total = market.Share()
    for part in found.values():
        total.add({"clients": part.clients, "cm": part.cm, "ct": part.ct, "cu": part.cu})
    return {"node": node, "trail": [(u.name, f"?node={u.code}") for u in trail], "rows": rows, "all": total,
            "top_url": "?"}  # fmt: skip


def _share_of_grids(request: PersonRequest, clients: Any) -> dict[str, Any]:
    grids = Grid.objects.visible_to(request.user)
    node = grids.filter(code=request.GET.get("node", "")).first()
    if node is not None:
        clients = clients.filter(grid__path__startswith=node.path)
    length = Grid.steplen * ((node.depth if node else 0) + 1)
    found = market.by_grid(clients, length)
    named = {grid.path: grid for grid in Grid.objects.filter(path__in=[path for path in found if path])}
    rows = []
    for path in sorted(found):
        grid = named.get(path)
        if grid is None:
            rows.append({"name": _("Without grid"), "share": found[path], "url": "", "leaf": True})
            continue
        leaf = grid.is_leaf() or (node is not None and grid.pk == node.pk)
        url = f"{reverse('clients:list')}?grid={grid.pk}" if leaf else f"?by=grid&node={grid.code}"
        rows.append({"name": grid.name, "share": found[path], "url": url, "leaf": leaf})
    total = market.Share()
    for part in found.values():
        total.add({"clients": part.clients, "cm": part.cm, "ct": part.ct, "cu": part.cu})
    trail = [(g.name, f"?by=grid&node={g.code}") for g in node.get_ancestors()] if node else []
    return {"node": node, "trail": trail, "rows": rows, "all": total, "top_url": "?by=grid"}


# ---- Competitors (R17)


@require_GET
@needs("clients.view")
def competitors(request: PersonRequest) -> HttpResponse:
    """Show what competitors did at our clients, by operator and month, and the sightings themselves."""
    rows = services.visible_sightings(request.user)
    today = clock.today()
    first = clock.add_months(clock.month_of(today), -5)
    months = [clock.add_months(first, count) for count in range(6)]
    counted = (
        rows.filter(seen_on__gte=first).order_by()
        .values_list("operator", "seen_on__year", "seen_on__month").annotate(n=Count("pk"))
    )  # fmt: skip
    by_operator: dict[str, dict[tuple[int, int], int]] = {}
    for operator, year, month, number in counted:
        by_operator.setdefault(operator, {})[year, month] = number
    labels = dict(choices.Operator.choices)
    operator, impact = request.GET.get("operator", ""), request.GET.get("impact", "")
    if operator in choices.Operator.values:
        rows = rows.filter(operator=operator)
    if impact in choices.Level.values:
        rows = rows.filter(impact=impact)
    context = _keyset(request, rows.select_related("client", "created_by")) | {
        "tabs": _tabs("competitors"),
        "chart": {
            "id": "competitors-chart", "title": _("Sightings by month"), "kind": "stack",
            "labels": [f"{month:%Y-%m}" for month in months],
            "series": [
                {"name": str(labels[code]), "data": [found.get((m.year, m.month), 0) for m in months]}
                for code, found in sorted(by_operator.items())
            ],
        },
        "operators": choices.Operator.choices, "operator": operator,
        "impacts": choices.Level.choices, "impact": impact,
    }  # fmt: skip
    return render(request, "clients/market/competitors.html", context)


# ---- Churn (S0-89)


@require_GET
@needs("clients.view")
def churn(request: PersonRequest) -> HttpResponse:
    """Show churn alerts: the gravest and oldest first, overdue ones marked; settled ones stay readable."""
    today = clock.today()
    alerts = services.visible_alerts(request.user)
    state = request.GET.get("state", "open")
    mine = bool(request.GET.get("mine"))
    if mine:
        alerts = alerts.filter(client__in=Client.objects.managed_by(request.user))
    waiting = alerts.filter(disposition="")
    late = overdue(alerts, today)
    counts = {
        "open": waiting.count(), "overdue": late.count(),
        "late": alerts.filter(late_report=True).count(),
        "settled": alerts.exclude(disposition="").count(),
    }  # fmt: skip
    chosen = {
        "overdue": late, "late": alerts.filter(late_report=True), "settled": alerts.exclude(disposition=""),
    }.get(state, waiting)  # fmt: skip
    state = state if state in counts else "open"
    if state in ("open", "overdue"):
        order = Case(
            When(level="HIGH", then=Value(0)), When(level="MID", then=Value(1)), default=Value(2),
            output_field=IntegerField(),
        )  # fmt: skip
        page: dict[str, Any] = {
            "rows": list(chosen.alias(grave=order).order_by("grave", "due_on", "pk")
                         .select_related("client__am", "client__org_unit")[: PAGE * 4]),
        }  # fmt: skip
    else:
        page = _keyset(request, chosen.select_related("client__am", "client__org_unit", "disposed_by"))
    keep = "&mine=on" if mine else ""
    labels = {
        "open": _("To be settled"),
        "overdue": _("Overdue"),
        "late": _("Reported late"),
        "settled": _("Settled"),
    }
    context = page | {
        "tabs": _tabs("churn"),
        "states": [
            {"label": label, "url": f"?state={code}{keep}", "current": code == state, "count": counts[code]}
            for code, label in labels.items()
        ],
        "state": state, "mine": mine, "today": today,
        "mine_url": f"?state={state}" if mine else f"?state={state}&mine=on",
        "shown": [(row, WORDS[row.rule], row.due_on < today) for row in page["rows"]],
        "writable": set(
            Client.objects.writable_by(request.user)
            .filter(pk__in={row.client_id for row in page["rows"]}).values_list("pk", flat=True)
        ),
        "here": request.get_full_path(),
        "capped": len(page["rows"]) < counts[state] and state in ("open", "overdue"),
    }  # fmt: skip
    return render(request, "clients/market/churn.html", context)


# ---- Circuits (S1-86)


@require_GET
@needs("clients.view")
def circuits(request: PersonRequest) -> HttpResponse:
    """Show where our circuits and the network's differ."""
    counts = circuit_counts(request.user)
    rows = services.visible_findings(request.user).select_related(
        "client", "client_product__product", "settled_by"
    )
    verdict = request.GET.get("verdict", "")
    settled = verdict == "SETTLED"
    if settled:
        rows = rows.exclude(disposition="")
    else:
        rows = rows.filter(disposition="")
        if verdict in choices.CircuitVerdict.values:
            rows = rows.filter(verdict=verdict)
    verdicts = [code for code in choices.CircuitVerdict.values if code != "MATCHED"]
    labels = dict(choices.CircuitVerdict.choices)
    views = [{"label": _("All differences"), "url": "?", "current": not verdict,
              "count": sum(counts.get(code, 0) for code in verdicts)}]  # fmt: skip
    views += [
        {
            "label": str(labels[code]),
            "url": f"?verdict={code}",
            "current": verdict == code,
            "count": counts.get(code, 0),
        }
        for code in verdicts
    ]
    views.append({"label": _("Settled"), "url": "?verdict=SETTLED", "current": settled, "count": None})
    context = _keyset(request, rows) | {
        "tabs": _tabs("circuits"), "views": views, "matched": counts["MATCHED"], "settled": settled,
        "differences": views[0]["count"], "may_settle": request.user.can("clients.change"),
    }  # fmt: skip
    return render(request, "clients/market/circuits.html", context)


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def circuit_settle(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what became of a difference."""
    rows = services.visible_findings(request.user).select_related("client", "client_product__product")
    finding: CircuitFinding = get_object_or_404(rows, pk=pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.settle_circuit(actor=request.user, finding_id=pk, **form.cleaned_data)
        except BusinessError as error:
            if error.status == 403:
                raise
            form.take(error)
        else:
            messages.success(request, _("The difference is settled."))
            return redirect("clients:circuits")
    context = {"finding": finding, "form": form}
    return render(request, "clients/market/settle.html", context, status=422 if form.errors else 200)


# ---- Revenue and what of it is informatisation revenue (S1-87, S1-88)


@require_GET
@needs("clients.view")
def ict(request: PersonRequest) -> HttpResponse:
    """Show revenue, cost and informatisation revenue by unit and by product; what counts is one predicate."""
    newest = clock.add_months(clock.month_of(clock.today()), -1)
    given = request.GET.get("month", "")
    months = [clock.add_months(newest, -back) for back in range(12)]
    month = next((m for m in months if f"{m:%Y-%m}" == given), newest)
    clients = Client.objects.visible_to(request.user)
    stored = RevenueMonth.objects.filter(month=month, client__in=clients)
    by_unit = (
        stored.order_by().values("client__org_unit__name")
        .annotate(fen=Sum("revenue_fen"), ict=Sum("ict_fen"), n=Count("pk")).order_by("-fen")
    )  # fmt: skip
    lines = RevenueLine.objects.filter(month=month, client__in=clients)
    by_product = list(
        lines.order_by().values("product", "product__name", "product__name_en", "product__counts_as_ict")
        .annotate(
            fen=Sum("revenue_fen"), cost=Sum("cost_fen"), n=Count("client", distinct=True),
            counted=Sum(Case(When(counts=True, then=F("revenue_fen")), default=Value(0))),
        ).order_by("-fen")
    )  # fmt: skip
    units = list(by_unit[:200])
    reasons = (
        lines.filter(counts=False).exclude(ict_rule="NEVER").order_by()
        .values_list("ict_rule").annotate(fen=Sum("revenue_fen"), n=Count("pk")).order_by("-fen")
    )  # fmt: skip
    from clients.rules.revenue import REASONS

    total, counted = sum(row["fen"] for row in units), sum(row["ict"] for row in units)
    labels = dict(choices.CountsAsIct.choices)
    context = {
        "tabs": _tabs("ict"), "month": month, "months": [f"{m:%Y-%m}" for m in months],
        "units": units,
        "products": [row | {"rule": labels[row["product__counts_as_ict"]]} for row in by_product],
        "total": total, "counted": counted,
        "share": counted / total if total else None,
        "lost": [(REASONS.get(code, code), fen, n) for code, fen, n in reasons],
        "english": request.LANGUAGE_CODE.startswith("en"),
    }  # fmt: skip
    return render(request, "clients/market/ict.html", context)
