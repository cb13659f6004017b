"""How states and purposes look, everywhere the same."""

from crm.base.badges import register
from visits.choices import Doubt, LogState, Purpose, VisitState

for code, look in {
    VisitState.PLANNED: ("neutral", "calendar-event"),
    VisitState.CONFIRMED: ("info", "calendar-check"),
    VisitState.IN_PROGRESS: ("accent", "map-pin"),
    VisitState.DONE: ("good", "check"),
    VisitState.FOLLOWED_UP: ("good", "checks"),
    VisitState.CLOSED: ("good", "archive"),
    VisitState.CANCELLED: ("neutral", "ban"),
    VisitState.POSTPONED: ("neutral", "calendar-plus"),
    VisitState.NO_SHOW: ("warn", "door-exit"),
}.items():
    register("visit_state", code, *look)  # type: ignore[arg-type]  # literals above
for code, look in {
    LogState.DRAFT: ("neutral", "pencil"),
    LogState.SUBMITTED: ("info", "hourglass"),
    LogState.APPROVED: ("good", "circle-check"),
    LogState.RETURNED: ("warn", "arrow-back-up"),
}.items():
    register("log_state", code, *look)  # type: ignore[arg-type]  # literals above
for code, picture in {
    Purpose.P1: "speakerphone",
    Purpose.P2: "heart",
    Purpose.P3: "gift",
    Purpose.P4: "clipboard-check",
    Purpose.P5: "message-2",
    Purpose.P6: "alert-triangle",
}.items():
    register("visit_purpose", code, "neutral", picture)
for code, look in {
    Doubt.LATE: ("bad", "alarm"),
    Doubt.NO_CHECK_IN: ("warn", "map-pin"),
    Doubt.COPIED: ("bad", "copy"),
    Doubt.THIN_RESULT: ("warn", "minus"),
    Doubt.SHORT: ("warn", "minus"),
}.items():
    register("log_doubt", code, *look)  # type: ignore[arg-type]  # literals above
