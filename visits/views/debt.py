"""Visits owed, and the week they fill."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.text import read_number
from visits.choices import VisitState
from visits.reading import debt as reading
from visits.services import debt as services


@require_GET
@needs("visits.change", "visits.approve_log")
def debt(request: PersonRequest) -> HttpResponse:
    """List the clients that are owed visits, with how many and why (Source: S1-03)."""
    user, today = request.user, clock.today()
    leads = user.can("visits.approve_log")
    team = leads and request.GET.get("who", "team") != "me"
    clients = reading.clients_of(user, team=team)
    managers = reading.by_manager(clients, today) if team else []
    am = read_number(request.GET.get("am", "")) if team else None
    if am is not None:
        clients = clients.filter(am=am)
    rows = list(reading.debtors(clients, today, after=request.GET.get("after", ""))[: reading.PAGE + 1])
    shown = rows[: reading.PAGE]
    kept = f"?who={'team' if team else 'me'}" + ("" if am is None else f"&am={am}")
    more = len(rows) > reading.PAGE
    context: dict[str, Any] = {
        "rows": [(row, reading.why(row)) for row in shown],
        "totals": reading.totals(clients, today),
        "managers": managers,
        "team": team,
        "leads": leads and user.can("visits.change"),
        "am": am,
        "next_url": f"{kept}&after={shown[-1].debt}.{shown[-1].client_code}" if more else "",
        "previous_url": kept if request.GET.get("after") else "",
    }
    return render(request, "visits/debt/list.html", context)


def _chosen(values: list[str]) -> list[tuple[int, datetime]]:
    """Return client and time of the ticked boxes; what is none is left out."""
    found = []
    for value in values:
        client, _bar, moment = value.partition("|")
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            continue
        if (key := read_number(client)) is not None and at.tzinfo:
            found.append((key, at))
    return found


@require_http_methods(["GET", "POST"])
@needs("visits.change")
def week(request: PersonRequest) -> HttpResponse:
    """Propose visits for the coming week; what stays ticked is planned in one go."""
    refusal = ""
    if request.method == "POST":
        try:
            batch = UUID(request.POST.get("batch", ""))
        except ValueError:
            batch = uuid4()
        try:
            made = services.fill_week(
                actor=request.user, visits=_chosen(request.POST.getlist("visit")), batch=batch
            )
        except BusinessError as error:
            if error.status != 400:
                raise
            refusal = str(error.message)
        else:
            said = ngettext("%(n)d visit is planned.", "%(n)d visits are planned.", len(made))
            messages.success(request, said % {"n": len(made)})
            return redirect("visits:debt-filled", batch)
    today = clock.today()
    days = reading.proposal(request.user, today)
    first, last = services.next_week(today)
    context = {
        "days": days,
        "count": sum(len(rows) for _day, rows, _taken in days),
        "first": first,
        "last": last,
        "batch": uuid4(),
        "refusal": refusal,
        "manages": reading.clients_of(request.user, team=False).exists(),
        "leads": request.user.can("visits.approve_log"),
    }
    return render(request, "visits/debt/week.html", context, status=422 if refusal else 200)


@require_GET
@needs("visits.change")
def filled(request: PersonRequest, batch: UUID) -> HttpResponse:
    """Show what one filling planned, with the way back."""
    rows = services.filled(request.user, batch)
    context = {
        "rows": rows,
        "batch": batch,
        "undoable": any(row.state == VisitState.PLANNED and row.version == 1 for row in rows),
    }
    return render(request, "visits/debt/filled.html", context)


@require_POST
@needs("visits.change")
def undo(request: PersonRequest, batch: UUID) -> HttpResponse:
    """Take a filling back; what was confirmed or changed since stays."""
    undone, kept = services.empty_week(actor=request.user, batch=batch)
    said = ngettext("%(n)d visit is taken back.", "%(n)d visits are taken back.", undone) % {"n": undone}
    if kept:
        said += " " + _("%(n)d stay: somebody confirmed or changed them.") % {"n": kept}
    messages.success(request, said)
    return redirect("visits:debt-week")
