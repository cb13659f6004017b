"""The staging table itself: made, filled by COPY, shown as the view `stage`."""

import io
import json
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.db import connection

from crm.base import clock
from crm.intake.ahead import ahead
from crm.intake.models import ImportBatch
from crm.intake.resources import Resource

if TYPE_CHECKING:
    from crm.accounts.models import User
    from crm.intake.staging import Stage


def quote(name: str) -> str:
    """Return an identifier for SQL."""
    return connection.ops.quote_name(name)


class Table:
    """The staged rows of one batch and plain SQL over them."""

    def __init__(self, batch: ImportBatch, resource: Resource, actor: "User | None") -> None:
        self.batch = batch
        self.resource = resource
        self.actor = actor
        self.today = clock.today()

    @property
    def whole(self) -> "Stage":
        """Return itself as rosters know it: with checks, writing and undo."""
        return cast("Stage", self)

    # ---- plain SQL
    @property
    def params(self) -> dict[str, Any]:
        """Return what every statement may use."""
        return {
            "batch": self.batch.pk,
            "actor": self.actor.pk if self.actor else None,
            "today": self.today,
            "sheets": [plan["name"][:100] for plan in self.batch.found.get("plans", [])] or [""],
        }

    def sql(self, statement: str, **params: Any) -> int:
        """Run a statement over the view `stage` and return how many rows it touched."""
        with connection.cursor() as cursor:
            cursor.execute(statement, {**self.params, **params})
            return cursor.rowcount

    def rows(self, statement: str, **params: Any) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        with connection.cursor() as cursor:
            cursor.execute(statement, {**self.params, **params})
            return cursor.fetchall()

    # ---- the table
    def create(self, columns: Iterable[tuple[str, str]]) -> None:
        """Make the staging table anew."""
        spoken = [f"{quote(name)} {kind}" for name, kind in columns]
        spoken += [
            "bad_cells boolean",
            "target_id bigint",
            "verdict text",
            "before jsonb",
            "after jsonb",
            *(f"{quote(name)} {kind}" for name, kind in self.resource.work.items()),
        ]
        table = quote(self.batch.stage_table)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
            # fillfactor leaves room for the checks' updates on the same page
            cursor.execute(f"CREATE UNLOGGED TABLE {table} ({', '.join(spoken)}) WITH (fillfactor = 70)")

    def copy(
        self, columns: Iterable[tuple[str, str]], chunks: Iterable[str], told: Callable[[], None]
    ) -> None:
        """COPY cleaned rows into the table, while a thread cleans the next ones."""
        names = ", ".join(quote(name) for name, _kind in columns)
        statement = f"COPY {quote(self.batch.stage_table)} ({names}) FROM STDIN"
        with connection.cursor() as cursor, ahead(chunks) as ready:
            for chunk in ready:
                if chunk:
                    cursor.copy_expert(statement, io.StringIO(chunk), size=1 << 20)
                told()
            cursor.execute(f"UPDATE {quote(self.batch.stage_table)} SET bad_cells = true WHERE failed")
            cursor.execute(f"CREATE INDEX ON {quote(self.batch.stage_table)} (rn)")
            cursor.execute(f"ANALYZE {quote(self.batch.stage_table)}")

    def copy_errors(self, errors: list[tuple[Any, ...]]) -> None:
        """COPY what the cleaning found."""
        from crm.intake.cleaning import escape

        text = "".join(
            f"{self.batch.pk}\t{rn}\t{escape(sheet[:100])}\t{row}\t{column}\t{escape(value)}\t{code}\t"
            f"{escape(json.dumps(params))}\t{'t' if soft else 'f'}\tf\n"
            for rn, sheet, row, column, value, code, params, soft in errors
        )
        with connection.cursor() as cursor:
            cursor.copy_expert(
                'COPY intake_rowerror (batch_id, rn, sheet, "row", "column", value, code, params, soft, '
                "by_check)"
                " FROM STDIN",
                io.StringIO(text),
            )

    def exists(self) -> bool:
        """Say whether the rows are still there."""
        return bool(self.rows("SELECT to_regclass(%(name)s)", name=self.batch.stage_table)[0][0])

    def holds(self, count: int) -> bool:
        """Say whether all rows are still there."""
        return self.exists() and self.rows(f"SELECT count(*) FROM {quote(self.batch.stage_table)}") == [
            (count,)
        ]

    def drop(self) -> None:
        """Forget the rows."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {quote(self.batch.stage_table)} CASCADE")

    def open(self) -> None:
        """Show the table as `stage` in this transaction."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '60s'")
            cursor.execute(
                "SET LOCAL work_mem = '128MB'"
            )  # a hundred thousand rows are sorted without a file
            cursor.execute("SET LOCAL client_min_messages = error")
            cursor.execute("DROP VIEW IF EXISTS pg_temp.touched, pg_temp.stage")
            cursor.execute(f"CREATE TEMP VIEW stage AS SELECT * FROM {quote(self.batch.stage_table)}")
            cursor.execute(
                "CREATE TEMP VIEW touched AS SELECT target_id AS id, verdict AS act FROM stage"
                " WHERE verdict IN ('create', 'update')"
            )

    def close(self) -> None:
        """Put the view away."""
        with connection.cursor() as cursor:
            cursor.execute("DROP VIEW IF EXISTS pg_temp.touched, pg_temp.stage")

    @cached_property
    def columns(self) -> frozenset[str]:
        """Return all columns of the staging table."""
        return frozenset(
            name
            for (name,) in self.rows(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'stage'::regclass AND attnum > 0"
            )
        )

    @cached_property
    def present(self) -> frozenset[str]:
        """Return the roster's columns that the file or a constant fills."""
        return self.columns & frozenset(self.resource.by_name)

    def has(self, *names: str) -> bool:
        """Say whether all these columns are filled by the file."""
        return set(names) <= self.present
