"""Duties of weekly reports and log books."""

from collections.abc import Iterable
from typing import cast

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.accounts.choices import Role
from crm.accounts.models import User
from visits.models import WeeklyReport
from visits.reading.weeks import owed_weeks
from workbench.duties.base import Colour, Duty, Moment


def week_reports(user: User, at: Moment) -> Iterable[Duty]:
    """Own weekly reports: returned ones, those overdue, and this week's from its due day on."""
    if not user.has_role(Role.AM):
        return
    for report in WeeklyReport.objects.filter(owner=user, state="RETURNED").select_related("decided_by"):
        yield Duty(
            "week_returned",
            "bad",
            "report",
            _("Report of %(week)s") % {"week": report.week},
            _("Returned by %(who)s: %(reason)s") % {"who": report.decided_by, "reason": report.return_reason},
            reverse("visits:week", args=[report.iso_year, report.iso_week]),
            _("Mend the report"),
        )
    for week in owed_weeks(user, at.now):
        yield Duty(
            "week_report",
            "bad" if week.overdue else "warn",
            "report",
            _("Report of %(week)s") % {"week": week.name},
            _("Overdue since %(day)s") % {"day": week.due_text}
            if week.overdue
            else _("Summary and next week's plan, until %(day)s") % {"day": week.due_text},
            reverse("visits:week", args=[week.year, week.number]),
            _("Write it"),
            week.last_day,
        )


def weeks_in_hand(user: User, at: Moment) -> Iterable[Duty]:
    """Weekly reports that wait for the person, one duty for each act: decide, print, file, inspect."""
    waiting = WeeklyReport.objects.waiting().decidable_by(user)
    mine = WeeklyReport.objects.printable_by(user) if user.has_role(Role.DEPT_HEAD) else waiting.none()
    filed = WeeklyReport.objects.inspectable_by(user).filter(state="ARCHIVED")
    acts = (
        ("weeks_to_decide", waiting, "decide", "checkbox", "warn", _("Decide"),
         _("Weekly reports to decide")),
        ("weeks_to_print", mine.filter(state="APPROVED"), "print", "printer", "info", _("Print"),
         _("Log books to print")),
        ("weeks_to_file", mine.filter(state="PRINTED"), "file", "archive", "info", _("File the log book"),
         _("Log books to file")),
        ("weeks_to_inspect", filed, "inspect", "clipboard-check", "info", _("Inspect"),
         _("Log books to inspect")),
    )  # fmt: skip
    for code, rows, view, icon, colour, act, title in acts:
        found = rows.aggregate(n=Count("pk"), first=Min("monday"))
        if found["n"]:
            text = _("%(n)d, the oldest of the week from %(day)s") % {
                "n": found["n"],
                "day": found["first"],
            }
            url = reverse("visits:weeks") + f"?view={view}"
            yield Duty(code, cast(Colour, colour), icon, title, text, url, act)
