"""The night on real processes: killed in the middle, started twice at once."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from crm.accounts.models import User
from crm.base import clock
from crm.base.models import Notification
from crm.jobs import graph, services
from crm.jobs.models import JobRun
from tests.isolation import database_url
from tests.jobs.steps import step

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Return a function that starts a real worker; whatever is left of them ends with the test."""
    started: list[subprocess.Popen[bytes]] = []
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "NIGHT_TEST_FLAG": str(tmp_path / "middle"),
        "NIGHT_TEST_PREFIX": f"night-test-{uuid.uuid4().hex}:",
        "SECRET_KEY": "test",
    }

    def start(task: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.worker", task], env=environment, cwd=settings.BASE_DIR
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_until(true: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Wait for something, and say what did not come."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds} s: {what}"
        time.sleep(0.05)


def marks() -> list[str]:
    """Return what the steps wrote; an alert about a late night, told after its hour, is not theirs."""
    return sorted(Notification.objects.filter(kind="night").values_list("text", flat=True))


def test_a_worker_killed_in_the_middle_of_a_step_leaves_a_night_that_ends_like_any_other(
    worker: Callable[[str], subprocess.Popen[bytes]], tmp_path: Path, sysadmin: User
) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 - shown when the test fails
    flag = tmp_path / "middle"
    first = worker("start_night")
    wait_until(flag.exists, "the middle of the slow step")
    time.sleep(random.Random(seed).uniform(0, 0.5))
    first.send_signal(signal.SIGKILL)
    first.wait()

    slow = JobRun.objects.get(step="slow")
    assert (slow.state, slow.rows) == (JobRun.State.STARTED, 0)
    assert marks() == ["one"]
    wait_until(lambda: not services.running_locks(), "the dead worker's lock to go")

    worker("resume_nights")
    wait_until(lambda: not JobRun.objects.unfinished().exists(), "the night to end")

    assert dict(JobRun.objects.values_list("step", "attempts")) == {"one": 1, "slow": 2, "three": 1}
    assert set(JobRun.objects.values_list("rows", flat=True)) == {1}
    assert marks() == ["one", "slow", "three"]


def test_two_beats_and_four_workers_run_each_step_once(
    sysadmin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph, "NIGHT", tuple(step(name) for name in ("one", "two", "three", "aside")))
    now = clock.now()
    gate = threading.Barrier(4)
    claimed: list[int] = []
    outcomes: list[services.Outcome | None] = []

    def beat_and_work() -> None:
        try:
            gate.wait()
            mine = services.advance(now=now)
            claimed.extend(mine)
            gate.wait()
            # Every message is delivered to every worker: worse than any broker does.
            outcomes.extend([services.run_step(pk) for pk in sorted(claimed)])
        finally:
            connection.close()

    threads = [threading.Thread(target=beat_and_work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claimed) == len(set(claimed)) == 4
    assert sum(outcome.rows for outcome in outcomes if outcome) == 4
    assert set(JobRun.objects.values_list("state", "rows")) == {(JobRun.State.DONE, 1)}
