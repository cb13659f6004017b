"""Visits on the client's card: a tab, a brief, and the action to plan one."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clients.cards import card_context, client_for
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.text import read_number
from visits.models import Visit
from visits.rules import visits as rules

PAGE = 20


@require_GET
@needs("visits.view")
def of_client(request: PersonRequest, pk: int) -> HttpResponse:
    """Show every visit of the client, the newest first (Source: S1-90)."""
    client = client_for(request, pk, "visits.view")
    # Whoever may open the client's file may read its whole visit history, whoever wrote it.
    found = Visit.objects.filter(client=client).with_rows().order_by("-visit_on", "-id")
    after = Visit.objects.filter(client=client, pk=read_number(request.GET.get("after", "")) or 0).first()
    if after:
        found = found.filter(Q(visit_on__lt=after.visit_on) | Q(visit_on=after.visit_on, pk__lt=after.pk))
    rows = list(found[: PAGE + 1])
    context = card_context(request, client, "visits") | {
        "rows": rows[:PAGE],
        "more": rows[PAGE - 1] if len(rows) > PAGE else None,
        "may_plan": request.user.can("visits.change"),
    }
    template = "visits/includes/client_rows.html" if request.htmx and after else "visits/of_client.html"
    return render(request, template, context)


@require_GET
@needs("visits.view")
def brief(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the next visit, the last one and what is promised."""
    client = client_for(request, pk, "visits.view")
    found = Visit.objects.filter(client=client).with_rows()
    today = clock.today()
    context = {
        "client": client,
        "next": found.filter(state__in=rules.OPEN_STATES, visit_on__gte=today).order_by("planned_at").first(),
        "last": found.exclude(log=None).filter(visit_on__lte=today).order_by("-visit_on", "-id").first(),
        "promises": list(found.open_promises().order_by("log__next_due_on", "id")[:3]),
        "today": today,
    }
    return render(request, "visits/includes/brief.html", context)
