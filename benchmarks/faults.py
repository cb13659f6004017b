"""Kill what an import runs on, at random moments, and see that nothing is half done.

    python -m benchmarks.faults --seeds 20 --rows 5000
    python -m benchmarks.faults --seeds 20 --kinds database    (a PostgreSQL of one's own: it is killed)

Each seed strikes while a worker reads, while it writes and while it undoes: it kills the worker (signal 9),
cuts every connection to the database, or ends the server itself at once and starts it again. After each blow
the table holds all rows or none, and the sweep brings the import to its end with exact counts. Prints one
JSON object; a broken promise ends it with the seed that broke it. Run it on a database of its own.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

import django  # noqa: E402
import psutil  # noqa: E402

django.setup()

from django.db import OperationalError, connection  # noqa: E402

from benchmarks.intake import MEMBER_HEADERS, client_rows, write_xlsx  # noqa: E402
from clients.models import Client  # noqa: E402
from crm.accounts.models import OrgUnit  # noqa: E402
from crm.base import clock  # noqa: E402
from crm.intake import services  # noqa: E402
from crm.intake.choices import BUSY, BatchStatus  # noqa: E402
from crm.intake.models import ImportBatch, ImportProgress  # noqa: E402
from members.models import Member  # noqa: E402

# Seconds the database was away, each time.
back: list[float] = []
WORKER = """
import sys, django
django.setup()
from crm.intake import services
services.work(batch_id=int(sys.argv[1]))
"""


def worker(batch: ImportBatch) -> "subprocess.Popen[bytes]":
    """Start one step of a batch in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(batch.pk)], cwd=ROOT, stderr=subprocess.DEVNULL
    )


def at_work(batch: ImportBatch, process: "subprocess.Popen[bytes]") -> None:
    """Wait until the worker has taken the batch."""
    before = ImportProgress.objects.get(batch=batch).attempts
    for _tick in range(400):
        if process.poll() is not None or ImportProgress.objects.get(batch=batch).attempts > before:
            return
        time.sleep(0.02)


def cut() -> None:
    """End every other connection to this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        )


def crash(dice: random.Random) -> float:
    """End the server of this database at once, start it again, and return seconds until it answers.

    Signal 9 to the first process leaves nobody to clean up; SIGQUIT is `restart -m immediate`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = psutil.Process(cursor.fetchone()[0])
    server = backend.parent()
    assert server is not None
    command, place, words = server.cmdline(), server.cwd(), server.environ()
    user, group = server.uids().real, server.gids().real
    connection.close()
    family = [server, *server.children(recursive=True)]
    server.send_signal(dice.choice((signal.SIGKILL, signal.SIGQUIT)))
    psutil.wait_procs(family, timeout=60)
    began = time.monotonic()
    started: subprocess.Popen[bytes] | None = None
    while time.monotonic() - began < 120:
        if started is None or started.poll() is not None:
            started = subprocess.Popen(
                command, cwd=place, env=words, user=user, group=group, extra_groups=[],
                start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        try:
            connection.ensure_connection()
            return time.monotonic() - began
        except OperationalError:
            time.sleep(0.1)
    raise SystemExit("the database does not come back")


def take_up(batch: ImportBatch) -> None:
    """Let the sweep notice the silence, as often as it takes."""
    for _turn in range(5):
        batch.refresh_from_db()
        if batch.status not in (*BUSY, BatchStatus.UPLOADED):
            return
        ImportProgress.objects.filter(batch=batch).update(beat_at=clock.now() - timedelta(hours=1))
        for number in services.sweep_batches():
            services.work(batch_id=number)
    raise SystemExit(f"batch {batch.pk} never ends: {batch.status}")


def blow(kind: str, batch: ImportBatch, dice: random.Random) -> bool:
    """Strike once while a worker is at a batch; say whether it struck before the work was over."""
    process = worker(batch)
    at_work(batch, process)
    time.sleep(dice.random() * dice.choice((0.1, 0.5, 1.5)))
    struck = process.poll() is None
    if kind == "connections":
        cut()
    elif kind == "database":
        back.append(crash(dice))
    elif struck:
        os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=120)
    return struck


def expect(seed: int, what: str, found: Any, *allowed: Any) -> None:
    """End with the seed when a promise is broken."""
    if found not in allowed:
        raise SystemExit(f"seed {seed}, {what}: {found} is none of {allowed}")


def one(seed: int, content: bytes, rows: int, kinds: list[str]) -> dict[str, int]:
    """Strike at reading, writing and undoing of one import."""
    dice = random.Random(seed)
    struck = {}
    batch = services.open_batch(actor=None, roster="members", name="a.csv", content=[content])
    kind = dice.choice(kinds)
    struck[f"reading, {kind}"] = blow(kind, batch, dice)
    expect(seed, f"members while reading ({kind})", Member.objects.count(), 0)
    take_up(batch)
    expect(seed, "read", (batch.status, batch.read, batch.created), (BatchStatus.VALIDATED, rows, rows))
    services.commit_batch(actor=None, batch=batch)
    kind = dice.choice(kinds)
    struck[f"writing, {kind}"] = blow(kind, batch, dice)
    expect(seed, f"members while writing ({kind})", Member.objects.count(), 0, rows)
    take_up(batch)
    expect(
        seed,
        "written",
        (batch.status, batch.created, Member.objects.count()),
        (BatchStatus.APPLIED, rows, rows),
    )
    services.undo_batch(actor=None, batch=batch, queue=False)
    kind = dice.choice(kinds)
    struck[f"undoing, {kind}"] = blow(kind, batch, dice)
    expect(seed, f"members while undoing ({kind})", Member.objects.count(), 0, rows)
    take_up(batch)
    expect(seed, "undone", (batch.status, Member.objects.count()), (BatchStatus.ROLLED_BACK, 0))
    return {key: int(value) for key, value in struck.items()}


def main() -> None:
    """Strike and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=20)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--rows", type=int, default=5_000)
    asked.add_argument("--kinds", default="worker,connections")
    given = asked.parse_args()
    kinds = given.kinds.split(",")
    assert not Member.objects.exists(), "run this on an empty database"
    if not OrgUnit.objects.exists():
        OrgUnit.objects.add_root(
            {"code": "BENCH", "name": "基准公司", "type": "PROVINCE", "region_code": "33"}
        )
    if not Client.objects.exists():
        path = Path("host.xlsx")
        write_xlsx(path, client_rows(1))
        host = services.open_batch(actor=None, roster="clients", name=path.name, content=[path.read_bytes()])
        path.unlink()
        services.read_batch(batch=host, ask=False)
        services.commit_now(batch=host)
    code = Client.objects.order_by("pk").values_list("client_code", flat=True)[0]
    lines = [",".join(MEMBER_HEADERS)]
    lines += [f"{code},成员{n},139{n:08d},职员,2,2024-03-05," for n in range(given.rows)]
    began = time.monotonic()
    total: dict[str, int] = {}
    for seed in range(given.first, given.first + given.seeds):
        for key, value in one(seed, "\n".join(lines).encode(), given.rows, kinds).items():
            total[key] = total.get(key, 0) + value
        print(f"seed {seed} held", file=sys.stderr, flush=True)
    report = {"seeds": given.seeds, "rows": given.rows, "struck_in_time": total, "broken": 0}
    if back:
        report["database_back_s"] = round(max(back), 1)
    print(json.dumps({**report, "seconds": round(time.monotonic() - began)}))


if __name__ == "__main__":
    main()
