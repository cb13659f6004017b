"""What must be done today, by what a person may do: one table of sources, each a reading verb of its floor.

A duty has exactly one act. What needs no action is not a duty.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, cast

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, Min, Q
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.choices import FilingState
from clients.models import AuditTask, Client
from clients.rules.churn import WORDS
from clients.services import visible_alerts
from clients.services.agreements import expiring
from clients.services.churn import open_alerts, overdue
from clients.services.freshness import stale_filter
from crm.accounts.choices import Role
from crm.accounts.models import RoleAssignment, User
from crm.audit.models import AuditSeal
from crm.base import clock
from crm.exports.exportables import exportables
from crm.exports.models import DownloadRequest
from crm.intake.choices import BatchStatus
from crm.intake.models import ImportBatch
from crm.jobs.lateness import late_nights
from crm.jobs.models import JobRun
from crm.params import registry
from scoring.models import PointProposal, TierOverride
from visits.models import (
    ConductReport,
    DailyTask,
    EscalationRequest,
    GiftRequest,
    OnSiteEvent,
    OpinionForm,
    SpotSample,
    Visit,
    VisitLog,
    WeeklyReport,
)
from visits.reading.calls import greetings, missed_calls, open_calls
from visits.reading.weeks import owed_weeks
from visits.services import escalated

EACH = 20
Colour = Literal["bad", "warn", "info", "neutral"]


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do: what, about whom, until when, and the one act."""

    code: str
    colour: Colour
    icon: str
    title: str
    text: str
    url: str
    act: str
    due: datetime | date | None = None
    post: bool = False  # the act is done on the spot
    about: str = ""  # where the title leads, when that is another page

    def as_json(self) -> dict[str, Any]:
        """Return what the API shows."""
        return {
            key: value
            for key, value in asdict(self).items()
            if key not in ("icon", "post", "colour", "about")
        }


@dataclass(frozen=True, slots=True)
class Moment:
    """When the page is asked for."""

    now: datetime
    today: date


def address(name: str, *args: Any, query: str = "") -> str:
    """Return an address; empty while the page does not exist, so that its duty is left out."""
    try:
        return reverse(name, args=args) + (f"?{query}" if query else "")
    except NoReverseMatch:
        return ""


# ---- Account managers


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


def rejected_files(user: User, at: Moment) -> Iterable[Duty]:
    """Own client files a head rejected."""
    for client in Client.objects.filter(am=user, filing=FilingState.REJECTED).order_by("pk")[:EACH]:
        yield Duty(
            "rejected_file",
            "warn",
            "file-x",
            client.name,
            _("The file was rejected"),
            address("clients:filing_review", client.pk),
            _("Mend the file"),
        )


def incomplete_files(user: User, at: Moment) -> Iterable[Duty]:
    """Own client files that lack required fields, as one duty."""
    if not user.has_role(Role.AM):
        return
    count = Client.objects.filter(am=user, completeness="INCOMPLETE").exclude(status="CLOSED").count()
    if count:
        yield Duty(
            "incomplete_files",
            "neutral",
            "file-text",
            ngettext(
                "%(n)d client file lacks required fields", "%(n)d client files lack required fields", count
            )
            % {"n": count},
            _("Complete them when you are with the client"),
            address("clients:list", query="mine=on&completeness=INCOMPLETE"),
            _("Complete it"),
        )


def stale_files(user: User, at: Moment) -> Iterable[Duty]:
    """Own client files nobody touched for long, as one duty (S1-54)."""
    if not user.has_role(Role.AM):
        return
    count = Client.objects.filter(stale_filter(at.today), am=user).count()
    if count:
        yield Duty(
            "stale_files",
            "neutral",
            "clock",
            ngettext("The data of %(n)d client is stale", "The data of %(n)d clients is stale", count)
            % {"n": count},
            _("Change what is old, or confirm that it is still right"),
            address("clients:list", query="mine=on&stale=on"),
            _("Go through them"),
        )


def audit_findings(user: User, at: Moment) -> Iterable[Duty]:
    """Findings of audits in own files that wait to be corrected (S0-61)."""
    rows = AuditTask.objects.for_manager(user).with_rows().order_by("correction_due_on", "pk")
    for task in rows[:EACH]:
        late = task.correction_due_on is not None and task.correction_due_on < at.today
        yield Duty(
            "audit_findings",
            "bad" if late else "warn",
            "clipboard-check",
            task.client.name,
            ngettext("The audit found %(n)d fault", "The audit found %(n)d faults", task.faults)
            % {"n": task.faults},
            address("clients:audit", task.pk),
            _("Correct it"),
            task.correction_due_on,
        )


def audits_to_do(user: User, at: Moment) -> Iterable[Duty]:
    """Audits the auditor has to do, and corrections to verify, as one duty each."""
    rows = AuditTask.objects.visible_to(user).for_auditor(user)
    corrected = rows.filter(state="CORRECTION").count()
    if corrected:
        yield Duty(
            "verify_corrections",
            "warn",
            "checks",
            ngettext("%(n)d correction waits for you", "%(n)d corrections wait for you", corrected)
            % {"n": corrected},
            _("Compare again and close the audit"),
            address("clients:audits"),
            _("Verify"),
        )
    waiting = rows.exclude(state="CORRECTION")
    count = waiting.count()
    if count:
        first = waiting.aggregate(first=Min("due_on"))["first"]
        yield Duty(
            "audits",
            "bad" if first < at.today else "info",
            "clipboard-check",
            ngettext("%(n)d client is to be audited", "%(n)d clients are to be audited", count)
            % {"n": count},
            _("Nearest first"),
            address("clients:audits"),
            _("Audit them"),
            first,
        )


def churn_alerts(user: User, at: Moment) -> Iterable[Duty]:
    """Churn alerts of own clients; they go by a disposition only (S0-89)."""
    rows = open_alerts(user).select_related("client").order_by("due_on", "pk")
    for alert in rows[:EACH]:
        yield Duty(
            "churn_alert",
            "bad" if alert.due_on < at.today or alert.level == "HIGH" else "warn",
            "alarm",
            alert.client.name,
            _("Churn alert: %(sign)s") % {"sign": WORDS[alert.rule]},
            reverse("clients:dispose", args=[alert.client_id, alert.pk]) + "?next=/",
            _("Settle"),
            alert.due_on,
            about=reverse("clients:competition", args=[alert.client_id]),
        )


def ending_agreements(user: User, at: Moment) -> Iterable[Duty]:
    """Agreements of own clients that end within 90 days; the last 30 and 7 days are marked (J14)."""
    rows = expiring(at.today).filter(client__in=Client.objects.managed_by(user)).select_related("client")
    for agreement in rows.order_by("expires_on", "pk")[:EACH]:
        left = (agreement.expires_on - at.today).days if agreement.expires_on else 0
        yield Duty(
            "agreement",
            "bad" if left <= 7 else "warn" if left <= 30 else "neutral",
            "certificate",
            agreement.client.name,
            ngettext("Agreement %(no)s ends in %(n)d day", "Agreement %(no)s ends in %(n)d days", left)
            % {"no": agreement.no, "n": left},
            reverse("clients:agreement", args=[agreement.client_id, agreement.pk]),
            _("Renew it"),
            agreement.expires_on,
        )


# ---- Who decides


def overdue_churn(user: User, at: Moment) -> Iterable[Duty]:
    """Churn alerts nobody settled in time, for the head, as one duty."""
    count = overdue(visible_alerts(user), at.today).count()
    if count:
        yield Duty(
            "overdue_churn",
            "bad",
            "alarm",
            ngettext("%(n)d churn alert is overdue", "%(n)d churn alerts are overdue", count) % {"n": count},
            _("Ask the managers, or settle them yourself"),
            reverse("clients:churn") + "?state=overdue",
            _("Open the board"),
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
        "bad" if first and first <= at.now else "warn",
        "checkbox",
        ngettext("%(n)d log waits for approval", "%(n)d logs wait for approval", count) % {"n": count},
        ngettext("%(n)d of them is doubtful", "%(n)d of them are doubtful", doubtful) % {"n": doubtful}
        if doubtful
        else _("None of them is doubtful"),
        reverse("visits:desk"),
        _("Approve"),
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


# ---- Opinions, urgent needs, spot checks, reports of conduct


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


def submitted_files(user: User, at: Moment) -> Iterable[Duty]:
    """New client files that wait for approval, as one duty."""
    count = Client.objects.visible_to(user).filter(filing=FilingState.SUBMITTED).count()
    if count:
        yield Duty(
            "submitted_files",
            "warn",
            "file-check",
            ngettext(
                "%(n)d new client file waits for approval", "%(n)d new client files wait for approval", count
            )
            % {"n": count},
            _("A client counts from its filing on"),
            address("clients:desk", query="tab=waiting"),
            _("Look through"),
        )


def point_proposals(user: User, at: Moment) -> Iterable[Duty]:
    """Points somebody proposed and a second person decides about."""
    waiting = (
        PointProposal.objects.visible_to(user).waiting().exclude(proposed_by=user).select_related("customer")
    )
    for proposal in waiting.order_by("pk")[:EACH]:
        yield Duty(
            "point_proposal",
            "warn",
            "coins",
            _("%(points)d points wait for a second person") % {"points": proposal.points},
            proposal.remark,
            address("scoring:statement", proposal.customer_id),
            _("Decide"),
        )


def tier_proposals(user: User, at: Moment) -> Iterable[Duty]:
    """Tiers somebody proposed by decision; the province approves."""
    waiting = TierOverride.objects.visible_to(user).waiting().exclude(proposed_by=user)
    for row in waiting.select_related("client").order_by("pk")[:EACH]:
        yield Duty(
            "tier_proposal",
            "warn",
            "scale",
            row.client.name,
            _("%(tier)s by decision until %(day)s: %(reason)s")
            % {"tier": row.tier, "day": row.ends_on, "reason": row.reason},
            address("scoring:client", row.client_id) + "#decisions",
            _("Decide"),
        )


def ending_tiers(user: User, at: Moment) -> Iterable[Duty]:
    """Tiers by decision that end soon: prove them anew, or let the model speak."""
    days = registry.get("tier.override_notice_days", as_of=at.today)
    rows = (
        TierOverride.objects.visible_to(user)
        .ending(as_of=at.today, days=days)
        .exclude(client__in=TierOverride.objects.waiting().values("client"))
    )
    for row in rows.select_related("client").order_by("ends_on", "pk")[:EACH]:
        yield Duty(
            "ending_tier",
            "info",
            "hourglass",
            row.client.name,
            _("%(tier)s by decision ends on %(day)s; then the model decides")
            % {"tier": row.tier, "day": row.ends_on},
            address("scoring:override-propose", row.client_id),
            _("Propose again"),
            row.ends_on,
            about=address("scoring:client", row.client_id),
        )


def waiting_exports(user: User, at: Moment) -> Iterable[Duty]:
    """Lists somebody below wants as a file; a second person lets them go (E204)."""
    for row in DownloadRequest.objects.decidable_by(user).select_related("owner").order_by("pk")[:EACH]:
        found = exportables().get(row.name)
        yield Duty(
            "waiting_export",
            "warn",
            "download",
            _("%(who)s wants %(n)d rows as a file: %(list)s")
            % {"who": row.owner, "n": row.rows_asked, "list": found.label if found else row.name},
            row.reason,
            address("exports:export", row.pk),
            _("Decide"),
        )


def ready_exports(user: User, at: Moment) -> Iterable[Duty]:
    """Own files that wait to be downloaded, once."""
    rows = DownloadRequest.objects.filter(owner=user, state="APPROVED", work="DONE", valid_until__gt=at.now)
    for row in rows.order_by("pk")[:5]:
        found = exportables().get(row.name)
        yield Duty(
            "ready_export",
            "info",
            "download",
            str(found.label if found else row.name),
            _("The file is ready and can be downloaded once"),
            address("exports:export", row.pk),
            _("Download"),
            row.valid_until,
        )


# ---- The week


def week_reports(user: User, at: Moment) -> Iterable[Duty]:
    """Own weekly reports: returned ones, those overdue, and this week's from its last working day on."""
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
        ("weeks_to_file", mine.filter(state="PRINTED"), "file", "archive", "info", _("File"),
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


# ---- Administrators and auditors


def waiting_imports(user: User, at: Moment) -> Iterable[Duty]:
    """Own imports that wait for a next step."""
    words = {
        BatchStatus.MAPPING: (_("Columns are to be matched"), _("Match columns")),
        BatchStatus.VALIDATED: (_("Checked, not imported yet"), _("Look and import")),
    }
    rows = ImportBatch.objects.filter(owner=user, status__in=list(words)).order_by("-pk")
    for batch in rows[:5]:
        text, act = words[BatchStatus(batch.status)]
        yield Duty(
            "import",
            "info",
            "file-import",
            batch.file_name,
            text,
            address("intake:batch", batch.pk),
            act,
        )


def night(user: User, at: Moment) -> Iterable[Duty]:
    """Nights of which something failed, is held up, or is late."""
    runs = JobRun.objects.visible_to(user).filter(business_date__gte=at.today - timedelta(days=7))
    failed = list(runs.filter(state__in=["FAILED", "SKIPPED"]).order_by("-business_date", "pk"))
    for business_date in dict.fromkeys(run.business_date for run in failed):
        steps = [run for run in failed if run.business_date == business_date]
        broken = [run for run in steps if run.state == "FAILED"]
        yield Duty(
            "night",
            "bad",
            "moon-stars",
            ngettext(
                "%(n)d step of the night of %(day)s failed",
                "%(n)d steps of the night of %(day)s failed",
                len(broken),
            )
            % {"n": len(broken), "day": business_date},
            ngettext("It holds up %(n)d other", "They hold up %(n)d others", len(steps) - len(broken))
            % {"n": len(steps) - len(broken)}
            if len(steps) > len(broken)
            else "",
            address("jobs:night", business_date),
            _("Look at the night"),
        )
    told = {run.business_date for run in failed}
    for business_date in late_nights(now=at.now):
        if business_date not in told:
            yield Duty(
                "night",
                "warn",
                "moon-stars",
                _("The night of %(day)s is late") % {"day": business_date},
                _("It should be over by now; some of its steps are not done."),
                address("jobs:night", business_date),
                _("Look at the night"),
            )


def locked_accounts(user: User, at: Moment) -> Iterable[Duty]:
    """Accounts locked by failed logins within the cool-off time."""
    since = at.now - timedelta(hours=settings.AXES_COOLOFF_TIME)
    names = (
        AccessAttempt.objects.filter(
            failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since
        )
        .order_by("username")
        .values_list("username", flat=True)
        .distinct()
    )
    found = list(names[:EACH])
    if found:
        yield Duty(
            "locked_accounts",
            "warn",
            "lock",
            ngettext("%(n)d account is locked", "%(n)d accounts are locked", len(found)) % {"n": len(found)},
            "、".join(filter(None, found)),
            address("accounts:users"),
            _("Look at the people"),
        )


def missing_seal(user: User, at: Moment) -> Iterable[Duty]:
    """The audit trail's seal of the last night, if it is missing."""
    last = AuditSeal.objects.order_by("-sealed_on").values_list("sealed_on", flat=True).first()
    if last is None or last < at.today - timedelta(days=1):
        yield Duty(
            "missing_seal",
            "warn",
            "fingerprint",
            _("The audit trail was not sealed last night"),
            _("Last seal: %(day)s") % {"day": last or "—"},
            address("audit:seals"),
            _("Check the seals"),
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Where duties come from and which verb opens them."""

    verb: str
    read: Callable[[User, Moment], Iterable[Duty]]
    label: str | Promise


# In the order in which a person does them.
SOURCES: tuple[Source, ...] = (
    Source("jobs.view", night, gettext_lazy("Night")),
    Source("visits.change", calls_back, gettext_lazy("Missed calls")),
    Source("visits.write_log", returned_logs, gettext_lazy("Returned logs")),
    Source("visits.write_log", owed_logs, gettext_lazy("Logs to write")),
    Source("visits.approve_log", waiting_logs, gettext_lazy("Approval")),
    Source("visits.approve_log", urgent_needs, gettext_lazy("Urgent needs")),
    Source("visits.approve_log", late_approvals, gettext_lazy("Late approvals")),
    Source("visits.write_log", week_reports, gettext_lazy("Weekly reports")),
    Source("visits.view", weeks_in_hand, gettext_lazy("Weekly reports")),
    Source("visits.change", todays_visits, gettext_lazy("Visits of today")),
    Source("visits.change", todays_events, gettext_lazy("On-site events")),
    Source("visits.change", events_to_evaluate, gettext_lazy("Evaluations of events")),
    Source("visits.approve_event", events_to_decide, gettext_lazy("On-site events")),
    Source("visits.keep_gifts", gift_requests, gettext_lazy("Gifts")),
    Source("visits.change", unsigned_gifts, gettext_lazy("Receipts of gifts")),
    Source("visits.change", calls_to_make, gettext_lazy("Calls")),
    Source("visits.change", people_to_greet, gettext_lazy("Greetings")),
    Source("visits.view", given_tasks, gettext_lazy("Tasks")),
    Source("visits.change", promises, gettext_lazy("Promises")),
    Source("visits.change", opinions_to_tell, gettext_lazy("Clients to tell")),
    Source("visits.answer_opinion", opinions_to_answer, gettext_lazy("Opinions to answer")),
    Source("visits.handle_conduct", conduct_reports, gettext_lazy("Reports of conduct")),
    Source("visits.spot_check", spot_checks_left, gettext_lazy("Spot checks")),
    Source("visits.call_back", gift_calls, gettext_lazy("Call backs")),
    Source("clients.change", churn_alerts, gettext_lazy("Churn alerts")),
    Source("clients.approve", overdue_churn, gettext_lazy("Overdue churn alerts")),
    Source("clients.approve", submitted_files, gettext_lazy("New files")),
    Source("scoring.approve", point_proposals, gettext_lazy("Points")),
    Source("scoring.approve_override", tier_proposals, gettext_lazy("Tiers by decision")),
    Source("clients.add", audit_findings, gettext_lazy("Audit findings")),
    Source("audits.run", audits_to_do, gettext_lazy("Information audits")),
    Source("clients.add", rejected_files, gettext_lazy("Rejected files")),
    Source("intake.import_members", waiting_imports, gettext_lazy("Imports")),
    Source("exports.approve", waiting_exports, gettext_lazy("Exports")),
    Source("clients.export", ready_exports, gettext_lazy("Exports")),
    Source("accounts.manage", locked_accounts, gettext_lazy("Locked accounts")),
    Source("audit.view", missing_seal, gettext_lazy("Audit trail")),
    Source("clients.change", ending_agreements, gettext_lazy("Ending agreements")),
    Source("scoring.propose_override", ending_tiers, gettext_lazy("Tiers by decision")),
    Source("clients.add", incomplete_files, gettext_lazy("Incomplete files")),
    Source("clients.add", stale_files, gettext_lazy("Stale data")),
)


def duties_of(user: User, *, now: datetime) -> list[Duty]:
    """Return what the person must do today, in order."""
    at = Moment(now, clock.business_date(now))
    found = [duty for source in SOURCES if user.can(source.verb) for duty in source.read(user, at)]
    return [duty for duty in found if duty.url]
