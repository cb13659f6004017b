"""A worker killed with -9 in the middle of an import: everything or nothing, and never "running" for ever."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from crm.accounts.models import User
from crm.base import clock
from crm.celery import app
from crm.intake import services, tasks
from crm.intake.choices import BatchStatus
from crm.intake.models import ImportBatch, ImportProgress, RowChange
from members.models import Member
from tests import factories
from tests.intake import books
from tests.intake.books import MEMBER_HEADERS, members
from tests.isolation import database_url

ROWS = 3_000
WORKER = """
import sys, django
django.setup()
from crm.intake import services
services.work(batch_id=int(sys.argv[1]))
"""


def start_worker(batch: ImportBatch, media: Path) -> subprocess.Popen[bytes]:
    """Run one step of a batch in a process of its own, as a Celery worker would."""
    env = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "MEDIA_ROOT": str(media),
        "DJANGO_SETTINGS_MODULE": "crm.settings",
        "DEMO": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(batch.pk)], env=env, cwd=Path(__file__).parents[2]
    )


def wait_for(batch: ImportBatch, phases: set[str], worker: subprocess.Popen[bytes]) -> None:
    """Wait until the worker is in one of the phases, or done."""
    for _tick in range(600):
        progress = ImportProgress.objects.get(batch=batch)
        if progress.phase in phases or worker.poll() is not None:
            return
        time.sleep(0.05)


def fall_silent(batch: ImportBatch) -> None:
    """Let enough time pass for the sweep to notice."""
    ImportProgress.objects.filter(batch=batch).update(beat_at=clock.now() - timedelta(seconds=200))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_worker_killed_while_writing_leaves_all_or_nothing_and_is_taken_over(
    seed: int, tmp_path: Path, media: Path, settings: Any
) -> None:
    dice = random.Random(seed)
    org = factories.make_org()
    owner = factories.make_user("owner", "AM", org["unit"])
    host = factories.make_client(org["unit"], owner, client_code="330100009001")
    path = books.text(tmp_path / "a.csv", [MEMBER_HEADERS, *members(ROWS)])
    batch = services.open_batch(actor=owner, roster="members", name="a.csv", content=[path.read_bytes()])
    services.work(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.created == ROWS
    services.commit_batch(actor=owner, batch=batch)
    worker = start_worker(batch, media)
    wait_for(batch, {"CHECKING", "WRITING"}, worker)
    time.sleep(dice.random() * 1.5)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    batch.refresh_from_db()
    written = Member.objects.count()
    assert (batch.status, written) in {(BatchStatus.COMMITTING, 0), (BatchStatus.APPLIED, ROWS)}
    fall_silent(batch)
    for number in services.sweep_batches():
        services.work(batch_id=number)
    batch.refresh_from_db()
    host.refresh_from_db()
    assert (batch.status, batch.created, Member.objects.count()) == (BatchStatus.APPLIED, ROWS, ROWS)
    assert host.members_active == ROWS
    assert RowChange.objects.filter(batch=batch).count() == ROWS


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_reading_is_taken_over_with_exact_counts(tmp_path: Path, media: Path) -> None:
    org = factories.make_org()
    owner = factories.make_user("owner", "AM", org["unit"])
    factories.make_client(org["unit"], owner, client_code="330100009001")
    path = books.text(tmp_path / "a.csv", [MEMBER_HEADERS, *members(ROWS)])
    batch = services.open_batch(actor=owner, roster="members", name="a.csv", content=[path.read_bytes()])
    worker = start_worker(batch, media)
    wait_for(batch, {"READING", "CLEANING", "CHECKING"}, worker)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    fall_silent(batch)
    assert not Member.objects.exists()
    for number in services.sweep_batches():
        services.work(batch_id=number)
    batch.refresh_from_db()
    assert (batch.status, batch.read, batch.created) == (BatchStatus.VALIDATED, ROWS, ROWS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [4, 5])
def test_a_database_connection_lost_while_writing_leaves_all_or_nothing(
    seed: int, tmp_path: Path, media: Path
) -> None:
    dice = random.Random(seed)
    batch, owner = checked(tmp_path)
    services.commit_batch(actor=owner, batch=batch)
    worker = start_worker(batch, media)
    wait_for(batch, {"CHECKING", "WRITING"}, worker)
    time.sleep(dice.random())
    cut_others()
    worker.wait(timeout=60)
    assert (state(batch), Member.objects.count()) in {
        (BatchStatus.COMMITTING, 0),
        (BatchStatus.APPLIED, ROWS),
    }
    take_up(batch)
    assert (state(batch), batch.created, Member.objects.count()) == (BatchStatus.APPLIED, ROWS, ROWS)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_crashed_since_the_preview_costs_no_row(tmp_path: Path, media: Path) -> None:
    """Tables that are not logged are empty after a crash: this one is filled again from the spool."""
    batch, owner = checked(tmp_path)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {batch.stage_table}")
    services.commit_batch(actor=owner, batch=batch)
    services.work(batch_id=batch.pk)
    assert (state(batch), batch.created, Member.objects.count()) == (BatchStatus.APPLIED, ROWS, ROWS)


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_delays_an_import_and_loses_nothing(
    tmp_path: Path, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, owner = checked(tmp_path)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{nobody.getsockname()[1]}/0"
    with app.connection_for_write(url) as away:
        monkeypatch.setattr(
            tasks.work_on,
            "delay",
            lambda number: tasks.work_on.apply_async((number,), connection=away, retry=False, queue="import"),  # type: ignore[call-arg]  # the stubs lack it
        )
        services.commit_batch(actor=owner, batch=batch)
    assert (state(batch), Member.objects.count()) == (BatchStatus.COMMITTING, 0)
    take_up(batch)
    assert (state(batch), Member.objects.count()) == (BatchStatus.APPLIED, ROWS)


def checked(tmp_path: Path) -> tuple[ImportBatch, User]:
    """Return an import of many new members that waits to be committed, and who sent it."""
    org = factories.make_org()
    owner = factories.make_user("owner", "AM", org["unit"])
    factories.make_client(org["unit"], owner, client_code="330100009001")
    path = books.text(tmp_path / "a.csv", [MEMBER_HEADERS, *members(ROWS)])
    batch = services.open_batch(actor=owner, roster="members", name="a.csv", content=[path.read_bytes()])
    services.work(batch_id=batch.pk)
    assert (state(batch), batch.created) == (BatchStatus.VALIDATED, ROWS)
    return batch, owner


def state(batch: ImportBatch) -> str:
    """Return where the batch stands now."""
    batch.refresh_from_db()
    return batch.status


def take_up(batch: ImportBatch) -> None:
    """Let the sweep notice a silent worker, and do what it asks for."""
    fall_silent(batch)
    for number in services.sweep_batches():
        services.work(batch_id=number)


def cut_others() -> None:
    """End every other connection to the test database, as a server that restarts does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        )
