"""Measure everything on one fresh base: `make bench`, or `python -m benchmarks --clients 10000`.

Prints one JSON object: how the base was made, then what each script prints. Progress goes to standard error.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments: str) -> Any:
    """Run a Python program of the project and return what it printed, as JSON where it is."""
    print("$", *arguments, file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    try:
        return json.loads(done.stdout)
    except ValueError:
        return done.stdout.strip()


def main() -> None:
    """Make the base and measure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--clients", type=int, default=1_000_000)
    asked.add_argument("--members", type=int, default=0, help="twice the clients if not given")
    asked.add_argument("--customers", type=int, default=0, help="of the ledger; the members if not given")
    asked.add_argument("--rows", type=int, default=20_000, help="rows of the imported roster")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    members = given.members or 2 * given.clients

    run("manage.py", "migrate", "--verbosity=0")
    sizes = [f"--clients={given.clients}", f"--members={members}", f"--seed={given.seed}"]
    report = {
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "base": run("manage.py", "make_data", *sizes, "--yes"),
        "lists": run("-m", "benchmarks.lists"),
        "night": run("-m", "benchmarks.night"),
        "storm": run("-m", "benchmarks.storm"),
        "ledger": run("-m", "benchmarks.ledger", f"--customers={given.customers or members}"),
        "intake": run("benchmarks/intake.py", f"--rows={given.rows}"),
    }
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
