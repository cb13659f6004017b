"""Worker, connections, database and broker ended at random moments, on servers of the test's own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm.embedded.paths import find_binaries, find_owner
from tests.isolation import database_url

ROOT = Path(__file__).parents[2]
ROWS = 500
OURS = ("DATABASE_URL", "REDIS_URL", "MEDIA_ROOT")
# The tables of this test database, so that nothing has to be migrated anew. Ended processes lose nothing they
# gave to the system; not to wait for the disk spares minutes where many share one.
SCRIPT = """
set -e
"$BINARIES/pg_dump" --no-owner --no-privileges "$TABLES" |
    "$BINARIES/psql" -Xq -v ON_ERROR_STOP=1 "$DATABASE_URL"
"$BINARIES/psql" -Xq -v ON_ERROR_STOP=1 -c "ALTER SYSTEM SET fsync = off" -c "SELECT pg_reload_conf()" \
    "$(echo "$DATABASE_URL" | sed s,//crm@,//postgres@,)" > /dev/null
exec "$PYTHON" -m benchmarks.faults --seeds 1 --rows "$ROWS"
"""


@pytest.mark.long
@pytest.mark.timeout(600)
def test_whatever_is_killed_an_import_leaves_all_or_nothing_and_ends(transactional_db: None) -> None:
    """One seed of every kind, three blows each; `python -m benchmarks.faults` has twenty."""
    environment = {
        **{key: value for key, value in os.environ.items() if key not in OURS},
        "BINARIES": str(find_binaries(find_owner()).postgres),
        "TABLES": database_url(),
        "PYTHON": sys.executable,
        "ROWS": str(ROWS),
    }
    done = subprocess.run(
        [sys.executable, "-m", "crm.embedded", "exec", "--fresh", "--", "sh", "-c", SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=570,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert all(found[kind]["broken"] == 0 for kind in ("worker", "connections", "database", "broker"))
    assert found["web_away_s"] < 30
