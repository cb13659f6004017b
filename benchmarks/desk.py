"""Measure the approval desk: 200,000 visits, 50 heads with 200 logs each to decide, as JSON.

    python -m crm.embedded exec --fresh -- python -m benchmarks.desk [--visits 200000] [--heads 50]

Run it on a database of its own: it makes the people, clients, visits and logs it needs, once. In the end each
head's queue is approved: to measure again on a base that is kept, begin with another head (`--first`).
Units: milliseconds of the whole page as the server renders it; `bulk` approves a head's whole queue at once.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import date, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from django.urls import reverse  # noqa: E402

import crm.wsgi  # noqa: E402, F401 - as the server runs: everything loaded and put out of the collector's way
from benchmarks.figures import spread  # noqa: E402
from clients.models import Client  # noqa: E402
from crm.accounts.choices import Role, UnitType  # noqa: E402
from crm.accounts.models import OrgUnit, RoleAssignment, User  # noqa: E402
from crm.base import clock  # noqa: E402
from visits.models import Visit, VisitLog  # noqa: E402

settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

BACKEND = "crm.accounts.backends.StaffNumberOrRegisteredName"
MANAGERS, QUEUE, BATCH = 10, 200, 5_000
HX = {"HX-Request": "true"}
TEXT = "介绍了云专线与企业邮箱的组合方案,客户愿意下周试用两条线路,要求周三前给出书面报价并安排技术人员到场"
DOUBTS: tuple[list[str], ...] = ([], [], [], ["NO_CHECK_IN"], ["LATE", "THIN_RESULT"])


def make(heads: int, visits: int, today: date) -> None:
    """Make departments, people, clients, visits and logs."""
    root = OrgUnit.objects.add_root({"code": "B", "name": "集团", "type": UnitType.GROUP})
    province = OrgUnit.objects.add_child(root, {"code": "B1", "name": "省公司", "type": UnitType.PROVINCE})
    for number in range(heads):
        fields = {"code": f"B1{number:03d}", "name": f"第{number}分公司", "type": UnitType.PRODUCTION_UNIT}
        unit = OrgUnit.objects.add_child(OrgUnit.objects.get(pk=province.pk), fields)
        names = [f"h{number}", *(f"m{number}-{n}" for n in range(MANAGERS))]
        people = User.objects.bulk_create(
            User(staff_no=name, full_name=f"员工{name}", org_unit=unit) for name in names
        )
        since = today - timedelta(days=900)
        RoleAssignment.objects.bulk_create(
            RoleAssignment(
                user=person, role=Role.AM if place else Role.DEPT_HEAD, unit=unit, valid_from=since
            )
            for place, person in enumerate(people)
        )
        clients = Client.objects.bulk_create(
            Client(
                client_code=f"77{number:04d}{n:06d}", name=f"第{number}公司测速企业{n}",
                institution_type="QY", org_unit=unit, am=people[1 + n % MANAGERS],
            )
            for n in range(MANAGERS * 20)
        )  # fmt: skip
        _visits(clients, people[0], visits // heads, today)


def _visits(clients: list[Client], head: User, count: int, today: date) -> None:
    """Make a department's visits of a year; the newest wait for approval, the others are approved."""
    for start in range(0, count, BATCH):
        numbers = range(start, min(count, start + BATCH))
        days = {n: today - timedelta(days=0 if n < QUEUE else 1 + n % 365) for n in numbers}
        made = Visit.objects.bulk_create(
            Visit(
                client=clients[n % len(clients)], owner=clients[n % len(clients)].am, org_unit=head.org_unit,
                state="DONE" if n < QUEUE else "CLOSED", planned_at=clock.at(days[n], 10),
                visit_on=days[n], place="客户三楼会议室", purposes=["P1", "P2"],
                arrived_at=clock.at(days[n], 10, 5), left_at=clock.at(days[n], 10, 50),
            )
            for n in numbers
        )  # fmt: skip
        VisitLog.objects.bulk_create(
            VisitLog(
                visit=visit, results={"P1": f"{TEXT}({n})", "P2": "一切正常,没有遗留问题"},
                state="SUBMITTED" if n < QUEUE else "APPROVED", submitted_at=clock.at(days[n], 17),
                approval_due_at=clock.next_midnight(days[n]), doubts=DOUBTS[n % 5],
                decided_by=None if n < QUEUE else head,
                decided_at=None if n < QUEUE else clock.at(days[n], 18),
            )
            for n, visit in zip(numbers, made, strict=True)
        )  # fmt: skip


def figures(times: list[float]) -> dict[str, Any]:
    """Return how many there were, and p50, p95 and the slowest in milliseconds."""
    return {"n": len(times), **spread(times)}


class Timed:
    """A head's browser that keeps how long each kind of request took."""

    def __init__(self, head: User, times: dict[str, list[float]]) -> None:
        self.browser, self.times = Browser(), times
        self.browser.force_login(head, backend=BACKEND)

    def take(self, kind: str, url: str, data: dict[str, Any] | None = None, **options: Any) -> Any:
        """Send a request and return its answer."""
        begin = time.perf_counter()
        send = self.browser.get if data is None else self.browser.post
        answer: Any = send(url, data, **options)
        self.times.setdefault(kind, []).append((time.perf_counter() - begin) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"{url} answered {answer.status_code}: {answer.content[:300]!r}")
        return answer


def queue_of(head: User) -> list[tuple[int, int]]:
    """Return number and version of the head's waiting logs, in the order of the desk."""
    waiting = VisitLog.objects.waiting().decidable_by(head).doubtful_first()
    return list(waiting.values_list("pk", "version"))


def measure(heads: list[User], rounds: int) -> dict[str, Any]:
    """Open the desk, an entry, narrow it, approve one, return one, approve the rest at once."""
    times: dict[str, list[float]] = {}
    desk = reverse("visits:desk")
    for head in heads:
        person = Timed(head, times)
        person.browser.get(desk)  # what is cached once is not counted
        for _round in range(rounds):
            (first, version), (second, other), (third, _version) = queue_of(head)[:3]
            person.take("desk", desk)
            person.take("desk_narrowed", f"{desk}?doubt=none")
            person.take("entry", reverse("visits:desk-entry", args=[third]), headers=HX)
            url = reverse("visits:approve", args=[first])
            person.take("approve", url, {"version": version, "after": second}, headers=HX)
            data = {"version": other, "after": third, "reason": "结果太简单"}
            person.take("return", reverse("visits:return", args=[second]), data, headers=HX)
        chosen = queue_of(head)
        person.take("bulk", reverse("visits:approve-many"), {"log": [f"{pk}-{v}" for pk, v in chosen]})
        if left := len(queue_of(head)):
            raise SystemExit(f"{left} logs were not approved")
    return {kind: figures(found) for kind, found in times.items()}


def main() -> None:
    """Make the base, measure, print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=200_000)
    parser.add_argument("--heads", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="of which head on is measured, on a base kept")
    parser.add_argument("--count", type=int, default=0, help="how many heads are measured; all if not given")
    given = parser.parse_args()
    settings.ALLOWED_HOSTS = ["*"]
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], check=True)
    begin = time.perf_counter()
    if not Visit.objects.exists():
        make(given.heads, given.visits, clock.today())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    made = time.perf_counter() - begin
    heads = list(User.objects.filter(assignments__role=Role.DEPT_HEAD).order_by("pk"))
    measured = heads[given.first :][: given.count or None]
    report = {
        "visits": Visit.objects.count(),
        "heads": len(heads),
        "waiting": VisitLog.objects.waiting().count(),
        "seconds_to_make": round(made, 1),
        "load": os.getloadavg()[0],
        "times": measure(measured, given.rounds),
    }
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
