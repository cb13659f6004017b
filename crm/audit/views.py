"""Pages of the trail: events and seals."""

import re
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crm.accounts.access import PersonRequest
from crm.audit.forms import EventFilterForm
from crm.audit.labels import details, kinds_named, label
from crm.audit.models import AuditEvent, AuditSeal
from crm.audit.services import broken_seals
from crm.base.access import needs
from crm.base.text import read_number

PAGE = 50
SEALS = 60


@never_cache
@require_safe
@needs("audit.view")
def events(request: PersonRequest) -> HttpResponse:
    """List acts, newest first, page by page."""
    form = EventFilterForm(request.GET or None)
    rows = AuditEvent.objects.visible_to(request.user).select_related("actor", "unit")
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    rows = _narrow(rows, chosen)
    if (before := read_number(request.GET.get("before", ""))) is not None:
        rows = rows.filter(id__lt=before)
    page = list(rows.order_by("-id")[: PAGE + 1])
    found = details(page)
    for event in page:
        event.words, event.details = label(event.action), found[event.pk]
    kept = {key: value for key, value in request.GET.items() if key != "before" and value}
    context = {
        "form": form,
        "events": page[:PAGE],
        "filtered": bool(kept),
        "next_url": "?" + urlencode(kept | {"before": page[PAGE - 1].pk}) if len(page) > PAGE else "",
        "previous_url": "?" + urlencode(kept) if before else "",
    }
    return render(request, "audit/events.html", context)


def _narrow(rows: Any, chosen: dict[str, Any]) -> Any:
    if who := chosen.get("q"):
        rows = rows.filter(Q(actor_name__contains=who) | Q(actor__staff_no=who))
    if action := chosen.get("action"):
        rows = rows.filter(action=action)
    if record := (chosen.get("record") or "").split():
        kind, number = _named(record)
        rows = rows.filter(entity__in=kinds_named(kind))
        if number:
            rows = rows.filter(entity_id=number)
    return rows.between(chosen.get("first"), chosen.get("last"))


def _named(words: list[str]) -> tuple[str, str]:
    """Part a record as it is typed into its kind and its number: "client product 42", "客户 42"."""
    numbered = len(words) > 1 and re.search(r"\d", words[-1])
    return (" ".join(words[:-1]), words[-1]) if numbered else (" ".join(words), "")


@never_cache
@require_safe
@needs("audit.view")
def seals(request: PersonRequest) -> HttpResponse:
    """List the nightly seals; asked to, prove them all now."""
    newest = list(AuditSeal.objects.order_by("-last_id")[:SEALS])
    checked = "check" in request.GET
    context = {
        "seals": newest,
        "checked_at": timezone.now() if checked else None,
        "broken": {seal.pk for seal in broken_seals()} if checked else set(),
        "unsealed": AuditEvent.objects.filter(id__gt=newest[0].last_id if newest else 0).count(),
    }
    return render(request, "audit/seals.html", context)
