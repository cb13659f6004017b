"""What follows each outcome of a call, which cards stand beside it, when a client is called back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.base.errors import BusinessError, Invalid
from visits.choices import CallKind, CallResult

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an outcome needs, and what it leads to."""

    result: str
    needs: tuple[str, ...]
    again: bool  # another call follows
    next_step: str | Promise


_R = CallResult
OUTCOMES: dict[str, Outcome] = {
    row.result: row
    for row in (
        Outcome(_R.CONFIRMED, ("agreed_at", "place"), False, _("The visit is planned and confirmed.")),
        Outcome(
            _R.REFUSED, ("note",), False, _("Offer both times before you take no for an answer; write why.")
        ),
        Outcome(_R.INCONVENIENT, ("again_at",), True, _("Ask when it suits, and call again then.")),
        Outcome(_R.ABSENT, ("again_at",), True, _("Leave a message, and call again.")),
        Outcome(_R.NO_ANSWER, ("again_at",), True, _("Call again later.")),
        Outcome(_R.POSTPONED, ("again_at",), True, _("Offer two other times in the next call.")),
        Outcome(_R.SPOKEN, (), False, _("Nothing else to do.")),
    )
}
MISSING: dict[str, tuple[str, str | Promise]] = {
    "agreed_at": ("TIME_REQUIRED", _("Write the day and the time you agreed on.")),
    "place": ("PLACE_REQUIRED", _("Write where you meet before you confirm.")),
    "note": ("REASON_REQUIRED", _("Write why the client declined.")),
    "again_at": ("AGAIN_REQUIRED", _("Write when you call again.")),
}


def check_result(kind: str, result: str, facts: Facts) -> Outcome:
    """Return what an outcome leads to, if everything it needs is there.

    Raises: Invalid RESULT_UNKNOWN, TIME_REQUIRED, PLACE_REQUIRED, REASON_REQUIRED, AGAIN_REQUIRED,
    ANSWER_REQUIRED. Source: S1-21, S1-28, S1-30
    """
    outcome = OUTCOMES.get(result)
    if outcome is None:
        sentence = _("Choose what came of the call.")
        raise Invalid("RESULT_UNKNOWN", sentence, fields={"result": [sentence]})
    if result == _R.SPOKEN and kind == CallKind.VISIT:
        sentence = _("You asked for a visit: write what the client answered.")
        raise Invalid("ANSWER_REQUIRED", sentence, fields={"result": [sentence]})
    missing = [name for name in outcome.needs if not facts.get(name)]
    if missing:
        code, first = MISSING[missing[0]]
        raise Invalid(code, first, fields={name: [MISSING[name][1]] for name in missing})
    return outcome


def check_slots(kind: str, slot1_at: datetime | None, slot2_at: datetime | None, *, now: datetime) -> None:
    """Refuse a request for a visit that does not offer two times ahead.

    Raises: Invalid SLOTS_REQUIRED, SLOTS_ALIKE, SLOT_PAST. Source: S1-28
    """
    if kind != CallKind.VISIT and slot1_at is None and slot2_at is None:
        return
    if slot1_at is None or slot2_at is None:
        sentence = _("Offer two times, so that the client chooses the one or the other.")
        name = "slot2_at" if slot1_at else "slot1_at"
        raise Invalid("SLOTS_REQUIRED", sentence, fields={name: [sentence]})
    if slot1_at == slot2_at:
        sentence = _("Offer two different times.")
        raise Invalid("SLOTS_ALIKE", sentence, fields={"slot2_at": [sentence]})
    for name, moment in (("slot1_at", slot1_at), ("slot2_at", slot2_at)):
        if moment < now - timedelta(hours=1):
            sentence = _("This time is over. Offer one that lies ahead.")
            raise Invalid("SLOT_PAST", sentence, fields={name: [sentence]})


def check_open(result: str) -> None:
    """Refuse to change a call that has its outcome. Raises: BusinessError WRONG_STATE."""
    if result:
        raise BusinessError(
            "WRONG_STATE",
            _("This call already has its outcome: %(result)s.") % {"result": CallResult(result).label},
        )


# Which cards stand beside which step of the call (S1-20…S1-31).
STAGES: dict[str, dict[str, tuple[str, ...]]] = {
    CallKind.VISIT: {"who": ("CONNECT",), "what": ("TALK",), "when": ("APPOINT",), "end": ("CLOSE",)},
    CallKind.GREETING: {"who": ("CONNECT",), "what": ("GREETING",), "when": ("APPOINT",), "end": ("CLOSE",)},
    CallKind.ARREARS: {"who": ("CONNECT",), "what": ("ARREARS",), "when": ("APPOINT",), "end": ("CLOSE",)},
    CallKind.CALLBACK: {"who": ("CONNECT",), "what": ("TALK",), "when": ("APPOINT",), "end": ("CLOSE",)},
}


def offered(
    now: datetime, next_day: Callable[[date], date], *, works_today: bool
) -> tuple[datetime, datetime]:
    """Return two times to offer: this afternoon or tomorrow morning, else the next two working days."""
    today = now.astimezone(clock.BUSINESS_ZONE)
    first = today.date() if works_today and today.hour < 14 else next_day(today.date())
    return clock.at(first, 15), clock.at(next_day(first), 10)


def due_back(
    missed_at: datetime, *, minutes: int, from_hour: int, to_hour: int, next_day: Callable[[date], date],
    works: bool,
) -> datetime:  # fmt: skip
    """Return until when a missed call is returned: so many minutes of working time later.

    Units: working time of a working day is [from_hour, to_hour); `works` says whether the day of the call
    is one. Source: S0-92, X-20
    """
    moment = missed_at.astimezone(clock.BUSINESS_ZONE)
    day = moment.date()
    if not works:
        day = next_day(day)
        moment = clock.at(day, from_hour)
    elif moment.time() < time(from_hour):
        moment = clock.at(day, from_hour)
    left = timedelta(minutes=minutes)
    while True:
        end = clock.at(day, to_hour)
        if moment < end:
            if moment + left <= end:
                return moment + left
            left -= end - moment
        day = next_day(day)
        moment = clock.at(day, from_hour)
