"""The roster of portfolios: who manages which client from which day (Source: S0-44, S1-72)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.choices import AssignmentKind
from clients.imports.reference import (
    CLIENT_COLUMNS,
    CLIENT_DERIVED,
    CLIENT_GROUP,
    CLIENT_MESSAGES,
    CLIENT_WORK,
    find_clients,
)
from clients.models import AMAssignment, Client
from clients.services.completeness import refresh_completeness
from crm.accounts.models import OrgUnit, User
from crm.intake.resources import Column, Resource, Sentence, Write, register

if TYPE_CHECKING:
    from crm.intake.staging import Stage


@register
class AssignmentRoster(Resource):
    """Assignments of managers: one row gives one client to one person from a day on."""

    name = "assignments"
    label = _("Manager assignments")
    verb = "intake.import"
    model = AMAssignment
    any_of: ClassVar[tuple[tuple[str, ...], ...]] = (CLIENT_GROUP,)
    derived = (CLIENT_DERIVED,)
    columns: ClassVar[tuple[Column, ...]] = (
        *CLIENT_COLUMNS,
        Column(
            "am",
            _("account manager"),
            "text",
            "",
            required=True,
            max_length=52,
            example="62010001",
            headers=("客户经理", "客户经理工号", "客户经理姓名", "责任人", "经理工号", "新客户经理", "工号"),
            help=_("Staff number or registered name."),
        ),
        Column(
            "kind",
            _("part"),
            "choice",
            choices=AssignmentKind,
            words=(
                ("主", "PRIMARY"),
                ("主客户经理", "PRIMARY"),
                ("主责", "PRIMARY"),
                ("协办", "CO"),
                ("协同", "CO"),
                ("副", "CO"),
                ("电话", "PHONE"),
                ("电话经理", "PHONE"),
            ),
            headers=("分工", "类型", "经理类型", "分配类型"),
            help=_("Left empty: the primary manager."),
        ),
        Column(
            "from_on",
            _("from"),
            "date",
            headers=("生效日期", "开始日期", "起始日期", "接管日期"),
            help=_("Left empty: today. A day that lies in the future is refused."),
        ),
        Column("reason", _("reason"), max_length=200, headers=("原因", "调整原因", "备注", "说明")),
    )
    work: ClassVar[Mapping[str, str]] = {
        **CLIENT_WORK,
        "am_ref": "bigint",
        "kind_ref": "text",
        "from_ref": "date",
        "unit_ref": "bigint",
    }
    notes = (
        _("A client has one primary manager: the one before keeps the days until the day before."),
        _("A person must manage clients in the unit of the client."),
        _("Who manages a client already is not changed; dates of the past stay as they are."),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        **CLIENT_MESSAGES,
        "AM_UNKNOWN": _("There is no active person with this staff number or registered name in your scope."),
        "AM_ELSEWHERE": _("This person does not manage clients in the unit of this client."),
        "DATE_FUTURE": _("The date lies in the future."),
        "BEFORE_CURRENT": _("The present assignment began later. A list does not rewrite the past."),
        "ALREADY_ASSIGNED": _("This person already works on this client in another part."),
    }

    def may_import(self, user: User) -> bool:
        """Ask for the verb of giving clients away, too."""
        return super().may_import(user) and user.can("clients.assign")

    def resolve(self, stage: "Stage") -> None:
        """Find client and person; refuse who may not manage the client and what rewrites the past."""
        find_clients(stage)
        kind = "s.kind" if stage.has("kind") else "NULL"
        day = "s.from_on" if stage.has("from_on") else "NULL::date"
        stage.sql(
            f"UPDATE stage s SET kind_ref = coalesce({kind}, 'PRIMARY'),"
            f" from_ref = coalesce({day}, %(today)s)"
        )
        stage.flag("DATE_FUTURE", "s.from_ref > %(today)s", column="from_on")
        stage.sql(
            "UPDATE stage s SET am_ref = u.id FROM accounts_user u"
            " WHERE (u.staff_no = s.am OR u.username = s.am) AND NOT u.is_system"
        )
        # An assignment that stands is left as it is, also of somebody who has left since.
        stage.sql(
            "UPDATE stage s SET target_id = a.id FROM clients_amassignment a WHERE a.client_id = s.client_ref"
            " AND a.user_id = s.am_ref AND a.kind = s.kind_ref AND a.to_on IS NULL AND NOT s.failed"
        )
        self._people(stage)
        stage.duplicates(
            "s.client_ref || '|' || CASE s.kind_ref WHEN 'PRIMARY' THEN 'P' ELSE s.kind_ref || s.am_ref END"
        )
        current = (
            "s.target_id IS NULL AND EXISTS (SELECT 1 FROM clients_amassignment a"
            " WHERE a.client_id = s.client_ref AND a.to_on IS NULL AND "
        )
        stage.flag(
            "BEFORE_CURRENT",
            current + "s.kind_ref = 'PRIMARY' AND a.kind = 'PRIMARY' AND a.from_on > s.from_ref)",
            column="from_on",
        )
        stage.flag(
            "ALREADY_ASSIGNED", current + "s.kind_ref <> 'PRIMARY' AND a.user_id = s.am_ref)", column="am"
        )
        stage.flag(
            "ALREADY_ASSIGNED",
            "EXISTS (SELECT 1 FROM stage f WHERE f.client_ref = s.client_ref AND f.am_ref = s.am_ref"
            " AND f.rn <> s.rn AND NOT f.failed AND (f.kind_ref = 'PRIMARY' OR f.rn < s.rn))"
            " AND s.kind_ref <> 'PRIMARY'",
            column="am",
        )

    def _people(self, stage: "Stage") -> None:
        stage.flag(
            "AM_UNKNOWN",
            "s.target_id IS NULL AND NOT EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = s.am_ref"
            " AND u.status = 'ACTIVE')",
            column="am",
        )
        stage.sql(
            "UPDATE stage s SET unit_ref = c.org_unit_id FROM clients_client c WHERE c.id = s.client_ref"
        )
        pairs = stage.rows(
            "SELECT DISTINCT am_ref, unit_ref, kind_ref = 'PRIMARY' FROM stage"
            " WHERE NOT failed AND target_id IS NULL"
        )
        people = User.objects.in_bulk({row[0] for row in pairs})
        units = OrgUnit.objects.in_bulk({row[1] for row in pairs})
        wrong = [
            (person, unit, primary)
            for person, unit, primary in pairs
            if not self._may_manage(people[person], units[unit], primary=primary)
        ]
        stage.flag(
            "AM_ELSEWHERE",
            "s.target_id IS NULL AND (s.am_ref, s.unit_ref, s.kind_ref = 'PRIMARY') IN (SELECT * FROM"
            " unnest(%(people)s::bigint[], %(units)s::bigint[], %(primary)s::boolean[]))",
            column="am",
            people=[row[0] for row in wrong],
            units=[row[1] for row in wrong],
            primary=[row[2] for row in wrong],
        )

    @staticmethod
    def _may_manage(person: User, unit: OrgUnit, *, primary: bool) -> bool:
        if not primary:
            return person.can("clients.view")
        return person.can("clients.change") and person.scope.covers(unit)

    def writes(self, stage: "Stage") -> list[Write]:
        """Return the new assignment; one that stands is not touched."""
        reason = "s.reason" if stage.has("reason") else "NULL::text"
        return [
            Write("client_id", "s.client_ref", None, _("client")),
            Write("user_id", "s.am_ref", None, _("account manager")),
            Write("kind", "s.kind_ref", None, _("part")),
            Write("from_on", "s.from_ref", None, _("from")),
            Write("reason", reason, None, _("reason")),
            Write("actor_id", "%(actor)s", None),
        ]

    def before_write(self, stage: "Stage") -> None:
        """End what the new assignment replaces, and keep it for undo.

        An assignment that began on the same day has no day of its own to keep, as when it is given by hand.
        """
        replaced = (
            "a.client_id = s.client_ref AND a.to_on IS NULL AND s.kind_ref = 'PRIMARY'"
            " AND (a.kind = 'PRIMARY' OR a.user_id = s.am_ref)"
        )
        stage.sql(
            f"""
            UPDATE stage s SET before = jsonb_build_object(
                'ended', (SELECT jsonb_agg(to_jsonb(a)) FROM clients_amassignment a WHERE {replaced}),
                'client', CASE WHEN s.kind_ref = 'PRIMARY' THEN s.client_ref END,
                'manager', c.am_id, 'version', c.version, 'at', c.updated_at, 'by', c.updated_by_id)
            FROM clients_client c WHERE s.verdict = 'create' AND c.id = s.client_ref
            """
        )
        stage.sql(
            f"DELETE FROM clients_amassignment a USING stage s WHERE s.verdict = 'create' AND {replaced}"
            " AND a.from_on >= s.from_ref"
        )
        stage.sql(
            f"UPDATE clients_amassignment a SET to_on = s.from_ref - 1 FROM stage s"
            f" WHERE s.verdict = 'create' AND {replaced}"
        )

    def after_write(self, stage: "Stage") -> None:
        """Write the new primary managers into the files."""
        stage.sql(
            "UPDATE clients_client c SET am_id = s.am_ref, version = c.version + 1, updated_at = now(),"
            " updated_by_id = %(actor)s FROM stage s"
            " WHERE s.verdict = 'create' AND s.kind_ref = 'PRIMARY' AND c.id = s.client_ref"
        )
        self._complete(
            stage, "SELECT client_ref FROM stage WHERE verdict = 'create' AND kind_ref = 'PRIMARY'"
        )

    def after_undo(self, stage: "Stage") -> None:
        """Give the clients back to whom they were taken from, with the days as they were."""
        ended = (
            "(SELECT c.before, e.a FROM intake_rowchange c, jsonb_array_elements(c.before -> 'ended') e(a)"
            " WHERE c.batch_id = %(batch)s AND NOT c.kept AND jsonb_typeof(c.before -> 'ended') = 'array')"
        )
        stage.sql(
            f"UPDATE clients_amassignment a SET to_on = NULL FROM {ended} x"
            " WHERE a.id = (x.a ->> 'id')::bigint"
        )
        stage.sql(
            "INSERT INTO clients_amassignment SELECT r.* FROM "
            f"{ended} x, jsonb_populate_record(NULL::clients_amassignment, x.a) r"
            " WHERE NOT EXISTS (SELECT 1 FROM clients_amassignment a WHERE a.id = r.id)"
        )
        back = (
            "SELECT r.* FROM intake_rowchange c, jsonb_to_record(c.before)"
            " r(client bigint, manager bigint, version int, at timestamptz, by bigint)"
            " WHERE c.batch_id = %(batch)s AND NOT c.kept AND r.client IS NOT NULL"
        )
        stage.sql("DROP TABLE IF EXISTS pg_temp.given_back")
        # A file nobody has touched since bears the day and the name it bore before.
        stage.sql(
            "CREATE TEMP TABLE given_back ON COMMIT DROP AS"
            " SELECT b.*, c.version = b.version + 1 AS untouched"
            f" FROM ({back}) b JOIN clients_client c ON c.id = b.client"
        )
        stage.sql(
            "UPDATE clients_client c SET am_id = b.manager, version = c.version + 1,"
            " updated_at = CASE WHEN b.untouched THEN b.at ELSE now() END,"
            " updated_by_id = CASE WHEN b.untouched THEN b.by ELSE %(actor)s END"
            " FROM given_back b WHERE c.id = b.client"
        )
        stage.known_again(Client, "SELECT client, version FROM given_back WHERE untouched")
        self._complete(stage, "SELECT client FROM given_back")

    def _complete(self, stage: "Stage", clients: str) -> None:
        found = [row[0] for row in stage.rows(clients)]
        for start in range(0, len(found), 10_000):
            refresh_completeness(found[start : start + 10_000], as_of=stage.today)

    def url_of(self, found: models.Model) -> str:
        """Return the client's card."""
        return reverse("clients:card", args=[found.client_id]) if isinstance(found, AMAssignment) else ""
