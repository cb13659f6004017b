"""Urgent needs: ask from the visit, answer, end."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.offline import kept_offline
from visits import services
from visits.forms.desk import GrantForm, OpinionNewForm, ReasonForm, UrgentNewForm
from visits.models import EscalationRequest, Visit
from visits.views.pages import acted, listed
from visits.views.visits import visit_or_404

PAGE = "visits/urgent/urgent.html"


@require_GET
@needs("visits.view")
def urgents(request: PersonRequest) -> HttpResponse:
    """List urgent needs by what is to be done about them."""
    user, now = request.user, clock.now()
    seen = EscalationRequest.objects.visible_to(user)
    views: dict[str, tuple[Any, Any]] = {"all": (_("All"), seen)}
    if user.can("visits.approve_log"):
        views["decide"] = (_("To answer"), EscalationRequest.objects.decidable_by(user))
    if user.can("visits.change"):
        views["mine"] = (_("I asked for"), seen.filter(owner=user))
    views["in_force"] = (_("In force"), seen.in_force(now))
    return render(request, "visits/urgent/list.html", listed(request, views, "all") | {"now": now})


def _urgent(request: PersonRequest, pk: int) -> EscalationRequest:
    rows = EscalationRequest.objects.visible_to(request.user).with_rows()
    found: EscalationRequest = get_object_or_404(rows, pk=pk)
    return found


def _context(request: PersonRequest, found: EscalationRequest, **forms: Any) -> dict[str, Any]:
    user, now = request.user, clock.now()
    decides = EscalationRequest.objects.decidable_by(user).filter(pk=found.pk).exists()
    over = (
        found.in_force(now)
        and user.can("visits.approve_log")
        and not user.scope.is_self(found.owner_id)
        and user.scope.covers(found.org_unit, "visits.approve_log")
    )
    return {
        "need": found,
        "now": now,
        "in_force": found.in_force(now),
        "own": found.owner_id == user.pk,
        "grant_form": GrantForm() if decides else None,
        "refusal_form": ReasonForm(auto_id="id_refuse_%s") if decides else None,
        "revoke_form": ReasonForm(auto_id="id_revoke_%s") if over else None,
    } | forms


@require_GET
@needs("visits.view")
def urgent(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one urgent need with what may be done about it."""
    return render(request, PAGE, _context(request, _urgent(request, pk)))


FORMS: dict[str, tuple[str, Any, Callable[..., EscalationRequest]]] = {
    "grant": ("grant_form", GrantForm, services.grant_urgent),
    "refuse": ("refusal_form", ReasonForm, services.refuse_urgent),
    "revoke": ("revoke_form", ReasonForm, services.revoke_urgent),
}


@require_POST
@needs("visits.approve_log")
def urgent_form(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Grant, refuse or end."""
    found = _urgent(request, pk)
    name, kind, service = FORMS[act]
    form = kind(request.POST)
    return acted(
        request,
        form,
        lambda **values: service(actor=request.user, request=found, **values),
        to=reverse("visits:urgent", args=[pk]),
        again=lambda: (PAGE, _context(request, found, **{name: form})),
    )


@require_POST
@needs("visits.change")
def urgent_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an own request back."""
    services.withdraw_urgent(actor=request.user, request=_urgent(request, pk))
    return redirect("visits:urgent", pk)


def _notes(request: PersonRequest, visit: Visit, **forms: Any) -> dict[str, Any]:
    """Return the opinions and urgent needs of a visit, and the two forms for its manager."""
    user = request.user
    mine = visit.owner_id == user.pk and user.can("visits.change")
    log = getattr(visit, "log", None)
    opinions = list(visit.opinions.with_rows())
    noted = {opinion.text for opinion in opinions}
    return {
        "visit": visit,
        "mine": mine,
        "opinions": opinions,
        "urgent_needs": list(visit.urgent_needs.with_rows()),
        "from_log": log.opinion if mine and log and log.opinion and log.opinion not in noted else "",
        "opinion_form": OpinionNewForm(client=visit.client, actor=user, auto_id="id_opinion_%s")
        if mine
        else None,
        "urgent_form": UrgentNewForm(auto_id="id_urgent_%s") if mine else None,
    } | forms


@kept_offline
@require_GET
@needs("visits.view")
def notes(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what came of a visit besides its log: opinions and urgent needs; a brief as a fragment."""
    context = _notes(request, visit_or_404(request, pk))
    template = "visits/includes/notes_brief.html" if request.htmx else "visits/notes.html"
    return render(request, template, context)


@require_POST
@needs("visits.change")
def urgent_ask(request: PersonRequest, pk: int) -> HttpResponse:
    """Put an urgent need to the superior."""
    visit = visit_or_404(request, pk)
    services.must_write(visit, request.user)
    form = UrgentNewForm(request.POST, auto_id="id_urgent_%s")
    return acted(
        request,
        form,
        lambda **values: services.ask_superior(actor=request.user, visit=visit, **values),
        to=reverse("visits:notes", args=[pk]),
        again=lambda: ("visits/notes.html", _notes(request, visit, urgent_form=form)),
        said=_("Your superior is told. You hear the answer here."),
    )
