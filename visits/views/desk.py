"""The approval desk: the department's logs, doubtful first."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clients.cards import sees_plain
from crm.accounts.access import PersonRequest
from crm.accounts.models import User
from crm.base import clock
from crm.base.access import needs
from visits import services, sheets
from visits.models import VisitLog

QUEUE_LIMIT = 200


def _queue(user: User) -> list[VisitLog]:
    found = VisitLog.objects.waiting().decidable_by(user).with_rows().doubtful_first()
    return list(found[:QUEUE_LIMIT])


def _context(request: PersonRequest, queue: list[VisitLog], current: VisitLog | None) -> dict[str, Any]:
    now = clock.now()
    today = clock.today()
    decided = VisitLog.objects.filter(decided_by=request.user, decided_at__gte=clock.at(today))
    context: dict[str, Any] = {
        "queue": queue,
        "doubtful": sum(1 for log in queue if log.doubts),
        "overdue": sum(1 for log in queue if log.approval_due_at and log.approval_due_at <= now),
        "decided": decided.count(),
        "current": current,
        "now": now,
        "full": len(queue) == QUEUE_LIMIT,
        "quick_reasons": sheets.REASONS["return"],
    }
    return context | (_entry(request, current) if current else {})


def _after(user: User, log: VisitLog) -> int | None:
    """Return the entry to open when this one is decided: the next of the queue."""
    ids = list(VisitLog.objects.waiting().decidable_by(user).doubtful_first().values_list("pk", flat=True))
    if log.pk not in ids:
        return None
    place = ids.index(log.pk) + 1
    return ids[place] if place < len(ids) else None


def _entry(request: PersonRequest, log: VisitLog) -> dict[str, Any]:
    visit = log.visit
    return sheets.context_of_client(visit.client, visit) | {
        "log": log,
        "visit": visit,
        "after": _after(request.user, log),
        "plain": sees_plain(request.user, visit.client),
        "quick_reasons": sheets.REASONS["return"],
    }


@require_GET
@needs("visits.approve_log")
def desk(request: PersonRequest) -> HttpResponse:
    """Show the queue and its first entry."""
    queue = _queue(request.user)
    return render(request, "visits/desk.html", _context(request, queue, queue[0] if queue else None))


@require_GET
@needs("visits.approve_log")
def entry(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one log of the queue: as a fragment beside it, or as the desk opened on it."""
    found = VisitLog.objects.decidable_by(request.user).with_rows()
    log = get_object_or_404(found, pk=pk)
    if request.htmx:
        return render(request, "visits/includes/desk_entry.html", _entry(request, log))
    return render(
        request, "visits/desk.html", _context(request, _queue(request.user), log) | {"opened": True}
    )


def _log(request: PersonRequest, pk: int) -> tuple[VisitLog, int | None]:
    log = get_object_or_404(VisitLog.objects.visible_to(request.user), pk=pk)
    version = request.POST.get("version", "")
    return log, int(version) if version.isdigit() else None


def _next(request: PersonRequest, pk: int) -> HttpResponse:
    """Open the next entry: the one that stood after the decided one, else the first."""
    if not request.htmx:
        return redirect(_following(request, pk))
    queue = _queue(request.user)
    after = request.POST.get("after", "")
    current = next((log for log in queue if str(log.pk) == after), queue[0] if queue else None)
    return render(request, "visits/includes/desk_body.html", _context(request, queue, current))


def _following(request: PersonRequest, pk: int) -> str:
    after = request.POST.get("after", "")
    if after.isdigit() and VisitLog.objects.waiting().decidable_by(request.user).filter(pk=after).exists():
        return reverse("visits:desk-entry", args=[after])
    return reverse("visits:desk")


@require_POST
@needs("visits.approve_log")
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve one log and open the next."""
    log, version = _log(request, pk)
    done = services.approve_log(actor=request.user, log=log, version=version)
    if not request.htmx:
        messages.success(request, _("Approved: %(client)s.") % {"client": done.visit.client})
    return _next(request, pk)


@require_POST
@needs("visits.approve_log")
def send_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Return one log with the reason and open the next."""
    log, version = _log(request, pk)
    reason = request.POST.get("reason", "").strip() or request.POST.get("quick", "").strip()
    done = services.return_log(actor=request.user, log=log, version=version, reason=reason)
    if not request.htmx:
        messages.success(request, _("Returned to %(owner)s.") % {"owner": done.visit.owner})
    return _next(request, pk)


@require_POST
@needs("visits.approve_log")
def approve_many(request: PersonRequest) -> HttpResponse:
    """Approve the chosen logs; what could not be approved is listed with its reason."""
    chosen = [int(pk) for pk in request.POST.getlist("log") if pk.isdigit()]
    if not chosen:
        messages.warning(request, _("Choose the logs to approve first."))
        return redirect("visits:desk")
    outcomes = services.approve_logs(actor=request.user, logs=chosen)
    rows = {
        log.pk: log for log in VisitLog.objects.visible_to(request.user).filter(pk__in=chosen).with_rows()
    }
    done = sum(outcome.done for outcome in outcomes)
    queue = _queue(request.user)
    context = _context(request, queue, queue[0] if queue else None) | {
        "summary": ngettext("%(count)d log approved.", "%(count)d logs approved.", done) % {"count": done},
        "outcomes": [(outcome, rows.get(outcome.log_id)) for outcome in outcomes],
        "refused": len(outcomes) - done,
    }
    return render(request, "visits/desk.html", context)
