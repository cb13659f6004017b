"""Morning and evening meetings, and the tasks they give."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crm.accounts.access import PersonRequest
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal
from crm.base.text import read_number
from crm.params import registry
from visits import services
from visits.choices import AttendanceState
from visits.forms.meetings import CallForm, MinutesForm, ReportForm, TaskForm
from visits.models import DailyTask, Meeting
from visits.rules.meetings import duration_hint

PAGE = 30


def hint(meeting: Meeting) -> str:
    """Return what to say about the length of a meeting; empty when it is as it should be."""
    if meeting.minutes_long is None:
        return ""
    numbers = registry.get_group("meeting.", as_of=meeting.held_on)
    found = duration_hint(
        meeting.kind,
        meeting.minutes_long,
        morning=(numbers["morning_min"], numbers["morning_max"]),
        evening_max=numbers["evening_max"],
    )
    return str(found or "")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.view")
def meetings(request: PersonRequest) -> HttpResponse:
    """List meetings, newest first; open today's."""
    units = services.units_to_meet(request.user)
    form = CallForm(request.POST or None, units=units) if units else None
    if request.method == "POST":
        if form is None:
            raise BusinessError("FORBIDDEN", _("Only heads and leaders open meetings."), status=403)
        if form.is_valid():
            values = form.cleaned_data
            meeting, _fresh = services.call_meeting(
                actor=request.user, unit=values["org_unit"], kind=values["kind"], held_on=values["held_on"]
            )
            return redirect("visits:meeting", meeting.pk)
    rows = Meeting.objects.visible_to(request.user).select_related("org_unit", "chaired_by")
    before = request.GET.get("before", "")
    if (at := read_number(before)) is not None:
        rows = rows.filter(pk__lt=at)
    page = list(rows.order_by("-pk")[: PAGE + 1])
    context = {
        "form": form,
        "meetings": [(meeting, hint(meeting)) for meeting in page[:PAGE]],
        "next_url": f"?before={page[PAGE - 1].pk}" if len(page) > PAGE else "",
        "previous_url": "?" if before else "",
    }
    return render(request, "visits/meetings/list.html", context, status=400 if form and form.errors else 200)


def _context(request: PersonRequest, meeting: Meeting, **forms: Any) -> dict[str, Any]:
    may_write = Meeting.objects.writable_by(request.user).filter(pk=meeting.pk).exists()
    team = services.team_of(meeting.org_unit, meeting.held_on)
    return (
        {
            "meeting": meeting,
            "hint": hint(meeting),
            "may_write": may_write,
            "states": AttendanceState.choices,
            "form": MinutesForm(instance=meeting),
            "task_form": TaskForm(team=team, initial={"due_on": max(meeting.held_on, clock.today())}),
        }
        | services.meeting_facts(meeting)
        | forms
    )


def _meeting(request: PersonRequest, pk: int) -> Meeting:
    rows = Meeting.objects.visible_to(request.user).select_related("org_unit", "chaired_by")
    found: Meeting = get_object_or_404(rows, pk=pk)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs("visits.view")
def meeting(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a meeting; its head writes the record here."""
    found = _meeting(request, pk)
    if request.method != "POST":
        return render(request, "visits/meetings/meeting.html", _context(request, found))
    form = MinutesForm(request.POST, instance=Meeting.objects.get(pk=pk))
    if not form.is_valid():
        return render(
            request, "visits/meetings/meeting.html", _context(request, found, form=form), status=400
        )
    version = request.POST.get("version", "")
    try:
        services.write_meeting(
            actor=request.user,
            meeting_id=pk,
            values=form.cleaned_data,
            attendance=_numbered(request, "present-"),
            outcomes=_numbered(request, "outcome-"),
            version=read_number(version),
        )
    except BusinessError as refusal:
        place_refusal(form, refusal)
        context = _context(request, found, form=form)
        return render(request, "visits/meetings/meeting.html", context, status=refusal.status)
    messages.success(request, _("Saved."))
    return redirect("visits:meeting", pk)


def _numbered(request: PersonRequest, prefix: str) -> dict[int, str]:
    """Return what was posted for numbered rows: `present-12` is row 12."""
    posted = ((name, value) for name, value in request.POST.items() if name.startswith(prefix))
    rows = ((read_number(name.removeprefix(prefix)), str(value)) for name, value in posted)
    return {row: value for row, value in rows if row is not None}


@require_POST
@needs("visits.hold_meeting")
def begin(request: PersonRequest, pk: int) -> HttpResponse:
    """Start the clock of a meeting."""
    services.begin_meeting(actor=request.user, meeting_id=pk)
    return redirect("visits:meeting", pk)


@require_POST
@needs("visits.hold_meeting")
def end(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop the clock of a meeting, and say when it was too short or too long."""
    done = services.end_meeting(actor=request.user, meeting_id=pk)
    if words := hint(done):
        messages.warning(request, words)
    return redirect("visits:meeting", pk)


@require_POST
@needs("visits.hold_meeting")
def task_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a task in a meeting."""
    found = _meeting(request, pk)
    form = TaskForm(request.POST, team=services.team_of(found.org_unit, found.held_on))
    status = 400
    if form.is_valid():
        try:
            services.give_task(actor=request.user, meeting_id=pk, **form.cleaned_data)
            return redirect("visits:meeting", pk)
        except BusinessError as refusal:
            place_refusal(form, refusal)
            status = refusal.status
    return render(
        request, "visits/meetings/meeting.html", _context(request, found, task_form=form), status=status
    )


@require_GET
@needs("visits.view")
def tasks(request: PersonRequest) -> HttpResponse:
    """List own open tasks and, to heads, those of the team."""
    today = clock.today()
    rows = DailyTask.objects.visible_to(request.user).open().select_related("user", "created_by")
    own = list(rows.filter(user=request.user)[:100])
    team = list(rows.exclude(user=request.user)[:200]) if request.user.can("visits.hold_meeting") else []
    done = DailyTask.objects.filter(user=request.user, dropped=False).exclude(pk__in=[t.pk for t in own])
    context = {
        "own": own,
        "team": team,
        "lately": list(done.order_by("-updated_at")[:10]),
        "today": today,
    }
    return render(request, "visits/meetings/tasks.html", context)


@require_POST
@needs("visits.view")
def task_report(request: PersonRequest, pk: int) -> HttpResponse:
    """Write how much of a task is done."""
    form = ReportForm(request.POST)
    if form.is_valid():
        services.report_task(actor=request.user, task_id=pk, **form.cleaned_data)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("Write a whole number, for example 3."))
    return redirect("visits:tasks")


@require_POST
@needs("visits.hold_meeting")
def task_drop(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a task back."""
    task = services.drop_task(actor=request.user, task_id=pk)
    messages.success(request, _("Taken back: %(task)s") % {"task": task.task})
    return redirect("visits:meeting", task.meeting_id) if task.meeting_id else redirect("visits:tasks")
