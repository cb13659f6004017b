"""What a row of the client roster refers to: industry, unit, manager, grid, parent, and its institution type.

Each look-up is one join on equal words: a hundred thousand rows times two thousand industries would not end.
"""

from typing import TYPE_CHECKING, Any

from clients.imports.client_columns import INSTITUTION_BY_USCC
from clients.models import Client

if TYPE_CHECKING:
    from crm.intake.staging import Stage


def find_references(stage: "Stage") -> None:
    """Look up what the file names, fill in what it does not, and flag what cannot be found in the scope."""
    user = stage.actor
    everywhere = user is None or user.scope.sees_all
    units = [] if everywhere or user is None else user.scope.unit_ids
    inside = "true" if everywhere else "{}.{} = ANY(%(units)s)"
    if stage.has("industry"):
        _industries(stage)
    if stage.has("unit"):
        stage.sql(
            f"""
            UPDATE stage s SET unit_ref = u.id, unit_given = true FROM (
                SELECT w.word, min(u.id) AS id FROM (SELECT DISTINCT unit AS word FROM stage) w
                JOIN accounts_orgunit u ON u.active AND (u.code = w.word OR u.name = w.word) AND
                {inside.format("u", "id")}
                GROUP BY w.word HAVING count(*) = 1
            ) u WHERE u.word = s.unit
            """,
            units=units,
        )
        stage.flag("UNIT_UNKNOWN", "s.unit IS NOT NULL AND s.unit_ref IS NULL", column="unit")
    _fill_new(stage, inside=inside.format("u", "id"), units=units, everywhere=everywhere)
    stage.flag("UNIT_UNKNOWN", "s.unit_ref IS NULL AND s.target_id IS NULL", column="unit")
    if stage.has("am"):
        stage.sql(
            f"""
            UPDATE stage s SET am_ref = w.id FROM (
                SELECT DISTINCT ON (w.word) w.word, u.id FROM accounts_user u
                CROSS JOIN LATERAL (VALUES (u.staff_no, 1), (u.username, 2)) w(word, rank)
                WHERE w.word <> '' AND u.status = 'ACTIVE' AND NOT u.is_system
                  AND {inside.format("u", "org_unit_id")}
                ORDER BY w.word, w.rank
            ) w WHERE w.word = s.am
            """,
            units=units,
        )
        # Who manages the client already stays, whether still there or not.
        stage.sql(
            "UPDATE stage s SET am_ref = u.id FROM clients_client c JOIN accounts_user u ON u.id = c.am_id"
            " WHERE c.id = s.target_id AND s.am_ref IS NULL AND s.am IN (u.staff_no, u.username)"
        )
        stage.flag("AM_UNKNOWN", "s.am IS NOT NULL AND s.am_ref IS NULL", column="am")
    if stage.has("grid"):
        stage.sql("UPDATE stage s SET grid_ref = g.id FROM clients_grid g WHERE upper(g.code) = s.grid")
        stage.flag("GRID_UNKNOWN", "s.grid IS NOT NULL AND s.grid_ref IS NULL", column="grid")
        if not everywhere:
            stage.flag(
                "GRID_OUT_OF_SCOPE",
                "s.grid_ref IS NOT NULL AND NOT EXISTS (SELECT 1 FROM clients_grid g WHERE g.id = s.grid_ref"
                " AND g.unit_id = ANY(%(units)s))",
                column="grid",
                units=units,
            )
    if stage.has("parent_code"):
        _parents(stage)
    _institution(stage)


def _industries(stage: "Stage") -> None:
    """Know an industry by its code, by section and code, or by its name."""
    stage.sql(
        """
        UPDATE stage s SET industry_ref = i.code FROM (
            SELECT DISTINCT ON (word) word, code FROM (
                SELECT code AS word, code, 1 AS rank FROM clients_industry
                UNION ALL SELECT section || code, code, 2 FROM clients_industry
                UNION ALL SELECT upper(name), max(code), 3 FROM clients_industry GROUP BY 1
            ) w ORDER BY word, rank
        ) i WHERE i.word = s.industry
        """
    )
    stage.flag(
        "INDUSTRY_UNKNOWN", "s.industry IS NOT NULL AND s.industry_ref IS NULL", column="industry", soft=True
    )


def _fill_new(stage: "Stage", *, inside: str, units: list[int], everywhere: bool) -> None:
    """Give new clients a unit and a type in one pass over the table.

    The unit is that of the client's city inside the scope, else the importer's own, else the first of the
    scope. The type follows from the credit code where the file gives none.
    """
    user = stage.actor
    own = user.org_unit_id if user is not None else None
    if own is not None and user is not None and not everywhere and own not in set(user.scope.unit_ids):
        own = None
    given: dict[str, Any] = {"units": units, "own": own, "all": everywhere}
    sets, joins, kinds = "", "", ""
    if stage.has("uscc"):
        sets = (
            ", type_ref = coalesce(s.type_ref, n.type)"
            ", subtype_ref = coalesce(s.subtype_ref, CASE WHEN s.type_ref IS NULL THEN n.subtype END)"
        )
        joins = """
            LEFT JOIN (
                SELECT DISTINCT ON (p.prefix) p.prefix, m.type, nullif(m.subtype, '') AS subtype
                FROM (SELECT DISTINCT left(uscc, 2) AS prefix FROM stage WHERE uscc IS NOT NULL) p
                JOIN unnest(%(keys)s::text[], %(types)s::text[], %(subtypes)s::text[]) m(key, type, subtype)
                  ON starts_with(p.prefix, m.key)
                ORDER BY p.prefix, length(m.key) DESC
            ) k ON k.prefix = left(s.uscc, 2)
        """
        kinds = ", k.type, k.subtype"
        given |= {
            "keys": list(INSTITUTION_BY_USCC),
            "types": [kind for kind, _sub in INSTITUTION_BY_USCC.values()],
            "subtypes": [sub for _kind, sub in INSTITUTION_BY_USCC.values()],
        }
    stage.sql(
        f"""
        UPDATE stage s SET unit_ref = coalesce(s.unit_ref, n.unit, %(own)s, (
                SELECT id FROM accounts_orgunit u WHERE u.active AND (%(all)s OR u.id = ANY(%(units)s))
                -- A client belongs to a province, whose night it has.
                ORDER BY type = 'GROUP', depth, path LIMIT 1
            )){sets}
        FROM (
            SELECT s.rn, u.id AS unit{kinds} FROM stage s
            LEFT JOIN (
                SELECT DISTINCT ON (left(u.region_code, 4)) left(u.region_code, 4) AS region, u.id
                FROM accounts_orgunit u
                WHERE u.active AND u.type = 'CITY' AND u.region_code <> '' AND {inside}
                ORDER BY left(u.region_code, 4), u.path
            ) u ON u.region = left(s.region_ref, 4)
            {joins}
            WHERE s.target_id IS NULL
        ) n WHERE n.rn = s.rn
        """,
        **given,
    )


def _parents(stage: "Stage") -> None:
    stage.sql(
        "UPDATE stage s SET parent_ref = c.id FROM clients_client c WHERE c.client_code = s.parent_code"
        " AND c.status <> 'CLOSED' AND c.id IS DISTINCT FROM s.target_id"
    )
    if stage.actor is not None:
        stage.keep_only("parent_ref", Client.objects.visible_to(stage.actor), "parents")
        stage.sql("UPDATE stage SET parent_ref = NULL WHERE parent_ref NOT IN (SELECT id FROM parents)")
    stage.flag("PARENT_UNKNOWN", "s.parent_code IS NOT NULL AND s.parent_ref IS NULL", column="parent_code")


def _institution(stage: "Stage") -> None:
    """Let the sub-type say the type where nothing else does, and compare the two."""
    if stage.has("institution_subtype"):
        stage.sql(
            "UPDATE stage SET type_ref = left(institution_subtype, 2)"
            " WHERE institution_subtype IS NOT NULL AND type_ref IS NULL"
        )
    stage.flag("INSTITUTION_UNKNOWN", "s.type_ref IS NULL AND s.target_id IS NULL", column="institution_type")
    stage.flag(
        "SUBTYPE_MISMATCH",
        "left(coalesce(s.subtype_ref, (SELECT nullif(c.institution_subtype, '') FROM clients_client c "
        "WHERE c.id = s.target_id)), 2)"
        " <> coalesce(s.type_ref, (SELECT c.institution_type FROM clients_client c WHERE c.id = "
        "s.target_id))",
        column="institution_subtype",
    )
