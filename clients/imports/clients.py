"""The roster of clients: its columns, how a row finds its client, and what may not be filed.

Source: S1-63…S1-76, S0-40…S0-43, E081…E092
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.apps.registry import Apps
from django.db import models
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients.imports.client_columns import COLUMNS, INSTITUTION_BY_USCC
from clients.imports.regions import region_finder
from clients.models import Client
from clients.rules.filing import guards
from clients.services.codes import allocate_codes
from clients.services.search import search_columns
from crm.accounts.models import OrgUnit
from crm.intake.resources import Derived, Resource, Sentence, Write, register
from crm.params import registry

if TYPE_CHECKING:
    from crm.intake.staging import Stage


def names_found_by(name: str, short_name: str = "") -> tuple[str, ...]:
    """Return the search columns of a name in the order of the roster's derived columns."""
    columns = search_columns(name, short_name)
    return columns["name_key"], columns["name_pinyin"], columns["search_text"]


class FilingFacts(models.Model):
    """The facts guards ask for, of every staged row: the temporary view `filing_facts`.

    It stands in a registry of its own because no table belongs to it.
    """

    rn = models.IntegerField(primary_key=True)
    institution_type = models.CharField()
    key_industry = models.CharField()
    bank_level = models.CharField()
    municipality_exempt = models.BooleanField()
    unit_relation = models.CharField()
    has_legal_status = models.BooleanField()
    parent_authorized = models.BooleanField()
    has_own_finance = models.BooleanField()
    headcount = models.IntegerField()
    has_parent = models.BooleanField()
    parent_is_pgm = models.BooleanField()
    grid_inside = models.BooleanField()

    objects: ClassVar["models.Manager[FilingFacts]"] = models.Manager()

    class Meta:
        apps = Apps()
        app_label = "clients"
        managed = False
        db_table = "filing_facts"

    def __str__(self) -> str:
        return str(self.rn)


@register
class ClientRoster(Resource):
    """Clients, found again by code, credit code, licence number, or exact name in one city."""

    name = "clients"
    label = _("Clients")
    verb = "intake.import"
    model = Client
    columns = COLUMNS
    derived = (Derived(("name", "short_name"), ("name_key", "name_pinyin", "search_text"), names_found_by),)
    work: ClassVar[Mapping[str, str]] = {
        "type_ref": "text",
        "subtype_ref": "text",
        "region_ref": "text",
        "industry_ref": "text",
        "grid_ref": "bigint",
        "unit_ref": "bigint",
        "unit_given": "boolean",
        "am_ref": "bigint",
        "parent_ref": "bigint",
        "code_ref": "text",
        "by_name": "boolean",
    }
    notes = (
        _(
            "A client that is on file already is found by its code, its credit code, its licence number, "
            "or the same name in the same city, and updated."
        ),
        _("An empty cell leaves what is on file as it is."),
        _(
            "New clients are filed as potential clients. Key person and contacts may follow later: the "
            "file shows as incomplete until then."
        ),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        "CLIENT_CLOSED": _("The client with this code has been closed. A closed code is never used again."),
        "CODE_NOT_FREE": _(
            "This code is not the code of a client you may change. Leave it empty for a new client."
        ),
        "DUPLICATE_CLIENT": _(
            "A client with this credit code or licence number is already filed outside your scope."
        ),
        "TWO_CLIENTS": _("Code and credit code belong to two different clients."),
        "AMBIGUOUS_NAME": _("Several clients have this name. Give the code or the credit code."),
        "INSTITUTION_UNKNOWN": _(
            "The institution type is not given and cannot be told without a credit code."
        ),
        "SUBTYPE_MISMATCH": _("The sub-type does not belong to the institution type."),
        "REGION_UNKNOWN": _("This place is not in the list of regions; the region stays empty."),
        "INDUSTRY_UNKNOWN": _(
            "This is neither a code nor a name of GB/T 4754-2017; the industry stays as it is."
        ),
        "UNIT_UNKNOWN": _("There is no unit of this code or name in your scope."),
        "AM_UNKNOWN": _("There is no active person with this staff number or registered name in your scope."),
        "PARENT_UNKNOWN": _("There is no parent client of this code in your scope."),
        "GRID_UNKNOWN": _("There is no grid of this code."),
        "GRID_OUT_OF_SCOPE": _("This grid lies outside your unit."),
        **{
            f"{guard.code}_{guard.name}": format_lazy("{} {}", guard.message, guard.way_out)
            for guard in guards({"pgm_min": 0, "ent_over": 0})
        },
    }

    any_of: ClassVar[tuple[tuple[str, ...], ...]] = ()

    def resolve(self, stage: "Stage") -> None:
        """Look up client, type, region, unit, manager, grid and parent; apply the filing guards.

        Steps: 1. duplicates in the file; 2. the client on file; 3. references; 4. guards for new files.
        """
        keys = [f"s.{name}" for name in ("client_code", "uscc", "licence_no") if stage.has(name)]
        place = "".join(
            f" || '|' || coalesce(s.{name}, '')" for name in ("province", "city") if stage.has(name)
        )
        stage.duplicates(f"coalesce({', '.join([*keys, f's.name_key{place}'])})")
        self._regions(stage)
        self._match(stage)
        self._references(stage)
        self._institution(stage)
        self._guards(stage)

    def _regions(self, stage: "Stage") -> None:
        given = [name for name in ("province", "city") if stage.has(name)]
        if not given:
            return
        pair = ", ".join(f"s.{name}" if name in given else "NULL::text" for name in ("province", "city"))
        finder = region_finder()
        found = [
            (province, city, finder.find(province, city))
            for province, city in stage.rows(f"SELECT DISTINCT {pair} FROM stage s")
        ]
        join = " AND ".join(f"s.{name} IS NOT DISTINCT FROM r.{name}" for name in given)
        stage.sql(
            "UPDATE stage s SET region_ref = r.code FROM unnest(%(provinces)s::text[], "
            "%(cities)s::text[], %(codes)s::text[])"
            f" r(province, city, code) WHERE {join} AND r.code IS NOT NULL",
            provinces=[row[0] or "" for row in found],
            cities=[row[1] or "" for row in found],
            codes=[row[2] for row in found],
        )
        column = "city" if stage.has("city") else "province"
        stage.flag(
            "REGION_UNKNOWN", f"s.region_ref IS NULL AND s.{column} IS NOT NULL", column=column, soft=True
        )

    def _match(self, stage: "Stage") -> None:
        """Find the client on file, best key first, and refuse what lies outside the person's scope."""
        if stage.has("client_code"):
            stage.flag(
                "CLIENT_CLOSED",
                "EXISTS (SELECT 1 FROM clients_client c WHERE c.client_code = s.client_code AND c.status = "
                "'CLOSED')",
                column="client_code",
            )
            stage.sql(
                "UPDATE stage s SET target_id = c.id FROM clients_client c WHERE c.client_code = "
                "s.client_code AND NOT s.failed"
            )
        for name in ("uscc", "licence_no"):
            if not stage.has(name):
                continue
            stage.flag(
                "TWO_CLIENTS",
                f"s.target_id IS NOT NULL AND EXISTS (SELECT 1 FROM clients_client c WHERE c.{name} = "
                f"s.{name}"
                " AND c.status <> 'CLOSED' AND c.id <> s.target_id)",
                column=name,
            )
            stage.sql(
                "UPDATE stage s SET target_id = c.id FROM clients_client c WHERE s.target_id IS NULL AND "
                "NOT s.failed"
                f" AND c.{name} = s.{name} AND c.{name} <> '' AND c.status <> 'CLOSED'"
            )
        user = stage.actor
        if user is not None:
            stage.keep_only("target_id", Client.objects.writable_by(user), "writable")
            outside = "s.target_id IS NOT NULL AND s.target_id NOT IN (SELECT id FROM writable)"
            if stage.has("client_code"):
                stage.flag(
                    "CODE_NOT_FREE",
                    f"{outside} AND s.client_code = (SELECT client_code FROM clients_client WHERE id = "
                    "s.target_id)",
                    column="client_code",
                )
            stage.flag("DUPLICATE_CLIENT", outside, column="uscc" if stage.has("uscc") else "")
        if stage.has("client_code"):
            stage.flag(
                "CODE_NOT_FREE",
                r"s.target_id IS NULL AND s.client_code !~ '^\d{6,12}$'",
                column="client_code",
            )
        self._match_by_name(stage)
        stage.duplicates("s.target_id::text")

    def _match_by_name(self, stage: "Stage") -> None:
        """Find clients by the same name in the same city, where no number says otherwise."""
        same = ["c.name_key = s.name_key", "c.name_key <> ''", "c.status <> 'CLOSED'"]
        same.append(
            "(c.hq_region_id IS NULL OR s.region_ref IS NULL OR left(c.hq_region_id, 4) = "
            "left(s.region_ref, 4))"
        )
        same += [
            f"(c.{n} = '' OR s.{n} IS NULL OR c.{n} = s.{n})" for n in ("uscc", "licence_no") if stage.has(n)
        ]
        if stage.has("client_code"):
            same.append("s.client_code IS NULL")
        if stage.actor is not None:
            scope = stage.actor.scope
            if not scope.sees_all:
                same.append("(c.org_unit_id = ANY(%(units)s) OR c.am_id = %(actor)s)")
        units = [] if stage.actor is None or stage.actor.scope.sees_all else stage.actor.scope.write_unit_ids
        stage.sql(
            f"""
            UPDATE stage s SET target_id = m.id, by_name = m.many FROM (
                SELECT s.rn, min(c.id) AS id, count(*) > 1 AS many FROM stage s
                JOIN clients_client c ON {" AND ".join(same)}
                WHERE s.target_id IS NULL AND NOT s.failed GROUP BY s.rn
            ) m WHERE m.rn = s.rn
            """,
            units=units,
        )
        stage.flag("AMBIGUOUS_NAME", "s.by_name", column="name")

    def _references(self, stage: "Stage") -> None:
        user = stage.actor
        everywhere = user is None or user.scope.sees_all
        units = [] if everywhere or user is None else user.scope.unit_ids
        inside = "true" if everywhere else "{}.{} = ANY(%(units)s)"
        if stage.has("industry"):
            stage.sql(
                "UPDATE stage s SET industry_ref = i.code FROM clients_industry i"
                " WHERE i.code = s.industry OR i.code = substr(s.industry, 2) AND i.section = "
                "left(s.industry, 1)"
            )
            stage.sql(
                "UPDATE stage s SET industry_ref = i.code FROM (SELECT upper(name) AS name, max(code) AS code"
                " FROM clients_industry GROUP BY 1) i WHERE s.industry_ref IS NULL AND i.name = s.industry"
            )
            stage.flag(
                "INDUSTRY_UNKNOWN",
                "s.industry IS NOT NULL AND s.industry_ref IS NULL",
                column="industry",
                soft=True,
            )
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
        stage.sql(
            f"""
            UPDATE stage s SET unit_ref = u.id FROM (
                SELECT DISTINCT ON (left(u.region_code, 4)) left(u.region_code, 4) AS region, u.id FROM
                accounts_orgunit u
                WHERE u.active AND u.type = 'CITY' AND u.region_code <> '' AND {inside.format("u", "id")}
                ORDER BY left(u.region_code, 4), u.path
            ) u WHERE s.unit_ref IS NULL AND s.target_id IS NULL AND u.region = left(s.region_ref, 4)
            """,
            units=units,
        )
        own = user.org_unit_id if user is not None else None
        if own is not None and user is not None and not everywhere and own not in set(user.scope.unit_ids):
            own = None
        stage.sql(
            """
            UPDATE stage s SET unit_ref = coalesce(%(own)s, (
                SELECT id FROM accounts_orgunit u WHERE u.active AND (%(all)s OR u.id = ANY(%(units)s))
                -- A client belongs to a province, whose night it has.
                ORDER BY type = 'GROUP', depth, path LIMIT 1
            )) WHERE s.unit_ref IS NULL AND s.target_id IS NULL
            """,
            own=own,
            units=units,
            all=everywhere,
        )
        stage.flag("UNIT_UNKNOWN", "s.unit_ref IS NULL AND s.target_id IS NULL", column="unit")
        if stage.has("am"):
            stage.sql(
                f"""
                UPDATE stage s SET am_ref = u.id FROM accounts_user u
                WHERE (u.staff_no = s.am OR u.username = s.am) AND u.status = 'ACTIVE' AND NOT u.is_system
                  AND {inside.format("u", "org_unit_id")}
                """,
                units=units,
            )
            stage.flag("AM_UNKNOWN", "s.am IS NOT NULL AND s.am_ref IS NULL", column="am")
        if stage.has("grid"):
            stage.sql("UPDATE stage s SET grid_ref = g.id FROM clients_grid g WHERE upper(g.code) = s.grid")
            stage.flag("GRID_UNKNOWN", "s.grid IS NOT NULL AND s.grid_ref IS NULL", column="grid")
            if not everywhere:
                stage.flag(
                    "GRID_OUT_OF_SCOPE",
                    "s.grid_ref IS NOT NULL AND NOT EXISTS (SELECT 1 FROM clients_grid g WHERE g.id = "
                    "s.grid_ref"
                    " AND g.unit_id = ANY(%(units)s))",
                    column="grid",
                    units=units,
                )
        if stage.has("parent_code"):
            stage.sql(
                "UPDATE stage s SET parent_ref = c.id FROM clients_client c WHERE c.client_code = "
                "s.parent_code"
                " AND c.status <> 'CLOSED' AND c.id IS DISTINCT FROM s.target_id"
            )
            if user is not None:
                stage.keep_only("parent_ref", Client.objects.visible_to(user), "parents")
                stage.sql(
                    "UPDATE stage SET parent_ref = NULL WHERE parent_ref NOT IN (SELECT id FROM parents)"
                )
            stage.flag(
                "PARENT_UNKNOWN", "s.parent_code IS NOT NULL AND s.parent_ref IS NULL", column="parent_code"
            )

    def _institution(self, stage: "Stage") -> None:
        """Take the type from the file, else from the credit code, else leave that of the client on file."""
        if stage.has("institution_type"):
            stage.sql("UPDATE stage SET type_ref = institution_type WHERE institution_type IS NOT NULL")
        if stage.has("uscc"):
            stage.sql(
                """
                UPDATE stage s SET type_ref = k.type, subtype_ref = nullif(k.subtype, '') FROM (
                    SELECT DISTINCT ON (s.prefix) s.prefix, m.type, m.subtype
                    FROM (SELECT DISTINCT left(uscc, 2) AS prefix FROM stage WHERE uscc IS NOT NULL) s
                    JOIN unnest(%(keys)s::text[], %(types)s::text[], %(subtypes)s::text[]) m(key, type,
                    subtype)
                      ON starts_with(s.prefix, m.key)
                    ORDER BY s.prefix, length(m.key) DESC
                ) k WHERE s.type_ref IS NULL AND s.target_id IS NULL AND left(s.uscc, 2) = k.prefix
                """,
                keys=list(INSTITUTION_BY_USCC),
                types=[kind for kind, _sub in INSTITUTION_BY_USCC.values()],
                subtypes=[sub for _kind, sub in INSTITUTION_BY_USCC.values()],
            )
        if stage.has("institution_subtype"):
            stage.sql(
                "UPDATE stage SET subtype_ref = institution_subtype, type_ref = coalesce(type_ref, "
                "left(institution_subtype, 2))"
                " WHERE institution_subtype IS NOT NULL"
            )
        stage.flag(
            "INSTITUTION_UNKNOWN", "s.type_ref IS NULL AND s.target_id IS NULL", column="institution_type"
        )
        stage.flag(
            "SUBTYPE_MISMATCH",
            "left(coalesce(s.subtype_ref, (SELECT nullif(c.institution_subtype, '') FROM clients_client c "
            "WHERE c.id = s.target_id)), 2)"
            " <> coalesce(s.type_ref, (SELECT c.institution_type FROM clients_client c WHERE c.id = "
            "s.target_id))",
            column="institution_subtype",
        )

    def _guards(self, stage: "Stage") -> None:
        """Refuse what page and API refuse, by the same expressions."""

        def fact(name: str, empty: str) -> str:
            given = f"s.{name}, " if stage.has(name) else ""
            return f"coalesce({given}c.{name}, {empty}) AS {name}"

        numbers = registry.get_many(
            ["sl.pgm_min", "sl.ent_over", "bank.municipality_exempt"], as_of=stage.today
        )
        members = "coalesce(c.members_active, 0)"
        employees = (
            "coalesce(s.employee_total, c.employee_total, 0)"
            if stage.has("employee_total")
            else "coalesce(c.employee_total, 0)"
        )
        stage.sql("DROP TABLE IF EXISTS pg_temp.filing_facts")
        stage.sql(
            f"""
            CREATE TEMP TABLE filing_facts ON COMMIT DROP AS
            SELECT s.rn, coalesce(s.type_ref, c.institution_type) AS institution_type,
            {fact("key_industry", "''")},
                   {fact("bank_level", "''")}, {fact("unit_relation", "'HQ'")},
                   {fact("has_legal_status", "false")},
                   {fact("parent_authorized", "false")}, {fact("has_own_finance", "false")},
                   greatest({employees}, {members}) AS headcount,
                   coalesce(left(coalesce(s.region_ref, c.hq_region_id), 2) = ANY(%(exempt)s)
                     OR left(coalesce(s.region_ref, c.hq_region_id), 4) = ANY(%(exempt)s), false) AS
                     municipality_exempt,
                   p.id IS NOT NULL AS has_parent,
                   coalesce(p.institution_type = 'JG' OR p.is_party_gov_military, false) AS parent_is_pgm,
                   g.path IS NULL OR starts_with(g.path, u.path) OR starts_with(u.path, g.path) AS grid_inside
            FROM stage s
            LEFT JOIN clients_client c ON c.id = s.target_id
            LEFT JOIN clients_client p ON p.id = coalesce(s.parent_ref, c.parent_id)
            LEFT JOIN (SELECT g.id, o.path FROM clients_grid g JOIN accounts_orgunit o ON o.id = g.unit_id)
            g ON g.id = s.grid_ref
            LEFT JOIN accounts_orgunit u ON u.id = coalesce(s.unit_ref, c.org_unit_id)
            """,
            exempt=[str(code)[:4] for code in numbers["bank.municipality_exempt"]],
        )
        columns = {"parent": "parent_code", "org_unit": "unit"}
        for guard in guards({"pgm_min": numbers["sl.pgm_min"], "ent_over": numbers["sl.ent_over"]}):
            facts = FilingFacts.objects.filter(guard.when).values("rn").query
            with_column = columns.get(guard.field, guard.field)
            asked = any(stage.has(columns.get(name, name)) for name in guard.asks)
            stage.flag(
                guard.code,
                f"(s.target_id IS NULL OR %(asked)s) AND s.rn IN ({stage.inline(facts)})",
                column=with_column if stage.has(with_column) else "",
                details="jsonb_build_object('kind', %(guard)s::text)",
                asked=asked,
                guard=guard.name,
            )
        stage.sql("DROP TABLE pg_temp.filing_facts")

    def writes(self, stage: "Stage") -> list[Write]:
        """Return what an import writes: the file's own columns and what was looked up for them."""
        found = super().writes(stage)
        names = ("name_key", "name_pinyin", "search_text")
        found += [Write(name, f"s.{name}", f"s.{name}" if stage.has("name") else None) for name in names]
        found += [
            Write("institution_type", "s.type_ref", "s.type_ref", _("institution type")),
            Write("institution_subtype", "s.subtype_ref", "s.subtype_ref", _("institution sub-type")),
            Write("hq_region_id", "s.region_ref", "s.region_ref", _("region of headquarters")),
            Write("industry_id", "s.industry_ref", "s.industry_ref", _("industry")),
            Write("grid_id", "s.grid_ref", "s.grid_ref", _("grid")),
            Write("parent_id", "s.parent_ref", "s.parent_ref", _("parent client")),
            Write("org_unit_id", "s.unit_ref", "CASE WHEN s.unit_given THEN s.unit_ref END", _("unit")),
            Write("am_id", "s.am_ref", "s.am_ref", _("account manager")),
            Write("client_code", "s.code_ref"),
            Write("status_changed_at", "now()"),
        ]
        return found

    def url_of(self, found: models.Model) -> str:
        """Return the card."""
        return reverse("clients:card", args=[found.pk])

    def touched_url(self, batch_id: int) -> str:
        """Return the client list narrowed to what an import touched."""
        return f"{reverse('clients:list')}?batch={batch_id}"

    def before_write(self, stage: "Stage") -> None:
        """Give every new client without a code of its own the next one of its unit's region (X-07)."""
        given = "client_code" if stage.has("client_code") else "NULL::text"
        stage.sql(f"UPDATE stage SET code_ref = {given} WHERE verdict = 'create'")
        new = stage.rows(
            "SELECT rn, unit_ref FROM stage WHERE verdict = 'create' AND code_ref IS NULL ORDER BY rn"
        )
        units = OrgUnit.objects.in_bulk({unit for _rn, unit in new})
        codes = allocate_codes(units=[units[unit] for _rn, unit in new])
        stage.sql(
            "UPDATE stage s SET code_ref = n.code FROM unnest(%(rns)s::int[], %(codes)s::text[]) n(rn, "
            "code) WHERE n.rn = s.rn",
            rns=[rn for rn, _unit in new],
            codes=codes,
        )

    def after_write(self, stage: "Stage") -> None:
        """Open the first assignment and the status history of new clients; move assignments that changed."""
        self._search(stage)
        # A client filed again knows the file before it (D-13).
        stage.sql(
            """
            UPDATE clients_client c SET predecessor_id = (
                SELECT o.id FROM clients_client o WHERE o.uscc = c.uscc AND o.status = 'CLOSED'
                ORDER BY o.closed_at DESC LIMIT 1
            ) FROM touched t WHERE t.id = c.id AND t.act = 'create' AND c.uscc <> ''
            AND EXISTS (SELECT 1 FROM clients_client o WHERE o.uscc = c.uscc AND o.status = 'CLOSED')
            """
        )
        stage.sql(
            """
            INSERT INTO clients_clientstatushistory (client_id, old, new, reason, changed_on, recorded_at,
            actor_id)
            SELECT id, '', 'POTENTIAL', 'FILED', %(today)s, now(), %(actor)s FROM touched WHERE act = 'create'
            """
        )
        if not stage.has("am"):
            return
        stage.sql(
            """
            UPDATE clients_amassignment a SET to_on = greatest(a.from_on, %(today)s::date - 1) FROM stage s
            WHERE s.verdict = 'update' AND s.after ? 'am_id' AND a.client_id = s.target_id
              AND a.kind = 'PRIMARY' AND a.to_on IS NULL
            """
        )
        stage.sql(
            """
            INSERT INTO clients_amassignment (client_id, user_id, kind, from_on, reason, actor_id)
            SELECT s.target_id, s.am_ref, 'PRIMARY', %(today)s, '', %(actor)s FROM stage s
            WHERE s.am_ref IS NOT NULL AND (s.verdict = 'create' OR s.verdict = 'update' AND s.after ?
            'am_id')
            """
        )

    def after_undo(self, stage: "Stage") -> None:
        """Give the clients back to whom they were taken from, with the days as they were."""
        changed = (
            "intake_rowchange c WHERE c.batch_id = %(batch)s AND c.act = 'update' AND NOT c.kept"
            " AND c.before ? 'am_id' AND a.client_id = c.object_id AND a.kind = 'PRIMARY'"
        )
        stage.sql(
            f"DELETE FROM clients_amassignment a USING {changed} AND a.to_on IS NULL"
            " AND a.user_id = (c.after ->> 'am_id')::bigint"
        )
        stage.sql(
            "UPDATE clients_amassignment b SET to_on = NULL FROM ("
            " SELECT DISTINCT ON (a.client_id) a.id FROM clients_amassignment a, " + changed + " AND"
            " a.user_id = (c.before ->> 'am_id')::bigint ORDER BY a.client_id, a.to_on DESC NULLS FIRST"
            ") l WHERE b.id = l.id"
        )

    def _search(self, stage: "Stage") -> None:
        """Keep short names findable where the file gave only one of the two names."""
        named = stage.rows(
            "SELECT c.id, c.name, c.short_name FROM clients_client c JOIN touched t USING (id)"
            " WHERE t.act = 'update' AND c.short_name <> ''"
        )
        if not named:
            return
        found = [(pk, *names_found_by(name, short)) for pk, name, short in named]
        stage.sql(
            """
            UPDATE clients_client c SET name_key = f.key, name_pinyin = f.pinyin, search_text = f.text
            FROM unnest(%(ids)s::bigint[], %(keys)s::text[], %(pinyin)s::text[], %(texts)s::text[]) f(id,
            key, pinyin, text)
            WHERE f.id = c.id AND c.search_text IS DISTINCT FROM f.text
            """,
            ids=[row[0] for row in found],
            keys=[row[1] for row in found],
            pinyin=[row[2] for row in found],
            texts=[row[3] for row in found],
        )
