"""Measure the night on a large base: a full one, a quiet one, one with a hundredth of the clients changed.

Run it on a database filled by `manage.py make_data` (the address stands in DATABASE_URL):
`python -m benchmarks.night [--province CODE]`. Prints JSON. Units: seconds, rows, megabytes.
The floor is a bare UPDATE of one indexed column of every client, without triggers, in the same run.
Everything is committed: measure on a base you can throw away.
"""

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from clients.models import Client, RevenueMonth  # noqa: E402
from clients.services import derive_statuses  # noqa: E402
from crm.accounts.choices import UnitType  # noqa: E402
from crm.accounts.models import OrgUnit  # noqa: E402
from crm.base import clock  # noqa: E402
from members.models import MonthlyBill, PersonalCustomer  # noqa: E402
from scoring import services  # noqa: E402
from scoring.models import PointEntry, PointLot, TierRun  # noqa: E402


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


def night(as_of: date, province: OrgUnit) -> dict[str, Any]:
    """Run the steps in the order of the graph and return seconds, rows and memory of each."""
    steps: dict[str, Callable[..., int]] = {
        "expire_points": services.expire_points,
        "post_bills": services.post_settled_bills,
        "derive_status": derive_statuses,
        "size": services.classify_sizes,
        "tier": services.run_tiers,
        "vip": services.grade_vips,
        "prove_ledger": services.prove_ledger,
    }
    found: dict[str, Any] = {}
    for name, step in steps.items():
        scope = province if name in ("derive_status", "size", "tier") else None
        rows, seconds = timed(partial(step, as_of=as_of, province=scope))
        found[name] = {"seconds": seconds, "rows": rows, "rss_mb": memory()}
    found["three_steps_seconds"] = round(
        sum(found[n]["seconds"] for n in ("derive_status", "size", "tier")), 2
    )
    found["all_seconds"] = round(sum(found[n]["seconds"] for n in steps), 2)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--province", default="", help="code of the province; the largest if not given")
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
        "customers": PersonalCustomer.objects.count(),
        "revenue_months": RevenueMonth.objects.count(),
        "bills": MonthlyBill.objects.count(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg(),
        "rss_mb_before": memory(),
    }
    report["first_night"] = night(day, province)
    report["quiet_night"] = night(day + timedelta(days=1), province)
    sql(
        "UPDATE clients_client SET influence_level = (influence_level + 1) % 6, mobile_count = 301"
        " WHERE id % 100 = 0"
    )
    report["night_after_one_percent"] = night(day + timedelta(days=2), province)
    report["floor_update_seconds"] = floor()
    report["lots"] = PointLot.objects.count()
    report["entries"] = PointEntry.objects.count()
    report["load_after"] = os.getloadavg()
    first, bare = report["first_night"], report["floor_update_seconds"]
    report["ratio_first_size_to_floor"] = round(first["size"]["seconds"] / bare, 2)
    report["ratio_first_tier_to_floor"] = round(first["tier"]["seconds"] / bare, 2)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
