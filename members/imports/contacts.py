"""The roster of key persons and contacts: one key person and five contacts a client, as on the page.

Source: S1-81…S1-84, E094, E095, E097
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.imports.reference import (
    CLIENT_COLUMNS,
    CLIENT_DERIVED,
    CLIENT_GROUP,
    CLIENT_MESSAGES,
    CLIENT_WORK,
    find_clients,
)
from clients.services.completeness import refresh_completeness
from crm.intake.choices import Mode
from crm.intake.resources import Column, Derived, Resource, Sentence, Write, register
from members import choices
from members.carriers import carrier_of
from members.imports.masked import MASKED_MESSAGES, refuse_masked
from members.models import Contact
from members.services.refusals import REFUSALS

if TYPE_CHECKING:
    from crm.intake.staging import Stage

MOST_CONTACTS = 5


@register
class ContactRoster(Resource):
    """Key persons and contacts, found again in their client by mobile number, else by name."""

    name = "contacts"
    place = 2
    label = _("Key persons and contacts")
    verb = "intake.import_members"
    model = Contact
    any_of: ClassVar[tuple[tuple[str, ...], ...]] = (CLIENT_GROUP,)
    derived = (CLIENT_DERIVED, Derived(("mobile",), ("carrier_ref",), lambda mobile: (carrier_of(mobile),)))
    columns: ClassVar[tuple[Column, ...]] = (
        *CLIENT_COLUMNS,
        Column(
            "name",
            _("full name"),
            required=True,
            max_length=40,
            example="王芳",
            headers=("姓名", "联系人", "联系人姓名", "关键人姓名", "联系人名称", "关键人"),
        ),
        Column(
            "kind",
            _("kind"),
            "choice",
            required=True,
            choices=choices.ContactKind,
            words=(
                ("关键人", "KEY_PERSON"),
                ("关键人物", "KEY_PERSON"),
                ("负责人", "KEY_PERSON"),
                ("联系人", "CONTACT"),
                ("普通联系人", "CONTACT"),
                ("是", "KEY_PERSON"),
                ("否", "CONTACT"),
            ),
            headers=(
                "类别",
                "联系人类别",
                "联系人类型",
                "人员类别",
                "人员类型",
                "类型",
                "是否关键人",
                "关键人/联系人",
            ),
        ),
        Column("salutation", _("form of address"), max_length=20, headers=("称呼", "称谓")),
        Column("position", _("position"), max_length=40, headers=("职务", "岗位", "职位")),
        Column(
            "mobile", _("mobile"), "phone", headers=("手机", "手机号", "手机号码", "移动电话", "联系电话")
        ),
        Column("phone", _("phone"), max_length=30, headers=("电话", "办公电话", "固定电话", "座机")),
        Column("email", _("email"), max_length=254, headers=("邮箱", "电子邮箱", "电子邮件", "e-mail")),
        Column("birthday", _("birthday"), "date", headers=("生日", "出生日期")),
        Column(
            "traits",
            _("traits and requests"),
            max_length=2000,
            headers=("特征与需求", "个人特征", "爱好", "备注"),
        ),
    )
    work: ClassVar[Mapping[str, str]] = {
        **CLIENT_WORK,
        "was_ref": "text",
        "nth": "integer",
        "many_people": "boolean",
    }
    notes = (
        _("A client has one key person and at most five contacts."),
        _("A person is found again in the client by mobile number, else by name."),
        _("An empty cell leaves what is on file as it is."),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        **CLIENT_MESSAGES,
        **MASKED_MESSAGES,
        "KEY_PERSON_EXISTS": REFUSALS["client_one_key_person"][2],
        "CONTACT_LIMIT": REFUSALS["client_five_contacts"][2],
        "KEY_PERSON_NEEDED": _(
            "A filed client keeps a key person. Name the new one, and the change is made in one step."
        ),
        "SEVERAL_PEOPLE": _("Several people of this client have this name. Give the mobile number."),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find client and person, then keep the limits of the page: one key person, five contacts."""
        refuse_masked(stage)
        find_clients(stage)
        person = "coalesce(s.mobile, s.name)" if stage.has("mobile") else "s.name"
        stage.duplicates(f"s.client_ref || '|' || {person}")
        self._match(stage)
        stage.sql("UPDATE stage s SET was_ref = p.kind FROM members_contact p WHERE p.id = s.target_id")
        self._key_persons(stage)
        self._limit(stage)

    def _match(self, stage: "Stage") -> None:
        same = "p.client_id = s.client_ref AND p.left_on IS NULL"
        by_name = "p.name = s.name"
        if stage.has("mobile"):
            stage.sql(
                "UPDATE stage s SET target_id = p.id FROM members_contact p"
                f" WHERE {same} AND p.mobile = s.mobile AND NOT s.failed"
            )
            # A number on file that is another one than the row's is another person of the same name.
            by_name += " AND (s.mobile IS NULL OR p.mobile = '')"
        stage.sql(
            f"""
            UPDATE stage s SET target_id = m.id, many_people = m.many FROM (
                SELECT s.rn, coalesce(min(p.id) FILTER (WHERE p.mobile = ''), min(p.id)) AS id,
                       -- Of namesakes, the only one without a number is who is named without one.
                       count(*) > 1 AND count(*) FILTER (WHERE p.mobile = '') <> 1 AS many
                FROM stage s JOIN members_contact p ON {same} AND {by_name}
                WHERE s.target_id IS NULL AND NOT s.failed GROUP BY s.rn
            ) m WHERE m.rn = s.rn
            """
        )
        stage.flag("SEVERAL_PEOPLE", "s.many_people", column="name")

    def _key_persons(self, stage: "Stage") -> None:
        stage.flag(
            "KEY_PERSON_NEEDED",
            "s.was_ref = 'KEY_PERSON' AND s.kind = 'CONTACT' AND EXISTS (SELECT 1 FROM clients_client c"
            " WHERE c.id = s.client_ref AND c.filing = 'FILED')",
            column="kind",
        )
        stage.flag(
            "KEY_PERSON_EXISTS",
            "s.kind = 'KEY_PERSON' AND (EXISTS (SELECT 1 FROM members_contact p"
            " WHERE p.client_id = s.client_ref AND p.kind = 'KEY_PERSON'"
            " AND p.left_on IS NULL AND p.id IS DISTINCT FROM s.target_id)"
            " OR k.nth > 1)",
            column="kind",
            joins="LEFT JOIN (SELECT rn, row_number() OVER (PARTITION BY client_ref ORDER BY rn) AS nth"
            " FROM stage WHERE kind = 'KEY_PERSON' AND NOT failed) k ON k.rn = s.rn",
        )

    def _limit(self, stage: "Stage") -> None:
        """Count who would be added to the contacts of each client, in the order of the file."""
        added = "kind = 'CONTACT' AND was_ref IS DISTINCT FROM 'CONTACT' AND NOT failed"
        stage.sql("UPDATE stage SET nth = NULL")
        stage.sql(
            f"""
            UPDATE stage s SET nth = n.nth FROM (
                SELECT rn, row_number() OVER (PARTITION BY client_ref ORDER BY rn) AS nth
                FROM stage WHERE {added}
            ) n WHERE n.rn = s.rn
            """
        )
        stage.flag(
            "CONTACT_LIMIT",
            "s.nth + (SELECT c.contacts_active FROM clients_client c WHERE c.id = s.client_ref) > %(most)s",
            column="kind",
            most=MOST_CONTACTS,
        )

    def writes(self, stage: "Stage") -> list[Write]:
        """Return what an import writes; a new position without a date is dated today (S1-84)."""
        found = super().writes(stage)
        found.append(Write("client_id", "s.client_ref", None, _("client")))
        if stage.has("mobile"):
            found.append(Write("carrier", "s.carrier_ref", "s.carrier_ref", _("operator")))
        if stage.has("position") and stage.batch.mode != Mode.FILL:
            found.append(
                Write(
                    "position_changed_on",
                    "NULL::date",
                    "CASE WHEN s.position IS NOT NULL AND t.position IS DISTINCT FROM s.position"
                    " THEN %(today)s::date END",
                    _("position changed on"),
                )
            )
        return found

    def after_write(self, stage: "Stage") -> None:
        """Grade the files of the clients again."""
        self._grade(stage, "SELECT DISTINCT p.client_id FROM members_contact p JOIN touched t ON t.id = p.id")

    def before_undo(self, stage: "Stage") -> None:
        """Keep whose files must be graded again."""
        stage.sql("DROP TABLE IF EXISTS pg_temp.undone")
        stage.sql(
            "CREATE TEMP TABLE undone ON COMMIT DROP AS SELECT DISTINCT t.client_id FROM members_contact t"
            " JOIN intake_rowchange c ON c.object_id = t.id WHERE c.batch_id = %(batch)s AND NOT c.kept"
        )

    def after_undo(self, stage: "Stage") -> None:
        """Grade the files of the clients again."""
        self._grade(stage, "SELECT client_id FROM undone")

    def _grade(self, stage: "Stage", clients: str) -> None:
        found = [row[0] for row in stage.rows(clients)]
        for start in range(0, len(found), 10_000):
            refresh_completeness(found[start : start + 10_000], as_of=stage.today)

    def url_of(self, found: models.Model) -> str:
        """Return the people of the client."""
        return reverse("members:people", args=[found.client_id]) if isinstance(found, Contact) else ""
