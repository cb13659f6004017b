"""Weeks by ISO 8601, and which acts a weekly report allows (Source: S1-94, S1-95, D-26, D-33)."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.base.errors import BusinessError, Invalid, NotFound, Sentence
from visits.choices import InspectionResult, WeekState
from visits.rules.visits import Facts, Move

WEEK = timedelta(days=7)
# The last week a person may still write about.
OLDEST = timedelta(days=366)
_WRITTEN = re.compile(r"(\d{4})-?W(\d{1,2})")


def _has_both(facts: Facts) -> None:
    missing: dict[str, list[Sentence]] = {
        name: [sentence]
        for name, sentence in (
            ("summary", _("Write what the week brought.")),
            ("plan", _("Write what you plan for next week.")),
        )
        if not str(facts[name]).strip()
    }
    if missing:
        raise Invalid("TEXT_REQUIRED", next(iter(missing.values()))[0], fields=missing)


def _has_reason(facts: Facts) -> None:
    if not str(facts["reason"]).strip():
        sentence = _("Say why, so that it can be mended.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})


def _logs_decided(facts: Facts) -> None:
    if facts["logs_waiting"]:
        raise BusinessError(
            "LOGS_WAITING",
            _("%(n)d logs of this week wait for approval or were returned. Have them approved, then print.")
            % {"n": facts["logs_waiting"]},
        )


def _faults_said(facts: Facts) -> None:
    if facts["result"] == InspectionResult.FAULTS and not str(facts["comment"]).strip():
        sentence = _("Write what is wrong.")
        raise Invalid("COMMENT_REQUIRED", sentence, fields={"comment": [sentence]})


_W = WeekState
WEEK_MOVES: tuple[Move, ...] = (
    Move(_W.DRAFT, _W.DRAFT, "write"),
    Move(_W.RETURNED, _W.RETURNED, "write"),
    Move(_W.DRAFT, _W.SUBMITTED, "submit", _has_both),
    Move(_W.RETURNED, _W.SUBMITTED, "submit", _has_both),
    Move(_W.SUBMITTED, _W.APPROVED, "approve"),
    Move(_W.SUBMITTED, _W.RETURNED, "return", _has_reason),
    Move(_W.APPROVED, _W.PRINTED, "print", _logs_decided),
    Move(_W.PRINTED, _W.ARCHIVED, "file"),
    Move(_W.ARCHIVED, _W.INSPECTED, "inspect", _faults_said),
    Move(_W.INSPECTED, _W.INSPECTED, "inspect", _faults_said),
)
# What the leader agreed to never changes again.
FINAL: tuple[str, ...] = (_W.APPROVED, _W.PRINTED, _W.ARCHIVED, _W.INSPECTED)
HANDED_IN: tuple[str, ...] = (_W.SUBMITTED, *FINAL)
UNFINISHED: tuple[str, ...] = (_W.DRAFT, _W.RETURNED)
BOOK_STATES: tuple[str, ...] = (_W.PRINTED, _W.ARCHIVED, _W.INSPECTED)


def move_week(state: str, verb: str, facts: Facts, moves: Iterable[Move] = WEEK_MOVES) -> str:
    """Return the state after an act.

    Raises: BusinessError WRONG_STATE when the state does not allow it, or what its guard says.
    """
    for candidate in moves:
        if candidate.before == state and candidate.verb == verb:
            if candidate.guard:
                candidate.guard(facts)
            return candidate.after
    raise BusinessError(
        "WRONG_STATE",
        _("This is not possible any more: the state is now “%(state)s”. Reload the page.")
        % {"state": WeekState(state).label},
        details={"state": state, "verb": verb},
    )


def monday_of(year: int, week: int) -> date:
    """Return the Monday of an ISO week; the first days of January may belong to the year before.

    Raises: Invalid WEEK_UNKNOWN for a week the year does not have.
    """
    monday = _monday(year, week)
    if monday is None:
        sentence = _("There is no such week.")
        raise Invalid("WEEK_UNKNOWN", sentence, fields={"iso_week": [sentence]})
    return monday


def _monday(year: int, week: int) -> date | None:
    try:
        monday = date.fromisocalendar(year, week, 1)
    except (ValueError, OverflowError):
        return None
    return monday if clock.FIRST <= monday <= clock.LAST else None


def week_of(day: date) -> tuple[int, int]:
    """Return ISO year and week of a day."""
    return day.isocalendar()[:2]


def start_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def named(monday: date) -> str:
    """Return how a week is written: 2026-W47."""
    year, week = week_of(monday)
    return f"{year}-W{week:02d}"


def read_week(text: str) -> date | None:
    """Return the Monday of a written week (2026-W47), or None."""
    found = _WRITTEN.fullmatch(text.strip().upper())
    return _monday(int(found[1]), int(found[2])) if found else None


def read_day(text: str) -> date:
    """Return the day of an address.

    Raises: NotFound.
    """
    day = clock.read_day(text)
    if day is None:
        raise NotFound("NOT_FOUND", _("There is no such day."))
    return day


def check_week(monday: date, *, as_of: date) -> None:
    """Refuse a week that has not begun, or lies more than a year back.

    Raises: BusinessError NOT_YET; Invalid WEEK_UNKNOWN.
    """
    if monday > as_of:
        raise BusinessError("NOT_YET", _("This week has not begun yet."))
    if monday < as_of - OLDEST:
        sentence = _("This week lies more than a year back.")
        raise Invalid("WEEK_UNKNOWN", sentence, fields={"iso_week": [sentence]})


def is_late(*, due_at: datetime, submitted_at: datetime) -> bool:
    """Say whether a report came too late: 24:00 of the due day is already the next day (E193)."""
    return submitted_at >= due_at


def due_text(due_at: datetime | None) -> str:
    """Return until when, as people say it: 2026-11-20 24:00, never 2026-11-21 00:00."""
    if due_at is None:
        return ""
    local = due_at.astimezone(clock.BUSINESS_ZONE)
    return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
