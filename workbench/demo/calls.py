"""Calls and the library of the demonstration, made by the services as people make them."""

from datetime import timedelta
from typing import Any

from clients.models import Client, Industry, Product
from crm.accounts.choices import Role
from crm.accounts.models import User
from crm.base import clock
from knowledge.services import move_solution, save_solution
from members.models import Contact
from members.services import update_contact
from visits import services
from visits.choices import CallResult

# title, category, sentence, body, industry sections, products, tiers
SOLUTIONS: tuple[tuple[str, str, str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "支行网点专线提速，三周换下竞争对手", "SUCCESS", "先免费测速一周，用数据说话，再谈价格和割接窗口。",
        (
            "客户八个网点用竞争对手专线,月底高峰常卡顿。第一次拜访只谈业务高峰,约定免费测速;"
            "第二次带测速报告和同城案例,给出分三批割接、不影响营业的方案;第三次签约。\n"
            "成效:八条专线全部换下,月收入增加一万二千元,客户满意度由 3 升到 5。"
        ),
        ("J",), ("LINE",), ("A1", "A2"),
    ),
    (
        "学校统付V网加家长通知", "INDUSTRY", "从班主任通知入手，先做一个年级。",
        "学校最烦的是通知到不了每位家长。先给一个年级开通两周，统计送达率，再请校办看对比表。合同按学期签，寒暑假停机保号。",
        ("P",), ("VNET",), ("B1", "B2"),
    ),
    (
        "物流车队物联网卡续约不降价", "RETENTION", "续约前三个月给车队经理看掉线热力图和油耗报表。",
        "竞争对手报价低一成。我们先拿出全年掉线率和处理时长，再加送油耗分析报表，客户接受原价续约两年。",
        ("G",), ("IOT",), ("A2", "B1"),
    ),
    (
        "制造企业无线商话替换固话", "PRODUCT", "算清楚三年总账，按部门分批换。",
        "先请行政把每月固话账单按部门列出来，用量小的部门先换。试用一个月无投诉后全厂推开，一年省四成话费。",
        ("C",), (), ("B1", "C"),
    ),
    (
        "沉默客户唤醒：从一张账单谈起", "RETENTION", "带着客户自己的账单去，先帮他省钱。",
        "三个月没有用量的客户，多半是换了经办人。先电话问候新经办人，约时间当面核对账单，停掉不用的，再谈需要的。",
        (), (), ("C",),
    ),
)  # fmt: skip
CALLS: tuple[dict[str, Any], ...] = (
    {"purpose": "专线协议下月到期，谈续约", "benefit": "提前续约免一个月月租", "purposes": ["P1"]},
    {"purpose": "送新版资费资料", "benefit": "同样用量每月可省三百元左右", "purposes": ["P1", "P2"]},
    {"purpose": "季度例行走访", "benefit": "有问题当面解决，不用再打热线", "purposes": ["P2", "P5"]},
)


def call_and_share() -> int:
    """Publish solutions; let each manager have calls of every outcome, and a missed one. Return how many."""
    acts = _share()
    managers = User.objects.filter(assignments__role=Role.AM, assignments__valid_to=None).order_by("pk")
    for manager in managers[:6]:
        acts += _call(manager)
    return acts


def _share() -> int:
    keeper = (
        User.objects.filter(assignments__role=Role.GC_DEPT, assignments__valid_to=None).order_by("pk").first()
    )
    if keeper is None:
        return 0
    for title, category, summary, body, sections, products, tiers in SOLUTIONS:
        made = save_solution(
            actor=keeper,
            values={
                "title": title, "category": category, "summary": summary, "body": body, "tiers": list(tiers),
                "industries": list(Industry.objects.filter(code__in=sections)),
                "products": list(Product.objects.filter(code__in=products)),
            },
        )  # fmt: skip
        move_solution(actor=keeper, solution_id=made.pk, act="publish")
    return len(SOLUTIONS)


def _call(manager: User) -> int:
    clients = list(
        Client.objects.managed_by(manager).filed().exclude(status="CLOSED").order_by("client_code")[:4]
    )
    slot1, slot2 = services.next_slots(clock.now())
    acts = 0
    for client, values, result in zip(
        clients, CALLS, ("", CallResult.INCONVENIENT, CallResult.REFUSED), strict=False
    ):
        contact = Contact.objects.active().filter(client=client).order_by("-kind", "id").first()
        if contact is not None and not contact.salutation:
            update_contact(contact=contact, actor=manager, salutation=f"{contact.name[:1]}总")
            contact.refresh_from_db()
        call = services.book_call(
            actor=manager, client=client, contact=contact, slot1_at=slot1, slot2_at=slot2, **values
        )
        acts += 1
        if result:
            services.note_result(
                actor=manager, call=call, result=result, again_at=clock.now() + timedelta(hours=20),
                note="正在开会" if result == CallResult.INCONVENIENT else "今年预算已定，明年再谈",
            )  # fmt: skip
            acts += 1
    if clients:
        known = Contact.objects.active().filter(client=clients[-1]).exclude(mobile="").first()
        if known is not None:
            missed_at = clock.now() - timedelta(minutes=50)
            services.note_missed(
                actor=manager, number=known.mobile, missed_at=missed_at, reason="正在拜访客户"
            )
            acts += 1
    return acts
