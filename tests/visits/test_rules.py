"""The tables of moves, the guards, lateness and doubts: both sides of every boundary."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from crm.base import clock
from crm.base.errors import BusinessError
from visits import calendar
from visits.choices import LogState, VisitState
from visits.models import Holiday
from visits.rules import visits as rules

DAY = date(2026, 11, 20)  # a Friday
GOOD: dict[str, Any] = {
    "place": "三楼会议室",
    "unscheduled_reason": "路过",
    "reason": "客户出差",
    "visit_on": DAY,
    "as_of": DAY,
    "open_promise": False,
    "log_state": LogState.APPROVED,
}
VISIT_PAIRS = {(move.before, move.verb) for move in rules.VISIT_MOVES}
LOG_PAIRS = {(move.before, move.verb) for move in rules.LOG_MOVES}


def blank_log(**values: Any) -> dict[str, Any]:
    """Return a log of nothing, but for the values."""
    names = ("opinion", "demands", "lessons", "next_step", "receipt_no", "consent_evidence", "complaint_no")
    return {"results": {}, "next_due_on": None, "opinion_asked": True} | dict.fromkeys(names, "") | values


@pytest.mark.parametrize("state", VisitState.values)
@pytest.mark.parametrize("verb", sorted({move.verb for move in rules.VISIT_MOVES}))
def test_a_visit_allows_what_its_table_lists_and_refuses_everything_else(state: str, verb: str) -> None:
    if (state, verb) in VISIT_PAIRS:
        assert rules.move(rules.VISIT_MOVES, state, verb, GOOD) in VisitState.values
        return
    with pytest.raises(BusinessError) as refused:
        rules.move(rules.VISIT_MOVES, state, verb, GOOD)
    assert refused.value.code == "WRONG_STATE"


@pytest.mark.parametrize("state", LogState.values)
@pytest.mark.parametrize("verb", sorted({move.verb for move in rules.LOG_MOVES}))
def test_a_log_allows_what_its_table_lists_and_refuses_everything_else(state: str, verb: str) -> None:
    if (state, verb) in LOG_PAIRS:
        assert rules.move(rules.LOG_MOVES, state, verb, GOOD) in LogState.values
        return
    with pytest.raises(BusinessError) as refused:
        rules.move(rules.LOG_MOVES, state, verb, GOOD)
    assert refused.value.code == "WRONG_STATE"


def test_ended_visits_and_approved_logs_allow_nothing() -> None:
    for state in (VisitState.CLOSED, VisitState.CANCELLED, VisitState.POSTPONED, VisitState.NO_SHOW):
        assert rules.verbs(rules.VISIT_MOVES, state) == []
    assert rules.verbs(rules.LOG_MOVES, LogState.APPROVED) == []


@pytest.mark.parametrize(
    ("state", "verb", "missing", "code"),
    [
        ("PLANNED", "confirm", {"place": ""}, "PLACE_REQUIRED"),
        ("PLANNED", "check_in", {"unscheduled_reason": ""}, "NOT_CONFIRMED"),
        ("CONFIRMED", "cancel", {"reason": ""}, "REASON_REQUIRED"),
        ("CONFIRMED", "postpone", {"reason": ""}, "REASON_REQUIRED"),
        ("CONFIRMED", "log", {"visit_on": DAY + timedelta(days=1)}, "NOT_YET"),
        ("DONE", "close", {"open_promise": True}, "PROMISE_OPEN"),
        ("DONE", "close", {"log_state": LogState.SUBMITTED}, "NOT_APPROVED"),
        ("FOLLOWED_UP", "close", {"log_state": LogState.RETURNED}, "NOT_APPROVED"),
    ],
)
def test_a_guard_says_what_is_missing(state: str, verb: str, missing: dict[str, Any], code: str) -> None:
    assert rules.move(rules.VISIT_MOVES, state, verb, GOOD)
    with pytest.raises(BusinessError) as refused:
        rules.move(rules.VISIT_MOVES, state, verb, GOOD | missing)
    assert refused.value.code == code


@pytest.mark.spec("E184", "S1-32")
@pytest.mark.parametrize("purposes", [[], ["P9"], ["P1", "P9"]])
def test_a_visit_without_a_known_purpose_is_refused(purposes: list[str]) -> None:
    with pytest.raises(BusinessError) as refused:
        rules.check_purposes(purposes)
    assert refused.value.code == "PURPOSE_REQUIRED"


@pytest.mark.spec("E186", "E187", "S1-36", "S1-37", "S1-39")
@pytest.mark.parametrize(
    ("purpose", "field", "code"),
    [
        ("P3", "receipt_no", "RECEIPT_REQUIRED"),
        ("P4", "consent_evidence", "CONSENT_REQUIRED"),
        ("P6", "complaint_no", "COMPLAINT_REQUIRED"),
    ],
)
def test_gift_business_and_complaint_need_their_papers(purpose: str, field: str, code: str) -> None:
    log = blank_log(results={purpose: "已当面办妥"})
    rules.check_log([purpose], log | {field: "2026-118"})
    for nothing in ("", "  "):
        with pytest.raises(BusinessError) as refused:
            rules.check_log([purpose], log | {field: nothing})
        assert refused.value.code == code
        assert set(refused.value.fields) == {field}


@pytest.mark.spec("S1-50")
def test_every_purpose_needs_its_result_and_all_gaps_are_named_at_once() -> None:
    with pytest.raises(BusinessError) as refused:
        rules.check_log(["P1", "P2", "P3"], blank_log(results={"P1": "同意试用专线", "P2": " "}))
    assert refused.value.code == "RECEIPT_REQUIRED"
    assert set(refused.value.fields) == {"result_P2", "result_P3", "receipt_no"}


def test_a_due_day_needs_a_next_step() -> None:
    log = blank_log(results={"P2": "聊了近况"}, next_due_on=DAY)
    with pytest.raises(BusinessError) as refused:
        rules.check_log(["P2"], log)
    assert refused.value.code == "NEXT_STEP_REQUIRED"
    rules.check_log(["P2"], log | {"next_step": "送报价"})


@pytest.mark.spec("E189", "S1-50")
@pytest.mark.parametrize(
    ("submitted_at", "late"),
    [
        (clock.at(DAY, 9), False),
        (clock.at(DAY, 23, 59) + timedelta(seconds=59), False),
        (clock.next_midnight(DAY), True),
    ],
)
def test_a_log_is_late_from_midnight_on(submitted_at: datetime, late: bool) -> None:
    assert rules.is_late(visit_on=DAY, submitted_at=submitted_at) is late


@pytest.mark.spec("D-25", "E192")
@pytest.mark.parametrize(
    ("submitted_at", "due_at"),
    [
        (clock.at(DAY, 18), clock.next_midnight(DAY)),
        (clock.at(DAY, 20), clock.next_midnight(DAY)),
        (clock.at(DAY, 20) + timedelta(seconds=1), clock.at(date(2026, 11, 23), 12)),
        (clock.at(DAY, 21), clock.at(date(2026, 11, 23), 12)),
    ],
)
def test_evening_logs_are_approved_the_next_working_day(submitted_at: datetime, due_at: datetime) -> None:
    found = rules.approval_due(
        submitted_at, evening_hour=20, approval_hour=12, working_day_after=date(2026, 11, 23)
    )
    assert found == due_at


@pytest.mark.spec("X-01", "E189", "D-25")
@pytest.mark.parametrize(
    ("due", "late"),
    [(clock.next_midnight(DAY), True), (clock.at(date(2026, 11, 23), 12), False)],
)
def test_noon_itself_is_in_time_and_midnight_is_the_next_day(due: datetime, *, late: bool) -> None:
    # The zone in which an instant is said decides nothing.
    for said in (due, due.astimezone(UTC)):
        assert not rules.is_late_approval(due_at=said, decided_at=due - timedelta(seconds=1))
        assert rules.is_late_approval(due_at=said, decided_at=due) is late
        assert rules.is_late_approval(due_at=said, decided_at=due + timedelta(seconds=1))


NUMBERS = {"thin_result": 6, "short_log": 20, "copied_pct": 90}
FULL = blank_log(results={"P1": "介绍了云专线,客户愿意下周试用两条线路", "P2": "和王经理聊了近期用网情况"})


def doubts(log: dict[str, Any], **changes: Any) -> list[str]:
    """Return the doubts about a log of two purposes."""
    given: dict[str, Any] = {
        "purposes": ["P1", "P2"],
        "late": False,
        "checked_in": True,
        "earlier": [],
        "numbers": NUMBERS,
    }
    return rules.doubts(log, **(given | changes))


@pytest.mark.spec("S1-91")
def test_a_sound_log_raises_no_doubt_and_each_flaw_its_own() -> None:
    assert doubts(FULL) == []
    assert doubts(FULL, late=True) == ["LATE"]
    assert doubts(FULL, checked_in=False) == ["NO_CHECK_IN"]
    assert doubts(FULL | {"results": FULL["results"] | {"P2": "聊了近况啊"}}) == ["THIN_RESULT"]
    assert doubts(FULL | {"results": FULL["results"] | {"P2": "聊了近况好了"}}) == []
    assert doubts(blank_log(results={"P1": "一二三四五六七", "P2": "一二三四五六七八九十一二"})) == ["SHORT"]
    assert doubts(blank_log(results={"P1": "一二三四五六七八", "P2": "一二三四五六七八九十一二"})) == []


@pytest.mark.spec("S1-91")
def test_text_copied_from_an_earlier_log_is_seen_though_a_word_differs() -> None:
    copied = rules.text_of(FULL).replace("两条", "三条")
    other = "上门收取了合同,客户对资费没有意见,约定月底再谈续签的事情"
    assert doubts(FULL, earlier=[other]) == []
    assert doubts(FULL, earlier=[other, copied]) == ["COPIED"]


@pytest.mark.spec("S1-40")
def test_punctuality_is_counted_in_minutes() -> None:
    planned = clock.at(DAY, 10)
    assert rules.minutes_late(planned_at=planned, arrived_at=planned - timedelta(minutes=5)) == -5
    assert rules.minutes_late(planned_at=planned, arrived_at=None) is None


# ---- The calendar of working days


@pytest.mark.django_db
@pytest.mark.spec("D-25")
def test_working_days_skip_holidays_and_count_worked_weekends() -> None:
    assert calendar.next_working_day(date(2026, 11, 20)) == date(2026, 11, 23)  # Friday → Monday
    assert calendar.next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)  # over the national holiday
    assert calendar.next_working_day(date(2026, 10, 9)) == date(2026, 10, 10)  # a Saturday worked instead
    assert calendar.next_working_day(date(2031, 10, 3)) == date(2031, 10, 6)  # a year without rows: plain
    assert not calendar.is_working_day(date(2026, 10, 1))
    assert calendar.is_working_day(date(2026, 10, 10))


@pytest.mark.django_db
@pytest.mark.spec("D-26", "E193")
def test_a_week_is_due_on_friday_or_its_last_working_day() -> None:
    assert calendar.due_day_of_week(2026, 47) == date(2026, 11, 20)
    assert calendar.due_day_of_week(2026, 40) == date(2026, 9, 30)
    # A week without any working day keeps its Friday.
    for day in range(16, 23):
        Holiday.objects.update_or_create(
            day=date(2026, 11, day), defaults={"kind": "HOLIDAY", "name": "停工"}
        )
    assert calendar.due_day_of_week(2026, 47) == date(2026, 11, 20)


@pytest.mark.django_db
def test_the_calendar_can_be_edited() -> None:
    Holiday.objects.create(day=date(2026, 11, 23), kind="HOLIDAY", name="台风停工")
    assert calendar.next_working_day(date(2026, 11, 20)) == date(2026, 11, 24)


@pytest.mark.django_db
def test_a_closure_longer_than_any_holiday_ends_somewhere() -> None:
    """Two months closed, entered day by day, stop nobody from handing in a log."""
    days = [date(2026, 11, 23) + timedelta(days=n) for n in range(60)]
    Holiday.objects.bulk_create([Holiday(day=day, kind="HOLIDAY", name="封控") for day in days])
    assert calendar.next_working_day(date(2026, 11, 20)) == date(2027, 1, 22)
