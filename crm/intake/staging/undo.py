"""Take a written batch back where nobody has touched its records since."""

from typing import Any, cast

from django.db import IntegrityError, connection, models, transaction

from crm.base.models import Stamped
from crm.intake.resources import STAMP, resources
from crm.intake.staging.table import quote
from crm.intake.staging.writing import Writing
from crm.params import registry


def _hangers_on(model: type[models.Model]) -> list[Any]:
    """Return the relations of rows that hang on a record, those without a way back among them.

    A hidden key without an index says who wrote a row (`created_by`); looking it up would read whole tables.
    """
    found: list[Any] = [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]
    return [
        relation
        for relation in found
        if not relation.hidden or (relation.field.db_index and relation.field.db_constraint)
    ]


def _kind(field: Any) -> str | None:
    """Return the type of a column in the database."""
    kind: str | None = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return kind


class Undo(Writing):
    """The way back."""

    def known_again(self, model: type[models.Model], found: str) -> None:
        """Let earlier imports know the records an undo has put back as those imports had left them.

        `found` is a query of records of the model and the stamp each had before. Without this the newest
        import could be undone, and the one before it would take its own rows for edited since.
        """
        for resource in resources().values():
            if resource.model is not model:
                continue
            self.sql(
                f"""
                UPDATE intake_rowchange o SET version = {resource.stamp()}
                FROM ({found}) f(id, stamp) JOIN {quote(model._meta.db_table)} t ON t.id = f.id,
                     intake_importbatch b
                WHERE b.roster = %(roster)s AND b.id <> %(batch)s AND b.status = 'APPLIED'
                  AND b.applied_at > now() - %(hours)s * interval '1 hour'
                  AND o.batch_id = b.id AND o.object_id = f.id AND o.version = f.stamp
                """,
                roster=resource.name,
                hours=registry.get("intake.undo_hours", as_of=self.today),
            )

    def undo(self) -> tuple[int, int]:
        """Take the batch back where nobody has touched it since; return how many were restored and kept."""
        model = self.resource.model
        table = quote(model._meta.db_table)
        blocks = [self.resource.undo_blocks()] if self.resource.undo_blocks() else []
        own: list[str] = []
        for relation in _hangers_on(model):
            child, column = cast(Any, relation.related_model)._meta.db_table, cast(Any, relation.field).column
            if relation.on_delete is models.CASCADE:
                own.append(f"DELETE FROM {quote(child)} WHERE {quote(column)} IN (SELECT id FROM undoing)")
            elif relation.on_delete in (models.PROTECT, models.RESTRICT, models.SET_NULL):
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
        self.resource.before_undo(self.whole)
        for statement in own:
            self.sql(statement)
        self.sql(f"DELETE FROM {table} WHERE id IN (SELECT id FROM undoing)")
        self._restore()
        self.resource.after_undo(self.whole)
        self.known_again(
            model,
            f"SELECT c.object_id, (c.before ->> '{STAMP}')::bigint FROM intake_rowchange c"
            " WHERE c.batch_id = %(batch)s AND c.act = 'update' AND NOT c.kept",
        )
        ((restored, kept),) = self.rows(
            "SELECT count(*) FILTER (WHERE NOT kept), count(*) FILTER (WHERE kept) FROM intake_rowchange"
            " WHERE batch_id = %(batch)s"
        )
        return restored, kept

    def _restore(self) -> None:
        """Put back what updates changed, with the day and the name of the last change; the version counts on.

        All cells of a record go back at once, because rules of the database hold between them. Where another
        record has taken the place since, such as the number of a customer, it is kept row by row.
        """
        model = self.resource.model
        table = quote(model._meta.db_table)
        kinds = {field.column: _kind(field) for field in model._meta.concrete_fields}
        changed = {
            key
            for (key,) in self.rows(
                "SELECT DISTINCT jsonb_object_keys(before) FROM intake_rowchange"
                " WHERE batch_id = %(batch)s AND act = 'update'"
            )
        }
        sets = [
            f"{quote(name)} = CASE WHEN c.before ? '{name}' THEN (c.before ->> '{name}')::{kinds[name]}"
            f" ELSE t.{quote(name)} END"
            for name in sorted(changed & kinds.keys())
        ]
        if not sets:
            return
        if issubclass(model, Stamped):
            sets.append("version = t.version + 1")
        restore = f"UPDATE {table} t SET {', '.join(sets)} FROM intake_rowchange c WHERE c.object_id = t.id"
        mine = "c.batch_id = %(batch)s AND c.act = 'update' AND NOT c.kept"
        try:
            with transaction.atomic():
                self.sql(f"{restore} AND {mine}")
        except IntegrityError:
            self.sql(
                f"""
                DO $one_by_one$ DECLARE one bigint; BEGIN
                    FOR one IN SELECT c.id FROM intake_rowchange c WHERE {mine} ORDER BY c.rn LOOP
                        BEGIN
                            {restore} AND c.id = one;
                        EXCEPTION WHEN integrity_constraint_violation THEN
                            UPDATE intake_rowchange SET kept = true WHERE id = one;
                        END;
                    END LOOP;
                END $one_by_one$
                """
            )
