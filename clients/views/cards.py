"""The card of one client: story, file, products, revenue, history, and why a derived value is what it is."""

import mimetypes
from datetime import timedelta

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clients.cards import card_context, client_for
from clients.forms.clients import PAPERS, AssignForm, MergeForm
from clients.models import AMAssignment, Client, ClientLife, ClientStatusHistory
from clients.overview import sections_of
from clients.rules import lifecycle
from clients.services import explain_completeness
from clients.services.freshness import stale_filter
from clients.timeline import KINDS, place, placed, timeline
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.params.registry import get_group

ENTRIES = 50


@require_GET
@needs("clients.view")
def card(request: PersonRequest, pk: int) -> HttpResponse:
    """Tell the story of a client: what changed, what is owed, what comes next."""
    client = client_for(request, pk)
    context = card_context(request, client, "story")
    missing = [answer for answer in explain_completeness(client) if answer.filled is False]
    context |= {
        "changes": timeline(client, limit=8),
        "missing_required": [answer.rule for answer in missing if answer.rule.required],
        "missing_optional": [answer.rule for answer in missing if not answer.rule.required],
        "stale": Client.objects.filter(stale_filter(clock.today()), pk=client.pk).exists(),
    }
    return render(request, "clients/tabs/story.html", context)


@require_GET
@needs("clients.view")
def file(request: PersonRequest, pk: int) -> HttpResponse:
    """Show all fields by group, with what is worked out marked so."""
    client = client_for(request, pk)
    context = card_context(request, client, "file")
    people = AMAssignment.objects.filter(client=client, to_on=None).select_related("user")
    context |= {
        "sections": sections_of(client),
        "children": Client.objects.visible_to(request.user)
        .filter(parent=client)
        .order_by("client_code")[:50],
        "merge_notes": client.merge_notes.all(),
        "assignments": people,
        "may_assign": request.user.can("clients.assign") and context["may_write"],
        "assign_form": AssignForm(user=request.user),
        "merge_form": MergeForm(),
        "papers": [name for name in PAPERS if getattr(client, name)],
    }
    return render(request, "clients/tabs/file.html", context)


@require_GET
@needs("clients.view")
def history(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what happened, newest first, by kind."""
    client = client_for(request, pk)
    context = card_context(request, client, "history")
    kinds = [kind for kind in request.GET.getlist("kind") if kind in KINDS]
    where = placed(request.GET.get("after", ""))
    entries = timeline(client, kinds=kinds, limit=ENTRIES + 1, **where)
    more = len(entries) > ENTRIES
    entries = entries[:ENTRIES]
    chosen = "".join(f"kind={kind}&" for kind in kinds)
    context |= {
        "entries": entries,
        "kinds": KINDS,
        "chosen": kinds,
        "next_url": f"?{chosen}after={place(entries, **where)}" if more else "",
        "first_url": f"?{chosen}" if where else "",
    }
    return render(request, "clients/tabs/history.html", context)


@require_GET
@needs("clients.view")
def why_status(request: PersonRequest, pk: int) -> HttpResponse:
    """Explain the lifecycle state by the facts and the rule that matched."""
    client = client_for(request, pk)
    today = clock.today()
    numbers = get_group("lifecycle.", as_of=today)
    newest = ClientStatusHistory.objects.filter(client=client).first()
    first, end = clock.closed_months(today, int(numbers["silent_months"]))
    context = {
        "client": client,
        "life": ClientLife.objects.filter(client=client).first(),
        "newest": newest,
        "reason": lifecycle.REASONS.get(newest.reason, "") if newest else "",
        "rules": lifecycle.rules(today, numbers),
        "matched": newest.reason if newest else "NEVER_OPENED",
        "window_first": first,
        "window_last": end - timedelta(days=1),
    }
    return render(request, "clients/why/status.html", context)


@require_GET
@needs("clients.view")
def why_completeness(request: PersonRequest, pk: int) -> HttpResponse:
    """Explain how full the file is: what is missing, and where it is mended."""
    client = client_for(request, pk)
    answers = [answer for answer in explain_completeness(client) if answer.filled is not None]
    required = [answer for answer in answers if answer.rule.required]
    optional = [answer for answer in answers if not answer.rule.required]
    ratio = get_group("audit.", as_of=clock.today())["optional_ratio"]
    context = {
        "client": client,
        "required": required,
        "optional": optional,
        "required_filled": sum(bool(answer.filled) for answer in required),
        "optional_filled": sum(bool(answer.filled) for answer in optional),
        "needed": -(-ratio * len(optional) // 100),
        "ratio": ratio,
    }
    return render(request, "clients/why/completeness.html", context)


@require_GET
@needs("clients.view")
def paper(request: PersonRequest, pk: int, name: str) -> FileResponse:
    """Hand out a paper of the file; the browser shows no page of it."""
    client = client_for(request, pk)
    if name not in PAPERS or not getattr(client, name):
        raise Http404
    stored = getattr(client, name)
    kind = mimetypes.guess_type(stored.name)[0] or "application/octet-stream"
    try:
        handle = stored.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    ending = stored.name[stored.name.rfind(".") :]
    response = FileResponse(
        handle, as_attachment=True, filename=f"{client.client_code}-{name}{ending}", content_type=kind
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
