"""Writing verbs of visits and logs."""

from visits.services.logs import (
    Outcome,
    approve_log,
    approve_logs,
    must_write_log,
    record_visit,
    return_log,
    submit_log,
    write_log,
)
from visits.services.night import remind_overdue
from visits.services.visits import (
    cancel,
    change_visit,
    check_in,
    check_out,
    checklist,
    client_to_visit,
    confirm,
    keep_promise,
    must_write,
    no_show,
    plan_visit,
    postpone,
    prepare,
)

__all__ = [
    "Outcome",
    "approve_log",
    "approve_logs",
    "cancel",
    "change_visit",
    "check_in",
    "check_out",
    "checklist",
    "client_to_visit",
    "confirm",
    "keep_promise",
    "must_write",
    "must_write_log",
    "no_show",
    "plan_visit",
    "postpone",
    "prepare",
    "record_visit",
    "remind_overdue",
    "return_log",
    "submit_log",
    "write_log",
]
