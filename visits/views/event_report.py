"""R9: what events aimed at and what came of it."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from visits.models import EventProduct
from visits.querysets.events import effect_rows, period
from visits.rules.events import share

PAGE = 100


@require_GET
@needs("visits.view")
def report(request: PersonRequest) -> HttpResponse:
    """Compare targets and results by product and by event (Source: R9)."""
    first, last = period(request.GET, clock.today())
    rows = effect_rows(request.user, first, last)
    products = list(EventProduct.objects.filter(event__in=rows.values("pk")).by_product()[:20])
    english = (get_language() or "").startswith("en")
    page = list(rows.with_rows().with_effect().order_by("-starts_at", "-pk")[: PAGE + 1])
    target = sum(row["target"] for row in products)
    result = sum(row["result"] for row in products)
    context: dict[str, Any] = {
        "first": first,
        "last": last,
        "rows": [(row, share(row.result, row.target)) for row in page[:PAGE]],
        "more": len(page) > PAGE,
        "count": rows.count(),
        "target": target,
        "result": result,
        "rate": share(result, target),
        "chart": {
            "id": "events-effect",
            "title": _("Target and result by product"),
            "kind": "bar",
            "labels": [row["name_en"] if english else row["name"] for row in products],
            "series": [
                {"name": _("Target"), "data": [row["target"] for row in products]},
                {"name": _("Result"), "data": [row["result"] for row in products]},
            ],
        },
        "quarter": (clock.today() - timedelta(days=91), clock.today()),
        "query": f"from={first}&to={last}",
    }
    return render(request, "visits/events/report.html", context)
