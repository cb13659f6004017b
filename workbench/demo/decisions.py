"""Tiers by decision of the demonstration: one waits, one ends soon, one is past."""

from datetime import date, timedelta

from clients.models import Client
from crm.accounts.choices import Role
from crm.accounts.models import User
from crm.base import clock
from scoring.models import TierOverride
from scoring.rules.value import RANKED

ROWS = (
    (
        "A2",
        "省重点工程总包，信息化投入大",
        "省发改委项目批复 浙发改〔2026〕118 号",
        0,
        300,
        "PROPOSED",
    ),
    ("B1", "行业标杆，方案已在全省复制", "省公司行业标杆评选纪要", -340, 20, "APPROVED"),
    ("A2", "亚运保障单位", "赛事保障合同", -400, -40, "ENDED"),
    ("B1", "集团拟迁址，数据待补", "走访记录", -30, 200, "DECLINED"),
)


def load_decisions(today: date) -> int:
    """Write decisions on clients of the head's department; return how many."""
    head = User.objects.filter(staff_no="head").first()
    admin = User.objects.filter(assignments__role=Role.PROV_ADMIN).order_by("pk").first()
    if head is None or admin is None:
        return 0
    clients = (
        Client.objects.writable_by(head)
        .filter(filing="FILED", status__in=RANKED, is_legal_person=True)
        .order_by("-employee_total", "pk")[8 : 8 + len(ROWS)]
    )
    made = []
    for client, (tier, reason, evidence, first, last, state) in zip(clients, ROWS, strict=False):
        decided = state != "PROPOSED"
        made.append(
            TierOverride(
                client=client, tier=tier, reason=reason, evidence=evidence, state=state, proposed_by=head,
                starts_on=today + timedelta(days=first), ends_on=today + timedelta(days=last),
                decided_by=admin if decided else None,
                decided_at=clock.at(today + timedelta(days=first)) if decided else None,
                remark="证据不足，请补合同" if state == "DECLINED" else "",
            )
        )  # fmt: skip
    TierOverride.objects.bulk_create(made)
    return len(made)
