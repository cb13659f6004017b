"""The approval desk: the department's logs, doubtful first."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clients.cards import sees_plain
from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.inbox import MOST, waiting_for
from crm.base.templatetags.crm import badge, icon, short_day
from crm.base.text import read_number
from visits import services, sheets
from visits.choices import LogState
from visits.filters import DeskFilter, choices_of
from visits.models import VisitLog
from visits.rules.visits import is_late_approval

QUEUE_LIMIT = 200
# What a line of the queue shows; two hundred whole visits, clients and people are not built for it.
LINE = ("version", "results", "next_step", "doubts", "approval_due_at", "visit__visit_on", "visit__purposes")
NAMES = {"client_name": F("visit__client__name"), "owner_name": F("visit__owner__full_name")}
# Somebody else was faster: the head sees the queue as it now is, with what happened above it.
OVERTAKEN = ("ALREADY_DECIDED", "STALE", "WRONG_STATE")


def _asked(request: PersonRequest) -> DeskFilter:
    return DeskFilter.of(request.GET.dict())


def _waiting(request: PersonRequest) -> Any:
    """Return the logs of the queue that are asked for, in its order."""
    waiting = VisitLog.objects.waiting().decidable_by(request.user)
    return _asked(request).narrow(waiting, clock.now()).doubtful_first()


def _queue(request: PersonRequest) -> list[Any]:
    return list(_waiting(request).select_related("visit").only(*LINE).annotate(**NAMES)[:QUEUE_LIMIT])


def _opened(queue: list[VisitLog], pk: int | str = "") -> VisitLog | None:
    """Return an entry of the queue with all it holds: the asked one, else the first."""
    wanted = next((log.pk for log in queue if str(log.pk) == str(pk)), queue[0].pk if queue else None)
    return VisitLog.objects.with_rows().filter(pk=wanted).first() if wanted else None


def _lines(queue: list[Any], current: VisitLog | None, query: str, now: datetime) -> SafeString:
    """Return the lines of the queue.

    Two hundred lines through the template language took more than half of the page's time: the line is
    rendered once, and what differs, escaped, is put in its places.
    """
    line = render_to_string("visits/includes/desk_line.html", {"current": "%(current)s"})
    overdue = format_html('<span class="text-bad">{}</span>', _("overdue"))
    arrow, due_words, query = icon("arrow-right", "icon-inline"), _("due"), escape(query)
    drawn = []
    for log in queue:
        visit = log.visit
        late = is_late_approval(due_at=log.approval_due_at, decided_at=now)
        results = [
            f'<p class="past-line"><span class="text-secondary">{escape(label)}</span> {escape(said)}</p>'
            for _code, label, said in log.result_lines
        ]
        if log.next_step:
            results.append(f'<p class="past-line">{arrow}{escape(log.next_step)}</p>')
        tags = "".join(badge("log_doubt", code, label) for code, label in log.doubt_labels)
        places = {
            "current": " is-current" if current and log.pk == current.pk else "",
            "pk": log.pk,
            "version": log.version,
            "query": query,
            "client": escape(log.client_name),
            "owner": escape(log.owner_name),
            "day": short_day(visit.visit_on),
            "due": overdue if late else f"<span>{escape(due_words)} {log.due_text}</span>",
            "doubts": f'<span class="tags mt-1">{tags}</span>' if tags else "",
            "results": "".join(results),
        }
        drawn.append(line % places)
    return mark_safe("".join(drawn))  # noqa: S308 - everything people wrote is escaped above


def _context(request: PersonRequest, queue: list[VisitLog], current: VisitLog | None) -> dict[str, Any]:
    now, asked = clock.now(), _asked(request)
    mine = VisitLog.objects.filter(decided_by=request.user, decided_at__gte=clock.at(now.date()))
    decided = list(mine.values_list("state", flat=True))
    # The whole queue in four columns: the counts are true however many rows are shown.
    rows = list(
        VisitLog.objects.waiting()
        .decidable_by(request.user)
        .order_by()
        .values_list(
            "visit__visit_on", "visit__owner", "visit__owner__full_name", "doubts", "approval_due_at"
        )
    )
    context: dict[str, Any] = {
        "queue": queue,
        "lines": _lines(queue, current, asked.query, now),
        "waiting": len(rows),
        "doubtful": sum(1 for row in rows if row[3]),
        "overdue": sum(is_late_approval(due_at=row[4], decided_at=now) for row in rows),
        "approved": decided.count(LogState.APPROVED),
        "returned": decided.count(LogState.RETURNED),
        "asked": asked,
        "query": asked.query,
        "choices": choices_of(row[:4] for row in rows),
        "inbox": waiting_for(request.user, counted={"logs": min(len(rows), MOST)}),
        "current": current,
        "now": now,
        "full": len(queue) == QUEUE_LIMIT,
        "quick_reasons": sheets.REASONS["return"],
    }
    return context | (_entry(request, current, queue) if current else {})


def _after(request: PersonRequest, log: VisitLog, queue: list[VisitLog] | None) -> int | None:
    """Return the entry to open when this one is decided: the next of the queue."""
    ids = [row.pk for row in queue] if queue else list(_waiting(request).values_list("pk", flat=True))
    if log.pk not in ids:
        return None
    place = ids.index(log.pk) + 1
    return ids[place] if place < len(ids) else None


def _entry(request: PersonRequest, log: VisitLog, queue: list[VisitLog] | None = None) -> dict[str, Any]:
    visit = log.visit
    returns = list(log.returns.select_related("returned_by"))
    return sheets.context_of_client(visit) | {
        "log": log,
        "visit": visit,
        "after": _after(request, log, queue),
        "plain": sees_plain(request.user, visit.client),
        "quick_reasons": sheets.REASONS["return"],
        "query": _asked(request).query,
        "returns": returns,
        "changes": services.changes_since(returns[0], log) if returns else [],
        "urgent_needs": list(visit.urgent_needs.all()),
        "opinions": list(visit.opinions.all()),
    }


@require_GET
@needs("visits.approve_log")
def desk(request: PersonRequest) -> HttpResponse:
    """Show the queue and its first entry."""
    queue = _queue(request)
    return render(request, "visits/desk.html", _context(request, queue, _opened(queue)))


@require_GET
@needs("visits.approve_log")
def entry(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one log of the queue: as a fragment beside it, or as the desk opened on it."""
    found = VisitLog.objects.decidable_by(request.user).with_rows()
    log = get_object_or_404(found, pk=pk)
    if request.htmx:
        return render(request, "visits/includes/desk_entry.html", _entry(request, log))
    return render(request, "visits/desk.html", _context(request, _queue(request), log) | {"opened": True})


def _log(request: PersonRequest, pk: int) -> tuple[VisitLog, int | None]:
    log = get_object_or_404(VisitLog.objects.visible_to(request.user), pk=pk)
    return log, read_number(request.POST.get("version", ""))


def _next(request: PersonRequest, refusal: BusinessError | None = None) -> HttpResponse:
    """Open the next entry: the one that stood after the decided one, else the first."""
    if not request.htmx:
        return redirect(_following(request))
    queue = _queue(request)
    after = request.POST.get("after", "")
    context = _context(request, queue, _opened(queue, after)) | {
        "refusal": refusal.message if refusal else ""
    }
    response = render(request, "visits/includes/desk_body.html", context)
    if refusal:
        response.status_code = refusal.status
        response["HX-Retarget"], response["HX-Reswap"] = "#desk-body", "outerHTML"
    return response


def _following(request: PersonRequest) -> str:
    after, query = read_number(request.POST.get("after", "")), _asked(request).query
    if after is not None and VisitLog.objects.waiting().decidable_by(request.user).filter(pk=after).exists():
        return reverse("visits:desk-entry", args=[after]) + query
    return reverse("visits:desk") + query


@require_POST
@needs("visits.approve_log")
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve one log and open the next."""
    log, version = _log(request, pk)
    try:
        done = services.approve_log(actor=request.user, log=log, version=version)
    except BusinessError as refusal:
        if not request.htmx or refusal.code not in OVERTAKEN:
            raise
        return _next(request, refusal)
    if not request.htmx:
        messages.success(request, _("Approved: %(client)s.") % {"client": done.visit.client})
    return _next(request)


@require_POST
@needs("visits.approve_log")
def send_back(request: PersonRequest, pk: int) -> HttpResponse:
    """Return one log with the reason and open the next."""
    log, version = _log(request, pk)
    reason = request.POST.get("reason", "").strip() or request.POST.get("quick", "").strip()
    try:
        done = services.return_log(actor=request.user, log=log, version=version, reason=reason)
    except BusinessError as refusal:
        if not request.htmx or refusal.code not in OVERTAKEN:
            raise
        return _next(request, refusal)
    if not request.htmx:
        messages.success(request, _("Returned to %(owner)s.") % {"owner": done.visit.owner})
    return _next(request)


def _chosen(request: PersonRequest) -> dict[int, int | None]:
    """Return the chosen logs with the versions that were read, written as number or number-version."""
    found: dict[int, int | None] = {}
    for value in request.POST.getlist("log"):
        pk, _dash, version = value.partition("-")
        if (log := read_number(pk)) is not None:
            found[log] = read_number(version)
    return found


@require_POST
@needs("visits.approve_log")
def approve_many(request: PersonRequest) -> HttpResponse:
    """Approve the chosen logs; what could not be approved is listed with its reason."""
    chosen = _chosen(request)
    if not chosen:
        messages.warning(request, _("Choose the logs to approve first."))
        return redirect(reverse("visits:desk") + _asked(request).query)
    versions = {pk: version for pk, version in chosen.items() if version is not None}
    outcomes = services.approve_logs(actor=request.user, logs=chosen, versions=versions)
    refused = [outcome for outcome in outcomes if not outcome.done]
    rows = VisitLog.objects.visible_to(request.user).filter(pk__in=[one.log_id for one in refused])
    named = {log.pk: log for log in rows.with_rows()}
    done = len(outcomes) - len(refused)
    queue = _queue(request)
    context = _context(request, queue, _opened(queue)) | {
        "summary": ngettext("%(count)d log approved.", "%(count)d logs approved.", done) % {"count": done},
        "outcomes": [(outcome, named.get(outcome.log_id)) for outcome in refused],
        "decided_many": True,
    }
    return render(request, "visits/desk.html", context)
