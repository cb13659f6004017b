"""The card of a client as it was at the end of a past day; nothing on it can be changed."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from clients.cards import axes_of, client_for
from clients.models import AMAssignment, Client, RevenueMonth
from clients.overview import sections_of
from clients.services.past import past_of
from clients.timeline import timeline
from clients.views.lists import day_of
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs


@require_GET
@needs("clients.view")
def as_at(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the file, the managers, the products and the revenue as they stood on a day."""
    client = client_for(request, pk)
    day = day_of(request.GET.get("on", ""))
    if day is None:
        return redirect("clients:card", pk)
    found = past_of(client, day)
    context: dict[str, Any] = {
        "client": client,
        "day": day,
        "yesterday": clock.today() - timedelta(days=1),
        "existed": found is not None,
        "made_on": clock.business_date(client.created_at),
    }
    if found is not None:
        then, known = found
        context |= {
            "then": then,
            "axes": [axis for axis in axes_of(then, {}) if axis["column"] in known],
            "sections": _known_lines(then, known),
            "managers": AMAssignment.objects.filter(client=client, from_on__lte=day)
            .filter(Q(to_on=None) | Q(to_on__gte=day))
            .select_related("user"),
            "products": _products(client, day),
            "revenue": RevenueMonth.objects.filter(
                client=client, month__gt=clock.add_months(clock.month_of(day), -12), month__lte=day
            ).aggregate(fen=Sum("revenue_fen"))["fen"],
            "since": timeline(client, first=clock.next_midnight(day), limit=20),
        }
    return render(request, "clients/past.html", context)


def _known_lines(then: Client, known: frozenset[str]) -> list[dict[str, Any]]:
    """Return the groups of the file with the lines whose past is kept."""
    found = []
    for section in sections_of(then):
        names = {"monthly_spend_yuan": "monthly_telecom_spend_fen"}
        lines = [
            line for line in section["lines"]
            if names.get(line["name"], line["name"]) in known or line["name"] in ("mobiles", "market_share")
        ]  # fmt: skip
        if lines and section["code"] != "whose":
            found.append(section | {"lines": lines})
    return found


def _products(client: Client, day: Any) -> list[dict[str, Any]]:
    """Return the products ordered by the day with the state their dates give."""
    rows = client.products.select_related("product").filter(ordered_on__lte=day).order_by("-id")
    found = []
    for row in rows[:200]:
        state = "ORDERED"
        if row.cancelled_on and row.cancelled_on <= day:
            state = "CANCELLED"
        elif row.opened_on and row.opened_on <= day:
            state = "OPEN"
        then = type(row)(status=state)
        found.append({"product": row.product, "state": state, "label": then.get_status_display(), "row": row})
    return found
