"""Prove the ledger (spec §3.5, L1–L3): lines against lots, lines against their seals, lines against sums."""

import hashlib
import json
from datetime import date, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from crm.accounts.models import OrgUnit
from crm.base import clock
from crm.base.trail import record
from scoring import statements
from scoring.models import LedgerProof, LedgerSeal, PointSum
from scoring.statements import ledger as sql

# Lines under one seal: a broken one is looked for among so many.
STRETCH = 10_000
# Seals checked again every night: the newest, and every 28th of the older ones, so that none waits longer.
NEWEST, TURN = 200, 28
CHUNK = 500
BEGINNING = "0" * 64


@transaction.atomic
def prove_ledger(*, as_of: date, province: OrgUnit | None = None, every_seal: bool = False) -> int:
    """Prove that the ledger is whole, or name what differs; return 1 when news.

    Steps: 1. every column of every lot is compared with the lines that make it; 2. seals are checked: all
    links of the chain, and the lines of the newest and of a part of the older (`every_seal`: of all); 3. new
    lines are sealed and added to the monthly sums, with what customers took along into other units; 4. the
    sums are compared with the lines.
    Run twice on an unchanged ledger it writes nothing. The ledger is one for all provinces.
    """
    statements.give_memory()
    day = as_of - timedelta(days=1)
    broken, checked = check_seals(as_of=as_of, every=every_seal)
    sealed_to = seal_lines(day=day)
    entries, lots, differing_count, differing, accounts = statements.rows(sql.COMPARE_LEDGER, [])[0]
    statements.write(sql.WRITE_LOT_SUMS, [])
    statements.write(sql.ADD_MOVED, [clock.month_of(day)])
    found: dict[str, Any] = {
        "accounts": accounts,
        "entries_sum": entries,
        "lots_sum": lots,
        "sums_sum": _sums_to(sealed_to),
        "differing": json.loads(differing) if isinstance(differing, str) else differing,
        "differing_count": differing_count,
        "seals": LedgerSeal.objects.count(),
        "broken": broken,
    }
    if LedgerProof.objects.filter(business_date=day, **found).exists():
        return 0
    proof, _created = LedgerProof.objects.update_or_create(
        business_date=day, defaults={**found, "seals_checked": checked, "proved_at": clock.now()}
    )
    if not proof.sound:
        record(
            actor=None,
            action="scoring.ledger_differs",
            data={"business_date": day.isoformat(), "accounts": differing_count, "seals": len(broken)},
        )
    return 1


def _sums_to(sealed_to: int) -> int:
    """Return the monthly sums, with the lines written since they were added up."""
    sums = PointSum.objects.aggregate(n=Sum("points"))["n"] or 0
    later = statements.rows(
        "SELECT COALESCE(SUM(points), 0)::bigint FROM scoring_pointentry WHERE id > %s", [sealed_to]
    )
    return int(sums) + int(later[0][0])


def boundary() -> int | None:
    """Return a line below which no line can appear any more; None while somebody writes without end.

    The table is locked against writers for the moment of reading its highest number; the savepoint's end
    lets the lock go.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '5s'")
                cursor.execute(sql.LOCK_ENTRIES)
            newest = statements.write(sql.NEWEST_LINE, [])
            transaction.set_rollback(True)
    except DatabaseError:
        return None
    return newest


def link(before: str, lines: str) -> str:
    """Return the digest of a seal from that before it and its lines."""
    return hashlib.sha256(f"{before}{lines}".encode()).hexdigest()


def seal_lines(*, day: date) -> int:
    """Seal the lines written since the last seal and add them to the sums; return the last sealed line."""
    last = LedgerSeal.objects.order_by("-id").first()
    begin, digest = (last.last_entry, last.digest) if last else (0, BEGINNING)
    end = boundary()
    if end is None or end <= begin:
        return begin
    seals = []
    first = begin + 1
    for newest, count, lines in statements.rows(sql.LINES_TO_SEAL, [STRETCH, begin, end]):
        digest = link(digest, lines)
        seals.append(
            LedgerSeal(
                business_date=day, first_entry=first, last_entry=newest, entries=count, lines=lines,
                digest=digest,
            )
        )  # fmt: skip
        first = newest + 1
    if not seals:
        return begin
    LedgerSeal.objects.bulk_create(seals, batch_size=1000)
    statements.write(sql.ADD_SUMS, [begin, seals[-1].last_entry])
    record(
        actor=None,
        action="scoring.ledger_sealed",
        data={"business_date": day.isoformat(), "last_entry": seals[-1].last_entry, "digest": digest},
    )
    return int(seals[-1].last_entry)


def check_seals(*, as_of: date, every: bool = False) -> tuple[list[dict[str, Any]], int]:
    """Return the seals that do not fit, with what looks wrong in each, and how many had their lines read."""
    chain = LedgerSeal.objects.order_by("id").values_list(
        "id", "first_entry", "last_entry", "lines", "digest", "business_date"
    )
    digest, expected = BEGINNING, 1
    wrong: list[dict[str, Any]] = []
    ids: list[int] = []
    for pk, first, last, lines, held, day in chain.iterator(chunk_size=5000):
        if held != link(digest, lines) or first != expected:
            wrong.append({"seal": pk, "first": first, "last": last, "day": day.isoformat(), "why": "CHAIN"})
        digest, expected = held, last + 1
        ids.append(pk)
    old, new = ids[:-NEWEST], ids[-NEWEST:]
    chosen = (old if every else [pk for pk in old if pk % TURN == as_of.toordinal() % TURN]) + new
    for place in range(0, len(chosen), CHUNK):
        for pk, first, last, day, sealed, count in statements.rows(
            sql.CHECK_SEALS, [chosen[place : place + CHUNK]]
        ):
            suspects = statements.named_rows(sql.SUSPECTS, {"first": first, "last": last})
            wrong.append(
                {
                    "seal": pk, "first": first, "last": last, "day": day.isoformat(), "why": "LINES",
                    "sealed": sealed, "found": count,
                    "suspects": [
                        {"account_id": account, "what": what, "told": int(told), "found": int(points)}
                        for account, what, told, points in suspects
                    ],
                }
            )  # fmt: skip
    return wrong[:20], len(chosen)
