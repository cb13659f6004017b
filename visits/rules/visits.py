"""Which acts a visit and a log allow, when a log is late, what makes it doubtful: data, pure functions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.base.errors import BusinessError, Invalid
from visits.choices import Doubt, GiftState, LogState, Purpose, VisitState

Facts = Mapping[str, Any]
Guard = Callable[[Facts], None]


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed step of a state machine: nothing that is not listed is possible."""

    before: str
    after: str
    verb: str
    guard: Guard | None = None


def _has_place(facts: Facts) -> None:
    if not facts["place"]:
        sentence = _("Write where you meet before you confirm.")
        raise Invalid("PLACE_REQUIRED", sentence, fields={"place": [sentence]})


def _has_appointment(facts: Facts) -> None:
    if not facts["unscheduled_reason"]:
        raise BusinessError(
            "NOT_CONFIRMED", _("Confirm the appointment first, or write why you come unannounced.")
        )


def _has_reason(facts: Facts) -> None:
    if not facts["reason"]:
        sentence = _("Write the reason.")
        raise Invalid("REASON_REQUIRED", sentence, fields={"reason": [sentence]})


def _is_not_ahead(facts: Facts) -> None:
    if facts["visit_on"] > facts["as_of"]:
        raise BusinessError(
            "NOT_YET", _("This visit lies ahead. Its log can be submitted on the day itself.")
        )


def _promise_kept(facts: Facts) -> None:
    if facts["open_promise"]:
        raise BusinessError("PROMISE_OPEN", _("The next step is still open. Mark it as done first."))


def _approved(facts: Facts) -> None:
    if facts["log_state"] != LogState.APPROVED:
        raise BusinessError("NOT_APPROVED", _("The log is not approved yet."))


def _closes(facts: Facts) -> None:
    _approved(facts)
    _promise_kept(facts)


_V = VisitState
# Spec §3.4: PLANNED→CONFIRMED→IN_PROGRESS→DONE→FOLLOWED_UP→CLOSED with three side exits. A log may be
# written without a check-in (no signal, forgotten): the approver sees that as a doubt.
VISIT_MOVES: tuple[Move, ...] = (
    Move(_V.PLANNED, _V.CONFIRMED, "confirm", _has_place),
    Move(_V.CONFIRMED, _V.IN_PROGRESS, "check_in"),
    Move(_V.PLANNED, _V.IN_PROGRESS, "check_in", _has_appointment),
    Move(_V.IN_PROGRESS, _V.IN_PROGRESS, "check_out"),
    Move(_V.IN_PROGRESS, _V.DONE, "log", _is_not_ahead),
    Move(_V.CONFIRMED, _V.DONE, "log", _is_not_ahead),
    Move(_V.PLANNED, _V.DONE, "log", _is_not_ahead),
    Move(_V.DONE, _V.FOLLOWED_UP, "follow_up"),
    Move(_V.DONE, _V.CLOSED, "close", _closes),
    Move(_V.FOLLOWED_UP, _V.CLOSED, "close", _approved),
    *(Move(state, _V.CANCELLED, "cancel", _has_reason) for state in (_V.PLANNED, _V.CONFIRMED)),
    *(
        Move(state, _V.POSTPONED, "postpone", _has_reason)
        for state in (_V.PLANNED, _V.CONFIRMED, _V.IN_PROGRESS)
    ),
    *(Move(state, _V.NO_SHOW, "no_show") for state in (_V.PLANNED, _V.CONFIRMED, _V.IN_PROGRESS)),
    *(Move(state, state, "change") for state in (_V.PLANNED, _V.CONFIRMED)),
    *(Move(state, state, "prepare") for state in (_V.PLANNED, _V.CONFIRMED, _V.IN_PROGRESS)),
)

_L = LogState
LOG_MOVES: tuple[Move, ...] = (
    Move(_L.DRAFT, _L.DRAFT, "write"),
    Move(_L.RETURNED, _L.RETURNED, "write"),
    Move(_L.DRAFT, _L.SUBMITTED, "submit"),
    Move(_L.RETURNED, _L.SUBMITTED, "submit"),
    Move(_L.SUBMITTED, _L.APPROVED, "approve"),
    Move(_L.SUBMITTED, _L.RETURNED, "return", _has_reason),
)

# Purposes in the order in which they are shown and stored.
ORDER: tuple[str, ...] = tuple(Purpose.values)
# States in which a visit still waits for its log.
MADE_STATES: tuple[str, ...] = (_V.DONE, _V.FOLLOWED_UP, _V.CLOSED)
OPEN_STATES: tuple[str, ...] = (_V.PLANNED, _V.CONFIRMED, _V.IN_PROGRESS)


def verbs(moves: Iterable[Move], state: str) -> list[str]:
    """Return the acts a state allows, guards aside."""
    return [move.verb for move in moves if move.before == state]


def move(moves: Iterable[Move], state: str, verb: str, facts: Facts) -> str:
    """Return the state after an act.

    Raises: BusinessError WRONG_STATE when the state does not allow it, or what its guard says.
    """
    for candidate in moves:
        if candidate.before == state and candidate.verb == verb:
            if candidate.guard:
                candidate.guard(facts)
            return candidate.after
    label = dict([*VisitState.choices, *LogState.choices, *GiftState.choices])[state]
    raise BusinessError(
        "WRONG_STATE",
        _("This is not possible any more: the state is now “%(state)s”. Reload the page.") % {"state": label},
        details={"state": state, "verb": verb},
    )


@dataclass(frozen=True, slots=True)
class Need:
    """What a log must hold when the visit had a purpose (Source: S1-36, S1-37, S1-39)."""

    purpose: str
    field: str
    code: str
    message: str | Promise


NEEDS: tuple[Need, ...] = (
    Need(Purpose.P3, "receipt_no", "RECEIPT_REQUIRED", _("Write the number of the signed gift receipt.")),
    Need(
        Purpose.P4,
        "consent_evidence",
        "CONSENT_REQUIRED",
        _("Write where the client's consent is kept, for example the form number."),
    ),
    Need(
        Purpose.P6, "complaint_no", "COMPLAINT_REQUIRED", _("Write the number of the complaint you went for.")
    ),
)


OPINION_UNSAID = _("Say whether you asked for opinions. If none were offered, ask.")


def check_log(purposes: Sequence[str], log: Facts) -> None:
    """Refuse a log that misses what its purposes ask for; all missing fields are named at once.

    The code is that of the first thing missing.
    Raises: Invalid PURPOSE_REQUIRED, RESULT_REQUIRED, RECEIPT_REQUIRED, CONSENT_REQUIRED, COMPLAINT_REQUIRED,
    OPINION_UNSAID, NEXT_VISIT_REQUIRED, NEXT_STEP_REQUIRED.
    Source: S1-44, E184, E186, E187, spec §3.4
    """
    check_purposes(purposes)
    found: list[tuple[str, str, str | Promise]] = []
    for purpose in purposes:
        if not str(log["results"].get(purpose, "")).strip():
            sentence = _("Write what came of “%(purpose)s”.") % {"purpose": Purpose(purpose).label}
            found.append((f"result_{purpose}", "RESULT_REQUIRED", sentence))
    found += [
        (need.field, need.code, need.message)
        for need in NEEDS
        if need.purpose in purposes and not str(log[need.field]).strip()
    ]
    if log["opinion_asked"] is None:
        found.append(("opinion_asked", "OPINION_UNSAID", OPINION_UNSAID))
    if log.get("left_early") and not log.get("next_visit_at"):
        found.append(("next_visit_day", "NEXT_VISIT_REQUIRED", _("Say when you come again.")))
    if log["next_due_on"] and not log["next_step"].strip():
        found.append(("next_step", "NEXT_STEP_REQUIRED", _("Write what is due on that day.")))
    if found:
        # A missing receipt says more than a missing sentence.
        code, message = min(found, key=lambda item: item[1] == "RESULT_REQUIRED")[1:]
        raise Invalid(code, message, fields={field: [sentence] for field, _code, sentence in found})


def check_purposes(purposes: Sequence[str]) -> None:
    """Refuse a visit without a purpose, or with one we do not know.

    Raises: Invalid PURPOSE_REQUIRED. Source: S1-32, E184
    """
    if not purposes or set(purposes) - set(Purpose.values):
        sentence = _("Choose at least one purpose.")
        raise Invalid("PURPOSE_REQUIRED", sentence, fields={"purposes": [sentence]})


def is_late(*, visit_on: date, submitted_at: datetime) -> bool:
    """Say whether a log comes after 24:00 of the visit day (E189)."""
    return clock.business_date(submitted_at) > visit_on


def approval_due(
    submitted_at: datetime, *, evening_hour: int, approval_hour: int, working_day_after: date
) -> datetime:
    """Return until when a log is to be approved (is_late_approval: whether the instant itself is late).

    24:00 of the day of submission; for what came after the evening hour, the next working day at noon.
    Source: D-25, E192
    """
    moment = submitted_at.astimezone(clock.BUSINESS_ZONE)
    if moment.time() > time(evening_hour):
        return clock.at(working_day_after, approval_hour)
    return clock.next_midnight(moment.date())


def is_late_approval(*, due_at: datetime | None, decided_at: datetime) -> bool:
    """Say whether a decision came too late; without a limit none does.

    At noon of a limit at noon is in time, as a limit includes itself; 24:00 is the next day, and late.
    Source: X-01, E189, D-25
    """
    if due_at is None:
        return False
    return decided_at > due_at or (decided_at == due_at and _is_midnight(due_at))


def overdue(moment: datetime, field: str = "approval_due_at") -> Q:
    """Return the condition on the column of the limit that is_late_approval is for decisions at a moment."""
    return Q(**{f"{field}__lte" if _is_midnight(moment) else f"{field}__lt": moment})


def _is_midnight(moment: datetime) -> bool:
    return moment.astimezone(clock.BUSINESS_ZONE).time() == time(0)


def text_of(log: Facts) -> str:
    """Return everything a person wrote into a log, without blanks."""
    parts = [
        *map(str, log["results"].values()),
        log["opinion"],
        log["demands"],
        log["lessons"],
        log["next_step"],
    ]
    return "".join("".join(parts).split())


def doubts(
    log: Facts,
    *,
    purposes: Sequence[str],
    late: bool,
    checked_in: bool,
    earlier: Iterable[str],
    numbers: Facts,
) -> list[str]:
    """Return why an approver should look twice, the gravest first.

    Units: `numbers` are the parameters visits.*: characters, and per cent of similarity.
    """
    text = text_of(log)
    found: list[str] = [Doubt.LATE] if late else []
    if not checked_in:
        found.append(Doubt.NO_CHECK_IN)
    if any(_similar(text, other) >= numbers["copied_pct"] for other in earlier):
        found.append(Doubt.COPIED)
    if any(len("".join(str(log["results"].get(p, "")).split())) < numbers["thin_result"] for p in purposes):
        found.append(Doubt.THIN_RESULT)
    if len(text) < numbers["short_log"]:
        found.append(Doubt.SHORT)
    return found


def _similar(one: str, other: str) -> float:
    """Return the likeness of two texts in per cent; the cheap upper bounds are asked first."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if not one or matcher.real_quick_ratio() < 0.5 or matcher.quick_ratio() < 0.5:
        return 0.0
    return matcher.ratio() * 100


def minutes_late(*, planned_at: datetime, arrived_at: datetime | None) -> int | None:
    """Return minutes after the appointed time, negative when early (Source: S1-40)."""
    return None if arrived_at is None else round((arrived_at - planned_at).total_seconds() / 60)
