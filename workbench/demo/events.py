"""On-site events of the demonstration, held by the services: one closed, one running, others on the way."""

from datetime import datetime, timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from clients.models import Client, Product
from crm.accounts.choices import Role
from crm.accounts.models import User
from crm.base import clock
from members.models import Member
from visits.models import OnSiteEvent
from visits.services import event_acts, event_rows, events, meetings, sign_in

PRODUCTS = (
    ("VNET", "集团内部通话免费，三句话讲清省多少", "功能费每月 3 元，首月免费", 30),
    ("RINGBACK", "来电先听公司的声音，企业形象不花大钱", "每月 5 元，统一付费八折", 15),
    ("OA", "审批、考勤、通讯录一部手机办完", "每人每月 10 元，满 50 人九折", 10),
)
EVALUATION = {
    "client_situation": "职工约 600 人，V网成员 210 人，午餐集中在一号食堂，另有一家对手在园区驻点。",
    "strategy": "以集团V网为主打，午餐时段设点，凭工牌当场受理，办理即送礼品。",
    "site_situation": "食堂门口人流约 400 人次，11:40 至 12:30 最集中，桌位略挤。",
    "sales_effect": "V网超额完成，彩铃接近目标，移动办公以留资为主。",
    "feedback": "职工希望账单能看到V网节省的金额，两人反映食堂地下层信号弱。",
    "success": "提前两天由行政部在群里通知，打印好的受理单节省了一半时间。",
    "failure": "复印机备用纸不足，移动办公的演示手机只有一部。",
    "staff_quality": "口径统一、着装规范，新同事对移动办公资费还不够熟。",
}
PEOPLE = ("陈晓东", "林芳", "赵国强", "黄丽", "周伟", "吴敏", "徐磊", "孙倩", "马超", "朱玲")


def hold_events() -> int:
    """Hold the events of the first department that has managers enough; return how many."""
    heads = User.objects.filter(assignments__role=Role.DEPT_HEAD, assignments__valid_to=None).order_by("pk")
    for head in heads:
        for unit in meetings.units_to_meet(head)[:1]:
            team = meetings.team_of(unit, clock.today())
            team = [person for person in team if person.org_unit_id == team[0].org_unit_id]
            clients = list(
                Client.objects.filter(am=team[0], closed_at=None, filing="FILED", members_active__gt=5)
                .exclude(status="CLOSED")
                .order_by("-members_active", "pk")[:4]
                if len(team) > 1
                else []
            )
            if len(clients) == 4:
                return _hold(head, team, clients)
    return 0


def _hold(head: User, team: list[User], clients: list[Client]) -> int:
    now = clock.now()
    noon = clock.at(clock.today(), 11, 30)
    owner = team[0]
    past = _approved(head, team, clients[0], "一号食堂进驻营销", noon - timedelta(days=12), days=0)
    _over(head, owner, past)
    run = _approved(head, team, clients[1], "园区大厅便民服务日", now - timedelta(hours=1), days=0)
    _begun(owner, run)
    _people(owner, run, run.starts_at, 6)
    ahead = _plan(team, clients[2], "冬季宽带进社区", noon + timedelta(days=8))
    event_acts.submit_event(actor=owner, event_id=ahead.pk)
    _plan(team[:1], clients[3], "新员工入职办理日", noon + timedelta(days=15), whole=False)
    return 4


def _plan(
    team: list[User], client: Client, title: str, starts_at: datetime, *, whole: bool = True
) -> OnSiteEvent:
    """Plan an event; one that is not whole still lacks people and products."""
    owner = team[0]
    event = events.plan_event(
        actor=owner, client=client, title=title, place=f"{client.address or client.name} 一层",
        place_kind="CANTEEN", starts_at=starts_at, ends_at=starts_at + timedelta(hours=3),
        warmup_plan="提前两天在职工群通知，食堂门口张贴海报",
    )  # fmt: skip
    for person, duty in zip(team[1:3], ("业务受理", "派单讲解"), strict=False):
        event_rows.add_staff(actor=owner, event_id=event.pk, user=person, duty=duty)
    if whole:
        event_rows.add_staff(actor=owner, event_id=event.pk, helper="促销员小王", duty="引导")
        for code, script, tariff, target in PRODUCTS:
            event_rows.add_product(
                actor=owner, event_id=event.pk, product=Product.objects.get(code=code), script=script,
                tariff=tariff, system_ready=True, target_qty=target, needs_check=code == "OA",
                support_hall="城东营业厅", support_phone="10086",
            )  # fmt: skip
    return event


def _approved(
    head: User, team: list[User], client: Client, title: str, starts_at: datetime, *, days: int
) -> OnSiteEvent:
    event = _plan(team, client, title, starts_at)
    before = starts_at - timedelta(days=3 + days)
    event_acts.submit_event(actor=team[0], event_id=event.pk, now=before)
    event_acts.approve_event(actor=head, event_id=event.pk, now=before)
    warm = starts_at - timedelta(days=2)
    return event_acts.warm_up_event(actor=team[0], event_id=event.pk, now=warm)


def _begun(owner: User, event: OnSiteEvent) -> None:
    events.tick(actor=owner, event_id=event.pk, materials=event.materials_needed)
    event_acts.start_event(actor=owner, event_id=event.pk, now=event.starts_at)
    events.tick(actor=owner, event_id=event.pk, site=["WORDING", "DRESS", "CROWD", "SAFETY"])


def _people(owner: User, event: OnSiteEvent, at: datetime, count: int) -> None:
    """Sign in members of the client and people nobody knows yet."""
    known = list(Member.objects.active().filter(client=event.client).order_by("pk")[: count // 2])
    names = PEOPLE[: count - len(known)]
    fresh = [(name, f"139{event.pk:04d}{place:04d}") for place, name in enumerate(names)]
    interests = list(event.products.values_list("pk", flat=True))
    for place, (name, msisdn) in enumerate([(m.name, m.msisdn) for m in known] + fresh):
        sign_in.sign_in_at_stand(
            actor=owner, event_id=event.pk, name=name, msisdn=msisdn, consent=place % 5 != 4,
            interests=interests[place % 3 : place % 3 + 1], signed_at=at + timedelta(minutes=7 * place),
        )  # fmt: skip


def _over(head: User, owner: User, event: OnSiteEvent) -> None:
    _begun(owner, event)
    _people(owner, event, event.starts_at, 14)
    for colours in (("#d9e8fb", "#0b5cd5"), ("#fbe9d9", "#d56b0b")):
        event_acts.add_photo(actor=owner, event_id=event.pk, upload=_picture(*colours), caption="展台")
    event_acts.finish_event(actor=owner, event_id=event.pk, now=event.ends_at)
    results = dict(zip(event.products.order_by("pk").values_list("pk", flat=True), (34, 13, 6), strict=True))
    ratings = dict.fromkeys(event.staff.values_list("pk", flat=True), 4)
    event_acts.write_evaluation(
        actor=owner, event_id=event.pk, values=EVALUATION, results=results, ratings=ratings
    )
    later = event.ends_at + timedelta(days=1)
    event_acts.hand_in_evaluation(actor=owner, event_id=event.pk, now=later)
    event_acts.close_event(actor=head, event_id=event.pk, now=later + timedelta(days=1))


def _picture(ground: str, front: str) -> SimpleUploadedFile:
    """Draw a stand: a roof, a desk, people; a demonstration has no photos of anybody."""
    image = Image.new("RGB", (960, 640), ground)
    draw = ImageDraw.Draw(image)
    draw.polygon([(180, 240), (480, 110), (780, 240)], fill=front)
    draw.rectangle([230, 420, 730, 520], fill=front)
    for x in (260, 420, 580, 700):
        draw.ellipse([x - 34, 270, x + 34, 338], fill="#8a97a8")
        draw.rectangle([x - 44, 340, x + 44, 420], fill="#8a97a8")
    out = BytesIO()
    image.save(out, "JPEG")
    return SimpleUploadedFile("stand.jpg", out.getvalue(), "image/jpeg")
