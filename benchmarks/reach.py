"""Measure closing the reach of a month: `python benchmarks/reach.py [clients]`; prints JSON.

The rows are made and taken back inside one transaction; nothing stays.
"""

import json
import os
import sys
import time
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from clients.models import Client  # noqa: E402
from crm.accounts.choices import UnitType  # noqa: E402
from crm.accounts.models import OrgUnit  # noqa: E402
from scoring.models import ReachMonth, ReachRow, ReachTotal  # noqa: E402
from scoring.services import close_reach  # noqa: E402

STATES = "(ARRAY['ACTIVE','SILENT','ONLINE','POTENTIAL','CHURNED'])[1 + n %% 5]"
OWN = {
    "client_code": "'B' || lpad(n::text, 11, '0')",
    "status": STATES,
    "members_active": "n %% 3",
    "uscc": "''",
    "licence_no": "''",
    "filing": "'FILED'",
    "created_at": "'2020-01-01'::timestamptz",
}


def fill(count: int) -> None:
    """Make clients like the first one, in turn in every state, half of them with revenue."""
    columns = [str(f.column) for f in Client._meta.concrete_fields if not f.generated and not f.primary_key]
    values = ", ".join(OWN.get(name, name) for name in columns)
    one = Client.objects.filter(institution_type="QY").order_by("pk").values_list("pk", flat=True)[0]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO clients_client ({', '.join(columns)}) SELECT {values}"
            " FROM clients_client, generate_series(1, %s) n WHERE id = %s",
            [count, one],
        )
        cursor.execute(
            "INSERT INTO clients_revenuemonth (client_id, month, revenue_fen) SELECT id, '2030-01-01', 100"
            " FROM clients_client WHERE client_code LIKE 'B%%' AND id %% 2 = %s",
            [0],
        )
        cursor.execute("ANALYZE clients_client, clients_revenuemonth")


def main() -> None:
    """Fill, close, print, roll back."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with transaction.atomic():
        province = OrgUnit.objects.filter(type=UnitType.PROVINCE).first()
        if province is None:
            sys.exit("load the demonstration first")
        fill(count)
        started = time.perf_counter()
        rows = close_reach(as_of=date(2030, 2, 1), province=province)
        seconds = time.perf_counter() - started
        counted = ReachTotal.objects.filter(month="2030-01-01").count(), ReachRow.objects.count()
        assert ReachMonth.objects.filter(month="2030-01-01").exists()
        print(
            json.dumps(
                {
                    "clients": rows,
                    "seconds": round(seconds, 2),
                    "per_million_s": round(seconds * 1e6 / max(rows, 1), 1),
                    "units_and_rows": counted,
                }
            )
        )
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
