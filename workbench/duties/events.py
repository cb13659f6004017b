"""Duties of on-site events and gifts."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts.models import User
from crm.base import clock
from crm.params import registry
from visits.models import GiftRequest, OnSiteEvent
from workbench.duties.base import EACH, Duty, Moment


def gift_requests(user: User, at: Moment) -> Iterable[Duty]:
    """Gift requests that wait for the person's decision, as one duty."""
    count = GiftRequest.objects.decidable_by(user).count()
    if count:
        words = ngettext("%(n)d gift request waits", "%(n)d gift requests wait", count) % {"n": count}
        yield Duty(
            "gift_requests",
            "warn",
            "gift",
            words,
            _("Decide before the visit"),
            reverse("visits:gifts") + "?view=decide",
            _("Decide"),
        )


def unsigned_gifts(user: User, at: Moment) -> Iterable[Duty]:
    """Own gifts handed out for which the client's receipt is missing (Source: S0-85)."""
    days = registry.get("gift.receipt_days", as_of=at.today)
    rows = GiftRequest.objects.filter(owner=user).unreconciled(at.today, days=days).with_rows()
    for gift in rows.order_by("collected_at")[:EACH]:
        yield Duty(
            "unsigned_gift",
            "bad",
            "gift",
            gift.client.name,
            _("The receipt for %(gift)s is missing") % {"gift": gift.stock.gift},
            reverse("visits:gift", args=[gift.pk]),
            _("Write the receipt"),
        )


def events_to_evaluate(user: User, at: Moment) -> Iterable[Duty]:
    """Own events whose evaluation is due (Source: S1-62)."""
    rows = OnSiteEvent.objects.filter(owner=user).owing_evaluation().with_rows()
    for event in rows.order_by("evaluation_due_on", "pk")[:EACH]:
        yield Duty(
            "event_evaluation",
            "bad" if event.evaluation_due_on < at.today else "warn",
            "writing",
            event.client.name,
            _("Evaluate the event: %(event)s") % {"event": event.title},
            reverse("visits:event-evaluation", args=[event.pk]),
            _("Evaluate"),
            event.evaluation_due_on,
        )


def todays_events(user: User, at: Moment) -> Iterable[Duty]:
    """Own events that begin today or run."""
    rows = OnSiteEvent.objects.filter(
        owner=user,
        state__in=["APPROVED", "WARMED_UP", "RUNNING"],
        starts_at__lt=clock.next_midnight(at.today),
    ).with_rows()
    for event in rows.order_by("starts_at", "pk")[:EACH]:
        yield Duty(
            "event",
            "info",
            "speakerphone",
            event.client.name,
            f"{event.title} · {event.place}",
            reverse("visits:event", args=[event.pk]),
            _("Open the event"),
            event.starts_at,
        )


def events_to_decide(user: User, at: Moment) -> Iterable[Duty]:
    """Plans and evaluations of events that wait for the person, and late evaluations, as one duty each."""
    rows = OnSiteEvent.objects.decidable_by(user)
    count = rows.count()
    if count:
        yield Duty(
            "events_to_decide",
            "warn",
            "speakerphone",
            ngettext("%(n)d on-site event waits", "%(n)d on-site events wait", count) % {"n": count},
            _("Approve the plan, or close the evaluation"),
            reverse("visits:events") + "?view=decide",
            _("Decide"),
            rows.aggregate(first=Min("starts_at"))["first"],
        )
    late = OnSiteEvent.objects.visible_to(user).late_evaluation(at.today).exclude(owner=user).count()
    if late:
        yield Duty(
            "late_evaluations",
            "bad",
            "alarm",
            ngettext("%(n)d event is not evaluated in time", "%(n)d events are not evaluated in time", late)
            % {"n": late},
            _("Ask the managers"),
            reverse("visits:events") + "?view=evaluate",
            _("Look at them"),
        )


def gift_calls(user: User, at: Moment) -> Iterable[Duty]:
    """The sample of last month's receipts whose clients are to be called, as one duty (Source: S0-85)."""
    month = (at.today.replace(day=1) - timedelta(days=1)).replace(day=1)
    pct = registry.get("gift.callback_pct", as_of=at.today)
    count = GiftRequest.objects.callable_by(user).filter(callback="").sampled(month, pct=pct).count()
    if count:
        yield Duty(
            "gift_calls",
            "info",
            "phone-call",
            ngettext(
                "%(n)d client is to be asked about a gift",
                "%(n)d clients are to be asked about a gift",
                count,
            )
            % {"n": count},
            _("Drawn at random from last month's receipts"),
            reverse("visits:gifts") + "?view=calls",
            _("Call"),
        )
