"""Make a base of any size for measuring: rows by COPY, what follows from them by SQL,
indexes built at the end.

What a small load leaves to triggers is written here directly: counts of members and contacts stand in the
client's own row as it is copied, and no history is kept of rows that were never changed. Clients come without
classes, tiers and completeness: the night gives them, and its first run is what one wants to measure.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, cast

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from clients.models import (
    AMAssignment,
    Client,
    ClientProduct,
    CodeSequence,
    Grid,
    IndustryCategory,
    Product,
    ProductTraffic,
    RevenueMonth,
)
from crm.accounts.choices import Grade, Role, Track, UnitType
from crm.accounts.models import OrgUnit, RoleAssignment, User
from crm.base import clock
from crm.base.models import Region
from members.models import Contact, Member, MonthlyBill, PersonalCustomer
from workbench.demo import numbers, organisation, words
from workbench.demo.clients import COLUMNS, Life, invent_life, values
from workbench.demo.companies import Composer, Draft, person_name
from workbench.demo.copying import copy_rows, reserve_ids

TABLES = (
    Client, AMAssignment, Contact, Member, ClientProduct, ProductTraffic, RevenueMonth, PersonalCustomer,
    MonthlyBill,
)  # fmt: skip
MANAGERS_A_UNIT = 12
MONTHS_OF_REVENUE = 24
MONTHS_OF_TRAFFIC = 2
MONTHS_OF_BILLS = 14
# Every n-th client has revenue, has its people entered, and so on: shares, but the same in every run.
REVENUE_EVERY, PEOPLE_EVERY = 4, 3
MEMBER_TYPES = "22222222222222333144"
LEFT_EVERY = 29
# The demonstration's own numbers lie below.
FIRST_NUMBER, FIRST_CUSTOMER_NUMBER = 1_000_000, 60_000_000


@dataclass
class Report:
    """Rows and seconds of each part."""

    rows: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Take the time of a part."""
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 2)


@dataclass(slots=True)
class _Unit:
    """A production unit with what its clients need."""

    pk: int
    region: str
    managers: list[int]
    grids: list[int]


@transaction.atomic
def make(*, clients: int, members: int, customers: int, units: int, seed: int) -> Report:
    """Make the base in one transaction; nothing is left of a run that fails."""
    rng = Random(seed)  # noqa: S311 - the same base for the same seed
    report, today = Report(), clock.today()
    with report.part("units"):
        found = _units(units)
        report.rows["units"] = len(found)
    with _unindexed(report):
        owners: list[int] = []
        first, last = _clients(found, rng, today, clients, members, owners, report)
        _members(first, owners, rng, today, report)
        _products(first, last, rng, today, report)
        _revenue(first, last, today, report)
        _customers(found, customers, rng, today, report)
    return report


# ---- Units


def _units(wanted: int) -> list[_Unit]:
    """Return production units with managers and grids,
    making the tree when there is none and more when asked."""
    if not OrgUnit.objects.exists():
        org = organisation.build_units()
        organisation.build_grids(org)
        organisation.build_people(org)
    have = OrgUnit.objects.filter(type=UnitType.PRODUCTION_UNIT).count()
    if wanted > have:
        _add_units(wanted - have)
    found = []
    for unit in OrgUnit.objects.filter(type=UnitType.PRODUCTION_UNIT).order_by("path"):
        managers = RoleAssignment.objects.current(clock.today()).filter(role=Role.AM, unit=unit)
        people = list(managers.order_by("user").values_list("user", flat=True))
        grids = list(Grid.objects.filter(unit=unit, level=5).values_list("pk", flat=True))
        found.append(_Unit(unit.pk, unit.region_code, people, grids))
    return found


def _child(parent: OrgUnit, fields: dict[str, str]) -> OrgUnit:
    # Read afresh: the tree keeps the number of children in the parent's row.
    return cast(OrgUnit, OrgUnit.objects.add_child(OrgUnit.objects.get(pk=parent.pk), fields))


def _add_units(count: int) -> None:
    """Add production units under the cities: counties of the province, each with managers and a head."""
    province = OrgUnit.objects.get(type=UnitType.PROVINCE)
    taken = set(OrgUnit.objects.values_list("code", flat=True))
    hashed = make_password(organisation.PASSWORD)
    cities = {city.region_code: city for city in OrgUnit.objects.filter(type=UnitType.CITY)}
    counties = Region.objects.filter(level=3, code__startswith=province.region_code).order_by("code")
    fresh = [c for c in counties if f"U{c.code}" not in taken]
    for number in range(count):
        county = fresh[number % len(fresh)]
        round_ = number // len(fresh)
        code = f"U{county.code}" + (f"-{round_}" if round_ else "")
        if county.code[:4] not in cities:
            region = Region.objects.get(code=county.code[:4])
            fields = {"code": f"C{region.code}", "name": f"{region.name[:2]}分公司"}
            fields |= {"type": UnitType.CITY, "region_code": region.code}
            cities[region.code] = _child(province, fields)
        fields = {"code": code, "name": f"{county.name[:-1]}分公司"}
        fields |= {"type": UnitType.PRODUCTION_UNIT, "region_code": county.code}
        unit = _child(cities[county.code[:4]], fields)
        people = User.objects.bulk_create(
            User(
                staff_no=f"{code.lower()}-{place}", full_name=f"{county.name[:2]}{place}号", org_unit=unit,
                password=hashed, am_track=Track.GROUP, am_grade=Grade.MIDDLE, hired_on=organisation.HIRED,
            )
            for place in range(1, MANAGERS_A_UNIT + 2)
        )  # fmt: skip
        RoleAssignment.objects.bulk_create(
            RoleAssignment(
                user=person, role=Role.DEPT_HEAD if place == 0 else Role.AM, unit=unit,
                valid_from=organisation.HIRED
            )
            for place, person in enumerate(people)
        )  # fmt: skip


# ---- Loading without indexes


@contextmanager
def _unindexed(report: Report) -> Iterator[None]:
    """Take away secondary indexes, foreign keys and triggers of our tables, and build them again at the end.

    Building an index once is many times faster than keeping it row by row; building checks it as well.
    """
    names = [model._meta.db_table for model in TABLES]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute("SET LOCAL synchronous_commit = off")
        # Checks put off until the end would keep the tables from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])",
            [names],
        )
        keys = cursor.fetchall()
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, concat_ws('; ', pg_get_indexdef(i.indexrelid), ("
            " SELECT string_agg(format('ALTER INDEX %%s ALTER COLUMN %%s SET STATISTICS %%s',"
            " i.indexrelid::regclass, a.attnum, a.attstattarget), '; ')"
            " FROM pg_attribute a WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0)) FROM pg_index i"
            " WHERE i.indrelid = ANY(%s::regclass[])"
            " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)",
            [names],
        )
        indexes = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
    yield
    with report.part("indexes"), connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


# ---- Rows


def _type_of_member(index: int) -> str:
    return MEMBER_TYPES[index % len(MEMBER_TYPES)]


def _shares(rng: Random, clients: int, members: int) -> Iterator[int]:
    """Yield how many members each client has: most have none, a few have many, and all add up."""
    left, mean = members, members / max(1, clients) / 0.4
    for place in range(clients):
        if place == clients - 1:
            yield left
            return
        share = min(left, 300, round(rng.expovariate(1 / mean))) if mean and rng.random() < 0.4 else 0
        left -= share
        yield share


def _clients(
    units: Sequence[_Unit],
    rng: Random,
    today: date,
    count: int,
    members: int,
    owners: list[int],
    report: Report,
) -> tuple[int, int]:
    """COPY the clients with their counts; return the first id and the one after the last.

    `owners` becomes the client of each member to come, in order.
    """
    first = reserve_ids(Client, count)
    next_number = FIRST_NUMBER + _next_id(Member)
    composer = Composer(rng)
    places = [
        name.removesuffix("区").removesuffix("县").removesuffix("市")
        for name in Region.objects.filter(level=3).order_by("code").values_list("name", flat=True)
        if len(name) < 6
    ]
    categories = dict(IndustryCategory.objects.values_list("name", "code"))
    sequences = {row.prefix: row.last for row in CodeSequence.objects.all()}
    updated = clock.at(today - timedelta(days=2), 9)

    def rows() -> Iterator[tuple[Any, ...]]:
        number = next_number
        for place, share in enumerate(_shares(rng, count, members)):
            pk, unit = first + place, units[rng.randrange(len(units))]
            draft: Draft = composer.any(rng.choice(places))
            life: Life = invent_life(rng, today)
            prefix = unit.region[:4]
            sequences[prefix] = sequences.get(prefix, 0) + 1
            active = sum(
                1 for n in range(number, number + share) if n % LEFT_EVERY and _type_of_member(n) != "4"
            )
            number += share
            owners.extend(itertools.repeat(pk, share))
            people = int(pk % PEOPLE_EVERY == 0)
            yield (
                *values(
                    rng, draft, life, pk=pk, code=f"{prefix}{sequences[prefix]:08d}", region=unit.region,
                    serial=10_000 + pk, categories=categories, unit_id=unit.pk,
                    am_id=rng.choice(unit.managers) if unit.managers else None,
                    grid_id=rng.choice(unit.grids) if unit.grids else None, parent_id=None, members=active,
                    filing="FILED", year=today.year - 1, updated=updated, street=rng.choice(words.STREETS),
                ),
                people, people, people, people,
            )  # fmt: skip

    counts = ("key_persons_active", "contacts_active", "key_persons_full", "contacts_full")
    with report.part("clients"):
        report.rows["clients"] = copy_rows(Client, (*COLUMNS, *counts), rows())
    CodeSequence.objects.bulk_create(
        (CodeSequence(prefix=prefix, last=last) for prefix, last in sequences.items()),
        update_conflicts=True,
        unique_fields=["prefix"],
        update_fields=["last"],
    )
    with report.part("assignments"):
        report.rows["assignments"] = _sql(
            "INSERT INTO clients_amassignment (client_id, user_id, kind, from_on, reason)"
            " SELECT id, am_id, 'PRIMARY', created_at::date, '' FROM clients_client"
            " WHERE id >= %s AND id < %s AND am_id IS NOT NULL",
            [first, first + count],
        )
    with report.part("contacts"):
        report.rows["contacts"] = _contacts(first, first + count, rng)
    return first, first + count


def _contacts(first: int, last: int, rng: Random) -> int:
    def rows() -> Iterator[tuple[Any, ...]]:
        for pk in range(first, last):
            if pk % PEOPLE_EVERY == 0:
                for kind, position in (("KEY_PERSON", "总经理"), ("CONTACT", "行政主管")):
                    yield pk, kind, person_name(rng), position, numbers.mobile(40_000_000 + pk), "CM"

    return copy_rows(Contact, ("client_id", "kind", "name", "position", "mobile", "carrier"), rows())


def _members(first: int, owners: Sequence[int], rng: Random, today: date, report: Report) -> None:
    joined, left = today - timedelta(days=400), today - timedelta(days=30)
    legal = dict(
        Client.objects.filter(pk__gte=first, is_legal_person=False).values_list("pk", "is_legal_person")
    )
    number = FIRST_NUMBER + _next_id(Member)

    def rows() -> Iterator[tuple[Any, ...]]:
        for n, client in enumerate(owners, number):
            kind = _type_of_member(n)
            yield (
                client, numbers.mobile(n), person_name(rng), "职员", kind,
                "BOSS" if kind == "4" else "CALL_BEHAVIOUR" if kind == "3" else "ADDRESS_BOOK",
                legal.get(client, True), joined, None if n % LEFT_EVERY else left,
            )  # fmt: skip

    columns = (
        "client_id",
        "msisdn",
        "name",
        "position",
        "type",
        "source",
        "exclusive",
        "joined_on",
        "left_on",
    )
    with report.part("members"):
        report.rows["members"] = copy_rows(Member, columns, rows())


def _products(first: int, last: int, rng: Random, today: date, report: Report) -> None:
    """Give each client the products its state says, and two months of traffic where it is in use."""
    codes = ("VNET", "GROUP_SMS", "RINGBACK", "SWITCHBOARD")
    catalogue = list(Product.objects.filter(code__in=codes).order_by("code").values_list("pk", flat=True))
    month = clock.month_of(today)
    with report.part("products"):
        report.rows["products"] = _sql(
            """
            INSERT INTO clients_clientproduct (client_id, product_id, status, ordered_on, opened_on,
            cancelled_on,
                pay_mode, last_traffic_month, created_at, updated_at)
            SELECT c.id, (%(products)s::bigint[])[1 + (c.id + n) %% %(many)s],
                CASE WHEN c.status IN ('CHURNED', 'CLOSED') THEN 'CANCELLED' ELSE 'OPEN' END,
                c.account_opened_at::date - 5, c.account_opened_at::date,
                CASE WHEN c.status IN ('CHURNED', 'CLOSED') THEN c.status_changed_at::date END, 'UNIFIED',
                CASE c.status WHEN 'ACTIVE' THEN %(newest)s::date
                    WHEN 'SILENT' THEN %(older)s::date WHEN 'ONLINE' THEN NULL ELSE %(older)s::date END,
                    now(), now()
            FROM clients_client c CROSS JOIN generate_series(0, 1) AS n
            WHERE c.id >= %(first)s AND c.id < %(last)s AND c.account_opened_at IS NOT NULL
              AND (n = 0 OR c.id %% 3 = 0)
            """,
            {
                "products": catalogue,
                "many": len(catalogue),
                "newest": clock.add_months(month, -1),
                "older": clock.add_months(month, -4),
                "first": first,
                "last": last,
            },
        )
    with report.part("traffic"):
        report.rows["traffic"] = _sql(
            """
            INSERT INTO clients_producttraffic (client_product_id, month, amount, recorded_at)
            SELECT p.id, (p.last_traffic_month - make_interval(months => n))::date, 100 + p.id %% 9000, now()
            FROM clients_clientproduct p CROSS JOIN generate_series(0, %(months)s - 1) AS n
            WHERE p.client_id >= %(first)s AND p.client_id < %(last)s AND p.last_traffic_month IS NOT NULL
            """,
            {"months": MONTHS_OF_TRAFFIC, "first": first, "last": last},
        )


def _revenue(first: int, last: int, today: date, report: Report) -> None:
    """Write revenue of a share of the clients: few large, many small, each growing or shrinking."""
    with report.part("revenue"):
        report.rows["revenue"] = _sql(
            """
            INSERT INTO clients_revenuemonth (client_id, month, revenue_fen)
            SELECT c.id, (%(month)s::date - make_interval(months => n))::date,
                (3000 + (c.id * 7919 %% 997) * greatest(c.employee_total, 1) * 12
                    * (1 + (c.id %% 11 - 5) * (%(months)s - n) / 200.0))::bigint
            FROM clients_client c CROSS JOIN generate_series(1, %(months)s) AS n
            WHERE c.id >= %(first)s AND c.id < %(last)s AND c.id %% %(every)s = 0
              AND c.account_opened_at < %(month)s::date - make_interval(months => n)
              AND c.status IN ('ACTIVE', 'SILENT', 'CHURNED')
            """,
            {
                "month": clock.month_of(today),
                "months": MONTHS_OF_REVENUE,
                "every": REVENUE_EVERY,
                "first": first,
                "last": last,
            },
        )


def _customers(units: Sequence[_Unit], count: int, rng: Random, today: date, report: Report) -> None:
    """Write personal customers and fourteen months of settled bills that are not posted yet."""
    first = reserve_ids(PersonalCustomer, count) if count else 0
    since = today - timedelta(days=900)

    def rows() -> Iterator[tuple[Any, ...]]:
        for pk in range(first, first + count):
            yield (
                pk, numbers.mobile(FIRST_CUSTOMER_NUMBER + pk), person_name(rng), units[pk % len(units)].pk,
                "GOTONE" if pk % 2 else "SHENZHOUXING", since,
            )  # fmt: skip

    columns = ("id", "msisdn", "name", "org_unit_id", "brand", "in_net_from")
    with report.part("customers"):
        report.rows["customers"] = copy_rows(PersonalCustomer, columns, rows()) if count else 0
    with report.part("bills"):
        report.rows["bills"] = _sql(
            """
            INSERT INTO members_monthlybill (customer_id, bill_month, total_fen, paid_fen, agency_fee_fen,
                discount_fen, settled_at)
            SELECT c.id, (%(month)s::date - make_interval(months => n))::date, f.fen, f.fen, 0, 0,
                %(month)s::date - make_interval(months => n - 1) + interval '12 hours'
            FROM members_personalcustomer c CROSS JOIN generate_series(1, %(months)s) AS n
            CROSS JOIN LATERAL (SELECT 2000 + (c.id * 7919 + n * 101) %% 40000 AS fen) f
            WHERE c.id >= %(first)s AND c.id < %(last)s
            """,
            {
                "month": clock.month_of(today),
                "months": MONTHS_OF_BILLS,
                "first": first,
                "last": first + count,
            },
        )


def _next_id(model: Any) -> int:
    newest = model.objects.order_by("-pk").values_list("pk", flat=True).first()
    return int(newest or 0) + 1


def _sql(statement: str, arguments: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return int(cursor.rowcount)
