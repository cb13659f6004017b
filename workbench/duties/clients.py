"""Duties of client files, audits, agreements and churn alerts."""

from collections.abc import Iterable

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.choices import FilingState
from clients.models import AuditTask, Client
from clients.rules.churn import WORDS
from clients.services import visible_alerts
from clients.services.agreements import expiring
from clients.services.churn import open_alerts, overdue
from clients.services.freshness import stale_filter
from crm.accounts.choices import Role
from crm.accounts.models import User
from workbench.duties.base import EACH, Duty, Moment, address


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
