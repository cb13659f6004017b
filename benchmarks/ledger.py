"""Measure the points ledger on a base made in the database: posting, expiry, the proof, single redemptions.

`python -m benchmarks.ledger --customers 1000000` on a database that can be thrown away (DATABASE_URL).
A customer has three lots and ten lines: a million customers are a tenth of the whole ledger. The base grows
by `--shares` of it and is measured at each size: the growth curve. Beside every figure stands the raw SQL
floor of the same run: the fewest statements that move the same rows, with no lock, key or check. Prints
JSON. Units: seconds, rows, milliseconds.
"""

import argparse
import json
import os
import random
import secrets
import sys
import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402

from benchmarks.figures import spread  # noqa: E402
from benchmarks.storm import Outcome, at_once, counted  # noqa: E402
from crm.accounts.models import User  # noqa: E402
from crm.base import clock  # noqa: E402
from members.models import PersonalCustomer  # noqa: E402
from scoring import services  # noqa: E402
from scoring.models import OneTimeCode, PointAccount, PointEntry, PointLot  # noqa: E402
from scoring.services.codes import _digest  # noqa: E402
from tests import factories  # noqa: E402

YEAR = 2026
WRITERS, EACH = "1,8,50", 40
TABLES = ("members_personalcustomer", "members_monthlybill", "scoring_pointaccount", "scoring_pointlot",
          "scoring_pointentry", "scoring_pointmovement")  # fmt: skip

# One customer: bills of three months of each of three years, a reward in the newest.
CUSTOMERS = """
INSERT INTO members_personalcustomer (msisdn, name, org_unit_id, brand, in_net_from, realname, is_influential,
    vip_grade, star, created_at, updated_at, version)
SELECT '1' || (5000000000 + n), '客户' || n, %s, 'GOTONE', '2020-01-01', true, false, 'NONE', 0, now(),
    now(), 1
FROM generate_series(%s::bigint, %s) n
"""
ACCOUNTS = """
INSERT INTO scoring_pointaccount (customer_id, opened_at)
SELECT id, now() FROM members_personalcustomer WHERE id > %s ORDER BY id
"""
LOTS = """
INSERT INTO scoring_pointlot (account_id, lot_year, earned_consumption, earned_reward, deducted, expired,
    refunded, expires_on)
SELECT a.id, y, 300, CASE WHEN y = %s THEN 50 ELSE 0 END, 0, 0, 0, make_date(y + 2, 12, 31)
FROM scoring_pointaccount a CROSS JOIN generate_series(%s, %s) y WHERE a.id > %s ORDER BY a.id, y
"""
LINES = """
INSERT INTO scoring_pointentry (account_id, lot_year, kind, points, business_date, recorded_at, movement, ref)
SELECT a.id, y, CASE WHEN m = 4 THEN 'EARN_REWARD' ELSE 'EARN_CONSUMPTION' END,
    CASE WHEN m = 4 THEN 50 ELSE 100 END, make_date(y, m + 1, 1), now(), gen_random_uuid(),
    CASE WHEN m = 4 THEN 'r' ELSE 'bill:' || y || '-0' || m END
FROM scoring_pointaccount a CROSS JOIN generate_series(%s, %s) y CROSS JOIN generate_series(1, 4) m
WHERE a.id > %s AND (m < 4 OR y = %s) ORDER BY a.id, y, m
"""
BILLS = """
INSERT INTO members_monthlybill (customer_id, bill_month, total_fen, paid_fen, agency_fee_fen, discount_fen,
    settled_at)
SELECT id, %s, 10000, 10000, 0, 0, %s FROM members_personalcustomer ORDER BY id
"""

# The floor of posting: mark the bills, raise the lots, write the lines.
POST_FLOOR = (
    "UPDATE members_monthlybill SET posted_at = now() WHERE bill_month = %(month)s AND posted_at IS NULL",
    """UPDATE scoring_pointlot l SET earned_consumption = earned_consumption + b.paid_fen / 100
    FROM members_monthlybill b JOIN scoring_pointaccount a ON a.customer_id = b.customer_id
    WHERE b.bill_month = %(month)s AND l.account_id = a.id AND l.lot_year = %(year)s""",
    """INSERT INTO scoring_pointentry
        (account_id, lot_year, kind, points, business_date, recorded_at, movement, ref)
    SELECT a.id, %(year)s, 'EARN_CONSUMPTION', b.paid_fen / 100, %(day)s, now(), gen_random_uuid(),
        'bill:floor' FROM members_monthlybill b JOIN scoring_pointaccount a ON a.customer_id = b.customer_id
    WHERE b.bill_month = %(month)s ORDER BY a.id""",
)
EXPIRE_FLOOR = (
    """INSERT INTO scoring_pointentry
        (account_id, lot_year, kind, points, business_date, recorded_at, movement, ref)
    SELECT account_id, lot_year, 'EXPIRE', -remaining, %(day)s, now(), gen_random_uuid(), 'floor'
    FROM scoring_pointlot WHERE expires_on < %(day)s AND remaining > 0 ORDER BY account_id""",
    "UPDATE scoring_pointlot SET expired = expired + remaining WHERE expires_on < %(day)s AND remaining > 0",
)


def say(text: str) -> None:
    """Tell the person who waits."""
    print(f"{time.strftime('%T')} {text}", file=sys.stderr, flush=True)


def sql(statement: str, params: Any = None) -> int:
    """Run one statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """Run an act and return its result and seconds."""
    began = time.monotonic()
    result = act()
    return result, round(time.monotonic() - began, 2)


def floor(statements: tuple[str, ...], **params: Any) -> float:
    """Return the seconds of bare statements, rolled back, and clean up behind them."""
    with transaction.atomic():
        _none, seconds = timed(lambda: [sql(statement, params) for statement in statements])
        transaction.set_rollback(True)
    return seconds


def grow(unit: int, first: int, last: int) -> float:
    """Fill the base from one number of customers to another, triggers of history aside."""
    began = time.monotonic()
    customers = PersonalCustomer.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    accounts = PointAccount.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with transaction.atomic():
        sql("ALTER TABLE members_personalcustomer DISABLE TRIGGER USER")
        sql(CUSTOMERS, [unit, first, last])
        sql(ACCOUNTS, [customers])
        sql(LOTS, [YEAR, YEAR - 2, YEAR, accounts])
        sql(LINES, [YEAR - 2, YEAR, accounts, YEAR])
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("ALTER TABLE members_personalcustomer ENABLE TRIGGER USER")
    sql("VACUUM (ANALYZE) " + ", ".join(TABLES))
    return round(time.monotonic() - began, 1)


def measure_posting(month: date) -> dict[str, Any]:
    """Post a settled bill of every customer."""
    day = clock.add_months(month, 1)
    rows = sql(BILLS, [month, clock.at(day)])
    sql("ANALYZE members_monthlybill")
    bare = floor(POST_FLOOR, month=month, year=month.year, day=day)
    sql("VACUUM " + ", ".join(TABLES))
    posted, seconds = timed(lambda: services.post_settled_bills(as_of=day + timedelta(days=1)))
    assert posted == rows, (posted, rows)
    return _figures(rows, seconds, bare)


def measure_expiry() -> dict[str, Any]:
    """Expire one lot of every customer: the first of January."""
    day = date(YEAR + 1, 1, 1)
    bare = floor(EXPIRE_FLOOR, day=day)
    sql("VACUUM " + ", ".join(TABLES))
    expired, seconds = timed(lambda: services.expire_points(as_of=day))
    return _figures(expired, seconds, bare)


def _figures(rows: int, seconds: float, bare: float) -> dict[str, Any]:
    return {
        "rows": rows,
        "seconds": seconds,
        "seconds_a_million": round(seconds / rows * 1_000_000, 1),
        "floor_seconds": bare,
        "ratio": round(seconds / bare, 2) if bare else None,
        "load": os.getloadavg()[0],
    }


def codes_for(customers: list[PersonalCustomer]) -> None:
    """Give every customer a code that is good for a day."""
    OneTimeCode.objects.bulk_create(
        [
            OneTimeCode(
                customer=customer,
                digest=_digest(customer, "123456"),
                expires_at=clock.now() + timedelta(days=1),
            )
            for customer in customers
        ]
    )


def bare_redemption(customer: int, account: int, points: int) -> None:
    """Move the same rows as a redemption of one lot: lock, movement, line, lot, code, audit, in raw SQL."""
    movement = str(uuid.UUID(bytes=secrets.token_bytes(16)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT customer_id FROM scoring_pointaccount WHERE id = %s FOR UPDATE", [account])
        cursor.execute(
            "SELECT id, lot_year FROM scoring_pointlot WHERE account_id = %s AND remaining > 0"
            " ORDER BY lot_year LIMIT 1",
            [account],
        )
        lot, year = cursor.fetchone()
        cursor.execute(
            "INSERT INTO scoring_pointmovement (id, account_id, kind, key, points, uncollected,"
            " business_date, recorded_at, reason, beneficiary)"
            " VALUES (%s, %s, 'DEDUCT_REDEEM', %s, %s, 0, now(), now(), '', '')",
            [movement, account, movement, points],
        )
        cursor.execute(
            "INSERT INTO scoring_pointentry (account_id, lot_year, kind, points, business_date, recorded_at,"
            " movement, ref) VALUES (%s, %s, 'DEDUCT_REDEEM', %s, now(), now(), %s, %s)",
            [account, year, -points, movement, movement],
        )
        cursor.execute("UPDATE scoring_pointlot SET deducted = deducted + %s WHERE id = %s", [points, lot])
        cursor.execute("UPDATE scoring_onetimecode SET used_at = now() WHERE customer_id = %s", [customer])
        cursor.execute(
            "INSERT INTO audit_auditevent (at, actor_name, action, entity, entity_id, data, request_id)"
            " VALUES (now(), '', 'scoring.points_redeemed', '', %s, '{}', '')",
            [customer],
        )


def percentiles(outcomes: list[Outcome]) -> dict[str, Any]:
    """Return p50 and p95 of what was done."""
    done = [outcome.seconds * 1000 for outcome in outcomes if outcome.code == "done"]
    return {"acts": len(done), "outcomes": counted(outcomes), **spread(done, "ms")}


def measure_redemptions(operator: User, *, writers: int, each: int, seed: int) -> dict[str, Any]:
    """Redeem on different accounts by so many processes at once, and the same in raw SQL.

    The first act of each process opens its connection and is left out.
    """
    rng = random.Random(seed)
    low, high = (
        PersonalCustomer.objects.order_by("pk").first(),
        PersonalCustomer.objects.order_by("-pk").first(),
    )
    assert low
    assert high
    ids = rng.sample(range(low.pk, high.pk), min(2 * writers * each, high.pk - low.pk))
    people = list(PersonalCustomer.objects.select_related("org_unit", "account").filter(pk__in=ids))
    codes_for(people)
    ours_of, bare_of = people[: len(people) // 2], people[len(people) // 2 :]
    ours = _raced([_redemption(customer, operator) for customer in ours_of], writers)
    bare = _raced([partial(bare_redemption, one.pk, one.account.pk, 10) for one in bare_of], writers)
    return {
        "writers": writers, "cores": os.cpu_count(), "load": os.getloadavg()[0], "redeem": ours,
        "floor": bare, "ratio_p95": round(ours["p95_ms"] / bare["p95_ms"], 2),
    }  # fmt: skip


def _raced(acts: list[Callable[[], Any]], writers: int) -> dict[str, Any]:
    began = time.monotonic()
    outcomes = at_once(acts, writers)
    a_second = round(len(acts) / (time.monotonic() - began))
    return {**percentiles(outcomes[writers:]), "a_second": a_second}


def _redemption(customer: PersonalCustomer, operator: User) -> Callable[[], Any]:
    """Return the act of redeeming ten points with a code."""
    return lambda: services.redeem(
        customer=customer,
        points=10,
        code="123456",
        operator=operator,
        key=f"b{uuid.uuid4()}",
        as_of=date(YEAR, 12, 1),
    )


def main() -> None:
    """Grow the base step by step, measure at each size, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--customers", type=int, default=1_000_000)
    asked.add_argument("--shares", default="0.1,0.3,1", help="sizes of the growth curve, parts of the whole")
    asked.add_argument("--writers", default=WRITERS, help="how many redeem at once, measured one by one")
    asked.add_argument("--each", type=int, default=EACH, help="redemptions of each of them")
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    stamp = f"{time.time_ns() % 10**9}"
    unit = factories.make_unit(f"BL{stamp}", "账本", "GROUP")
    operator = factories.make_user(f"bl{stamp}", "DEPT_HEAD", unit)
    report: dict[str, Any] = {"cores": os.cpu_count(), "load": os.getloadavg(), "sizes": []}
    have = 0
    month = date(YEAR, 5, 1)
    for share in (float(part) for part in given.shares.split(",")):
        size = int(given.customers * share)
        line: dict[str, Any] = {"customers": size, "fill_seconds": grow(unit.pk, have + 1, size)}
        have = size
        say(f"{size} customers")
        line["posting"] = measure_posting(month)
        month = clock.add_months(month, 1)
        say(f"posting {line['posting']}")
        line["redemptions"] = [
            measure_redemptions(operator, writers=int(part), each=given.each, seed=given.seed + int(part))
            for part in given.writers.split(",")
        ]
        say(f"redemptions {line['redemptions']}")
        _news, line["proof_seconds"] = timed(lambda: services.prove_ledger(as_of=clock.today()))
        _news, line["proof_again_seconds"] = timed(lambda: services.prove_ledger(as_of=clock.today()))
        say(f"proof {line['proof_seconds']} again {line['proof_again_seconds']}")
        if size == given.customers:
            line["expiry"] = measure_expiry()
            say(f"expiry {line['expiry']}")
        line |= {"lots": PointLot.objects.count(), "lines": PointEntry.objects.count()}
        report["sizes"].append(line)
    last = report["sizes"][-1]
    report["whole_country"] = {
        "posting_of_1_000_000_bills_seconds": last["posting"]["seconds_a_million"],
        "expiry_of_10_000_000_lots_seconds": round(last["expiry"]["seconds_a_million"] * 10, 1),
    }
    report["database_mb"] = _size()
    print(json.dumps(report, indent=1))


def _size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()) / 1024 / 1024")
        return int(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
