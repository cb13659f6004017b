"""Structure and hand-overs of the demonstration: branches elsewhere, key accounts, changes of hands."""

from datetime import date, timedelta
from random import Random

from clients import services
from clients.models import BranchSite, Client, HandOver, HandOverClient
from crm.accounts.choices import Role
from crm.accounts.models import User
from crm.base.models import Region

PLACES = (("上海分公司", "3101", ""), ("河内办事处", "", "越南"), ("南京分公司", "3201", ""))


def load_structure(rng: Random, today: date) -> int:
    """Note branches of the largest enterprises, then derive who is a key account; return what was written."""
    known = set(Region.objects.values_list("code", flat=True))
    large = Client.objects.filter(institution_type="QY", filing="FILED", closed_at=None, parent=None)
    for client in large.order_by("-employee_total", "pk")[:12]:
        name, region, country = rng.choice(PLACES)
        if country or region in known:
            BranchSite.objects.create(client=client, name=name, region_id=region or None, country=country)
    return services.derive_key_accounts(as_of=today)


def load_handovers(today: date) -> int:
    """Write one hand-over that is planned and one that was called off, between managers of one unit."""
    head = User.objects.filter(assignments__role=Role.DEPT_HEAD).order_by("pk").first()
    giver = User.objects.filter(staff_no="am1").first()
    if head is None or giver is None or giver.org_unit is None:
        return 0
    others = User.objects.filter(org_unit=giver.org_unit, assignments__role=Role.AM).exclude(pk=giver.pk)
    taker = others.order_by("pk").first()
    clients = list(Client.objects.filter(am=giver, closed_at=None).order_by("pk")[:6])
    if taker is None or not clients:
        return 0
    for days, reason, state in ((9, "年休假期间代管", "PLANNED"), (-40, "片区调整", "CANCELLED")):
        row = HandOver.objects.create(
            giver=giver, taker=taker, org_unit=giver.org_unit, starts_on=today + timedelta(days=days),
            returns_on=today + timedelta(days=days + 10) if days > 0 else None, reason=reason, state=state,
            created_by=head,
        )  # fmt: skip
        HandOverClient.objects.bulk_create([HandOverClient(handover=row, client=one) for one in clients])
    return 2
