"""Nights that are late and steps that take too long: found while they last, told once (spec §3.8)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from statistics import median

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.accounts.choices import Role
from crm.accounts.models import RoleAssignment, User
from crm.base import clock
from crm.base.language import in_language_of
from crm.base.models import Notification
from crm.jobs import graph
from crm.jobs.models import JobRun
from crm.params import registry

# Nights before are history: whoever did not mend them then is not told again.
LOOK_BACK = timedelta(days=7)
USUAL_NIGHTS = 30


def late_nights(*, now: datetime) -> list[date]:
    """Return the business dates whose night has work left although its hour has come."""
    today = clock.business_date(now)
    hour = registry.get("night.due_hour", as_of=today)
    last = today - timedelta(days=1 if now >= clock.at(today, hour) else 2)
    return [day for day in JobRun.objects.open_nights() if today - LOOK_BACK <= day <= last]


def slow_runs(*, now: datetime) -> list[JobRun]:
    """Return the runs under way that have taken far longer than the same step usually does.

    Usual is the median of its last thirty nights; a step without a past is measured by the least time alone.
    """
    n = registry.get_group("night.", as_of=clock.business_date(now))
    least = timedelta(minutes=n["slow_minutes"])
    found = []
    for run in JobRun.objects.filter(state=JobRun.State.STARTED, started_at__lte=now - least):
        before = JobRun.objects.filter(step=run.step, scope=run.scope, state=JobRun.State.DONE)
        usual = list(before.order_by("-business_date").values_list("milliseconds", flat=True)[:USUAL_NIGHTS])
        limit = timedelta(milliseconds=median(usual) * n["slow_factor"]) if usual else least
        if run.started_at and now - run.started_at >= max(least, limit):
            found.append(run)
    return found


def tell_administrators(key: str, *, kind: str, night: date, words: Callable[[], str]) -> int:
    """Tell every system administrator in their own language, once for each key; return how many were told.

    `words` is called with the reader's language active.
    """
    holders = RoleAssignment.objects.current(clock.today()).filter(role=Role.SYSADMIN)
    notices = []
    for user in User.objects.active().filter(pk__in=holders.values("user")):
        with in_language_of(user):
            text = words()[:300]
        url = reverse("jobs:night", args=[night])
        notices.append(Notification(user=user, kind=kind, text=text, url=url, key=key))
    before = Notification.objects.filter(key=key).count()
    Notification.objects.bulk_create(notices, ignore_conflicts=True)
    return Notification.objects.filter(key=key).count() - before


def note_lateness(*, now: datetime) -> int:
    """Tell the administrators of late nights and slow steps; called every five minutes, tells once."""
    told = 0
    for day in late_nights(now=now):
        open_steps = JobRun.objects.filter(business_date=day).unfinished().count()

        def late(day: date = day, count: int = open_steps) -> str:
            return _("The night of %(date)s is late: %(count)d of its steps are not done.") % {
                "date": day,
                "count": count,
            }

        told += tell_administrators(f"night-late:{day}", kind="jobs.late", night=day, words=late)
    for run in slow_runs(now=now):

        def slow(run: JobRun = run) -> str:
            step = graph.step_named(run.step)
            return _("The night of %(date)s: “%(step)s” takes far longer than usual.") % {
                "date": run.business_date,
                "step": step.label if step else run.step,
            }

        key = f"job-slow:{run.pk}:{run.attempts}"
        told += tell_administrators(key, kind="jobs.late", night=run.business_date, words=slow)
    return told
