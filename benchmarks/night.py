"""Measure the night on a large base, step by step of the declared graph, and print JSON.

Run it on a database filled by `manage.py make_data` (the address stands in DATABASE_URL):
`python -m benchmarks.night [--province CODE] [--only STEP …]`. Units: seconds, rows, megabytes.

Three nights: the first of the base (every client gets its classes), a quiet one, one after a hundredth of the
clients changed; then what another version of the value model would move over the whole base. Beside them the
floor: a bare UPDATE of one indexed column of every client, without triggers, and a bare read of all scores.
Everything is committed: measure on a base you can throw away.
"""

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from clients.models import Client, RevenueMonth  # noqa: E402
from crm.accounts.choices import UnitType  # noqa: E402
from crm.accounts.models import OrgUnit  # noqa: E402
from crm.base import clock  # noqa: E402
from crm.jobs import graph  # noqa: E402
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


def night(as_of: date, province: OrgUnit, only: Sequence[str]) -> dict[str, Any]:
    """Run the steps in the order of the graph and return seconds, rows and memory of each."""
    steps: dict[str, Any] = {}
    for step in graph.ordered(graph.NIGHT):
        if only and step.name not in only:
            continue
        function = import_string(step.function)
        scope = province if step.per_province else None

        def work(function: Any = function, scope: OrgUnit | None = scope) -> Any:
            with transaction.atomic():
                return function(as_of=as_of, province=scope)

        rows, seconds = timed(work)
        steps[step.name] = {"seconds": seconds, "rows": rows, "rss_mb": memory()}
        print(f"  {as_of} {step.name}: {seconds} s, {rows} rows", file=sys.stderr, flush=True)
    return {
        "steps": steps,
        "seconds": round(sum(found["seconds"] for found in steps.values()), 2),
        "rows": sum(found["rows"] for found in steps.values()),
    }


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
    parser.add_argument("--only", nargs="*", default=[], help="names of steps; all if not given")
    options = parser.parse_args()
    provinces = OrgUnit.objects.filter(type=UnitType.PROVINCE)
    province = provinces.get(code=options.province) if options.province else provinces.first()
    if province is None:
        raise SystemExit("There is no province in this database. Fill it with manage.py make_data first.")
    last = TierRun.objects.order_by("-business_date").values_list("business_date", flat=True).first()
    day = max(clock.today(), last + timedelta(days=2) if last else clock.today())
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
    report["first_night"] = night(day, province, options.only)
    report["quiet_night"] = night(day + timedelta(days=1), province, options.only)
    sql(
        "UPDATE clients_client SET influence_level = (influence_level + 1) % 6, mobile_count = 301"
        " WHERE id % 100 = 0"
    )
    report["night_after_one_percent"] = night(day + timedelta(days=2), province, options.only)
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
