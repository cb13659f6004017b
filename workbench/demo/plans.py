"""What the demonstration plans with numbers: a version of the model, budgets, rewards, parameters."""

from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.params import services as params
from members.models import PersonalCustomer
from scoring import services
from scoring.choices import ProposalKind

# Less for this month's money, more for what a client may become.
WEIGHTS = {"cv1": 10, "pv1": 20, "pv2": 20}
BUDGETS = (("U330106", 60_000, "gcdept"), ("U330108", 30_000, "gcdept"), ("C3301", 200_000, "provadmin"))
PROPOSED = (
    (300, "SURVEY", "满意度调查回访"),
    (500, "TENURE", "在网满十年"),
    (200, "SUGGESTION", "合理化建议"),
)
CHANGES = (
    ("coverage.low", 35, 0, "市公司三季度例会纪要：覆盖率目标提高"),
    ("points.reward_cap_month", 15_000, 1, "省公司积分管理办法修订稿"),
    ("churn.drop_pct", 45, 2, "流失预警专项会议纪要"),
)


def plan_numbers() -> int:
    """Draft a version and ask what it would move, keep budgets, propose rewards, change parameters."""
    people = {user.staff_no: user for user in User.objects.all()}
    acts = _draft_a_version(people["provadmin"])
    this = clock.month_of(clock.today())
    for code, points, keeper in BUDGETS:
        if unit := OrgUnit.objects.filter(code=code).first():
            services.set_budget(unit=unit, year=this.year, quarter=0, points=points, actor=people[keeper])
            acts += 1
    customers = PersonalCustomer.objects.filter(org_unit__code="U330106", in_net_to=None).order_by("-pk")
    for customer, (points, reason, remark) in zip(customers[: len(PROPOSED)], PROPOSED, strict=False):
        services.propose(
            customer=customer, kind=ProposalKind.EARN_REWARD, points=points, reward_reason=reason,
            remark=remark, actor=people["head"],
        )  # fmt: skip
        acts += 1
    for key, value, months, reason in CHANGES:
        day = clock.add_months(this, months) if months else clock.today()
        params.change(actor=people["sysadmin"], key=key, value=value, effective_from=day, reason=reason)
        acts += 1
    return acts


def _draft_a_version(admin: User) -> int:
    province = OrgUnit.objects.get(code="P33")
    version = services.draft_version(province=province, actor=admin)
    weights = {**version.numbers["weights"], **WEIGHTS}
    version = services.change_version(version=version, numbers={"weights": weights}, actor=admin)
    asked = services.ask_whatif(version=version, actor=admin)
    services.answer_whatif(whatif_id=asked.pk)
    return 1
