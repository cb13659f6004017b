"""What a phone wrote without a signal beside what the system holds meanwhile; nothing is decided here."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from visits.choices import LogState, Purpose, VisitState
from visits.models import Visit, VisitLog

# Fields of a log with words of their own, in the order of the form.
TEXTS = ("opinion", "demands", "competitor", "lessons", "next_step", "next_due_on")


def plan_of(visit: Visit) -> str:
    """Return what was planned as one line a form carries, so that a change by somebody else is noticed."""
    return f"{clock.at_minute(visit.planned_at)}|{visit.place}|{','.join(visit.purposes)}"


def returned_of(log: VisitLog | None) -> str:
    """Return which return of the log a form answers; empty when there was none."""
    return log.decided_at.isoformat() if log and log.state == LogState.RETURNED and log.decided_at else ""


def _row(label: Any, mine: Any, theirs: Any) -> dict[str, str]:
    return {"label": str(label), "mine": str(mine or ""), "theirs": str(theirs or "")}


def _purposes(codes: Iterable[str]) -> str:
    return "、".join(str(Purpose(code).label) for code in codes if code in Purpose.values)


def _plan_rows(visit: Visit, seen: str) -> list[dict[str, str]]:
    at, place, purposes = (*seen.split("|"), "", "")[:3]
    now_at, now_place, now_purposes = plan_of(visit).split("|")
    rows = [
        _row(_("Time"), at, now_at),
        _row(_("Place"), place, now_place),
        _row(_("Purposes"), _purposes(purposes.split(",")), _purposes(now_purposes.split(","))),
    ]
    return [row for row in rows if row["mine"] != row["theirs"]]


def check_plan(visit: Visit, actor: User, posted: Mapping[str, Any]) -> None:
    """Refuse what was written on a plan that somebody else changed meanwhile, unless it is sent all the same.

    Raises: BusinessError PLAN_CHANGED with both sides.
    """
    seen = posted.get("plan", "")
    if not seen or posted.get("force") or visit.updated_by_id == actor.pk or visit.state not in (
        VisitState.PLANNED, VisitState.CONFIRMED,
    ):  # fmt: skip
        return
    if rows := _plan_rows(visit, seen):
        raise BusinessError(
            "PLAN_CHANGED",
            _("%(who)s changed this visit while you had no signal.")
            % {"who": visit.updated_by or visit.owner},
            details={"rows": rows, "may_force": True},
        )


def check_return(log: VisitLog | None, posted: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Refuse a log that was handed in and returned meanwhile, unless it is sent all the same.

    Raises: BusinessError RETURNED_MEANWHILE with both sides.
    """
    returned = returned_of(log)
    if not log or not returned or posted.get("force") or posted.get("returned", "") == returned:
        return
    sentence = _("%(who)s returned this log meanwhile: %(reason)s") % {
        "who": log.decided_by,
        "reason": log.return_reason,
    }
    raise BusinessError(
        "RETURNED_MEANWHILE", sentence, details={"rows": log_rows(log, values), "may_force": True}
    )


def log_rows(log: VisitLog, values: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return where the log in the system differs from the one of the phone."""
    results = values.get("results", {})
    rows = [
        _row(Purpose(code).label, results.get(code, ""), log.results.get(code, ""))
        for code in Purpose.values
        if code in results or code in log.results
    ]
    rows += [
        _row(
            getattr(VisitLog._meta.get_field(name), "verbose_name", name),
            values.get(name),
            getattr(log, name),
        )
        for name in TEXTS
    ]
    return [row for row in rows if row["mine"] != row["theirs"]]


def with_standing(
    error: BusinessError, visit: Visit, mine: str, rows: Iterable[dict[str, str]] = ()
) -> BusinessError:
    """Return a conflict together with how the visit and its log stand now."""
    visit.refresh_from_db()
    log = VisitLog.objects.select_related("decided_by").filter(visit=visit).first()
    standing = visit.get_state_display()
    if log and log.state != LogState.DRAFT:
        standing = f"{standing} · {log.get_state_display()}"
        if log.decided_by:
            standing = f"{standing} ({log.decided_by})"
    found = [_row(pgettext("visit", "State"), mine, standing), *rows]
    if visit.outcome_reason:
        found.append(_row(_("Reason"), "", visit.outcome_reason))
    details = {**error.details, "rows": error.details.get("rows") or found}
    return BusinessError(error.code, error.message, fields=error.fields, status=error.status, details=details)
