"""The roster of personal customers (spec §3.5)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.imports.reference import (
    CLIENT_COLUMNS,
    CLIENT_DERIVED,
    CLIENT_MESSAGES,
    CLIENT_WORK,
    find_clients,
)
from crm.intake.resources import Column, Resource, Sentence, Write, register
from members import choices
from members.imports.masked import MASKED_MESSAGES, refuse_masked
from members.models import PersonalCustomer

if TYPE_CHECKING:
    from crm.intake.staging import Stage


@register
class CustomerRoster(Resource):
    """Personal customers by mobile number."""

    name = "customers"
    label = _("Personal customers")
    verb = "intake.import"
    model = PersonalCustomer
    derived = (CLIENT_DERIVED,)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "msisdn",
            _("mobile"),
            "phone",
            required=True,
            example="13900000001",
            headers=("手机号", "手机号码", "手机", "号码", "用户号码", "服务号码", "客户号码"),
        ),
        Column(
            "name",
            _("full name"),
            required=True,
            max_length=40,
            example="王芳",
            headers=("姓名", "客户姓名", "机主姓名", "用户姓名", "机主"),
        ),
        Column(
            "brand",
            _("brand"),
            "choice",
            required=True,
            choices=choices.Brand,
            words=(
                ("全球通", "GOTONE"),
                ("神州行", "SHENZHOUXING"),
                ("动感地带", "MZONE"),
                ("世界风", "WORLDWIND"),
                ("新时空", "NEWERA"),
                ("其他", "OTHER"),
                ("其它", "OTHER"),
            ),
            headers=("品牌", "客户品牌", "用户品牌"),
        ),
        Column(
            "in_net_from",
            _("in the network since"),
            "date",
            required=True,
            example="2019-06-01",
            headers=("入网日期", "入网时间", "开户日期"),
        ),
        Column("in_net_to", _("left the network"), "date", headers=("离网日期", "离网时间", "销户日期")),
        Column(
            "realname", _("real-name registered"), "bool", headers=("实名", "是否实名", "实名登记", "已实名")
        ),
        Column(
            "is_influential",
            _("person of influence"),
            "bool",
            headers=("有影响力人士", "是否有影响力", "重要人士", "社会影响力"),
        ),
        *(replace(column, example="") for column in CLIENT_COLUMNS),
        Column(
            "unit",
            _("unit"),
            field="",
            max_length=80,
            headers=("归属单位", "归属部门", "所属单位", "归属县区", "归属地"),
            help=_("Code or name of a unit of yours. Left empty: the unit of the client, else your own."),
        ),
    )
    work: ClassVar[Mapping[str, str]] = {**CLIENT_WORK, "unit_ref": "bigint"}
    notes = (
        _("A customer is found again by mobile number while in the network."),
        _("A customer who left is found again by mobile number and the day of joining."),
        _("A client may be named by code, credit code or exact name; without one the customer stands alone."),
        _("An empty cell leaves what is on file as it is."),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        **CLIENT_MESSAGES,
        **MASKED_MESSAGES,
        "UNIT_UNKNOWN": _("There is no unit of this code or name in your scope."),
        "CUSTOMER_OUTSIDE": _("This number is a customer of another unit."),
        "DATE_FUTURE": _("The date lies in the future."),
        "LEAVES_LATER": _("This day has not come yet. Leave the cell empty while the customer stays."),
        "LEFT_BEFORE_JOINED": _("The day of leaving lies before the day of joining."),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find the customer, the client and the unit."""
        refuse_masked(stage)
        stage.flag("DATE_FUTURE", "s.in_net_from > %(today)s", column="in_net_from")
        if stage.has("in_net_to"):
            stage.flag("LEFT_BEFORE_JOINED", "s.in_net_to < s.in_net_from", column="in_net_to")
            stage.flag("LEAVES_LATER", "s.in_net_to > %(today)s", column="in_net_to")
        # A number given to somebody else stands in a list twice: who left and who has it now.
        stage.duplicates("s.msisdn || '|' || s.in_net_from")
        stage.duplicates(
            "CASE WHEN s.in_net_to IS NULL THEN s.msisdn END" if stage.has("in_net_to") else "s.msisdn"
        )
        find_clients(stage, required=False)
        self._match(stage)
        self._units(stage)

    def _match(self, stage: "Stage") -> None:
        """Find who is meant: who has the number, and of a row that tells of leaving who joined that day."""
        found = (
            "UPDATE stage s SET target_id = p.id FROM members_personalcustomer p"
            " WHERE s.target_id IS NULL AND p.msisdn = s.msisdn AND NOT s.failed"
        )
        joined = f"{found} AND p.in_net_from = s.in_net_from"
        present = f"{found} AND p.in_net_to IS NULL"
        if stage.has("in_net_to"):
            stage.sql(f"{joined} AND s.in_net_to IS NOT NULL")
            # Who left before the present holder joined is somebody else.
            present += " AND (s.in_net_to IS NULL OR s.in_net_to >= p.in_net_from)"
        stage.sql(present)
        stage.sql(joined)

    def _units(self, stage: "Stage") -> None:
        user = stage.actor
        everywhere = user is None or user.scope.sees_all
        units = [] if everywhere or user is None else user.scope.unit_ids
        inside = "true" if everywhere else "{} = ANY(%(units)s)"
        if stage.has("unit"):
            stage.sql(
                f"""
                UPDATE stage s SET unit_ref = u.id FROM (
                    SELECT w.word, min(u.id) AS id FROM (SELECT DISTINCT unit AS word FROM stage) w
                    JOIN accounts_orgunit u ON u.active AND (u.code = w.word OR u.name = w.word)
                        AND {inside.format("u.id")}
                    GROUP BY w.word HAVING count(*) = 1
                ) u WHERE u.word = s.unit
                """,
                units=units,
            )
            stage.flag("UNIT_UNKNOWN", "s.unit IS NOT NULL AND s.unit_ref IS NULL", column="unit")
        stage.sql(
            "UPDATE stage s SET unit_ref = c.org_unit_id FROM clients_client c"
            " WHERE s.unit_ref IS NULL AND s.target_id IS NULL AND c.id = s.client_ref"
        )
        own = user.org_unit_id if user is not None else None
        stage.sql(
            "UPDATE stage s SET unit_ref = coalesce(%(own)s, (SELECT id FROM accounts_orgunit"
            " WHERE active ORDER BY type = 'GROUP', depth, path LIMIT 1))"
            " WHERE s.unit_ref IS NULL AND s.target_id IS NULL",
            own=own,
        )
        if not everywhere:
            stage.flag(
                "CUSTOMER_OUTSIDE",
                "EXISTS (SELECT 1 FROM members_personalcustomer p WHERE p.id = s.target_id"
                " AND NOT p.org_unit_id = ANY(%(units)s))",
                column="msisdn",
                units=units,
            )

    def writes(self, stage: "Stage") -> list[Write]:
        """Return the file's columns, the client and the unit."""
        return [
            *super().writes(stage),
            Write("client_id", "s.client_ref", "s.client_ref", _("client")),
            Write("org_unit_id", "s.unit_ref", "s.unit_ref", _("unit")),
        ]

    def touched_url(self, batch_id: int) -> str:
        """Return the list of customers narrowed to what an import touched."""
        return f"{reverse('members:customers')}?batch={batch_id}"

    def url_of(self, found: models.Model) -> str:
        """Return the customer's page."""
        return reverse("members:customer_card", args=[found.pk])
