"""The roster of staff: accounts by staff number, with unit and first role (Source: S1-09, S1-98, E201).

It stands here because accounts lie below intake. New accounts have no password at all: one-time passwords are
made afterwards, once, by `crm.intake.passwords`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.accounts.choices import Grade, Role, Track
from crm.accounts.models import REGISTERED_NAME, OrgUnit, User
from crm.intake.resources import Column, Resource, Sentence, Write, register

if TYPE_CHECKING:
    from crm.intake.staging import Stage


# Roles a person may hold; that of client systems is not among them.
StaffRole = cast(
    type[models.TextChoices],
    models.TextChoices(  # type: ignore[call-overload]  # the functional form of an enumeration
        "StaffRole", [(role.name, (role.value, role.label)) for role in Role if role is not Role.API]
    ),
)


@register
class StaffRoster(Resource):
    """Staff by staff number."""

    name = "users"
    label = _("Staff")
    verb = "intake.import_users"
    model = User
    result_panel = "intake/includes/passwords.html"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "staff_no",
            _("staff number"),
            "key",
            required=True,
            max_length=32,
            example="62010001",
            headers=("工号", "员工编号", "员工工号", "人员编号"),
        ),
        Column(
            "full_name",
            _("full name"),
            required=True,
            max_length=40,
            example="李四",
            headers=("姓名", "员工姓名", "人员姓名"),
        ),
        Column(
            "username",
            _("registered name"),
            max_length=52,
            example="城关区_李四",
            headers=("注册名", "登录名", "用户名", "账号", "登录账号"),
            help=_("Department, underscore, name: 城关区_李四. Namesakes add a figure: 城关区_李四2."),
        ),
        Column(
            "unit",
            _("unit"),
            field="",
            required=True,
            max_length=80,
            headers=("单位", "部门", "所属单位", "所属部门", "组织单位", "归属单位"),
            help=_("Code or name of a unit that you administer."),
        ),
        Column(
            "role",
            _("role"),
            "choice",
            "",
            choices=StaffRole,
            words=(
                ("经理", "AM"),
                ("主任", "DEPT_HEAD"),
                ("部门主任", "DEPT_HEAD"),
                ("领导", "UNIT_LEADER"),
                ("省管理员", "PROV_ADMIN"),
                ("管理员", "SYSADMIN"),
                ("审计", "AUDITOR"),
                ("营业厅", "HALL"),
                ("热线", "HOTLINE"),
            ),
            headers=("角色", "岗位角色", "系统角色"),
            help=_(
                "The first role of a new person, over the unit. Later ones are given on the person's page."
            ),
        ),
        Column("staff_position", _("staff position"), max_length=40, headers=("职务", "岗位", "职位")),
        Column("mobile", _("mobile"), "phone", headers=("手机", "手机号", "手机号码", "联系电话")),
        Column("email", _("email"), max_length=254, headers=("邮箱", "电子邮箱", "电子邮件", "e-mail")),
        Column("hired_on", _("hired on"), "date", headers=("入职日期", "入职时间", "参加工作日期")),
        Column(
            "am_track",
            _("track"),
            "choice",
            choices=Track,
            words=(("VIP客户经理", "VIP"), ("大客户", "VIP"), ("集团客户经理", "GROUP"), ("集团", "GROUP")),
            headers=("序列", "通道", "客户经理序列"),
        ),
        Column(
            "am_grade",
            _("grade"),
            "choice",
            choices=Grade,
            words=(("高级", "SENIOR"), ("中级", "MIDDLE"), ("初级", "ORDINARY"), ("普通", "ORDINARY")),
            headers=("级别", "等级", "客户经理级别"),
        ),
    )
    work: ClassVar[Mapping[str, str]] = {"unit_ref": "bigint"}
    notes = (
        _("A person is found again by staff number. An empty cell leaves what is on file as it is."),
        _("New accounts have no password. After the import, make one-time passwords once and hand them out."),
        _("Roles of people on file are changed on their pages, never by a list."),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        "USERNAME_RULE": REGISTERED_NAME.message,
        "UNKNOWN_DEPARTMENT": _("There is no department or unit of the name before the underscore."),
        "NAME_TAKEN": _("Somebody else has this staff number or registered name."),
        "UNIT_UNKNOWN": _("There is no such unit among those you administer."),
        "PERSON_OUTSIDE": _("This account is administered by somebody else."),
        "ROLE_KEPT": _("The person is on file: the role is not changed by a list."),
    }

    def may_import(self, user: User) -> bool:
        """Let in who administers accounts, and nobody else."""
        return user.can(self.verb) and user.can("accounts.manage")

    def resolve(self, stage: "Stage") -> None:
        """Find the person and the unit; keep the rule of registered names and the two login names apart."""
        stage.duplicates("upper(s.staff_no)")
        # ab01 and AB01 are one person; the spelling on file stays, because it is what is typed to log in.
        stage.sql(
            """
            UPDATE stage s SET target_id = n.id FROM (
                SELECT DISTINCT ON (s.rn) s.rn, u.id FROM stage s
                JOIN accounts_user u ON upper(u.staff_no) = upper(s.staff_no)
                WHERE NOT s.failed ORDER BY s.rn, u.staff_no <> s.staff_no, u.id
            ) n WHERE n.rn = s.rn
            """
        )
        self._scope(stage)
        stage.flag(
            "NAME_TAKEN",
            "EXISTS (SELECT 1 FROM accounts_user u WHERE u.username = s.staff_no"
            " AND u.id IS DISTINCT FROM s.target_id)",
            column="staff_no",
        )
        if stage.has("username"):
            self._names(stage)
        if stage.has("role"):
            stage.flag(
                "ROLE_KEPT",
                "s.role IS NOT NULL AND s.target_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
                " accounts_roleassignment r WHERE r.user_id = s.target_id AND r.role = s.role"
                " AND r.valid_from <= %(today)s AND (r.valid_to IS NULL OR r.valid_to >= %(today)s))",
                column="role",
                soft=True,
            )

    def _scope(self, stage: "Stage") -> None:
        actor = stage.actor
        units = (
            None if actor is None else list(OrgUnit.objects.managed_by(actor).values_list("pk", flat=True))
        )
        stage.sql(
            """
            UPDATE stage s SET unit_ref = u.id FROM (
                SELECT w.word, min(u.id) AS id FROM (SELECT DISTINCT unit AS word FROM stage) w
                JOIN accounts_orgunit u ON u.active AND (u.code = w.word OR u.name = w.word)
                    AND (%(units)s::bigint[] IS NULL OR u.id = ANY(%(units)s::bigint[]))
                GROUP BY w.word HAVING count(*) = 1
            ) u WHERE u.word = s.unit
            """,
            units=units,
        )
        stage.flag("UNIT_UNKNOWN", "s.unit_ref IS NULL", column="unit")
        if actor is None:
            stage.flag(
                "PERSON_OUTSIDE",
                "EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = s.target_id AND u.is_system)",
                column="staff_no",
            )
            return
        stage.keep_only("target_id", User.objects.managed_by(actor), "managed")
        stage.flag(
            "PERSON_OUTSIDE",
            "s.target_id IS NOT NULL AND s.target_id NOT IN (SELECT id FROM managed)",
            column="staff_no",
        )

    def _names(self, stage: "Stage") -> None:
        """Check registered names as the page does: form, department, and that nobody has them (E201)."""
        stage.flag(
            "USERNAME_RULE", "s.username !~ %(rule)s", column="username", rule=r"^[^_\s]{1,30}_[^_\s]{1,20}$"
        )
        stage.flag(
            "UNKNOWN_DEPARTMENT",
            "s.username IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts_orgunit u"
            " WHERE u.active AND u.name = split_part(s.username, '_', 1))",
            column="username",
        )
        stage.flag(
            "NAME_TAKEN",
            "EXISTS (SELECT 1 FROM accounts_user u WHERE (u.username = s.username OR u.staff_no = s.username)"
            " AND u.id IS DISTINCT FROM s.target_id) OR EXISTS (SELECT 1 FROM stage f WHERE f.rn < s.rn"
            " AND NOT f.failed AND (f.username = s.username OR f.staff_no = s.username))",
            column="username",
        )

    def writes(self, stage: "Stage") -> list[Write]:
        """Return the file's columns and the unit; a new account cannot be logged in to yet."""
        return [
            *(replace(w, update=None) if w.column == "staff_no" else w for w in super().writes(stage)),
            Write("org_unit_id", "s.unit_ref", "s.unit_ref", _("unit")),
            # What begins with an exclamation mark is no password (Django's own mark).
            Write("password", "'!' || replace(gen_random_uuid()::text, '-', '')"),
            Write("must_change_password", "true"),
        ]

    def after_write(self, stage: "Stage") -> None:
        """Give new people their first role over their unit, from today on."""
        if stage.has("role"):
            stage.sql(
                "INSERT INTO accounts_roleassignment (user_id, role, unit_id, valid_from)"
                " SELECT target_id, role, unit_ref, %(today)s FROM stage"
                " WHERE verdict = 'create' AND role IS NOT NULL"
            )

    def stamp(self) -> str:
        """Tell changes of particulars; a password given since is none."""
        return (
            "(hashtext(concat_ws('|', t.staff_no, t.username, t.full_name, t.org_unit_id, t.mobile, t.email,"
            " t.staff_position, t.hired_on, t.status, t.am_track, t.am_grade)) & 2147483647)"
        )

    def undo_blocks(self) -> str:
        """Keep accounts somebody has logged in with."""
        return "t.last_login IS NOT NULL"

    def url_of(self, found: models.Model) -> str:
        """Return the account's page."""
        return reverse("accounts:user", args=[found.pk])
