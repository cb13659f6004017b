"""Import a roster through the API of a running server, while people open pages beside it.

    python -m crm.embedded exec --fresh -- python -m benchmarks.live --rows 100000

Web, worker, database and broker are real. A client system uploads the workbook, polls, commits and polls;
the same workbook comes again with every file changed. Meanwhile three people open the list of clients, a
search, a client and their day, one page after another. Prints one JSON object: seconds of every step, counts,
and the times of pages by what the import was doing. With `--file` it takes that workbook instead.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
import urllib.request
import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.test import Client as Browser  # noqa: E402

from benchmarks.figures import spread  # noqa: E402
from benchmarks.intake import client_rows, write_xlsx  # noqa: E402
from benchmarks.standing import Web, Worker  # noqa: E402
from clients.models import Client  # noqa: E402
from crm.accounts.choices import Role  # noqa: E402
from crm.accounts.models import OrgUnit, RoleAssignment, User  # noqa: E402
from crm.accounts.services import create_system  # noqa: E402
from crm.embedded import processes  # noqa: E402

PEOPLE = 3
ENDED = {"MAPPING", "VALIDATED", "APPLIED", "FAILED", "CANCELLED"}
Seen = tuple[str, float, int, str]


class Caller:
    """A client system."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = f"{address}/api/v1/imports", token

    def ask(self, path: str = "", body: bytes | None = None, kind: str = "application/json") -> Any:
        """Send a request and return the answer."""
        headers = {"Authorization": f"Token {self.token}", "Content-Type": kind}
        request = urllib.request.Request(self.address + path, data=body, headers=headers)  # noqa: S310 (ours)
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)

    def upload(self, path: Path) -> int:
        """Send a workbook; return the number of its import."""
        line = uuid.uuid4().hex
        body = (
            f'--{line}\r\nContent-Disposition: form-data; name="roster"\r\n\r\nclients\r\n'
            f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
        ).encode()
        body += path.read_bytes() + f"\r\n--{line}--\r\n".encode()
        return int(self.ask(body=body, kind=f"multipart/form-data; boundary={line}")["id"])

    def wait(self, number: int) -> dict[str, Any]:
        """Poll until the worker has done what it was asked for."""
        while True:
            found: dict[str, Any] = self.ask(f"/{number}")
            if found["status"] in ENDED:
                return found
            time.sleep(0.1)


def read_pages(address: str, session: str, pages: Sequence[str], phase: Any, pipe: Any) -> None:
    """Open pages one after another until the phase is empty; send back what became of each."""
    seen: list[Seen] = []
    turn = 0
    while now := phase.value.decode():
        page = pages[turn % len(pages)]
        request = urllib.request.Request(  # noqa: S310 (ours)
            address + page,
            headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"},
        )
        turn += 1
        began = time.perf_counter()
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                answer.read()
                status = answer.status
        except OSError as error:
            status = getattr(error, "code", 0)
        seen.append((now, time.perf_counter() - began, status, page))
        time.sleep(0.2)
    pipe.send(seen)


def times(seen: Sequence[Seen], phase: str) -> dict[str, Any]:
    """Return how pages did in one phase."""
    here = [one for one in seen if one[0] == phase]
    if not here:
        return {"pages": 0}
    return {
        "pages": len(here),
        **spread((one[1] for one in here), "s", digits=3),
        "slowest": max(here, key=lambda one: one[1])[3],
        "not_200": sum(one[2] != 200 for one in here),
    }


def people() -> tuple[str, str]:
    """Make a province with an administrator and a client system; return a session and a token."""
    unit = OrgUnit.objects.first() or OrgUnit.objects.add_root(
        {"code": "BENCH", "name": "基准公司", "type": "PROVINCE", "region_code": "33"}
    )
    user = User.objects.create(staff_no=f"bench{uuid.uuid4().hex[:6]}", full_name="基准", org_unit=unit)
    RoleAssignment.objects.create(user=user, role=Role.PROV_ADMIN, unit=unit, valid_from=date(2020, 1, 1))
    browser = Browser()
    browser.force_login(user, backend="crm.accounts.backends.StaffNumberOrRegisteredName")
    name = f"bench {uuid.uuid4().hex[:6]}"
    _system, token = create_system(actor=None, name=name, unit=unit, scopes=["read", "write", "feeds"])
    return browser.cookies[settings.SESSION_COOKIE_NAME].value, token


def passed(caller: Caller, path: Path, phase: Any, name: str) -> dict[str, Any]:
    """Send one workbook all the way; return the seconds of its steps and its counts."""
    marks = [time.perf_counter()]
    phase.value = f"{name} preview".encode()
    number = caller.upload(path)
    marks.append(time.perf_counter())
    found = caller.wait(number)
    if found["status"] != "VALIDATED":
        raise SystemExit(json.dumps(found, ensure_ascii=False))
    marks.append(time.perf_counter())
    phase.value = f"{name} commit".encode()
    caller.ask(f"/{number}:commit", b"{}")
    found = caller.wait(number)
    marks.append(time.perf_counter())
    phase.value = b"idle"
    names = ("upload_s", "preview_s", "commit_s")
    spent = {key: round(marks[n + 1] - marks[n], 2) for n, key in enumerate(names)}
    counts = {key: found[key] for key in ("status", "read", "created", "updated", "unchanged", "rejected")}
    return {**spent, **counts}


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=20_000)
    asked.add_argument("--file", type=Path)
    given = asked.parse_args()
    if "accounts_orgunit" not in connection.introspection.table_names():
        call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    session, token = people()
    web, worker = Web(), Worker()
    found: dict[str, Any] = {}
    try:
        worker.start()
        web.open()
        pages = ["/clients/", "/clients/?q=%E5%85%AC%E5%8F%B8", "/"]
        if first := Client.objects.order_by("-pk").first():
            pages.append(f"/clients/{first.pk}/")
        connections.close_all()
        fork = multiprocessing.get_context("fork")
        phase: Any = fork.Array("c", 40)
        phase.value = b"idle"
        readers = []
        for _person in range(PEOPLE):
            mine, theirs = fork.Pipe(duplex=False)
            reader = fork.Process(
                target=read_pages, args=(web.address, session, pages, phase, theirs), daemon=True
            )
            reader.start()
            readers.append((reader, mine))
        time.sleep(5)
        caller = Caller(web.address, token)
        with TemporaryDirectory() as place:
            path = given.file or Path(place) / "clients.xlsx"
            rows = [] if given.file else client_rows(given.rows)
            if rows:
                write_xlsx(path, rows)
            found["first"] = passed(caller, path, phase, "first")
            for row in rows:
                row[-1] = "改"
            if rows:
                write_xlsx(path, rows)
            found["again"] = passed(caller, path, phase, "again")
        time.sleep(5)
        phase.value = b""
        seen: list[Seen] = []
        for reader, mine in readers:
            seen += mine.recv()
            reader.join()
        for when in ("idle", "first preview", "first commit", "again preview", "again commit"):
            found[f"pages while {when}"] = times(seen, when)
    except SystemExit:
        print(processes.last_lines(worker.log, 40), file=sys.stderr)
        raise
    finally:
        web.close()
        worker.close()
    print(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main()
