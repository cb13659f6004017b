"""Opinions of clients: note, answer, tell back, print."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.cards import sees_plain
from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.text import mask_name
from visits import services
from visits.choices import OpinionState
from visits.forms.desk import AnswerForm, FeedbackForm, OpinionNewForm
from visits.models import OpinionForm
from visits.views.pages import acted, listed
from visits.views.visits import visit_or_404

PAGE = "visits/opinions/opinion.html"


@require_GET
@needs("visits.view", "visits.answer_opinion")
def opinions(request: PersonRequest) -> HttpResponse:
    """List opinions by what is to be done about them."""
    user, today = request.user, clock.today()
    seen = OpinionForm.objects.visible_to(user)
    views: dict[str, tuple[Any, Any]] = {"all": (_("All"), seen)}
    if user.can("visits.answer_opinion"):
        views["answer"] = (_("To answer"), OpinionForm.objects.answerable_by(user))
    if user.can("visits.change"):
        views["tell"] = (_("To tell the client"), OpinionForm.objects.to_feed_back(user))
    views["overdue"] = (_("Overdue"), seen.overdue(today))
    return render(request, "visits/opinions/list.html", listed(request, views, "all") | {"today": today})


def _opinion(request: PersonRequest, pk: int) -> OpinionForm:
    found: OpinionForm = get_object_or_404(OpinionForm.objects.visible_to(request.user).with_rows(), pk=pk)
    return found


def _context(request: PersonRequest, found: OpinionForm, **forms: Any) -> dict[str, Any]:
    user = request.user
    answers = OpinionForm.objects.answerable_by(user).filter(pk=found.pk).exists()
    tells = found.owner_id == user.pk and found.state == OpinionState.ANSWERED
    return {
        "opinion": found,
        "today": clock.today(),
        "sees_client": Client.objects.visible_to(user).filter(pk=found.client_id).exists(),
        "contact": _contact_name(request, found),
        "answer_form": AnswerForm() if answers else None,
        "feedback_form": FeedbackForm() if tells else None,
    } | forms


def _contact_name(request: PersonRequest, found: OpinionForm) -> str:
    """Return who said it, masked for who does not manage the client."""
    if found.contact is None:
        return ""
    name: str = found.contact.name
    return name if sees_plain(request.user, found.client) else mask_name(name)


@require_GET
@needs("visits.view", "visits.answer_opinion")
def opinion(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one opinion with what may be done about it."""
    return render(request, PAGE, _context(request, _opinion(request, pk)))


@require_GET
@needs("visits.view", "visits.answer_opinion")
def opinion_print(request: PersonRequest, pk: int) -> HttpResponse:
    """Print the form [意见征求表]."""
    found = _opinion(request, pk)
    context = {
        "opinion": found,
        "contact": _contact_name(request, found),
        "no": found.number,
        "unit": found.org_unit,
        "on": found.created_at,
    }
    return render(request, "visits/print/opinion.html", context)


@require_POST
@needs("visits.answer_opinion")
def opinion_answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer for the department."""
    found, form = _opinion(request, pk), AnswerForm(request.POST)
    return acted(
        request,
        form,
        lambda **values: services.answer_opinion(actor=request.user, opinion=found, **values),
        to=reverse("visits:opinion", args=[pk]),
        again=lambda: (PAGE, _context(request, found, answer_form=form)),
        said=_("Answered. The manager tells the client."),
    )


@require_POST
@needs("visits.change")
def opinion_feedback(request: PersonRequest, pk: int) -> HttpResponse:
    """Note what the client was told."""
    found, form = _opinion(request, pk), FeedbackForm(request.POST)
    return acted(
        request,
        form,
        lambda **values: services.feed_back(actor=request.user, opinion=found, **values),
        to=reverse("visits:opinion", args=[pk]),
        again=lambda: (PAGE, _context(request, found, feedback_form=form)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.change")
def opinion_new(request: PersonRequest, pk: int) -> HttpResponse:
    """Note what a client said without a visit."""
    client = get_object_or_404(Client.objects.visible_to(request.user), pk=pk)
    services.client_to_visit(client, request.user)
    form = OpinionNewForm(request.POST or None, client=client, actor=request.user)
    status = 400 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = services.note_opinion_of_client(actor=request.user, client=client, **form.cleaned_data)
        except BusinessError as refusal:
            place_refusal(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Noted. The department answers, then you tell the client."))
            return redirect("visits:opinion", made.pk)
    return render(request, "visits/opinions/form.html", {"form": form, "client": client}, status=status)


@require_POST
@needs("visits.change")
def opinion_note(request: PersonRequest, pk: int) -> HttpResponse:
    """Note what the client said on a visit; with one tap, the opinion its log holds."""
    visit = visit_or_404(request, pk)
    services.must_write(visit, request.user)
    log = getattr(visit, "log", None)
    if "from_log" in request.POST and log and log.opinion:
        made = services.note_opinion(actor=request.user, visit=visit, text=log.opinion)
    else:
        form = OpinionNewForm(request.POST, client=visit.client, actor=request.user)
        if not form.is_valid():
            context = {"form": form, "client": visit.client, "visit": visit}
            return render(request, "visits/opinions/form.html", context, status=400)
        made = services.note_opinion(actor=request.user, visit=visit, **form.cleaned_data)
    messages.success(request, _("Noted. The department answers, then you tell the client."))
    return redirect("visits:opinion", made.pk)
