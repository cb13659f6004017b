"""Rewards: budgets and what they went to, proposals that wait, rosters decided on as a whole."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.text import read_number
from crm.intake.models import ImportBatch
from members.views.customers import managed
from members.views.shared import keyset
from scoring import reading, services
from scoring.forms import BudgetForm, ReasonForm
from scoring.models import PointProposal, RewardBudget
from scoring.views.shared import clean


@require_GET
@needs("scoring.view")
def budgets(request: PersonRequest) -> HttpResponse:
    """List the budgets of a year: used, waiting, left; keepers set them here."""
    today = clock.today()
    given = read_number(request.GET.get("year", "")) or 0
    year = given if 2000 <= given <= 2100 else today.year
    rows = list(RewardBudget.objects.visible_to(request.user).filter(year=year).select_related("unit"))
    rows.sort(key=lambda b: (b.unit.path, b.quarter))
    context = {
        "year": year,
        "years": [year - 1, year + 1],
        "budgets": rows,
        "chart": _budget_chart(rows),
        "form": BudgetForm(user=request.user, initial={"year": year})
        if request.user.can("scoring.budget")
        else None,
    }
    return render(request, "scoring/rewards/budgets.html", context)


def _budget_chart(rows: list[RewardBudget]) -> dict[str, Any]:
    shown = rows[:12]
    return {
        "id": "budgets", "kind": "stack", "title": _("Budgets: given, waiting, left"),
        "labels": [f"{b.unit} {b.get_quarter_display()}" for b in shown],
        "series": [
            {"name": _("Given"), "data": [b.spent for b in shown]},
            {"name": _("Waiting"), "data": [b.reserved for b in shown]},
            {"name": _("Left"), "data": [b.left for b in shown]},
        ],
    }  # fmt: skip


@require_POST
@needs("scoring.budget")
def set_budget(request: PersonRequest) -> HttpResponse:
    """Set a unit's budget of a year or a quarter."""
    given = clean(BudgetForm(request.POST, user=request.user))
    budget = services.set_budget(actor=request.user, **given)
    messages.success(request, _("The budget is set."))
    return redirect("scoring:budget", pk=budget.pk)


@require_GET
@needs("scoring.view")
def budget(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one budget: what it went to by reason, and its proposals."""
    found = get_object_or_404(
        RewardBudget.objects.visible_to(request.user).select_related("unit", "set_by"), pk=pk
    )
    reasons = reading.reasons_of(found)
    rows = (
        PointProposal.objects.visible_to(request.user)
        .filter(budget=found, takes_back=None)
        .select_related("customer__client", "proposed_by", "decided_by", "movement__reversed_by")
    )
    page = _masked(request, keyset(request, rows))
    context = {
        "budget": found,
        "reasons": reasons,
        "page": page,
        "proposals": page["rows"],
        "chart": {
            "id": "budget-reasons", "kind": "bar", "title": _("Given by reason"),
            "labels": [label for _code, label, _spent, _reserved in reasons],
            "series": [
                {"name": _("Given"), "data": [spent for _code, _label, spent, _reserved in reasons]},
                {"name": _("Waiting"), "data": [waits for _code, _label, _spent, waits in reasons]},
            ],
        },
    }  # fmt: skip
    context["chart"]["kind"] = "stack"
    return render(request, "scoring/rewards/budget.html", context)


def _masked(request: PersonRequest, page: dict[str, Any]) -> dict[str, Any]:
    """Say of each proposal whether its customer shows plain."""
    plain = managed(request, [row.customer for row in page["rows"]])
    for row in page["rows"]:
        row.shown_plain = row.customer.client_id in plain
    return page


@require_GET
@needs("scoring.view")
def rewards(request: PersonRequest) -> HttpResponse:
    """List proposals that wait for a further person, and rosters of rewards."""
    user = request.user
    rows = (
        PointProposal.objects.visible_to(user)
        .waiting()
        .filter(batch=None)
        .select_related("customer__client", "proposed_by", "endorsed_by")
    )
    page = _masked(request, keyset(request, rows))
    context = {
        "page": page,
        "proposals": page["rows"],
        "grants": reading.grants(user),
        "may_approve": user.can("scoring.approve"),
        "may_import": user.can("intake.import"),
    }
    return render(request, "scoring/rewards/rewards.html", context)


def _batch(request: PersonRequest, pk: int) -> tuple[ImportBatch, reading.Grant]:
    """Return a roster of rewards of which the person sees rows.

    Raises: Http404.
    """
    found = reading.grants(request.user, batch_id=pk)
    if not found:
        raise Http404
    return ImportBatch.objects.select_related("owner").get(pk=pk), found[0]


@require_GET
@needs("scoring.view")
def grant(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one roster: sums, rows, and what may be done."""
    batch, summary = _batch(request, pk)
    user = request.user
    rows = (
        PointProposal.objects.visible_to(user)
        .filter(batch=batch)
        .select_related(
            "customer__client", "proposed_by", "decided_by", "movement__reversed_by", "takes_back"
        )
    )
    page = _masked(request, keyset(request, rows))
    waiting = PointProposal.objects.visible_to(user).waiting().filter(batch=batch)
    own = waiting.filter(proposed_by__in=user.scope.selves).exists()
    context = {
        "batch": batch,
        "grant": summary,
        "page": page,
        "proposals": page["rows"],
        "takes_back": waiting.filter(takes_back__isnull=False).exists(),
        "needs_two": services.grant_needs_two(
            points=summary.waiting_points, largest=summary.waiting_largest, day=clock.today()
        ),
        "may_decide": user.can("scoring.approve") and not own,
        "may_withdraw": own,
        "may_take_back": user.can("scoring.adjust") and summary.booked > summary.back and not summary.waiting,
    }
    return render(request, "scoring/rewards/grant.html", context)


@require_POST
@needs("scoring.approve", "scoring.adjust")
def decide_grant(request: PersonRequest, pk: int) -> HttpResponse:
    """Agree to a whole roster or decline it."""
    batch, _summary = _batch(request, pk)
    if request.POST.get("decision") == "approve":
        points = services.approve_grant(batch=batch, actor=request.user)
        if points is None:
            messages.success(request, _("You agreed. So many points take a further person who agrees."))
        else:
            text = ngettext("%(n)s point was booked.", "%(n)s points were booked.", points)
            messages.success(request, text % {"n": f"{points:,}"})
    else:
        services.decline_grant(batch=batch, actor=request.user)
        messages.success(request, _("Declined; nothing was booked."))
    return redirect("scoring:grant", pk=pk)


@require_POST
@needs("scoring.adjust")
def take_grant_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask for a booked roster to be taken back; a second person decides."""
    batch, _summary = _batch(request, pk)
    reason = clean(ReasonForm(request.POST))["reason"]
    services.propose_grant_back(batch=batch, remark=reason, actor=request.user)
    messages.success(request, _("The proposal waits for a second person."))
    return redirect("scoring:grant", pk=pk)
