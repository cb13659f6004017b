"""Remind people in the night of what they owe (spec §3.8, J15)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Min
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from crm.accounts.models import OrgUnit, User
from crm.base.language import in_language_of
from crm.params import registry
from visits.models import Visit, VisitLog
from visits.notices import Notice, tell
from visits.services.deciders import heads_of, leaders_of


@transaction.atomic
def remind_overdue(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Remind managers of missing logs and heads of decisions that are due; return the notices written.

    A missing log is told once a day, waiting approvals once a day and head. Run twice it writes nothing.
    Source: S1-50, S1-91
    """
    return tell([*_missing_logs(as_of, province), *_waiting_approvals(as_of, province)])


def _missing_logs(as_of: date, province: OrgUnit | None) -> Iterator[Notice]:
    days = registry.get("visits.remind_days", as_of=as_of)
    owing = Visit.objects.owing_log(as_of).filter(visit_on__range=(as_of - timedelta(days=days), as_of))
    if province:
        owing = owing.filter(org_unit__path__startswith=province.path)
    for visit in owing.select_related("client", "owner").order_by("id").iterator(2000):
        with in_language_of(visit.owner):
            text = gettext("The log of %(client)s, %(day)s, is missing.") % {
                "client": visit.client,
                "day": date_format(visit.visit_on, "Y-m-d"),
            }
        url = reverse("visits:log", args=[visit.pk])
        yield Notice(visit.owner_id, "log_missing", text, url, f"log_missing:{visit.pk}:{as_of}", daily=True)


def _waiting_approvals(as_of: date, province: OrgUnit | None) -> Iterator[Notice]:
    late = VisitLog.objects.late_for_approval(as_of)
    if province:
        late = late.filter(visit__org_unit__path__startswith=province.path)
    counts: dict[int, int] = defaultdict(int)
    oldest: dict[int, date] = {}
    people: dict[int, User] = {}
    by_owner = late.values("visit__org_unit", "visit__owner").annotate(
        n=Count("pk"), first=Min("visit__visit_on")
    )
    units = OrgUnit.objects.in_bulk({row["visit__org_unit"] for row in by_owner})
    deciders = {pk: (heads_of(unit, as_of), leaders_of(unit, as_of)) for pk, unit in units.items()}
    for row in by_owner:
        heads, leaders = deciders[row["visit__org_unit"]]
        # Nobody decides about their own log: a head's own goes to the leader.
        for person in [p for p in heads if not p.scope.is_self(row["visit__owner"])] or leaders:
            people[person.pk] = person
            counts[person.pk] += row["n"]
            oldest[person.pk] = min(oldest.get(person.pk, row["first"]), row["first"])
    for pk, count in counts.items():
        with in_language_of(people[pk]):
            text = ngettext(
                "%(count)d log is overdue for your approval, since %(day)s.",
                "%(count)d logs are overdue for your approval, the oldest since %(day)s.",
                count,
            ) % {"count": count, "day": date_format(oldest[pk], "Y-m-d")}
        yield Notice(pk, "approval_late", text, reverse("visits:desk"), f"approval_late:{as_of}", daily=True)
