"""Acts on many clients: what is chosen and what is asked, then what became of each, then the way back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clients.models import Client
from clients.services import bulk
from clients.views.lists import back_to
from crm.accounts.access import PersonRequest
from crm.base.access import needs, require
from crm.base.text import read_numbers


@require_POST
@needs("clients.view")
def act_on_many(request: PersonRequest, code: str) -> HttpResponse:
    """Ask what an act on the chosen clients needs; with `sure`, do it."""
    act = bulk.act_named(code)
    require(request.user, act.verb)
    keys = read_numbers(request.POST.getlist("client"))[: bulk.MOST]
    if not keys:
        messages.error(request, _("Choose clients first."))
        return redirect(back_to(request))
    sure = "sure" in request.POST
    form = act.form(request.POST if sure else None, user=request.user)
    if sure and form.is_valid():
        summary = " · ".join(_words(form))
        run = bulk.perform(
            actor=request.user, code=code, client_ids=keys, values=form.cleaned_data, summary=summary
        )
        return redirect("clients:bulk_run", run.pk)
    chosen = Client.objects.visible_to(request.user).filter(pk__in=keys).order_by("client_code")
    context = {"act": act, "form": form, "clients": chosen, "back": back_to(request)}
    return render(request, "clients/bulk/ask.html", context, status=400 if sure else 200)


def _words(form: Any) -> list[str]:
    """Return what was filled in as people read it."""
    found = []
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        if value in (None, "", []):
            continue
        labels = (
            dict(getattr(bound.field, "choices", None) or []) if not hasattr(bound.field, "queryset") else {}
        )
        if isinstance(value, bool):
            shown = _("Yes") if value else _("No")
        elif isinstance(value, list):
            shown = ", ".join(str(labels.get(item, item)) for item in value)
        else:
            shown = str(labels.get(value, value))
        found.append(f"{bound.label}: {shown}")
    return found


@require_GET
@needs("clients.view")
def bulk_run(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what became of each client of an act."""
    run = bulk.run_of(request.user, pk)
    context = {
        "run": run,
        "act": bulk.act_named(run.act),
        "done": sum(row["ok"] for row in run.rows),
        "total": len(run.rows),
        "failed": [row for row in run.rows if not row["ok"]],
        "fine": [row for row in run.rows if row["ok"]],
        "may_undo": bulk.may_undo(run),
    }
    return render(request, "clients/bulk/run.html", context)


@require_POST
@needs("clients.view")
def undo_run(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an act on many clients back."""
    run = bulk.undo(actor=request.user, run_id=pk)
    messages.success(request, _("Taken back."))
    return redirect("clients:bulk_run", run.pk)
