"""Kill the workers of a real night at random moments and see that it ends like one nobody disturbed.

    python -m benchmarks.night_faults --seeds 20 --clients 3000

One base is made, then copied for every night. Two workers run the whole declared graph on a copy; the first
night is left alone, in each other one workers are killed (signal 9) once to three times, at moments and in an
order that follow from the seed, and started anew. In the end every table holds what the undisturbed night
left, every step is done once, and the same night once more changes no row. Prints one JSON object; a broken
promise ends it with the seed that broke it. It makes and drops databases of its own beside the given one.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

import django  # noqa: E402

django.setup()

import psycopg2  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

BASE, COPY = "night_faults_base", "night_faults_copy"
PATIENCE_SECONDS = 300
# What tells runs apart and not results: who ran when. The seal covers moments.
OWN_ROWS = {"jobs_jobrun", "audit_auditseal", "django_migrations", "django_session", "pghistory_context"}
OWN_COLUMNS = ("timestamp with time zone", "uuid")
# Numbers from sequences and what is made of moments: the seal of the ledger covers the moment of each line.
NOT_COMPARED = ("hash", "run_id", "seq", "first_entry", "last_entry", "lines", "digest")

# An alert about a late night, told after its hour, names how many steps are open at that moment.
ROWS_COMPARED = {"base_notification": "kind <> 'jobs.late'"}
DATA_OF_TRAIL = ("audit_auditevent", "data")
DATA_COMPARED = "data - 'digest' - 'last_entry'"

WORKER = """
import sys
from datetime import timedelta
import django
django.setup()
from celery.signals import worker_ready
from crm.celery import app
from crm.jobs import services, tasks
services.QUEUE_PATIENCE = timedelta(seconds=1)
app.conf.broker_transport_options = {"global_keyprefix": sys.argv[1]}
app.conf.worker_hijack_root_logger = False
@worker_ready.connect(weak=False)
def begin(**_):
    tasks.resume_nights.delay()
app.worker_main(["worker", "-n", sys.argv[2], "--pool=solo", "-Q", "nightly", "--without-gossip",
                 "--without-mingle", "--without-heartbeat", "-l", "CRITICAL"])
"""


def address(name: str) -> str:
    """Return the address of another database of the same server."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


def at_server(*statements: str) -> None:
    """Run statements beside all databases."""
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def ask(name: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a question to another database."""
    there = settings.DATABASES["default"]
    link = psycopg2.connect(
        dbname=name,
        user=there["USER"],
        password=there["PASSWORD"],
        host=there["HOST"],
        port=there["PORT"] or 5432,
    )
    try:
        with link.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        link.rollback()
        link.close()


@contextmanager
def copied() -> Iterator[str]:
    """Give a fresh copy of the base."""
    drop = f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)"
    at_server(drop, f"CREATE DATABASE {COPY} TEMPLATE {BASE}")
    try:
        yield COPY
    finally:
        at_server(drop)


def worker(name: str, prefix: str) -> "subprocess.Popen[bytes]":
    """Start a worker of the night on a database."""
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, prefix, f"w{uuid.uuid4().hex[:6]}"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": address(name)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def state_of(name: str) -> dict[str, tuple[int, int]]:
    """Return rows and a sum over their contents for every table.

    Left out are moments, numbers that a sequence gave, and links to rows that the night itself made.
    """
    keys = """
        SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text
        FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
        WHERE c.contype = 'f'"""
    links = {(table, column): target for table, column, target in ask(name, keys)}
    columns: dict[str, list[tuple[str, str, bool]]] = {}
    for table, column, kind, numbered in ask(
        name,
        "SELECT c.table_name, c.column_name, c.data_type, c.is_identity = 'YES'"
        " FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
        " ORDER BY c.table_name, c.ordinal_position",
    ):
        columns.setdefault(table, []).append((column, kind, numbered))
    sizes = {table: ask(name, f'SELECT count(*) FROM "{table}"')[0][0] for table in columns}
    before = {table: ask(BASE, f'SELECT count(*) FROM "{table}"')[0][0] for table in columns}
    grown = {table for table in columns if sizes[table] != before[table]}
    found = {}
    for table, having in columns.items():
        if table in OWN_ROWS:
            continue
        kept = [
            f"({DATA_COMPARED})::text" if (table, column) == DATA_OF_TRAIL else f'"{column}"::text'
            for column, kind, numbered in having
            if kind not in OWN_COLUMNS
            and not numbered
            and not column.startswith("pgh_")
            and column not in NOT_COMPARED
            and links.get((table, column)) not in grown
        ]
        body = f"concat_ws('|', {', '.join(f'coalesce({c}, chr(0x2205))' for c in kept)})" if kept else "''"
        where = ROWS_COMPARED.get(table, "true")
        total = f'SELECT count(*), coalesce(sum(hashtextextended({body}, 0)), 0) FROM "{table}" WHERE {where}'
        rows, contents = ask(name, total)[0]
        found[table] = (rows, int(contents))
    return found


def left(name: str) -> int | None:
    """Return the steps that are not done; None before the night is planned."""
    total, done = ask(name, "SELECT count(*), count(*) FILTER (WHERE state = 'DONE') FROM jobs_jobrun")[0]
    return total - done if total else None


def steps_of(name: str) -> list[tuple[Any, ...]]:
    """Return what every step came to."""
    return ask(name, "SELECT step, scope, business_date, state, rows FROM jobs_jobrun ORDER BY 1, 2, 3")


def run_night(name: str, strikes: list[float], dice: random.Random) -> dict[str, Any]:
    """Let two workers run the night, killing one at each moment; return seconds and how many blows hit."""
    prefix = f"night-faults-{uuid.uuid4().hex}:"
    crew = [worker(name, prefix), worker(name, prefix)]
    began: float | None = None
    start = time.monotonic()
    hit = 0
    moments = sorted(strikes)
    try:
        while (open_steps := left(name)) != 0:
            now = time.monotonic()
            if now - start > PATIENCE_SECONDS:
                raise SystemExit(f"the night does not end: {open_steps} steps are left")
            if began is None and open_steps is not None:
                began = now
            if began is not None and moments and now - began >= moments[0]:
                moments.pop(0)
                place = dice.randrange(2)
                crew[place].send_signal(signal.SIGKILL)
                crew[place].wait()
                crew[place] = worker(name, prefix)
                hit += 1
            time.sleep(0.05)
        return {"seconds": round(time.monotonic() - (began or start), 2), "blows": hit}
    finally:
        for process in crew:
            process.kill()
            process.wait()


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Return the tables that differ."""
    return [
        f"{table}: {expected.get(table)} expected, {found.get(table)} found"
        for table in sorted(expected.keys() | found.keys())
        if expected.get(table) != found.get(table)
    ]


def again(name: str) -> int:
    """Run the same night once more in one process and return the rows it changed."""
    code = (
        "import django; django.setup()\n"
        "from crm.jobs import services\n"
        "from crm.base import clock\n"
        "done = services.run_night(services.last_ended(clock.now()))\n"
        "print(sum(outcome.rows for outcome in done), {o.state for o in done} == {'DONE'})"
    )
    env = os.environ | {"DATABASE_URL": address(name)}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    rows, all_done = told.stdout.split()[-2:]
    if all_done != "True":
        raise SystemExit("the second night has steps that are not done")
    return int(rows)


def make_base(clients: int) -> None:
    """Make the base that every night is a copy of."""
    at_server(f"DROP DATABASE IF EXISTS {BASE} WITH (FORCE)", f"CREATE DATABASE {BASE}")
    env = os.environ | {"DATABASE_URL": address(BASE)}
    sizes = [f"--clients={clients}", f"--members={2 * clients}", f"--customers={clients}"]
    for arguments in (["migrate", "--verbosity=0"], ["make_data", *sizes, "--seed=1", "--yes"]):
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=env,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def strike(seeds: range, clients: int) -> dict[str, Any]:
    """Run the undisturbed night and one for every seed; return the report.

    Raises: SystemExit with the seed of a broken promise.
    """
    make_base(clients)
    try:
        with copied() as name:
            calm = run_night(name, [], random.Random(0))
            expected, steps = state_of(name), steps_of(name)
            if not (touched := differences(state_of(BASE), expected)):
                raise SystemExit("the undisturbed night changed nothing: there is nothing to compare")
            if rows := again(name):
                raise SystemExit(f"undisturbed: the second night changed {rows} rows")
        blows = 0
        for seed in seeds:
            dice = random.Random(seed)
            with copied() as name:
                moments = [dice.uniform(0, calm["seconds"]) for _blow in range(dice.randint(1, 3))]
                blows += run_night(name, moments, dice)["blows"]
                if wrong := differences(expected, state_of(name)):
                    raise SystemExit(f"seed {seed}: " + "; ".join(wrong))
                if steps_of(name) != steps:
                    raise SystemExit(f"seed {seed}: steps differ")
            print(f"seed {seed} held", file=sys.stderr, flush=True)
    finally:
        at_server(f"DROP DATABASE IF EXISTS {BASE} WITH (FORCE)")
    return {
        "clients": clients,
        "seeds": len(seeds),
        "blows": blows,
        "tables_written": len(touched),
        "calm_seconds": calm["seconds"],
        "broken": 0,
    }


def main() -> None:
    """Strike and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seeds", type=int, default=20)
    asked.add_argument("--first", type=int, default=1)
    asked.add_argument("--clients", type=int, default=3_000)
    given = asked.parse_args()
    began = time.monotonic()
    report = strike(range(given.first, given.first + given.seeds), given.clients)
    print(json.dumps({**report, "seconds": round(time.monotonic() - began)}))


if __name__ == "__main__":
    main()
