"""History that costs the same for each row, however many rows a statement changes."""

import pytest
from django.db import connection, transaction

from clients.models import Client
from tests.factories import make_client, make_org

pytestmark = pytest.mark.django_db


def test_every_update_trigger_joins_by_hash() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgrelid::regclass::text, coalesce(p.proconfig, '{}') FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgoldtable = 'old_values' AND t.tgnewtable = 'new_values'"
        )
        found = dict(cursor.fetchall())
    assert {"clients_client", "visits_visit"} <= set(found)
    assert {table for table, given in found.items() if "enable_nestloop=off" not in given} == set()


def test_a_statement_over_many_rows_after_one_over_none_is_planned_for_many() -> None:
    """The plan of the first call is kept: made for no row it took minutes for a hundred thousand."""
    made = make_client(make_org()["unit"])
    columns = [
        field.column
        for field in Client._meta.concrete_fields
        if not field.primary_key and not field.generated and field.column not in ("client_code", "uscc")
    ]
    listed = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE clients_client SET remark = 'x' WHERE false")
        cursor.execute(
            f"INSERT INTO clients_client (client_code, uscc, {listed})"
            f" SELECT 'Z' || n, '', {listed} FROM clients_client, generate_series(1, 6000) n WHERE id = %s",
            [made.pk],
        )
        with transaction.atomic():
            cursor.execute("SET LOCAL statement_timeout = '8s'")
            cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) UPDATE clients_client SET remark = remark || '改'")
            ((plan,),) = cursor.fetchall()
    taken = {trigger["Trigger Name"]: trigger["Time"] for trigger in plan[0]["Triggers"]}
    (history,) = [time for name, time in taken.items() if name.startswith("pgtrigger_update")]
    assert history < plan[0]["Plan"]["Actual Total Time"] * 3  # milliseconds: no more than the rows' own cost
