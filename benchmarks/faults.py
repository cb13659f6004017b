"""Kill what an import runs on, at random moments, and see that nothing is half done.

    python -m crm.embedded exec --fresh -- python -m benchmarks.faults --seeds 20 --rows 2000

Imports of members run through a real Celery worker. Each seed of each kind strikes three times, while an
import is read, written and undone: `worker` ends the worker (signal 9), all of it or the process that works;
`connections` cuts every connection to the database; `database` ends the server itself and starts it again,
beside a real web server whose silence is measured; `broker` ends Valkey before the task is sent, before it is
taken or while it runs, and now and then loses all it held. After each blow the table holds all rows or none,
and the sweep brings the import to its end with exact counts.

Prints one JSON object; a broken promise ends it with the kind and the seed that broke it. It ends servers:
run it on a pair of its own.
"""

import argparse
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.intake import MEMBER_HEADERS, client_rows, write_xlsx  # noqa: E402
from benchmarks.standing import Broker, Database, Web, Worker  # noqa: E402
from clients.models import Client  # noqa: E402
from crm.accounts.models import OrgUnit  # noqa: E402
from crm.base import clock  # noqa: E402
from crm.embedded.processes import wait_until  # noqa: E402
from crm.intake import services, tasks  # noqa: E402
from crm.intake.choices import BUSY, BatchStatus  # noqa: E402
from crm.intake.models import ImportBatch, ImportProgress, RowChange  # noqa: E402
from members.models import Member  # noqa: E402

KINDS = ("worker", "connections", "database", "broker")
Ask = Callable[[], Any]


class House:
    """What an import stands on."""

    def __init__(self, kinds: list[str]) -> None:
        self.worker, self.web = Worker(), Web()
        self.database, self.broker = Database(), Broker()
        self.away: dict[str, list[float]] = {"database": [], "web": [], "broker": []}
        self.worker.start()
        if "database" in kinds:
            self.web.open()

    def close(self) -> None:
        """Leave only what was there before."""
        self.worker.close()
        self.web.close()

    # -- blows, one for each kind; each asks for the next step of a batch and strikes

    def strike(self, kind: str, batch: ImportBatch, dice: random.Random, ask: Ask) -> bool:
        """Strike once; say whether it struck before the work was over."""
        if kind == "broker":
            return self._broker(batch, dice, ask)
        ask()
        self._at_work(batch)
        time.sleep(dice.random() * dice.choice((0.1, 0.5, 1.5)))
        in_time = busy(batch)
        if kind == "worker":
            if dice.random() < 0.7:
                self.worker.kill_child()
            else:
                self.worker.kill()
                self.worker.start()
        elif kind == "connections":
            cut()
        else:
            began = time.monotonic()
            self.database.kill(dice.choice((signal.SIGKILL, signal.SIGQUIT)))
            self.away["database"].append(self.database.start())
            self.away["web"].append(self.web.back(since=began))
        return in_time

    def _broker(self, batch: ImportBatch, dice: random.Random, ask: Ask) -> bool:
        moment = dice.choice(("before it is asked", "before it is taken", "at work"))
        if moment == "before it is asked":
            self.broker.kill()
            ask()
        else:
            ask()
            if moment == "at work":
                self._at_work(batch)
                time.sleep(dice.random() * dice.choice((0.1, 0.5, 1.5)))
            self.broker.kill()
        in_time = busy(batch)
        time.sleep(dice.random())
        self.away["broker"].append(self.broker.start())
        if dice.random() < 0.3:
            self.broker.forget()
        return in_time

    def _at_work(self, batch: ImportBatch) -> None:
        """Wait until the worker has taken the batch, or is done with it."""
        wait_until(lambda: attempts(batch) > 0 or not busy(batch), 30)


def attempts(batch: ImportBatch) -> int:
    """Return how often this step was taken up."""
    return ImportProgress.objects.get(batch=batch).attempts


def busy(batch: ImportBatch) -> bool:
    """Say whether a worker has yet to do something."""
    batch.refresh_from_db()
    return batch.status in (*BUSY, BatchStatus.UPLOADED)


def cut() -> None:
    """End every other connection to this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        )


def take_up(batch: ImportBatch) -> None:
    """Let the sweep of the worker notice the silence, as often as it takes.

    Minutes of silence are made of seconds: a worker that lives beats every second. What beat does by the
    clock is done by hand.
    """
    asked = 0.0
    began = time.monotonic()
    while busy(batch):
        now = time.monotonic()
        if now - began > 120:
            raise SystemExit(f"batch {batch.pk} never ends: {batch.status}")
        silent = ImportProgress.objects.filter(
            batch=batch, beat_at__lt=clock.now() - timedelta(seconds=3)
        ).update(beat_at=clock.now() - timedelta(hours=1))
        if silent and now - asked > 3:
            tasks.sweep.delay()
            asked = now
        time.sleep(0.1)


class Broken(SystemExit):
    """A promise does not hold."""


def expect(where: str, found: Any, *allowed: Any) -> None:
    """End with the seed when a promise is broken."""
    if found not in allowed:
        raise Broken(f"{where}: {found} is none of {allowed}")


def one(house: House, kind: str, seed: int, content: bytes, rows: int) -> dict[str, int]:
    """Strike at reading, writing and undoing of one import; return which blows struck in time."""
    where = f"{kind}, seed {seed}"
    dice = random.Random(f"{kind} {seed}")
    struck = {}
    batch = services.open_batch(actor=None, roster="members", name="a.csv", content=[content])
    struck["reading"] = house.strike(kind, batch, dice, lambda: services.start(batch=batch))
    expect(f"{where}, members while reading", Member.objects.count(), 0)
    take_up(batch)
    expect(f"{where}, read", (batch.status, *counts(batch)), (BatchStatus.VALIDATED, rows, rows, 0, 0, 0))
    struck["writing"] = house.strike(
        kind, batch, dice, lambda: services.commit_batch(actor=None, batch=batch)
    )
    expect(f"{where}, members while writing", Member.objects.count(), 0, rows)
    take_up(batch)
    expect(f"{where}, written", (batch.status, *counts(batch)), (BatchStatus.APPLIED, rows, rows, 0, 0, 0))
    found = (Member.objects.count(), RowChange.objects.filter(batch=batch).count())
    expect(f"{where}, members and changes", found, (rows, rows))
    struck["undoing"] = house.strike(kind, batch, dice, lambda: services.undo_batch(actor=None, batch=batch))
    expect(f"{where}, members while undoing", Member.objects.count(), 0, rows)
    take_up(batch)
    expect(f"{where}, undone", (batch.status, Member.objects.count()), (BatchStatus.ROLLED_BACK, 0))
    return {key: int(value) for key, value in struck.items()}


def counts(batch: ImportBatch) -> tuple[int, ...]:
    """Return the five figures."""
    return tuple(services.counts_of(batch).values())


def make_host() -> str:
    """Make the client whose members they are; return its code."""
    if not OrgUnit.objects.exists():
        OrgUnit.objects.add_root(
            {"code": "BENCH", "name": "基准公司", "type": "PROVINCE", "region_code": "33"}
        )
    if not Client.objects.exists():
        with TemporaryDirectory() as place:
            path = Path(place) / "host.xlsx"
            write_xlsx(path, client_rows(1))
            host = services.open_batch(
                actor=None, roster="clients", name=path.name, content=[path.read_bytes()]
            )
        services.read_batch(batch=host, ask=False)
        services.commit_now(batch=host)
    return str(Client.objects.order_by("pk").values_list("client_code", flat=True)[0])


def main() -> None:
    """Strike and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=20)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--rows", type=int, default=2_000)
    asked.add_argument("--kinds", default=",".join(KINDS))
    given = asked.parse_args()
    kinds = given.kinds.split(",")
    if "accounts_orgunit" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)
    assert not Member.objects.exists(), "run this on an empty database"
    code = make_host()
    lines = [",".join(MEMBER_HEADERS)]
    lines += [f"{code},成员{n},139{n:08d},职员,2,2024-03-05," for n in range(given.rows)]
    content = "\n".join(lines).encode()
    began = time.monotonic()
    report: dict[str, Any] = {"rows": given.rows, "seeds": given.seeds}
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whatever ends this, nothing stays behind
    house = House(kinds)
    try:
        for kind in kinds:
            total: dict[str, int] = {}
            for seed in range(given.first, given.first + given.seeds):
                for key, value in one(house, kind, seed, content, given.rows).items():
                    total[key] = total.get(key, 0) + value
                print(f"{kind}, seed {seed} held", file=sys.stderr, flush=True)
            report[kind] = {"struck_in_time": total, "broken": 0}
    finally:
        house.close()
    away = {f"{name}_away_s": round(max(found), 1) for name, found in house.away.items() if found}
    print(json.dumps({**report, **away, "seconds": round(time.monotonic() - began)}))


if __name__ == "__main__":
    main()
