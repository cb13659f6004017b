"""The rows of one batch in a table of their own: checks, diff and writing, all set-based.

Inside a transaction the table is seen through the temporary view `stage`, so that every roster's SQL is
plain text:

    rn, sheet, row   place in the file          failed       has an error that costs the row
    target_id        the record on file         verdict      create, update, unchanged, reject
    before, after    what an update changes     …            the roster's own columns
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from crm.base import clock
from crm.intake.choices import Mode, Verdict
from crm.intake.models import ImportBatch
from crm.intake.resources import Resource, Write

if TYPE_CHECKING:
    from django.db.models.sql import Query

    from crm.accounts.models import User


def quote(name: str) -> str:
    """Return an identifier for SQL."""
    return connection.ops.quote_name(name)


class Stage:
    """The staged rows of one batch, as its roster sees them."""

    def __init__(self, batch: ImportBatch, resource: Resource, actor: "User | None") -> None:
        self.batch = batch
        self.resource = resource
        self.actor = actor
        self.today = clock.today()

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
        """COPY cleaned rows into the table."""
        names = ", ".join(quote(name) for name, _kind in columns)
        with connection.cursor() as cursor:
            for chunk in chunks:
                cursor.copy_expert(
                    f"COPY {quote(self.batch.stage_table)} ({names}) FROM STDIN", io.StringIO(chunk)
                )
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

    def drop(self) -> None:
        """Forget the rows."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {quote(self.batch.stage_table)} CASCADE")

    def open(self) -> None:
        """Show the table as `stage` in this transaction."""
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '60s'")
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
    def present(self) -> frozenset[str]:
        """Return the roster's columns that the file or a constant fills."""
        names = {
            name
            for (name,) in self.rows("SELECT attname FROM pg_attribute WHERE attrelid = 'stage'::regclass")
        }
        return frozenset(names & set(self.resource.by_name))

    def has(self, *names: str) -> bool:
        """Say whether all these columns are filled by the file."""
        return set(names) <= self.present

    # ---- checks
    def flag(
        self,
        code: str,
        where: str,
        *,
        column: str = "",
        value: str | None = None,
        details: str = "'{}'::jsonb",
        joins: str = "",
        soft: bool = False,
        **params: Any,
    ) -> int:
        """Note an error on every row that meets a condition over `s`, and return on how many.

        A row that has failed already is not looked at again, so that one cause gives one error.
        """
        shown = value or (f"s.{quote(column)}::text" if column in self.present else "''")
        found = f"""
            INSERT INTO intake_rowerror
                (batch_id, rn, sheet, "row", "column", value, code, params, soft, by_check)
            SELECT %(batch)s, s.rn, (%(sheets)s::text[])[s.sheet + 1], s."row", %(flag_column)s,
                   left(coalesce({shown}, ''), 200), %(flag_code)s, {details}, %(flag_soft)s, true
            FROM stage s {joins} WHERE NOT s.failed AND ({where})
            RETURNING rn
        """
        given = {**params, "flag_column": column, "flag_code": code, "flag_soft": soft}
        if soft:
            return self.sql(found, **given)
        return self.sql(
            f"WITH found AS ({found}) UPDATE stage SET failed = true WHERE rn IN (SELECT rn FROM found)",
            **given,
        )

    def inline(self, query: "Query") -> str:
        """Return a queryset's SQL with its values written in, to stand inside a condition of `flag`."""
        statement, given = query.sql_with_params()
        with connection.cursor() as cursor:
            written: bytes = cursor.mogrify(statement, given)
        return written.decode().replace("%", "%%")

    def duplicates(self, key: str) -> None:
        """Reject rows whose key an earlier good row of the file already has, naming that row."""
        whole = ", ".join(f"s.{quote(name)}" for name in sorted(self.present))
        numbered = f"""
            JOIN (
                SELECT rn, first_value(rn) OVER same AS first_rn, row_number() OVER same AS nth
                FROM (SELECT rn, {key} AS key FROM stage s WHERE NOT s.failed) keyed
                WHERE key IS NOT NULL WINDOW same AS (PARTITION BY key ORDER BY rn)
            ) k ON k.rn = s.rn AND k.nth > 1
            JOIN stage f ON f.rn = k.first_rn
        """
        same = f"ROW({whole}) IS NOT DISTINCT FROM ROW({whole.replace('s.', 'f.')})"
        details = (
            """jsonb_build_object('first_row', f."row", 'first_sheet', (%(sheets)s::text[])[f.sheet + 1])"""
        )
        self.flag("DUPLICATE_ROW", same, joins=numbered, details=details)
        self.flag("DUPLICATE_KEY", "true", joins=numbered, details=details)

    def keep_only(self, column: str, queryset: QuerySet[Any], name: str) -> None:
        """Make the temporary table `name(id)`: the ids of a work column that a queryset holds."""
        narrowed = queryset.filter(pk__in=RawSQL(f"SELECT s.{quote(column)} FROM stage s", [])).order_by()  # noqa: S611
        statement, given = narrowed.values("pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{quote(name)}")
            cursor.execute(
                f"CREATE TEMP TABLE {quote(name)} ON COMMIT DROP AS SELECT DISTINCT id FROM ({statement}) "
                "found(id)",
                given,
            )
            cursor.execute(f"ANALYZE {quote(name)}")

    def check(self, *, lock: bool = False) -> None:
        """Look everything up, flag what cannot stand, and give every row its verdict.

        Steps: 1. forget earlier checks; 2. the roster's own look-ups and guards; 3. with `lock`, hold the
        records
        that may change; 4. diff and verdicts. Run again it gives the same answer for the same data on file.
        """
        work = "".join(f", {quote(name)} = NULL" for name in self.resource.work)
        self.sql("DELETE FROM intake_rowerror WHERE batch_id = %(batch)s AND by_check")
        if self.rows("SELECT 1 FROM stage WHERE verdict IS NOT NULL LIMIT 1"):
            self.sql(
                "UPDATE stage SET failed = coalesce(bad_cells, false), target_id = NULL, verdict = NULL,"
                f" before = NULL, after = NULL{work}"
            )
        self.resource.resolve(self)
        if lock:
            self._lock_targets()
        self._diff()

    def _lock_targets(self) -> None:
        """Lock the records that may change, in one order, so that two imports never wait in a ring."""
        table = quote(self.resource.model._meta.db_table)
        self.sql(
            f"SELECT t.id FROM {table} t WHERE t.id IN (SELECT target_id FROM stage WHERE NOT failed)"
            " ORDER BY t.id FOR NO KEY UPDATE"
        )

    def _updates(self) -> list[tuple[Write, str, str]]:
        """Return (write, quoted column, condition that it changes) of what an update may change."""
        found = []
        for write in self.resource.writes(self):
            if write.update is None:
                continue
            column = quote(write.column)
            changes = f"{write.update} IS NOT NULL AND t.{column} IS DISTINCT FROM {write.update}"
            if self.batch.mode == Mode.FILL:
                field = self.resource.model._meta.get_field(write.column.removesuffix("_id"))
                empty = f"t.{column} IS NULL" + (
                    f" OR t.{column} = ''" if isinstance(field, models.CharField) else ""
                )
                changes = f"({changes}) AND ({empty})"
            found.append((write, column, changes))
        return found

    def _diff(self) -> None:
        """Write verdict, before and after of every row."""
        table = quote(self.resource.model._meta.db_table)
        updates = self._updates() if self.batch.mode != Mode.SKIP else []
        self.sql(
            "UPDATE stage SET verdict = CASE WHEN failed THEN 'reject' WHEN target_id IS NULL THEN 'create'"
            " ELSE 'unchanged' END"
        )
        if not updates:
            return
        values = ", ".join(
            f"('{write.column}', to_jsonb(t.{column}), to_jsonb({write.update}), {changes})"
            for write, column, changes in updates
        )
        self.sql(
            f"""
            UPDATE stage u SET verdict = 'update', before = d.before, after = d.after
            FROM stage s JOIN {table} t ON t.id = s.target_id CROSS JOIN LATERAL (
                SELECT jsonb_object_agg(k, o) AS before, jsonb_object_agg(k, n) AS after
                FROM (VALUES {values}) v(k, o, n, c) WHERE c
            ) d
            WHERE u.rn = s.rn AND s.verdict = 'unchanged' AND d.before IS NOT NULL
            """
        )

    def counts(self) -> dict[str, int]:
        """Return rows by verdict."""
        found = dict(self.rows("SELECT verdict, count(*) FROM stage GROUP BY verdict"))
        return {verdict: int(found.get(verdict, 0)) for verdict in Verdict.values}

    # ---- writing
    def write(self) -> None:
        """Insert and update what the verdicts say, keep what undo needs, and let the roster follow up."""
        with self._gathered_search_entries():
            self._write()

    @contextmanager
    def _gathered_search_entries(self) -> Iterator[None]:
        """Let the search indexes take the new entries in one sorted pass at the end (five times faster).

        The lock this takes on an index hinders neither reading nor writing; it ends with the transaction.
        """
        indexes = [
            name
            for (name,) in self.rows(
                "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON "
                "a.oid = c.relam"
                " WHERE i.indrelid = %(table)s::regclass AND a.amname = 'gin' AND 'fastupdate=off' = "
                "ANY(c.reloptions)",
                table=self.resource.model._meta.db_table,
            )
        ]
        for name in indexes:
            self.sql(f"ALTER INDEX {quote(name)} SET (fastupdate = on)")
        self.sql("SET LOCAL gin_pending_list_limit = '128MB'")
        self.sql("SET LOCAL maintenance_work_mem = '256MB'")
        yield
        for name in indexes:
            self.sql("SELECT gin_clean_pending_list(%(name)s::regclass)", name=quote(name))
            self.sql(f"ALTER INDEX {quote(name)} SET (fastupdate = off)")

    def _write(self) -> None:
        table = quote(self.resource.model._meta.db_table)
        self.sql(
            "UPDATE stage s SET target_id = n.id FROM (SELECT o.rn, "
            "nextval(pg_get_serial_sequence(%(table)s, 'id')) AS id"
            " FROM (SELECT rn FROM stage WHERE verdict = 'create' ORDER BY rn) o) n WHERE n.rn = s.rn",
            table=self.resource.model._meta.db_table,
        )
        self.resource.before_write(self)
        names, values, params = self._insert()
        self.sql(
            f"INSERT INTO {table} (id, {', '.join(names)}) SELECT s.target_id, {', '.join(values)}"
            " FROM stage s WHERE s.verdict = 'create' ORDER BY s.rn",
            **params,
        )
        updates = self._updates()
        if updates and self.rows("SELECT 1 FROM stage WHERE verdict = 'update' LIMIT 1"):
            self._forget_plans()
            sets = ", ".join(
                f"{column} = CASE WHEN {changes} THEN {write.update} ELSE t.{column} END"
                for write, column, changes in updates
            )
            self.sql(
                f"UPDATE {table} t SET {sets}{self.resource.signature()}"
                " FROM stage s WHERE t.id = s.target_id AND s.verdict = 'update'"
            )
        self.sql(
            'INSERT INTO intake_rowchange (batch_id, rn, sheet, "row", object_id, act, before, after, kept)'
            ' SELECT %(batch)s, rn, (%(sheets)s::text[])[sheet + 1], "row", target_id, verdict, before, '
            "after, false"
            " FROM stage WHERE verdict IN ('create', 'update') ORDER BY rn"
        )
        self.resource.after_write(self)
        self.sql(
            f"UPDATE intake_rowchange c SET version = {self.resource.stamp()} FROM {table} t"
            " WHERE c.batch_id = %(batch)s AND t.id = c.object_id"
        )

    def _forget_plans(self) -> None:
        """Let the history triggers be planned for this many rows.

        PL/pgSQL keeps the plan of its first call for the session: made for one changed row it compares every
        old row with every new one, and a hundred thousand rows would take hours.
        """
        self.sql("DISCARD PLANS")

    def _insert(self) -> tuple[list[str], list[str], dict[str, Any]]:
        """Return columns, expressions and parameters of the INSERT: what is written, else the default."""
        names: list[str] = []
        values: list[str] = []
        params: dict[str, Any] = {}
        writes = {write.column: write.create for write in self.resource.writes(self)}
        for field in self.resource.model._meta.concrete_fields:
            if field.primary_key or field.generated:
                continue
            column = str(field.column)
            default: str | None = None
            if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
                default = "now()"
            elif column in ("created_by_id", "updated_by_id"):
                default = "%(actor)s"
            elif field.has_default():
                key = f"default_{column}"
                params[key] = field.get_db_prep_save(field.get_default(), connection)
                default = f"%({key})s::{field.db_type(connection)}"
            elif field.empty_strings_allowed and not field.null:
                default = "''"
            expression = writes.get(column)
            if expression is None and (default is None or (field.has_db_default() and column not in writes)):
                continue
            names.append(quote(column))
            if expression is None:
                values.append(str(default))
            else:
                values.append(expression if default is None else f"coalesce({expression}, {default})")
        return names, values, params

    # ---- undo
    def undo(self) -> tuple[int, int]:
        """Take the batch back where nobody has touched it since; return how many were restored and kept."""
        model = self.resource.model
        table = quote(model._meta.db_table)
        blocks = [self.resource.undo_blocks()] if self.resource.undo_blocks() else []
        own: list[str] = []
        for relation in model._meta.related_objects:
            child, column = cast(Any, relation.related_model)._meta.db_table, cast(Any, relation.field).column
            if relation.on_delete is models.CASCADE:
                own.append(f"DELETE FROM {quote(child)} WHERE {quote(column)} IN (SELECT id FROM undoing)")
            elif relation.on_delete in (models.PROTECT, models.RESTRICT):
                blocks.append(f"EXISTS (SELECT 1 FROM {quote(child)} x WHERE x.{quote(column)} = t.id)")
        self.sql(
            f"UPDATE intake_rowchange c SET kept = true WHERE c.batch_id = %(batch)s AND NOT EXISTS"
            f" (SELECT 1 FROM {table} t WHERE t.id = c.object_id AND {self.resource.stamp()} = c.version)"
        )
        if blocks:
            self.sql(
                f"UPDATE intake_rowchange c SET kept = true FROM {table} t WHERE c.batch_id = %(batch)s"
                f" AND c.act = 'create' AND t.id = c.object_id AND ({' OR '.join(blocks)})"
            )
        self.sql("DROP TABLE IF EXISTS pg_temp.undoing")
        self.sql(
            "CREATE TEMP TABLE undoing ON COMMIT DROP AS SELECT object_id AS id FROM intake_rowchange"
            " WHERE batch_id = %(batch)s AND act = 'create' AND NOT kept"
        )
        self.resource.before_undo(self)
        for statement in own:
            self.sql(statement)
        self.sql(f"DELETE FROM {table} WHERE id IN (SELECT id FROM undoing)")
        changed = {
            key
            for (key,) in self.rows(
                "SELECT DISTINCT jsonb_object_keys(before) FROM intake_rowchange WHERE batch_id = "
                "%(batch)s AND act = 'update'"
            )
        }
        columns = {field.column: field for field in model._meta.concrete_fields}
        self._forget_plans()
        for name in sorted(changed & set(columns)):
            kind = (
                columns[name].rel_db_type(connection)
                if columns[name].is_relation
                else columns[name].db_type(connection)
            )
            self.sql(
                f"UPDATE {table} t SET {quote(name)} = (c.before ->> '{name}')::{kind} FROM "
                "intake_rowchange c"
                " WHERE c.batch_id = %(batch)s AND c.act = 'update' AND NOT c.kept AND c.object_id = t.id"
                f" AND c.before ? '{name}'"
            )
        if self.resource.signature():
            self.sql(
                f"UPDATE {table} t SET {self.resource.signature().removeprefix(', ')}"
                " FROM intake_rowchange c WHERE c.batch_id = %(batch)s AND c.act = 'update' AND NOT c.kept"
                " AND c.object_id = t.id"
            )
        self.resource.after_undo(self)
        ((restored, kept),) = self.rows(
            "SELECT count(*) FILTER (WHERE NOT kept), count(*) FILTER (WHERE kept) FROM intake_rowchange"
            " WHERE batch_id = %(batch)s"
        )
        return restored, kept


def preview(batch: ImportBatch, *, verdict: str, after: int, size: int) -> list[Mapping[str, Any]]:
    """Return staged rows of one verdict in file order, a page at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [batch.stage_table])
        if cursor.fetchone()[0] is None:
            return []
        cursor.execute(
            f"SELECT to_jsonb(s) FROM {quote(batch.stage_table)} s"
            " WHERE (%s = '' OR verdict = %s) AND rn > %s ORDER BY rn LIMIT %s",
            [verdict, verdict, after, size],
        )
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
