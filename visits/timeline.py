"""What a client's timeline tells of visits: who came, for what, and how it ended."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import timeline
from clients.models import Client
from clients.timeline import Entries, Span, entry
from crm.base import clock
from visits.choices import EventState, VisitState
from visits.models import OnSiteEvent, Visit
from visits.querysets.events import OVER

# A planned visit has not happened yet.
HAPPENED = {
    VisitState.DONE: "good",
    VisitState.FOLLOWED_UP: "good",
    VisitState.CLOSED: "good",
    VisitState.IN_PROGRESS: "",
    VisitState.NO_SHOW: "warn",
    VisitState.CANCELLED: "",
    VisitState.POSTPONED: "",
}


def _visits(client: Client, span: Span) -> Entries:
    """Return visits: one stands at arrival; one that did not take place, at the time it was planned for."""
    rows = Visit.objects.filter(client=client, state__in=HAPPENED).select_related("owner")
    rows = rows.order_by("-visit_on", "-planned_at", "-id")
    if span.first is not None:
        rows = rows.filter(visit_on__gte=clock.business_date(span.first))
    if span.last is not None:
        rows = rows.filter(visit_on__lte=clock.business_date(span.last))
    found = [
        entry(
            row.arrived_at or row.planned_at, "visit", "map-pin",
            _("Visit: %(state)s") % {"state": row.get_state_display()},
            kind=HAPPENED[VisitState(row.state)], who=str(row.owner),
            text=" · ".join(filter(None, [*dict(row.purpose_labels).values(), row.outcome_reason])),
        )
        for row in rows[: span.limit]
    ]  # fmt: skip
    return [
        one
        for one in found
        if (span.last is None or one["sort"] <= span.last)
        and (span.first is None or one["sort"] >= span.first)
    ]


# What a client's people saw of an event: a stand that ran, and what came of it the day after.
SEEN = {
    EventState.RUNNING: "",
    EventState.FINISHED: "",
    EventState.EVALUATED: "good",
    EventState.CLOSED: "good",
    EventState.CANCELLED: "",
}


def _events(client: Client, span: Span) -> Entries:
    """Return on-site events with target, result and sign-ins (Source: S1-62)."""
    rows = OnSiteEvent.objects.filter(client=client, state__in=SEEN).select_related("owner").with_effect()
    if span.first is not None:
        rows = rows.filter(starts_at__gte=span.first)
    if span.last is not None:
        rows = rows.filter(starts_at__lte=span.last)
    return [
        entry(
            row.starts_at, "event", "speakerphone",
            _("On-site event: %(state)s") % {"state": row.get_state_display()},
            kind=SEEN[EventState(row.state)], who=str(row.owner),
            text=" · ".join(
                [row.title]
                + ([_("result %(result)d of %(target)d") % {"result": row.result, "target": row.target}]
                   if row.state in OVER else [])
                + ([_("%(n)d signed in") % {"n": row.signed}] if row.signed else [])
            ),
        )
        for row in rows.order_by("-starts_at", "-id")[: span.limit]
    ]  # fmt: skip


timeline.register("event", gettext_lazy("On-site events"), _events)
timeline.register("visit", gettext_lazy("Visits"), _visits)
