"""Measure the night on a large base, step by step of the declared graph, and print JSON.

Run it on a database filled by `manage.py make_data` (the address stands in DATABASE_URL):
`python -m benchmarks.night [--workers 2] [--province CODE]`. Units: seconds, rows, megabytes.

Four nights, run by two worker processes as the product does: the first of the base (every client gets its
classes), a quiet one, one after a hundredth of the clients changed, and the one after a month closed with
revenue of every client (the full night); then what another version of the value model would move over the
whole base. Beside them the floor: a bare UPDATE of one indexed column of every client, without triggers,
and a bare read of all scores.
Everything is committed: measure on a base you can throw away.
"""

import argparse
import json
import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import date, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from clients.models import Client, RevenueMonth  # noqa: E402
from crm.accounts.choices import UnitType  # noqa: E402
from crm.accounts.models import OrgUnit  # noqa: E402
from crm.base import clock  # noqa: E402
from crm.jobs import services as jobs  # noqa: E402
from crm.jobs.models import JobRun  # noqa: E402
from members.models import Member, MonthlyBill, PersonalCustomer  # noqa: E402
from scoring import services  # noqa: E402
from scoring.models import PointEntry, PointLot, TierModelVersion, TierRun, WhatIf  # noqa: E402


def sql(statement: str) -> None:
    """Run one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """Run an act and return its result and seconds."""
    began = time.monotonic()
    result = act()
    return result, round(time.monotonic() - began, 2)


def memory() -> int:
    """Return the largest resident size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def floor() -> float:
    """Return the seconds of a bare UPDATE of every client: one indexed column, no triggers, rolled back."""
    with transaction.atomic():
        sql("ALTER TABLE clients_client DISABLE TRIGGER USER")
        _none, seconds = timed(
            lambda: sql(
                "UPDATE clients_client SET size_class = CASE size_class WHEN 'A' THEN 'B' ELSE 'A' END"
            )
        )
        transaction.set_rollback(True)
    return seconds


def _run(pk: int) -> tuple[str, int]:
    """Run one step in a worker process; return how it ended and the largest size of the process so far."""
    outcome = jobs.run_step(pk)
    return (outcome.state if outcome else "", memory())


def night(as_of: date, workers: ProcessPoolExecutor) -> dict[str, Any]:
    """Run a night as the product does, two steps at a time; return seconds, rows and memory.

    Steps begin when what they need is done; `seconds` is from first to last by the wall clock.
    """
    business_date = as_of - timedelta(days=1)
    jobs.plan_night(business_date)
    began, memory_mb = time.monotonic(), 0
    flying: dict[Future[tuple[str, int]], int] = {}
    while True:
        for pk in jobs.claim([business_date], now=clock.now()):
            flying[workers.submit(_run, pk)] = pk
        if not flying:
            break
        done, _rest = wait(flying, return_when=FIRST_COMPLETED)
        for future in done:
            state, size = future.result()
            memory_mb = max(memory_mb, size)
            run = JobRun.objects.get(pk=flying.pop(future))
            print(
                f"  {as_of} {run.step}: {run.milliseconds} ms, {run.rows} rows {run.error}", file=sys.stderr
            )
            if state not in (JobRun.State.DONE, ""):  # empty: another worker had it already
                raise SystemExit(f"{run.step} {state}: {run.error}")
    seconds = round(time.monotonic() - began, 2)
    found = JobRun.objects.filter(business_date=business_date)
    return {
        "seconds": seconds,
        "rows": sum(run.rows for run in found),
        "worker_rss_mb": memory_mb,
        "steps": {
            run.step: {"seconds": round(run.milliseconds / 1000, 2), "rows": run.rows}
            for run in found.order_by("-milliseconds")
        },
    }


NEW_MONTH = """
INSERT INTO clients_revenuemonth (client_id, month, revenue_fen)
SELECT id, %s, 100000 + (id * 7919) %% 4000000 FROM clients_client WHERE closed_at IS NULL
ON CONFLICT (client_id, month) DO UPDATE SET revenue_fen = EXCLUDED.revenue_fen
"""


WHATIF_FLOOR = """
CREATE TEMPORARY TABLE whatif_floor ON COMMIT DROP AS
SELECT f.client_id, f.total, c.value_tier, c.org_unit_id FROM clients_client c
JOIN scoring_clientfacts f ON f.client_id = c.id
"""


def what_if(province: OrgUnit) -> dict[str, Any]:
    """Return the seconds of one question over the whole base, beside one bare read of the same rows."""
    numbers = TierModelVersion.objects.filter(state="PUBLISHED").latest("pk").numbers
    weights = {**numbers["weights"], "cv1": 10, "pv1": 20, "pv2": 20}
    version = TierModelVersion.objects.create(
        name=f"B{time.time_ns() % 10**9}", numbers={**numbers, "weights": weights}, province=province
    )
    asked = WhatIf.objects.create(version=version, numbers=version.numbers, province=province)
    with transaction.atomic():
        _none, bare = timed(lambda: sql(WHATIF_FLOOR))
        transaction.set_rollback(True)
    answer, seconds = timed(lambda: services.answer_whatif(whatif_id=asked.pk))
    return {
        "seconds": seconds, "floor_seconds": bare, "ratio": round(seconds / bare, 2) if bare else None,
        "universe": answer.universe, "moved": answer.moved, "rss_mb": memory(),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--province", default="", help="code of the province; the first if not given")
    parser.add_argument("--workers", type=int, default=2, help="worker processes, as the product runs them")
    options = parser.parse_args()
    provinces = OrgUnit.objects.filter(type=UnitType.PROVINCE)
    province = provinces.get(code=options.province) if options.province else provinces.first()
    if province is None:
        raise SystemExit("There is no province in this database. Fill it with manage.py make_data first.")
    last = TierRun.objects.order_by("-business_date").values_list("business_date", flat=True).first()
    day = max(clock.today(), last + timedelta(days=2) if last else clock.today())
    if day.day > 24:  # all but the last night are of one month
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=2)
    sql("ANALYZE")
    report: dict[str, Any] = {
        "clients": Client.objects.count(),
        "members": Member.objects.count(),
        "customers": PersonalCustomer.objects.count(),
        "revenue_months": RevenueMonth.objects.count(),
        "bills": MonthlyBill.objects.count(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg(),
        "rss_mb_before": memory(),
    }
    with ProcessPoolExecutor(options.workers, multiprocessing.get_context("spawn")) as workers:
        report["first_night"] = night(day, workers)
        report["quiet_night"] = night(day + timedelta(days=1), workers)
        sql(
            "UPDATE clients_client SET influence_level = (influence_level + 1) % 6, mobile_count = 301"
            " WHERE id % 100 = 0"
        )
        report["night_after_one_percent"] = night(day + timedelta(days=2), workers)
        # A month closes: every client has revenue of it, every score moves.
        with connection.cursor() as cursor:
            cursor.execute(NEW_MONTH, [day.replace(day=1)])
        turn = (day.replace(day=1) + timedelta(days=32)).replace(day=2)
        report["full_night"] = night(turn, workers)
    report["what_if"] = what_if(province)
    report["floor_update_seconds"] = floor()
    report["lots"] = PointLot.objects.count()
    report["entries"] = PointEntry.objects.count()
    report["load_after"] = os.getloadavg()
    report["ratio_first_to_floor"] = {
        name: round(report["first_night"]["steps"][name]["seconds"] / report["floor_update_seconds"], 2)
        for name in ("derive_status", "size", "tier", "completeness")
        if name in report["first_night"]["steps"]
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
