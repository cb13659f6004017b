"""Duties of urgent needs, opinions, spot checks and reports of conduct."""

from collections.abc import Iterable

from django.db.models import Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts.choices import Role
from crm.accounts.models import User
from visits.models import ConductReport, EscalationRequest, OpinionForm, SpotSample
from workbench.duties.base import EACH, Duty, Moment


def urgent_needs(user: User, at: Moment) -> Iterable[Duty]:
    """Urgent needs that wait for the person: the head from the start, the leader once they are passed on."""
    rows = EscalationRequest.objects.decidable_by(user)
    if not user.has_role(Role.DEPT_HEAD):
        rows = rows.filter(level=1)
    for need in rows.with_rows().order_by("asked_at")[:EACH]:
        yield Duty(
            "urgent_need",
            "bad",
            "alarm",
            need.client.name,
            _("%(who)s asks at once for “%(what)s”: %(need)s")
            % {"who": need.owner, "what": need.get_procedure_display(), "need": need.need},
            reverse("visits:urgent", args=[need.pk]),
            _("Answer"),
            need.escalates_at,
        )


def opinions_to_answer(user: User, at: Moment) -> Iterable[Duty]:
    """Opinions the person's department is asked about, as one duty."""
    rows = OpinionForm.objects.answerable_by(user)
    count = rows.count()
    if count:
        first = rows.aggregate(first=Min("due_on"))["first"]
        yield Duty(
            "opinions_to_answer",
            "bad" if first < at.today else "warn",
            "message-2",
            ngettext("%(n)d opinion waits for an answer", "%(n)d opinions wait for an answer", count)
            % {"n": count},
            _("The manager tells the client what you answer"),
            reverse("visits:opinions") + "?view=answer",
            _("Answer"),
            first,
        )


def opinions_to_tell(user: User, at: Moment) -> Iterable[Duty]:
    """Own opinions that are answered, or overdue: the client waits to hear (Source: S1-47)."""
    mine = OpinionForm.objects.filter(owner=user)
    rows = mine.filter(Q(state="ANSWERED") | Q(pk__in=mine.overdue(at.today).values("pk")))
    for opinion in rows.with_rows().order_by("due_on")[:EACH]:
        answered = opinion.state == "ANSWERED"
        yield Duty(
            "opinion_to_tell",
            "bad" if opinion.due_on < at.today else "warn",
            "message-2",
            opinion.client.name,
            _("Tell the client: %(answer)s") % {"answer": opinion.answer}
            if answered
            else _("%(unit)s has not answered; the client waits") % {"unit": opinion.asked_unit},
            reverse("visits:opinion", args=[opinion.pk]),
            _("Tell the client") if answered else _("Look at it"),
            opinion.due_on,
        )


def spot_checks_left(user: User, at: Moment) -> Iterable[Duty]:
    """Drawn logs the leader has not looked at, as one duty."""
    left = SpotSample.objects.filter(draw__checker=user).left()
    count = left.count()
    if count:
        first = left.order_by("draw", "position").values_list("pk", flat=True).first()
        yield Duty(
            "spot_checks",
            "info",
            "list-search",
            ngettext("%(n)d log is drawn and not checked", "%(n)d logs are drawn and not checked", count)
            % {"n": count},
            _("One after the other"),
            reverse("visits:check-item", args=[first]),
            _("Check"),
        )


def conduct_reports(user: User, at: Moment) -> Iterable[Duty]:
    """Reports of conduct the auditor has to settle, as one duty (Source: S0-86)."""
    rows = ConductReport.objects.handled_by(user).open()
    count = rows.count()
    if count:
        first = rows.aggregate(first=Min("due_on"))["first"]
        yield Duty(
            "conduct",
            "bad" if first < at.today else "warn",
            "shield-lock",
            ngettext(
                "%(n)d report of conduct is to be settled",
                "%(n)d reports of conduct are to be settled",
                count,
            )
            % {"n": count},
            _("Nobody else reads them"),
            reverse("visits:conduct") + "?view=open",
            _("Settle"),
            first,
        )
