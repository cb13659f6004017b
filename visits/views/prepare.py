"""Before the visit: the sheet to read on the phone, the solutions that fit."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clients.cards import sees_plain
from crm.accounts.access import PersonRequest
from crm.base.access import needs
from crm.base.offline import kept_offline
from visits.reading import prep
from visits.services.consulting import consult as note_consulted
from visits.views.visits import visit_or_404


@kept_offline
@require_GET
@needs("visits.view")
def sheet(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the sheet before a visit.

    The page holds no form and no token: the same visit is the same text, and may be kept for offline.
    """
    visit = visit_or_404(request, pk)
    context = prep.sheet(visit, request.user, plain=sees_plain(request.user, visit.client))
    return render(request, "visits/prepare/sheet.html", context | {"visit": visit, "client": visit.client})


@kept_offline
@require_GET
@needs("visits.view")
def solutions(request: PersonRequest, pk: int) -> HttpResponse:
    """Show which solutions fit the client of a visit, and why."""
    visit = visit_or_404(request, pk)
    context = {
        "visit": visit,
        "solutions": prep.solutions_for(visit),
        "mine": visit.owner_id == request.user.pk,
    }
    return render(request, "visits/prepare/solutions.html", context)


@require_POST
@needs("visits.change")
def consult(request: PersonRequest, pk: int, solution: int) -> HttpResponse:
    """Note that the solution was looked at, and open it."""
    note_consulted(actor=request.user, visit=visit_or_404(request, pk), solution_id=solution)
    return redirect("knowledge:solution", solution)
