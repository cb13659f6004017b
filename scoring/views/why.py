"""Pages on the client's card: why it stands where it stands."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clients.cards import card_context, client_for
from clients.models import Client
from clients.timeline import class_change
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from scoring import reading


@require_GET
@needs("scoring.view")
def client(request: PersonRequest, pk: int) -> HttpResponse:
    """Show why a client has its tier and size, and the points of its people."""
    found = client_for(request, pk, "scoring.view")
    context = card_context(request, found, "score") | {
        "why": reading.explain_tier(found),
        "size": reading.explain_size(found, as_of=clock.today()),
        "changes": [(row, *class_change(row)) for row in found.class_history.all()[:10]],
        "decisions": found.tier_overrides.select_related("proposed_by", "decided_by", "paper")[:10],
        "may_propose": request.user.can("scoring.propose_override")
        and found.is_legal_person
        and Client.objects.writable_by(request.user).filter(pk=pk).exists(),
        "may_approve": request.user.can("scoring.approve_override"),
        "people": reading.people_of(found) if request.user.can("members.view") else (),
    }
    return render(request, "scoring/client.html", context)


@require_GET
@needs("scoring.view")
def why_tier(request: PersonRequest, pk: int) -> HttpResponse:
    """Explain the value tier; a fragment for the card, a page by itself."""
    found = client_for(request, pk, "scoring.view")
    return _why(
        request, found, {"why": reading.explain_tier(found), "panel": "scoring/includes/why_tier.html"}
    )


@require_GET
@needs("scoring.view")
def why_size(request: PersonRequest, pk: int) -> HttpResponse:
    """Explain the size class; a fragment for the card, a page by itself."""
    found = client_for(request, pk, "scoring.view")
    size = reading.explain_size(found, as_of=clock.today())
    return _why(request, found, {"size": size, "panel": "scoring/includes/why_size.html"})


def _why(request: PersonRequest, found: Client, context: dict[str, Any]) -> HttpResponse:
    context["client"] = found
    if request.htmx:
        return render(request, context["panel"], context)
    return render(request, "scoring/why.html", context)


@require_GET
@needs("scoring.view")
def decided(request: PersonRequest, pk: int) -> HttpResponse:
    """Say that people decided the tier, who and until when; a brief on the card."""
    found = client_for(request, pk, "scoring.view")
    held = found.tier_overrides.in_force(as_of=clock.today()).select_related("proposed_by", "decided_by")
    return render(request, "scoring/overrides/brief.html", {"client": found, "row": held.first()})


@require_GET
@needs("scoring.view")
def expiring(request: PersonRequest, pk: int) -> HttpResponse:
    """Say how many points of the client's people expire this year; a brief on the card."""
    found = client_for(request, pk, "scoring.view")
    today = clock.today()
    context = {
        "client": found,
        "expiring": reading.expiring_of([found.pk], as_of=today),
        "expires_on": today.replace(month=12, day=31),
    }
    return render(request, "scoring/includes/expiring.html", context)
