"""A customer's points: statement, acts, proposals; and the proof of the ledger."""

import uuid
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from clients.cards import sees_plain
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.text import read_number
from members.models import PersonalCustomer
from scoring import reading, services
from scoring.choices import PointKind
from scoring.forms import PeriodForm, ProposalForm, ReasonForm, RedeemForm
from scoring.models import LedgerProof, LedgerSeal, PointMovement, PointProposal
from scoring.views.shared import clean

# Columns of a year's lot in words.
COLUMNS = {
    "earned_consumption": PointKind.EARN_CONSUMPTION.label,
    "earned_reward": PointKind.EARN_REWARD.label,
    "deducted": gettext_lazy("Deducted"),
    "expired": PointKind.EXPIRE.label,
}


def _said_of(what: str) -> str:
    """Say what a suspect line stands for."""
    head, _colon, month = what.partition(":")
    if head == "bill":
        return _("Bill of {month}").format(month=month)
    return str(PointKind(what).label)


def customer_for(request: PersonRequest, pk: int) -> PersonalCustomer:
    customers = PersonalCustomer.objects.visible_to(request.user).select_related("client", "org_unit")
    return get_object_or_404(customers, pk=pk)


@require_GET
@needs("scoring.view")
def statement(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a customer's points like a bank statement."""
    customer = customer_for(request, pk)
    user, today = request.user, clock.today()
    before = read_number(request.GET.get("before", ""))
    period = PeriodForm(request.GET)
    since, until = period.period()
    lines, older = reading.statement_of(customer, before=before, since=since, until=until)
    kept = {name: day.isoformat() for name, day in (("since", since), ("until", until)) if day}
    account = reading.account_of(customer, as_of=today)
    waiting = PointProposal.objects.waiting().filter(customer=customer)
    proposals = list(waiting.select_related("proposed_by", "endorsed_by"))
    two_from = services.two_from(today) if proposals else 0
    context = {
        "customer": customer,
        "plain": bool(customer.client and sees_plain(user, customer.client)),
        "account": account,
        "chart": _lots_chart(account),
        "lines": lines,
        "older_url": f"?{urlencode(kept | {'before': older})}" if older else "",
        "newest_url": f"?{urlencode(kept)}" if before else "",
        "period": period,
        "kept": urlencode(kept),
        "periods": _periods(today, kept),
        "left": customer.has_left(today),
        "redeem_form": RedeemForm() if user.can("scoring.redeem") and not customer.has_left(today) else None,
        "may_adjust": user.can("scoring.adjust"),
        "may_approve": user.can("scoring.approve"),
        "proposal_form": ProposalForm() if user.can("scoring.adjust") else None,
        "proposals": proposals,
        "large": {p.pk for p in proposals if p.points >= two_from},
        "proof": LedgerProof.objects.first(),
        "today": today,
    }
    return render(request, "scoring/statement.html", context)


def _periods(today: date, kept: dict[str, str]) -> list[dict[str, Any]]:
    """Return the periods people ask for most, as tabs."""
    month, year, before = today.replace(day=1), date(today.year, 1, 1), date(today.year - 1, 1, 1)
    end = year - timedelta(days=1)
    found = [
        (_("All"), {}),
        (_("This month"), {"since": month.isoformat()}),
        (_("This year"), {"since": year.isoformat()}),
        (_("Last year"), {"since": before.isoformat(), "until": end.isoformat()}),
    ]
    return [{"label": label, "url": f"?{urlencode(days)}", "current": days == kept} for label, days in found]


def _lots_chart(account: reading.Account) -> dict[str, Any]:
    lots = account.lots[-6:]
    return {
        "id": "lots",
        "kind": "stack",
        "title": _("Points by year of origin"),
        "labels": [
            _("%(year)d, to %(day)s") % {"year": lot.lot_year, "day": lot.expires_on.isoformat()}
            for lot in lots
        ],
        "series": [
            {"name": _("Left"), "data": [lot.remaining for lot in lots]},
            {"name": _("Used"), "data": [lot.deducted for lot in lots]},
            {"name": _("Expired"), "data": [lot.expired for lot in lots]},
        ],
    }


@require_POST
@needs("scoring.redeem")
def send_code(request: PersonRequest, pk: int) -> HttpResponse:
    """Send the customer a one-time code."""
    customer = customer_for(request, pk)
    services.issue_code(customer=customer, actor=request.user)
    messages.success(request, _("The code is on its way to the customer's mobile."))
    return redirect("scoring:statement", pk=pk)


@transaction.non_atomic_requests
@require_POST
@needs("scoring.redeem")
def redeem(request: PersonRequest, pk: int) -> HttpResponse:
    """Spend points; a wrong code is counted even though nothing else is written."""
    customer = customer_for(request, pk)
    given = clean(RedeemForm(request.POST))
    movement = services.redeem(
        customer=customer,
        points=given["points"],
        code=given["code"],
        beneficiary=given["beneficiary"],
        operator=request.user,
        key=f"page:{given['key']}",
    )
    text = ngettext("%(n)d point was redeemed.", "%(n)d points were redeemed.", movement.points)
    messages.success(request, text % {"n": movement.points})
    return redirect("scoring:statement", pk=pk)


@require_POST
@needs("scoring.adjust")
def propose(request: PersonRequest, pk: int) -> HttpResponse:
    """Propose to give or take points; a second person decides."""
    customer = customer_for(request, pk)
    services.propose(customer=customer, actor=request.user, **clean(ProposalForm(request.POST)))
    messages.success(request, _("The proposal waits for a second person."))
    return redirect("scoring:statement", pk=pk)


@require_POST
@needs("scoring.approve", "scoring.adjust")
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Agree to a proposal or decline it."""
    proposal = get_object_or_404(
        PointProposal.objects.visible_to(request.user).select_related("customer__org_unit", "proposed_by"),
        pk=pk,
    )
    if request.POST.get("decision") == "approve":
        if services.approve_proposal(proposal=proposal, actor=request.user):
            messages.success(request, _("Approved; the points are booked."))
        else:
            messages.success(request, _("You agreed. So many points take a further person who agrees."))
    else:
        services.decline_proposal(proposal=proposal, actor=request.user)
        messages.success(request, _("Declined; nothing was booked."))
    return redirect("scoring:statement", pk=proposal.customer_id)


@require_POST
@needs("scoring.adjust")
def reverse_movement(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a deduction back to the lots it took from."""
    movement = get_object_or_404(
        PointMovement.objects.filter(
            account__customer__in=PersonalCustomer.objects.visible_to(request.user)
        ).select_related("account__customer__org_unit"),
        pk=pk,
    )
    reason = clean(ReasonForm(request.POST))["reason"]
    services.reverse(movement=movement, operator=request.user, reason=reason)
    messages.success(request, _("The points are back in the years they came from."))
    return redirect("scoring:statement", pk=movement.account.customer_id)


@require_POST
@needs("scoring.adjust")
def take_back(request: PersonRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask for a reward to be taken back; a second person decides."""
    movement = get_object_or_404(
        PointMovement.objects.filter(
            account__customer__in=PersonalCustomer.objects.visible_to(request.user)
        ).select_related("account__customer__org_unit", "proposal__budget"),
        pk=pk,
    )
    reason = clean(ReasonForm(request.POST))["reason"]
    services.propose_take_back(movement=movement, remark=reason[:180], actor=request.user)
    messages.success(request, _("The proposal waits for a second person."))
    return redirect("scoring:statement", pk=movement.account.customer_id)


@require_GET
@needs("scoring.view")
def proof(request: PersonRequest) -> HttpResponse:
    """Show that lines, lots and balances agree, or which accounts differ."""
    proofs = LedgerProof.objects.all()[:30]
    last = proofs[0] if proofs else None
    suspects = [s for seal in last.broken for s in seal.get("suspects", [])] if last else []
    ids = {row["account_id"] for row in [*last.differing, *suspects]} if last else set()
    customers = PersonalCustomer.objects.visible_to(request.user).filter(account__in=ids)
    known = {c.account.pk: c.pk for c in customers.select_related("account")}
    context = {
        "last": last,
        "proofs": proofs,
        "differing": [
            row
            | {
                "customer": known.get(row["account_id"]),
                "where": [(str(COLUMNS[name]), by) for name, by in row.get("columns", {}).items() if by],
            }
            for row in (last.differing if last else [])
        ],
        "suspects": [
            row | {"customer": known.get(row["account_id"]), "label": _said_of(row["what"])}
            for row in suspects
        ],
        "seal": LedgerSeal.objects.order_by("-id").first(),
    }
    return render(request, "scoring/proof.html", context)
