"""Pages of nights: the last thirty, one in detail, and a button to run a step again."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Count, Max, Min, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crm.accounts.access import PersonRequest
from crm.base import clock, queue
from crm.base.access import needs
from crm.jobs import drawing, graph, lateness, services, tasks
from crm.jobs.models import JobRun

NIGHTS = 30


class IsoDate:
    """Read a date in an address; what is no date is no page."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Return the date."""
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        """Return the ISO form."""
        return str(value)


@never_cache
@require_safe
@needs("jobs.view")
def nights(request: PersonRequest) -> HttpResponse:
    """Show the newest night and the thirty before it."""
    newest = JobRun.objects.visible_to(request.user).order_by("-business_date").first()
    return _page(request, newest.business_date if newest else None)


@never_cache
@require_safe
@needs("jobs.view")
def night(request: PersonRequest, business_date: date) -> HttpResponse:
    """Show one night; asked by htmx, only the part that moves."""
    if not JobRun.objects.visible_to(request.user).filter(business_date=business_date).exists():
        raise Http404
    return _page(request, business_date)


def _page(request: PersonRequest, chosen: date | None) -> HttpResponse:
    context = _night_context(request, chosen) if chosen else {"steps": []}
    context |= _history_context(request, context["steps"])
    fragment = request.htmx and request.htmx.target == "night"
    return render(request, "jobs/includes/night.html" if fragment else "jobs/nights.html", context)


def _night_context(request: PersonRequest, business_date: date) -> dict[str, Any]:
    runs = list(JobRun.objects.visible_to(request.user).filter(business_date=business_date).order_by("id"))
    steps = drawing.summarise(runs)
    labels = {step.name: step.label for step in graph.NIGHT}
    failed = [
        {
            "run": run,
            "label": labels.get(run.step, run.step),
            "held": [
                labels[item.name]
                for item in steps
                if item.name in graph.reaches(run.step) and item.state != JobRun.State.DONE
            ],
        }
        for run in runs
        if run.state == JobRun.State.FAILED
    ]
    state = drawing.worst(item.state for item in steps)
    moving = {JobRun.State.STARTED, JobRun.State.WAITING, JobRun.State.SKIPPED}
    return {
        "business_date": business_date,
        "steps": steps,
        "drawing": drawing.draw(steps),
        "failed": failed,
        "rows": sum(item.rows for item in steps),
        "seconds": round(sum(item.milliseconds for item in steps) / 1000, 2),
        "done": sum(item.state == JobRun.State.DONE for item in steps),
        "moving": any(run.state in moving for run in runs),
        "state": state,
        "state_label": drawing.state_label(state),
        "late": business_date in lateness.late_nights(now=clock.now()),
        "slow": [
            labels.get(run.step, run.step)
            for run in lateness.slow_runs(now=clock.now())
            if run.business_date == business_date
        ],
        "may_rerun": request.user.can("jobs.rerun"),
    }


def _history_context(request: PersonRequest, steps: list[drawing.StepSummary]) -> dict[str, Any]:
    mine = JobRun.objects.visible_to(request.user).order_by()
    dates = list(mine.values_list("business_date", flat=True).distinct().order_by("-business_date")[:NIGHTS])
    recent = mine.filter(business_date__in=dates)
    by_step = list(recent.values("business_date", "step").annotate(ms=Sum("milliseconds")))
    oldest_first = sorted(dates)
    return {
        "sparks": {
            item.name: drawing.sparkline(drawing.seconds_by_night(by_step, item.name, oldest_first))
            for item in steps
        },
        "nights": [
            row
            | {
                "state": drawing.worst(row["states"]),
                "label": drawing.state_label(drawing.worst(row["states"])),
                "seconds": round(row["ms"] / 1000, 2),
            }
            for row in recent.values("business_date")
            .annotate(
                rows=Sum("rows"),
                ms=Sum("milliseconds"),
                steps=Count("id"),
                done=Count("id", filter=Q(state=JobRun.State.DONE)),
                started=Min("started_at"),
                finished=Max("finished_at"),
                states=ArrayAgg("state", distinct=True),
            )
            .order_by("-business_date")
        ],
    }


@require_POST
@needs("jobs.rerun")
def rerun(request: PersonRequest, pk: int) -> HttpResponse:
    """Put one run back to waiting."""
    run = get_object_or_404(JobRun.objects.visible_to(request.user), pk=pk)
    services.request_rerun(actor=request.user, runs=[run])
    return _started(request, run.business_date)


@require_POST
@needs("jobs.rerun")
def rerun_night(request: PersonRequest, business_date: date) -> HttpResponse:
    """Put every step of a night that is not done back to waiting; all of them when all are done."""
    runs = JobRun.objects.visible_to(request.user).filter(business_date=business_date)
    if not runs.exists():
        raise Http404
    services.request_rerun(actor=request.user, runs=runs.unfinished() if runs.unfinished().exists() else runs)
    return _started(request, business_date)


def _started(request: HttpRequest, business_date: date) -> HttpResponse:
    transaction.on_commit(tasks.send_ready)
    if queue.is_there():
        messages.success(request, _("The steps are in the queue. This page shows how they get on."))
    else:
        messages.warning(
            request,
            _("Noted. The queue is away at the moment; the steps start by themselves when it is back."),
        )
    return redirect("jobs:night", business_date)
