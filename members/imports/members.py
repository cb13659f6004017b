"""The roster of members: the client's address book, with the kinds that may not be members kept out.

Source: S1-65, S1-66, S1-77…S1-80, E099…E106
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from clients.imports.reference import (
    CLIENT_COLUMNS,
    CLIENT_DERIVED,
    CLIENT_GROUP,
    CLIENT_MESSAGES,
    CLIENT_WORK,
    find_clients,
)
from clients.models import Client
from crm.intake.resources import Column, Resource, Sentence, Write, register
from members import choices
from members.imports.masked import MASKED_MESSAGES, refuse_masked
from members.models import Member

if TYPE_CHECKING:
    from crm.intake.staging import Stage


@register
class MemberRoster(Resource):
    """Members by mobile number; a number is an active member of one client only."""

    name = "members"
    place = 3
    label = _("Members")
    verb = "intake.import_members"
    model = Member
    any_of: ClassVar[tuple[tuple[str, ...], ...]] = (CLIENT_GROUP,)
    columns: ClassVar[tuple[Column, ...]] = (
        *CLIENT_COLUMNS,
        Column(
            "name",
            _("member name"),
            required=True,
            max_length=100,
            example="王芳",
            headers=("成员姓名", "姓名", "联系人", "成员名称", "员工姓名", "用户姓名"),
        ),
        Column(
            "msisdn",
            _("mobile"),
            "phone",
            required=True,
            example="13900000001",
            headers=(
                "手机号",
                "手机号码",
                "手机",
                "移动电话",
                "联系电话",
                "号码",
                "成员号码",
                "成员手机",
                "成员手机号",
                "成员手机号码",
                "成员电话",
                "电话",
                "mobile phone",
                "phone",
            ),
        ),
        Column(
            "position",
            _("position"),
            required=True,
            max_length=40,
            example="会计",
            headers=("职务", "岗位", "职位", "成员职务", "职务/岗位", "职务岗位"),
        ),
        Column(
            "type",
            _("member type"),
            "choice",
            required=True,
            choices=choices.MemberType,
            example="2",
            words=(
                ("关键成员", "1"),
                ("普通成员", "2"),
                ("普通", "2"),
                ("通讯录", "2"),
                ("家属", "3"),
                ("通话成员", "3"),
                ("家属成员", "3"),
                ("其他", "4"),
                ("其它", "4"),
                ("其他成员", "4"),
            ),
            headers=("成员类型", "成员类别", "类型"),
            help=_("1 key member, 2 ordinary member of the address book, 3 family or call member, 4 other."),
        ),
        Column(
            "source",
            _("source"),
            "choice",
            choices=choices.MemberSource,
            words=(
                ("通讯录", "ADDRESS_BOOK"),
                ("通话行为", "CALL_BEHAVIOUR"),
                ("通话", "CALL_BEHAVIOUR"),
                ("营销活动", "CAMPAIGN"),
                ("活动", "CAMPAIGN"),
                ("营销", "CAMPAIGN"),
            ),
            headers=("来源", "成员来源", "号码来源", "数据来源"),
        ),
        Column(
            "employment",
            _("employment"),
            "choice",
            choices=choices.Employment,
            words=(
                ("正式", "REGULAR"),
                ("正式员工", "REGULAR"),
                ("在编", "REGULAR"),
                ("临时", "TEMP"),
                ("临时工", "TEMP"),
                ("聘用", "TEMP"),
                ("临聘", "TEMP"),
                ("外聘", "TEMP"),
            ),
            headers=("用工性质", "用工类型", "用工形式"),
        ),
        Column(
            "person_kind",
            _("kind of person"),
            "choice",
            choices=choices.PersonKind,
            words=(
                ("员工", "STAFF"),
                ("职工", "STAFF"),
                ("教师", "STAFF"),
                ("老师", "STAFF"),
                ("管理人员", "MANAGER"),
                ("管理", "MANAGER"),
                ("学生", "STUDENT"),
                ("家属", "FAMILY"),
            ),
            headers=("人员类别", "人员类型", "人员性质"),
        ),
        Column(
            "line_kind",
            _("kind of line"),
            "choice",
            choices=choices.LineKind,
            words=(
                ("手机", "MOBILE"),
                ("物联网卡", "M2M"),
                ("物联网", "M2M"),
                ("TD座机", "TD_LANDLINE"),
                ("TD无线座机", "TD_LANDLINE"),
                ("固话", "FIXED"),
                ("固定电话", "FIXED"),
            ),
            headers=("号码类型", "号码类别", "终端类型"),
        ),
        Column(
            "verified", _("verified"), "bool", headers=("已核实", "是否核实", "核实", "真实性", "是否已核实")
        ),
        Column("joined_on", _("joined on"), "date", headers=("入网日期", "加入日期", "入网时间", "入职日期")),
        Column("remark", _("remark"), max_length=200, headers=("备注", "说明")),
    )
    derived = (CLIENT_DERIVED,)
    work: ClassVar[Mapping[str, str]] = {**CLIENT_WORK, "source_ref": "text", "type_ref": "text"}
    notes = (
        _("A member is found again by mobile number. A number can be an active member of one client only."),
        _(
            "Position and member type are required. A column your file lacks can be given one value for "
            "all rows."
        ),
        _(
            "Students, M2M cards and TD landlines may not be members. Unverified numbers and temporary "
            "staff become type 3."
        ),
        _("An empty cell leaves what is on file as it is."),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        **CLIENT_MESSAGES,
        **MASKED_MESSAGES,
        "CLIENT_CLOSED": _("This client is closed and takes no members."),
        "DATE_FUTURE": _("The date lies in the future."),
        "MEMBER_KIND_FORBIDDEN": _("Students, M2M cards and TD landlines may not be members."),
        "MEMBER_ELSEWHERE": _("This number is an active member of %(client)s. End that membership first."),
        "MEMBER_ELSEWHERE_HIDDEN": _("This number is an active member of another client."),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find the client, then the member by number; keep forbidden kinds out and set the effective type.

        Steps: 1. kinds, days; 2. client; 3. duplicates in the file; 4. the one on file; 5. source and type.
        """
        refuse_masked(stage)
        if stage.has("person_kind"):
            stage.flag("MEMBER_KIND_FORBIDDEN", "s.person_kind = 'STUDENT'", column="person_kind")
        if stage.has("line_kind"):
            stage.flag("MEMBER_KIND_FORBIDDEN", "s.line_kind IN ('M2M', 'TD_LANDLINE')", column="line_kind")
        if stage.has("joined_on"):
            stage.flag("DATE_FUTURE", "s.joined_on > %(today)s", column="joined_on")
        find_clients(stage)
        stage.duplicates("s.msisdn")
        stage.sql(
            "UPDATE stage s SET target_id = m.id FROM members_member m"
            " WHERE m.msisdn = s.msisdn AND m.left_on IS NULL AND m.client_id = s.client_ref AND NOT s.failed"
        )
        self._elsewhere(stage)
        self._type(stage)

    def _elsewhere(self, stage: "Stage") -> None:
        """Refuse a number that is a member of another legal person; name it only to who may see it.

        Clusters and individual businesses may repeat a number (spec §3.2).
        """
        stage.sql("DROP TABLE IF EXISTS pg_temp.elsewhere")
        stage.sql(
            "CREATE TEMP TABLE elsewhere ON COMMIT DROP AS SELECT s.rn, c.id, c.name FROM stage s"
            " JOIN clients_client own ON own.id = s.client_ref AND own.is_legal_person"
            " JOIN members_member m ON m.msisdn = s.msisdn AND m.left_on IS NULL AND m.exclusive"
            " JOIN clients_client c ON c.id = m.client_id WHERE s.client_ref <> m.client_id AND NOT s.failed"
        )
        join = "JOIN elsewhere e ON e.rn = s.rn"
        named = "jsonb_build_object('client', e.name)"
        if stage.actor is None:
            stage.flag("MEMBER_ELSEWHERE", "true", joins=join, details=named, column="msisdn")
            return
        others = [row[0] for row in stage.rows("SELECT DISTINCT id FROM elsewhere")]
        seen = list(Client.objects.visible_to(stage.actor).filter(pk__in=others).values_list("pk", flat=True))
        stage.flag(
            "MEMBER_ELSEWHERE", "e.id = ANY(%(seen)s)", joins=join, details=named, column="msisdn", seen=seen
        )
        stage.flag("MEMBER_ELSEWHERE_HIDDEN", "true", joins=join, column="msisdn")

    def _type(self, stage: "Stage") -> None:
        """Set source and effective type (S1-66, S1-78): what is unsure or temporary is a call member."""
        source = "s.source" if stage.has("source") else "NULL"
        verified = "s.verified" if stage.has("verified") else "NULL"
        employment = "s.employment" if stage.has("employment") else "NULL"
        stage.sql(
            f"""
            UPDATE stage s SET source_ref = coalesce({source}, CASE
                WHEN s.target_id IS NOT NULL THEN NULL
                WHEN s.type = '3' THEN 'CALL_BEHAVIOUR' WHEN s.type = '4' THEN 'BOSS' ELSE 'ADDRESS_BOOK' END)
            WHERE NOT s.failed
            """
        )
        stage.sql(
            f"""
            UPDATE stage s SET type_ref = CASE
                WHEN coalesce({verified}, m.verified) IS FALSE THEN '3'
                WHEN coalesce({employment}, m.employment) = 'TEMP' THEN '3'
                WHEN coalesce(s.source_ref, m.source) = 'CALL_BEHAVIOUR' THEN '3'
                WHEN s.type = '1' THEN '1'
                WHEN coalesce(s.source_ref, m.source) = 'ADDRESS_BOOK' THEN '2'
                ELSE s.type END
            FROM stage x LEFT JOIN members_member m ON m.id = x.target_id
            WHERE x.rn = s.rn AND NOT s.failed
            """
        )

    def writes(self, stage: "Stage") -> list[Write]:
        """Return what an import writes: the file's columns, with source and type as the rules set them."""
        found = [write for write in super().writes(stage) if write.column not in ("type", "source")]
        return [
            *found,
            Write("client_id", "s.client_ref", None, _("client")),
            Write("exclusive", "(SELECT c.is_legal_person FROM clients_client c WHERE c.id = s.client_ref)"),
            Write("type", "s.type_ref", "s.type_ref", _("member type")),
            Write("source", "s.source_ref", "s.source_ref", _("source")),
        ]
