"""Duties of calls and greetings."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts.choices import Role
from crm.accounts.models import User
from crm.base import clock
from visits.reading.calls import greetings, missed_calls, open_calls
from workbench.duties.base import EACH, Duty, Moment, address


def calls_back(user: User, at: Moment) -> Iterable[Duty]:
    """Missed calls to return within working time (Source: S0-92)."""
    for missed in missed_calls(user)[:EACH]:
        yield Duty(
            "missed_call",
            "bad" if missed.due_at < at.now else "warn",
            "phone",
            missed.client.name if missed.client else missed.number,
            _("Missed %(when)s") % {"when": f"{missed.missed_at.astimezone(clock.BUSINESS_ZONE):%H:%M}"},
            address("visits:calls", query="view=missed"),
            _("Call back"),
            missed.due_at,
        )


def calls_to_make(user: User, at: Moment) -> Iterable[Duty]:
    """Calls of today and earlier (Source: S1-19, S1-21)."""
    for call in open_calls(user, at.today)[:EACH]:
        yield Duty(
            "call",
            "warn" if call.call_at < at.now else "info",
            "phone-call",
            call.client.name,
            f"{call.get_kind_display()} · {call.purpose}",
            reverse("visits:call", args=[call.pk]),
            _("Call"),
            call.call_at,
        )


def people_to_greet(user: User, at: Moment) -> Iterable[Duty]:
    """Birthdays and holidays ahead, as one duty (Source: S1-22)."""
    if not user.has_role(Role.AM):
        return
    found, total = greetings(user, at.today, limit=3)
    if total:
        yield Duty(
            "greetings",
            "neutral",
            "heart",
            ngettext("%(n)d person to greet", "%(n)d people to greet", total) % {"n": total},
            " · ".join(f"{row.contact.name} {row.occasion}" for row in found),
            address("visits:calls", query="view=greet"),
            _("Greet"),
        )
