"""The night runs once, in order, and picks itself up."""

import json
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.base.models import IdempotencyKey, Notification
from crm.jobs import graph, lateness, services, tasks
from crm.jobs.models import JobRun
from tests import factories
from tests.jobs import steps
from tests.jobs.steps import step

State = JobRun.State
DAY = date(2026, 11, 20)
CHAIN = (step("one"), step("two", "one", per_province=True), step("three", "two"), step("aside"))


def states(day: date = DAY) -> dict[str, str]:
    """Return the state of each step of a night; of a province step that of any scope."""
    return dict(JobRun.objects.filter(business_date=day).values_list("step", "state"))


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch, sysadmin: User) -> None:
    """Put four harmless steps in place of the real night."""
    monkeypatch.setattr(graph, "NIGHT", CHAIN)


@pytest.fixture
def midnight(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the clock."""

    def at(day: date, hour: int = 0, minute: int = 10) -> datetime:
        moment = clock.at(day, hour, minute)
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment

    return at


def work_off(now: datetime) -> list[str]:
    """Work like a queue with one worker until nothing is ready; return what ran, in order."""
    ran: list[str] = []
    while claimed := services.advance(now=now):
        for pk in claimed:
            run = JobRun.objects.get(pk=pk)
            if services.run_step(pk):
                ran.append(f"{run.business_date:%m%d} {run.step}")
    return ran


@pytest.mark.django_db
def test_the_real_graph_has_no_cycle_and_knows_its_names() -> None:
    assert {s.name for s in graph.ordered(graph.NIGHT)} == {s.name for s in graph.NIGHT}


@pytest.mark.usefixtures("acme", "sysadmin")
@pytest.mark.parametrize("day", [DAY, date(2026, 11, 30), date(2026, 12, 31)])
def test_the_real_night_ends_and_a_second_one_changes_no_row(day: date) -> None:
    first = services.run_night(day)
    second = services.run_night(day)

    assert {(o.step, o.scope): o.error for o in first if o.state != State.DONE} == {}
    assert {(o.step, o.scope): o.rows for o in second if o.rows} == {}


def test_a_second_night_changes_no_row(chain: None) -> None:
    first = services.run_night(DAY)
    second = services.run_night(DAY)

    assert [o.state for o in first] == [o.state for o in second] == [State.DONE] * 4
    assert sum(o.rows for o in first) == 4
    assert sum(o.rows for o in second) == 0
    assert JobRun.objects.filter(business_date=DAY).count() == 4
    assert set(JobRun.objects.values_list("attempts", "rows")) == {(2, 1)}


def test_the_rules_see_the_day_after_the_business_date(chain: None) -> None:
    services.run_night(date(2026, 12, 31))

    assert set(Notification.objects.values_list("key", flat=True)) == {
        "one::2027-01-01",
        "two:P33:2027-01-01",
        "three::2027-01-01",
        "aside::2027-01-01",
    }


def test_province_steps_run_once_for_each_province(chain: None, org: dict[str, OrgUnit]) -> None:
    factories.make_unit("P62", "甘肃公司", "PROVINCE", OrgUnit.objects.get(code="GRP"))
    outcomes = services.run_night(DAY)

    assert sorted(o.scope for o in outcomes if o.step == "two") == ["P33", "P62"]


def test_a_failing_step_holds_up_its_dependants_only_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, sysadmin: User
) -> None:
    broken = (CHAIN[0], step("two", "one", does=steps.fail, per_province=True), *CHAIN[2:])
    monkeypatch.setattr(graph, "NIGHT", broken)
    outcomes = {o.step: o for o in services.run_night(DAY)}

    assert {name: o.state for name, o in outcomes.items()} == {
        "one": State.DONE,
        "two": State.FAILED,
        "three": State.SKIPPED,
        "aside": State.DONE,
    }
    assert not Notification.objects.filter(text="fail").exists()
    assert outcomes["two"].error == "RuntimeError: the cable was pulled"
    notice = Notification.objects.get(user=sysadmin, kind="jobs.failed")
    assert "the cable was pulled" in notice.text

    monkeypatch.setattr(graph, "NIGHT", CHAIN)
    services.run_night(DAY)
    assert set(states().values()) == {State.DONE}


def test_one_province_that_fails_does_not_hold_up_another(
    monkeypatch: pytest.MonkeyPatch, sysadmin: User, org: dict[str, OrgUnit]
) -> None:
    factories.make_unit("P62", "甘肃公司", "PROVINCE", OrgUnit.objects.get(code="GRP"))
    chain = (step("two", per_province=True), step("three", "two", per_province=True))
    monkeypatch.setattr(graph, "NIGHT", chain)

    def fails_in_gansu(*, as_of: date, province: OrgUnit) -> int:
        if province.code == "P62":
            raise RuntimeError("no bills")
        return 0

    monkeypatch.setattr(steps, "two", fails_in_gansu)
    outcomes = {(o.step, o.scope): o.state for o in services.run_night(DAY)}

    assert outcomes == {
        ("two", "P33"): State.DONE,
        ("two", "P62"): State.FAILED,
        ("three", "P33"): State.DONE,
        ("three", "P62"): State.SKIPPED,
    }


def test_one_step_by_hand_runs_alone(chain: None) -> None:
    outcomes = services.run_night(DAY, only="three")

    assert [(o.step, o.state, o.rows) for o in outcomes] == [("three", State.DONE, 1)]
    assert states()["one"] == State.WAITING


def test_an_unknown_step_is_refused_with_the_names(chain: None) -> None:
    with pytest.raises(BusinessError) as refused:
        services.run_night(DAY, only="tier")
    assert "one, " in str(refused.value.message)
    assert not JobRun.objects.exists()


@pytest.mark.usefixtures("chain")
def test_the_first_night_ever_is_yesterday_alone(midnight: Any) -> None:
    work_off(midnight(date(2026, 11, 24)))

    assert set(JobRun.objects.values_list("business_date", flat=True)) == {date(2026, 11, 23)}
    assert set(states(date(2026, 11, 23)).values()) == {State.DONE}


@pytest.mark.usefixtures("chain")
@pytest.mark.parametrize(
    ("hour", "minute", "ended"),
    [(0, 9, date(2026, 11, 22)), (0, 10, date(2026, 11, 23)), (23, 59, date(2026, 11, 23))],
)
def test_a_day_ends_ten_minutes_past_midnight_in_shanghai(
    midnight: Any, hour: int, minute: int, ended: date
) -> None:
    assert services.last_ended(midnight(date(2026, 11, 24), hour, minute)) == ended


@pytest.mark.usefixtures("chain")
def test_missed_nights_are_made_up_in_order_over_month_and_year_end(midnight: Any) -> None:
    work_off(midnight(date(2027, 12, 30)))
    ran = work_off(midnight(date(2028, 1, 2)))

    assert [item for item in ran if item.endswith("one")] == ["1230 one", "1231 one", "0101 one"]
    assert [item for item in ran if item.endswith("three")] == ["1230 three", "1231 three", "0101 three"]
    assert not JobRun.objects.unfinished().exists()
    assert work_off(midnight(date(2028, 1, 2))) == []


@pytest.mark.usefixtures("chain")
def test_the_leap_day_has_its_night(midnight: Any) -> None:
    work_off(midnight(date(2028, 2, 29)))
    work_off(midnight(date(2028, 3, 1)))
    assert states(date(2028, 2, 29))["three"] == State.DONE


@pytest.mark.usefixtures("chain")
def test_a_night_asked_for_by_hand_does_not_move_the_calendar(midnight: Any) -> None:
    services.run_night(date(2026, 1, 1))
    services.run_night(date(2030, 1, 1))
    work_off(midnight(date(2026, 11, 24)))

    scheduled = JobRun.objects.scheduled().values_list("business_date", flat=True)
    assert set(scheduled) == {date(2026, 11, 23)}


@pytest.mark.usefixtures("chain")
def test_a_step_added_later_does_not_reopen_old_nights(
    midnight: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_off(midnight(date(2026, 11, 23)))
    monkeypatch.setattr(graph, "NIGHT", (*CHAIN, step("new", does=steps.aside)))
    work_off(midnight(date(2026, 11, 24)))

    assert "new" not in states(date(2026, 11, 22))
    assert "new" in states(date(2026, 11, 23))


@pytest.mark.usefixtures("chain")
def test_two_beats_at_once_give_each_step_out_once(midnight: Any) -> None:
    now = midnight(date(2026, 11, 24))
    first, second = services.advance(now=now), services.advance(now=now)

    assert {JobRun.objects.get(pk=pk).step for pk in first} == {"one", "aside"}
    assert second == []


@pytest.mark.usefixtures("chain")
def test_a_lost_message_is_sent_again_after_ten_minutes(midnight: Any) -> None:
    first = services.advance(now=midnight(date(2026, 11, 24), 0, 10))
    assert services.advance(now=midnight(date(2026, 11, 24), 0, 20)) == []
    assert services.advance(now=midnight(date(2026, 11, 24), 0, 21)) == first


@pytest.mark.usefixtures("chain")
def test_a_message_delivered_twice_does_its_work_once(midnight: Any) -> None:
    now = midnight(date(2026, 11, 24))
    run = services.advance(now=now)[0]

    assert services.run_step(run) is not None
    assert services.run_step(run) is None
    assert JobRun.objects.get(pk=run).attempts == 1


@pytest.mark.usefixtures("chain")
def test_a_broker_that_is_away_loses_nothing(midnight: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from kombu.exceptions import OperationalError

    midnight(date(2026, 11, 24))

    def away(_pk: int) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(tasks.run_step, "delay", away)
    assert tasks.start_night() == 0
    assert not JobRun.objects.exclude(queued_at=None).exists()

    sent: list[int] = []
    monkeypatch.setattr(tasks.run_step, "delay", sent.append)
    assert tasks.resume_nights() == 2
    assert {JobRun.objects.get(pk=pk).step for pk in sent} == {"one", "aside"}


def test_a_failed_step_is_tried_three_times_with_a_pause_and_then_left_to_people(
    midnight: Any, monkeypatch: pytest.MonkeyPatch, sysadmin: User
) -> None:
    monkeypatch.setattr(graph, "NIGHT", (step("fail"),))
    assert work_off(midnight(date(2026, 11, 24), 0, 10)) == ["1123 fail"]
    assert work_off(midnight(date(2026, 11, 24), 0, 13)) == []
    assert work_off(midnight(date(2026, 11, 24), 0, 14)) == ["1123 fail"]
    assert work_off(midnight(date(2026, 11, 24), 0, 30)) == ["1123 fail"]
    assert work_off(midnight(date(2026, 11, 24), 9, 0)) == []
    assert JobRun.objects.get().attempts == 3

    services.request_rerun(actor=sysadmin, runs=JobRun.objects.all())
    assert work_off(midnight(date(2026, 11, 24), 9, 1)) == ["1123 fail"]


def test_a_failure_stops_the_same_step_of_later_nights_but_no_other(
    midnight: Any, monkeypatch: pytest.MonkeyPatch, sysadmin: User
) -> None:
    monkeypatch.setattr(graph, "NIGHT", (step("fail"), step("aside")))
    work_off(midnight(date(2026, 11, 23)))
    assert work_off(midnight(date(2026, 11, 24))) == ["1122 fail", "1123 aside"]
    assert states(date(2026, 11, 23)) == {"fail": State.WAITING, "aside": State.DONE}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("chain")
def test_a_step_that_is_alive_elsewhere_is_left_alone(midnight: Any) -> None:
    now = midnight(date(2026, 11, 24))
    run = JobRun.objects.get(pk=services.advance(now=now)[0])
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            key = services.lock_key(run.step, run.scope)
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [services.LOCK_CLASS, key])
        JobRun.objects.filter(pk=run.pk).update(state=State.STARTED, attempts=1, queued_at=None)

        assert services.run_step(run.pk) is None
        assert services.lock_key(run.step, run.scope) in services.running_locks()
        assert run.pk not in services.advance(now=now)
        with pytest.raises(BusinessError, match="RUNNING"):
            services.request_rerun(actor=User.objects.get(), runs=[run])
    finally:
        other.close()
    assert run.pk in services.advance(now=now)
    outcome = services.run_step(run.pk)
    assert outcome is not None
    assert outcome.state == State.DONE
    assert connection.is_usable()


# ---- Steps that rewrite the same rows


TURNS = (
    step("one", per_province=True, rewrites="clients"),
    step("two", per_province=True, rewrites="clients"),
    step("three", rewrites="clients"),
    step("aside", rewrites="customers"),
)


@pytest.mark.usefixtures("sysadmin")
def test_steps_that_rewrite_the_same_rows_are_given_out_one_after_the_other(
    midnight: Any, monkeypatch: pytest.MonkeyPatch, org: dict[str, OrgUnit]
) -> None:
    factories.make_unit("P62", "甘肃公司", "PROVINCE", OrgUnit.objects.get(code="GRP"))
    monkeypatch.setattr(graph, "NIGHT", TURNS)
    now = midnight(date(2026, 11, 24))

    def given() -> list[tuple[str, str]]:
        found = JobRun.objects.in_bulk(services.advance(now=now)).values()
        for run in found:
            ids[run.step, run.scope] = run.pk
        return sorted((run.step, run.scope) for run in found)

    ids: dict[tuple[str, str], int] = {}
    assert given() == [("aside", ""), ("one", "P33"), ("one", "P62")]
    assert given() == []
    services.run_step(ids["one", "P33"])
    assert given() == [("two", "P33")]
    services.run_step(ids["two", "P33"])
    services.run_step(ids["one", "P62"])
    assert given() == [("two", "P62")]  # the step over everything waits for both provinces
    services.run_step(ids["two", "P62"])
    assert given() == [("three", "")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("sysadmin", "org")
@pytest.mark.parametrize(("held", "waits"), [("P33", True), ("", True), ("P62", False)])
def test_a_step_started_by_hand_waits_for_its_turn(
    monkeypatch: pytest.MonkeyPatch, held: str, waits: bool
) -> None:
    monkeypatch.setattr(graph, "NIGHT", TURNS[:1])
    services.plan_night(DAY)
    run = JobRun.objects.get()
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            key = services.lock_key("clients", held)
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [services.TURNS_CLASS, key])
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        outcome = services.run_step(run.pk)
        assert outcome is not None
        assert (outcome.state, "lock timeout" in outcome.error) == (
            (State.FAILED, True) if waits else (State.DONE, False)
        )
    finally:
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


@pytest.mark.django_db
def test_every_step_that_updates_clients_takes_its_turn() -> None:
    """Found by two workers on 100,000 clients: completeness and size waited for each other."""
    names = {s.name for s in graph.NIGHT if s.rewrites == "clients"}
    assert names == {
        "derive_status", "hand_overs", "key_accounts", "rehome", "size", "tier", "completeness",
    }  # fmt: skip


# ---- The command


def nightly(*args: str) -> tuple[int, dict[str, Any]]:
    """Run the command with --json; return its exit code and what it printed."""
    out, code = StringIO(), 0
    try:
        call_command("nightly", "--json", *args, stdout=out, stderr=StringIO())
    except SystemExit as end:
        code = int(end.code or 0)
    return code, json.loads(out.getvalue())


@pytest.mark.usefixtures("chain")
def test_the_command_reports_the_night_as_json() -> None:
    code, first = nightly("--date", "2026-11-20")
    assert code == 0
    assert (first["business_date"], first["as_of"], first["rows"]) == ("2026-11-20", "2026-11-21", 4)
    assert [s["step"] for s in first["steps"]] == ["one", "aside", "two", "three"]
    assert {frozenset(s) for s in first["steps"]} == {
        frozenset({"step", "scope", "state", "rows", "ms", "error"})
    }
    assert nightly("--date", "2026-11-20")[1]["rows"] == 0


@pytest.mark.usefixtures("chain")
def test_the_command_makes_up_missed_nights_and_ends_with_yesterday(midnight: Any) -> None:
    midnight(date(2026, 11, 21))
    assert nightly()[1]["business_date"] == "2026-11-20"
    midnight(date(2026, 11, 24))
    code, report = nightly()
    assert (code, report["business_date"]) == (0, "2026-11-23")
    assert report["caught_up"] == ["2026-11-21", "2026-11-22"]
    assert not JobRun.objects.unfinished().exists()


def test_the_command_fails_when_a_step_does(monkeypatch: pytest.MonkeyPatch, sysadmin: User) -> None:
    monkeypatch.setattr(graph, "NIGHT", (step("fail"),))
    code, report = nightly("--date", "2026-11-20")
    assert code == 1
    assert report["steps"][0]["error"] == "RuntimeError: the cable was pulled"


@pytest.mark.usefixtures("chain")
def test_the_command_refuses_a_step_it_does_not_know() -> None:
    with pytest.raises(CommandError, match="one"):
        call_command("nightly", "--step", "nothing")


# ---- Cleaning up


def test_old_answers_go_and_new_ones_stay(sysadmin: User) -> None:
    from crm.base.services import purge_expired

    as_of = date(2026, 11, 24)
    for key, age in (("old", timedelta(days=7, seconds=1)), ("new", timedelta(days=7))):
        row = IdempotencyKey.objects.create(user=sysadmin, key=key, request_hash="x")
        IdempotencyKey.objects.filter(pk=row.pk).update(created_at=clock.at(as_of) - age)

    assert purge_expired(as_of=as_of) == 1
    assert purge_expired(as_of=as_of) == 0
    assert IdempotencyKey.objects.get().key == "new"


# ---- Late


@pytest.mark.django_db
def test_a_night_that_is_not_over_by_its_hour_is_told_once(midnight: Any, chain: None) -> None:
    services.plan_night(DAY)
    morning = DAY + timedelta(days=1)
    midnight(morning, 5, 59)
    assert lateness.note_lateness(now=clock.now()) == 0
    midnight(morning, 6, 0)
    assert lateness.note_lateness(now=clock.now()) == 1
    assert lateness.note_lateness(now=clock.now()) == 0
    text = Notification.objects.get(kind="jobs.late").text
    assert "2026-11-20" in text
    assert "4" in text


@pytest.mark.django_db
def test_a_night_that_is_over_or_long_past_is_not_late(midnight: Any, chain: None) -> None:
    services.plan_night(DAY)
    JobRun.objects.update(state=State.DONE)
    services.plan_night(DAY - timedelta(days=8))
    midnight(DAY + timedelta(days=1), 9)
    assert lateness.note_lateness(now=clock.now()) == 0


@pytest.mark.django_db
def test_a_step_that_takes_many_times_its_usual_time_is_told_once_an_attempt(
    midnight: Any, chain: None
) -> None:
    now = midnight(DAY + timedelta(days=1), 1)
    for offset in (1, 2, 3):
        services.plan_night(DAY - timedelta(days=offset))
    JobRun.objects.update(state=State.DONE, milliseconds=180_000)  # three minutes; slow after fifteen
    services.plan_night(DAY)
    run = JobRun.objects.filter(business_date=DAY, step="one")
    run.update(state=State.STARTED, attempts=1, started_at=now - timedelta(minutes=14))
    assert lateness.note_lateness(now=now) == 0
    run.update(started_at=now - timedelta(minutes=15))
    assert lateness.note_lateness(now=now) == 1
    assert lateness.note_lateness(now=now) == 0
    run.update(attempts=2)
    assert lateness.note_lateness(now=now) == 1
