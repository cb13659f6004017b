"""Checks over staged rows: errors by condition, duplicates, look-ups inside a scope, diff and verdicts."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from crm.intake.choices import Mode, Verdict
from crm.intake.resources import STAMP, Write
from crm.intake.staging.table import Table, quote

if TYPE_CHECKING:
    from django.db.models.sql import Query


class Checks(Table):
    """What can be said about staged rows before anything is written."""

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
            """jsonb_build_object('first_row', f."row", 'first_sheet', (%(sheets)s::text[])[f.sheet + 1],"""
            """ 'kind', CASE WHEN f.sheet <> s.sheet THEN 'elsewhere' END)"""
        )
        self.flag("DUPLICATE_ROW", same, joins=numbered, details=details)
        self.flag("DUPLICATE_KEY", "true", joins=numbered, details=details)

    def keep_only(self, column: str, queryset: QuerySet[Any], name: str) -> None:
        """Make the temporary table `name(id)`: the ids of a work column that a queryset holds."""
        narrowed = queryset.filter(pk__in=RawSQL(f"SELECT s.{quote(column)} FROM stage s", [])).order_by()  # noqa: S611
        try:
            statement, given = narrowed.values("pk").query.sql_with_params()
        except EmptyResultSet:  # it holds nothing, whatever the database says
            statement, given = "SELECT NULL::bigint WHERE false", ()
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
        records that may change; 4. diff and verdicts. Run again it gives the same answer for the same data
        on file.
        """
        work = "".join(f", {quote(name)} = NULL" for name in self.resource.work)
        self.sql("DELETE FROM intake_rowerror WHERE batch_id = %(batch)s AND by_check")
        if self.rows("SELECT 1 FROM stage WHERE verdict IS NOT NULL LIMIT 1"):
            self.sql(
                "UPDATE stage SET failed = coalesce(bad_cells, false), target_id = NULL, verdict = NULL,"
                f" before = NULL, after = NULL{work}"
            )
        self.resource.resolve(self.whole)
        if lock:
            self.lock_targets()
        self._diff()

    def lock_targets(self) -> None:
        """Lock the records that may change, in one order, so that two imports never wait in a ring."""
        table = quote(self.resource.model._meta.db_table)
        self.sql(
            f"SELECT t.id FROM {table} t WHERE t.id IN (SELECT target_id FROM stage WHERE NOT failed)"
            " ORDER BY t.id FOR NO KEY UPDATE"
        )

    def _updates(self) -> list[tuple[Write, str, str]]:
        """Return (write, quoted column, condition that it changes) of what an update may change."""
        found = []
        fields = {field.column: field for field in self.resource.model._meta.concrete_fields}
        for write in self.resource.writes(self.whole):
            if write.update is None:
                continue
            column = quote(write.column)
            changes = f"{write.update} IS NOT NULL AND t.{column} IS DISTINCT FROM {write.update}"
            if self.batch.mode == Mode.FILL:
                empty = f"t.{column} IS NULL" + (
                    f" OR t.{column} = ''" if isinstance(fields[write.column], models.CharField) else ""
                )
                changes = f"({changes}) AND ({empty})"
            found.append((write, column, changes))
        return found

    def _marks(self) -> str:
        """Return what an undo needs beside the cells: when and by whom the record was changed, its stamp."""
        kept = "".join(f"'{name}', t.{quote(name)}, " for name in self.resource.marks())
        return f"jsonb_build_object({kept}'{STAMP}', {self.resource.stamp()})"

    def _diff(self) -> None:
        """Write verdict, before and after of every row, in one pass over the table.

        The images are built for rows that change only: of a roster that says what is on file already, a
        hundred thousand rows would otherwise be spelled out for nothing.
        """
        table = quote(self.resource.model._meta.db_table)
        updates = self._updates() if self.batch.mode != Mode.SKIP else []
        verdict = (
            "CASE WHEN s.failed THEN 'reject' WHEN s.target_id IS NULL THEN 'create' ELSE 'unchanged' END"
        )
        known = "SELECT 1 FROM stage WHERE target_id IS NOT NULL AND NOT failed LIMIT 1"
        if not updates or not self.rows(known):
            self.sql(f"UPDATE stage s SET verdict = {verdict}")
            return
        values = ", ".join(
            f"({number}, '{write.column}', {changes})"
            for number, (write, _column, changes) in enumerate(updates)
        )
        # Only cells that change are spelled out: CASE leaves the others alone.
        old = " ".join(
            f"WHEN {number} THEN to_jsonb(t.{column})"
            for number, (_write, column, _changes) in enumerate(updates)
        )
        new = " ".join(
            f"WHEN {number} THEN to_jsonb({write.update})"
            for number, (write, _column, _changes) in enumerate(updates)
        )
        differs = " OR ".join(f"({changes})" for _write, _column, changes in updates)
        self.sql(
            f"""
            UPDATE stage u SET verdict = CASE WHEN d.after IS NULL THEN v.verdict ELSE 'update' END,
                   before = d.before, after = d.after
            FROM (SELECT s.rn, {verdict} AS verdict FROM stage s) v LEFT JOIN (
                SELECT s.rn, d.before || {self._marks()} AS before, d.after
                FROM stage s JOIN {table} t ON t.id = s.target_id
                CROSS JOIN LATERAL (
                    SELECT jsonb_object_agg(k, CASE n {old} END) AS before,
                           jsonb_object_agg(k, CASE n {new} END) AS after
                    FROM (VALUES {values}) v(n, k, c) WHERE c
                ) d
                WHERE NOT s.failed AND ({differs})
            ) d ON d.rn = v.rn
            WHERE u.rn = v.rn
            """
        )

    def changes(self) -> dict[str, int]:
        """Return how many records each column would change."""
        return dict(
            self.rows(
                "SELECT k, count(*) FROM stage s CROSS JOIN LATERAL jsonb_object_keys(s.after) k"
                " WHERE s.verdict = 'update' GROUP BY k ORDER BY 2 DESC, 1"
            )
        )

    def counts(self) -> dict[str, int]:
        """Return rows by verdict."""
        found = dict(self.rows("SELECT verdict, count(*) FROM stage GROUP BY verdict"))
        return {verdict: int(found.get(verdict, 0)) for verdict in Verdict.values}
