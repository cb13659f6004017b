"""Duties of imports, exports, the night, accounts and the audit trail."""

from collections.abc import Iterable
from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.accounts.models import User
from crm.audit.models import AuditSeal
from crm.exports.exportables import exportables
from crm.exports.models import DownloadRequest
from crm.intake.choices import BatchStatus
from crm.intake.models import ImportBatch
from crm.jobs.lateness import late_nights
from crm.jobs.models import JobRun
from workbench.duties.base import EACH, Duty, Moment, address


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
