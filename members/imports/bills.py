"""The roster of monthly bills (spec §3.5, S0-67, S0-68).

A settled bill is the queue: the night posts its points in the ledger, once (E120). A bill whose points are
there is never taken away by an undo, whether they were spent or not; a correction is a new import.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.intake.resources import Column, Resource, Sentence, Write, register
from members import statements
from members.models import MonthlyBill
from members.services.bills import MOST

if TYPE_CHECKING:
    from crm.intake.staging import Stage

SETTLED = "(t.settled_at AT TIME ZONE 'Asia/Shanghai')::date"


@register
class BillRoster(Resource):
    """Monthly bills by mobile number and month."""

    name = "bills"
    label = _("Monthly bills")
    verb = "intake.import"
    model = MonthlyBill
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "msisdn",
            _("mobile"),
            "phone",
            field="",
            required=True,
            example="13900000001",
            headers=("手机号", "手机号码", "手机", "号码", "用户号码", "服务号码"),
        ),
        Column(
            "month",
            _("month"),
            "month",
            "bill_month",
            required=True,
            example="2026-03",
            headers=("账期", "帐期", "月份", "出账月份", "出帐月份", "账单月份", "计费月份", "年月"),
        ),
        Column(
            "total_fen",
            _("charged"),
            "fen",
            required=True,
            example="128.00",
            headers=("出账金额", "出帐金额", "应收", "账单金额", "应收金额", "应收费用", "消费金额"),
        ),
        Column(
            "paid_fen",
            _("paid"),
            "fen",
            required=True,
            example="128.00",
            headers=("实收金额", "实缴金额", "实收", "实缴", "实收费用", "缴费金额", "已缴金额"),
        ),
        Column(
            "agency_fee_fen",
            _("collected for others"),
            "fen",
            headers=("代收费", "代收金额", "代收费用", "代收业务费"),
        ),
        Column("discount_fen", _("discount"), "fen", headers=("优惠", "优惠金额", "减免", "折扣")),
        Column(
            "settled_on",
            _("settled"),
            "date",
            "",
            headers=(
                "销账日期",
                "销账时间",
                "销帐日期",
                "销帐时间",
                "结清日期",
                "结清时间",
                "缴清日期",
                "缴费日期",
                "缴费时间",
            ),
            help=_("The day the bill was paid in full. Its points are booked in the night after."),
        ),
    )
    work: ClassVar[Mapping[str, str]] = {"customer_ref": "bigint"}
    notes = (
        _("Amounts are yuan. A bill is found again by number and month; once settled it stays settled."),
        _("Points of settled bills are booked by the night, once, whatever is imported again."),
        _("Undo leaves bills whose points are in the ledger as they are and names them."),
    )
    undo_note = _(
        "The points of these bills are in the ledger and may have been spent. Correct such a bill by"
        " importing it again: the night books the difference."
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        "CUSTOMER_NOT_FOUND": _("In this month no customer of your scope had this number."),
        "AMOUNT_INVALID": _("No bill is that large. Look at the amounts again."),
        "DATE_FUTURE": _("The date lies in the future."),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find who held the number in the month, inside the scope, then the bill of the month."""
        user = stage.actor
        everywhere = user is None or user.scope.sees_all
        inside = "" if everywhere else "AND h.org_unit_id = ANY(%(units)s)"
        holders = statements.HOLDERS.format(wanted="SELECT DISTINCT msisdn, month FROM stage")
        stage.sql(
            f"UPDATE stage s SET customer_ref = h.id FROM ({holders}) h"
            f" WHERE h.msisdn = s.msisdn AND h.month = s.month {inside}",
            units=[] if everywhere or user is None else user.scope.unit_ids,
        )
        stage.flag("CUSTOMER_NOT_FOUND", "s.customer_ref IS NULL", column="msisdn")
        stage.flag("DATE_FUTURE", "s.month > %(today)s", column="month")
        if stage.has("settled_on"):
            stage.flag("DATE_FUTURE", "s.settled_on > %(today)s", column="settled_on")
        for name in ("total_fen", "paid_fen", "agency_fee_fen", "discount_fen"):
            if stage.has(name):
                stage.flag("AMOUNT_INVALID", f"s.{name} > %(most)s", column=name, most=MOST)
        stage.duplicates("s.customer_ref || '|' || s.month")
        stage.sql(
            "UPDATE stage s SET target_id = b.id FROM members_monthlybill b"
            " WHERE b.customer_id = s.customer_ref AND b.bill_month = s.month AND NOT s.failed"
        )

    def writes(self, stage: "Stage") -> list[Write]:
        """Return the amounts, the customer, and the moment of settling: the beginning of its day."""
        found = [write for write in super().writes(stage) if write.column != "bill_month"]
        found += [
            Write("customer_id", "s.customer_ref", None, _("personal customer")),
            Write("bill_month", "s.month", None, _("month")),
        ]
        if stage.has("settled_on"):
            moment = "s.settled_on::timestamp AT TIME ZONE 'Asia/Shanghai'"
            # A bill settled that day already keeps the moment it was settled at.
            kept = f"CASE WHEN {SETTLED} IS DISTINCT FROM s.settled_on THEN {moment} ELSE t.settled_at END"
            found.append(Write("settled_at", moment, kept, _("settled")))
        return found

    def after_write(self, stage: "Stage") -> None:
        """Have the night compare corrected bills with the points they earned."""
        stage.sql(
            "UPDATE members_monthlybill b SET posted_at = NULL FROM touched t"
            " WHERE t.id = b.id AND t.act = 'update' AND b.posted_at IS NOT NULL"
        )

    def undo_blocks(self) -> str:
        """Keep bills whose points are in the ledger."""
        return "t.posted_at IS NOT NULL"

    def for_titles(self) -> "models.QuerySet[MonthlyBill]":
        """Return bills with their customers."""
        return MonthlyBill.objects.select_related("customer")

    def title_of(self, found: models.Model) -> str:
        """Return the customer and the month."""
        return (
            f"{found.customer.name} {found.bill_month:%Y-%m}"
            if isinstance(found, MonthlyBill)
            else str(found)
        )

    def url_of(self, found: models.Model) -> str:
        """Return the customer's page."""
        return (
            reverse("members:customer_card", args=[found.customer_id])
            if isinstance(found, MonthlyBill)
            else ""
        )
