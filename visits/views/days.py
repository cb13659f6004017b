"""The calendar of a week for a manager and for a team, moving a visit, and the report of a day."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from crm.accounts.access import PersonRequest
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.text import read_number
from visits import services
from visits.forms.weeks import MoveForm
from visits.models import Visit
from visits.reading import days as shown
from visits.rules import weeks as rules


def _leads(user: User) -> bool:
    """Say whether the person looks at a team rather than at an own week."""
    return user.can("visits.approve_log") or not user.has_role(Role.AM)


def _team(request: PersonRequest, as_of: date) -> dict[str, Any]:
    """Return the managers of the unit asked for, and the units to choose from when they are many."""
    asked = request.GET.get("unit", "")
    unit: OrgUnit | None = None
    if asked:
        key = read_number(asked) or 0
        unit = get_object_or_404(OrgUnit.objects.visible_to(request.user), pk=key)
    people = list(shown.managers_in(request.user, unit, as_of)[: shown.TEAM_SHOWN + 1])
    many = len(people) > shown.TEAM_SHOWN
    return {
        "people": people[: shown.TEAM_SHOWN],
        "many": many,
        "unit": unit,
        "units": list(OrgUnit.objects.visible_to(request.user).filter(active=True)[:200])
        if many or unit
        else [],
    }


def _asked_day(request: PersonRequest, name: str = "day") -> date:
    return clock.read_day(request.GET.get(name, "")) or clock.today()


@require_GET
@needs("visits.view")
def calendar(request: PersonRequest) -> HttpResponse:
    """Show a week: an own one as days, a team's as people by days; planned visits can be moved."""
    today = clock.today()
    monday = rules.read_week(request.GET.get("week", "")) or rules.start_of(_asked_day(request))
    leads = _leads(request.user)
    may_both = leads and request.user.has_role(Role.AM)
    who: User | None = None
    if (person := read_number(request.GET.get("am", ""))) is not None:
        who = get_object_or_404(shown.managers_in(request.user, None, today), pk=person)
    elif not leads or request.GET.get("who") == "me":
        who = request.user
    context: dict[str, Any] = {
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "week": rules.named(monday),
        "before": rules.named(monday - rules.WEEK),
        "after": rules.named(monday + rules.WEEK),
        "this_week": rules.named(today),
        "today": today,
        "leads": leads,
        "may_both": may_both,
        "who": who,
        "kept": "&who=me" if who == request.user and leads else f"&am={who.pk}" if who and leads else "",
    }
    if who is not None:
        days = shown.own_week(who, monday)
        movable = Visit.objects.writable_by(request.user).filter(
            owner=who, visit_on__range=(monday, monday + timedelta(days=6)), state__in=shown.MOVABLE
        )
        context |= {
            "days": days,
            "movable": set(movable.values_list("pk", flat=True)),
            "planned": sum(len(day.visits) for day in days),
        }
        return render(request, "visits/calendar/own.html", context)
    context |= _team(request, today)
    if context["unit"]:
        context["kept"] = f"&unit={context['unit'].pk}"
    context |= {
        "rows": shown.team_week(context["people"], monday),
        "heads": shown.days_of(monday, monday + timedelta(days=6)),
    }
    return render(request, "visits/calendar/team.html", context)


@require_POST
@needs("visits.change")
def move(request: PersonRequest, pk: int) -> HttpResponse:
    """Move a planned visit to another day and go back to the calendar."""
    get_object_or_404(Visit.objects.visible_to(request.user), pk=pk)
    form = MoveForm(request.POST)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = ""
    if not form.is_valid():
        messages.error(request, _("Choose the day to move the visit to."))
    else:
        try:
            done = services.move_visit(actor=request.user, visit_id=pk, day=form.cleaned_data["day"])
        except BusinessError as refusal:
            if refusal.status not in (400, 409):
                raise
            messages.error(request, str(refusal.message))
        else:
            messages.success(
                request,
                _("%(client)s is now on %(day)s.") % {"client": done.client, "day": done.visit_on},
            )
    return redirect(back or "visits:calendar")


@require_GET
@needs("visits.view")
def day(request: PersonRequest) -> HttpResponse:
    """Show what was planned and done on a day, filled in from what is there (Source: S1-97)."""
    today = clock.today()
    on = _asked_day(request)
    leads = _leads(request.user)
    who: User | None = None
    if (person := read_number(request.GET.get("am", ""))) is not None:
        who = get_object_or_404(shown.managers_in(request.user, None, today), pk=person)
    elif not leads or request.GET.get("who") == "me":
        who = request.user
    context: dict[str, Any] = {
        "on": on,
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "today": today,
        "who": who,
        "leads": leads,
        "kept": f"&am={who.pk}" if who and who != request.user else "",
        "about": shown.days_of(on, on)[0],
        "on_iso": on.isoformat(),
    }
    if who is not None:
        context |= shown.day_of(who, on)
        return render(request, "visits/calendar/day.html", context)
    context |= _team(request, today)
    context["rows"] = shown.team_day(context["people"], on)
    return render(request, "visits/calendar/team_day.html", context)
