"""Products and revenue on the card of a client: the list, one product with its life, its lines, its terms."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients import choices, services
from clients.cards import card_context, client_for
from clients.forms.clients import ProductOrderForm
from clients.forms.goods import LinesForm, TermsForm, order_form_for
from clients.models import Client, ClientProduct, ProductTraffic, RevenueMonth
from clients.rules.revenue import REASONS
from clients.services.products import acts_of
from clients.services.revenue import lines_of
from clients.views.agreements import card_form, writable_client
from crm.accounts.access import PersonRequest
from crm.audit.history import changes_of
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError

MONTHS = 12
LINES_SHOWN = 200


def months_back(*, closed: bool = False) -> list[date]:
    """Return twelve months, oldest first: up to this one, or up to the last closed one."""
    this = clock.add_months(clock.month_of(clock.today()), -1 if closed else 0)
    return [clock.add_months(this, -back) for back in range(MONTHS - 1, -1, -1)]


@require_GET
@needs("clients.view")
def products(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the client's products with their traffic."""
    return show_products(request, client_for(request, pk), ProductOrderForm())


def show_products(
    request: PersonRequest, client: Client, form: ProductOrderForm, status: int = 200
) -> HttpResponse:
    """Render the products tab."""
    context = card_context(request, client, "products")
    order_form_for(client, form)
    months = months_back()
    rows = list(client.products.select_related("product", "agreement").order_by("-id")[:200])
    for row in rows:
        row.client = client
    traffic: dict[int, dict[Any, int]] = {}
    recorded = ProductTraffic.objects.filter(client_product__in=rows, month__gte=months[0])
    for product, month, amount in recorded.values_list("client_product", "month", "amount"):
        traffic.setdefault(product, {})[month] = amount
    acting = context["may_write"] and client.closed_at is None
    has_agreement = services.agreements.fitting_agreement(client, clock.today()) is not None
    context |= {
        "rows": [
            {
                "row": row,
                "traffic": [traffic.get(row.pk, {}).get(month, 0) for month in months],
                "blocked": row.status in ("ORDERED", "SUSPENDED")
                and not has_agreement
                and (row.product.needs_agreement or client.status == choices.ClientStatus.CHURNED),
            }
            for row in rows
        ],
        "acting": acting,
        "form": form,
        "needs_of_industry": services.catalogue.needs_of(
            client.key_industry, client.industry.section if client.industry else ""
        ),
        "chart": {
            "id": "traffic-chart", "title": _("Traffic by month"), "kind": "stack",
            "labels": [f"{month:%Y-%m}" for month in months],
            "series": [
                {"name": str(row.product), "data": [traffic.get(row.pk, {}).get(m, 0) for m in months]}
                for row in rows if row.pk in traffic
            ],
        },
    }  # fmt: skip
    return render(request, "clients/tabs/products.html", context, status=status)


def _find(client: Client, product: int) -> ClientProduct:
    row = get_object_or_404(client.products.select_related("product", "agreement"), pk=product)
    row.client = client
    return row


@require_GET
@needs("clients.view")
def product(request: PersonRequest, pk: int, product: int) -> HttpResponse:
    """Show one product: its state and what may be done, terms, lines, traffic and life."""
    client = client_for(request, pk)
    return _show(request, client, _find(client, product))


def _show(
    request: PersonRequest, client: Client, row: ClientProduct, *, lines_form: LinesForm | None = None,
    result: Any = None,
) -> HttpResponse:  # fmt: skip
    context = card_context(request, client, "products")
    months = months_back()
    traffic = dict(
        ProductTraffic.objects.filter(client_product=row, month__gte=months[0]).values_list("month", "amount")
    )
    acting = context["may_write"] and client.closed_at is None and row.status != "CANCELLED"
    takes_lines = bool(row.product.line_kinds)
    lines = row.members.filter(left_on=None)
    context |= {
        "row": row,
        "acting": acting,
        "acts": acts_of(row, clock.today()) if acting else [],
        "changes": changes_of(row, limit=50),
        "takes_lines": takes_lines,
        "lines_form": (lines_form or LinesForm(row=row)) if acting and takes_lines else None,
        "lines": lines[:LINES_SHOWN] if takes_lines else [],
        "lines_count": lines.count() if takes_lines else 0,
        "lines_shown": LINES_SHOWN,
        "result": result,
        "today": clock.today(),
        "chart": {
            "id": "traffic-chart", "title": _("Traffic by month"), "kind": "bar",
            "labels": [f"{month:%Y-%m}" for month in months],
            "series": [{"name": str(row.product), "data": [traffic.get(month) for month in months]}],
        } if traffic else None,
    }  # fmt: skip
    status = 422 if lines_form is not None and lines_form.errors else 200
    return render(request, "clients/goods/product.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs("clients.change")
def product_terms(request: PersonRequest, pk: int, product: int) -> HttpResponse:
    """Change how a product is paid, bound, agreed and connected."""
    client = writable_client(request, pk)
    row = _find(client, product)
    form = TermsForm(request.POST or None, row=row)
    back = reverse("clients:product", args=[pk, row.pk])
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            services.change_product(actor=request.user, product_id=row.pk, values=values, version=version)
        except BusinessError as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    title = _("Terms of %(product)s") % {"product": row.product}
    return card_form(request, client, "products", form, title=title, submit=_("Save"), back=back)


@require_POST
@needs("clients.change")
def add_lines(request: PersonRequest, pk: int, product: int) -> HttpResponse:
    """List pasted numbers under a product and say what became of each."""
    client = writable_client(request, pk)
    row = _find(client, product)
    form = LinesForm(request.POST, row=row)
    if form.is_valid():
        try:
            result = services.add_lines(actor=request.user, product_id=row.pk, **form.cleaned_data)
        except BusinessError as error:
            form.take(error)
        else:
            if result.refused:
                return _show(request, client, row, result=result)
            messages.success(
                request,
                ngettext("%(n)d line was listed.", "%(n)d lines were listed.", len(result.added))
                % {"n": len(result.added)},
            )
            return redirect("clients:product", pk, row.pk)
    return _show(request, client, row, lines_form=form)


@require_POST
@needs("clients.change")
def remove_line(request: PersonRequest, pk: int, product: int, line: int) -> HttpResponse:
    """End one line of a product."""
    client = writable_client(request, pk)
    row = _find(client, product)
    services.remove_lines(actor=request.user, product_id=row.pk, member_ids=[line])
    messages.success(request, _("The line has left the product."))
    return redirect("clients:product", pk, row.pk)


@require_GET
@needs("clients.view")
def revenue(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the revenue of a year by product family, what of it counts as informatisation, and why."""
    client = client_for(request, pk)
    context = card_context(request, client, "revenue")
    # The open month would be compared with a whole one.
    months = months_back(closed=True)
    first, end = clock.add_months(months[0], -12), clock.add_months(months[-1], 1)
    stored = {
        row.month: row for row in RevenueMonth.objects.filter(client=client, month__gte=first, month__lt=end)
    }
    lines = list(lines_of(client, months[0], end))
    families: dict[str, dict[date, int]] = {}
    for line in lines:
        by_month = families.setdefault(line.product.family, {})
        by_month[line.month] = by_month.get(line.month, 0) + line.revenue_fen
    rest = {
        month: stored[month].revenue_fen - sum(by_month.get(month, 0) for by_month in families.values())
        for month in months if month in stored
    }  # fmt: skip
    labels = dict(choices.ProductFamily.choices)
    series = [
        {"name": str(labels[code]), "data": [by_month.get(month, 0) / 100 for month in months]}
        for code, by_month in sorted(families.items())
    ]
    if any(rest.values()) or not families:
        name = _("Not split by product") if families else _("Revenue")
        series.append({"name": name, "data": [rest.get(month, 0) / 100 for month in months]})
    totals = [stored.get(month) for month in months]
    before = sum(row.revenue_fen for month, row in stored.items() if month < months[0])
    total = sum(row.revenue_fen for row in totals if row)
    ict = sum(row.ict_fen for row in totals if row)
    costs = [row.cost_fen for row in totals if row and row.cost_fen is not None]
    context |= {
        "chart": {
            "id": "revenue-chart", "title": _("Revenue by month and product family"), "kind": "stack",
            "unit": _("yuan"), "labels": [f"{month:%Y-%m}" for month in months], "series": series,
        },
        "rows": [
            {
                "month": month,
                "fen": row.revenue_fen if row else None,
                "ict": row.ict_fen if row else None,
                "cost": row.cost_fen if row else None,
                "before": old.revenue_fen if (old := stored.get(clock.add_months(month, -12))) else None,
            }
            for month, row in zip(months[::-1], totals[::-1], strict=True)
        ],
        "newest": [
            {"line": line, "why": REASONS.get(line.ict_rule, "")}
            for line in lines if lines and line.month == lines[0].month
        ],
        "newest_month": lines[0].month if lines else None,
        "total": total,
        "before": before,
        "growth": (total - before) / before if before else None,
        "ict": ict,
        "ict_share": ict / total if total else None,
        "cost": sum(costs) if costs else None,
        "any_revenue": bool(stored),
    }  # fmt: skip
    return render(request, "clients/tabs/revenue.html", context)
