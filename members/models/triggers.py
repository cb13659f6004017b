"""Counts of live rows kept in the client by statement-level triggers."""

import pgtrigger
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

MOBILE = RegexValidator(r"^1[3-9]\d{9}\Z", _("Write a mobile number of 11 digits."), code="mobile")


def count_trigger(name: str, columns: dict[str, str]) -> list[pgtrigger.Trigger]:
    """Keep counts of live rows in the client, one statement per statement, so that its CHECKs are the limit.

    The row lock on the client makes two parallel inserts wait for each other (E095).
    """
    sums = ", ".join(
        f"SUM(n) FILTER (WHERE {condition}) AS {column}" for column, condition in columns.items()
    )
    sets = ", ".join(f"{column} = c.{column} + COALESCE(d.{column}, 0)" for column in columns)
    changed = " OR ".join(f"COALESCE(d.{column}, 0) <> 0" for column in columns)

    def body(rows: str) -> str:
        return f"""
            UPDATE clients_client c SET {sets}
            FROM (SELECT client_id, {sums} FROM ({rows}) r WHERE left_on IS NULL GROUP BY client_id) d
            WHERE c.id = d.client_id AND ({changed});
            RETURN NULL;
        """  # noqa: S608 - our own column names

    def trigger(
        suffix: str, operation: pgtrigger.Operation, rows: str, referencing: pgtrigger.Referencing
    ) -> pgtrigger.Trigger:
        return pgtrigger.Trigger(
            name=f"{name}_{suffix}",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func=body(rows),
        )

    return [
        trigger(
            "ins", pgtrigger.Insert, "SELECT *, 1 AS n FROM new_rows", pgtrigger.Referencing(new="new_rows")
        ),
        trigger(
            "del", pgtrigger.Delete, "SELECT *, -1 AS n FROM old_rows", pgtrigger.Referencing(old="old_rows")
        ),
        trigger(
            "upd",
            pgtrigger.Update,
            "SELECT *, 1 AS n FROM new_rows UNION ALL SELECT *, -1 AS n FROM old_rows",
            pgtrigger.Referencing(new="new_rows", old="old_rows"),
        ),
    ]
