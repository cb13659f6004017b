"""Through the day: remind heads of what is due, pass what waits too long to the leader (S1-91, J15)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import ngettext

from crm.accounts.models import OrgUnit, User
from crm.base import clock, workdays
from crm.base.language import in_language_of
from crm.params import registry
from visits.models import VisitLog
from visits.notices import Notice, tell
from visits.rules.visits import overdue
from visits.services.deciders import Deciders, heads_of, leaders_of
from visits.services.urgent import escalate_urgent, working_hours


def escalated(now: datetime) -> datetime:
    """Return until when an approval was due that the leader hears of: so many working hours ago.

    Source: S1-91
    """
    hours = registry.get("visits.escalate_hours", as_of=clock.business_date(now))
    return working_hours(now).longest_ago(now, hours * 60)


def watch(*, now: datetime | None = None) -> int:
    """Remind and escalate; return how many were told or passed on. Run twice it does nothing."""
    moment = now or clock.now()
    passed = escalate_urgent(now=moment)
    with transaction.atomic():
        return passed + tell([*_due_today(moment), *_late(moment)])


def _due_today(moment: datetime) -> Iterator[Notice]:
    """Yield one reminder a day for each head, from the hour of reminding on, of logs due by midnight."""
    day = clock.business_date(moment)
    hour = registry.get("visits.remind_hour", as_of=day)
    if moment < clock.at(day, hour) or workdays.from_day(day) != day:
        return
    due = Q(approval_due_at__lte=clock.next_midnight(day)) & ~overdue(moment)
    for person, count in _counted(due, day, heads_of):
        with in_language_of(person):
            text = ngettext(
                "%(count)d log is still to approve today.",
                "%(count)d logs are still to approve today.",
                count,
            ) % {"count": count}
        yield Notice(
            person.pk, "approval_due", text, reverse("visits:desk"), f"approval_due:{day}", daily=True
        )


def _late(moment: datetime) -> Iterator[Notice]:
    """Yield one notice a day for each leader, of logs whose approval is late by the working hours allowed."""
    day = clock.business_date(moment)
    for person, count in _counted(Q(approval_due_at__lte=escalated(moment)), day, leaders_of):
        with in_language_of(person):
            text = ngettext(
                "%(count)d log waits for approval far too long. Ask the head, or decide yourself.",
                "%(count)d logs wait for approval far too long. Ask the head, or decide yourself.",
                count,
            ) % {"count": count}
        url = reverse("visits:desk") + "?late=on"
        yield Notice(person.pk, "approval_escalated", text, url, f"approval_escalated:{day}", daily=True)


def _counted(which: Q, day: date, deciders: Deciders) -> Iterator[tuple[User, int]]:
    """Yield each person who decides with how many of the logs wait for them, their own left out.

    What somebody is away for counts as the deputy's own: it goes to the leader.
    """
    rows = list(
        VisitLog.objects.waiting()
        .filter(which)
        .order_by()
        .values_list("visit__org_unit", "visit__owner")
        .annotate(n=Count("pk"))
    )
    units = OrgUnit.objects.in_bulk({unit for unit, _owner, _n in rows})
    people = {pk: deciders(unit, day) for pk, unit in units.items()}
    counts: dict[int, int] = defaultdict(int)
    found: dict[int, User] = {}
    for unit, owner, count in rows:
        for person in people[unit]:
            if not person.scope.is_self(owner):
                found[person.pk] = person
                counts[person.pk] += count
    for pk in sorted(found):
        yield found[pk], counts[pk]
