"""Duties of visits and their logs."""

from collections.abc import Iterable

from django.db.models import Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts.choices import Role
from crm.accounts.models import RoleAssignment, User
from visits.models import DailyTask, Visit, VisitLog
from visits.rules.visits import is_late_approval
from visits.services import escalated
from workbench.duties.base import EACH, Duty, Moment


def returned_logs(user: User, at: Moment) -> Iterable[Duty]:
    """Logs a head gave back."""
    rows = VisitLog.objects.filter(visit__owner=user, state="RETURNED").with_rows().order_by("decided_at")
    for log in rows[:EACH]:
        yield Duty(
            "returned_log",
            "bad",
            "arrow-back-up",
            log.visit.client.name,
            _("Log returned by %(who)s: %(reason)s") % {"who": log.decided_by, "reason": log.return_reason},
            reverse("visits:log", args=[log.visit_id]),
            _("Mend the log"),
        )


def owed_logs(user: User, at: Moment) -> Iterable[Duty]:
    """Visits whose log is missing."""
    rows = Visit.objects.filter(owner=user).owing_log(at.today).exclude(log__state="RETURNED")
    for visit in rows.with_rows().order_by("visit_on", "planned_at")[:EACH]:
        late = visit.visit_on < at.today
        yield Duty(
            "owed_log",
            "bad" if late else "warn",
            "pencil",
            visit.client.name,
            _("The log of %(day)s is missing") % {"day": visit.visit_on}
            if late
            else _("Write it down before midnight"),
            reverse("visits:log", args=[visit.pk]),
            _("Write the log"),
        )


def todays_visits(user: User, at: Moment) -> Iterable[Duty]:
    """Visits of today that are not over, in order of time."""
    rows = Visit.objects.filter(owner=user, state__in=["PLANNED", "CONFIRMED"]).on(at.today).with_rows()
    for visit in rows.order_by("planned_at"):
        confirmed = visit.state == "CONFIRMED" or bool(visit.unscheduled_reason)
        words = " · ".join(label for _code, label in visit.purpose_labels)
        yield Duty(
            "visit",
            "info",
            "calendar-event",
            visit.client.name,
            f"{words} · {visit.place}" if visit.place else words,
            reverse("visits:check-in" if confirmed else "visits:confirm", args=[visit.pk]),
            _("Check in") if confirmed else _("Client agreed"),
            visit.planned_at,
            post=True,
            about=reverse("visits:visit", args=[visit.pk]),
        )


def promises(user: User, at: Moment) -> Iterable[Duty]:
    """Promised next steps that are due."""
    rows = Visit.objects.filter(owner=user, log__next_due_on__lte=at.today).open_promises().with_rows()
    for visit in rows.order_by("log__next_due_on")[:EACH]:
        yield Duty(
            "promise",
            "warn" if visit.log.next_due_on < at.today else "info",
            "flag",
            visit.client.name,
            visit.log.next_step,
            reverse("visits:keep-promise", args=[visit.pk]),
            _("Mark as kept"),
            visit.log.next_due_on,
            post=True,
            about=reverse("visits:visit", args=[visit.pk]),
        )


def given_tasks(user: User, at: Moment) -> Iterable[Duty]:
    """Tasks of today and earlier that are not done (Source: S1-15)."""
    rows = DailyTask.objects.filter(user=user, due_on__lte=at.today).open().select_related("created_by")
    for task in rows[:EACH]:
        yield Duty(
            "task",
            "bad" if task.due_on < at.today else "warn" if task.special else "info",
            "list-check",
            task.task,
            _("%(done)d of %(target)d%(unit)s · from %(who)s")
            % {"done": task.done, "target": task.target, "unit": task.unit_of_target, "who": task.created_by},
            reverse("visits:tasks"),
            _("Report"),
            task.due_on,
        )


def waiting_logs(user: User, at: Moment) -> Iterable[Duty]:
    """Logs that wait for the person's decision, as one duty."""
    if not user.has_role(Role.DEPT_HEAD):
        return
    waiting = VisitLog.objects.waiting().decidable_by(user)
    count = waiting.count()
    if not count:
        return
    doubtful = waiting.exclude(doubts=[]).count()
    first = waiting.aggregate(first=Min("approval_due_at"))["first"]
    yield Duty(
        "waiting_logs",
        "bad" if is_late_approval(due_at=first, decided_at=at.now) else "warn",
        "checkbox",
        ngettext("%(n)d log waits for approval", "%(n)d logs wait for approval", count) % {"n": count},
        ngettext("%(n)d of them is doubtful", "%(n)d of them are doubtful", doubtful) % {"n": doubtful}
        if doubtful
        else _("None of them is doubtful"),
        reverse("visits:desk"),
        _("Look through"),
        first,
    )


def late_approvals(user: User, at: Moment) -> Iterable[Duty]:
    """Logs whose approval is late, and heads' own logs, for the leader above."""
    if not user.has_role(Role.UNIT_LEADER) or user.has_role(Role.DEPT_HEAD):
        return
    waiting = VisitLog.objects.waiting().decidable_by(user)
    # A head's own log waits for the leader from the start; others once the head had time enough.
    heads = RoleAssignment.objects.current(at.today).filter(role=Role.DEPT_HEAD).values("user")
    late = waiting.filter(Q(approval_due_at__lte=escalated(at.now)) | Q(visit__owner__in=heads))
    count = late.count()
    if count:
        yield Duty(
            "late_approvals",
            "bad",
            "alarm",
            ngettext("%(n)d log waits for you", "%(n)d logs wait for you", count) % {"n": count},
            _("Late approvals and heads' own logs: ask the head, or decide yourself"),
            reverse("visits:desk"),
            _("Open the desk"),
            late.aggregate(first=Min("approval_due_at"))["first"],
        )
