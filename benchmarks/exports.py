"""Measure exports: rows, seconds, rows a second and memory for XLSX and CSV, and the member roster as CSV.

    python benchmarks/exports.py --rows 50000

Prints one JSON object. Run it on a database of its own: it files and removes the rows it makes.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")

import django

django.setup()

from django.http import QueryDict  # noqa: E402

from clients.models import Client  # noqa: E402
from crm.accounts.models import OrgUnit, User  # noqa: E402
from crm.exports.exportables import exportable_of  # noqa: E402
from crm.exports.writing import CsvWriter, XlsxWriter, write  # noqa: E402

MARK = "BENCH-EXPORT"


def memory() -> int:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def make(count: int, unit: OrgUnit) -> None:
    """File clients to be exported."""
    for start in range(0, count, 10_000):
        Client.objects.bulk_create(
            Client(
                client_code=f"99{number:010d}",
                name=f"导出测速企业{number}",
                institution_type="QY",
                org_unit=unit,
                remark=MARK,
                employee_total=number % 900,
                address=f"测速路{number}号",
            )
            for number in range(start, min(count, start + 10_000))
        )


def measure(kind: str, actor: User) -> dict[str, Any]:
    """Write the list of clients once."""
    found = exportable_of("clients")
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / f"out.{kind}"
        rows = found.rows(actor, QueryDict("")).filter(remark=MARK)
        headers = [str(column.label) for column in found.fields]
        before, began = memory(), time.perf_counter()
        writer = (XlsxWriter if kind == "xlsx" else CsvWriter)(target, str(found.label), headers)
        count = write(
            rows.values_list(*(column.source for column in found.fields)).iterator(chunk_size=2_000),
            writer=writer,
            shapes=[column.writer(plain=False) for column in found.fields],
            told=lambda _count: None,
        )
        seconds = time.perf_counter() - began
        return {
            "rows": count,
            "columns": len(headers),
            "seconds": round(seconds, 1),
            "rows_per_second": round(count / seconds),
            "file_mb": round(target.stat().st_size / 1e6, 1),
            "memory_mb": memory(),
            "memory_grown_mb": memory() - before,
        }


def main() -> None:
    """Make the rows, measure, remove them."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=50_000)
    rows = arguments.parse_args().rows
    actor = next(user for user in User.objects.active().order_by("pk") if user.can("clients.view"))
    unit = OrgUnit.objects.visible_to(actor).exclude(type="GROUP")[0]
    make(rows, unit)
    try:
        print(json.dumps({kind: measure(kind, actor) for kind in ("csv", "xlsx")}))
    finally:
        Client.objects.filter(remark=MARK).delete()


if __name__ == "__main__":
    main()
