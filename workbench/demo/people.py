"""People of the demonstration: key persons and contacts, members, personal customers and their bills."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from crm.base import clock
from members.models import Contact, Member, MonthlyBill, PersonalCustomer
from workbench.demo import numbers, words
from workbench.demo.clients import Made
from workbench.demo.companies import person_name
from workbench.demo.copying import copy_rows, reserve_ids
from workbench.demo.organisation import Organisation

MEMBERS = 20_000
CUSTOMERS = 3_000
MONTHS_OF_BILLS, MONTHS_OF_EARLIER_BILLS, MONTHS_OF_LONG_BILLS = 16, 26, 38
TRAITS = (
    "上午开会较多，下午三点后方便接待",
    "喜欢喝茶，关注成本，决策前会征求财务意见",
    "技术出身，愿意看方案细节",
    "行事干练，不喜寒暄，材料要简短",
    "注重售后，希望故障时能直接联系到人",
    "关心数字化考核指标，年底前要出成效",
    "退伍军人，守时，约定时间不要迟到",
)
BRANDS = ("GOTONE", "SHENZHOUXING", "MZONE", "WORLDWIND", "OTHER")
BRAND_WEIGHTS = (46, 25, 15, 4, 10)
BRAND_YUAN = {"GOTONE": 150, "SHENZHOUXING": 48, "MZONE": 62, "WORLDWIND": 70, "OTHER": 55}


@dataclass(slots=True)
class Number:
    """A member's number, which may be a personal customer's too."""

    msisdn: str
    name: str
    client: Made


def load_contacts(made: Sequence[Made], rng: Random, today: date) -> int:
    """Write a key person and up to five contacts for every client that has a file."""
    used = 0

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal used
        for client in made:
            draft, filed = client.draft, client.filing == "FILED"
            if not filed and rng.random() < 0.5:
                continue
            wanted = 1 if draft.kind in ("GT", "JL") else rng.choice((1, 1, 1, 2, 2, 3, 4, 5))
            kinds = ["KEY_PERSON"] if rng.random() < 0.97 else []
            kinds += ["CONTACT"] * (wanted if rng.random() < 0.96 else 0)
            for kind in kinds:
                used += 1
                key = kind == "KEY_PERSON"
                name = draft.founder if key and draft.founder else person_name(rng)
                leading = words.POSITIONS_KEY.get(draft.subtype) or words.POSITIONS_KEY[draft.kind]
                position = rng.choice(leading if key else words.POSITIONS)
                prefixes = numbers.OWN if rng.random() < 0.84 else numbers.TELECOM + numbers.UNICOM
                mobile = numbers.mobile(900_000 + used, prefixes) if rng.random() < 0.98 else ""
                carrier = "CM" if prefixes is numbers.OWN else "CT" if mobile[:3] in numbers.TELECOM else "CU"
                title = "总" if key else rng.choice(("经理", "老师", "主任"))
                yield (
                    client.id, kind, name, name[0] + title,
                    position if rng.random() < 0.97 else "", mobile, carrier if mobile else "",
                    "", f"contact{used}@mail.example" if rng.random() < 0.3 else "",
                    date(rng.randint(1964, 1998), rng.randint(1, 12), rng.randint(1, 28))
                    if rng.random() < (0.6 if key else 0.2) else None,
                    rng.choice(TRAITS) if rng.random() < (0.6 if key else 0.15) else "",
                    clock.at(today - timedelta(days=rng.randint(5, 400)), 15) if rng.random() < 0.7 else None,
                )  # fmt: skip

    columns = (
        "client_id", "kind", "name", "salutation", "position", "mobile", "carrier", "phone", "email",
        "birthday",
        "traits", "verified_at",
    )  # fmt: skip
    return copy_rows(Contact, columns, rows())


def _kind_of_member(rng: Random) -> tuple[str, str, str, bool]:
    """Return type, source, employment and whether verified, as the rules would have them."""
    roll = rng.random()
    if roll < 0.06:
        return "1", "ADDRESS_BOOK", "REGULAR", True
    if roll < 0.72:
        return "2", "ADDRESS_BOOK", "REGULAR", True
    if roll < 0.80:
        return "3", "CALL_BEHAVIOUR", "REGULAR", True
    if roll < 0.86:
        return "3", "CAMPAIGN", "REGULAR", False
    if roll < 0.91:
        return "3", "ADDRESS_BOOK", "TEMP", True
    return "4", "BOSS", "REGULAR", True


def load_members(made: Sequence[Made], rng: Random, today: date) -> list[Number]:
    """Write twenty thousand members spread as the sizes of the clients are; return the numbers in use."""
    eligible = [c for c in made if c.life.opened and not c.life.closed and c.filing == "FILED"]
    wanted = {
        c.id: min(400, c.draft.employees) * (1.4 if c.draft.kind == "JL" else rng.uniform(0.1, 1))
        for c in eligible
    }
    scale = MEMBERS / sum(wanted.values())
    live: list[Number] = []
    index = 0

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal index
        for client in eligible:
            for _ in range(max(1, round(wanted[client.id] * scale))):
                if index >= MEMBERS:
                    return
                index += 1
                msisdn, name = numbers.mobile(index), person_name(rng)
                kind, source, employment, verified = _kind_of_member(rng)
                joined = client.life.opened or today
                left = None
                if client.life.cancelled or rng.random() < 0.035:
                    left = today - timedelta(days=rng.randint(1, 60))
                joined = min(joined + timedelta(days=rng.randint(0, 200)), left or today)
                if left is None:
                    live.append(Number(msisdn, name, client))
                staff = words.POSITIONS_BY_CATEGORY.get(client.draft.category, words.POSITIONS_STAFF)
                position = rng.choice(words.POSITIONS if kind == "1" else staff)
                person = "MANAGER" if kind == "1" else "FAMILY" if source == "CALL_BEHAVIOUR" else "STAFF"
                yield (
                    client.id, msisdn, name, "家属" if person == "FAMILY" else position, kind, source,
                    employment,
                    person, verified, client.legal, joined, left,
                )  # fmt: skip

    columns = (
        "client_id", "msisdn", "name", "position", "type", "source", "employment", "person_kind", "verified",
        "exclusive", "joined_on", "left_on",
    )  # fmt: skip
    copy_rows(Member, columns, rows())
    return live


def load_customers(org: Organisation, live: Sequence[Number], rng: Random, today: date) -> tuple[int, int]:
    """Write personal customers with bills of some years; return both counts."""
    chosen: list[Number | None] = [*rng.sample(list(live), CUSTOMERS - 400), *([None] * 400)]
    rng.shuffle(chosen)
    units = [unit.pk for code, unit in org.units.items() if code.startswith("U")]
    first = reserve_ids(PersonalCustomer, CUSTOMERS)
    customers: list[tuple[Any, ...]] = []
    bills: list[tuple[Any, ...]] = []
    for place in range(CUSTOMERS):
        pk = first + place
        number = chosen[place]
        brand = rng.choices(BRANDS, BRAND_WEIGHTS)[0]
        since = today - timedelta(days=rng.randint(60, 3500))
        level = BRAND_YUAN[brand] * rng.lognormvariate(-0.4, 1.1) * (100 if brand == "GOTONE" else 90)
        left = today - timedelta(days=rng.randint(5, 90)) if rng.random() < 0.015 else None
        customers.append(
            (
                pk,
                number.msisdn if number else numbers.mobile(800_000 + place),
                number.name if number else person_name(rng),
                number.client.id if number else None,
                number.client.unit_id if number else rng.choice(units),
                brand,
                min(since, left) if left else since,
                left,
                rng.random() < 0.99,
                brand == "GOTONE" and rng.random() < 0.01,
            )
        )
        bills += _bills(rng, pk, level, since, left, today, range(MONTHS_OF_BILLS, 0, -1))
        # Points of earlier years expire at the end of this one, and of a few at the end of the last.
        oldest = MONTHS_OF_LONG_BILLS if place % 10 == 0 else MONTHS_OF_EARLIER_BILLS
        earlier = Random(place)  # noqa: S311 - a demonstration must be the same every time
        bills += _bills(earlier, pk, level, since, left, today, range(oldest, MONTHS_OF_BILLS, -1))
    copy_rows(
        PersonalCustomer,
        ("id", "msisdn", "name", "client_id", "org_unit_id", "brand", "in_net_from", "in_net_to", "realname",
         "is_influential"),
        customers,
    )  # fmt: skip
    columns = (
        "customer_id", "bill_month", "total_fen", "paid_fen", "agency_fee_fen", "discount_fen", "settled_at",
    )  # fmt: skip
    return len(customers), copy_rows(MonthlyBill, columns, bills)


def _bills(
    rng: Random, pk: int, level: float, since: date, left: date | None, today: date, months: Iterable[int]
) -> Iterator[tuple[Any, ...]]:
    """Yield the bills of one customer: most settled in the middle of the next month, some late, some not."""
    for back in months:
        at = clock.add_months(clock.month_of(today), -back)
        if at < clock.month_of(since) or (left and at > left):
            continue
        total = max(800, round(level * rng.uniform(0.75, 1.3)))
        discount = round(total * rng.choice((0, 0, 0, 0.05, 0.1)))
        due = total - discount
        agency = rng.choice((0, 0, 0, 0, 500, 1000, 2000))
        settled: datetime | None = clock.at(clock.add_months(at, 1).replace(day=rng.randint(2, 27)), 9, 15)
        paid = due
        if settled and settled.date() >= today:
            settled = None
        if rng.random() < (0.10 if back == 1 else 0.012):
            settled, paid = None, round(due * rng.choice((0, 0, 0.5)))
        if settled is None:
            paid = min(paid, due // 2)
        yield pk, at, total, paid, min(agency, total // 4), discount, settled
