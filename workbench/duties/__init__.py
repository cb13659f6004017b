"""What must be done today, by what a person may do: one table of sources, each a reading verb of its floor.

A duty has exactly one act. What needs no action is not a duty.
"""

from datetime import datetime

from django.utils.translation import gettext_lazy

from crm.accounts.models import User
from crm.base import clock
from workbench.duties import calls, clients, events, oversight, scoring, system, visits, weeks
from workbench.duties.base import Duty, Moment, Source

SOURCES: tuple[Source, ...] = (
    Source("jobs.view", system.night, gettext_lazy("Night")),
    Source("visits.change", calls.calls_back, gettext_lazy("Missed calls")),
    Source("visits.write_log", visits.returned_logs, gettext_lazy("Returned logs")),
    Source("visits.write_log", visits.owed_logs, gettext_lazy("Logs to write")),
    Source("visits.approve_log", visits.waiting_logs, gettext_lazy("Approval")),
    Source("visits.approve_log", oversight.urgent_needs, gettext_lazy("Urgent needs")),
    Source("visits.approve_log", visits.late_approvals, gettext_lazy("Late approvals")),
    Source("visits.write_log", weeks.week_reports, gettext_lazy("Weekly reports")),
    Source("visits.view", weeks.weeks_in_hand, gettext_lazy("Weekly reports")),
    Source("visits.change", visits.todays_visits, gettext_lazy("Visits of today")),
    Source("visits.change", events.todays_events, gettext_lazy("On-site events")),
    Source("visits.change", events.events_to_evaluate, gettext_lazy("Evaluations of events")),
    Source("visits.approve_event", events.events_to_decide, gettext_lazy("On-site events")),
    Source("visits.keep_gifts", events.gift_requests, gettext_lazy("Gifts")),
    Source("visits.change", events.unsigned_gifts, gettext_lazy("Receipts of gifts")),
    Source("visits.change", calls.calls_to_make, gettext_lazy("Calls")),
    Source("visits.change", calls.people_to_greet, gettext_lazy("Greetings")),
    Source("visits.view", visits.given_tasks, gettext_lazy("Tasks")),
    Source("visits.change", visits.promises, gettext_lazy("Promises")),
    Source("visits.change", oversight.opinions_to_tell, gettext_lazy("Clients to tell")),
    Source("visits.answer_opinion", oversight.opinions_to_answer, gettext_lazy("Opinions to answer")),
    Source("visits.handle_conduct", oversight.conduct_reports, gettext_lazy("Reports of conduct")),
    Source("visits.spot_check", oversight.spot_checks_left, gettext_lazy("Spot checks")),
    Source("visits.call_back", events.gift_calls, gettext_lazy("Call backs")),
    Source("clients.change", clients.churn_alerts, gettext_lazy("Churn alerts")),
    Source("clients.approve", clients.overdue_churn, gettext_lazy("Overdue churn alerts")),
    Source("clients.approve", clients.submitted_files, gettext_lazy("New files")),
    Source("scoring.approve", scoring.point_proposals, gettext_lazy("Points")),
    Source("scoring.approve_override", scoring.tier_proposals, gettext_lazy("Tiers by decision")),
    Source("clients.add", clients.audit_findings, gettext_lazy("Audit findings")),
    Source("audits.run", clients.audits_to_do, gettext_lazy("Information audits")),
    Source("clients.add", clients.rejected_files, gettext_lazy("Rejected files")),
    Source("intake.import_members", system.waiting_imports, gettext_lazy("Imports")),
    Source("exports.approve", system.waiting_exports, gettext_lazy("Exports")),
    Source("clients.export", system.ready_exports, gettext_lazy("Exports")),
    Source("accounts.manage", system.locked_accounts, gettext_lazy("Locked accounts")),
    Source("audit.view", system.missing_seal, gettext_lazy("Audit trail")),
    Source("clients.change", clients.ending_agreements, gettext_lazy("Ending agreements")),
    Source("scoring.propose_override", scoring.ending_tiers, gettext_lazy("Tiers by decision")),
    Source("clients.add", clients.incomplete_files, gettext_lazy("Incomplete files")),
    Source("clients.add", clients.stale_files, gettext_lazy("Stale data")),
)


def duties_of(user: User, *, now: datetime) -> list[Duty]:
    """Return what the person must do today, in order."""
    at = Moment(now, clock.business_date(now))
    found = [duty for source in SOURCES if user.can(source.verb) for duty in source.read(user, at)]
    return [duty for duty in found if duty.url]
