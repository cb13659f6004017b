"""Clients of the demonstration: files, managers, products with their traffic, revenue, history of states."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from clients.models import (
    AMAssignment,
    Client,
    ClientProduct,
    ClientStatusHistory,
    CodeSequence,
    IndustryCategory,
    Product,
    ProductTraffic,
    RevenueMonth,
)
from clients.services.search import search_columns
from crm.accounts.models import User
from crm.base import clock
from workbench.demo import numbers, words
from workbench.demo.agreements import load_agreements
from workbench.demo.companies import Composer, Draft, phones
from workbench.demo.copying import copy_rows, reserve_ids
from workbench.demo.organisation import CITIES, Organisation

COLUMNS = (
    "id", "client_code", "name", "short_name", "uscc", "filing", "institution_type", "institution_subtype",
    "cluster_kind", "industry_id", "industry_type_id", "main_activity", "key_industry", "bank_level",
    "status",
    "status_changed_at", "account_opened_at", "closed_at", "is_party_gov_military", "is_provincial_media",
    "tax_rank_province", "tax_rank_city", "tax_year", "employee_total", "mobile_users_cm", "mobile_users_ct",
    "mobile_users_cu", "monthly_telecom_spend_fen", "is_benchmark", "influence_level", "ict_demand_score",
    "region_scope", "hq_region_id", "parent_id", "unit_relation", "has_own_finance", "parent_authorized",
    "phone_public", "address", "postal_address", "postcode", "website", "grid_id", "founded_on",
    "registered_capital_fen", "org_unit_id", "am_id", "members_active", "name_key", "name_pinyin",
    "search_text",
    "remark", "created_at", "created_by_id", "updated_at",
    "licence_no", "email", "decision_chain", "budget_month", "competitor_contract_ends_on", "submitted_at",
    "submitted_by_id", "filing_note",
)  # fmt: skip

ACTIVITIES = {
    "信息技术": "软件开发、系统集成与运维服务", "制造": "产品研发、生产和销售",
    "建筑": "房屋建筑与市政工程施工",
    "房地产": "房地产开发经营与物业服务", "批发零售": "日用百货、食品、副食品批发与零售",
    "餐饮住宿": "住宿、餐饮与会议服务",
    "教育": "教育教学", "卫生": "医疗、预防、保健服务", "银行": "吸收存款、发放贷款、办理结算",
    "农业": "农产品种植、收购与销售",
    "政府": "依法履行行政管理职能", "公检法": "依法履行司法职能", "党委": "党的建设与综合协调",
    "公路": "道路运输与养护",
    "供水": "自来水生产与供应", "燃气": "天然气供应", "电力": "电力供应与服务", "邮政": "邮件与快递投递",
    "新闻媒体": "广播电视与文化传播",
}  # fmt: skip
# Area code of the landline, postcode prefix by city.
DIALLING = {"3301": ("0571", "3100"), "3302": ("0574", "3150"), "3303": ("0577", "3250")}
SCOPES = ("LOCAL", "LOCAL", "LOCAL", "LOCAL", "CROSS_CITY", "CROSS_CITY", "CROSS_PROVINCE")
LIVES = (("ACTIVE", 55), ("SILENT", 11), ("ONLINE", 9), ("POTENTIAL", 15), ("CHURNED", 7), ("CLOSED", 3))
_LIFE_WEIGHTS = list(itertools.accumulate(weight for _, weight in LIVES))


@dataclass(slots=True)
class Life:
    """What happened to one client: when the file was made, what was opened, used and cancelled."""

    status: str
    created: date
    opened: date | None = None
    last_traffic: date | None = None  # month
    cancelled: date | None = None
    closed: date | None = None
    # (old, new, reason, day)
    steps: list[tuple[str, str, str, date]] = field(default_factory=list)


@dataclass(slots=True)
class Made:
    """One client as later steps need it."""

    id: int
    draft: Draft
    life: Life
    unit_id: int
    unit_code: str
    am: User | None
    filing: str
    legal: bool


def invent_life(rng: Random, today: date, status: str = "") -> Life:
    """Return a life that the lifecycle rules read as the status; dates lie before today."""
    status = status or rng.choices(LIVES, cum_weights=_LIFE_WEIGHTS)[0][0]
    month = clock.month_of(today)
    created = today - timedelta(days=rng.randint(40, 1500))
    life = Life(status, created)
    life.steps.append(("", "POTENTIAL", "FILED", created))
    if status == "POTENTIAL" or (status == "CLOSED" and rng.random() < 0.4):
        if status == "CLOSED":
            life.closed = today - timedelta(days=rng.randint(3, 300))
            life.created = min(life.created, life.closed - timedelta(days=60))
            life.steps = [("", "POTENTIAL", "FILED", life.created)]
            life.steps.append(("POTENTIAL", "CLOSED", "CLOSED", life.closed))
        return life
    if status == "ONLINE":
        life.opened = today - timedelta(days=rng.randint(2, 150))
    else:
        life.opened = today - timedelta(days=rng.randint(220, 1100))
    life.created = min(created, life.opened - timedelta(days=rng.randint(3, 60)))
    life.steps = [
        ("", "POTENTIAL", "FILED", life.created),
        ("POTENTIAL", "ONLINE", "OPENED", life.opened),
    ]
    if status == "ONLINE":
        return life
    first_use = life.opened + timedelta(days=rng.randint(1, 20))
    life.steps.append(("ONLINE", "ACTIVE", "TRAFFIC", first_use))
    if status == "ACTIVE":
        life.last_traffic = month if rng.random() < 0.7 else clock.add_months(month, -1)
        return life
    if status == "SILENT":
        life.last_traffic = clock.add_months(month, -rng.randint(2, 6))
        silent_on = clock.add_months(life.last_traffic, 2)
        life.steps.append(("ACTIVE", "SILENT", "NO_TRAFFIC", silent_on))
        return life
    life.cancelled = today - timedelta(days=rng.randint(4, 200))
    life.last_traffic = clock.add_months(clock.month_of(life.cancelled), -1)
    life.steps.append(("ACTIVE", "CHURNED", "ALL_CANCELLED", life.cancelled))
    if status == "CLOSED":
        life.closed = min(today, life.cancelled + timedelta(days=rng.randint(1, 30)))
        life.steps.append(("CHURNED", "CLOSED", "CLOSED", life.closed))
    return life


def noon(day: date | None) -> datetime | None:
    """Return an instant of the working day."""
    return clock.at(day, 10, 30) if day else None


def values(
    rng: Random,
    draft: Draft,
    life: Life,
    *,
    pk: int,
    code: str,
    region: str,
    serial: int,
    categories: dict[str, str],
    unit_id: int,
    am_id: int | None,
    grid_id: int | None,
    parent_id: int | None,
    members: int,
    filing: str,
    year: int,
    updated: datetime,
    street: str,
) -> tuple[Any, ...]:
    """Return a client's row in the order of COLUMNS."""
    counts = phones(draft, rng)
    total = counts["cm"] + counts["ct"] + counts["cu"]
    dialling, postcode = DIALLING.get(region[:4], ("0571", "3100"))
    large = draft.employees > 150
    known = draft.kind != "JL" and rng.random() < 0.93
    full = rng.random() < 0.85  # the rest have gaps that completeness finds
    rich = full and rng.random() < 0.45
    company = draft.kind == "QY"
    spend = round(total * rng.lognormvariate(3.9, 0.35)) * 100 if total else None
    short_name = draft.name[2:6] if rich else ""
    found = search_columns(draft.name, short_name)
    key, pinyin, search = found["name_key"], found["name_pinyin"], found["search_text"]
    address = f"{street}路{rng.randint(1, 399)}号"
    last = life.steps[-1][3]
    return (
        pk, code, draft.name,
        short_name,
        numbers.credit_code(numbers.REGISTRY[draft.kind], region, serial) if known else "",
        filing, draft.kind, draft.subtype, draft.cluster, draft.industry, categories.get(draft.category),
        ACTIVITIES.get(draft.category, "经营范围内的服务") if full else "",
        draft.key_industry or "", draft.bank_level, life.status, noon(last), noon(life.opened),
        noon(life.closed),
        draft.kind == "JG", draft.media,
        rng.randint(1, 400) if large and rng.random() < 0.05 else None,
        rng.randint(1, 300) if large and rng.random() < 0.18 else None,
        year if large else None,
        draft.employees if rng.random() < 0.98 else None, counts["cm"], counts["ct"], counts["cu"],
        spend if full else None,
        rng.random() < 0.03, min(5, int(rng.expovariate(0.75))), min(5, int(rng.triangular(0, 6, 1))),
        rng.choice(SCOPES) if large else "LOCAL",
        region, parent_id, draft.relation,
        draft.relation == "SECOND_LEVEL_UNIT" and draft.employees > 100, draft.relation != "HQ",
        f"{dialling}-8{rng.randint(0, 9999999):07d}", address, address if full else "",
        f"{postcode}{rng.randint(10, 99)}" if full else "",
        f"www.{pinyin[:12]}.example" if rich or rng.random() < 0.2 else "",
        grid_id, date(rng.randint(1985, 2024), rng.randint(1, 12), rng.randint(1, 28)) if full else None,
        rng.choice((50, 100, 200, 500, 1000, 5000)) * 1_000_000 if draft.kind == "QY" and full else None,
        unit_id, am_id, members, key, pinyin, search,
        rng.choice(("大楼门禁需提前报备", "月初财务结账，避开前三天", "与邻近园区共用机房")) if rich else "",
        noon(life.created), am_id, updated,
        f"{region}{serial:09d}" if rich and company else "",
        f"office@{pinyin[:12]}.example" if rich else "",
        rng.choice(("经办提出 → 信息主管 → 总经理审批", "办公室提出 → 分管领导 → 党组会",
        "采购部比价 → 财务 → 负责人"))
        if rich and rng.random() < 0.8 else "",
        rng.randint(1, 12) if rich and rng.random() < 0.7 else None,
        updated.date() + timedelta(days=rng.randint(30, 700)) if rich and rng.random() < 0.3 else None,
        updated if filing != "DRAFT" else None, am_id if filing != "DRAFT" else None,
        "营业执照名称与填写不一致，请核对后重新提交" if filing == "REJECTED" else "",
    )  # fmt: skip


def compose(org: Organisation, rng: Random, today: date) -> list[tuple[Draft, str, str]]:
    """Return the organisations with the code and region of their unit, parents before children."""
    composer = Composer(rng)
    found: list[tuple[Draft, str, str]] = []
    for _city_code, city, districts in CITIES:
        names = [name for _, name, _ in districts]
        home, home_region = f"U{districts[0][0]}", districts[0][0]
        for draft in composer.networks(city, names):
            place = next(((c, n) for c, n, _ in districts if n in draft.name), None)
            found.append((draft, f"U{place[0]}" if place else home, place[0] if place else home_region))
        for code, name, wanted in districts:
            unit = f"U{code}"
            mine: list[Draft] = composer.organs(f"{city}市{name}区")
            already = sum(1 for _, u, _ in found if u == unit)
            while len(mine) + already < wanted:
                mine.append(composer.any(rng.choice((city, name, f"{city}{name}", city))))
            found += [(draft, unit, code) for draft in mine]
    return found


def load_clients(org: Organisation, rng: Random, today: date) -> list[Made]:
    """Write the clients with their managers; return what later steps need."""
    composed = compose(org, rng, today)
    categories = dict(IndustryCategory.objects.values_list("name", "code"))
    first = reserve_ids(Client, len(composed))
    by_name: dict[str, int] = {}
    last_code: dict[str, int] = {}
    made: list[Made] = []
    rows: list[tuple[Any, ...]] = []
    turn = {code: itertools.cycle(managers) for code in org.leaves if (managers := org.managers(code))}
    for index, (draft, unit_code, region) in enumerate(composed):
        pk, prefix = first + index, region[:4]
        last_code[prefix] = last_code.get(prefix, 0) + 1
        filing = "FILED"
        if draft.kind in ("QY", "GT") and draft.relation == "HQ" and rng.random() < 0.012:
            filing = rng.choice(("DRAFT", "SUBMITTED", "REJECTED"))
        status = "POTENTIAL" if filing != "FILED" else "ACTIVE" if draft.key_industry else ""
        life = invent_life(rng, today, status)
        am = next(turn[unit_code]) if rng.random() > 0.02 else None
        legal = draft.kind not in ("GT", "JL")
        parent_id = by_name.get(draft.parent_name)
        by_name[draft.name] = pk
        street = rng.choice(words.STREETS)
        rows.append(
            values(
                rng, draft, life, pk=pk, code=f"{prefix}{last_code[prefix]:08d}", region=region,
                serial=index + 1, categories=categories, unit_id=org.units[unit_code].pk,
                am_id=am.pk if am else None,
                grid_id=rng.choice(org.leaves[unit_code]).pk if rng.random() < 0.96 else None,
                parent_id=parent_id, members=0, filing=filing, year=today.year - 1,
                updated=clock.at(today - timedelta(days=rng.randint(1, 500)), 9, rng.randint(0, 59)),
                street=street,
            )
        )  # fmt: skip
        made.append(Made(pk, draft, life, org.units[unit_code].pk, unit_code, am, filing, legal))
    copy_rows(Client, COLUMNS, rows)
    CodeSequence.objects.bulk_create(
        (CodeSequence(prefix=prefix, last=last) for prefix, last in last_code.items()),
        update_conflicts=True,
        unique_fields=["prefix"],
        update_fields=["last"],
    )
    return made


def load_assignments(org: Organisation, made: Sequence[Made], rng: Random, today: date) -> int:
    """Write who managed each client from when to when."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for client in made:
            if client.am is None:
                continue
            since = client.life.created
            others = [user for user in org.managers(client.unit_code) if user != client.am]
            if others and rng.random() < 0.18 and (today - since).days > 120:
                change = since + timedelta(days=rng.randint(60, (today - since).days - 30))
                yield client.id, rng.choice(others).pk, "PRIMARY", since, change - timedelta(days=1), ""
                yield client.id, client.am.pk, "PRIMARY", change, None, rng.choice(("片区调整", "工作交接"))
            else:
                yield client.id, client.am.pk, "PRIMARY", since, None, ""
            if others and rng.random() < 0.04:
                yield client.id, rng.choice(others).pk, "CO", since, None, "重点客户双人服务"

    return copy_rows(AMAssignment, ("client_id", "user_id", "kind", "from_on", "to_on", "reason"), rows())


def load_status_history(made: Sequence[Made]) -> int:
    """Write how each client came to its state."""

    def rows() -> Iterator[tuple[Any, ...]]:
        for client in made:
            if client.filing == "FILED":
                for old, new, reason, day in client.life.steps:
                    yield client.id, old, new, reason, day, noon(day)

    columns = ("client_id", "old", "new", "reason", "changed_on", "recorded_at")
    return copy_rows(ClientStatusHistory, columns, rows())


def load_products(made: Sequence[Made], rng: Random, today: date) -> tuple[int, int]:
    """Write the products of clients and fourteen months of traffic; return both counts."""
    catalogue = {product.code: product for product in Product.objects.all()}
    common = [
        catalogue[c] for c in ("VNET", "GROUP_SMS", "RINGBACK", "SWITCHBOARD", "MAILBOX") if c in catalogue
    ]
    large = [catalogue[c] for c in ("LINE", "OA", "CLOUD", "IOT") if c in catalogue]
    products: list[tuple[Any, ...]] = []
    traffic: list[tuple[int, date, int]] = []
    month = clock.month_of(today)
    circuits = itertools.count(1)
    drafts: list[tuple[Made, Product, str, date | None, date | None]] = []
    opened: date | None
    for client in made:
        life = client.life
        if life.opened is None:
            if client.filing == "FILED" and life.status == "POTENTIAL" and rng.random() < 0.2:
                drafts.append((client, rng.choice(common), "ORDERED", None, None))
            continue
        wanted = rng.sample(common, rng.choice((1, 1, 2, 2, 3)))
        if client.draft.employees > 60:
            wanted += rng.sample(large, rng.choice((1, 1, 2)))
        for place, product in enumerate(wanted):
            opened = life.opened if place == 0 else min(
                life.cancelled or today, life.opened + timedelta(days=rng.randint(0, 90))
            )  # fmt: skip
            if life.cancelled:
                drafts.append((client, product, "CANCELLED", opened, life.cancelled))
            elif place and rng.random() < 0.08 and opened and opened < today - timedelta(days=60):
                drafts.append(
                    (client, product, "CANCELLED", opened, today - timedelta(days=rng.randint(5, 50)))
                )
            else:
                status = "SUSPENDED" if rng.random() < 0.03 else "OPEN"
                drafts.append((client, product, status, opened, None))
    agreed = load_agreements(drafts, today)
    first = reserve_ids(ClientProduct, len(drafts))
    for index, (client, product, status, opened, cancelled) in enumerate(drafts):
        pk = first + index
        last: date | None = None
        if opened and client.life.last_traffic:
            newest = min(client.life.last_traffic, clock.month_of(cancelled or today))
            start = max(clock.month_of(opened), clock.add_months(month, -13))
            base = rng.randint(200, 4000) * max(1, client.draft.employees // 10)
            while start <= newest:
                traffic.append((pk, start, round(base * rng.uniform(0.6, 1.5))))
                last, start = start, clock.add_months(start, 1)
        line = product.needs_circuit
        ordered = (opened or today) - timedelta(days=rng.randint(2, 20))
        products.append(
            (
                pk, client.id, product.pk, status, ordered, opened, cancelled,
                "PERSONAL" if product.code in ("RINGBACK", "VNET") and rng.random() < 0.5 else "UNIFIED",
                f"ZX{client.unit_code[1:5]}{next(circuits):06d}" if line else None,
                rng.choice((2048, 10240, 51200, 102400, 1048576)) if line else None, last,
                agreed.get(client.id) if product.needs_agreement and opened else None,
                product.counts_as_ict == "WHEN_BOUND" and pk % 3 != 0,
            )
        )  # fmt: skip
    copy_rows(
        ClientProduct,
        ("id", "client_id", "product_id", "status", "ordered_on", "opened_on", "cancelled_on", "pay_mode",
         "circuit_id", "bandwidth_kbps", "last_traffic_month", "agreement_id", "bound"),
        products,
    )  # fmt: skip
    return len(products), copy_rows(ProductTraffic, ("client_product_id", "month", "amount"), traffic)


def load_revenue(made: Sequence[Made], rng: Random, today: date) -> int:
    """Write twenty-four closed months of revenue, growing or shrinking at each client's own pace."""
    month = clock.month_of(today)

    def rows() -> Iterator[tuple[Any, ...]]:
        for client in made:
            life = client.life
            if life.opened is None:
                continue
            base = max(3000, client.draft.employees * rng.lognormvariate(8.3, 0.7))
            if client.draft.key_industry or client.draft.employees > 400:
                base *= rng.uniform(1.2, 3)
            growth = rng.gauss(1.008, 0.015)
            last = clock.month_of(life.cancelled) if life.cancelled else clock.add_months(month, -1)
            if life.status == "SILENT" and life.last_traffic:
                last = clock.add_months(life.last_traffic, 1)
            for back in range(24, 0, -1):
                at = clock.add_months(month, -back)
                if clock.month_of(life.opened) <= at <= last:
                    yield client.id, at, round(base * growth ** (24 - back) * rng.uniform(0.85, 1.15))

    return copy_rows(RevenueMonth, ("client_id", "month", "revenue_fen"), rows())
