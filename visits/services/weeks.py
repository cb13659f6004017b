"""Write the report of a week, submit it, and decide about it."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.language import in_language_of
from crm.base.trail import record
from crm.params import registry
from visits import calendar
from visits.choices import WeekState
from visits.models import WeeklyReport
from visits.notices import Notice, tell
from visits.querysets.weeks import planned_visits, week_figures
from visits.rules import weeks as rules
from visits.rules.figures import log_figures, visit_figures


def due_of(monday: date) -> datetime:
    """Return the instant from which the report of a week is late: 24:00 of its due day.

    Source: S1-94, D-26, E193
    """
    return clock.next_midnight(calendar.due_day_of_week(*rules.week_of(monday)))


def figures_of(owners: list[int], monday: date, *, now: datetime) -> dict[int, dict[str, Any]]:
    """Return the figures of a week for people, as they stand now."""
    grace = registry.get("visits.punctual_minutes", as_of=clock.business_date(now))
    return week_figures(owners, monday, visit_figures(grace_minutes=grace) | log_figures(now=now))


def next_week_of(owner_id: int, monday: date) -> list[dict[str, Any]]:
    """Return the visits planned for the week after a week, as a report keeps them."""
    return [
        {
            "day": visit.visit_on.isoformat(),
            "time": f"{visit.planned_at.astimezone(clock.BUSINESS_ZONE):%H:%M}",
            "client": visit.client.name,
            "purposes": list(visit.purposes),
            "note": visit.purpose_note,
        }
        for visit in planned_visits(owner_id, monday + rules.WEEK)
    ]


def must_report(actor: User) -> OrgUnit:
    """Return the unit of who writes weekly reports; refuse client systems and people without a unit.

    Raises: Forbidden; Invalid NO_UNIT.
    """
    require(actor, "visits.write_log")
    if actor.is_system:
        raise Forbidden("NOT_YOURS", _("A weekly report is written by the manager, not by a system."))
    if actor.org_unit is None:
        raise Invalid("NO_UNIT", _("You belong to no unit. Ask your administrator to set it."))
    return actor.org_unit


@transaction.atomic
def begin_week(*, actor: User, iso_year: int, iso_week: int, **texts: str) -> WeeklyReport:
    """Begin the report of a week.

    Raises: BusinessError WEEK_TAKEN when it exists (E195), NOT_YET; Invalid WEEK_UNKNOWN; Forbidden.
    """
    unit = must_report(actor)
    monday = rules.monday_of(iso_year, iso_week)
    rules.check_week(monday, as_of=clock.today())
    try:
        with transaction.atomic():
            return WeeklyReport.objects.create(
                owner=actor,
                org_unit=unit,
                iso_year=iso_year,
                iso_week=iso_week,
                monday=monday,
                summary=texts.get("summary", "").strip(),
                plan=texts.get("plan", "").strip(),
                created_by=actor,
                updated_by=actor,
            )
    except IntegrityError:
        known = WeeklyReport.objects.get(owner=actor, iso_year=iso_year, iso_week=iso_week)
        raise BusinessError(
            "WEEK_TAKEN",
            _("There is already a report of this week. Open it and go on there."),
            details={"report": known.pk},
        ) from None


def locked(report_id: int, actor: User, *, version: int | None = None) -> WeeklyReport:
    """Return a report with its row locked.

    Raises: NotFound outside the scope; BusinessError STALE when `version` is older.
    """
    if not WeeklyReport.objects.visible_to(actor).filter(pk=report_id).exists():
        raise NotFound("NOT_FOUND", _("There is no such weekly report, or you may not see it."))
    rows = WeeklyReport.objects.select_for_update(of=("self",)).select_related("owner", "org_unit")
    report: WeeklyReport = rows.get(pk=report_id)
    if version is not None and version != report.version:
        raise BusinessError(
            "STALE",
            _("This report was changed meanwhile. Read it again and repeat your change."),
            details={"version": report.version},
        )
    return report


def save(report: WeeklyReport, actor: User, *fields: str) -> WeeklyReport:
    """Write fields of a locked report and count its version up."""
    report.save_by(actor, *fields)
    return report


def _own(report_id: int, actor: User, version: int | None) -> WeeklyReport:
    require(actor, "visits.write_log")
    report = locked(report_id, actor, version=version)
    if report.owner_id != actor.pk:
        raise Forbidden(
            "NOT_YOURS", _("This report is %(owner)s's. Only they can write it.") % {"owner": report.owner}
        )
    return report


@transaction.atomic
def write_week(
    *,
    actor: User,
    report_id: int,
    summary: str | None = None,
    plan: str | None = None,
    version: int | None = None,
) -> WeeklyReport:
    """Keep what is written so far; nothing is checked yet.

    Raises: Forbidden NOT_YOURS; BusinessError WRONG_STATE, STALE; NotFound.
    """
    report = _own(report_id, actor, version)
    report.state = rules.move_week(report.state, "write", {})
    given = {"summary": summary, "plan": plan}
    changed = [
        name for name, value in given.items() if value is not None and getattr(report, name) != value.strip()
    ]
    for name in changed:
        setattr(report, name, str(given[name]).strip())
    return save(report, actor, *changed) if changed else report


@transaction.atomic
def submit_week(
    *, actor: User, report_id: int, version: int | None = None, now: datetime | None = None
) -> WeeklyReport:
    """Hand the report in: the figures of the week and next week's visits are kept with it for good.

    A report handed in on time and returned later keeps its good name.
    Raises: Invalid TEXT_REQUIRED; BusinessError WRONG_STATE, STALE; Forbidden NOT_YOURS; NotFound.
    Source: S1-94, E193
    """
    moment = now or clock.now()
    report = _own(report_id, actor, version)
    again = report.state == WeekState.RETURNED
    facts = {"summary": report.summary, "plan": report.plan}
    report.state = rules.move_week(report.state, "submit", facts)
    if not again:
        report.due_at = due_of(report.monday)
        report.late_submit = rules.is_late(due_at=report.due_at, submitted_at=moment)
    report.submitted_at = moment
    figures = figures_of([actor.pk], report.monday, now=moment)[actor.pk]
    report.auto_stats = figures | {"next_week": next_week_of(actor.pk, report.monday)}
    report.decided_at = report.decided_by = None
    fields = ("state", "due_at", "late_submit", "submitted_at", "auto_stats", "decided_at", "decided_by")
    save(report, actor, *fields)
    data = {"week": report.week, "late": report.late_submit}
    record(actor=actor, action="visits.week_submitted", entity=report, unit=report.org_unit, data=data)
    return report


def _decidable(report_id: int, actor: User, version: int | None) -> WeeklyReport:
    """Return a locked report the person may decide about. Raises: all refusals of a decision."""
    require(actor, "visits.approve_week")
    report = locked(report_id, actor)
    if actor.scope.selves & {report.owner_id, report.created_by_id}:
        raise Forbidden(
            "SELF_APPROVAL", _("Nobody decides about an own weekly report. Another leader must do it.")
        )
    if not actor.scope.covers(report.org_unit, "visits.approve_week"):
        raise Forbidden("FORBIDDEN", _("Only the leader of the unit decides about its weekly reports."))
    if report.state != WeekState.SUBMITTED and report.decided_by and report.decided_at:
        raise BusinessError(
            "ALREADY_DECIDED",
            _("%(who)s already decided about this report at %(time)s.")
            % {
                "who": report.decided_by,
                "time": f"{report.decided_at.astimezone(clock.BUSINESS_ZONE):%m-%d %H:%M}",
            },
        )
    if version is not None and version != report.version:
        raise BusinessError("STALE", _("This report was changed meanwhile. Read it again before you decide."))
    return report


@transaction.atomic
def approve_week(
    *,
    actor: User,
    report_id: int,
    note: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> WeeklyReport:
    """Agree to summary and plan for good.

    Raises: Forbidden SELF_APPROVAL; BusinessError ALREADY_DECIDED, STALE, WRONG_STATE; NotFound.
    Source: S1-94
    """
    report = _decidable(report_id, actor, version)
    report.state = rules.move_week(report.state, "approve", {})
    report.decided_by, report.decided_at = actor, now or clock.now()
    report.leader_note = note.strip()[:300]
    save(report, actor, "state", "decided_by", "decided_at", "leader_note")
    data = {"week": report.week, "note": report.leader_note}
    record(actor=actor, action="visits.week_approved", entity=report, unit=report.org_unit, data=data)
    if report.leader_note:
        with in_language_of(report.owner):
            words = _now("%(who)s approved your report of %(week)s: %(words)s")
        _tell_owner(report, words, report.leader_note)
    return report


@transaction.atomic
def return_week(
    *, actor: User, report_id: int, reason: str, version: int | None = None, now: datetime | None = None
) -> WeeklyReport:
    """Give the report back with the reason; its writer is told.

    Raises: Invalid REASON_REQUIRED; what approve_week raises.
    """
    report = _decidable(report_id, actor, version)
    report.state = rules.move_week(report.state, "return", {"reason": reason})
    report.decided_by, report.decided_at = actor, now or clock.now()
    report.return_reason = reason.strip()[:300]
    save(report, actor, "state", "decided_by", "decided_at", "return_reason")
    data = {"week": report.week, "reason": report.return_reason}
    record(actor=actor, action="visits.week_returned", entity=report, unit=report.org_unit, data=data)
    with in_language_of(report.owner):
        words = _now("%(who)s returned your report of %(week)s: %(words)s")
    _tell_owner(report, words, report.return_reason)
    return report


def _tell_owner(report: WeeklyReport, sentence: str, words: str) -> None:
    text = sentence % {"who": report.decided_by, "week": report.week, "words": words}
    url = reverse("visits:week", args=[report.iso_year, report.iso_week])
    tell([Notice(report.owner_id, "week", text, url, f"week:{report.pk}:{report.version}")])
