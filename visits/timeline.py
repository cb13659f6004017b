"""What a client's timeline tells of visits: who came, for what, and how it ended."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients import timeline
from clients.models import Client
from clients.timeline import Entries, Span, entry
from crm.base import clock
from visits.choices import CallResult, EventState, GiftState, LogState, OpinionState, UrgentState, VisitState
from visits.models import (
    Appointment,
    EscalationRequest,
    GiftRequest,
    LogReturn,
    OnSiteEvent,
    OpinionForm,
    Visit,
    VisitLog,
)
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


def _logs(client: Client, span: Span) -> Entries:
    """Return decisions about logs, at the moment of the decision; every return, one mended since too."""
    rows = VisitLog.objects.filter(visit__client=client, state=LogState.APPROVED)
    rows = rows.select_related("decided_by", "visit").order_by("-decided_at", "-id")
    given_back = LogReturn.objects.filter(log__visit__client=client)
    given_back = given_back.select_related("returned_by", "log__visit").order_by("-returned_at", "-id")
    words = _("Log of %(day)s: %(state)s")
    return [
        *(
            entry(
                row.decided_at, "log", "file-text",
                words % {"day": row.visit.visit_on, "state": LogState.APPROVED.label},
                kind="good", who=str(row.decided_by), text="",
            )
            for row in span.narrow(rows, "decided_at")
        ),
        *(
            entry(
                row.returned_at, "log", "file-text",
                words % {"day": row.log.visit.visit_on, "state": LogState.RETURNED.label},
                kind="warn", who=str(row.returned_by), text=row.reason,
            )
            for row in span.narrow(given_back, "returned_at")
        ),
    ]  # fmt: skip


def _opinions(client: Client, span: Span) -> Entries:
    """Return opinions at the moment they were noted, with what became of them."""
    rows = OpinionForm.objects.filter(client=client).select_related("owner").order_by("-created_at", "-id")
    return [
        entry(
            row.created_at, "opinion", "message-2",
            _("Opinion %(number)s: %(state)s") % {"number": row.number, "state": row.get_state_display()},
            kind="good" if row.state == OpinionState.FED_BACK else "", who=str(row.owner), text=row.text,
        )
        for row in span.narrow(rows, "created_at")
    ]  # fmt: skip


def _urgent_needs(client: Client, span: Span) -> Entries:
    """Return urgent needs at the moment they were asked, with the answer."""
    rows = (
        EscalationRequest.objects.filter(client=client).select_related("owner").order_by("-asked_at", "-id")
    )
    return [
        entry(
            row.asked_at, "urgent", "alarm",
            _("Urgent need: %(state)s") % {"state": row.get_state_display()},
            kind="warn" if row.state == UrgentState.ASKED else "", who=str(row.owner),
            text=" · ".join(
                filter(None, [str(row.get_procedure_display()), row.need, row.allowed, row.refusal])
            ),
        )
        for row in span.narrow(rows, "asked_at")
    ]  # fmt: skip


def _gifts(client: Client, span: Span) -> Entries:
    """Return gifts that were handed out, at that moment."""
    rows = GiftRequest.objects.filter(client=client).exclude(collected_at=None)
    rows = rows.select_related("owner", "stock__gift").order_by("-collected_at", "-id")
    return [
        entry(
            row.collected_at, "gift", "gift",
            _("Gift: %(state)s") % {"state": row.get_state_display()},
            kind="good" if row.state == GiftState.SIGNED else "", who=str(row.owner),
            text=f"{row.stock.gift} × {row.quantity} · {row.receipt_no}",
        )
        for row in span.narrow(rows, "collected_at")
    ]  # fmt: skip


def _calls(client: Client, span: Span) -> Entries:
    """Return calls that were made, with what came of them."""
    rows = Appointment.objects.filter(client=client).exclude(called_at=None).select_related("owner")
    return [
        entry(
            row.called_at, "call", "phone",
            _("Call: %(result)s") % {"result": row.get_result_display()},
            kind="good" if row.result == CallResult.CONFIRMED else "", who=str(row.owner),
            text=" · ".join(filter(None, [str(row.get_kind_display()), row.purpose, row.note])),
        )
        for row in span.narrow(rows.order_by("-called_at", "-id"), "called_at")
    ]  # fmt: skip


timeline.register("call", gettext_lazy("Calls"), _calls)
timeline.register("log", gettext_lazy("Logs"), _logs)
timeline.register("opinion", gettext_lazy("Opinions"), _opinions)
timeline.register("urgent", gettext_lazy("Urgent needs"), _urgent_needs)
timeline.register("gift", gettext_lazy("Gifts"), _gifts)
timeline.register("visit", gettext_lazy("Visits"), _visits)
