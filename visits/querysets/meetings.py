"""Reading verbs of meetings and their tasks."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, F, Q

if TYPE_CHECKING:
    from crm.accounts.models import OrgUnit, User


class MeetingQuerySet(models.QuerySet[Any]):
    """Reading verbs of meetings."""

    def visible_to(self, user: "User") -> Any:
        """Return the meetings of units in scope, and those one attended elsewhere."""
        if not user.can("visits.view"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit") | Q(attendance__user=user)).distinct()

    def writable_by(self, user: "User") -> Any:
        """Return the meetings the person may chair and write up."""
        if not user.can("visits.hold_meeting"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit", "visits.hold_meeting"))


class DailyTaskQuerySet(models.QuerySet[Any]):
    """Reading verbs of tasks."""

    def visible_to(self, user: "User") -> Any:
        """Return own tasks and those of units in scope."""
        if not user.can("visits.view"):
            return self.none()
        return self.filter(user.scope.unit_filter("org_unit") | Q(user=user))

    def open(self) -> Any:
        """Keep tasks that are neither done nor dropped."""
        return self.filter(dropped=False, done__lt=F("target"))


def raised_logs(unit: "OrgUnit", *, until: date) -> Any:
    """Return the logs of a unit that are to be spoken about and no meeting has taken up (Source: S1-51)."""
    from visits.models import VisitLog

    logs = VisitLog.objects.filter(
        raise_in_meeting=True,
        raised=None,
        visit__org_unit__path__startswith=unit.path,
        visit__visit_on__lte=until,
    )
    return logs.exclude(state="DRAFT").select_related("visit__client", "visit__owner").order_by("id")


def day_report(users: list[int], on: date) -> dict[int, dict[str, int]]:
    """Return for each person the visits planned and done on a day, logs handed in and tasks reached.

    Source: S1-97. Three grouped queries, however many people.
    """
    from visits.models import DailyTask, Visit, VisitLog
    from visits.rules.visits import MADE_STATES

    rows: dict[int, dict[str, int]] = {
        pk: {"planned": 0, "made": 0, "logs": 0, "tasks": 0, "tasks_done": 0} for pk in users
    }
    visits = Visit.objects.filter(owner__in=users, visit_on=on).exclude(state="POSTPONED").order_by()
    for owner, planned, made in visits.values_list("owner").annotate(
        planned=Count("pk"), made=Count("pk", filter=Q(state__in=MADE_STATES))
    ):
        rows[owner] |= {"planned": planned, "made": made}
    logs = VisitLog.objects.filter(visit__owner__in=users, visit__visit_on=on).exclude(state="DRAFT")
    for owner, count in logs.order_by().values_list("visit__owner").annotate(n=Count("pk")):
        rows[owner]["logs"] = count
    tasks = DailyTask.objects.filter(user__in=users, due_on=on, dropped=False).order_by()
    for owner, count, done in tasks.values_list("user").annotate(
        n=Count("pk"), reached=Count("pk", filter=Q(done__gte=F("target")))
    ):
        rows[owner] |= {"tasks": count, "tasks_done": done}
    return rows
