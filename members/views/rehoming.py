"""Collect address books and re-home members: look first, then confirm; the queue does the work."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clients.cards import card_context, sees_plain
from clients.models import Client
from crm.accounts.access import PersonRequest
from crm.accounts.models import OrgUnit
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.text import read_number, read_numbers
from members import services, tasks
from members.choices import HomeReason
from members.models import RehomingRun
from members.views.shared import client_to_change, keyset


@require_http_methods(["GET", "POST"])
@needs("members.change")
def book(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a pasted or typed address book: first show what becomes of each line, then enter it."""
    client = client_to_change(request, pk)
    pasted, position = request.POST.get("lines", ""), request.POST.get("position", "")
    lines: list[Any] = []
    refusal = ""
    if request.method == "POST":
        try:
            lines = services.read_lines(pasted, position=position)
            if request.POST.get("act") == "enter":
                counts = services.collect_book(client=client, actor=request.user, lines=lines)
                said = _("%(new)d entered, %(raised)d raised to type 2, %(bad)d left out.") % {
                    "new": counts.get("NEW", 0),
                    "raised": counts.get("RAISED", 0),
                    "bad": counts.get("BAD", 0) + counts.get("OTHER", 0),
                }
                messages.success(request, said)
                return redirect("members:people", client.pk)
            services.check_lines(lines, client=client, actor=request.user)
        except BusinessError as error:
            refusal = str(error.message)
    context = card_context(request, client, "people") | {
        "lines": lines,
        "pasted": pasted,
        "position": position,
        "wanted": sum(line.wanted for line in lines),
        "refusal": refusal,
        "last": services.last_collected(client),
        "coverage": client.members_ordinary / client.employee_total if client.employee_total else None,
    }
    return render(request, "members/rehoming/book.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "POST"])
@needs("members.change")
def rehoming(request: PersonRequest) -> HttpResponse:
    """Show the re-homings of one's scope; prepare a new one."""
    units = OrgUnit.objects.filter(request.user.scope.unit_filter("pk"), active=True).order_by("path")
    if request.method == "POST":
        unit = get_object_or_404(units, pk=read_number(request.POST.get("unit", "")) or 0)
        try:
            run = services.prepare_rehoming(actor=request.user, unit=unit)
        except BusinessError as error:
            messages.error(request, str(error.message))
            return redirect("members:rehoming")
        return redirect("members:rehoming_run", run.pk)
    runs = RehomingRun.objects.visible_to(request.user).select_related("unit", "created_by")
    found = keyset(request, runs, size=20)
    context = {"units": list(units[:500]), "page": found, "runs": found["rows"]}
    return render(request, "members/rehoming/list.html", context)


def _run(request: PersonRequest, pk: int) -> RehomingRun:
    rows = RehomingRun.objects.visible_to(request.user).select_related("unit", "created_by")
    found: RehomingRun = get_object_or_404(rows, pk=pk)
    return found


@require_GET
@needs("members.change")
def rehoming_run(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one re-homing: figures that filter, what goes from where to where and why, and the next act."""
    run = _run(request, pk)
    if run.state == "RUNNING" and run.done == 0:
        tasks.enqueue(run.pk)  # the message may be lost; asking again does no harm
    writable = Client.objects.writable_by(request.user).values("pk")
    moves = run.moves.filter(from_client__in=writable, to_client__in=writable)
    moves = moves.select_related("member__client", "from_client", "to_client")
    reason = request.GET.get("reason", "")
    if reason in HomeReason.values:
        moves = moves.filter(reason=reason)
    elif reason == "MOVING":
        moves = moves.exclude(from_client=F("to_client"))
    found = keyset(request, moves)
    for move in found["rows"]:
        move.plain = sees_plain(request.user, move.from_client)
    context = {
        "run": run,
        "page": found,
        "moves": found["rows"],
        "reason": reason,
        "reasons": HomeReason.choices,
        "counts": services.counts_of(run),
    }
    return render(request, "members/rehoming/run.html", context)


@require_GET
@needs("members.change")
def rehoming_progress(request: PersonRequest, pk: int) -> HttpResponse:
    """Show where the queue stands; when it is done, the page loads itself anew."""
    run = _run(request, pk)
    response = render(request, "members/rehoming/progress.html", {"run": run})
    if run.state != "RUNNING":
        response["HX-Redirect"] = reverse("members:rehoming_run", args=[pk])
    return response


@require_POST
@needs("members.change")
def rehoming_choose(request: PersonRequest, pk: int) -> HttpResponse:
    """Take shown rows in, or leave them out."""
    run = _run(request, pk)
    shown = read_numbers(request.POST.getlist("shown"))
    chosen = read_numbers(request.POST.getlist("move"))
    try:
        services.choose_moves(run=run, chosen=False, moves=set(shown) - set(chosen))
        services.choose_moves(run=run, chosen=True, moves=set(shown) & set(chosen))
    except BusinessError as error:
        messages.error(request, str(error.message))
    return redirect("members:rehoming_run", pk)


@require_POST
@needs("members.change")
def rehoming_start(request: PersonRequest, pk: int) -> HttpResponse:
    """Confirm, and hand the work to the queue."""
    run = _run(request, pk)
    try:
        services.start_rehoming(actor=request.user, run=run)
    except BusinessError as error:
        messages.error(request, str(error.message))
    else:
        tasks.enqueue(run.pk)
    return redirect("members:rehoming_run", pk)


@require_POST
@needs("members.change")
def rehoming_undo(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an applied run back."""
    run = _run(request, pk)
    try:
        counts = services.undo_rehoming(actor=request.user, run=run)
    except BusinessError as error:
        messages.error(request, str(error.message))
    else:
        messages.success(
            request,
            _("%(undone)d taken back, %(kept)d kept because they changed since.")
            % {"undone": counts["UNDONE"], "kept": counts["KEPT"]},
        )
    return redirect("members:rehoming_run", pk)
