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

from clients.imports.client_columns import COLUMNS
from clients.imports.client_references import find_references
from clients.imports.regions import region_finder
from clients.models import Client
from clients.rules.filing import guards
from clients.services.codes import code_prefixes, reserve_codes
from clients.services.search import KEY_LENGTH, search_columns
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
    place = 1
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
        stage.flag(
            "TOO_LONG",
            "length(s.name_key) > %(limit)s",
            column="name",
            details="jsonb_build_object('limit', %(limit)s::int)",
            limit=KEY_LENGTH,
        )
        keys = [f"s.{name}" for name in ("client_code", "uscc", "licence_no") if stage.has(name)]
        place = "".join(
            f" || '|' || coalesce(s.{name}, '')" for name in ("province", "city") if stage.has(name)
        )
        stage.duplicates(f"coalesce({', '.join([*keys, f's.name_key{place}'])})")
        self._regions(stage)
        self._match(stage)
        find_references(stage)
        self._guards(stage)

    def _regions(self, stage: "Stage") -> None:
        """Find the region of every row, and take over the type as given, in one pass over the table."""
        given = [name for name in ("province", "city") if stage.has(name)]
        kinds = "".join(
            f", {work} = s.{name}"
            for work, name in (("type_ref", "institution_type"), ("subtype_ref", "institution_subtype"))
            if stage.has(name)
        )
        if not given:
            if kinds:
                stage.sql(f"UPDATE stage s SET {kinds.removeprefix(', ')}")
            return
        pair = ", ".join(f"s.{name}" if name in given else "NULL::text" for name in ("province", "city"))
        finder = region_finder()
        found = [
            (province, city, finder.find(province, city))
            for province, city in stage.rows(f"SELECT DISTINCT {pair} FROM stage s")
        ]
        join = " AND ".join(f"coalesce(s.{name}, '') = r.{name}" for name in given)
        stage.sql(
            f"UPDATE stage s SET region_ref = r.code{kinds} FROM unnest(%(provinces)s::text[], "
            "%(cities)s::text[], %(codes)s::text[])"
            f" r(province, city, code) WHERE {join}",
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

    def depends(self, stage: "Stage") -> Mapping[str, tuple[str, ...]]:
        """Return what the verdicts stand on: clients of the same keys, and all that is looked up."""
        child = "s.target_id IN (SELECT c.id FROM clients_client c WHERE c.parent_id = x.id)"
        same = ["s.target_id = x.id", child]
        if stage.has("name"):
            same.append("s.name_key = x.name_key AND x.name_key <> ''")
        same += [
            f"s.{name} = x.{key}"
            for name, key in (
                ("client_code", "client_code"),
                ("uscc", "uscc"),
                ("licence_no", "licence_no"),
                ("parent_code", "client_code"),
            )
            if stage.has(name)
        ]
        staff = ["s.am = x.staff_no OR s.am = x.username"] if stage.has("am") else []
        looked_up = (
            "accounts_orgunit",
            "base_region",
            "clients_grid",
            "clients_industry",
            "params_paramvalue",
        )
        return {
            "clients_client": tuple(same),
            "accounts_user": tuple(staff),
            "clients_amassignment": ("x.user_id = %(actor)s",) if stage.actor is not None else (),
            **dict.fromkeys([*looked_up, "params_paramvalue"], ("true",)),
        }

    def numbering(self, stage: "Stage") -> tuple[Mapping[str, str], str]:
        """Give every new client without a code of its own the next one of its unit's region (X-07)."""
        given = "o.client_code" if stage.has("client_code") else "NULL::text"
        wanted: dict[int, int] = dict(
            stage.rows(
                "SELECT o.unit_ref, count(*) FROM stage o"
                f" WHERE o.verdict = 'create' AND {given} IS NULL GROUP BY 1"
            )
        )
        if not wanted:
            return {"code_ref": given}, ""
        units = OrgUnit.objects.in_bulk(wanted)
        prefixes = code_prefixes(list(units.values()))
        first = reserve_codes(wanted={units[unit]: count for unit, count in wanted.items()})
        stage.sql("DROP TABLE IF EXISTS pg_temp.code_of_unit")
        stage.sql(
            "CREATE TEMP TABLE code_of_unit ON COMMIT DROP AS SELECT * FROM unnest(%(units)s::bigint[],"
            " %(prefixes)s::text[], %(first)s::bigint[]) u(unit, prefix, first)",
            units=list(prefixes),
            prefixes=list(prefixes.values()),
            first=[first[prefix] for prefix in prefixes.values()],
        )
        same = f"PARTITION BY u.prefix, {given} IS NULL ORDER BY o.rn"
        code = f"u.prefix || lpad((u.first + row_number() OVER ({same}) - 1)::text, 8, '0')"
        return {"code_ref": f"coalesce({given}, {code})"}, "LEFT JOIN code_of_unit u ON u.unit = o.unit_ref"

    def after_write(self, stage: "Stage") -> None:
        """Open the first assignment and the status history of new clients; move assignments that changed."""
        self._search(stage)
        # A client filed again knows the file before it (D-13).
        stage.sql(
            """
            UPDATE clients_client c SET predecessor_id = o.id FROM touched t, (
                SELECT DISTINCT ON (uscc) uscc, id FROM clients_client
                WHERE status = 'CLOSED' AND uscc <> '' ORDER BY uscc, closed_at DESC
            ) o WHERE t.id = c.id AND t.act = 'create' AND o.uscc = c.uscc
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
