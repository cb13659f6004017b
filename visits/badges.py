"""How states, purposes and doubts look, everywhere the same."""

from crm.base.badges import Colour, register
from visits.choices import (
    CallKind,
    CallResult,
    Doubt,
    EventState,
    GiftCallback,
    GiftState,
    HolidayKind,
    InspectionResult,
    Light,
    LogState,
    MeetingState,
    Purpose,
    RunState,
    VisitState,
    WeekState,
)

LOOKS: dict[str, dict[str, tuple[Colour, str]]] = {
    "visit_state": {
        VisitState.PLANNED: ("neutral", "calendar-event"),
        VisitState.CONFIRMED: ("info", "calendar-check"),
        VisitState.IN_PROGRESS: ("accent", "map-pin"),
        VisitState.DONE: ("good", "check"),
        VisitState.FOLLOWED_UP: ("good", "checks"),
        VisitState.CLOSED: ("good", "archive"),
        VisitState.CANCELLED: ("neutral", "ban"),
        VisitState.POSTPONED: ("neutral", "calendar-plus"),
        VisitState.NO_SHOW: ("warn", "door-exit"),
    },
    "log_state": {
        LogState.DRAFT: ("neutral", "pencil"),
        LogState.SUBMITTED: ("info", "hourglass"),
        LogState.APPROVED: ("good", "circle-check"),
        LogState.RETURNED: ("warn", "arrow-back-up"),
    },
    "gift_state": {
        GiftState.REQUESTED: ("info", "hourglass"),
        GiftState.APPROVED: ("accent", "circle-check"),
        GiftState.REFUSED: ("warn", "circle-x"),
        GiftState.WITHDRAWN: ("neutral", "ban"),
        GiftState.COLLECTED: ("warn", "gift"),
        GiftState.SIGNED: ("good", "writing"),
        GiftState.RETURNED: ("neutral", "arrow-back-up"),
    },
    "gift_callback": {
        GiftCallback.CONFIRMED: ("good", "phone-call"),
        GiftCallback.DENIED: ("bad", "alert-triangle"),
        GiftCallback.NO_ANSWER: ("neutral", "phone"),
    },
    "call_result": {
        CallResult.CONFIRMED: ("good", "calendar-check"),
        CallResult.REFUSED: ("warn", "circle-x"),
        CallResult.INCONVENIENT: ("neutral", "clock-pause"),
        CallResult.ABSENT: ("neutral", "user-off"),
        CallResult.NO_ANSWER: ("neutral", "phone"),
        CallResult.POSTPONED: ("neutral", "calendar-plus"),
        CallResult.SPOKEN: ("good", "message-2"),
    },
    "call_kind": {
        CallKind.VISIT: ("neutral", "calendar-plus"),
        CallKind.GREETING: ("neutral", "heart"),
        CallKind.ARREARS: ("neutral", "coin"),
        CallKind.CALLBACK: ("neutral", "phone-call"),
    },
    "meeting_state": {
        MeetingState.PLANNED: ("neutral", "calendar-event"),
        MeetingState.RUNNING: ("accent", "hourglass"),
        MeetingState.HELD: ("good", "circle-check"),
    },
    "event_state": {
        EventState.DRAFT: ("neutral", "pencil"),
        EventState.SUBMITTED: ("info", "hourglass"),
        EventState.APPROVED: ("good", "circle-check"),
        EventState.WARMED_UP: ("info", "speakerphone"),
        EventState.RUNNING: ("accent", "map-pin"),
        EventState.FINISHED: ("warn", "writing"),
        EventState.EVALUATED: ("info", "checklist"),
        EventState.CLOSED: ("good", "archive"),
        EventState.CANCELLED: ("neutral", "ban"),
    },
    "week_state": {
        WeekState.DRAFT: ("neutral", "pencil"),
        WeekState.SUBMITTED: ("info", "hourglass"),
        WeekState.APPROVED: ("good", "circle-check"),
        WeekState.RETURNED: ("warn", "arrow-back-up"),
        WeekState.PRINTED: ("accent", "printer"),
        WeekState.ARCHIVED: ("good", "archive"),
        WeekState.INSPECTED: ("good", "clipboard-check"),
        "MISSING": ("bad", "alert-circle"),
    },
    "inspection_result": {
        InspectionResult.GOOD: ("good", "circle-check"),
        InspectionResult.FAULTS: ("bad", "alert-triangle"),
    },
    "print_state": {
        RunState.WAITING: ("neutral", "clock"),
        RunState.RUNNING: ("info", "hourglass"),
        RunState.DONE: ("good", "circle-check"),
        RunState.FAILED: ("bad", "circle-x"),
    },
    "holiday_kind": {
        HolidayKind.HOLIDAY: ("good", "sun"),
        HolidayKind.MAKEUP: ("warn", "briefcase"),
    },
    "visit_purpose": {
        Purpose.P1: ("neutral", "speakerphone"),
        Purpose.P2: ("neutral", "heart"),
        Purpose.P3: ("neutral", "gift"),
        Purpose.P4: ("neutral", "clipboard-check"),
        Purpose.P5: ("neutral", "message-2"),
        Purpose.P6: ("neutral", "alert-triangle"),
    },
    "presence": {
        Light.GREEN: ("good", "map-pin"),
        Light.AMBER: ("warn", "help-circle"),
        Light.RED: ("bad", "alert-triangle"),
    },
    "log_doubt": {
        Doubt.LATE: ("bad", "alarm"),
        Doubt.NO_CHECK_IN: ("warn", "map-pin"),
        Doubt.FAR: ("bad", "map-pin"),
        Doubt.CLOCK: ("warn", "clock"),
        Doubt.COPIED: ("bad", "copy"),
        Doubt.THIN_RESULT: ("warn", "minus"),
        Doubt.SHORT: ("warn", "minus"),
    },
}

for vocabulary, looks in LOOKS.items():
    for code, (colour, icon) in looks.items():
        register(vocabulary, code, colour, icon)
