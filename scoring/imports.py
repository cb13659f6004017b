"""The roster of rewards: each row is a proposal; a second person decides on it as a whole (S0-70)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.intake.resources import Column, Resource, Sentence, Write, register
from crm.params import registry
from members.models import PersonalCustomer
from scoring.choices import RewardReason
from scoring.models import PointProposal, RewardBudget
from scoring.services import budgets

if TYPE_CHECKING:
    from crm.intake.staging import Stage


@register
class RewardRoster(Resource):
    """Reward points by mobile number."""

    name = "rewards"
    label = _("Reward points")
    verb = "intake.import"
    model = PointProposal
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "msisdn",
            _("mobile"),
            "phone",
            field="",
            required=True,
            example="13900000001",
            headers=("手机号", "手机号码", "手机", "号码", "用户号码", "服务号码", "客户号码"),
        ),
        Column(
            "points",
            _("points"),
            "int",
            required=True,
            minimum=1,
            maximum=10_000_000,
            example="200",
            headers=("积分", "奖励积分", "分值", "赠送积分"),
        ),
        Column(
            "reward_reason",
            _("reason"),
            "choice",
            required=True,
            choices=RewardReason,
            example="SURVEY",
            headers=("奖励原因", "原因", "奖励类型"),
            words=(("调查", "SURVEY"), ("建议", "SUGGESTION"), ("在网", "TENURE"), ("增值业务", "VAS")),
        ),
        Column("remark", _("remark"), max_length=180, headers=("备注", "说明", "活动", "活动名称")),
    )
    work: ClassVar[Mapping[str, str]] = {"customer_ref": "bigint", "budget_ref": "bigint"}
    notes = (
        _("Nothing is booked by the import: a second person decides on the roster under Rewards."),
        _("Each customer stands in a roster once. The points are set aside in the budget of your unit."),
        _("Undo removes what is not decided yet. A booked roster is taken back under Rewards."),
    )
    undo_note = _(
        "These points are booked or refused already. Take a booked roster back under Rewards; a second person"
        " decides about it."
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        "CUSTOMER_NOT_FOUND": _("There is no customer with this number in your scope."),
        "REWARD_CAP": _("This customer would get more reward points than a month or a year allows."),
        "BUDGET_EXCEEDED": _("The budget of your unit does not reach as far as this row."),
        "NO_BUDGET": _(
            "Your unit has no budget of reward points for this period. Ask the department that keeps it."
        ),
        "NO_PERSON": _("Somebody must answer for rewards. Import the roster as a person."),
        "OWN_ACCOUNT": _("This is your own number. Nobody gives points to themselves."),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find the customers, flag who would get too much, and the rows that no budget covers."""
        user = stage.actor
        if user is None:
            stage.flag("NO_PERSON", "true")
        everywhere = user is None or user.scope.sees_all
        inside = "" if everywhere else "AND p.org_unit_id = ANY(%(units)s)"
        stage.sql(
            f"UPDATE stage s SET customer_ref = p.id FROM {PersonalCustomer._meta.db_table} p"
            f" WHERE p.msisdn = s.msisdn AND p.in_net_to IS NULL {inside}",
            units=[] if everywhere or user is None else user.scope.unit_ids,
        )
        stage.flag("CUSTOMER_NOT_FOUND", "s.customer_ref IS NULL", column="msisdn")
        if user is not None and user.mobile:
            stage.flag("OWN_ACCOUNT", "s.msisdn = %(own)s", column="msisdn", own=user.mobile)
        stage.duplicates("s.customer_ref::text")
        self._caps(stage)
        self._budget(stage)

    def _caps(self, stage: "Stage") -> None:
        (month_key, month), (year_key, year) = budgets.periods(stage.today)
        stage.flag(
            "REWARD_CAP",
            "s.points + COALESCE(given.of_month, 0) > %(month_cap)s"
            " OR s.points + COALESCE(given.of_year, 0) > %(year_cap)s",
            column="points",
            joins="""
            LEFT JOIN LATERAL (
                SELECT SUM(m.points) FILTER (WHERE m.business_date >= %(month)s) AS of_month,
                    SUM(m.points) AS of_year
                FROM scoring_pointaccount a JOIN scoring_pointmovement m ON m.account_id = a.id
                LEFT JOIN scoring_pointmovement r ON r.reverses_id = m.id
                WHERE a.customer_id = s.customer_ref AND m.kind = 'EARN_REWARD'
                    AND m.business_date >= %(year)s AND r.id IS NULL
            ) given ON true""",
            month=month,
            year=year,
            month_cap=registry.get(month_key, as_of=stage.today),
            year_cap=registry.get(year_key, as_of=stage.today),
        )

    def _budget(self, stage: "Stage") -> None:
        """Cover the rows in their order as far as the budget reaches."""
        budget = self._budget_of(stage)
        if budget is None:
            if registry.get("points.budget_rule", as_of=stage.today) == "ALWAYS":
                stage.flag("NO_BUDGET", "true", column="points")
            return
        stage.flag(
            "BUDGET_EXCEEDED",
            "covered.upto > %(left)s",
            column="points",
            joins="""JOIN (
                SELECT rn, SUM(points) OVER (ORDER BY rn) AS upto FROM stage WHERE NOT failed
            ) covered ON covered.rn = s.rn""",
            left=budget.left,
        )
        stage.sql("UPDATE stage SET budget_ref = %(budget)s WHERE NOT failed", budget=budget.pk)

    def _budget_of(self, stage: "Stage") -> RewardBudget | None:
        user = stage.actor
        if user is None or user.org_unit is None:
            return None
        found: RewardBudget | None = RewardBudget.objects.binding(user.org_unit, stage.today).first()
        return found

    def writes(self, stage: "Stage") -> list[Write]:
        """Return what a proposal of a roster holds."""
        remark = "COALESCE(s.remark, '')" if stage.has("remark") else "''"
        return [
            Write("customer_id", "s.customer_ref", None, _("personal customer")),
            Write("kind", "'EARN_REWARD'", None),
            Write("points", "s.points", None, _("points")),
            Write("reward_reason", "s.reward_reason", None, _("reason")),
            Write("remark", remark, None, _("remark")),
            Write("budget_id", "s.budget_ref", None),
            Write("batch_id", "%(batch)s", None),
            Write("proposed_by_id", "%(actor)s", None),
        ]

    def after_write(self, stage: "Stage") -> None:
        """Set the points of the roster aside in its budget.

        Raises: BusinessError BUDGET_EXCEEDED when somebody was faster since the preview.
        """
        for pk, points in stage.rows(
            "SELECT s.budget_ref, SUM(s.points)::bigint FROM stage s"
            " WHERE s.verdict = 'create' AND s.budget_ref IS NOT NULL GROUP BY 1"
        ):
            budgets.reserve(RewardBudget.objects.get(pk=pk), points)

    def undo_blocks(self) -> str:
        """Keep what is decided."""
        return "t.decided_at IS NOT NULL"

    def before_undo(self, stage: "Stage") -> None:
        """Set the points of removed proposals free in their budget."""
        stage.sql(
            "UPDATE scoring_rewardbudget b SET reserved = b.reserved - gone.points FROM ("
            " SELECT p.budget_id, SUM(p.points) AS points FROM scoring_pointproposal p"
            " JOIN undoing u ON u.id = p.id GROUP BY 1) gone WHERE gone.budget_id = b.id"
        )

    def for_titles(self) -> "models.QuerySet[PointProposal]":
        """Return proposals with their customers."""
        return PointProposal.objects.select_related("customer")

    def title_of(self, found: models.Model) -> str:
        """Return the customer and the points."""
        return f"{found.customer.name} {found.points}" if isinstance(found, PointProposal) else str(found)

    def url_of(self, found: models.Model) -> str:
        """Return the customer's statement."""
        return (
            reverse("scoring:statement", args=[found.customer_id]) if isinstance(found, PointProposal) else ""
        )

    def touched_url(self, batch_id: int) -> str:
        """Return the roster under Rewards."""
        return reverse("scoring:grant", args=[batch_id])
