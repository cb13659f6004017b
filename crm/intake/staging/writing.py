"""Write what the verdicts say: INSERT … SELECT and UPDATE … FROM, and what undo needs."""

from typing import Any

from django.db import connection

from crm.base.gathering import gathered_entries
from crm.intake.staging.table import quote
from crm.intake.staging.watermark import Watermark


class Writing(Watermark):
    """The second half of the way in."""

    def write(self) -> None:
        """Insert and update what the verdicts say, keep what undo needs, and let the roster follow up."""
        with gathered_entries(self.resource.model._meta.db_table):
            self._write()

    def _write(self) -> None:
        table = quote(self.resource.model._meta.db_table)
        given, joins = self.resource.numbering(self.whole)
        sets = "".join(f", {name} = n.{name}" for name in given)
        values = "".join(f", {value} AS {name}" for name, value in given.items())
        self.sql(
            f"UPDATE stage s SET target_id = n.id{sets} FROM ("
            "SELECT o.*, nextval(pg_get_serial_sequence(%(table)s, 'id')) AS id FROM ("
            f"SELECT o.rn{values} FROM stage o {joins}"
            " WHERE o.verdict = 'create' ORDER BY o.rn) o) n WHERE n.rn = s.rn",
            table=self.resource.model._meta.db_table,
        )
        self.resource.before_write(self.whole)
        names, expressions, params = self._insert()
        self.sql(
            f"INSERT INTO {table} (id, {', '.join(names)}) SELECT s.target_id, {', '.join(expressions)}"
            " FROM stage s WHERE s.verdict = 'create' ORDER BY s.rn",
            **params,
        )
        updates = self._updates()
        if updates and self.rows("SELECT 1 FROM stage WHERE verdict = 'update' LIMIT 1"):
            sets = ", ".join(
                f"{column} = CASE WHEN {changes} THEN {write.update} ELSE t.{column} END"
                for write, column, changes in updates
            )
            self.sql(
                f"UPDATE {table} t SET {sets}{self.resource.signature()}"
                " FROM stage s WHERE t.id = s.target_id AND s.verdict = 'update'"
            )
        self.resource.after_write(self.whole)
        self.sql(
            "INSERT INTO intake_rowchange"
            ' (batch_id, rn, sheet, "row", object_id, act, before, after, kept, version)'
            ' SELECT %(batch)s, s.rn, (%(sheets)s::text[])[s.sheet + 1], s."row", s.target_id, s.verdict,'
            f" s.before, s.after, false, {self.resource.stamp()}"
            f" FROM stage s JOIN {table} t ON t.id = s.target_id WHERE s.verdict IN ('create', 'update')"
        )

    def _insert(self) -> tuple[list[str], list[str], dict[str, Any]]:
        """Return columns, expressions and parameters of the INSERT: what is written, else the default."""
        names: list[str] = []
        values: list[str] = []
        params: dict[str, Any] = {}
        writes = {write.column: write.create for write in self.resource.writes(self.whole)}
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
