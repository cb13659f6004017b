"""Measure lists, filters, searches and cards on a large base: p50 and p95 per kind, as JSON.

Run it on a database filled by `manage.py make_data` (the address stands in DATABASE_URL):
`python -m benchmarks.lists [--rounds 20]`. Units: milliseconds of the whole page, rendered by the server.
"""

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
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
from crm.accounts.choices import Role  # noqa: E402
from crm.accounts.models import RoleAssignment, User  # noqa: E402

# Pages need no collected static files to be measured.
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

BACKEND = "crm.accounts.backends.StaffNumberOrRegisteredName"
FREQUENT = ("公司", "有限", "科技", "贸易")


def people() -> Iterator[tuple[str, User]]:
    """Yield one person of each role that lists clients."""
    for role in (Role.PROV_ADMIN, Role.DEPT_HEAD, Role.AM):
        held = RoleAssignment.objects.filter(role=role, user__status="ACTIVE").order_by("pk").first()
        if held:
            yield role.value, held.user


def kinds(user: User, rng: random.Random) -> dict[str, Callable[[], str]]:
    """Return the addresses to measure; each call gives another."""
    visible = Client.objects.visible_to(user)
    sample = list(
        visible.order_by("client_code").values_list("pk", "name", "name_pinyin", "client_code")[:2000]
    )
    sample += list(
        visible.order_by("-updated_at").values_list("pk", "name", "name_pinyin", "client_code")[:500]
    )

    def rare() -> str:
        name = rng.choice(sample)[1]
        start = rng.randrange(max(1, len(name) - 1))
        return name[start : start + 2]

    def search(text: str) -> str:
        return f"/clients/?q={text}"

    return {
        "list": lambda: "/clients/",
        "list_by_name": lambda: "/clients/?sort=name",
        "list_by_update": lambda: "/clients/?sort=updated",
        "list_by_mobiles": lambda: "/clients/?sort=mobiles",
        "filter_status": lambda: f"/clients/?status={rng.choice(['SILENT', 'ACTIVE', 'CHURNED'])}",
        "filter_two_axes": lambda: f"/clients/?tier=A1&tier=A2&size_class={rng.choice('ABC')}",
        "filter_rare": lambda: "/clients/?status=CHURNED&tier=A1&size_class=A&completeness=COMPLETE",
        "search_frequent": lambda: search(rng.choice(FREQUENT)),
        "search_two_characters": lambda: search(rare()),
        "search_name": lambda: search(rng.choice(sample)[1][:6]),
        "search_pinyin": lambda: search(rng.choice(sample)[2][:7]),
        "search_initials": lambda: search("".join(rng.choice("hzxkjy") for _ in range(3))),
        "search_code": lambda: search(rng.choice(sample)[3][:10]),
        "search_none": lambda: search("龘靐"),
        "card": lambda: reverse("clients:card", args=[rng.choice(sample)[0]]),
    }


def measure(browser: Browser, address: Callable[[], str], rounds: int) -> dict[str, Any]:
    """Fetch pages, one more to warm up; return their times and how much of them was the database."""
    times, inside = [], []
    slowest = ("", 0.0)
    for turn in range(rounds + 1):
        url = address()
        asked: list[float] = []

        def clocked(execute: Any, *given: Any, asked: list[float] = asked) -> Any:
            since = time.perf_counter()
            try:
                return execute(*given)
            finally:
                asked.append((time.perf_counter() - since) * 1000)

        begin = time.perf_counter()
        with connection.execute_wrapper(clocked):
            response = browser.get(url)
        elapsed = (time.perf_counter() - begin) * 1000
        if response.status_code != 200:
            raise SystemExit(f"{url} answered {response.status_code}")
        if turn:
            times.append(elapsed)
            inside.append(sum(asked))
            slowest = max(slowest, (url, elapsed), key=lambda pair: pair[1])
    return {
        **spread(times),
        "database": round(statistics.median(inside), 1),
        "slowest": {"url": slowest[0], "ms": round(slowest[1], 1)},
    }


def main() -> None:
    """Measure every kind for every role and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20261120)
    arguments = parser.parse_args()
    settings.ALLOWED_HOSTS = ["*"]
    report: dict[str, Any] = {"rounds": arguments.rounds, "clients": Client.objects.count(), "roles": {}}
    for role, user in people():
        browser = Browser()
        browser.force_login(user, backend=BACKEND)
        rng = random.Random(arguments.seed)
        report["roles"][role] = {
            name: measure(browser, address, arguments.rounds) for name, address in kinds(user, rng).items()
        }
    print(json.dumps(report, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
